//! Misuses that do not build, each with the message that it gets, and forms that must build.
//!
//! A case is one file, `ui/<attribute>/{pass,fail}/<mistake>.rs`. The first line of a misuse says
//! which words the message must have: `//~ unknown role`. Its golden stands beside it, as `.stderr`.
//! A misuse that `cargo check` lets pass, and `cargo build` does not, stands in `fail_when_built`.
//! A form that builds is also run: its `main` may assert.
//!
//! After a change of a message: `TRYBUILD=overwrite cargo test -p secure-tests --test ui`, and then
//! read each golden that changed, as a user would.

mod checks_page;

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The compiler whose own words stand in the goldens, around ours.
const GOLDENS_BELONG_TO: &str = "1.95.";

/// The folders with misuses.
const MISUSES: [&str; 2] = ["fail", "fail_when_built"];

#[test]
fn misuses_do_not_build() {
    if goldens_belong_to_this_compiler() {
        trybuild::TestCases::new().compile_fail("ui/*/fail/*.rs");
    }
}

#[test]
fn misuses_that_only_a_build_finds_do_not_build() {
    if goldens_belong_to_this_compiler() {
        let cases = trybuild::TestCases::new();
        // With a form that must build among them, they are built and not only checked.
        cases.pass("ui/crypto/pass/signed_and_sealed.rs");
        cases.compile_fail("ui/*/fail_when_built/*.rs");
    }
}

#[test]
fn forms_that_must_build_do() {
    trybuild::TestCases::new().pass("ui/*/pass/*.rs");
}

/// A golden says our words in its first error, and that error points into the case.
#[test]
fn goldens_start_with_our_words() {
    let cases = misuses();
    assert!(cases.len() >= 30, "only {} misuses", cases.len());
    assert!(files("pass", "rs").len() >= 15, "too few forms that build");
    let findings: Vec<_> = cases.iter().filter_map(|case| finding(case)).collect();
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

#[test]
fn no_golden_is_orphaned() {
    for folder in ["fail", "fail_when_built", "pass"] {
        for golden in files(folder, "stderr") {
            let case = golden.with_extension("rs");
            assert!(
                MISUSES.contains(&folder) && case.exists(),
                "{} belongs to no misuse",
                golden.display()
            );
        }
    }
}

/// What is wrong with a misuse's golden.
fn finding(case: &Path) -> Option<String> {
    let name = case.display();
    let source = fs::read_to_string(case).unwrap_or_default();
    let Some(words) = words(&source) else {
        return Some(format!(
            "{name}: the first line is not `//~ words of the message`"
        ));
    };
    let Ok(golden) = fs::read_to_string(case.with_extension("stderr")) else {
        return Some(format!("{name}: there is no golden"));
    };
    let first = first_error(&golden);
    if !first.lines().any(|line| line.contains(words)) {
        return Some(format!(
            "{name}: the first error does not say `{words}`:\n{first}"
        ));
    }
    let stray = ["unresolved import", "cannot find", "expected one of"];
    let stray = stray.into_iter().find(|stray| first.contains(stray));
    match stray {
        Some(stray) if !words.contains(stray) => Some(format!(
            "{name}: the first error is the compiler's `{stray}`, and the case does not say so"
        )),
        _ => None,
    }
}

/// The words that a misuse's first line says its message must have.
fn words(source: &str) -> Option<&str> {
    let words = source.lines().next()?.strip_prefix("//~ ")?;
    (!words.trim().is_empty()).then_some(words)
}

/// The message of the first error: its `error` line and what follows, up to the place it points to.
fn first_error(golden: &str) -> String {
    let lines = golden.lines().skip_while(|line| !line.starts_with("error"));
    let message = lines.take_while(|line| !line.trim_start().starts_with("--> "));
    message.collect::<Vec<_>>().join("\n")
}

fn misuses() -> Vec<PathBuf> {
    let mut cases = MISUSES.map(|folder| files(folder, "rs")).concat();
    cases.sort();
    cases
}

/// The files `ui/*/<folder>/*.<extension>`.
fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui");
    let mut found = Vec::new();
    for attribute in entries(&root) {
        for file in entries(&attribute.join(folder)) {
            if file.extension().is_some_and(|is| is == extension) {
                found.push(file);
            }
        }
    }
    found.sort();
    found
}

/// What stands in a folder; nothing where there is none.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries.flatten().map(|entry| entry.path()).collect()
}

fn goldens_belong_to_this_compiler() -> bool {
    let version = rustc_version();
    let is_theirs = version.starts_with(GOLDENS_BELONG_TO);
    if !is_theirs {
        eprintln!(
            "skipped: the goldens belong to rustc {GOLDENS_BELONG_TO}x, and this is {version}: \
             the compiler's own words around ours differ"
        );
    }
    is_theirs
}

/// The version of the compiler that builds the cases (`1.95.0 …`).
fn rustc_version() -> String {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let text = text.unwrap_or_default();
    text.strip_prefix("rustc ")
        .unwrap_or(&text)
        .trim()
        .to_owned()
}
