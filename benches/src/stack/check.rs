//! What fails is fast: each service has to give the right answer to the right request, and those that are to
//! refuse something have to refuse it.

use actix_http::{Request, body::MessageBody};
use actix_web::{
    body::to_bytes,
    dev::{Service, ServiceResponse},
    http::{
        StatusCode,
        header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, ORIGIN},
    },
};

use super::{
    SUBJECT,
    fixture::{Ask, Fixture, Side},
};
use crate::Failure;

/// What both sides send with each answer; the others are each side's own.
const HEADERS: [&str; 12] = [
    "access-control-allow-origin",
    "cache-control",
    "content-security-policy",
    "content-type",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "permissions-policy",
    "referrer-policy",
    "x-content-type-options",
    "x-frame-options",
    "x-permitted-cross-domain-policies",
    "x-xss-protection",
];

/// How many of the limit's units are left, in the words of either side.
type Left = fn(&HeaderMap) -> Option<u64>;

/// All three, with both requests.
///
/// # Errors
/// What is wrong with the first that does not do what it should.
pub(super) async fn all<A, B, C, X, Y, Z>(
    fixture: &Fixture,
    bare: &A,
    by_hand: &B,
    ours: &C,
) -> Result<(), Failure>
where
    A: Service<Request, Response = ServiceResponse<X>, Error = actix_web::Error>,
    B: Service<Request, Response = ServiceResponse<Y>, Error = actix_web::Error>,
    C: Service<Request, Response = ServiceResponse<Z>, Error = actix_web::Error>,
    X: MessageBody,
    Y: MessageBody,
    Z: MessageBody,
{
    for ask in [Ask::Get, Ask::Post] {
        let expected = expected(ask);
        let (hand, own) = (Side::ByHand, Side::Ours);
        let (bearer, own_bearer) = (fixture.bearers(hand, true)(), fixture.bearers(own, true)());
        answers(bare, ask, &bearer, &expected, "bare").await?;
        let one = answers(by_hand, ask, &bearer, &expected, "by hand").await?;
        let other = answers(ours, ask, &own_bearer, &expected, "ours").await?;
        for name in HEADERS {
            let (one, other) = (one.get(name), other.get(name));
            if one.is_none() || one != other {
                return Err(format!("{name}: by hand {one:?}, ours {other:?}").into());
            }
        }
        refuses(fixture, hand, by_hand, ask).await?;
        refuses(fixture, own, ours, ask).await?;
        charges(by_hand, ask, &bearer, left_by_hand, "by hand").await?;
        charges(ours, ask, &own_bearer, left_of_ours, "ours").await?;
    }
    Ok(())
}

/// The bytes that everybody answers.
pub(crate) fn expected(ask: Ask) -> String {
    match ask {
        Ask::Get => format!(
            r#"{{"id":1,"author":"{SUBJECT}","title":"Groceries","text":"Bread, butter, two lemons.","reply_to":"ada@example.com","priority":3}}"#
        ),
        Ask::Post => format!(
            r#"{{"id":2,"author":"{SUBJECT}",{}"#,
            super::fixture::BODY.trim_start_matches('{')
        ),
    }
}

async fn answers<S, B>(
    service: &S,
    ask: Ask,
    bearer: &str,
    expected: &str,
    name: &str,
) -> Result<HeaderMap, Failure>
where
    S: Service<Request, Response = ServiceResponse<B>, Error = actix_web::Error>,
    B: MessageBody,
{
    let answer = service.call(ask.by(bearer)).await;
    let answer = answer.map_err(|error| format!("{name}, {ask:?}: {error}"))?;
    let (status, headers) = (answer.status(), answer.headers().clone());
    let body = to_bytes(answer.into_body()).await;
    let body = body.map_err(|_| format!("{name}, {ask:?}: no body"))?;
    match status == StatusCode::OK && body == expected {
        true => Ok(headers),
        false => {
            let body = String::from_utf8_lossy(&body);
            Err(format!("{name}, {ask:?}: {status} {body}, and not {expected}").into())
        }
    }
}

