//! Who else can get at the folder of uploads.

use std::path::Path;

/// What others may do with a folder, as the bits of its mode.
#[cfg(unix)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Others(u32);

#[cfg(unix)]
impl Others {
    const WRITE: u32 = 0o002;
    const ANYTHING: u32 = 0o007;
    const ANYTHING_OR_GROUP: u32 = 0o077;

    fn of(folder: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;
        let metadata = folder.metadata().ok()?;
        Some(Self(metadata.mode() & 0o777))
    }

    fn may(self, what: u32) -> Option<String> {
        (self.0 & what != 0).then(|| format!("{:04o}", self.0))
    }
}

/// Why a folder is not one to keep uploads in.
#[cfg(unix)]
pub(super) fn refusal(folder: &Path) -> Option<String> {
    let mode = Others::of(folder)?.may(Others::WRITE)?;
    Some(format!(
        "everybody can write into it (mode {mode}); `chmod o-w` it"
    ))
}

/// Why one of the folders in it, which are made for the owner alone, is not what it was made as. `owner` is whom
/// a file belongs to that is made here.
#[cfg(unix)]
pub(super) fn refusal_inside(folder: &Path, owner: u32) -> Option<String> {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = match folder.symlink_metadata() {
        Ok(metadata) => metadata,
        Err(error) => return Some(error.to_string()),
    };
    let name = folder.display();
    if !metadata.is_dir() {
        return Some(format!("{name} is no folder"));
    }
    if ![0, owner].contains(&metadata.uid()) {
        return Some(format!(
            "{name} belongs to another user ({})",
            metadata.uid()
        ));
    }
    let mode = Others(metadata.mode() & 0o777).may(Others::ANYTHING)?;
    Some(format!(
        "others can get into {name} (mode {mode}); `chmod 700` it"
    ))
}

/// Who else can look into a folder, where somebody can.
#[cfg(unix)]
pub(crate) fn exposure(folder: &Path) -> Option<String> {
    let folders = [
        folder.to_owned(),
        folder.join("incoming"),
        folder.join("kept"),
    ];
    folders.iter().find_map(|folder| {
        let mode = Others::of(folder)?.may(Others::ANYTHING_OR_GROUP)?;
        Some(format!("{} has the mode {mode}", folder.display()))
    })
}

/// Without modes nobody can say.
#[cfg(not(unix))]
pub(crate) fn exposure(_: &Path) -> Option<String> {
    None
}
