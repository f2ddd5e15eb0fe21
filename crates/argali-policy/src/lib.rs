//! Decides whether a request is allowed, and explains why.
//!
//! A [`Document`] is a policy text, parsed strictly and compiled once. A [`PolicySet`] is what one
//! principal holds in one scope, indexed so that a decision does not grow with the number of policies.
//! [`evaluate`] puts the sets, the session policy, the control policies and the resource's own policy
//! together into a [`Decision`]; [`evaluate_assume_role`] does so for taking on a role, where both sides
//! must agree. [`explain`] and [`explain_assume_role`] come to the same decision more slowly and tell how, with the
//! statements that came nearest and, in [`Explanation::advice`], what would help.
//!
//! [`case`] reads and runs files of cases: policies, a request, and the decision it must come to.
//!
//! [`lint`] looks through a document for what is valid and hardly meant.
//!
//! The crate is pure: time, address and MFA state come in with the request's [`Context`]; it reads no
//! clock, no file and no network, and the same input always gives the same answer.

mod advice;
pub mod case;
mod condition;
mod context;
mod decision;
mod document;
mod evaluate;
mod explain;
mod index;
mod label;
pub mod lint;
mod mismatch;
mod pattern;
mod principal;
mod question;
mod request;
mod set;
mod signature;
mod statement;

pub use advice::{Advice, Remedy};
pub use condition::Network;
pub use context::Context;
pub use decision::{Decision, Effect, Layer};
pub use document::{Document, DocumentError, DocumentKind, counted_length};
pub use evaluate::{evaluate, evaluate_assume_role};
pub use explain::{Explanation, Step, explain, explain_assume_role};
pub use label::{Attachment, PolicyLabel, StatementRef};
pub use mismatch::{Listed, Mismatch, NearMiss, Unmet};
pub use principal::Principal;
pub use request::{Policies, Request, Resource};
pub use set::PolicySet;
