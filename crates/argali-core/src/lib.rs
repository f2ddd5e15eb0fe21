//! Accounts, sessions and every API operation.
//!
//! [`Core::dispatch`] is the one way in. `services` holds the operations, one file a noun; `model` the records that
//! they read and write; `session` what security tokens say; `hosted` the engine for services declared in files.

pub mod analysis;
pub mod application;
mod arrivals;
pub mod audit;
pub mod backend;
pub mod backup;
mod blob_room;
pub mod caller;
mod core;
mod crc64;
mod delivery;
pub mod diagnosis;
pub mod dispatch;
pub mod env;
pub mod error;
pub mod federation;
pub mod guess;
pub mod hosted;
pub mod identifier;
pub mod logon_name;
pub mod message_name;
pub mod model;
pub mod name;
pub mod operation;
pub mod operator;
pub mod passkey;
pub mod password;
mod pool;
pub mod registry;
mod resource_pattern;
mod secret_parameter;
pub mod services;
pub mod session;
pub mod settings;
pub mod storage_name;
pub mod tag;
mod text_type;
pub mod time;
mod token_key;
mod totp;
pub mod url;
pub mod vault;
mod vocabulary;
pub mod webhook;

pub use crate::core::{Core, OpenError, Parts, Unready};
pub use crate::delivery::{Batch, EventFile};
pub use crate::token_key::Succession;
pub use crate::vocabulary::{DocumentRules, Finding};
