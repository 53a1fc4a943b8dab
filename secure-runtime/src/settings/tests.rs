use std::{collections::HashMap, env::VarError, fs};

use futures_util::FutureExt as _;

use super::*;

const WORD: &str = "hunter2";

/// What a variable may be set to.
type Variables<'a> = &'a [(&'a str, &'a str)];

fn look(name: &str, variables: Variables<'_>, manager: Option<&str>) -> Result<String, String> {
    let variable = |name: &str| {
        let found = variables.iter().find(|(known, _)| *known == name);
        found
            .map(|(_, text)| (*text).to_owned())
            .ok_or(VarError::NotPresent)
    };
    let manager = manager.map(|text| Secret::new(text.to_owned()));
    let found = find(name, variable, manager)?;
    Ok(found.map_or("nothing".to_owned(), |found| found.text.to_string()))
}

#[test]
fn each_place_has_it_alone() {
    let file = std::env::temp_dir().join(format!("secure-places-{}", std::process::id()));
    fs::write(&file, WORD).expect("a file");
    let path = file.to_str().expect("UTF-8");
    assert_eq!(look("X", &[], None), Ok("nothing".to_owned()));
    assert_eq!(look("X", &[("X", " ")], None), Ok("nothing".to_owned()));
    assert_eq!(look("X", &[], Some(WORD)), Ok(WORD.to_owned()));
    assert_eq!(look("X", &[("X", WORD)], None), Ok(WORD.to_owned()));
    assert_eq!(look("X", &[("X_FILE", path)], None), Ok(WORD.to_owned()));

    for (variables, manager) in [
        (&[("X", WORD), ("X_FILE", path)][..], None),
        (&[("X", WORD)], Some(WORD)),
        (&[("X_FILE", path)], Some(WORD)),
        (&[("X", WORD), ("X_FILE", path)], Some(WORD)),
    ] {
        let refused = look("X", variables, manager).expect_err("said twice");
        assert!(refused.contains("keep one"), "{refused}");
        assert!(
            !refused.contains(WORD) && !refused.contains(path),
            "{refused}"
        );
    }
    fs::remove_file(file).expect("the file");
}

#[test]
fn a_file_that_cannot_be_read_is_not_named() {
    let refused = look("X", &[("X_FILE", "/nowhere/hunter2")], None).expect_err("no file");
    assert!(refused.starts_with("`X_FILE`: the file that it names cannot be read"));
    assert!(!refused.contains(WORD), "{refused}");
}

#[test]
fn a_file_without_a_secret_is_refused() {
    let file = std::env::temp_dir().join(format!("secure-no-secret-{}", std::process::id()));
    let path = file.to_str().expect("UTF-8");
    let refused = |path: &str| look("X", &[("X_FILE", path)], None).expect_err("no secret");
    fs::write(&file, " \n").expect("a file");
    assert_eq!(refused(path), "`X_FILE`: the file that it names is blank");
    // Neither fills the memory nor is shown.
    fs::write(&file, "x".repeat(1024 * 1024 + 1)).expect("a file");
    assert!(refused(path).ends_with("it has more than 1 MiB"));
    fs::write(&file, b"hunter2\xff").expect("a file");
    assert!(!refused(path).contains(WORD));
    fs::remove_file(&file).expect("the file");
    #[cfg(target_os = "linux")]
    assert!(refused("/dev/zero").ends_with("it has more than 1 MiB"));
}

/// A manager with entries, and one that it refuses to give.
struct Manager(HashMap<&'static str, &'static str>);

impl SecretLoader for Manager {
    async fn load(&self, name: &str) -> Result<Option<Secret<String>>, SecretLoaderError> {
        match self.0.get(name) {
            Some(&"refused") => Err(SecretLoaderError::new("access denied")),
            entry => Ok(entry.map(|text| Secret::new((*text).to_owned()))),
        }
    }
}

#[test]
fn a_manager_is_asked_for_every_name_and_every_failure_is_told() {
    let manager = Manager(HashMap::from([("A", WORD), ("B", "refused"), ("C", " \n")]));
    let asked = Loaded::ask(&manager, &["A", "B", "C", "D"]);
    let loaded = asked.now_or_never().expect("an answer");
    assert_eq!(
        loaded.findings,
        [
            "`B`: the secret manager does not give it: access denied",
            "`C`: the secret manager has a blank for it"
        ]
    );
    let secret = loaded.secret("A").expect("a secret");
    assert_eq!(secret.expose(), WORD);
    assert!(loaded.secret("D").is_none());
    assert!(!format!("{loaded:?}").contains(WORD));
}

#[test]
fn the_apps_own_secrets_come_the_same_way() {
    let name = "SECURE_TEST_APP_SECRET_OF_NOBODY";
    let of = |entry: &'static str| {
        let manager = Arc::new(Manager(HashMap::from([(name, entry)])));
        let found = secret_from(&manager, name).now_or_never();
        found.expect("an answer")
    };
    let found = of(" hunter2\n").expect("no finding").expect("a secret");
    assert_eq!(found.expose(), WORD);
    assert_eq!(format!("{found:?}"), "Secret([redacted])");
    let refused = of("refused").expect_err("a refusal");
    assert!(refused.to_string().contains("access denied"));
    assert!(secret_from_env(name).expect("no finding").is_none());
}
