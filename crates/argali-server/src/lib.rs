//! Listens: HTTP, TLS, limits, configuration, health.
//!
//! [`Server::start`] opens the data, binds the listeners and answers until [`Server::shutdown`]. Everything about
//! HTTP is decided here and everything about calls in [`argali_core`]: this crate frames, limits and counts, and
//! hands each request to the dispatcher as it came.

mod backend;
pub mod backup;
pub mod config;
mod connection;
mod console;
mod data;
mod federation;
mod health;
mod help;
mod help_messaging;
mod help_storage;
mod host;
mod listen;
mod metrics;
mod mns;
pub mod operator;
mod private_file;
mod process;
mod proxy;
mod reach;
mod route;
mod rpc;
mod secure;
mod server;
mod services;
mod stop;
mod tls;
mod tunnel;
mod webhook;

pub use argali_core::audit::{Damage, Verdict};
pub use argali_core::env::{Clock, Entropy, Env, MovableClock};
pub use argali_core::hosted::{self, Mistake};
pub use argali_core::time::Timestamp;
pub use argali_core::{DocumentRules, Finding};
pub use argali_store::StoreError;
pub use config::{Config, ConfigError};
pub use data::{Data, DataError, verify_trail};
pub use process::harden_process;
pub use proxy::Network;
pub use server::{Addresses, Running, Server, ServerOptions, StartError};
pub use services::{ServiceSummary, ServicesError, check_services, document_rules, handlings, products};
pub use tls::{TlsError, TrustError};
