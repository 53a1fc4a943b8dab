//! Section `tokens`: issue, verify, refresh, beside jsonwebtoken alone.

mod by_hand;
mod fixture;
mod keys;

use secure_runtime::token::keys::Algorithm;

pub use fixture::Fixture;

use crate::{
    Failure,
    harness::{Column, Settings, Table, call, wait},
};
use keys::Keys;

const ISSUER: &str = "https://auth.example.com";
const AUDIENCE: &str = "https://api.example.com";
const SUBJECT: &str = "7f9c24e8-3b0a-4e9d-9a47-2f5f1d8e6c11";
const ROLE: &str = "user";
const SCOPES: [&str; 2] = ["articles:read", "articles:write"];

/// Prints the tables of this section.
///
/// # Errors
/// When a key cannot be made or a token of ours is refused.
pub fn run(settings: &Settings) -> Result<(), Failure> {
    actix_rt::System::new().block_on(async {
        let fixtures = fixtures(&Algorithm::ALL).await?;
        issue(settings, &fixtures).await;
        verify(settings, &fixtures).await;
        requests(settings, &fixtures).await;
        refresh(settings, &fixtures).await;
        Ok(())
    })
}

/// One for each algorithm.
///
/// # Errors
/// When a key cannot be made or a token of ours is refused.
pub async fn fixtures(algorithms: &[Algorithm]) -> Result<Vec<Fixture>, Failure> {
    let keys = Keys::generate()?;
    let mut fixtures = Vec::new();
    for algorithm in algorithms {
        fixtures.push(Fixture::new(*algorithm, keys.of(*algorithm)?).await?);
    }
    Ok(fixtures)
}

async fn issue(settings: &Settings, fixtures: &[Fixture]) {
    let columns = [Column::new("jsonwebtoken"), Column::over("ours", 0)];
    let mut table = Table::new("tokens: issue", columns);
    for fixture in fixtures {
        let candidates = vec![call(|| fixture.encode()), call(|| fixture.issue())];
        table.measure(fixture.name(), settings, candidates).await;
    }
    table.print();
}

async fn verify(settings: &Settings, fixtures: &[Fixture]) {
    let columns = [
        Column::new("jsonwebtoken"),
        Column::over("cold", 0),
        Column::over("warm", 1),
    ];
    let mut table = Table::new("tokens: verify", columns);
    for fixture in fixtures {
        let candidates = vec![
            call(|| fixture.decode()),
            wait(async || fixture.verify_cold().await),
            wait(async || fixture.verify_warm().await),
        ];
        table.measure(fixture.name(), settings, candidates).await;
    }
    table.print();
}

async fn requests(settings: &Settings, fixtures: &[Fixture]) {
    let columns = [
        Column::new("by hand"),
        Column::over("cold", 0),
        Column::over("warm", 1),
    ];
    let mut table = Table::new("tokens: a request", columns);
    for fixture in fixtures {
        let candidates = vec![
            wait(async || fixture.request_by_hand().await),
            wait(async || fixture.request_cold().await),
            wait(async || fixture.request_warm().await),
        ];
        table.measure(fixture.name(), settings, candidates).await;
    }
    table.print();
}

async fn refresh(settings: &Settings, fixtures: &[Fixture]) {
    let columns = [
        Column::new("issue"),
        Column::over("sign in", 0),
        Column::over("refresh", 0),
    ];
    let mut table = Table::new("tokens: in memory", columns);
    for fixture in fixtures {
        let mut newest = fixture.sign_in().await;
        let candidates = vec![
            call(|| fixture.issue()),
            wait(async || fixture.sign_in().await),
            wait(async || newest = fixture.refresh(&newest).await),
        ];
        table.measure(fixture.name(), settings, candidates).await;
    }
    table.print();
}
