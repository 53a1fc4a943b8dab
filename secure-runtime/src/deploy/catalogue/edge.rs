//! The way that requests come, and what browsers are told.

use crate::deploy::{
    Check,
    Level::{Notice, Warning},
};

pub(crate) const PUBLIC_ORIGIN_MISSING: Check = Check::new(
    "public-origin-missing",
    Warning,
    "without it HSTS is sent over TLS of this server's own alone, plain HTTP cannot be redirected, and \
     a link could only be made from what a request calls the host",
    "set `SECURE_PUBLIC_ORIGIN` to how browsers reach the app, such as `https://example.com`",
);

pub(crate) const PUBLIC_ORIGIN_LOCAL: Check = Check::new(
    "public-origin-local",
    Warning,
    "links in mails lead to the public origin, and plain HTTP is sent there: to the machine of whoever \
     follows them",
    "set `SECURE_PUBLIC_ORIGIN` to how browsers reach the app, such as `https://example.com`",
);

pub(crate) const EVERY_HOST: Check = Check::new(
    "every-host",
    Warning,
    "a request that names somebody else's host is answered: caches are poisoned and pages of another \
     site reach this one by DNS rebinding",
    "set `SECURE_PUBLIC_ORIGIN` or `SECURE_ALLOWED_HOSTS`, or say `.allowed_hosts(hosts!(…))`",
);

pub(crate) const HTTPS_NOT_ENFORCED: Check = Check::new(
    "https-not-enforced",
    Warning,
    "requests that came by plain HTTP are answered, with whatever credentials they carry (ASVS 12.2.1)",
    "set `SECURE_PUBLIC_ORIGIN` and `SECURE_TRUSTED_PROXIES`, so that it can be known, or \
     `SECURE_ENFORCE_HTTPS=1` for a server with TLS of its own",
);

pub(crate) const NO_TRUSTED_PROXIES: Check = Check::new(
    "no-trusted-proxies",
    Warning,
    "this server has no TLS of its own, so a proxy stands before it; as nobody's word is taken, all \
     clients are one to the limits, and whether they came by HTTPS is not known",
    "set `SECURE_TRUSTED_PROXIES` to the addresses of the proxy, or let the server end TLS itself",
);

pub(crate) const PROXIES_WIDE: Check = Check::new(
    "proxies-wide",
    Warning,
    "whoever calls from there chooses its own address and says that it came by HTTPS: limits by address, \
     lists of addresses and the enforcement of HTTPS hold for none of them",
    "name the networks of the proxies alone in `SECURE_TRUSTED_PROXIES`",
);

pub(crate) const BODY_LARGE: Check = Check::new(
    "body-large",
    Warning,
    "a JSON or form body is held in memory while its route runs, and whoever may call one sends as many at \
     a time as there are connections (ASVS 15.2.2)",
    "set `SECURE_BODY_LIMIT` to `16MiB` or less; files do not come as JSON",
);

pub(crate) const BODY_SLOW: Check = Check::new(
    "body-slow",
    Warning,
    "whoever sends a byte now and then holds a connection for that long (ASVS 15.2.2)",
    "say `.body_deadline(…)` with 2 minutes or less",
);

pub(crate) const HSTS_OFF: Check = Check::new(
    "hsts-off",
    Warning,
    "`Strict-Transport-Security` is sent nowhere, so browsers go on to try plain HTTP first \
     (ASVS 3.4.1)",
    "set `SECURE_PUBLIC_ORIGIN` with `https://` or say `.public_https()`, and leave `SECURE_HSTS` at its \
     default of two years",
);

pub(crate) const HSTS_SHORT: Check = Check::new(
    "hsts-short",
    Warning,
    "whoever has not come back within that time comes by plain HTTP again; ASVS 3.4.1 asks for a year",
    "write `max-age=63072000` (two years) into `SECURE_HSTS`, once a shorter one has shown no harm",
);

pub(crate) const HSTS_WITHOUT_SUBDOMAINS: Check = Check::new(
    "hsts-without-subdomains",
    Warning,
    "a subdomain that is reached by plain HTTP can set cookies for this host; ASVS 3.4.1 asks for \
     subdomains too",
    "set `SECURE_HSTS_SUBDOMAINS=1` when every subdomain has HTTPS; where one has not, accept this with \
     that reason",
);

pub(crate) const CORS_ANY_ORIGIN: Check = Check::new(
    "cors-any-origin",
    Warning,
    "the pages of every site read the answers; that is for answers that are everybody's anyway \
     (ASVS 3.4.2)",
    "name the origins in `cors!(origins = […])` or `SECURE_CORS_ORIGINS`",
);

pub(crate) const CSP_INCOMPLETE: Check = Check::new(
    "csp-incomplete",
    Warning,
    "without `base-uri`, `frame-ancestors` and `default-src` (or `object-src`), or with `*` in them, a content \
     security policy leaves plugins, `<base>` and framing open, and without `form-action` the forms of pages \
     (ASVS 3.4.3, 3.4.6)",
    "add what is missing, with `'none'` where nothing is needed",
);

pub(crate) const CSP_WEAK: Check = Check::new(
    "csp-weak",
    Notice,
    "a switch of `csp!` takes something from what the policy protects, for the reason in the code",
    "remove the switch when the reason is gone",
);

pub(crate) const CSP_REPORT_ONLY: Check = Check::new(
    "csp-report-only",
    Notice,
    "a policy that only reports stops nothing; it is there to be tried out",
    "enforce it once its reports are quiet, and remove it then",
);
