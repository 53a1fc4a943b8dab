//! Access tokens that are none: header, signature, form (A1, A4, A6).

use actix_web::Responder;
use secure_runtime::{prelude::*, test::TestApp, token::Grant};
use serde_json::json;

use crate::support::{Forge, assert_refused, claims, encode};

#[get("/me")]
#[protected]
async fn me(user: CurrentUser) -> impl Responder {
    user.subject().to_owned()
}

async fn app() -> TestApp {
    Forge::app(|routes| {
        routes.service(me);
    })
    .await
}

async fn status(app: &TestApp, token: &str) -> u16 {
    let authorization = format!("Bearer {token}");
    let response = app.get("/me").header("authorization", &authorization);
    response.send().await.status()
}

#[actix_web::test]
async fn only_hs256_is_taken_even_under_our_signature() {
    let (app, forge) = (app().await, Forge::new());
    let payload = claims().to_string();
    for alg in [
        "none", "None", "NONE", "nOnE", "", "HS384", "HS512", "RS256", "PS256", "ES256", "EdDSA",
        "hs256", "Hs256", "HS256 ", "HS-256",
    ] {
        let header = json!({"typ": "at+jwt", "alg": alg}).to_string();
        let signed = forge.with_header(&header, &payload);
        assert_refused(&app, &format!("{alg:?}, signed"), &signed).await;
        let message = signed.rsplit_once('.').expect("three parts").0;
        assert_refused(
            &app,
            &format!("{alg:?}, no signature"),
            &format!("{message}."),
        )
        .await;
        assert_refused(&app, &format!("{alg:?}, two parts"), message).await;
    }
    for header in [
        r#"{"typ":"at+jwt"}"#,
        r#"{"typ":"at+jwt","alg":null}"#,
        r#"{"typ":"at+jwt","alg":["HS256"]}"#,
        r#"{"typ":"at+jwt","alg":256}"#,
        r#"{"typ":"at+jwt","alg":"HS256","alg":"HS256"}"#,
        r#"{"typ":"at+jwt","typ":"at+jwt","alg":"HS256"}"#,
        r#"{"typ":"at+jwt","alg":"HS256"}{}"#,
        r#"{"typ":"at+jwt","alg":"HS256""#,
        "null",
        "",
    ] {
        assert_refused(&app, header, &forge.with_header(header, &payload)).await;
    }
}

#[actix_web::test]
async fn only_an_access_token_is_an_access_token() {
    let (app, forge) = (app().await, Forge::new());
    let payload = claims().to_string();
    for typ in [
        "JWT",
        "rt+jwt",
        "at+jwt ",
        "at+jwtx",
        "at jwt",
        "",
        "text/at+jwt",
        "application/application/at+jwt",
        "application/",
        "application/jwt",
    ] {
        let header = json!({"typ": typ, "alg": "HS256"}).to_string();
        assert_refused(&app, typ, &forge.with_header(&header, &payload)).await;
    }
    for header in [
        r#"{"alg":"HS256"}"#,
        r#"{"alg":"HS256","typ":null}"#,
        r#"{"alg":"HS256","typ":1}"#,
        r#"{"alg":"HS256","typ":["at+jwt"]}"#,
    ] {
        assert_refused(&app, header, &forge.with_header(header, &payload)).await;
    }
    for typ in [
        "at+jwt",
        "AT+JWT",
        "application/at+jwt",
        "application/AT+JWT",
        "Application/At+Jwt",
    ] {
        let header = json!({"typ": typ, "alg": "HS256"}).to_string();
        assert_eq!(
            status(&app, &forge.with_header(&header, &payload)).await,
            200,
            "{typ}"
        );
    }
}

#[actix_web::test]
async fn a_header_that_brings_its_own_rules_or_key_changes_nothing() {
    let (app, forge) = (app().await, Forge::new());
    let payload = claims().to_string();
    for crit in [
        json!(["exp"]),
        json!([]),
        json!("exp"),
        json!(["b64"]),
        json!(1),
    ] {
        let header = json!({"typ": "at+jwt", "alg": "HS256", "crit": crit}).to_string();
        assert_refused(&app, &header, &forge.with_header(&header, &payload)).await;
    }
    // A key that comes along is never used: such a token stands or falls with our own key.
    let own = [7_u8; 32];
    let theirs = json!({
        "typ": "at+jwt", "alg": "HS256", "kid": "../../dev/null",
        "jku": "https://evil.test/keys", "x5u": "https://evil.test/cert",
        "jwk": {"kty": "oct", "k": encode(own)},
    });
    let key = jsonwebtoken::EncodingKey::from_secret(&own);
    let message = format!("{}.{}", encode(theirs.to_string()), encode(&payload));
    let algorithm = jsonwebtoken::Algorithm::HS256;
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, algorithm);
    let token = format!("{message}.{}", signature.expect("a signature"));
    assert_refused(&app, "under the key that came along", &token).await;
    let token = forge.with_header(&theirs.to_string(), &payload);
    assert_eq!(status(&app, &token).await, 200, "under ours");
}

