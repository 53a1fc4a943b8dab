//! Sessions on each backend, through two instances of an app where there can be two.

use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use actix_web::Responder;
use futures_util::future::join_all;
use secure_runtime::{
    oauth::ResourceOwners,
    prelude::*,
    session::{self, SessionSettings},
    store::Store,
    test::TestApp,
    token::Grant,
};

use crate::backend::{At, Place};

#[get("/me")]
#[protected]
async fn me(caller: CurrentUser) -> impl Responder {
    caller.subject().to_owned()
}

/// `ada`, who may become an admin.
#[derive(Clone, Default)]
struct Ada(Arc<AtomicBool>);

impl ResourceOwners for Ada {
    async fn renew(&self, subject: &str) -> Result<Option<Grant>, Problem> {
        let role = match self.0.load(Ordering::Acquire) {
            true => "admin",
            false => "user",
        };
        Ok(Some(Grant::new(subject).with_roles([role])))
    }
}

/// Each with a handle of its own on the store. In memory there is one handle.
async fn instances(at: &At, ada: &Ada) -> [TestApp; 2] {
    let second = match at.place {
        Place::Memory => Arc::clone(&at.store),
        _ => at.place.open(&at.clock).await,
    };
    let on = |store: Arc<dyn Store>| {
        TestApp::with(
            move |settings| {
                settings
                    .resource_owners(ada.clone())
                    .sessions(SessionSettings::new().most(3))
                    .store(store)
                    .clock(at.clock.clone())
            },
            |routes| {
                routes.service(me).service(session::sign_out);
            },
            |_| {},
        )
    };
    [on(Arc::clone(&at.store)).await, on(second).await]
}

pub(crate) async fn of_many_during_a_change_one_gets_the_new_secret(at: &At) {
    let ada = Ada::default();
    let apps = instances(at, &ada).await;
    let session = apps[0].session("ada").await;
    let call = |number: usize| apps[number % 2].get("/me").with_session(&session).send();
    for answer in join_all((0..4).map(call)).await {
        assert_eq!((answer.status(), answer.session()), (200, None));
    }
    ada.0.store(true, Ordering::Release);
    at.clock.advance(Duration::from_secs(1));
    let answers = join_all((0..50).map(call)).await;
    assert!(answers.iter().all(|answer| answer.status() == 200));
    let new: HashSet<_> = answers
        .iter()
        .filter_map(|answer| Some(answer.session()?.cookie().to_owned()))
        .collect();
    assert_eq!(new.len(), 1);
    at.clock.advance(Duration::from_secs(10));
    for app in &apps {
        let old = app.get("/me").with_session(&session).send().await;
        assert_eq!(old.status(), 401);
        let new = answers.iter().find_map(|answer| answer.session());
        let request = app.get("/me").with_session(new.as_ref().expect("a secret"));
        assert_eq!(request.send().await.status(), 200);
    }
}

pub(crate) async fn a_session_that_was_ended_here_is_dead_there(at: &At) {
    let apps = instances(at, &Ada::default()).await;
    let session = apps[0].session("ada").await;
    let status = async |app: &TestApp| app.get("/me").with_session(&session).send().await.status();
    assert_eq!((status(&apps[0]).await, status(&apps[1]).await), (200, 200));
    // While it is used all the time, and its last use is written down.
    at.clock.advance(Duration::from_secs(61));
    let used = join_all((0..20).map(|number| status(&apps[number % 2])));
    let ended = apps[0].post("/logout").with_session(&session).send();
    let (_, ended) = futures_util::future::join(used, ended).await;
    assert_eq!(ended.status(), 303);
    at.clock.advance(Duration::from_secs(1));
    assert_eq!((status(&apps[0]).await, status(&apps[1]).await), (401, 401));
    let listed = apps[1].security().sessions().of_subject("ada").await;
    assert!(listed.expect("a list").is_empty());
}

pub(crate) async fn of_many_sessions_that_begin_at_once_so_many_are_left_as_there_may_be(at: &At) {
    let apps = instances(at, &Ada::default()).await;
    join_all((0..16).map(|number| apps[number % 2].session("ada"))).await;
    let listed = apps[0].security().sessions().of_subject("ada").await;
    assert_eq!(listed.expect("a list").len(), 3);
}
