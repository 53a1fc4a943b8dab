//! How a key is sent, and what else is sent in its place (K1, K2).

use secure_runtime::test::TestResponse;
use serde_json::json;

use crate::support::{INVALID_TOKEN, Keys, START, all, problem, problem_with, seen};

/// 401 with one text, whatever is wrong.
fn assert_refused(name: &str, response: &TestResponse) {
    assert_eq!(
        seen(response),
        (401, problem(401, "Unauthorized")),
        "{name}"
    );
    assert_eq!(all(response, "www-authenticate"), [INVALID_TOKEN], "{name}");
    assert_eq!(all(response, "cache-control"), ["no-store"], "{name}");
}

#[actix_web::test]
async fn a_key_calls_in_the_name_of_its_owner() {
    let keys = Keys::new().await;
    let key = keys.key(&["notes:read"]).await;
    let expected = json!({
        "subject": "ada", "key": key.info.id, "token_id": key.info.id, "restricted": true,
        "read": true, "write": false, "user": true, "since": START, "until": 253_402_300_799_u64,
    });
    let text = key.key.expose();
    for (name, header, value) in [
        ("header", "x-api-key", text.clone()),
        ("header in capitals", "X-API-KEY", text.clone()),
        ("bearer", "authorization", format!("Bearer {text}")),
        (
            "bearer in small letters",
            "authorization",
            format!("bearer  {text}"),
        ),
    ] {
        let response = keys.app.get("/read").header(header, &value).send().await;
        assert_eq!(seen(&response), (200, expected.clone()), "{name}");
        assert_eq!(all(&response, "cache-control"), ["no-store"], "{name}");
    }
}

#[actix_web::test]
async fn a_key_has_the_shape_that_is_promised() {
    let keys = Keys::with(|settings| settings.api_key_prefix("acct")).await;
    let key = keys.key(&["notes:read"]).await;
    let text = key.key.expose();
    let start = format!("acct_{}", key.info.id);
    assert!(text.starts_with(&start), "{text}");
    assert_eq!((key.info.id.len(), text.len()), (12, 66));
    assert_eq!(keys.status(&key).await, 200);
    // A key of another app, or of this one before its prefix changed.
    let others = Keys::new().await;
    let other = others.key(&["notes:read"]).await;
    assert!(other.key.expose().starts_with("key_"));
    assert_refused("prefix", &keys.get("/read", other.key.expose()).await);
}

#[actix_web::test]
async fn a_bearer_token_is_as_good_as_before() {
    let keys = Keys::new().await;
    let grant = crate::support::asking("ada");
    let response = keys.app.get("/read").with_grant(&grant).send().await;
    assert_eq!(response.status(), 200);
    let body = response.json();
    assert_eq!(
        (&body["key"], &body["restricted"]),
        (&json!(null), &json!(false))
    );
    assert_eq!(keys.app.get("/read").send().await.status(), 401);
}

#[actix_web::test]
async fn a_bearer_token_opens_no_route_for_keys_alone() {
    let keys = Keys::new().await;
    let grant = crate::support::asking("ada");
    let response = keys.app.post("/write").with_grant(&grant).send().await;
    assert_refused("bearer", &response);
    let key = keys.key(&["notes:write"]).await;
    let response = keys
        .app
        .post("/write")
        .header("x-api-key", key.key.expose());
    assert_eq!(response.send().await.status(), 200);
    let nobody = keys.app.post("/write").send().await;
    assert_eq!(all(&nobody, "www-authenticate"), ["Bearer realm=\"api\""]);
}

#[actix_web::test]
async fn two_credentials_are_none() {
    let keys = Keys::new().await;
    let key = keys.key(&["notes:read"]).await;
    let text = key.key.expose();
    let token = keys.app.token(&crate::support::asking("ada"));
    let refused = problem_with(400, "Bad Request", "more than one credential was sent");
    for path in ["/read", "/whole", "/me", "/open"] {
        for authorization in [
            format!("Bearer {token}"),
            format!("Bearer {text}"),
            "Bearer".to_owned(),
            "Basic YTpi".to_owned(),
        ] {
            for second in [text.as_str(), "", "nonsense"] {
                let request = keys.app.get(path).header("x-api-key", second);
                let response = request.header("authorization", &authorization).send().await;
                let name = format!("{path} {authorization} {second}");
                assert_eq!(seen(&response), (400, refused.clone()), "{name}");
                assert_eq!(all(&response, "cache-control"), ["no-store"], "{name}");
            }
        }
    }
    // Where nobody asks who calls, nobody looks.
    let request = keys.app.get("/health").header("x-api-key", text);
    let response = request.header("authorization", "Bearer x").send().await;
    assert_eq!(response.status(), 200);
}

