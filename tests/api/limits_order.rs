//! In which order the limits of a request are charged: who is refused by a limit of its own touches nothing that
//! others need too. It could hold that up, or keep it, by hanging up before it is given back.

use std::sync::{Arc, Mutex};

use actix_web::Responder;
use secure_runtime::{
    Routes,
    limit::{Amount, Answer, Charge, Decision, InProcess, Limiter},
    prelude::*,
    test::TestApp,
};

#[get("/window")]
#[public]
#[rate_limit("9/minute", by = "global")]
#[rate_limit("8/minute", header = "x-tenant")]
#[rate_limit("1/minute")]
async fn window() -> impl Responder {
    "window"
}

#[get("/smooth")]
#[public]
#[rate_limit("9/minute", by = "global")]
#[rate_limit("1/minute", burst = 1)]
async fn smooth() -> impl Responder {
    "smooth"
}

#[get("/mine")]
#[protected]
#[rate_limit("9/minute", by = "global")]
#[rate_limit("1/minute", by = "user")]
async fn mine() -> impl Responder {
    "mine"
}

/// Notes what is charged, by the words of its name that say by what.
#[derive(Debug, Clone)]
struct Noting {
    counts: Arc<InProcess>,
    is_far: bool,
    noted: Arc<Mutex<Vec<String>>>,
}

impl Limiter for Noting {
    fn check<'a>(&'a self, charge: &Charge<'a>) -> Answer<'a> {
        let charge = *charge;
        let decide = move || {
            let by = charge.counter.name.split(" by ").nth(1).unwrap_or_default();
            let by = by.split(',').next().unwrap_or_default();
            let back = match charge.amount {
                Amount::Take(_) => "",
                Amount::GiveBack(_) => "back ",
            };
            self.noted.lock().unwrap().push(format!("{back}{by}"));
            self.counts.check(&charge)
        };
        match self.is_far {
            false => decide(),
            true => Answer::Later(Box::pin(async move {
                tokio::task::yield_now().await;
                let decision: Decision = decide().decision().await;
                decision
            })),
        }
    }
}

fn listing(routes: &mut Routes) {
    routes.service(window).service(smooth).service(mine);
}

#[actix_web::test]
async fn who_is_refused_by_its_own_limit_touches_none_that_others_share() {
    for is_far in [false, true] {
        let limiter = Noting {
            counts: Arc::default(),
            is_far,
            noted: Arc::default(),
        };
        let noted = limiter.noted.clone();
        let app = TestApp::with(|settings| settings.limiter(limiter), listing, |_| {}).await;
        for (path, own, shared) in [
            ("/window", "ip", &["header x-tenant", "global"][..]),
            ("/smooth", "ip", &["global"]),
            ("/mine", "user", &["global"]),
        ] {
            noted.lock().unwrap().clear();
            let first = app.get(path).as_user("ada").send().await;
            assert_eq!(first.status(), 200, "{path}");
            let all: Vec<_> = [own].iter().chain(shared).copied().collect();
            assert_eq!(*noted.lock().unwrap(), all, "{path}");

            noted.lock().unwrap().clear();
            let refused = app.get(path).as_user("ada").send().await;
            assert_eq!(refused.status(), 429, "{path}");
            assert_eq!(*noted.lock().unwrap(), [own], "{path}");
        }
    }
}
