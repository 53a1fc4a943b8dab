//! The decision itself: two headers that no page can forge, and nothing else.

/// How the page that asks is related to this app, as `Sec-Fetch-Site` says (W3C Fetch Metadata, §2.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    /// Nothing: the browser is older than the header, or it is no browser, or the site came by plain HTTP.
    Silent,
    /// A page of this origin asks.
    SameOrigin,
    /// Whoever sits before the browser asks: an address that was typed, a bookmark.
    User,
    /// A page of this site asks, of another origin.
    SameSite,
    /// A page of another site asks.
    CrossSite,
    /// What no browser says, or more than one thing.
    Strange,
}

/// Whose page `Origin` names (RFC 6454 §7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Page {
    /// None is named.
    Unnamed,
    /// One of this app.
    Own,
    /// One that may send cookies, as the CORS policy says.
    Credentialed,
    /// Any other: `null` too.
    Foreign,
    /// More than one header.
    Several,
}

/// What becomes of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It was meant by whoever it comes from.
    Passes,
    /// Nothing tells. The form token has to.
    NeedsToken,
    /// It is refused, and why.
    Refused(&'static str),
}

/// Whether a request that carries what a browser adds by itself was meant by its user.
pub(super) const fn decide(relation: Relation, page: Page) -> Verdict {
    match (relation, page) {
        (_, Page::Several) => Verdict::Refused("there are several `Origin` headers"),
        (Relation::Strange, _) => Verdict::Refused("`Sec-Fetch-Site` says what no browser says"),
        (Relation::SameOrigin | Relation::User, _) => Verdict::Passes,
        (Relation::SameSite | Relation::CrossSite | Relation::Silent, Page::Credentialed)
        | (Relation::Silent, Page::Own) => Verdict::Passes,
        (Relation::SameSite, _) => {
            Verdict::Refused("a page of another origin of this site sent it")
        }
        (Relation::CrossSite, _) => Verdict::Refused("a page of another site sent it"),
        (Relation::Silent, Page::Foreign) => Verdict::Refused("a page of another origin sent it"),
        (Relation::Silent, Page::Unnamed) => Verdict::NeedsToken,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_has_its_verdict() {
        use Page::{Credentialed, Foreign, Own, Several, Unnamed};
        use Relation::{CrossSite, SameOrigin, SameSite, Silent, Strange, User};
        let pages = [Unnamed, Own, Credentialed, Foreign, Several];
        // `+` passes, `-` is refused, `?` needs the token; one letter a page, in their order.
        let table = [
            (Silent, "?++--"),
            (SameOrigin, "++++-"),
            (User, "++++-"),
            (SameSite, "--+--"),
            (CrossSite, "--+--"),
            (Strange, "-----"),
        ];
        for (site, verdicts) in table {
            for (page, wanted) in pages.into_iter().zip(verdicts.chars()) {
                let verdict = match decide(site, page) {
                    Verdict::Passes => '+',
                    Verdict::Refused(_) => '-',
                    Verdict::NeedsToken => '?',
                };
                assert_eq!(verdict, wanted, "{site:?}, {page:?}");
            }
        }
    }
}
