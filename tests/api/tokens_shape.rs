//! Access tokens that are none: their letters, parts and length (A1, A5).

use actix_web::Responder;
use secure_runtime::{prelude::*, test::TestApp, token::Grant};
use serde_json::{Value, json};

use crate::support::{
    CHALLENGE, Forge, INVALID_TOKEN, all, assert_accepted, assert_refused, claims, encode, me,
    serve,
};

#[get("/me")]
#[protected]
async fn who(user: CurrentUser) -> impl Responder {
    user.subject().to_owned()
}

async fn app() -> TestApp {
    Forge::app(|routes| {
        routes.service(who);
    })
    .await
}

/// A good token with so much in it that nobody reads.
fn padded(letters: usize) -> Value {
    let mut claims = claims();
    claims["pad"] = json!("x".repeat(letters));
    claims
}

#[actix_web::test]
async fn every_changed_letter_of_a_token_is_noticed() {
    let app = app().await;
    let token = app.token(&Grant::new("ada"));
    assert_accepted(&app, "unchanged", &token).await;
    for at in 0..token.len() {
        let mut bytes = token.clone().into_bytes();
        bytes[at] = match bytes[at] {
            b'.' => b'A',
            b'A' => b'B',
            _ => b'A',
        };
        let changed = String::from_utf8(bytes).expect("ASCII");
        let (status, _) = me(&app, &changed).await;
        assert_eq!(status, 401, "letter {at} of {}", token.len());
    }
    assert_accepted(&app, "unchanged, and remembered", &token).await;
}

#[actix_web::test]
async fn every_beginning_of_a_token_is_refused() {
    let app = app().await;
    let token = app.token(&Grant::new("ada"));
    assert_accepted(&app, "the whole", &token).await;
    for length in 1..token.len() {
        let (status, _) = me(&app, &token[..length]).await;
        assert_eq!(status, 401, "{length} letters of {}", token.len());
    }
}

/// The letter with the next higher value.
fn sibling(letter: char) -> Option<char> {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let at = alphabet.find(letter).expect("base64url");
    alphabet[at + 1..].chars().next()
}

/// The same bytes with other bits behind them that mean nothing, where there are such bits.
fn other_spelling(part: &str) -> Option<String> {
    let last = part.chars().last()?;
    (!part.len().is_multiple_of(4)).then(|| {
        let sibling = sibling(last).expect("a letter that stands for zeros at its end");
        format!("{}{sibling}", &part[..part.len() - 1])
    })
}

#[actix_web::test]
async fn a_token_has_one_spelling() {
    let (app, forge) = (app().await, Forge::new());
    // A header and a payload whose last letters have room for bits that mean nothing.
    let spaced = |text: String| match text.len() % 3 {
        0 => text + " ",
        _ => text,
    };
    let header = spaced(forge.header().to_string());
    let token = forge.with_header(&header, &spaced(claims().to_string()));
    assert_accepted(&app, "unchanged", &token).await;
    let [header, payload, signature] = token.split('.').collect::<Vec<_>>()[..] else {
        panic!("three parts");
    };
    let message = format!("{header}.{payload}");
    let resign = |message: String| format!("{message}.{}", forge.signature(&message));
    let respell = |part| other_spelling(part).expect("room");
    let cases = [
        (
            "signature, other bits",
            format!("{message}.{}", respell(signature)),
        ),
        (
            "header, other bits",
            resign(format!("{}.{payload}", respell(header))),
        ),
        (
            "payload, other bits",
            resign(format!("{header}.{}", respell(payload))),
        ),
        ("header, padded", resign(format!("{header}=.{payload}"))),
        ("payload, padded", resign(format!("{header}.{payload}="))),
        (
            "header, standard alphabet",
            resign(format!("+/{header}.{payload}")),
        ),
        ("padded", format!("{token}=")),
        ("padded twice", format!("{token}==")),
        ("a letter more", format!("{token}A")),
        ("a dot behind", format!("{token}.")),
        ("dots behind", format!("{token}...")),
        ("a dot before", format!(".{token}")),
        ("a dot between", format!("{header}..{payload}.{signature}")),
        ("four parts", format!("{token}.{signature}")),
        ("five parts, as a JWE", format!("{token}.a.b")),
        ("no signature", format!("{message}.")),
        ("no payload", format!("{header}..{signature}")),
        ("an empty payload, signed", resign(format!("{header}."))),
        ("no header", format!(".{payload}.{signature}")),
        ("an empty header, signed", resign(format!(".{payload}"))),
        ("one part", header.to_owned()),
        ("a dot alone", ".".to_owned()),
        ("dots alone", "..".to_owned()),
        (
            "the signature twice",
            format!("{message}.{signature}{signature}"),
        ),
        (
            "half a signature",
            format!("{message}.{}", &signature[..22]),
        ),
        (
            "signed as other parts",
            format!("{header}{payload}..{signature}"),
        ),
        ("a text that is opaque", encode([7; 68])),
    ];
    for (name, token) in cases {
        assert_refused(&app, name, &token).await;
    }
}

