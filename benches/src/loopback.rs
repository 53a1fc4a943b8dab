//! Section `loopback`: the services of section `stack` as servers of their own, asked by `wrk`, and beside them
//! the same with FastAPI.

mod check;
mod fastapi;
mod load;
mod server;

use std::{fmt::Write as _, fs, sync::Arc, thread, time::Duration};

use crate::{
    Failure,
    folder::Folder,
    harness::Settings,
    stack::{
        CASES, Case,
        fixture::{Ask, Fixture, Side},
    },
    summary::{Finding, Target},
};
use load::{Figures, Load};
use server::Server;
pub use server::serve;

/// More than our side remembers, so that each of them is unknown when its turn comes again.
const TOKENS: usize = 30_000;
/// Seconds of a measurement, and of one before it that does not count.
const LASTS: u64 = 2;
const WARM_UP: u64 = 1;

/// Prints the table of this section.
///
/// # Errors
/// When a server does not start, or does not do what it should.
pub fn run(settings: &Settings) -> Result<Vec<Finding>, Failure> {
    if !load::is_at_hand() {
        eprintln!("loopback: skipped, there is no `wrk` (`apt-get install wrk`)");
        return Ok(Vec::new());
    }
    let folder = Folder::new("loopback")?;
    let fixture = Fixture::new()?;
    let mut servers = vec![
        Server::of_ours("bare", Side::ByHand)?,
        Server::of_ours("by hand", Side::ByHand)?,
        Server::of_ours("ours", Side::Ours)?,
    ];
    match fastapi::start() {
        Ok(server) => servers.push(server),
        Err(error) => eprintln!("loopback: without FastAPI, {error}"),
    }
    check::all(&fixture, &servers)?;
    // One round for each twentieth of the others'.
    let rounds = settings.rounds.div_ceil(20);
    let mut findings = Vec::new();
    print_head(&servers);
    for case in &CASES {
        let figures = measure(case, &fixture, &servers, rounds, &folder)?;
        print_line(case.name, &figures);
        if case.seen && case.ask == Ask::Get {
            findings.extend(compare(case.name, &servers, &figures));
        }
    }
    check::all(&fixture, &servers)?;
    Ok(findings)
}

/// All servers in turn, round after round; the median of each.
fn measure(
    case: &Case,
    fixture: &Arc<Fixture>,
    servers: &[Server],
    rounds: usize,
    folder: &Folder,
) -> Result<Vec<Figures>, Failure> {
    let mut loads = Vec::new();
    for server in servers {
        let tokens = folder.path().join(format!("{:?}", server.side));
        let bearer = fixture.bearers(server.side, case.seen);
        let mut text = String::new();
        for _ in 0..if case.seen { 1 } else { TOKENS } {
            writeln!(text, "{}", bearer())?;
        }
        fs::write(&tokens, text)?;
        loads.push(Load::new(server, case.ask, tokens, folder)?);
    }
    for load in &loads {
        load.run(WARM_UP)?;
    }
    let mut samples = vec![Vec::new(); servers.len()];
    for round in 0..rounds {
        for turn in 0..servers.len() {
            // Nobody is always the one after the slowest.
            let at = (turn + round) % servers.len();
            samples[at].push(loads[at].run(LASTS)?);
            thread::sleep(Duration::from_millis(50));
        }
    }
    Ok(samples.into_iter().map(Figures::median).collect())
}

fn print_head(servers: &[Server]) {
    print!("\n{:<24}", "loopback: requests/s");
    for server in servers {
        print!("{:>10}{:>8}{:>12}", server.name, "÷ bare", "CPU each");
    }
    println!();
}

fn print_line(name: &str, figures: &[Figures]) {
    print!("{name:<24}");
    for own in figures {
        let ratio = own.each_second / figures[0].each_second;
        let cpu = format!("{:.1} µs", own.cpu_each * 1e6);
        print!("{:>10.0}{ratio:>8.3}{cpu:>12}", own.each_second);
    }
    println!();
}

fn compare(case: &str, servers: &[Server], figures: &[Figures]) -> Vec<Finding> {
    let of = |name: &str| {
        let at = servers.iter().position(|server| server.name == name)?;
        Some(figures[at].each_second)
    };
    let targets = [("bare", 0.85), ("FastAPI", 25.0)];
    let targets = targets.into_iter().filter_map(|(other, least)| {
        Some(Finding {
            what: format!("{case}: requests a second over loopback, ours ÷ {other}"),
            measured: of("ours")? / of(other)?,
            target: Target::AtLeast(least),
        })
    });
    targets.collect()
}
