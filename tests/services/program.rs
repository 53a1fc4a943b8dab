use std::{
    env, fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

/// Where a program is: in the `PATH`, or where distributions keep PostgreSQL's. `None`, and the word on
/// stderr that a test is skipped, if nowhere.
///
/// # Panics
/// If nowhere, with `SECURE_TEST_SERVICES=required`.
pub(crate) fn find(name: &str, package: &str) -> Option<PathBuf> {
    let found = folders()
        .map(|folder| folder.join(name))
        .find(|path| path.is_file());
    if found.is_none() {
        let word = format!(
            "`{name}` is not on this machine; get it with `apt-get install {package}` or its like"
        );
        assert!(
            env::var_os("SECURE_TEST_SERVICES").is_none_or(|value| value != "required"),
            "{word}"
        );
        // Not `eprintln!`, which a test that passes does not show.
        let _ = writeln!(io::stderr(), "skipped: {word}");
    }
    found
}

fn folders() -> impl Iterator<Item = PathBuf> {
    let versions = ["/usr/lib/postgresql", "/usr/local/opt", "/opt/homebrew/opt"];
    let path = env::var_os("PATH").unwrap_or_default();
    let usual: Vec<_> = env::split_paths(&path).collect();
    versions
        .into_iter()
        .flat_map(|parent| newest_first(Path::new(parent)))
        .map(|version| version.join("bin"))
        .chain(usual)
}

fn newest_first(parent: &Path) -> Vec<PathBuf> {
    let mut children: Vec<_> = fs::read_dir(parent)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    children.sort();
    children.reverse();
    children
}
