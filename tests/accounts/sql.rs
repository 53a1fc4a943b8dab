//! What the compiler leaves open of SQL: the ways around its check, which the example does not take.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A text that is a statement by somebody's word, one that is put together, and a literal that is none.
const ESCAPES: [&str; 6] = [
    "AssertSqlSafe",
    "QueryBuilder",
    "raw_sql",
    "SqlSafeStr",
    "SqlStr",
    ".leak(",
];

#[test]
fn no_statement_is_put_together() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/accounts/src");
    let (mut statements, mut found) = (0, Vec::new());
    for file in sources(&folder) {
        let source = fs::read_to_string(&file).expect("a source");
        statements += source.matches("sqlx::query").count();
        let escapes = ESCAPES.iter().filter(|escape| source.contains(**escape));
        found.extend(escapes.map(|escape| format!("{} in {}", escape, file.display())));
    }
    assert!(statements > 30, "only {statements} statements were seen");
    assert_eq!(found, [""; 0]);
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        match path.is_dir() {
            true => found.extend(sources(&path)),
            false if path.extension().is_some_and(|is| is == "rs") => found.push(path),
            false => {}
        }
    }
    found
}
