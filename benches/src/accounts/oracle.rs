//! Whether an answer tells by its time that there is an account.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{
    server::{Answer, PASSWORD, Server, known, unknown},
    statistics::{Random, paired_permutation_test, quantile},
};
use crate::Failure;

const PAIRS: usize = 400;
const WARM_UP: usize = 20;

/// What is asked, how, and what the answer is for everybody.
type Question = (&'static str, fn(&str) -> Value, StatusCode);

const QUESTIONS: [Question; 3] = [
    (
        "/auth/forgot-password",
        |email| json!({ "email": email }),
        StatusCode::ACCEPTED,
    ),
    (
        "/auth/register",
        |email| json!({ "email": email, "username": "Somebody" }),
        StatusCode::ACCEPTED,
    ),
    (
        "/auth/login",
        |email| json!({ "email": email, "password": format!("{PASSWORD}?") }),
        StatusCode::UNAUTHORIZED,
    ),
];

pub(super) async fn run() -> Result<(), Failure> {
    let server = Server::start()?;
    server.people(PAIRS + WARM_UP).await?;
    println!(
        "{PAIRS} pairs, interleaved at random: an address that is known, and one that is not\n\n\
         {:<24}{:>14}{:>14}{:>10}",
        "median", "known", "unknown", "p"
    );
    for (path, body, expected) in QUESTIONS {
        let mut pairs = Vec::with_capacity(PAIRS);
        let mut random = Random::new();
        for at in 0..WARM_UP + PAIRS {
            let ask = async |email: String| -> Result<Duration, Failure> {
                let Answer { status, took, .. } = server.post(path, body(&email)).await?;
                match status == expected {
                    true => Ok(took),
                    false => Err(format!("{path} answers {status}").into()),
                }
            };
            let pair = match random.bit() {
                true => {
                    let known = ask(known(at)).await?;
                    (known, ask(unknown(at)).await?)
                }
                false => {
                    let unknown = ask(unknown(at)).await?;
                    (ask(known(at)).await?, unknown)
                }
            };
            if at >= WARM_UP {
                pairs.push(pair);
            }
        }
        let p = paired_permutation_test(&pairs);
        let (mut known, mut unknown): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
        println!(
            "{path:<24}{:>14.1?}{:>14.1?}{p:>10.3}",
            quantile(&mut known, 0.5),
            quantile(&mut unknown, 0.5),
        );
    }
    Ok(())
}
