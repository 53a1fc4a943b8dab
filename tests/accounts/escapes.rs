//! What the compiler leaves open: the ways around its checks, which the example does not take.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// SQL: a text that is a statement by somebody's word, one that is put together, and a literal that is none.
const OF_SQL: [&str; 6] = [
    "AssertSqlSafe",
    "QueryBuilder",
    "raw_sql",
    "SqlSafeStr",
    "SqlStr",
    ".leak(",
];

/// HTML: text that a template prints as it is by somebody's word, and a template that escapes nothing.
const OF_HTML: [&str; 4] = ["filters::Safe", "HtmlSafe", "MaybeSafe", "escape = \""];

#[test]
fn no_statement_is_put_together() {
    let sources = sources();
    let statements = sources
        .iter()
        .map(|(_, source)| source.matches("sqlx::query").count());
    let statements: usize = statements.sum();
    assert!(statements > 30, "only {statements} statements were seen");
    assert_eq!(taken(&sources, &OF_SQL), [""; 0]);
}

#[test]
fn nothing_but_safe_html_is_printed_as_it_is() {
    let sources = sources();
    let templates = sources
        .iter()
        .map(|(_, source)| source.matches("#[template(").count());
    let templates: usize = templates.sum();
    assert!(templates > 15, "only {templates} templates were seen");
    assert_eq!(taken(&sources, &OF_HTML), [""; 0]);
}

/// Which of the ways around are taken, and where.
fn taken(sources: &[(PathBuf, String)], escapes: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (file, source) in sources {
        let escapes = escapes.iter().filter(|escape| source.contains(**escape));
        found.extend(escapes.map(|escape| format!("{} in {}", escape, file.display())));
    }
    found
}

/// The example's sources, with their text.
fn sources() -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/accounts/src");
    let mut found = Vec::new();
    gather(&folder, &mut found);
    found
}

fn gather(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        match path.is_dir() {
            true => gather(&path, found),
            false if path.extension().is_some_and(|is| is == "rs") => {
                let source = fs::read_to_string(&path).expect("a source");
                found.push((path, source));
            }
            false => {}
        }
    }
}
