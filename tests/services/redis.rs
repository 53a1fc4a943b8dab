use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    path::Path,
    sync::OnceLock,
    time::Duration,
};

use super::{
    folder::Folder,
    process::{Process, free_port, wait_until_up},
    program,
};

/// A Redis server of the test's own, without a file on disk.
#[derive(Debug)]
pub(crate) struct Redis {
    port: u16,
    command: Vec<String>,
    process: Option<Process>,
    folder: Folder,
}

impl Redis {
    /// A server for all tests of this process, each with its own prefix. `None` where there is no Redis.
    pub(crate) fn shared() -> Option<&'static Self> {
        static SHARED: OnceLock<Option<Redis>> = OnceLock::new();
        SHARED.get_or_init(Self::start).as_ref()
    }

    /// A server for one test, which may kill it. `None` where there is no Redis.
    pub(crate) fn start() -> Option<Self> {
        Self::start_with(&[])
    }

    /// With further arguments.
    pub(crate) fn start_with(arguments: &[&str]) -> Option<Self> {
        let program = program::find("redis-server", "redis-server")?;
        let folder = Folder::new("redis");
        let port = free_port();
        let mut command = vec![program.display().to_string()];
        let folder_name = folder.path().display().to_string();
        let number = port.to_string();
        command.extend(
            ["--bind", "127.0.0.1", "--port", &number, "--save", ""]
                .into_iter()
                .chain(["--appendonly", "no", "--dir", &folder_name])
                .chain(arguments.iter().copied())
                .map(str::to_owned),
        );
        let mut redis = Self {
            port,
            command,
            process: None,
            folder,
        };
        redis.start_again();
        Some(redis)
    }

    /// A server that also speaks TLS, at a port of its own.
    pub(crate) fn start_with_tls(certificate: &Path, key: &Path) -> Option<(Self, u16)> {
        let port = free_port();
        let (certificate, key) = (certificate.to_str()?, key.to_str()?);
        let arguments = ["--tls-port", &port.to_string(), "--tls-auth-clients", "no"];
        let files = ["--tls-cert-file", certificate, "--tls-key-file", key];
        let server = Self::start_with(&[&arguments[..], &files].concat())?;
        Some((server, port))
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    pub(crate) const fn port(&self) -> u16 {
        self.port
    }

    /// Ends it at once.
    pub(crate) fn kill(&mut self) {
        self.process = None;
    }

    /// At the same address, and empty.
    pub(crate) fn start_again(&mut self) {
        let folder = self.folder.path();
        self.process = Some(Process::start(&self.command, folder, None));
        wait_until_up(folder, || self.answers().unwrap_or(false));
    }

    /// It keeps its connections and answers nothing.
    pub(crate) fn hang(&self) {
        self.process.iter().for_each(Process::hang);
    }

    pub(crate) fn go_on(&self) {
        self.process.iter().for_each(Process::go_on);
    }

    /// Tells it something, in words without blanks in them, and expects `+OK`.
    pub(crate) fn tell(&self, command: &str) {
        let answer = self.say(command).expect("an answer");
        assert!(answer.starts_with("+OK"), "{command}: {answer}");
    }

    /// The first piece of what it answers.
    pub(crate) fn say(&self, command: &str) -> std::io::Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        stream.write_all(format!("{command}\r\n").as_bytes())?;
        let mut answer = [0; 16 * 1024];
        let read = stream.read(&mut answer)?;
        Ok(String::from_utf8_lossy(&answer[..read]).into_owned())
    }

    fn answers(&self) -> std::io::Result<bool> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        stream.write_all(b"PING\r\n")?;
        let mut answer = [0; 5];
        stream.read_exact(&mut answer)?;
        Ok(&answer == b"+PONG")
    }
}