/// Nobody, a token that is signed by somebody else, somebody without the role, and a body that is none.
async fn refuses<S, B>(fixture: &Fixture, side: Side, service: &S, ask: Ask) -> Result<(), Failure>
where
    S: Service<Request, Response = ServiceResponse<B>, Error = actix_web::Error>,
    B: MessageBody,
{
    let good = fixture.bearers(side, true)();
    let another = Fixture::forged(&good);
    let wrong = [
        ("nobody", ask.anonymous(), StatusCode::UNAUTHORIZED),
        (
            "a forged token",
            ask.anonymous().insert_header((AUTHORIZATION, another)),
            StatusCode::UNAUTHORIZED,
        ),
        (
            "no role",
            ask.anonymous()
                .insert_header((AUTHORIZATION, fixture.bearer_of(side, "guest")?)),
            StatusCode::FORBIDDEN,
        ),
    ];
    for (what, request, expected) in wrong {
        let status = status(service, request.to_request()).await;
        if status != expected {
            return Err(format!("{side:?}, {ask:?}, {what}: {status}").into());
        }
    }
    let foreign = ask
        .anonymous()
        .insert_header((ORIGIN, "https://evil.example"));
    let foreign = foreign.insert_header((AUTHORIZATION, &*good));
    let answer = service.call(foreign.to_request()).await;
    let allowed = answer.is_ok_and(|answer| {
        let headers = answer.headers();
        headers.contains_key("access-control-allow-origin")
    });
    if allowed {
        return Err(format!("{side:?}, {ask:?}: any origin is allowed").into());
    }
    let invalid = [
        (r#""priority":2"#, r#""priority":6"#),
        ("grace@example.com", "nobody"),
        (r#""title":"Errands""#, r#""title":"""#),
        (r#"{"#, r#"{"more":1,"#),
    ];
    for (from, to) in invalid.into_iter().filter(|_| ask == Ask::Post) {
        let body = super::fixture::BODY.replacen(from, to, 1);
        let request = ask.anonymous().set_payload(body);
        let request = request
            .insert_header((CONTENT_TYPE, "application/json"))
            .insert_header((AUTHORIZATION, &*good));
        let status = status(service, request.to_request()).await;
        if !status.is_client_error() {
            return Err(format!("{side:?}, {to}: {status}").into());
        }
    }
    Ok(())
}

/// Each request takes one unit.
async fn charges<S, B>(
    service: &S,
    ask: Ask,
    bearer: &str,
    left: Left,
    name: &str,
) -> Result<(), Failure>
where
    S: Service<Request, Response = ServiceResponse<B>, Error = actix_web::Error>,
    B: MessageBody,
{
    // Units come back while time passes, now and then between two requests.
    const ATTEMPTS: usize = 100;
    for _ in 0..ATTEMPTS {
        let mut seen = Vec::new();
        for _ in 0..3 {
            let answer = service.call(ask.by(bearer)).await;
            seen.extend(answer.ok().and_then(|answer| left(answer.headers())));
        }
        if let [first, second, third] = seen[..]
            && first == second + 1
            && second == third + 1
        {
            return Ok(());
        }
    }
    Err(format!("{name}, {ask:?}: nothing is counted").into())
}

async fn status<S, B>(service: &S, request: Request) -> StatusCode
where
    S: Service<Request, Response = ServiceResponse<B>, Error = actix_web::Error>,
{
    match service.call(request).await {
        Ok(answer) => answer.status(),
        Err(error) => error.as_response_error().status_code(),
    }
}

fn left_by_hand(headers: &HeaderMap) -> Option<u64> {
    let text = headers.get("x-ratelimit-remaining")?.to_str().ok()?;
    text.parse().ok()
}

fn left_of_ours(headers: &HeaderMap) -> Option<u64> {
    let text = headers.get("ratelimit")?.to_str().ok()?;
    let (_, left) = text.split_once(";r=")?;
    left.split(';').next()?.parse().ok()
}
