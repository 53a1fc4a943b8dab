use std::{
    env, fs,
    io::{BufRead as _, BufReader},
    net::{Ipv4Addr, TcpListener},
    process::{Child, Command, Stdio},
};

use actix_web::{HttpServer, dev::Server as Running};

use crate::{
    Failure,
    stack::{
        bare, by_hand,
        fixture::{Fixture, Side},
        ours,
    },
};

/// A server in a process of its own, with one worker; it ends with this.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) name: &'static str,
    /// Whose tokens it takes.
    pub(super) side: Side,
    pub(super) base: String,
    child: Child,
}

impl Server {
    /// One of the services of this binary.
    pub(super) fn of_ours(name: &'static str, side: Side) -> Result<Self, Failure> {
        let mut command = pinned(&env::current_exe()?.display().to_string(), 0);
        command.args(["serve", name]).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let stdout = child.stdout.take().ok_or("no output")?;
        let mut base = String::new();
        BufReader::new(stdout).read_line(&mut base)?;
        let base = base.trim_end().to_owned();
        match base.is_empty() {
            true => Err(format!("{name} does not start").into()),
            false => Ok(Self::running(name, side, base, child)),
        }
    }

    /// One that runs already.
    pub(super) fn running(name: &'static str, side: Side, base: String, child: Child) -> Self {
        Self {
            name,
            side,
            base,
            child,
        }
    }

    /// How long it has been busy, in seconds, the kernel's work for it included.
    pub(super) fn busy(&self) -> Result<f64, Failure> {
        // Linux tells in hundredths of a second, whatever the kernel's own tick is.
        const TICKS: f64 = 100.0;
        let text = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The name in parentheses may have spaces.
        let (_, rest) = text.rsplit_once(") ").ok_or("no such line")?;
        let mut ticks = rest.split(' ').skip(11).take(2).map(str::parse::<f64>);
        let mut next = || ticks.next().ok_or("too short a line");
        Ok((next()?? + next()??) / TICKS)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A command on one of the machine's processors, where that can be said: servers on the first, who asks on
/// the second.
pub(super) fn pinned(program: &str, processor: usize) -> Command {
    let several = std::thread::available_parallelism().is_ok_and(|number| number.get() > 1);
    let taskset = Command::new("taskset").arg("--version").output().is_ok();
    if !(several && taskset) {
        return Command::new(program);
    }
    let mut command = Command::new("taskset");
    command.args(["-c", &processor.to_string(), program]);
    command
}

/// Is one of the servers until somebody ends it: `secure-benches serve NAME`.
///
/// # Errors
/// When there is no such server, or no port for it.
pub fn serve(name: &str) -> Result<(), Failure> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    actix_rt::System::new().block_on(async {
        let running = start(name, listener)?;
        println!("http://{address}");
        Ok(running.await?)
    })
}

fn start(name: &str, listener: TcpListener) -> Result<Running, Failure> {
    let fixture = Fixture::new()?;
    Ok(match name {
        "bare" => HttpServer::new(bare::app)
            .workers(1)
            .listen(listener)?
            .run(),
        "by hand" => HttpServer::new(move || by_hand::app(fixture.clone()))
            .workers(1)
            .listen(listener)?
            .run(),
        "ours" => HttpServer::new(move || ours::app(fixture.clone()))
            .workers(1)
            .listen(listener)?
            .run(),
        _ => return Err(format!("no server `{name}`").into()),
    })
}
