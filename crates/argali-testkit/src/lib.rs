//! A real server for tests: on a free port, with a store, a clock and a seed of its own.
//!
//! ```no_run
//! use argali_testkit::{TestServer, minutes};
//!
//! let server = TestServer::start();
//! let a = server.account("company-a", "11223344");
//! a.client.call("Ram", "CreateUser", &[("UserName", "alice")]).unwrap();
//! server.clock().advance(minutes(61));
//! ```
//!
//! Calls are real: signed, sent over HTTP, decoded. Nothing sleeps; time moves when a test moves it. A failing test
//! prints the seed of the server's randomness, and `ARGALI_TEST_SEED` brings it back. `ARGALI_TEST_ENGINE=embedded`
//! puts every server on disk.

#![expect(
    clippy::panic,
    clippy::indexing_slicing,
    reason = "everything here is called by tests, which end where something is not as it should be"
)]

mod authenticator;
mod browser;
mod certificate;
mod client;
mod clock;
mod entropy;
mod estate;
mod fault;
mod fixture;
mod html;
mod issuer;
mod keys;
mod logon;
mod mns;
mod nginx;
mod oss;
mod passkey;
mod raw;
mod receiver;
mod remote;
mod server;
mod tls;
mod visitor;
mod webdriver;
mod xml_answer;

pub use argali_core::Succession;
pub use argali_core::hosted::Level;
pub use argali_core::operator::Gate;
pub use argali_core::{backup, model, registry, services};
pub use argali_protocol::{AccessDeniedDetail, ApiFailure, Credentials, Format, OssScheme, Placement};
pub use authenticator::Authenticator;
pub use browser::{Browser, Look};
pub use certificate::SelfSigned;
pub use client::{Client, Signing};
pub use clock::{TestClock, days, hours, minutes, seconds};
pub use entropy::SeededEntropy;
pub use fault::PanickingEntropy;
pub use fixture::{Delegation, Enterprise, allow, credentials, trust};
pub use html::{Tag, tags};
pub use issuer::{Document, Issuer, Signer, Token};
pub use keys::keys_of;
pub use mns::{MnsCall, MnsClient};
pub use nginx::{Nginx, free_address, listens_at};
pub use oss::{OssCall, OssClient};
pub use passkey::PasskeyDevice;
pub use raw::RawAnswer;
pub use receiver::{Reaction, Received, Receiver};
pub use remote::Gone;
pub use server::{Engine, TestServer, TestServerBuilder};
pub use tls::{TlsClient, TlsStream};
pub use visitor::{Page, Visitor};
pub use xml_answer::XmlAnswer;
