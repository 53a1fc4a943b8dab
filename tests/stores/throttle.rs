//! The throttle of sign-ins on each backend, through two instances of an app where there can be two.

use std::{sync::Arc, time::Duration};

use actix_web::{http::StatusCode, web::Json};
use futures_util::future::join_all;
use secure_runtime::{
    account::{AccountRecord, AccountRecords, HashChange, SignIn},
    oauth::ResourceOwners,
    password::{PasswordHash, Passwords},
    prelude::*,
    store::Store,
    test::{TestApp, TestResponse, cheap_hash, cheap_passwords, hashes_computed},
    token::{Grant, IssuedTokens},
};
use serde_json::json;

use crate::backend::{At, Place};

#[validated]
struct Credentials {
    #[validate(length(max = 254))]
    email: String,
    #[validate(length(max = 1024))]
    password: Secret<String>,
}

#[post("/login")]
#[public(unlimited = "how often somebody may fail is what is tested")]
#[validated]
async fn password_login(
    sign_in: SignIn,
    credentials: Json<Credentials>,
) -> Result<IssuedTokens, Problem> {
    let Credentials { email, password } = credentials.into_inner();
    sign_in.with_password(&email, password).await
}

/// `ada@example.com`, whose password is `right`.
struct Ada;

impl ResourceOwners for Ada {
    async fn renew(&self, subject: &str) -> Result<Option<Grant>, Problem> {
        Ok(Some(Grant::new(subject)))
    }
}

impl AccountRecords for Ada {
    async fn by_identifier(&self, identifier: &str) -> Result<Option<AccountRecord>, Problem> {
        let found = identifier == "ada@example.com";
        Ok(found.then(|| AccountRecord::new("ada").with_password_hash(cheap_hash("right"))))
    }

    async fn by_subject(&self, _: &str) -> Result<Option<AccountRecord>, Problem> {
        Ok(None)
    }

    async fn replace_hash(
        &self,
        _: &str,
        _: Option<&PasswordHash>,
        _: &PasswordHash,
        _: HashChange,
    ) -> Result<bool, Problem> {
        Ok(false)
    }
}

struct Instance {
    app: TestApp,
    passwords: Passwords,
}

impl Instance {
    async fn on(at: &At, store: Arc<dyn Store>) -> Self {
        let passwords = cheap_passwords();
        let app = TestApp::with(
            |settings| {
                settings
                    .accounts(Ada, passwords.clone())
                    .store(store)
                    .clock(at.clock.clone())
            },
            |routes| {
                routes.service(password_login);
            },
            |_| {},
        );
        Self {
            app: app.await,
            passwords,
        }
    }

    async fn try_with(&self, password: &str, address: &str) -> TestResponse {
        let body = json!({"email": "ada@example.com", "password": password});
        let request = self.app.post("/login").json(&body);
        request.from_address(address).send().await
    }
}

/// Each with a handle of its own on the store. In memory there is one handle.
async fn instances(at: &At) -> [Instance; 2] {
    let second = match at.place {
        Place::Memory => Arc::clone(&at.store),
        _ => at.place.open(&at.clock).await,
    };
    [
        Instance::on(at, Arc::clone(&at.store)).await,
        Instance::on(at, second).await,
    ]
}

fn count(answers: &[TestResponse], status: StatusCode) -> usize {
    let has = |answer: &&TestResponse| answer.status() == status.as_u16();
    answers.iter().filter(has).count()
}

pub(crate) async fn of_many_guesses_at_once_five_are_looked_at(at: &At) {
    let instances = instances(at).await;
    let guess = |number: usize| instances[number % 2].try_with("a guess", "192.0.2.1");
    let looked_at = || -> usize {
        let hashes = instances
            .iter()
            .map(|instance| hashes_computed(&instance.passwords));
        hashes.sum()
    };
    let answers = join_all((0..100).map(guess)).await;
    assert_eq!(count(&answers, StatusCode::UNAUTHORIZED), 5);
    assert_eq!(count(&answers, StatusCode::TOO_MANY_REQUESTS), 95);
    assert_eq!(looked_at(), 5);
    // And one after each pause.
    for (wait, all) in [(60, 6), (120, 7)] {
        at.clock.advance(Duration::from_secs(wait));
        let answers = join_all((0..40).map(guess)).await;
        assert_eq!(count(&answers, StatusCode::UNAUTHORIZED), 1);
        assert_eq!(looked_at(), all);
    }
    let right = instances[0].try_with("right", "192.0.2.1").await;
    assert_eq!(right.status(), 429);
    // What the process knew is gone, and the counters are not.
    drop(instances);
    let store = match at.place {
        Place::Memory => Arc::clone(&at.store),
        _ => at.place.open(&at.clock).await,
    };
    let restarted = Instance::on(at, store).await;
    let right = restarted.try_with("right", "192.0.2.1").await;
    assert_eq!(right.status(), 429);
    at.clock.advance(Duration::from_secs(240));
    let right = restarted.try_with("right", "192.0.2.1").await;
    assert_eq!(right.status(), 200);
}

/// From as many addresses: all want the one counter of the account at once. There are no more changes of it
/// than anybody may lose rounds, so nobody is turned away.
pub(crate) async fn charges_of_an_account_are_neither_lost_nor_kept(at: &At) {
    let instances = instances(at).await;
    for round in 0..3 {
        let attempts = (0..24).map(|number| {
            let instance = &instances[number % 2];
            async move {
                let address = format!("198.51.{round}.{number}");
                match number % 3 {
                    0 => (instance.try_with("right", &address).await, StatusCode::OK),
                    _ => {
                        let answer = instance.try_with("a guess", &address).await;
                        (answer, StatusCode::UNAUTHORIZED)
                    }
                }
            }
        });
        for (answer, expected) in join_all(attempts).await {
            assert_eq!(answer.status(), expected.as_u16());
        }
    }
    // Three times 16 have failed. As many are left of a hundred.
    for number in 0..52 {
        let address = format!("203.0.113.{number}");
        let answer = instances[number % 2].try_with("a guess", &address).await;
        assert_eq!(answer.status(), 401, "{number}");
    }
    let refused = instances[0].try_with("right", "192.0.2.1").await;
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.header("retry-after"), Some("60"));
}
