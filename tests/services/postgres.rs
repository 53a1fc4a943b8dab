use std::{
    path::PathBuf,
    process::{Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use super::{
    account::Account,
    folder::Folder,
    process::{Process, free_port, wait_until_up},
    program,
};

/// A PostgreSQL server of the test's own.
#[derive(Debug)]
pub(crate) struct Postgres {
    port: u16,
    programs: PathBuf,
    account: Option<Account>,
    process: Option<Process>,
    databases: AtomicU32,
    folder: Folder,
}

impl Postgres {
    /// A server for all tests of this process, each with its own database. `None` where there is no
    /// PostgreSQL.
    pub(crate) fn shared() -> Option<&'static Self> {
        static SHARED: OnceLock<Option<Postgres>> = OnceLock::new();
        SHARED.get_or_init(Self::start).as_ref()
    }

    /// A server for one test, which may kill it. `None` where there is no PostgreSQL.
    pub(crate) fn start() -> Option<Self> {
        let initdb = program::find("initdb", "postgresql")?;
        let folder = Folder::new("postgres");
        // PostgreSQL refuses to run as root.
        let account = Account::unprivileged();
        if let Some(account) = account {
            account.own(folder.path());
        }
        let mut postgres = Self {
            port: free_port(),
            programs: initdb.parent()?.to_owned(),
            account,
            process: None,
            databases: AtomicU32::new(0),
            folder,
        };
        postgres.run(
            "initdb",
            &[
                "--pgdata",
                &postgres.data(),
                "--username",
                "app",
                "--auth",
                "trust",
                "--encoding",
                "UTF8",
                "--locale",
                "C",
                "--no-sync",
            ],
        );
        postgres.start_again();
        Some(postgres)
    }

    /// The address of a new, empty database.
    pub(crate) fn database(&self) -> String {
        let number = self.databases.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{number}");
        let port = self.port.to_string();
        self.run(
            "createdb",
            &["-h", "127.0.0.1", "-p", &port, "-U", "app", &name],
        );
        format!("postgres://app@127.0.0.1:{port}/{name}")
    }

    pub(crate) const fn port(&self) -> u16 {
        self.port
    }

    /// Ends it at once.
    pub(crate) fn kill(&mut self) {
        self.process = None;
    }

    /// At the same address, with what was in it.
    pub(crate) fn start_again(&mut self) {
        let folder = self.folder.path();
        let program = self.programs.join("postgres").display().to_string();
        let (port, data) = (self.port.to_string(), self.data());
        let sockets = self.folder.path().display().to_string();
        let command = [
            &program,
            "-D",
            &data,
            "-p",
            &port,
            "-k",
            &sockets,
            "-h",
            "127.0.0.1",
            "-F",
        ];
        let command = command.map(str::to_owned);
        self.process = Some(Process::start(&command, folder, self.account));
        wait_until_up(folder, || {
            self.command("pg_isready")
                .args(["-h", "127.0.0.1", "-p", &port])
                .status()
                .is_ok_and(|status| status.success())
        });
    }

    /// It keeps its connections and answers nothing.
    pub(crate) fn hang(&self) {
        self.process.iter().for_each(Process::hang);
    }

    pub(crate) fn go_on(&self) {
        self.process.iter().for_each(Process::go_on);
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let output = self
            .command(program)
            .args(arguments)
            .stderr(Stdio::piped())
            .output()
            .expect(program);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{program}: {said}");
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        command
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if let Some(account) = self.account {
            account.run(&mut command);
        }
        command
    }
}
