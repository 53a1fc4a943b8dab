use std::time::Duration;

use secure_runtime::{
    Security,
    crypto::{Sealable, Sealed, Signable, Signed},
    token::Hs256Key,
};

#[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
struct Note(String);

impl Signable for Note {
    const PURPOSE: &'static str = "note";
    const MAX_AGE: Duration = Duration::from_secs(60);
}

impl Sealable for Note {
    const PURPOSE: &'static str = "note";
}

/// What is signed can be part of what is read and written.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
struct Link {
    note: Signed<Note>,
}

fn main() {
    let security = Security::builder()
        .issuer("https://auth.test")
        .audience("https://api.test")
        .signing_key(Hs256Key::random())
        .build()
        .unwrap();
    let note = Note("Ada".to_owned());

    let link = Link {
        note: security.signer().sign(&note).unwrap(),
    };
    let text = serde_json::to_string(&link).unwrap();
    let link: Link = serde_json::from_str(&text).unwrap();
    assert_eq!(security.signer().verify(&link.note).unwrap(), note);

    let sealed = security.sealer().seal(&note, b"notes 7").unwrap();
    let sealed = Sealed::<Note>::from_stored(sealed.as_str());
    assert_eq!(security.sealer().open(&sealed, b"notes 7"), Ok(note));
}
