//! Clients and verifiers that others wrote, as their users get them from PyPI.

use std::{
    env, fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use crate::{
    PASSWORD, Server,
    keys::new_keys,
    server::{binary, command, fresh_folder},
};

const EMAIL: &str = "ada@example.com";

#[actix_rt::test]
async fn requests_oauthlib() {
    let Some(python) = python() else { return };
    let server = without_grace().await;
    assert_runs(python, "password_requests_oauthlib.py", &server, &[]);
}

#[actix_rt::test]
async fn authlib() {
    let Some(python) = python() else { return };
    let server = without_grace().await;
    assert_runs(python, "password_authlib.py", &server, &[]);
}

#[actix_rt::test]
async fn pyjwt() {
    let Some(python) = python() else { return };
    let folder = fresh_folder();
    new_keys(&folder, "keys.json", &[]);
    let variables = [
        ("SECURE_KEYS_FILE", "keys.json"),
        ("SECURE_JWKS_MAX_AGE", "1s"),
    ];
    let server = Server::start_with(&folder, &variables);
    server.sign_up(EMAIL).await;
    assert_runs(python, "verify_pyjwt.py", &server, &variables);
}

async fn without_grace() -> Server {
    let variables = [("SECURE_REFRESH_GRACE", "0")];
    let server = Server::start_with(&fresh_folder(), &variables);
    server.sign_up(EMAIL).await;
    server
}

/// Runs a script against a server; it fails by itself.
fn assert_runs(python: &Path, script: &str, server: &Server, variables: &[(&str, &str)]) {
    let script = folder().join(script);
    // The environment of the service, for what the script does as its operator.
    let mut like = command(&server.folder);
    like.envs(variables.iter().copied());
    let mut run = Command::new(python);
    run.arg(script)
        .args([&server.base, EMAIL, PASSWORD])
        .current_dir(&server.folder)
        // Our server speaks HTTP here, and these libraries insist on being told.
        .env("OAUTHLIB_INSECURE_TRANSPORT", "1")
        .env("AUTHLIB_INSECURE_TRANSPORT", "1")
        .env("NO_PROXY", "127.0.0.1");
    for (name, value) in like.get_envs() {
        match value {
            Some(value) => run.env(name, value),
            None => run.env_remove(name),
        };
    }
    if !variables.is_empty() {
        run.arg(binary());
    }
    let output = run.output().expect("Python");
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
}

/// A Python that has the libraries. `None`, and the word on stderr that a test is skipped, where there
/// is none and none can be had.
///
/// # Panics
/// With `SECURE_TEST_SERVICES=required` instead.
fn python() -> Option<&'static Path> {
    static PYTHON: OnceLock<Option<PathBuf>> = OnceLock::new();
    let python = PYTHON.get_or_init(|| match environment() {
        Ok(python) => Some(python),
        Err(why) => {
            let required = env::var("SECURE_TEST_SERVICES").is_ok_and(|value| value == "required");
            assert!(!required, "{why}");
            // Not `eprintln!`, which a test that passes does not show.
            let _ = writeln!(io::stderr(), "skipped: {why}");
            None
        }
    });
    python.as_deref()
}

/// Makes a virtual environment once, and again whenever other versions are asked for.
fn environment() -> Result<PathBuf, String> {
    let environment = Path::new(env!("CARGO_TARGET_TMPDIR")).join("python-clients");
    let python = environment.join("bin/python");
    let wanted = folder().join("requirements.txt");
    let wanted_text = fs::read_to_string(&wanted).expect("the requirements");
    let installed = environment.join("installed.txt");
    if fs::read_to_string(&installed).is_ok_and(|text| text == wanted_text) {
        return Ok(python);
    }
    let venv = ["-m", "venv", "--clear"];
    succeed(Command::new("python3").args(venv).arg(&environment))?;
    let install = ["-m", "pip", "install", "--quiet", "--requirement"];
    succeed(Command::new(&python).args(install).arg(&wanted))?;
    fs::write(&installed, wanted_text).expect("a file");
    Ok(python)
}

fn succeed(command: &mut Command) -> Result<(), String> {
    let why = match command.output() {
        Ok(output) if output.status.success() => return Ok(()),
        Ok(output) => String::from_utf8_lossy(&output.stderr).into_owned(),
        Err(error) => error.to_string(),
    };
    Err(format!(
        "the clients from PyPI cannot be had: {command:?}: {why}"
    ))
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("accounts/clients")
}
