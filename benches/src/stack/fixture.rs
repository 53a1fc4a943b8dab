//! The settings of both sides, and the requests.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
};

use actix_http::Request;
use actix_web::{
    http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, ORIGIN, USER_AGENT},
    test::TestRequest,
    web::Data,
};
use jsonwebtoken::{Algorithm, EncodingKey};
use secure_runtime::{
    MountedRoutes, Security, ServerSecret, cors,
    token::{Grant, Hs256Key},
};

use super::{
    PAGE, ROLE, SUBJECT,
    by_hand::{self, Limits, Verifier},
    ours,
};
use crate::Failure;

/// Who issues the tokens.
pub(crate) const ISSUER: &str = "https://auth.example.com";
/// For whom they are.
pub(crate) const AUDIENCE: &str = "https://api.example.com";
/// Signs the tokens of the benchmark and nothing else.
pub(crate) const SECRET: [u8; 32] = [
    0xa3, 0x54, 0xa2, 0xa7, 0x80, 0x91, 0xd9, 0x3f, 0x5b, 0x86, 0xfc, 0xc4, 0x00, 0xed, 0xe1, 0x60,
    0x74, 0xb0, 0x3e, 0xc6, 0x33, 0xb8, 0xe9, 0x24, 0x3c, 0x4c, 0xb1, 0x57, 0x9a, 0x13, 0xc4, 0x6b,
];
/// What a POST brings.
pub(crate) const BODY: &str = r#"{"title":"Errands","text":"Post office before noon, then the library; the key is under the stone.","reply_to":"grace@example.com","priority":2}"#;
const PEER: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 49152);

/// What a request is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// `GET /notes`.
    Get,
    /// `POST /notes` with a JSON body.
    Post,
}

/// Whose tokens: header and claims are the same, byte for byte. The keys are not, since ours derives one for
/// each purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Signed with the secret itself.
    ByHand,
    /// Signed with a key that is made of it.
    Ours,
}

/// The settings of both sides, and a token of each.
pub struct Fixture {
    pub(super) security: Security,
    pub(super) routes: MountedRoutes,
    pub(super) verifier: Data<Verifier>,
    pub(super) limits: Limits,
    by_hand: String,
    ours: String,
}

impl Fixture {
    /// Settings of both sides.
    ///
    /// # Errors
    /// When one of them is wrong.
    pub fn new() -> Result<Arc<Self>, Failure> {
        let security = Security::builder()
            .issuer(ISSUER)
            .audience(AUDIENCE)
            .signing_key(Hs256Key::from_bytes(&SECRET)?)
            .secret(ServerSecret::random())
            .cors(cors!(origins = "https://app.example.com", max_age = "1h"))
            .build()?;
        let verifier = Verifier::new(&SECRET, ISSUER, AUDIENCE);
        Ok(Arc::new(Self {
            routes: ours::routes(&security)?,
            verifier: Data::from(Arc::new(verifier)),
            limits: by_hand::limits()?,
            by_hand: bearer(&security, Side::ByHand, ROLE)?,
            ours: bearer(&security, Side::Ours, ROLE)?,
            security,
        }))
    }

    /// What `Authorization` says: the same each time, or with a token that nobody has seen.
    pub fn bearers(&self, side: Side, seen: bool) -> impl Fn() -> String {
        move || match (seen, side) {
            (true, Side::ByHand) => self.by_hand.clone(),
            (true, Side::Ours) => self.ours.clone(),
            (false, side) => self.bearer_of(side, ROLE).unwrap_or_default(),
        }
    }

    /// The same token, and a signature that nobody made.
    pub(crate) fn forged(bearer: &str) -> String {
        let (signed, signature) = bearer.rsplit_once('.').unwrap_or_default();
        let turned: String = signature.chars().rev().collect();
        format!("{signed}.{turned}")
    }

    /// A new token of somebody who has this role.
    pub(crate) fn bearer_of(&self, side: Side, role: &str) -> Result<String, Failure> {
        bearer(&self.security, side, role)
    }
}

impl Ask {
    /// A request as a page's script sends it.
    pub fn by(self, bearer: &str) -> Request {
        self.anonymous()
            .insert_header((AUTHORIZATION, bearer))
            .to_request()
    }

    /// The same of nobody.
    pub(super) fn anonymous(self) -> TestRequest {
        let request = match self {
            Self::Get => TestRequest::get(),
            Self::Post => TestRequest::post()
                .insert_header((CONTENT_TYPE, "application/json"))
                .set_payload(BODY),
        };
        request
            .uri("/notes")
            .peer_addr(PEER)
            .insert_header((HOST, "api.example.com"))
            .insert_header((USER_AGENT, "secure-benches"))
            .insert_header((ACCEPT, "application/json"))
            .insert_header((ORIGIN, PAGE))
    }
}

fn bearer(security: &Security, side: Side, role: &str) -> Result<String, Failure> {
    let grant = Grant::new(SUBJECT).with_roles([role]);
    let token = security.access_tokens().issue(&grant)?;
    if side == Side::Ours {
        return Ok(format!("Bearer {}", token.expose()));
    }
    let (signed, _) = token.expose().rsplit_once('.').ok_or("no token")?;
    let key = EncodingKey::from_secret(&SECRET);
    let signature = jsonwebtoken::crypto::sign(signed.as_bytes(), &key, Algorithm::HS256)?;
    Ok(format!("Bearer {signed}.{signature}"))
}

impl fmt::Debug for Fixture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fixture").finish_non_exhaustive()
    }
}
