//! The listener over real sockets: limits, framing, pages, the operator's socket, stopping.

mod framing;
mod limit;
mod operator;
mod page;
mod start;
