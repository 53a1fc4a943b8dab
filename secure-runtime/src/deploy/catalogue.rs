//! Every check: its code, how bad it is, why it is made, and how what it finds is mended.

mod edge;

pub(crate) use edge::{
    BODY_LARGE, BODY_SLOW, CORS_ANY_ORIGIN, CSP_INCOMPLETE, CSP_REPORT_ONLY, CSP_WEAK, EVERY_HOST,
    HSTS_OFF, HSTS_SHORT, HSTS_WITHOUT_SUBDOMAINS, HTTPS_NOT_ENFORCED, NO_TRUSTED_PROXIES,
    PROXIES_WIDE, PUBLIC_ORIGIN_LOCAL, PUBLIC_ORIGIN_MISSING,
};

use super::{
    Check,
    Level::{Error, Notice, Warning},
};

/// All of them, in the order of `docs/deploy-checks.md`.
pub(super) const ALL: &[Check] = &[
    DEVELOPMENT_PROFILE,
    SECRET_MISSING,
    SECRET_REFUSED,
    ISSUER_MISSING,
    HTTP_ORIGIN,
    UNKNOWN_VARIABLE,
    SETTING_REFUSED,
    ROUTES_REFUSED,
    PREVIOUS_SECRET,
    PUBLIC_ORIGIN_MISSING,
    PUBLIC_ORIGIN_LOCAL,
    EVERY_HOST,
    HTTPS_NOT_ENFORCED,
    NO_TRUSTED_PROXIES,
    PROXIES_WIDE,
    BODY_LARGE,
    BODY_SLOW,
    HSTS_OFF,
    HSTS_SHORT,
    HSTS_WITHOUT_SUBDOMAINS,
    CORS_ANY_ORIGIN,
    CSP_INCOMPLETE,
    CSP_WEAK,
    CSP_REPORT_ONLY,
    ACCESS_TOKEN_LONG,
    LEEWAY_LONG,
    SIGN_IN_LONG,
    REVOCATION_SLOW,
    REVOCATION_TOLERANCE,
    SESSION_IDLE_LONG,
    SESSION_LONG,
    SESSION_CROSS_SITE,
    SESSION_COOKIE_UNBOUND,
    API_KEYS_IN_QUERY,
    CHEAP_HASHES,
    BCRYPT_TRUNCATED,
    UPLOADS_UNSCANNED,
    UPLOADS_FOLDER_OPEN,
    MEMORY_STORE,
    INSTANCES_APART,
    ONE_INSTANCE,
    NO_LIMITS,
    ACCOUNT_LIMITS_WEAK,
    LIMITS_PLAIN,
    LIMITS_FAIL_OPEN,
    PASSWORD_GRANT,
    UNLISTED_ROUTES,
    ROUTE_UNCHECKED,
    ROUTE_UNLIMITED,
    ROUTE_UNVALIDATED,
    ROUTE_ANY_HOST,
    ROUTE_CSRF_OFF,
    DEBUG_ASSERTIONS,
];

pub(crate) const DEVELOPMENT_PROFILE: Check = Check::new(
    "development-profile",
    Error,
    "in development keys are made at start, plain HTTP is taken and weak settings are let through",
    "set `SECURE_PROFILE=production`, or leave it out of an optimised build",
);

pub(crate) const SECRET_MISSING: Check = Check::new(
    "secret-missing",
    Error,
    "without a secret production does not start: keys made at start end with the process, and every \
     instance would have its own",
    "make one with `openssl rand -base64 32`, and put it into `SECURE_SECRET`, a file named by \
     `SECURE_SECRET_FILE`, or the secret manager",
);

pub(crate) const SECRET_REFUSED: Check = Check::new(
    "secret-refused",
    Error,
    "a secret that is short, guessable, unreadable or said twice protects nothing, or not what is meant",
    "make a new one with `openssl rand -base64 32` (a key set: `KeySet`), and say it in one place",
);

pub(crate) const ISSUER_MISSING: Check = Check::new(
    "issuer-missing",
    Error,
    "a token says by whom and for whom it is; without both, a token of one service opens another \
     (RFC 8725 §3.8, §3.9)",
    "set `SECURE_ISSUER` to the URL of this service, and `SECURE_AUDIENCE` to that of the API",
);

pub(crate) const HTTP_ORIGIN: Check = Check::new(
    "http-origin",
    Error,
    "by plain HTTP anybody on the way reads and changes what is sent, links and tokens included \
     (ASVS 12.2.1)",
    "write the origin with `https://`",
);

pub(crate) const UNKNOWN_VARIABLE: Check = Check::new(
    "unknown-variable",
    Error,
    "a setting that is misspelt would be a setting that is silently ignored",
    "correct its name, or remove it",
);

pub(crate) const SETTING_REFUSED: Check = Check::new(
    "setting-refused",
    Error,
    "production does not start with a setting that is malformed, out of range or contradicts another",
    "change it as the sentence says; `docs/defaults.md` has every setting",
);

