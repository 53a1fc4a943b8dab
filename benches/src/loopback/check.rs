//! What fails is fast: each server has to answer as it should, and to refuse what it should.

use reqwest::{
    Client, RequestBuilder, StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE, HOST, ORIGIN},
};

use super::server::Server;
use crate::{
    Failure,
    stack::{
        self,
        fixture::{Ask, BODY, Fixture},
    },
};

/// # Errors
/// What is wrong with the first that does not do what it should.
pub(super) fn all(fixture: &Fixture, servers: &[Server]) -> Result<(), Failure> {
    actix_rt::System::new().block_on(async {
        let client = Client::new();
        for server in servers {
            for ask in [Ask::Get, Ask::Post] {
                let bearer = fixture.bearers(server.side, true)();
                answers(&client, server, ask, &bearer).await?;
                if server.name != "bare" {
                    refuses(&client, fixture, server, ask, &bearer).await?;
                }
            }
        }
        Ok(())
    })
}

async fn answers(client: &Client, server: &Server, ask: Ask, bearer: &str) -> Result<(), Failure> {
    let answer = request(client, server, ask, BODY)
        .header(AUTHORIZATION, bearer)
        .send()
        .await?;
    let (status, headers) = (answer.status(), answer.headers().clone());
    let (body, expected) = (answer.text().await?, stack::expected(ask));
    let name = server.name;
    if status != StatusCode::OK || body != expected {
        return Err(format!("{name}, {ask:?}: {status} {body}, and not {expected}").into());
    }
    let wanted = ["content-security-policy", "access-control-allow-origin"];
    match wanted.iter().find(|header| !headers.contains_key(**header)) {
        Some(header) if name != "bare" => Err(format!("{name}, {ask:?}: no {header}").into()),
        _ => Ok(()),
    }
}

async fn refuses(
    client: &Client,
    fixture: &Fixture,
    server: &Server,
    ask: Ask,
    bearer: &str,
) -> Result<(), Failure> {
    let guest = fixture.bearer_of(server.side, "guest")?;
    let ruled_out = BODY.replace(r#""priority":2"#, r#""priority":6"#);
    let mut wrong = vec![
        (Fixture::forged(bearer), BODY, "401"),
        ("Bearer".to_owned(), BODY, "401"),
        (guest, BODY, "403"),
    ];
    if ask == Ask::Post {
        wrong.push((bearer.to_owned(), &ruled_out, "422"));
    }
    for (bearer, body, expected) in wrong {
        let request = request(client, server, ask, body).header(AUTHORIZATION, bearer);
        let status = request.send().await?.status();
        if status.as_str() != expected {
            return Err(format!("{}, {ask:?}: {status}, and not {expected}", server.name).into());
        }
    }
    Ok(())
}

fn request(client: &Client, server: &Server, ask: Ask, body: &str) -> RequestBuilder {
    let url = format!("{}/notes", server.base);
    let request = match ask {
        Ask::Get => client.get(url),
        Ask::Post => client
            .post(url)
            .header(CONTENT_TYPE, "application/json")
            .body(body.to_owned()),
    };
    request
        .header(HOST, "api.example.com")
        .header(ORIGIN, "https://app.example.com")
}
