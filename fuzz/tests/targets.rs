//! Every target on stable Rust: its seeds, and for a moment what is made of them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    any::Any,
    env, fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use secure_fuzz::{Mutator, TARGETS, Target};

/// For how long each target is run, where nothing else is said.
const MILLISECONDS: u64 = 1_500;

#[test]
fn every_target_holds() {
    let seed = number("FUZZ_SEED").unwrap_or_else(|| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        now.expect("a clock").as_nanos() as u64
    });
    let time = Duration::from_millis(number("FUZZ_MILLISECONDS").unwrap_or(MILLISECONDS));
    let only = env::var("FUZZ_TARGET").ok();
    let chosen = TARGETS
        .iter()
        .filter(|target| only.as_deref().is_none_or(|only| only == target.name));
    std::thread::scope(|scope| {
        let runs: Vec<_> = chosen
            .map(|target| scope.spawn(move || run(target, seed, time)))
            .collect();
        for run in runs {
            let tried = run.join().expect("a target that holds");
            assert!(tried > 0);
        }
    });
}

/// A target that always panics is found out, with the input.
#[test]
fn what_does_not_hold_is_reported() {
    let target = Target {
        name: "cookie",
        run: |input| assert!(!input.contains(&b';'), "a semicolon"),
    };
    let found = catch_unwind(AssertUnwindSafe(|| {
        run(&target, 1, Duration::from_secs(60))
    }));
    let message = said(&*found.expect_err("a panic"));
    assert!(message.contains("cookie: a semicolon"), "{message}");
    assert!(message.contains(';'), "{message}");
}

#[test]
fn every_target_has_seeds_and_is_built_for_llvm() {
    for target in TARGETS {
        assert!(!seeds(&target).is_empty(), "{}", target.name);
    }
    let manifest = fs::read_to_string(root().join("libfuzzer/Cargo.toml")).expect("a manifest");
    let built: Vec<_> = manifest
        .lines()
        .filter_map(|line| line.strip_prefix("path = \"targets/"))
        .filter_map(|line| line.strip_suffix(".rs\""))
        .collect();
    assert_eq!(built, TARGETS.map(|target| target.name));
    let folders = fs::read_dir(root().join("seeds")).expect("seeds");
    for folder in folders.flatten() {
        let name = folder.file_name();
        assert!(TARGETS.iter().any(|target| name == target.name), "{name:?}");
    }
}

/// How many inputs were tried.
fn run(target: &Target, seed: u64, time: Duration) -> u64 {
    let seeds = seeds(target);
    for input in &seeds {
        hold(target, input, seed);
    }
    let (mut mutator, start, mut tried) = (Mutator::new(seed), Instant::now(), 0);
    while start.elapsed() < time {
        let input = mutator.next(&seeds);
        hold(target, &input, seed);
        tried += 1;
    }
    println!("{}: {tried} inputs, FUZZ_SEED={seed}", target.name);
    tried
}

fn hold(target: &Target, input: &[u8], seed: u64) {
    let run = AssertUnwindSafe(|| (target.run)(input));
    if let Err(why) = catch_unwind(run) {
        let (name, why) = (target.name, said(&*why));
        let input = input.escape_ascii();
        panic!(
            "{name}: {why}\ninput: b\"{input}\"\nagain with FUZZ_TARGET={name} FUZZ_SEED={seed}"
        );
    }
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "a panic".to_owned())
}

fn seeds(target: &Target) -> Vec<Vec<u8>> {
    let folder = root().join("seeds").join(target.name);
    let mut files: Vec<_> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|file| file.path())
        .collect();
    files.sort();
    files
        .iter()
        .map(|file| fs::read(file).expect("a seed"))
        .collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn number(name: &str) -> Option<u64> {
    env::var(name).ok()?.parse().ok()
}