pub(crate) const ROUTES_REFUSED: Check = Check::new(
    "routes-refused",
    Error,
    "the app does not start with routes that cannot be reached, counted or served as they are listed",
    "change the routes, or tell the builder of `Security` what they need, as the sentence says",
);

pub(crate) const PREVIOUS_SECRET: Check = Check::new(
    "previous-secret",
    Notice,
    "whoever has a secret that was replaced can still make what is recognised",
    "take it out of `SECURE_PREVIOUS_SECRET` once the last refresh token made with it has expired",
);

pub(crate) const ACCESS_TOKEN_LONG: Check = Check::new(
    "access-token-long",
    Warning,
    "a stolen access token is good for as long as it lives, wherever revocations are not asked for; 5 to \
     15 minutes is what guides ask for (RFC 9700 §4.14)",
    "set `SECURE_ACCESS_TOKEN_LIFETIME` to `15m` or less; refresh tokens keep people signed in",
);

pub(crate) const LEEWAY_LONG: Check = Check::new(
    "leeway-long",
    Warning,
    "every token lives that much longer than it says",
    "let the machines keep time by NTP, and set `SECURE_LEEWAY` to `30s` or less",
);

pub(crate) const SIGN_IN_LONG: Check = Check::new(
    "sign-in-long",
    Warning,
    "whoever has the device stays signed in; NIST SP 800-63B-4 §2.1.3 recommends 30 days at most even at \
     the lowest level (ASVS 7.3.2)",
    "set `SECURE_REFRESH_ABSOLUTE_LIFETIME` to `30d` or less",
);

pub(crate) const REVOCATION_SLOW: Check = Check::new(
    "revocation-slow",
    Warning,
    "so long after somebody was signed out or locked out, other instances still let them in (ASVS 7.4.1)",
    "set `SECURE_REVOCATION_BOUND` to `10s` or less; `1s` is the default",
);

pub(crate) const REVOCATION_TOLERANCE: Check = Check::new(
    "revocation-tolerance",
    Warning,
    "while the store does not answer, tokens are accepted that others have revoked (ASVS 7.4.1)",
    "remove `.accept_unchecked_tokens_for(…)`, or accept this with the reason why an outage is worse",
);

pub(crate) const SESSION_IDLE_LONG: Check = Check::new(
    "session-idle-long",
    Warning,
    "whoever finds a browser that was left open is signed in (ASVS 7.3.1); NIST SP 800-63B-4 §2.2.3 has an \
     hour at most, and half of that is the default",
    "say `.idle(…)` of `SessionSettings` with 30 minutes or less, or accept this with the risk analysis that \
     ASVS asks for",
);

pub(crate) const SESSION_LONG: Check = Check::new(
    "session-long",
    Warning,
    "a cookie that was stolen is good for as long as its session goes on (ASVS 7.3.2); a working day is \
     enough",
    "say `.absolute(…)` of `SessionSettings` with 12 hours or less, or accept this with the reason",
);

pub(crate) const SESSION_CROSS_SITE: Check = Check::new(
    "session-cross-site",
    Warning,
    "with `SameSite=None` browsers send the cookie of sessions with requests that other sites make, and the \
     guard against CSRF stands alone (ASVS 3.3.2)",
    "write `SameSite=Lax` or `SameSite=Strict` into `cookie!(…)`",
);

pub(crate) const SESSION_COOKIE_UNBOUND: Check = Check::new(
    "session-cookie-unbound",
    Warning,
    "without `__Host-` a page of another host below the same domain can set the cookie of sessions, and with \
     `Domain` it is sent there too (ASVS 3.3.3)",
    "let the name in `cookie!(…)` begin with `__Host-`; where hosts are meant to share it, accept this with \
     that reason",
);

pub(crate) const API_KEYS_IN_QUERY: Check = Check::new(
    "api-keys-in-query",
    Warning,
    "a URL stands in the logs of every proxy, in histories and in `Referer` (ASVS 14.2.1)",
    "remove `dangerous::api_keys_in_query`; where a client can send no header, bind its key to addresses \
     and accept this with that reason",
);

pub(crate) const CHEAP_HASHES: Check = Check::new(
    "cheap-hashes",
    Error,
    "whoever gets at such a hash has the password: it reaches none of OWASP's five sets of parameters",
    "build without the feature `test`, and without `dangerous::cheap_hashes`",
);

pub(crate) const BCRYPT_TRUNCATED: Check = Check::new(
    "bcrypt-truncated",
    Warning,
    "a long password that bcrypt has hashed is as strong as its first 72 bytes",
    "remove `dangerous::bcrypt_truncating` once no bcrypt hash of such an account is left",
);

pub(crate) const UPLOADS_UNSCANNED: Check = Check::new(
    "uploads-unscanned",
    Warning,
    "a file can be what it says it is and harm whoever opens it: a PDF that attacks its reader, an image that \
     attacks the program which shows it (ASVS 5.4.3)",
    "say `UploadSettings::scanner(…)`, such as with `Clamd`",
);

