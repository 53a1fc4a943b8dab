//! Known answers for the keys of tokens, below the claims: those that the RFCs print, and the test
//! vectors of Project Wycheproof where they are at hand.

mod pem;
mod rfc;
mod wycheproof;
