use askama::Template;
use secure_runtime::{Problem, edge::ProblemPage};

use super::assets;

#[derive(Template)]
#[template(path = "problem.html")]
struct Content<'a> {
    problem: &'a ProblemPage<'a>,
}

/// What people see where programs get `application/problem+json`.
pub(crate) fn problem(problem: &ProblemPage<'_>) -> Result<String, Problem> {
    Ok(Content { problem }.render()?)
}
