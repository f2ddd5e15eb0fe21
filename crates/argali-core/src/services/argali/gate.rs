//! What stands in the way of somebody whatever the policies say: the gates of services, and accounts that are closed.
// SPEC: console, test access: account and service gates.

use argali_policy::Effect;

use super::explanation::{StepView, Told};
use super::fix::Fix;
use crate::dispatch::{Context, Subject};
use crate::error::ApiError;
use crate::hosted::{closed, closed_gate};
use crate::model::{Account, AccountStatus};
use crate::operation::Check;

impl Told {
    /// The same with what gates say that the action goes through, by what calls are judged by.
    pub(super) fn at_the_gates(
        self,
        cx: &Context<'_>,
        subject: &Subject,
        check: &Check,
    ) -> Result<Self, ApiError> {
        let (owner, origin) = subject.accounts();
        // The chain of a session is judged at each of its requests: it ends with the account that it began in.
        if origin != owner
            && Account::find(cx.tx(), origin)?.is_none_or(|account| account.status != AccountStatus::Open)
        {
            let message = format!("Account {origin} is closed or unknown: its sessions have ended.");
            return Ok(
                self.refused(StepView::of_gate(origin, Effect::ExplicitDeny, message), Fix::other_account())
            );
        }
        let gates = gates(cx, &check.action);
        if gates.is_empty() {
            return Ok(self);
        }
        let catalog = cx.core().registry().catalog();
        let gates: Vec<&str> = gates.iter().map(String::as_str).collect();
        if let Some(gate) = closed_gate(cx.tx(), owner, origin, &gates)? {
            let step = StepView::of_gate(owner, Effect::ExplicitDeny, closed(catalog, gate));
            return Ok(self.refused(step, Fix::open_gate(gate)));
        }
        let message = if origin == owner {
            "The service is closed to other accounts, and this is the account itself."
        } else {
            "The operator has opened the service to other accounts."
        };
        let mut told = self;
        told.steps.push(StepView::of_gate(owner, Effect::Allow, message.to_owned()));
        Ok(told)
    }

    fn refused(mut self, step: StepView, fix: Fix) -> Self {
        self.effect = Effect::ExplicitDeny;
        step.message().clone_into(&mut self.message);
        self.steps.push(step);
        Self { fix: Some(fix), ..self }
    }
}

/// The gates that every operation with this action goes through: one that some do without is not known to be in the way.
fn gates(cx: &Context<'_>, action: &str) -> Vec<String> {
    let operations = cx.core().registry().all().filter(|one| one.action.eq_ignore_ascii_case(action));
    let gates: Option<Vec<String>> =
        operations.map(|operation| operation.endpoint.gate().map(str::to_owned)).collect();
    let mut gates = gates.unwrap_or_default();
    gates.sort();
    gates.dedup();
    gates
}
