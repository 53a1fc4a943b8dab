use std::{
    num::{NonZeroU32, NonZeroU64},
    sync::Arc,
    time::Duration,
};

use ::redis::{ErrorKind, RedisError, ServerErrorKind, cmd};
use secure_grammar::Quota;
use tokio::time::sleep;

use super::{
    RedisLimiter, RedisLimiterError,
    home::Home,
    names::Names,
    outage::{Outage, Rhythm},
    script::{Call, Program, Time, decision},
    when_down::WhenDown,
};
use crate::{
    limit::{Amount, Charge, Counter, Decision, Rule},
    redis_link::{Limit, Link, LinkError, is_lost},
};

/// How long the first connection may take, and one to a server that was down.
const PATIENCE: Duration = Duration::from_secs(1);

/// The server, and whether it answers.
#[derive(Debug)]
pub(super) struct Server {
    link: Arc<Link>,
    outage: Arc<Outage>,
    /// Serves the connection. Whoever waits there holds none of this.
    home: Home,
}

impl Server {
    pub(super) fn new(url: &str) -> Result<Self, RedisLimiterError> {
        let link = Link::new(url).map_err(|why| RedisLimiterError::Address(Arc::new(why)))?;
        let home = Home::new().map_err(|why| RedisLimiterError::Thread(Arc::new(why)))?;
        Ok(Self {
            link: Arc::new(link.at(home.runtime().clone())),
            outage: Arc::default(),
            home,
        })
    }

    pub(super) fn is_exposed(&self) -> bool {
        self.link.is_exposed()
    }

    pub(super) fn outage(&self) -> &Outage {
        &self.outage
    }

    /// Whether it answers; whether it evicts is said in the log.
    pub(super) async fn look(&self) -> Result<(), LinkError> {
        look(&self.link).await
    }

    /// The same without waiting. If it does not answer, an outage begins.
    pub(super) fn look_around(&self, names: &Names, timeout: Duration, when_down: WhenDown) {
        let wait = self.wait(names, timeout, when_down);
        let ended = self.outage.ended();
        self.home.runtime().spawn(async move {
            if let Err(error) = look(&wait.link).await
                && let Some(rhythm) = wait.outage.begin(&error, ended, &wait.names, when_down)
            {
                wait.until_it_counts(rhythm).await;
            }
        });
    }

    /// What the server says; `None` where it does not answer.
    pub(super) async fn ask(&self, by: &RedisLimiter, charge: &Charge<'_>) -> Option<Decision> {
        let ended = self.outage.ended();
        let question = Question {
            key: by.names.of(charge),
            call: Call::new(charge, by.time),
            program: Program::by(by.time),
        };
        let answered = question.ask(&self.link, Limit::new(by.timeout)).await;
        let decided = answered.and_then(|answer| {
            decision(charge, &answer).ok_or_else(|| {
                let what = (
                    ErrorKind::UnexpectedReturnType,
                    "the script answers something else",
                );
                LinkError::Refused(RedisError::from(what))
            })
        });
        match decided {
            Ok(decision) => Some(decision),
            // Nobody waits for it, and the next charge finds out whether there is another connection.
            Err(LinkError::Refused(error)) if question.call.gives_back() && is_lost(&error) => None,
            Err(error) => {
                let begun = self.outage.begin(&error, ended, &by.names, by.when_down);
                if let Some(rhythm) = begun {
                    let wait = self.wait(&by.names, by.timeout, by.when_down);
                    self.home.runtime().spawn(wait.until_it_counts(rhythm));
                }
                None
            }
        }
    }

    fn wait(&self, names: &Names, timeout: Duration, when_down: WhenDown) -> Wait {
        Wait {
            link: self.link.clone(),
            outage: self.outage.clone(),
            names: names.clone(),
            timeout,
            when_down,
        }
    }
}

/// What ends an outage.
struct Wait {
    link: Arc<Link>,
    outage: Arc<Outage>,
    names: Names,
    timeout: Duration,
    when_down: WhenDown,
}

impl Wait {
    /// Ends the outage as soon as the server counts again.
    async fn until_it_counts(self, rhythm: Rhythm) {
        let trial = trial(&self.names);
        sleep(rhythm.first).await;
        while !counts(&self.link, &trial, self.timeout).await {
            sleep(rhythm.next).await;
        }
        self.outage.end(&self.names, self.when_down);
    }
}

async fn look(link: &Link) -> Result<(), LinkError> {
    let limit = Limit::new(PATIENCE);
    let _: String = link.command(&cmd("PING"), limit).await?;
    warn_of_eviction(link, limit).await;
    Ok(())
}

/// A charge that always passes and always writes, so that a server which does not write fails it too.
fn trial(names: &Names) -> Question {
    let most = Quota::new(NonZeroU32::MAX, NonZeroU64::MIN);
    let charge = Charge {
        counter: Counter {
            id: 0,
            name: "is the server back?",
        },
        key: b"",
        rule: &Rule::window(most),
        amount: Amount::Take(NonZeroU32::MIN),
        now: Duration::ZERO,
    };
    Question {
        key: names.of(&charge),
        call: Call::new(&charge, Time::Server),
        program: Program::by(Time::Server),
    }
}

/// Whether the server takes a connection, for which there is time, and then counts within what requests give it.
async fn counts(link: &Link, trial: &Question, timeout: Duration) -> bool {
    let patient = Limit::new(PATIENCE.max(timeout));
    trial.ask(link, patient).await.is_ok() && trial.ask(link, Limit::new(timeout)).await.is_ok()
}

/// One call of the script.
struct Question {
    key: String,
    call: Call,
    program: &'static Program,
}

impl Question {
    /// Asks; once more with the script where the server does not know it, and once more over another connection
    /// where this one has ended. What was counted twice then errs on the strict side; giving back twice would not,
    /// so that is not asked again.
    async fn ask(&self, link: &Link, limit: Limit) -> Result<Vec<u64>, LinkError> {
        match self.ask_once(link, limit).await {
            Err(LinkError::Refused(error)) if is_lost(&error) && !self.call.gives_back() => {
                self.ask_once(link, limit).await
            }
            answered => answered,
        }
    }

    async fn ask_once(&self, link: &Link, limit: Limit) -> Result<Vec<u64>, LinkError> {
        let known = self.program.known(&self.key, &self.call);
        match link.command(&known, limit).await {
            Err(LinkError::Refused(error))
                if error.kind() == ErrorKind::Server(ServerErrorKind::NoScript) =>
            {
                let new = self.program.new_to_it(&self.key, &self.call);
                link.command(&new, limit).await
            }
            answered => answered,
        }
    }
}

/// A server that evicts drops counters that still count. Where it does not tell, that is said.
async fn warn_of_eviction(link: &Link, limit: Limit) {
    match link.eviction(limit).await {
        Ok(Some(policy)) => tracing::warn!(
            target: "secure_runtime::limit",
            policy,
            "Redis may evict counters that still count, and lets more pass then: set `maxmemory-policy` to \
             `noeviction`"
        ),
        Ok(None) => {}
        Err(error) => tracing::info!(
            target: "secure_runtime::limit",
            %error,
            "Redis does not say whether it evicts counters that still count: `maxmemory-policy` must be \
             `noeviction`"
        ),
    }
}
