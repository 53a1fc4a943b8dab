use std::{
    fs,
    io::{BufRead as _, BufReader},
    net::TcpListener,
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use super::account::Account;

/// How long a server may take to be up. Generous: a machine may be busy with other tests.
const PATIENCE: Duration = Duration::from_secs(60);

/// Starts the server, says its process id, and kills it when this process closes the pipe: at the latest
/// when it ends, however it ends.
const WATCH: &str = r#"log=$1; shift
"$@" >"$log" 2>&1 & server=$!
echo $server
read -r _
kill -CONT $server 2>/dev/null; kill -QUIT $server 2>/dev/null; sleep 0.2
kill -KILL $server 2>/dev/null; wait"#;

/// A server's process.
#[derive(Debug)]
pub(crate) struct Process {
    id: u32,
    watch: Child,
    pipe: Option<ChildStdin>,
}

impl Process {
    /// `server` is the program with its arguments.
    pub(crate) fn start(server: &[String], log: &Path, account: Option<Account>) -> Self {
        let mut command = Command::new("sh");
        command.args(["-c", WATCH, "sh"]).arg(log).args(server);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        if let Some(account) = account {
            account.run(&mut command);
        }
        let mut watch = command.spawn().expect("a shell");
        let pipe = watch.stdin.take();
        let said = watch.stdout.take().expect("it is piped");
        let mut line = String::new();
        BufReader::new(said).read_line(&mut line).expect("a line");
        let id = line.trim().parse().expect("a process id");
        Self { id, watch, pipe }
    }

    /// Stops the process and its children where they are: they keep their connections and answer nothing.
    pub(crate) fn hang(&self) {
        // The parent first, so that it makes no more children.
        signal("-STOP", self.id);
        for child in self.children() {
            signal("-STOP", child);
        }
    }

    /// Lets them go on.
    pub(crate) fn go_on(&self) {
        for child in self.children() {
            signal("-CONT", child);
        }
        signal("-CONT", self.id);
    }

    fn children(&self) -> Vec<u32> {
        let Ok(processes) = fs::read_dir("/proc") else {
            return Vec::new();
        };
        let id_of = |entry: fs::DirEntry| entry.file_name().to_str()?.parse().ok();
        let is_child = |id: &u32| {
            let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
            let parent = status.lines().find_map(|line| line.strip_prefix("PPid:"));
            parent.is_some_and(|parent| parent.trim() == self.id.to_string())
        };
        let processes = processes.flatten();
        processes.filter_map(id_of).filter(is_child).collect()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.go_on();
        drop(self.pipe.take());
        let _ = self.watch.wait();
    }
}

fn signal(signal: &str, process: u32) {
    let _ = Command::new("kill")
        .args([signal, &process.to_string()])
        .stderr(Stdio::null())
        .status();
}

/// A port that nobody uses at this moment.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("it is bound").port()
}

/// Waits until the server is up.
///
/// # Panics
/// With the server's log, when it does not come up.
pub(crate) fn wait_until_up(log: &Path, is_up: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_up() {
        assert!(
            start.elapsed() < PATIENCE,
            "the server does not come up:\n{}",
            fs::read_to_string(log).unwrap_or_default()
        );
        thread::sleep(Duration::from_millis(20));
    }
}
