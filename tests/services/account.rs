use std::{path::Path, process::Command};

/// A user of the machine, for programs that refuse to run as root.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Account {
    user: u32,
    group: u32,
}

impl Account {
    /// `None` if this process is not root, and may start anything as it is.
    pub(crate) fn unprivileged() -> Option<Self> {
        if id(&["-u"]) != Some(0) {
            return None;
        }
        ["postgres", "nobody"].into_iter().find_map(|name| {
            Some(Self {
                user: id(&["-u", name])?,
                group: id(&["-g", name])?,
            })
        })
    }

    pub(crate) fn own(self, path: &Path) {
        std::os::unix::fs::chown(path, Some(self.user), Some(self.group)).expect("chown");
    }

    /// Lets a command run as this user.
    pub(crate) fn run(self, command: &mut Command) {
        use std::os::unix::process::CommandExt as _;
        command.uid(self.user).gid(self.group);
    }
}

fn id(arguments: &[&str]) -> Option<u32> {
    let output = Command::new("id").args(arguments).output().ok()?;
    str::from_utf8(&output.stdout).ok()?.trim().parse().ok()
}
