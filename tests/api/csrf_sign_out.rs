//! Signing out is meant by the user, also where the request comes without the session: the answer has the
//! browser forget it (G2, G3).

use secure_runtime::{
    prelude::*,
    session::{self, SessionSettings},
    test::{TestApp, TestResponse},
};

use crate::support::{Complete, Owners, all};

fn list(routes: &mut Routes) {
    routes.service(session::sign_out);
}

async fn sign_out(headers: &[(&str, &str)]) -> TestResponse {
    let settings = |settings: Complete| {
        let settings = settings.resource_owners(Owners::with_ada());
        settings.sessions(SessionSettings::new())
    };
    let app = TestApp::with(settings, list, |_| {}).await;
    let mut request = app.post("/logout");
    for (name, value) in headers {
        request = request.header(name, value);
    }
    request.send().await
}

#[actix_web::test]
async fn a_page_of_another_site_has_nothing_forgotten() {
    let origin = ("origin", "https://evil.test");
    for headers in [
        &[("sec-fetch-site", "cross-site"), origin][..],
        &[("sec-fetch-site", "same-site"), origin],
        &[origin],
        &[("origin", "null")],
        &[],
    ] {
        let response = sign_out(headers).await;
        assert_eq!(response.status(), 403, "{headers:?}");
        for name in ["set-cookie", "clear-site-data", "location"] {
            assert_eq!(all(&response, name), [""; 0], "{name}: {headers:?}");
        }
    }
}

#[actix_web::test]
async fn a_page_of_this_site_has_the_browser_forget_what_is_left() {
    for site in ["same-origin", "none"] {
        let response = sign_out(&[("sec-fetch-site", site)]).await;
        assert_eq!(response.status(), 303, "{site}");
        let forgets = all(&response, "clear-site-data");
        assert_eq!(forgets, ["\"cache\", \"storage\""], "{site}");
        let cookies = all(&response, "set-cookie").concat();
        assert!(cookies.contains("Max-Age=0"), "{site}: {cookies}");
    }
}
