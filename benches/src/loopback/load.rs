use std::{fs, path::PathBuf, process::Command};

use super::server::{Server, pinned};
use crate::{
    Failure,
    folder::Folder,
    stack::fixture::{Ask, BODY},
};

const SCRIPT: &str = include_str!("requests.lua");
const CONNECTIONS: &str = "32";

/// Requests to one server, by `wrk`.
pub(super) struct Load<'a> {
    server: &'a Server,
    ask: Ask,
    tokens: PathBuf,
    script: PathBuf,
}

/// What a server did.
#[derive(Debug, Clone, Copy)]
pub(super) struct Figures {
    pub(super) each_second: f64,
    /// How long the server was busy with a request, in seconds.
    pub(super) cpu_each: f64,
}

pub(super) fn is_at_hand() -> bool {
    Command::new("wrk").arg("--version").output().is_ok()
}

impl<'a> Load<'a> {
    pub(super) fn new(
        server: &'a Server,
        ask: Ask,
        tokens: PathBuf,
        folder: &Folder,
    ) -> Result<Self, Failure> {
        let script = folder.path().join("requests.lua");
        fs::write(&script, SCRIPT)?;
        Ok(Self {
            server,
            ask,
            tokens,
            script,
        })
    }

    /// Asks as often as it can, for so many seconds.
    pub(super) fn run(&self, seconds: u64) -> Result<Figures, Failure> {
        let mut wrk = pinned("wrk", 1);
        wrk.args(["--threads", "1", "--connections", CONNECTIONS])
            .args(["--duration", &format!("{seconds}s")])
            .args(["--header", "Host: api.example.com"])
            .args(["--header", "Accept: application/json"])
            .args(["--header", "Origin: https://app.example.com"])
            .arg("--script")
            .arg(&self.script);
        if self.ask == Ask::Post {
            wrk.args(["--header", "Content-Type: application/json"]);
        }
        wrk.arg(&self.server.base).arg("--").arg(&self.tokens);
        match self.ask {
            Ask::Get => wrk.arg("GET"),
            Ask::Post => wrk.args(["POST", BODY]),
        };
        let busy = self.server.busy()?;
        let output = wrk.output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let fails = ["Non-2xx", "Socket errors"];
        let failed = fails.iter().any(|fail| text.contains(fail));
        if !output.status.success() || failed {
            let told = String::from_utf8_lossy(&output.stderr);
            return Err(format!("wrk, {}: {text}{told}", self.server.name).into());
        }
        let (each_second, requests) = read(&text)?;
        Ok(Figures {
            each_second,
            cpu_each: (self.server.busy()? - busy) / requests,
        })
    }
}

impl Figures {
    /// Of several, each figure's own.
    pub(super) fn median(samples: Vec<Self>) -> Self {
        let of = |figure: fn(&Self) -> f64| {
            let mut figures: Vec<_> = samples.iter().map(figure).collect();
            figures.sort_by(f64::total_cmp);
            figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
        };
        Self {
            each_second: of(|sample| sample.each_second),
            cpu_each: of(|sample| sample.cpu_each),
        }
    }
}

/// Requests a second, and how many there were.
fn read(text: &str) -> Result<(f64, f64), Failure> {
    let rate = |line: &'_ str| line.strip_prefix("Requests/sec:").map(str::to_owned);
    let requests = |line: &'_ str| {
        let (number, _) = line.split_once(" requests in ")?;
        Some(number.to_owned())
    };
    let lines = || text.lines().map(str::trim);
    match (lines().find_map(rate), lines().find_map(requests)) {
        (Some(rate), Some(requests)) => Ok((rate.trim().parse()?, requests.trim().parse()?)),
        _ => Err(format!("wrk does not tell: {text}").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_each_figures_own() {
        let sample = |each_second, cpu_each| Figures {
            each_second,
            cpu_each,
        };
        let median = Figures::median(vec![sample(1.0, 9.0), sample(3.0, 8.0), sample(2.0, 7.0)]);
        assert_eq!((median.each_second, median.cpu_each), (2.0, 8.0));
    }

    #[test]
    fn what_wrk_says_is_read() -> Result<(), Failure> {
        let text =
            "Running 2s test\n  200 requests in 2.00s, 44.30KB read\nRequests/sec:    100.5\n";
        assert_eq!(read(text)?, (100.5, 200.0));
        Ok(())
    }

    #[test]
    fn what_wrk_does_not_say_is_no_figure() {
        assert!(read("unable to connect").is_err());
    }
}
