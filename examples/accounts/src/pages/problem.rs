use actix_web::http::StatusCode;
use askama::Template;
use secure_runtime::{Problem, edge::ProblemPage};

use super::assets;

#[derive(Template)]
#[template(path = "problem.html")]
struct Content<'a> {
    problem: &'a ProblemPage<'a>,
}

impl Content<'_> {
    /// What the problem says itself, or what its status means to people.
    fn explanation(&self) -> &str {
        self.problem
            .detail()
            .unwrap_or(match self.problem.status() {
                StatusCode::UNAUTHORIZED => "You have to be signed in for that.",
                StatusCode::FORBIDDEN => "Your account may not do that.",
                StatusCode::NOT_FOUND => {
                    "There is nothing at this address, or nothing that you may see."
                }
                StatusCode::METHOD_NOT_ALLOWED => {
                    "This address takes what is sent from a form alone."
                }
                StatusCode::UNPROCESSABLE_ENTITY => {
                    "Something in the address or in the form is not understood."
                }
                StatusCode::TOO_MANY_REQUESTS => {
                    "That was too often. Wait a little, and try again."
                }
                status if status.is_server_error() => {
                    "That is our fault. Wait a little, and try again."
                }
                _ => "The request is not understood.",
            })
    }
}

/// What people see where programs get `application/problem+json`.
pub(crate) fn problem(problem: &ProblemPage<'_>) -> Result<String, Problem> {
    Ok(Content { problem }.render()?)
}
