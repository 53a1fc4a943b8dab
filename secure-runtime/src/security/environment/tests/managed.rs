//! A manager's secrets, beside the environment.

use std::collections::HashMap;

use futures_util::FutureExt as _;

use super::*;
use crate::{
    Secret,
    settings::{SecretLoader, SecretLoaderError},
    token::Grant,
};

const OTHER: &str = "HXV61v0yP3CHaPFD9vLqz1uUj9N1sFFUS5IBBDnbGHw=";

struct Manager(HashMap<&'static str, String>);

impl SecretLoader for Manager {
    async fn load(&self, name: &str) -> Result<Option<Secret<String>>, SecretLoaderError> {
        match self.0.get(name).map(String::as_str) {
            Some("down") => Err(SecretLoaderError::new("connection refused")),
            entry => Ok(entry.map(|text| Secret::new(text.to_owned()))),
        }
    }
}

fn read_from(
    entries: &[(&'static str, &str)],
    variables: &[(&str, &str)],
) -> Result<crate::Security, SettingsError> {
    let entries = entries.iter().map(|(name, text)| (*name, (*text).into()));
    let manager = Manager(entries.collect());
    let asked = Loaded::ask(&manager, &SECRETS).now_or_never();
    let loaded = asked.expect("an answer");
    let find = |name: &str| {
        let found = variables.iter().find(|(known, _)| *known == name);
        found
            .map(|(_, value)| (*value).to_owned())
            .ok_or(VarError::NotPresent)
    };
    let all = variables
        .iter()
        .map(|(name, value)| (name.into(), value.into()));
    read(find, all, &loaded, Purpose::Start).finish()?.build()
}

const PRODUCTION: [(&str, &str); 3] = [
    ("SECURE_PROFILE", "production"),
    ("SECURE_ISSUER", "https://auth.example.com"),
    ("SECURE_AUDIENCE", "https://api.example.com"),
];

#[test]
fn production_starts_with_what_the_manager_has() {
    let managed = read_from(&[("SECURE_SECRET", SECRET)], &PRODUCTION).expect("settings");
    assert!(!managed.state.ephemeral_key);
    let token = managed.access_tokens().issue(&Grant::new("ada"));
    let token = token.expect("a token");

    // Rotated: what the old secret made is still taken, and the same as if the environment said it.
    let after = [("SECURE_SECRET", OTHER), ("SECURE_PREVIOUS_SECRET", SECRET)];
    let rotated = read_from(&after, &PRODUCTION).expect("settings");
    assert!(rotated.access_tokens().judge(token.expose()).is_ok());
    let without = read_from(&[("SECURE_SECRET", OTHER)], &PRODUCTION).expect("settings");
    assert!(without.access_tokens().judge(token.expose()).is_err());

    let mixed = [PRODUCTION.as_slice(), &[("SECURE_PREVIOUS_SECRET", SECRET)]].concat();
    let mixed = read_from(&[("SECURE_SECRET", OTHER)], &mixed).expect("settings");
    assert!(mixed.access_tokens().judge(token.expose()).is_ok());
}

#[test]
fn a_key_set_comes_from_the_manager() {
    let key = crate::token::keys::SigningKey::generate(crate::token::keys::Algorithm::Es256);
    let set = crate::token::keys::KeySet::new(key.expect("a key"), std::time::Duration::ZERO);
    let text = set.to_text().expect("a text");
    let entries = [
        ("SECURE_KEYS", text.expose().as_str()),
        ("SECURE_SECRET", SECRET),
    ];
    let security = read_from(&entries, &PRODUCTION).expect("settings");
    let kid = |ring: &KeyRing| ring.current().kid().to_owned();
    assert_eq!(
        security.access_tokens().with_keys(kid),
        kid(&set.ring().expect("a ring"))
    );
    assert!(security.state.key_file.is_none());
}

#[test]
fn what_is_wrong_with_it_is_told_without_it() {
    let said_twice = [PRODUCTION.as_slice(), &[("SECURE_SECRET", SECRET)]].concat();
    let in_a_file = [PRODUCTION.as_slice(), &[("SECURE_SECRET_FILE", "/nowhere")]].concat();
    for (entries, variables, says) in [
        (
            ("SECURE_SECRET", OTHER),
            &said_twice[..],
            "the secret manager has it too",
        ),
        (
            ("SECURE_SECRET", OTHER),
            &in_a_file,
            "the secret manager has `SECURE_SECRET` too",
        ),
        (("SECURE_SECRET", "down"), &PRODUCTION, "connection refused"),
        (("SECURE_SECRET", " "), &PRODUCTION, "has a blank"),
        (
            ("SECURE_SECRET", "changeme-hunter2"),
            &PRODUCTION,
            "placeholder",
        ),
        (
            ("SECURE_KEYS", "{\"keys\": \"hunter2\"}"),
            &said_twice,
            "`SECURE_KEYS`",
        ),
    ] {
        let refused = read_from(&[entries], variables).expect_err("a refusal");
        let [finding] = refused.findings() else {
            panic!("one finding: {refused}")
        };
        assert!(finding.contains(says), "{finding}");
        for secret in [SECRET, OTHER, "hunter2"] {
            assert!(!finding.contains(secret), "{finding}");
        }
    }
}
