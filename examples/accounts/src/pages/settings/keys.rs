//! API keys: what programs sign in with.

use actix_web::{
    HttpResponse, Responder,
    web::{Form, Path, Query},
};
use askama::Template;
use secure_runtime::{
    Unaccepted,
    api_key::{ApiKeyInfo, DEFAULT_OVERLAP, IssuedApiKey, NewApiKey},
    csrf::CsrfToken,
    edge::CspNonce,
    policy::ScopeWord as _,
    prelude::*,
};

use crate::{
    api::api_keys::{DAY, KeyId},
    domain::{Role, Scope, accounts::Account},
    pages::{
        assets,
        form::{FormView, Labels, refuse},
        frame::{Frame, form_page, see_other},
        moment::day,
        notice::{Notice, Told},
    },
};

const LABELS: Labels = &[
    ("name", "Name of the key"),
    ("lifetime", "How long it is good"),
    ("allowed_addresses", "From where (optional)"),
];

/// For how long keys are made, in days; 0 is until they are revoked.
const LIFETIMES: &[(&str, &str)] = &[
    ("30", "30 days"),
    ("90", "90 days"),
    ("365", "A year"),
    ("0", "Until I revoke it"),
];

/// A key to be made. It writes articles: there is nothing else that keys of this service do.
#[validated]
pub(crate) struct NewKey {
    #[validate(length(min = 1, max = 100), non_control_character)]
    name: String,
    /// In days; 0 is until it is revoked.
    #[validate(range(max = 3650))]
    lifetime: u32,
    /// One a line.
    #[validate(length(max = 2000))]
    #[serde(default)]
    allowed_addresses: String,
}

#[derive(Template)]
#[template(path = "settings/keys.html")]
struct Keys {
    frame: Frame,
    form: FormView,
    keys: Vec<ApiKeyInfo>,
    /// A key that has just been made, with its text.
    issued: Option<IssuedApiKey>,
}

#[get("/settings/keys")]
#[protected(scopes = "profile:read")]
#[validated]
pub(crate) async fn show(
    nonce: CspNonce,
    csrf: CsrfToken,
    user: CurrentUser<Account>,
    security: Security,
    told: Query<Told>,
) -> Result<impl Responder, Problem> {
    let frame = Frame::of(nonce, csrf, user.account()).saying(told.notice());
    keys(frame, &user, &security, &blank(), None).await
}

/// The answer shows the key, and nothing shows it afterwards. That is why it is no redirect: nobody keeps
/// the key for the page that would follow.
#[post("/settings/keys")]
#[protected(scopes = "profile:write")]
#[rate_limit("10/minute", by = "user")]
#[validated]
pub(crate) async fn create(
    nonce: CspNonce,
    csrf: CsrfToken,
    user: CurrentUser<Account>,
    security: Security,
    sent: Checked<Form<NewKey>>,
) -> Result<impl Responder, Problem> {
    let frame = Frame::of(nonce, csrf, user.account());
    let (new, mut form) = match sent.accept() {
        Ok(accepted) => accepted,
        Err(form) => return keys(frame, &user, &security, &form, None).await,
    };
    match security.api_keys().create(&user, new.into()).await {
        Ok(issued) => keys(frame, &user, &security, &blank(), Some(issued)).await,
        Err(error) => {
            refuse(&mut form, error.into())?;
            keys(frame, &user, &security, &form, None).await
        }
    }
}

/// A new secret for a key; the one before works beside it for a day.
#[post("/settings/keys/{id}/rotate")]
#[protected(scopes = "profile:write")]
#[rate_limit("10/minute", by = "user")]
#[validated]
pub(crate) async fn rotate(
    nonce: CspNonce,
    csrf: CsrfToken,
    user: CurrentUser<Account>,
    security: Security,
    key: Path<KeyId>,
) -> Result<impl Responder, Problem> {
    let frame = Frame::of(nonce, csrf, user.account());
    let rotated = security.api_keys().rotate(&user, &key.id, DEFAULT_OVERLAP);
    let issued = rotated.await?.ok_or_else(Problem::not_found)?;
    keys(frame, &user, &security, &blank(), Some(issued)).await
}

#[post("/settings/keys/{id}/revoke")]
#[protected(scopes = "profile:write")]
#[validated]
pub(crate) async fn revoke(
    user: CurrentUser<Account>,
    security: Security,
    key: Path<KeyId>,
) -> Result<impl Responder, Problem> {
    match security.api_keys().revoke(user.subject(), &key.id).await? {
        true => Ok(see_other(&Notice::KeyRevoked.at("/settings/keys"))),
        false => Err(Problem::not_found()),
    }
}

async fn keys(
    frame: Frame,
    user: &CurrentUser<Account>,
    security: &Security,
    form: &Unaccepted,
    issued: Option<IssuedApiKey>,
) -> Result<HttpResponse, Problem> {
    let content = Keys {
        frame,
        form: FormView::new(form, LABELS),
        keys: security.api_keys().list(user.subject()).await?,
        issued,
    };
    form_page(&content.form, &content)
}

fn blank() -> Unaccepted {
    Unaccepted::blank::<NewKey>().with("lifetime", 90)
}

/// Until when a key is good and when it was used, for people.
fn life(key: &ApiKeyInfo) -> String {
    let ends = match key.expires_at {
        Some(end) => format!("good until {}", day(end)),
        None => "good until it is revoked".to_owned(),
    };
    let used = match key.last_used_at {
        Some(last) => format!("last used {}", day(last)),
        None => "never used".to_owned(),
    };
    let from = match key.allowed_addresses.as_slice() {
        [] => "from anywhere".to_owned(),
        addresses => format!("from {}", addresses.join(", ")),
    };
    format!("Made {}, {ends}, {used}, {from}", day(key.created_at))
}

impl From<NewKey> for NewApiKey {
    fn from(new: NewKey) -> Self {
        let lines = new.allowed_addresses.lines().map(str::trim);
        Self {
            name: new.name,
            scopes: vec![Scope::ArticlesWrite.word().to_owned()],
            expires_in: (new.lifetime > 0).then(|| DAY * new.lifetime),
            allowed_addresses: lines
                .filter(|line| !line.is_empty())
                .map(str::to_owned)
                .collect(),
        }
    }
}
