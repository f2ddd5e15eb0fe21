//! Ceilings to compare with, and the load that measures both.
//!
//! `ceiling` is a bare axum server that does only what no server can leave out; `load` sends the same requests to
//! it and to Argali, one after the other in the same run, and prints ratios. Machines differ; ratios less.

pub mod call;
pub mod compare;
pub mod crawl;
pub mod filled;
pub mod line;
pub mod load;
pub mod server;
pub mod transfer;
pub mod world;
