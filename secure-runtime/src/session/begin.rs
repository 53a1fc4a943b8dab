//! How sessions begin.

use std::{net::IpAddr, time::Duration};

use actix_web::http::header::{HeaderMap, USER_AGENT};
use zeroize::Zeroizing;

use super::{
    Sessions, SignedIn,
    record::Record,
    text::{NewSecret, Presented, SessionId},
};
#[cfg(feature = "test")]
use crate::Problem;
use crate::{
    audit::AuditKind,
    clock::millis,
    store::StoreError,
    token::{Grant, TokenError, Tokens},
};

/// How much of what a browser says of itself is kept, in bytes.
const LONGEST_USER_AGENT: usize = 256;

/// From where somebody signs in, for the list of sessions.
#[derive(Debug, Clone, Default)]
pub(crate) struct Device {
    user_agent: Option<String>,
    address: Option<IpAddr>,
}

/// A session that has just begun.
#[derive(Debug)]
pub(crate) struct Begun {
    pub(crate) signed_in: SignedIn,
    pub(crate) cookie: Zeroizing<String>,
}

impl Device {
    pub(crate) fn of(headers: &HeaderMap, address: Option<IpAddr>) -> Self {
        let user_agent = headers.get(USER_AGENT).map(|value| {
            let bytes = value.as_bytes().iter().take(LONGEST_USER_AGENT);
            let printable = bytes.filter(|byte| (0x20..0x7f).contains(*byte));
            printable.copied().map(char::from).collect::<String>()
        });
        Self {
            user_agent: user_agent.filter(|text| !text.trim().is_empty()),
            address,
        }
    }
}

impl Sessions {
    /// Begins a session for somebody who has just proved who it is, and ends the one that the browser had.
    ///
    /// # Errors
    /// As [`Tokens::sign_in`].
    pub(crate) async fn begin(
        &self,
        tokens: &Tokens,
        grant: &Grant,
        device: Device,
        had: &[Presented],
    ) -> Result<Begun, TokenError> {
        // Before there is a session: whoever may have none begins none.
        let signed_in_at = tokens.admit(grant)?;
        for presented in had {
            self.end_presented(presented).await?;
        }
        let (id, now) = (SessionId::random(), self.clock.unix());
        let new = NewSecret::draw(id);
        let record = Record {
            subject: grant.subject().to_owned(),
            secret: new.hash.to_text(),
            previous: None,
            roles: grant.roles().to_vec(),
            scopes: grant.scopes().to_vec(),
            restricted: grant.is_restricted(),
            signed_in_at: millis(signed_in_at),
            started_at: millis(now),
            last_used_at: millis(now),
            user_agent: device.user_agent,
            address: device.address,
        };
        let lifetime = self.settings.idle.min(self.settings.absolute);
        self.records.begin(id, &record, lifetime).await?;
        if let Err(error) = self.complete(tokens, id, &record).await {
            // Nobody has its cookie. What is left of it where the store fails ends by itself.
            let _ = self.records.end(id).await;
            return Err(error);
        }
        self.record(AuditKind::SessionStarted, &record.subject, id);
        Ok(Begun {
            signed_in: SignedIn {
                subject: record.subject,
                session: id.to_text(),
            },
            cookie: new.cookie,
        })
    }

    /// Begins a session for a subject as it is now, whose value the cookie then has.
    #[cfg(feature = "test")]
    pub(crate) async fn begin_for(
        &self,
        tokens: &Tokens,
        subject: &str,
    ) -> Result<Zeroizing<String>, Problem> {
        let grant = self.owners()?.renew(subject).await?;
        let grant = grant.ok_or_else(|| Problem::internal("there is no such account"))?;
        let begun = self.begin(tokens, &grant, Device::default(), &[]).await?;
        Ok(begun.cookie)
    }

    /// Ends the session of a cookie, where it is a good one.
    pub(crate) async fn end_presented(&self, presented: &Presented) -> Result<(), StoreError> {
        let Some(stored) = self.records.read(presented).await? else {
            return Ok(());
        };
        let (subject, id) = (&stored.record.subject, presented.id);
        let ended = self
            .endings
            .end_session(subject, id, AuditKind::SessionEnded);
        ended.await.map(drop)
    }

    async fn complete(
        &self,
        tokens: &Tokens,
        id: SessionId,
        record: &Record,
    ) -> Result<(), TokenError> {
        // Whoever signs the subject out everywhere writes that down, and then ends the sessions that there
        // are. So either this reads it, or the session just begun is among them.
        let (family, signed_in_at) = (id.to_text(), Duration::from_millis(record.signed_in_at));
        tokens
            .admit_again(&record.subject, &family, signed_in_at)
            .await?;
        Ok(self.make_room(record).await?)
    }

    /// Ends the sessions for which there is no room: those that were used longest ago. Of sessions that begin
    /// at once each sees some, and all rank them alike; so those are left that rank first among all.
    async fn make_room(&self, begun: &Record) -> Result<(), StoreError> {
        let sessions = self.records.of_subject(&begun.subject).await?;
        let ranked = sessions.into_iter().filter_map(|session| {
            let record = session.record?;
            let rank = (record.last_used_at, record.started_at, session.id.to_text());
            Some((rank, session.id))
        });
        let mut ranked: Vec<_> = ranked.collect();
        ranked.sort_by(|(a, _), (b, _)| b.cmp(a));
        for (_, id) in ranked.into_iter().skip(self.settings.most) {
            let (subject, why) = (&begun.subject, AuditKind::SessionEnded);
            self.endings.end_session(subject, id, why).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn kept(sent: &[u8]) -> Option<String> {
        let mut headers = HeaderMap::new();
        let value = HeaderValue::from_bytes(sent).expect("a header");
        headers.insert(USER_AGENT, value);
        Device::of(&headers, None).user_agent
    }

    #[test]
    fn of_what_a_browser_says_of_itself_a_printable_part_is_kept() {
        assert_eq!(
            kept(b"Mozilla/5.0 (X11)").as_deref(),
            Some("Mozilla/5.0 (X11)")
        );
        assert_eq!(kept(b"a\tb\xff\xc3\xa4c").as_deref(), Some("abc"));
        assert_eq!(kept(b"  "), None);
        assert_eq!(kept(b"\xff"), None);
        assert_eq!(kept(&[b'a'; 5000]).map(|text| text.len()), Some(256));
        assert_eq!(Device::of(&HeaderMap::new(), None).user_agent, None);
    }
}
