//! Sessions: temporary identities that live as long as everything they stand on.
//!
//! Nothing is stored when a session is issued: its token, sealed, holds who it is and where it comes from.
//! `token` seals and opens; whether the chain still holds is judged at every request in `dispatch::standing`.
// SPEC: security, sessions.

mod claims;
mod id;
mod token;

pub use claims::{Circumstances, Claims, Federation, LONGEST_CHAIN, LONGEST_SESSION_S, Source};
pub use id::SessionId;
pub use token::{BadToken, LONGEST_TOKEN, TokenKeys};
