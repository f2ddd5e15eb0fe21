//! Carries out a plan, call by call.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::client::{Api, Client};
use crate::failure::{Exit, Failure};

use super::model::{Key, Kinds, plain};
use super::plan::{Argument, Call, Plan, Step};
use super::server::Reader;

/// How many times it is looked whether what was made can be used.
const LOOKS: u32 = 300;

/// Who carries out a plan.
pub(super) struct Carrier<'a> {
    pub(super) client: &'a Client,
    pub(super) kinds: &'a Kinds<'a>,
    /// Identifiers of what is there.
    pub(super) ids: BTreeMap<Key, String>,
    /// Lets time go by between two looks.
    pub(super) wait: &'a dyn Fn(),
}

/// What was made and may not be usable yet: the state that it settles in, and its region.
type Unsettled = BTreeMap<Key, (String, Option<String>)>;

impl Carrier<'_> {
    /// Does every step in its order, tells each that is done, and returns when all that was made can be used.
    ///
    /// What was done before a step that fails stays done; the plan made anew goes on from there.
    pub(super) fn carry_out(mut self, plan: &Plan, tell: &dyn Fn(&Step)) -> Result<(), Failure> {
        let mut unsettled = Unsettled::new();
        for step in &plan.steps {
            let answer = self.call(&step.call, &mut unsettled).map_err(|failure| of_step(step, failure))?;
            if let Some(path) = &step.id_at {
                let id = path.iter().try_fold(&answer, |value, member| value.get(member));
                let id = match id {
                    Some(Value::Array(ids)) => ids.first(),
                    other => other,
                };
                let Some(id) = id.map(plain) else {
                    let message = format!("{}: the answer does not say which it is", step.key);
                    return Err(Failure::new(Exit::Server, message));
                };
                self.ids.insert(step.key.clone(), id);
            }
            if let Some(settles) = &step.settles {
                unsettled.insert(step.key.clone(), settles.clone());
            }
            tell(step);
        }
        for (key, (state, region)) in unsettled {
            self.settle(&key, &state, region.as_deref())?;
        }
        Ok(())
    }

    fn call(&self, call: &Call, unsettled: &mut Unsettled) -> Result<Value, Failure> {
        match call {
            Call::Bucket { method, name, query, headers } => {
                let query: Vec<(&str, &str)> = if query.is_empty() { Vec::new() } else { vec![(query, "")] };
                let headers: Vec<(&str, &str)> =
                    headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
                self.client.oss(method, Some(name), &query, &headers)?;
                Ok(Value::Null)
            }
            Call::Operation { product, version, action, arguments } => {
                let mut params = Vec::new();
                for (name, argument) in arguments {
                    let value = match argument {
                        Argument::Text(text) => text.clone(),
                        Argument::IdOf(key) => self.id_of(key, unsettled)?,
                    };
                    params.push((name.clone(), value));
                }
                Ok(self.client.call(Api { product, version }, action, &params)?)
            }
        }
    }

    /// The identifier of something that is there or was made, as soon as it can be used.
    fn id_of(&self, key: &Key, unsettled: &mut Unsettled) -> Result<String, Failure> {
        if let Some((state, region)) = unsettled.remove(key) {
            self.settle(key, &state, region.as_deref())?;
        }
        let id = self.ids.get(key).cloned();
        id.ok_or_else(|| Failure::new(Exit::NotFound, format!("{key} is not there and was not made")))
    }

    fn settle(&self, key: &Key, state: &str, region: Option<&str>) -> Result<(), Failure> {
        let (Some(handling), Some(id)) = (self.kinds.handling(&key.kind), self.ids.get(key)) else {
            return Ok(());
        };
        for _ in 0..LOOKS {
            let reader = Reader { client: self.client };
            if reader.state_of(handling, region, id)?.as_deref() == Some(state) {
                return Ok(());
            }
            (self.wait)();
        }
        Err(Failure::new(Exit::Server, format!("{key} was made and does not become `{state}`: look at it")))
    }
}

fn of_step(step: &Step, failure: Failure) -> Failure {
    Failure::new(failure.exit(), format!("{step}")).because(failure)
}