#[actix_web::test]
async fn the_same_header_twice_is_refused() {
    let keys = Keys::new().await;
    let key = keys.key(&["notes:read"]).await;
    let request = keys.app.get("/read").header("x-api-key", key.key.expose());
    let response = request.header("x-api-key", key.key.expose()).send().await;
    assert_refused("twice", &response);
    let bearer = format!("Bearer {}", key.key.expose());
    let request = keys.app.get("/read").header("authorization", &bearer);
    let response = request.header("authorization", &bearer).send().await;
    assert_refused("twice as a bearer", &response);
}

#[actix_web::test]
async fn what_is_no_key_of_ours_asks_nobody() {
    let keys = Keys::new().await;
    let key = keys.key(&["notes:read"]).await;
    let text = key.key.expose().clone();
    let mut typo = text.clone().into_bytes();
    typo[30] = if typo[30] == b'x' { b'y' } else { b'x' };
    let typo = String::from_utf8(typo).expect("letters");
    keys.store.asked();
    keys.owners.asked();
    for (name, sent) in [
        ("nothing", String::new()),
        ("a typo", typo),
        ("cut off", text[..64].to_owned()),
        ("longer", format!("{text}0")),
        ("another prefix", text.replacen("key", "acct", 1)),
        ("capitals", text.to_uppercase()),
        ("a token", keys.app.token(&crate::support::asking("ada"))),
        ("as a bearer", format!("Bearer {text}")),
        ("two", format!("{text}, {text}")),
        ("letters beyond ASCII", "key_ключ".to_owned()),
        ("very long", "key_a".repeat(1000)),
    ] {
        assert_refused(name, &keys.get("/read", &sent).await);
        let bearer = format!("Bearer {sent}");
        if name != "a token" {
            let request = keys.app.get("/read").header("authorization", &bearer);
            assert_refused(name, &request.send().await);
        }
    }
    let asked = keys.store.asked();
    // Bearer tokens ask for what is revoked; keys that are none ask nobody.
    let of_keys = asked
        .iter()
        .filter(|(what, _)| *what != crate::support::Operation::Get);
    assert!(of_keys.count() <= 1, "{asked:?}");
    assert_eq!(keys.owners.asked(), 0);
}

/// A key with the right checksum and a secret of somebody's own making.
#[actix_web::test]
async fn a_wrong_secret_is_refused_whatever_else_is_right() {
    let keys = Keys::new().await;
    let (mine, other) = (
        keys.key(&["notes:read"]).await,
        keys.key(&["notes:read"]).await,
    );
    let forged = forge(mine.key.expose(), other.key.expose());
    assert_refused("before it was used", &keys.get("/read", &forged).await);
    assert_eq!(keys.status(&mine).await, 200);
    assert_refused("after it was used", &keys.get("/read", &forged).await);
    assert_eq!(keys.status(&mine).await, 200);
    let unknown = forge_id(mine.key.expose(), "000000000000");
    assert_refused(
        "an id that there is none of",
        &keys.get("/read", &unknown).await,
    );
    assert_eq!(
        keys.owners.asked(),
        3,
        "for making two, and for the good one"
    );
}

#[actix_web::test]
async fn a_route_that_takes_no_keys_takes_none() {
    let keys = Keys::new().await;
    let key = keys.key(&["notes:read", "notes:write"]).await;
    let text = key.key.expose();
    for path in ["/whole", "/me", "/open"] {
        assert_refused(path, &keys.get(path, text).await);
        let request = keys
            .app
            .get(path)
            .header("authorization", &format!("Bearer {text}"));
        assert_refused(path, &request.send().await);
        // No worse than a bad one: it is not anonymous.
        assert_refused(path, &keys.get(path, "nonsense").await);
    }
    assert_eq!(keys.app.get("/open").send().await.status(), 200);
    assert_eq!(keys.get("/health", text).await.status(), 200);
}

/// The id of one key with the secret of another.
fn forge(id: &str, secret: &str) -> String {
    with_checksum(&format!("{}{}", &id[..16], &secret[16..59]))
}

fn forge_id(key: &str, id: &str) -> String {
    with_checksum(&format!("key_{id}{}", &key[16..59]))
}

/// As anybody can who has read how keys are made.
fn with_checksum(body: &str) -> String {
    const DIGITS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut crc = u32::MAX;
    for byte in body.bytes() {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xEDB8_8320 * (crc & 1));
        }
    }
    let mut rest = !crc as usize;
    let mut sum = [b'0'; 6];
    for place in sum.iter_mut().rev() {
        *place = DIGITS[rest % 62];
        rest /= 62;
    }
    format!("{body}{}", String::from_utf8_lossy(&sum))
}
