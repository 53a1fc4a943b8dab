//! `docs/checks.md` lists every misuse that does not build.

use std::{env, fmt::Write as _, fs, path::Path};

use super::{misuses, words};

const START: &str = "cargo test -p secure-tests --test ui checks` -->\n";
const END: &str = "<!-- end of the compile-time checks -->";

/// The folders, in the order of the page, and what they are about.
const ATTRIBUTES: &[(&str, &str)] = &[
    ("protected", "`#[protected]`"),
    ("public", "`#[public]`"),
    ("rate_limit", "`#[rate_limit]`"),
    ("limit", "`limit!`"),
    ("route", "Route attributes"),
    ("validated_handler", "`#[validated]` on a handler"),
    ("validated_model", "`#[validated]` on a struct or an enum"),
    ("normalize", "`#[normalize]`"),
    ("writable", "`#[writable]`"),
    ("upload", "`#[upload]` and uploads"),
    ("field", "Ready-made types of fields"),
    ("role", "`#[derive(Role)]`"),
    ("scope", "`#[derive(Scope)]`"),
    ("routes", "`security.routes(…)`"),
    ("floor", "`floor!`"),
    ("authorized", "`Authorized<T, Action>`"),
    ("sql", "SQL"),
    ("assert_policy", "`assert_policy!`"),
    ("security", "The builder of `Security`"),
    ("token", "`Token`"),
    ("secret", "`Secret`"),
    ("password", "Passwords"),
    ("account", "Accounts"),
    ("crypto", "Signed and sealed values"),
    ("hosts", "`hosts!`"),
    ("cors", "`cors!`"),
    ("csp", "`csp!`"),
    ("permissions_policy", "`permissions_policy!`"),
    ("hsts", "`hsts!`"),
    ("templates", "`templates!`"),
    ("checked", "`Checked<Form<T>>`"),
    ("cookie", "`cookie!`"),
];

#[test]
fn the_checks_page_lists_every_misuse() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/checks.md");
    let text = fs::read_to_string(&page).unwrap();
    let (before, rest) = text.split_once(START).expect("the page's first mark");
    let (listed, after) = rest.split_once(END).expect("the page's second mark");
    let expected = list();
    if env::var_os("UPDATE_CHECKS").is_some() {
        fs::write(&page, format!("{before}{START}{expected}{END}{after}")).unwrap();
        return;
    }
    assert!(
        listed == expected,
        "docs/checks.md is not what the cases say; \
         `UPDATE_CHECKS=1 cargo test -p secure-tests --test ui checks` writes it anew"
    );
}

fn list() -> String {
    let cases = misuses();
    let mut text = String::new();
    let mut listed = 0;
    for &(folder, title) in ATTRIBUTES {
        let _ = writeln!(
            text,
            "\n### {title}\n\n| mistake | what the compiler says |\n|---|---|"
        );
        for case in &cases {
            let part = |from_the_end| case.iter().rev().nth(from_the_end)?.to_str();
            let name = case.file_stem().and_then(|name| name.to_str());
            let (Some(attribute), Some(kind), Some(name)) = (part(2), part(1), name) else {
                continue;
            };
            if attribute == folder {
                listed += 1;
                let source = fs::read_to_string(case).unwrap_or_default();
                let _ = writeln!(
                    text,
                    "| [{}](../tests/ui/{folder}/{kind}/{name}.rs) | {} |",
                    name.replace('_', " "),
                    words(&source).unwrap_or_default().replace('|', "\\|"),
                );
            }
        }
    }
    assert_eq!(
        listed,
        cases.len(),
        "a folder below `ui` is not on the page"
    );
    text.push('\n');
    text
}
