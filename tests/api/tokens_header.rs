//! Access tokens whose header is none of ours, all under our own key (A4, A6, RFC 8725 §3).

use actix_web::Responder;
use secure_runtime::{prelude::*, test::TestApp};
use serde_json::json;

use crate::support::{Forge, assert_accepted, assert_refused, claims, encode};

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

/// The same header and payload with our signature, without one, and without its place.
async fn assert_refused_however_signed(app: &TestApp, name: &str, signed: &str) {
    let (message, _) = signed.rsplit_once('.').expect("three parts");
    assert_refused(app, &format!("{name}, signed"), signed).await;
    let unsigned = format!("{message}.");
    assert_refused(app, &format!("{name}, no signature"), &unsigned).await;
    assert_refused(app, &format!("{name}, two parts"), message).await;
}

#[actix_web::test]
async fn only_hs256_is_taken_even_under_our_signature() {
    let (app, forge) = (app().await, Forge::new());
    let payload = claims().to_string();
    let unchanged = forge.with_header(&forge.header_with("alg", json!("HS256")), &payload);
    assert_accepted(&app, "unchanged", &unchanged).await;
    for alg in [
        "none",
        "None",
        "NONE",
        "nOnE",
        "",
        "HS384",
        "HS512",
        "RS256",
        "RS384",
        "RS512",
        "PS256",
        "PS384",
        "PS512",
        "ES256",
        "ES384",
        "ES512",
        "ES256K",
        "EdDSA",
        "Ed25519",
        "hs256",
        "Hs256",
        "HS256 ",
        " HS256",
        "HS-256",
        "HS256\u{0}",
        "dir",
        "A128KW",
    ] {
        let header = forge.header_with("alg", json!(alg));
        let signed = forge.with_header(&header, &payload);
        assert_refused_however_signed(&app, &format!("{alg:?}"), &signed).await;
    }
    for alg in [
        json!(null),
        json!(256),
        json!(true),
        json!(["HS256"]),
        json!({"alg": "HS256"}),
    ] {
        let header = forge.header_with("alg", alg);
        let signed = forge.with_header(&header, &payload);
        assert_refused_however_signed(&app, &header, &signed).await;
    }
    let header = forge.header_without("alg");
    let signed = forge.with_header(&header, &payload);
    assert_refused_however_signed(&app, &header, &signed).await;
}