#[actix_web::test]
async fn a_signature_by_another_key_is_refused() {
    let app = app().await;
    let other = TestApp::new(|routes| {
        routes.service(me);
    })
    .await;
    let foreign = other.token(&Grant::new("ada"));
    assert_refused(&app, "of another app", &foreign).await;
    for purpose in ["refresh token", "access", ""] {
        let token = Forge::for_purpose(purpose).token(&claims());
        assert_refused(&app, &format!("derived for {purpose:?}"), &token).await;
    }
    let token = Forge::underived().token(&claims());
    assert_refused(&app, "the secret itself as key", &token).await;
}

#[actix_web::test]
async fn every_changed_letter_of_a_token_is_noticed() {
    let app = app().await;
    let token = app.token(&Grant::new("ada"));
    assert_eq!(status(&app, &token).await, 200);
    for at in 0..token.len() {
        let mut bytes = token.clone().into_bytes();
        bytes[at] = match bytes[at] {
            b'.' => b'A',
            b'A' => b'B',
            _ => b'A',
        };
        let changed = String::from_utf8(bytes).expect("ASCII");
        let answer = status(&app, &changed).await;
        assert_eq!(answer, 401, "letter {at} of {}", token.len());
    }
}

#[actix_web::test]
async fn a_token_has_one_spelling() {
    let app = app().await;
    let token = app.token(&Grant::new("ada"));
    let (message, signature) = token.rsplit_once('.').expect("three parts");
    let (header, payload) = message.split_once('.').expect("three parts");
    // 32 bytes are 43 letters, the last of which holds two bits that mean nothing.
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let last = signature.chars().last().expect("a letter");
    let at = alphabet.find(last).expect("base64url");
    let sibling = &alphabet[at + 1..at + 2];
    let sibling = format!("{message}.{}{sibling}", &signature[..signature.len() - 1]);
    let cases = [
        ("the other spelling of the last letter", sibling),
        ("padded", format!("{token}=")),
        ("padded twice", format!("{token}==")),
        ("truncated by one", token[..token.len() - 1].to_owned()),
        ("truncated by half", token[..token.len() / 2].to_owned()),
        ("a letter more", format!("{token}A")),
        ("a dot behind", format!("{token}.")),
        ("dots behind", format!("{token}...")),
        ("a dot before", format!(".{token}")),
        ("four parts", format!("{token}.{signature}")),
        (
            "four parts, one empty",
            format!("{header}..{payload}.{signature}"),
        ),
        ("five parts, as a JWE", format!("{token}.a.b")),
        ("no signature", format!("{message}.")),
        ("no payload", format!("{header}..{signature}")),
        ("no header", format!(".{payload}.{signature}")),
        ("one part", header.to_owned()),
        ("dots alone", "..".to_owned()),
        (
            "the signature twice",
            format!("{message}.{signature}{signature}"),
        ),
    ];
    for (name, token) in cases {
        assert_refused(&app, name, &token).await;
    }
    assert_eq!(status(&app, &token).await, 200);
}

#[actix_web::test]
async fn a_huge_token_is_refused_though_its_signature_is_good() {
    let (app, forge) = (app().await, Forge::new());
    let padded = |length: usize| {
        let mut claims = claims();
        claims["pad"] = json!("x".repeat(length));
        forge.token(&claims)
    };
    assert_eq!(
        status(&app, &padded(4 * 1024)).await,
        200,
        "one of a common size"
    );
    let token = padded(75 * 1024);
    assert!(token.len() > 100_000);
    assert_refused(&app, "100 KB", &token).await;
    assert_refused(&app, "100 KB of dots", &".".repeat(100_000)).await;
    assert_refused(&app, "100 KB of letters", &"A".repeat(100_000)).await;
}

/// RFC 7515 §5.2: the header is an object. Serde takes a list for a struct too.
#[actix_web::test]
async fn a_header_without_names_is_refused() {
    let (app, forge) = (app().await, Forge::new());
    let payload = claims().to_string();
    for header in [r#"["HS256","at+jwt"]"#, r#"["HS256","at+jwt",null]"#] {
        assert_refused(&app, header, &forge.with_header(header, &payload)).await;
    }
}
