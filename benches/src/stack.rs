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
pub(crate) use check::expected;
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

/// What is asked.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) ask: Ask,
    /// With one token again and again, or with another one each time.
    pub(crate) seen: bool,
}

pub(crate) const CASES: [Case; 4] = [
    Case::new("GET, token seen", Ask::Get, true),
    Case::new("GET, token never seen", Ask::Get, false),
    Case::new("POST, token seen", Ask::Post, true),
    Case::new("POST, token never seen", Ask::Post, false),
];

impl Case {
    const fn new(name: &'static str, ask: Ask, seen: bool) -> Self {
        Self { name, ask, seen }
    }
}

/// Prints the table of this section.
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
        for case in &CASES {
            let bearers = |side| fixture.bearers(side, case.seen);
            let candidates = vec![
                requests(&bare, case.ask, bearers(Side::ByHand)),
                requests(&by_hand, case.ask, bearers(Side::ByHand)),
                requests(&ours, case.ask, bearers(Side::Ours)),
            ];
            let figures = table.measure(case.name, settings, candidates).await;
            findings.extend(added(case, &figures));
        }
        table.print();
        check::all(&fixture, &bare, &by_hand, &ours).await?;
        Ok(findings)
    })
}

/// Counts something that the services use, such as allocations: `reading` is the counter. Prints a table.
///
/// # Errors
/// When a service does not do what it should.
pub async fn count(what: &str, reading: impl Fn() -> u64) -> Result<Vec<Finding>, Failure> {
    const OPERATIONS: u32 = 1000;
    let fixture = Fixture::new()?;
    let bare = init_service(bare::app()).await;
    let by_hand = init_service(by_hand::app(fixture.clone())).await;
    let ours = init_service(ours::app(fixture.clone())).await;
    check::all(&fixture, &bare, &by_hand, &ours).await?;
    println!("\n{what:<30}{:>12}{:>10}{:>10}", "bare", "by hand", "ours");
    let mut findings = Vec::new();
    for Case { name, ask, seen } in &CASES {
        let bearer = fixture.bearers(Side::ByHand, *seen);
        let own_bearer = fixture.bearers(Side::Ours, *seen);
        let spent = [
            spend(&bare, *ask, &bearer, OPERATIONS, &reading).await,
            spend(&by_hand, *ask, &bearer, OPERATIONS, &reading).await,
            spend(&ours, *ask, &own_bearer, OPERATIONS, &reading).await,
        ];
        let [bare, by_hand, ours] = spent.map(|spent| spent as f64 / f64::from(OPERATIONS));
        println!("{name:<30}{bare:>12.1}{by_hand:>10.1}{ours:>10.1}");
        if *ask == Ask::Get && *seen {
            findings.push(Finding {
                what: format!("{name}: {what} that ours adds"),
                // What comes once in thousands of requests, such as a table that grows, is not one's.
                measured: (ours - bare).round(),
                target: Target::AtMost(3.0),
            });
        }
    }
    Ok(findings)
}

/// What ours adds to the bare service beside what is added by hand. The targets are for a GET: most of a POST is
/// its body, which stands in the table.
fn added(case: &Case, figures: &[Figures]) -> Option<Finding> {
    let ([bare, by_hand, ours], Ask::Get) = (figures, case.ask) else {
        return None;
    };
    Some(Finding {
        what: format!("{}: what ours adds ÷ what is added by hand", case.name),
        measured: (ours.least - bare.least) / (by_hand.least - bare.least),
        target: Target::AtMost(if case.seen { 0.25 } else { 1.0 }),
    })
}

/// Requests to a service, and how long they take.
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
    let start = Instant::now();
    let reading = move || start.elapsed().as_nanos() as u64;
    batch(move |operations| {
        let bearer = bearer.clone();
        async move {
            let spent = spend(service, ask, &*bearer, operations, &reading).await;
            Duration::from_nanos(spent)
        }
    })
}

/// What requests take, by the difference of two readings. Making them does not count, letting go of the
/// answers does.
async fn spend<S, B>(
    service: &S,
    ask: Ask,
    bearer: &impl Fn() -> String,
    operations: u32,
    reading: &impl Fn() -> u64,
) -> u64
where
    S: Service<Request, Response = ServiceResponse<B>, Error = actix_web::Error>,
    B: MessageBody,
{
    let (mut spent, mut left) = (0, operations);
    while left > 0 {
        let number = left.min(READY);
        let ready: Vec<_> = (0..number).map(|_| ask.by(&bearer())).collect();
        let before = reading();
        for request in ready {
            done(service.call(request).await);
        }
        spent += reading() - before;
        left -= number;
    }
    spent
}

#[allow(clippy::panic, reason = "a benchmark of a failure is none")]
fn done<B>(answer: Result<ServiceResponse<B>, actix_web::Error>) {
    match answer {
        Ok(answer) if answer.status() == StatusCode::OK => drop(black_box(answer)),
        Ok(answer) => panic!("a service answers {}", answer.status()),
        Err(error) => panic!("a service answers {error}"),
    }
}
