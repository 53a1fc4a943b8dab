use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

use super::Folder;

/// A process of its own, which runs one of the tests that are ignored. It says lines with a `>` before each,
/// and `>ready` in the end.
pub(crate) struct Other {
    /// What it has said before it was ready.
    pub(crate) said: Vec<String>,

    child: Child,
}

impl Other {
    /// Where it is told which folder it has.
    pub(crate) const FOLDER: &str = "SECURE_TEST_UPLOADS";

    /// `command` is this program, or what runs it.
    pub(crate) fn start(mut command: Command, test: &str, folder: &Folder) -> Self {
        let mut child = command
            .args(["--exact", test, "--ignored", "--nocapture"])
            .env(Self::FOLDER, folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a process");
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let lines = lines.map(|line| line.expect("a line"));
        let said = lines.filter(|line| line.starts_with('>'));
        let said = said.take_while(|line| line != ">ready").collect();
        Self { said, child }
    }

    /// SIGKILL: it has no chance to clean up.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("dead");
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