pub(crate) const UPLOADS_FOLDER_OPEN: Check = Check::new(
    "uploads-folder-open",
    Warning,
    "other users of the machine, and whatever else runs on it, such as a web server, can get at the folder of \
     uploads past the app and its rules (ASVS 5.3.1)",
    "`chmod 700` the folder and the two in it, and let nobody but the app's own user have them",
);

pub(crate) const MEMORY_STORE: Check = Check::new(
    "memory-store",
    Warning,
    "refresh tokens, revocations, throttles and API keys end with the process, so that a restart signs \
     everybody out and lets whoever was locked out in again",
    "say `.store(…)`: Redis, PostgreSQL or SQLite",
);

pub(crate) const INSTANCES_APART: Check = Check::new(
    "instances-apart",
    Warning,
    "each instance counts and remembers for itself: limits are so many times what they say, and what one \
     revokes the others do not know",
    "say `.store(…)` and `.limiter(…)` with something that all instances share, or run one",
);

pub(crate) const ONE_INSTANCE: Check = Check::new(
    "one-instance",
    Notice,
    "limits by `#[rate_limit]` are counted in this process: two instances let twice as much through",
    "count them in Redis (`SECURE_LIMITS_URL`), or run one instance; say `Deployment::instances` to be told more",
);

pub(crate) const NO_LIMITS: Check = Check::new(
    "no-limits",
    Error,
    "whoever likes sends as much as the network carries: passwords are tried and letters are sent without end",
    "remove `SECURE_DANGEROUS_NO_LIMITS` and `dangerous::no_limits`, which are for load tests alone",
);

pub(crate) const ACCOUNT_LIMITS_WEAK: Check = Check::new(
    "account-limits-weak",
    Warning,
    "one address may try more passwords, or have more letters sent, than the default allows (ASVS 6.3.1)",
    "leave out what is said of it (`.failed_sign_ins(…)`, `.account_mails(…)`, `.failed_links(…)`, or the \
     variables of these names), or accept this with how many people share an address",
);

pub(crate) const LIMITS_PLAIN: Check = Check::new(
    "limits-plain",
    Warning,
    "whoever is on the way to Redis reads its password, and sets anybody's counter back (ASVS 12.3.1)",
    "write `rediss://`; where the way is encrypted by something else, accept this with that reason",
);

pub(crate) const LIMITS_FAIL_OPEN: Check = Check::new(
    "limits-fail-open",
    Warning,
    "whoever brings Redis down, or waits until it is, guesses and floods without a limit",
    "choose `count_here`, which goes on counting, or `fail_closed`; or accept this with the reason",
);

pub(crate) const PASSWORD_GRANT: Check = Check::new(
    "password-grant",
    Warning,
    "it teaches people to give their password to any client; RFC 9700 §2.4 and ASVS 10.4.4 say that it \
     must not be used",
    "mount `oauth::token` in its place; as long as an existing client speaks nothing else, accept this with \
     that reason",
);

pub(crate) const UNLISTED_ROUTES: Check = Check::new(
    "unlisted-routes",
    Warning,
    "routes that declare no policy are let through, whichever they are: nobody asks who calls them",
    "list them in `security.routes(…)`, and remove `.unlisted_routes(…)`; while an app moves over, accept \
     this with that reason",
);

pub(crate) const ROUTE_UNCHECKED: Check = Check::new(
    "route-unchecked",
    Notice,
    "a service is mounted without a policy: nobody asks who calls it, for the reason in the code",
    "give its handlers a policy when the reason is gone",
);

pub(crate) const ROUTE_UNLIMITED: Check = Check::new(
    "route-unlimited",
    Notice,
    "a public route that changes state has no limit, for the reason in the code",
    "give it a `#[rate_limit]` when the reason is gone",
);

pub(crate) const ROUTE_UNVALIDATED: Check = Check::new(
    "route-unvalidated",
    Notice,
    "an input reaches the handler as it was sent, for the reason in the code",
    "validate it when the reason is gone",
);

pub(crate) const ROUTE_ANY_HOST: Check = Check::new(
    "route-any-host",
    Notice,
    "a route answers whatever a request calls the host, and by plain HTTP, for the reason in the code",
    "remove `any_host` when the reason is gone",
);

pub(crate) const ROUTE_CSRF_OFF: Check = Check::new(
    "route-csrf-off",
    Notice,
    "pages of other sites may have a browser send requests to a route that takes sessions, for the reason \
     in the code",
    "remove `csrf_off` when the reason is gone",
);

pub(crate) const DEBUG_ASSERTIONS: Check = Check::new(
    "debug-assertions",
    Notice,
    "the program was built with debug assertions: it is slow, and without `SECURE_PROFILE` it would run \
     as development",
    "build with `--release`",
);
