//! Several ways to do one thing, measured in turn: a machine that is slow for a while is slow for all
//! of them, and their ratio stays what it is.

use std::{
    future::Future,
    hint::black_box,
    time::{Duration, Instant},
};

use futures_util::future::LocalBoxFuture;

/// How thoroughly is measured.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// How often each candidate is measured, in turn with the others.
    pub rounds: usize,
    /// How long one measurement lasts at least. Short, so that most of them are over before the
    /// machine turns to something else.
    pub batch: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            rounds: 101,
            batch: Duration::from_micros(200),
        }
    }
}

/// One way to do it.
pub trait Candidate {
    /// Does it so many times, and says how long that took.
    fn time(&mut self, operations: u32) -> LocalBoxFuture<'_, Duration>;
}

/// A candidate that is a function.
pub fn call<'a, T>(operation: impl FnMut() -> T + 'a) -> Box<dyn Candidate + 'a> {
    struct Call<F>(F);
    impl<T, F: FnMut() -> T> Candidate for Call<F> {
        fn time(&mut self, operations: u32) -> LocalBoxFuture<'_, Duration> {
            let start = Instant::now();
            for _ in 0..operations {
                black_box((self.0)());
            }
            Box::pin(std::future::ready(start.elapsed()))
        }
    }
    Box::new(Call(operation))
}

/// A candidate that has to be waited for.
pub fn wait<'a, T>(operation: impl AsyncFnMut() -> T + 'a) -> Box<dyn Candidate + 'a> {
    struct Wait<F>(F);
    impl<T, F: AsyncFnMut() -> T> Candidate for Wait<F> {
        fn time(&mut self, operations: u32) -> LocalBoxFuture<'_, Duration> {
            Box::pin(async move {
                let start = Instant::now();
                for _ in 0..operations {
                    black_box((self.0)().await);
                }
                start.elapsed()
            })
        }
    }
    Box::new(Wait(operation))
}

/// A candidate that measures itself, because something has to be made ready that does not count.
pub fn batch<'a, F: Future<Output = Duration>>(
    operations: impl FnMut(u32) -> F + 'a,
) -> Box<dyn Candidate + 'a> {
    struct Batch<O>(O);
    impl<F: Future<Output = Duration>, O: FnMut(u32) -> F> Candidate for Batch<O> {
        fn time(&mut self, operations: u32) -> LocalBoxFuture<'_, Duration> {
            Box::pin(async move { (self.0)(operations).await })
        }
    }
    Box::new(Batch(operations))
}

/// What is printed: a line a comparison, a column a candidate.
#[derive(Debug)]
pub struct Table {
    title: &'static str,
    columns: Vec<Column>,
    lines: Vec<(String, Vec<Figures>)>,
}

/// What all candidates of a column are.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    name: &'static str,
    /// The column that it is compared with.
    baseline: Option<usize>,
}

impl Column {
    /// A column that others are compared with.
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            baseline: None,
        }
    }

    /// A column with its ratio to another one, which is counted from 0.
    pub const fn over(name: &'static str, baseline: usize) -> Self {
        Self {
            name,
            baseline: Some(baseline),
        }
    }
}

/// Nanoseconds an operation, over all rounds.
#[derive(Debug, Clone, Copy)]
pub struct Figures {
    /// In the middle of them.
    pub median: f64,
    /// Of the round in which nothing else was in the way.
    pub least: f64,
}

impl Table {
    /// A table without lines.
    pub fn new(title: &'static str, columns: impl Into<Vec<Column>>) -> Self {
        Self {
            title,
            columns: columns.into(),
            lines: Vec::new(),
        }
    }

    /// Measures a line: the candidates in the order of the columns, and so are the figures.
    pub async fn measure(
        &mut self,
        name: impl ToString,
        settings: &Settings,
        mut candidates: Vec<Box<dyn Candidate + '_>>,
    ) -> Vec<Figures> {
        let mut operations = Vec::new();
        for candidate in &mut candidates {
            operations.push(calibrate(&mut **candidate, settings.batch).await);
        }
        let mut samples = vec![Vec::new(); candidates.len()];
        for round in 0..settings.rounds {
            for turn in 0..candidates.len() {
                // Nobody is always the one after the slowest.
                let at = (turn + round) % candidates.len();
                let elapsed = candidates[at].time(operations[at]).await;
                samples[at].push(elapsed.as_secs_f64() * 1e9 / f64::from(operations[at]));
            }
        }
        let figures: Vec<_> = samples.into_iter().map(Figures::of).collect();
        self.lines.push((name.to_string(), figures.clone()));
        figures
    }

    /// Prints it: median and minimum, and the ratios of both.
    pub fn print(&self) {
        print!("\n{:<22}", self.title);
        for column in &self.columns {
            print!("{:>20}", column.name);
            if let Some(baseline) = column.baseline {
                print!("{:>18}", format!("÷ {}", self.columns[baseline].name));
            }
        }
        println!();
        for (name, figures) in &self.lines {
            print!("{name:<22}");
            for (column, own) in self.columns.iter().zip(figures) {
                print!("{:>11}{:>9}", time(own.median), time(own.least));
                if let Some(base) = column.baseline.and_then(|at| figures.get(at)) {
                    let (median, least) = (own.median / base.median, own.least / base.least);
                    print!("{:>10}{:>8}", ratio(median), ratio(least));
                }
            }
            println!();
        }
    }
}

impl Figures {
    fn of(mut samples: Vec<f64>) -> Self {
        samples.sort_by(f64::total_cmp);
        let at = |index: usize| samples.get(index).copied().unwrap_or(f64::NAN);
        Self {
            median: at(samples.len() / 2),
            least: at(0),
        }
    }
}

/// How many operations last as long as one measurement should; finding out warms everything up.
async fn calibrate(candidate: &mut dyn Candidate, batch: Duration) -> u32 {
    const MOST: u32 = 1 << 20;
    // One of them is not disturbed.
    const ATTEMPTS: usize = 3;
    let mut operations = 1;
    loop {
        let mut elapsed = Duration::MAX;
        for _ in 0..ATTEMPTS {
            elapsed = elapsed.min(candidate.time(operations).await);
        }
        if elapsed >= batch || operations >= MOST {
            return operations;
        }
        operations *= 2;
    }
}

fn time(nanoseconds: f64) -> String {
    match nanoseconds {
        few if few < 1e3 => format!("{few:.0} ns"),
        some if some < 1e6 => format!("{:.2} µs", some / 1e3),
        many => format!("{:.2} ms", many / 1e6),
    }
}

fn ratio(ratio: f64) -> String {
    if ratio < 0.1 {
        format!("{ratio:.3}")
    } else {
        format!("{ratio:.2}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn median_and_minimum_of_the_rounds() {
        let figures = Figures::of(vec![5.0, 1.0, 3.0]);
        assert_eq!((figures.median, figures.least), (3.0, 1.0));
    }

    #[test]
    fn figures_are_printed_in_a_unit_that_can_be_read() {
        assert_eq!(time(12.3), "12 ns");
        assert_eq!(time(1234.0), "1.23 µs");
        assert_eq!(time(1_234_567.0), "1.23 ms");
        assert_eq!((ratio(0.0123), ratio(1.5)), ("0.012".into(), "1.50".into()));
    }
}