#[actix_web::test]
async fn white_space_is_no_part_of_a_token() {
    let app = app().await;
    let token = app.token(&Grant::new("ada"));
    let (message, signature) = token.rsplit_once('.').expect("three parts");
    for broken in [
        format!("{token} "),
        format!("{token}\t"),
        format!("{message}. {signature}"),
        format!("{message} .{signature}"),
        format!("{message}.\t{signature}"),
        format!("{token}%20"),
        format!("{token}%0a"),
        format!("\u{a0}{token}"),
    ] {
        assert_refused(&app, &format!("{broken:?}"), &broken).await;
    }
    // RFC 9110 §11.4: one or more spaces stand between scheme and token.
    assert_accepted(&app, "spaces after the scheme", &format!("  {token}")).await;
    // What no header can hold is no token either.
    for broken in [
        format!("{token}\n"),
        format!("\r\n{token}"),
        format!("{token}\0"),
    ] {
        let token = secure_runtime::token::Token::from_untrusted(broken);
        let verified = app.security().access_tokens().verify(&token).await;
        assert!(verified.is_err(), "{token:?}");
    }
}

#[actix_web::test]
async fn a_huge_token_is_refused_though_its_signature_is_good() {
    let (app, forge) = (app().await, Forge::new());
    let token = |letters| forge.token(&padded(letters));
    assert_accepted(&app, "one of a common size", &token(4 * 1024)).await;
    // 8 KiB is the longest that is read; three bytes are four letters.
    let room = 8 * 1024 - token(0).len();
    assert_accepted(&app, "just below 8 KiB", &token(room / 4 * 3 - 3)).await;
    assert_refused(&app, "just above 8 KiB", &token(room / 4 * 3 + 6)).await;
    let huge = token(75 * 1024);
    assert!(huge.len() > 100_000);
    assert_refused(&app, "100 KB", &huge).await;
    assert_refused(&app, "100 KB of dots", &".".repeat(100_000)).await;
    assert_refused(&app, "100 KB of letters", &"A".repeat(100_000)).await;
    let brackets = encode("[".repeat(75_000));
    assert_refused(
        &app,
        "100 KB of brackets",
        &format!("{brackets}.{brackets}."),
    )
    .await;
}

/// What a real server lets through to us is refused in the same words; what it does not is its own 431.
#[actix_web::test]
async fn a_huge_token_on_a_real_server() {
    let server = serve(|routes| {
        routes.service(who);
    })
    .await;
    let ask = async |token: &str| {
        let request = server.get("/me").bearer_auth(token);
        crate::support::Reply::of(request).await
    };
    let good = server.token("ada", &[]);
    assert_eq!(ask(&good).await.body, "ada");
    let long = ask(&"A".repeat(20_000)).await;
    let challenge = long.header("www-authenticate");
    assert_eq!(
        (long.status, challenge.as_deref()),
        (401, Some(INVALID_TOKEN))
    );
    let huge = ask(&"A".repeat(100_000)).await;
    assert!(matches!(huge.status, 401 | 431), "{}", huge.status);
}

#[actix_web::test]
async fn no_token_at_all_is_no_bad_token() {
    let app = app().await;
    let response = app.get("/me").send().await;
    assert_eq!(response.status(), 401);
    assert_eq!(all(&response, "www-authenticate"), [CHALLENGE]);
}
