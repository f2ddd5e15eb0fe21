//! Telling receivers of webhooks what is due: core says what that is, the network and the turns are here.

mod client;
mod teller;

pub(crate) use client::Client;
pub(crate) use teller::{Teller, tell};