#[actix_web::test]
async fn a_header_says_each_thing_once() {
    let (app, forge) = (app().await, Forge::new());
    let payload = claims().to_string();
    let kid = forge.kid();
    let once = forge.with_header(&forge.header_after(r#""x":1"#), &payload);
    assert_accepted(&app, "a member that nobody knows", &once).await;
    for again in [
        r#""alg":"HS256""#.to_owned(),
        r#""alg":"none""#.to_owned(),
        r#""typ":"at+jwt""#.to_owned(),
        r#""typ":null"#.to_owned(),
        format!(r#""kid":"{kid}""#),
        r#""\u0061lg":"HS256""#.to_owned(),
        format!(r#""k\u0069d":"{kid}""#),
        r#""x":1,"x":1"#.to_owned(),
    ] {
        let header = forge.header_after(&again);
        assert_refused(&app, &header, &forge.with_header(&header, &payload)).await;
    }
    // More members than any header has.
    let many: Vec<_> = (0..40).map(|number| format!("\"x{number}\":1")).collect();
    let header = forge.header_after(&many.join(","));
    assert_refused(&app, "forty members", &forge.with_header(&header, &payload)).await;
}

/// RFC 7515 §5.2: the header is one object. Serde takes a list for a struct too.
#[actix_web::test]
async fn a_header_is_one_json_object() {
    let (app, forge) = (app().await, Forge::new());
    let payload = claims().to_string();
    let (header, kid) = (forge.header().to_string(), forge.kid());
    for white in [format!(" {header}"), format!("{header}\r\n\t ")] {
        let token = forge.with_header(&white, &payload);
        assert_accepted(&app, "white space around it", &token).await;
    }
    for broken in [
        format!("{header}{{}}"),
        format!("{header}x"),
        format!("{header}\u{0}"),
        format!("\u{feff}{header}"),
        header[..header.len() - 1].to_owned(),
        header.replace('"', "'"),
        format!("[{header}]"),
        json!(header).to_string(),
        json!(["HS256", kid, "at+jwt"]).to_string(),
        json!(["HS256", "at+jwt", kid]).to_string(),
        json!(["HS256", "at+jwt"]).to_string(),
        "{}".to_owned(),
        "null".to_owned(),
        String::new(),
    ] {
        assert_refused(&app, &broken, &forge.with_header(&broken, &payload)).await;
    }
    let mut bytes = header.into_bytes();
    let at = bytes.len() - 3;
    bytes[at] = 0xff;
    let message = format!("{}.{}", encode(bytes), encode(&payload));
    let token = format!("{message}.{}", forge.signature(&message));
    assert_refused(&app, "no UTF-8", &token).await;
}

#[actix_web::test]
async fn only_an_access_token_is_an_access_token() {
    let (app, forge) = (app().await, Forge::new());
    let payload = claims().to_string();
    for typ in [
        "JWT",
        "jwt",
        "rt+jwt",
        "reset+jwt",
        "logout+jwt",
        "id_token",
        "at+jwt ",
        " at+jwt",
        "at+jwtx",
        "at jwt",
        "at+jwt\u{0}",
        "\u{ff41}t+jwt",
        "",
        "text/at+jwt",
        "application/application/at+jwt",
        "application/",
        "application/jwt",
        "application/at+jwt; a=b",
    ] {
        let header = forge.header_with("typ", json!(typ));
        assert_refused(&app, typ, &forge.with_header(&header, &payload)).await;
    }
    for typ in [
        json!(null),
        json!(1),
        json!(true),
        json!(["at+jwt"]),
        json!({}),
    ] {
        let header = forge.header_with("typ", typ);
        assert_refused(&app, &header, &forge.with_header(&header, &payload)).await;
    }
    let header = forge.header_without("typ");
    assert_refused(&app, &header, &forge.with_header(&header, &payload)).await;
    // RFC 7515 §4.1.9 and RFC 9068 §4.
    for typ in [
        "at+jwt",
        "AT+JWT",
        "application/at+jwt",
        "application/AT+JWT",
        "Application/At+Jwt",
    ] {
        let header = forge.header_with("typ", json!(typ));
        assert_accepted(&app, typ, &forge.with_header(&header, &payload)).await;
    }
}

#[actix_web::test]
async fn no_extension_is_understood() {
    let (app, forge) = (app().await, Forge::new());
    let payload = claims().to_string();
    for (name, value) in [
        ("crit", json!(["exp"])),
        ("crit", json!([])),
        ("crit", json!("exp")),
        ("crit", json!(["b64"])),
        ("crit", json!(1)),
        ("crit", json!(null)),
        ("b64", json!(true)),
        ("b64", json!(false)),
    ] {
        let header = forge.header_with(name, value);
        assert_refused(&app, &header, &forge.with_header(&header, &payload)).await;
    }
    // RFC 7797: the payload as it is, for whoever obeys `b64`.
    let header = encode(forge.header_with("b64", json!(false)));
    let message = format!("{header}.{payload}");
    let token = format!("{message}.{}", forge.signature(&message));
    let token = token.replace(['"', '{', '}', ',', ':'], "");
    assert_refused(&app, "not encoded", &token).await;
}

/// RFC 8725 §3.10: such a token stands or falls with our own key.
#[actix_web::test]
async fn a_key_that_comes_along_is_never_used() {
    let (app, forge) = (app().await, Forge::new());
    let payload = claims().to_string();
    let own = [7_u8; 32];
    let theirs = Forge::with_key(&own);
    let oct = json!({"kty": "oct", "k": encode(own), "alg": "HS256", "kid": forge.kid()});
    for (name, value) in [
        ("jwk", oct.clone()),
        ("jwk", json!({"keys": [oct]})),
        ("jku", json!("https://evil.test/keys")),
        ("jku", json!("file:///etc/passwd")),
        ("x5u", json!("https://evil.test/cert")),
        ("x5c", json!(["MIIB"])),
        ("x5t", json!("AAAA")),
        ("x5t#S256", json!("AAAA")),
        ("zip", json!("DEF")),
        ("cty", json!("JWT")),
        ("enc", json!("A256GCM")),
    ] {
        let header = forge.header_with(name, value);
        let token = theirs.with_header(&header, &payload);
        assert_refused(&app, &format!("under theirs: {header}"), &token).await;
        let token = forge.with_header(&header, &payload);
        assert_accepted(&app, &format!("under ours: {header}"), &token).await;
    }
}
