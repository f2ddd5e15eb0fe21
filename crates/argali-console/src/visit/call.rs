//! The calls that a page makes, as whom, and those that are only to be shown.

use argali_core::dispatch::LogonCredential;
use argali_core::vault::SecretText;
use argali_protocol::ApiFailure;
use serde_json::Value;

use super::{Acting, Visit, Who};
use crate::api::{self, ARGALI, From as CalledFrom, Product};
use crate::language::{Language, Theme};
use crate::plan::{Plan, Planned};

impl Visit<'_> {
    /// Finds out who is logged on.
    pub(crate) async fn identify(&mut self) -> Result<(), ApiFailure> {
        let answer = self.call_as(self.logon(), ARGALI, "GetLogonSession", &[]).await?;
        let who = Who::of(&answer);
        // What somebody has chosen counts before what the browser says.
        let chosen = |name: &str| api::text(&who.chosen, name);
        self.language = Language::of_tag(chosen("Language")).unwrap_or(self.language);
        self.theme = Theme::of_tag(chosen("Theme")).unwrap_or(self.theme);
        self.who = Some(who);
        Ok(())
    }

    /// Calls an operation as whoever the address says.
    pub(crate) async fn call(
        &self,
        product: Product<'_>,
        action: &str,
        params: &[(&str, &str)],
    ) -> Result<Value, ApiFailure> {
        self.call_as(Some(self.credential()), product, action, &filled(params)).await
    }

    /// Whether the viewer may do something, as far as that can be said before it is tried. Other than a refusal, the
    /// question is no reason for anybody to look at the records.
    pub(crate) async fn may(&self, action: &str, resource: &str) -> bool {
        let params = [("AuthAction", action), ("AuthResource", resource)];
        self.call(ARGALI, "TestAccess", &params).await.is_ok_and(|answer| api::holds(&answer, "Allowed"))
    }

    /// Calls an operation with parameters that are empty, too: what they are about is emptied.
    pub(crate) async fn call_with_empty(
        &self,
        product: Product<'_>,
        action: &str,
        params: &[(&str, &str)],
    ) -> Result<Value, ApiFailure> {
        self.call_as(Some(self.credential()), product, action, params).await
    }

    /// What whoever the address says calls with.
    pub(crate) fn credential(&self) -> LogonCredential {
        let logon = LogonCredential::new(SecretText::new(self.session.clone()));
        match self.acting.clone() {
            Some(Acting { account, role }) => logon.in_role(account, role),
            None => logon,
        }
    }

    /// Calls an operation as whoever is logged on, whatever role the address says.
    pub(crate) async fn call_as_oneself(
        &self,
        product: Product<'_>,
        action: &str,
        params: &[(&str, &str)],
    ) -> Result<Value, ApiFailure> {
        self.call_as(self.logon(), product, action, &filled(params)).await
    }

    /// Calls an operation as nobody.
    pub(crate) async fn call_as_nobody(
        &self,
        product: Product<'_>,
        action: &str,
        params: &[(&str, &str)],
    ) -> Result<Value, ApiFailure> {
        self.call_as(None, product, action, &filled(params)).await
    }

    /// Shows what the form would do: from here on calls that change something are taken down, and not made.
    pub(crate) fn rehearse(&mut self) {
        self.plan = Some(Plan::default());
    }

    /// Whether nothing is to be changed.
    pub(crate) fn is_rehearsed(&self) -> bool {
        self.plan.is_some()
    }

    /// Where calls are taken down that are only to be shown.
    pub(crate) fn plan(&self) -> Option<&Plan> {
        self.plan.as_ref()
    }

    /// The calls that were taken down.
    pub(crate) fn planned(&self) -> Vec<Planned> {
        self.plan.as_ref().map(Plan::calls).unwrap_or_default()
    }

    fn logon(&self) -> Option<LogonCredential> {
        Some(LogonCredential::new(SecretText::new(self.session.clone())))
    }

    /// Calls an operation by the version of its API, as whoever the address says.
    pub(crate) async fn call_by_version(
        &self,
        operation: (&str, &str),
        params: &[(&str, &str)],
    ) -> Result<Value, ApiFailure> {
        self.call_operation(Some(self.credential()), operation, params).await
    }

    async fn call_as(
        &self,
        logon: Option<LogonCredential>,
        product: Product<'_>,
        action: &str,
        params: &[(&str, &str)],
    ) -> Result<Value, ApiFailure> {
        self.call_operation(logon, (product.version, action), params).await
    }

    async fn call_operation(
        &self,
        logon: Option<LogonCredential>,
        operation: (&str, &str),
        params: &[(&str, &str)],
    ) -> Result<Value, ApiFailure> {
        if let Some(plan) = &self.plan
            && plan.takes(&self.console.core, operation, params)
        {
            return Ok(Value::Null);
        }
        let from = CalledFrom { origin: self.origin, host: &self.host, agent: self.header("user-agent") };
        api::call(&self.console.core, logon.as_ref(), from, operation, params).await
    }
}

/// What can be emptied: left out, it would stay what it was.
const CAN_BE_EMPTIED: [&str; 2] = ["NewDescription", "NewComments"];

/// Those parameters that are not empty, or say so.
fn filled<'p>(params: &[(&'p str, &'p str)]) -> Vec<(&'p str, &'p str)> {
    let is_said = |(name, value): &(&str, &str)| !value.is_empty() || CAN_BE_EMPTIED.contains(name);
    params.iter().copied().filter(is_said).collect()
}
