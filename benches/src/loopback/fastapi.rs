//! FastAPI, slowapi and PyJWT on uvicorn, in an environment of its own below `target/`.

use std::{
    env,
    fmt::Write as _,
    fs,
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use super::server::{Server, pinned};
use crate::{
    Failure,
    stack::fixture::{AUDIENCE, ISSUER, SECRET, Side},
};

const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fastapi");

/// Makes the environment where there is none, and starts the service.
pub(super) fn start() -> Result<Server, Failure> {
    let python = environment()?;
    let port = free_port()?;
    let mut key = String::new();
    for byte in SECRET {
        write!(key, "{byte:02x}")?;
    }
    let child = pinned(&python.display().to_string(), 0)
        .args(["-m", "uvicorn", "service:app", "--app-dir", SOURCE])
        .args(["--port", &port.to_string(), "--workers", "1"])
        .args(["--loop", "uvloop", "--http", "httptools"])
        .args(["--no-access-log", "--log-level", "warning"])
        .args(["--no-server-header", "--no-date-header"])
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("TOKEN_KEY", key)
        .env("TOKEN_ISSUER", ISSUER)
        .env("TOKEN_AUDIENCE", AUDIENCE)
        .stdin(Stdio::null())
        .spawn()?;
    let base = format!("http://127.0.0.1:{port}");
    let server = Server::running("FastAPI", Side::ByHand, base, child);
    // A minute in all.
    for _ in 0..600 {
        if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return Ok(server);
        }
        thread::sleep(Duration::from_millis(100));
    }
    Err("it does not start".into())
}

/// The interpreter that has the packages.
fn environment() -> Result<PathBuf, Failure> {
    let this = env::current_exe()?;
    let target = this.ancestors().nth(2).ok_or("no target folder")?;
    let folder = target.join("fastapi");
    let python = folder.join("venv/bin/python");
    let wanted = fs::read_to_string(Path::new(SOURCE).join("requirements.txt"))?;
    let installed = folder.join("installed.txt");
    if fs::read_to_string(&installed).is_ok_and(|had| had == wanted) {
        return Ok(python);
    }
    fs::create_dir_all(&folder)?;
    let mut venv = Command::new("python3");
    finish(venv.args(["-m", "venv"]).arg(folder.join("venv")))?;
    let mut pip = Command::new(&python);
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ]);
    finish(
        pip.args(["--requirement", "requirements.txt"])
            .current_dir(SOURCE),
    )?;
    fs::write(installed, wanted)?;
    Ok(python)
}

fn finish(command: &mut Command) -> Result<(), Failure> {
    let program = command.get_program().to_owned();
    let output = command.output();
    let output = output.map_err(|error| format!("{}: {error}", program.display()))?;
    match output.status.success() {
        true => Ok(()),
        false => {
            let told = String::from_utf8_lossy(&output.stderr);
            Err(format!("{}: {told}", program.display()).into())
        }
    }
}

fn free_port() -> Result<u16, Failure> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}
