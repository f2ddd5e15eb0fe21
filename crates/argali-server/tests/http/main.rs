//! The listener over real sockets: limits, framing, TLS, tunnels, pages, the operator's socket, stopping.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends where anything is not as it should be"
)]

mod authority;
mod certificate;
mod framing;
mod limit;
mod operator;
mod page;
mod route;
mod start;
mod tls;
mod tunnel;
