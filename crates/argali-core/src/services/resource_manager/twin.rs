//! Operations of RAM that Resource Management has, too: one request and one logic, another view of the answer.
//!
//! What RAM takes is taken here, its newer parameters included.

use std::fmt;
use std::marker::PhantomData;

use argali_policy::Context as Conditions;
use serde::{Deserialize, Deserializer, Serialize};

use crate::caller::Caller;
use crate::dispatch::{Context, Errand};
use crate::error::ApiError;
use crate::operation::{Access, Operation, Permission, Resources, SelfService};

/// The operation `O` of RAM, whose answer is shown as `V`.
pub struct Twin<O, V> {
    operation: O,
    view: PhantomData<fn() -> V>,
}

/// Another view of an answer of RAM.
pub trait View<R>: Serialize + Sized {
    /// The answer as it is shown here.
    ///
    /// # Errors
    ///
    /// Fails if the store cannot be read.
    fn of(answer: R, cx: &Context<'_>) -> Result<Self, ApiError>;
}

/// An answer that is the same here.
impl<R: Serialize> View<R> for R {
    fn of(answer: R, _: &Context<'_>) -> Result<Self, ApiError> {
        Ok(answer)
    }
}

impl<O: fmt::Debug, V> fmt::Debug for Twin<O, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.operation.fmt(f)
    }
}

impl<'de, O: Deserialize<'de>, V> Deserialize<'de> for Twin<O, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self { operation: O::deserialize(deserializer)?, view: PhantomData })
    }
}

impl<O: Operation, V: View<O::Response>> Operation for Twin<O, V> {
    const NAME: &'static str = O::NAME;
    const ACCESS: Access = O::ACCESS;
    const PERMISSION: Permission = O::PERMISSION;
    const ACTION: Option<&'static str> = O::ACTION;
    const HAS_ERRAND: bool = O::HAS_ERRAND;
    const IS_SENSITIVE: bool = O::IS_SENSITIVE;
    type Response = V;

    fn resources(&self, caller: &Caller) -> Resources {
        self.operation.resources(caller)
    }

    fn on_oneself(&self, caller: &Caller) -> Option<SelfService> {
        self.operation.on_oneself(caller)
    }

    fn is_sensitive(&self, cx: &Context<'_>) -> Result<bool, ApiError> {
        self.operation.is_sensitive(cx)
    }

    fn conditions(&self, conditions: &mut Conditions) {
        self.operation.conditions(conditions);
    }

    fn errand(&self, cx: &Context<'_>) -> Result<Errand, ApiError> {
        self.operation.errand(cx)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<V, ApiError> {
        let answer = self.operation.run(cx)?;
        V::of(answer, cx)
    }
}
