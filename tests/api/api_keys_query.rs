//! Keys in the query string: not unless the app has said so where everybody sees it (K1).

use secure_runtime::dangerous;

use crate::support::{INVALID_TOKEN, Keys, all, asking};

#[actix_web::test]
async fn a_key_in_the_query_string_is_nothing() {
    let keys = Keys::new().await;
    let key = keys.key(&["notes:read"]).await;
    let path = format!("/read?api_key={}", key.key.expose());
    let response = keys.app.get(&path).send().await;
    assert_eq!(response.status(), 401);
    assert_eq!(all(&response, "www-authenticate"), ["Bearer realm=\"api\""]);
    // Nor does it stand in the way of one that is sent as it should be.
    assert_eq!(keys.get(&path, key.key.expose()).await.status(), 200);
    let open = format!("/open?api_key={}", key.key.expose());
    assert_eq!(keys.app.get(&open).send().await.status(), 200);
}

#[actix_web::test]
async fn where_the_app_says_so_it_is_a_key() {
    let keys = Keys::with(dangerous::api_keys_in_query).await;
    let key = keys.key(&["notes:read"]).await;
    let text = key.key.expose();
    let encoded = text.replace('_', "%5F");
    for (path, status) in [
        (format!("/read?api_key={text}"), 200),
        (format!("/read?page=2&api_key={text}&size=10"), 200),
        (format!("/read?api_key={encoded}"), 200),
        (format!("/read?api%5Fkey={text}"), 200),
        ("/read?api_key=".to_owned(), 401),
        ("/read?api_key".to_owned(), 401),
        ("/read?api_key=nonsense".to_owned(), 401),
        (format!("/read?api_key={text}x"), 401),
        (format!("/read?api_key={text}&api_key={text}"), 401),
        // A route that takes no keys takes none.
        (format!("/me?api_key={text}"), 401),
        (format!("/open?api_key={text}"), 401),
    ] {
        let response = keys.app.get(&path).send().await;
        assert_eq!(response.status(), status, "{path}");
        if status == 401 {
            assert_eq!(
                all(&response, "www-authenticate"),
                [INVALID_TOKEN],
                "{path}"
            );
        }
    }
    // Another name is another parameter.
    for path in [format!("/read?API_KEY={text}"), format!("/read?key={text}")] {
        let response = keys.app.get(&path).send().await;
        assert_eq!(all(&response, "www-authenticate"), ["Bearer realm=\"api\""]);
    }
    assert_eq!(
        keys.status(&key).await,
        200,
        "the header is as good as before"
    );
}

#[actix_web::test]
async fn one_place_is_enough() {
    let keys = Keys::with(dangerous::api_keys_in_query).await;
    let key = keys.key(&["notes:read"]).await;
    let text = key.key.expose();
    let path = format!("/read?api_key={text}");
    assert_eq!(keys.get(&path, text).await.status(), 400);
    let bearer = keys.app.get(&path).with_grant(&asking("ada"));
    assert_eq!(bearer.send().await.status(), 400);
    let bearer = format!("Bearer {text}");
    let bearer = keys.app.get(&path).header("authorization", &bearer);
    assert_eq!(bearer.send().await.status(), 400);
}
