//! Section `stack`: the same service three times, in this process: bare actix-web, the crates that one wires
//! by hand, and ours.

pub mod bare;
pub mod by_hand;
mod check;
pub mod fixture;
pub mod ours;

use std::{
    borrow::Cow,
    hint::black_box,
    rc::Rc,
    time::{Duration, Instant},
};

use actix_http::{Request, body::MessageBody};
use actix_web::{
    dev::{Service, ServiceResponse},
    http::StatusCode,
    test::init_service,
};
use serde::Serialize;

use crate::{
    Failure,
    harness::{Candidate, Column, Figures, Settings, Table, batch},
    summary::{Finding, Target},
};
use fixture::{Ask, Fixture, Side};

/// Who asks, as the token says and as the bare service takes for granted.
const SUBJECT: &str = "7f9c24e8-3b0a-4e9d-9a47-2f5f1d8e6c11";
const ROLE: &str = "user";
/// The origin of the page whose script asks.
const PAGE: &str = "https://app.example.com";
/// How many requests fit in a period: more than are ever made, and all of them are counted.
const LIMIT: u32 = 4_000_000_000;
/// As many requests are made ready at once; making them is not measured.
const READY: u32 = 32;

/// What all services answer.
#[derive(Debug, Serialize)]
pub struct Note {
    id: u64,
    author: Cow<'static, str>,
    title: Cow<'static, str>,
    text: Cow<'static, str>,
    reply_to: Cow<'static, str>,
    priority: u8,
}

impl Note {
    /// The one that is read.
    fn first(author: impl Into<Cow<'static, str>>) -> Self {
        Self {
            id: 1,
            author: author.into(),
            title: "Groceries".into(),
            text: "Bread, butter, two lemons.".into(),
            reply_to: "ada@example.com".into(),
            priority: 3,
        }
    }
}

/// Prints the tables of this section.
///
/// # Errors
/// When a service does not do what it should: what fails is fast.
pub fn run(settings: &Settings) -> Result<Vec<Finding>, Failure> {
    actix_rt::System::new().block_on(async {
        let fixture = Fixture::new()?;
        let bare = init_service(bare::app()).await;
        let by_hand = init_service(by_hand::app(fixture.clone())).await;
        let ours = init_service(ours::app(fixture.clone())).await;
        check::all(&fixture, &bare, &by_hand, &ours).await?;
        let columns = [
            Column::new("bare"),
            Column::over("by hand", 0),
            Column::over("ours", 1),
        ];
        let mut table = Table::new("stack: a request", columns);
        let mut findings = Vec::new();
        for (name, ask, seen) in [
            ("GET, token seen", Ask::Get, true),
            ("GET, token never seen", Ask::Get, false),
            ("POST, token seen", Ask::Post, true),
            ("POST, token never seen", Ask::Post, false),
        ] {
            let bearers = |side| fixture.bearers(side, seen);
            let candidates = vec![
                requests(&bare, ask, bearers(Side::ByHand)),
                requests(&by_hand, ask, bearers(Side::ByHand)),
                requests(&ours, ask, bearers(Side::Ours)),
            ];
            let figures = table.measure(name, settings, candidates).await;
            findings.extend(added(name, &figures, if seen { 0.25 } else { 1.0 }));
        }
        table.print();
        check::all(&fixture, &bare, &by_hand, &ours).await?;
        Ok(findings)
    })
}

/// What ours adds to the bare service beside what is added by hand.
fn added(name: &str, figures: &[Figures], target: f64) -> Option<Finding> {
    let [bare, by_hand, ours] = figures else {
        return None;
    };
    Some(Finding {
        what: format!("{name}: what ours adds ÷ what is added by hand"),
        measured: (ours.least - bare.least) / (by_hand.least - bare.least),
        target: Target::AtMost(target),
    })
}

/// Requests to a service. Making them is not measured, letting go of the answers is.
fn requests<'a, S, B>(
    service: &'a S,
    ask: Ask,
    bearer: impl Fn() -> String + 'a,
) -> Box<dyn Candidate + 'a>
where
    S: Service<Request, Response = ServiceResponse<B>, Error = actix_web::Error>,
    B: MessageBody,
{
    let bearer = Rc::new(bearer);
    batch(move |operations| {
        let bearer = bearer.clone();
        async move {
            let (mut elapsed, mut left) = (Duration::ZERO, operations);
            while left > 0 {
                let number = left.min(READY);
                let ready: Vec<_> = (0..number).map(|_| ask.by(&bearer())).collect();
                let start = Instant::now();
                for request in ready {
                    done(service.call(request).await);
                }
                elapsed += start.elapsed();
                left -= number;
            }
            elapsed
        }
    })
}

#[allow(clippy::panic, reason = "a benchmark of a failure is none")]
fn done<B>(answer: Result<ServiceResponse<B>, actix_web::Error>) {
    match answer {
        Ok(answer) if answer.status() == StatusCode::OK => drop(black_box(answer)),
        Ok(answer) => panic!("a service answers {}", answer.status()),
        Err(error) => panic!("a service answers {error}"),
    }
}
