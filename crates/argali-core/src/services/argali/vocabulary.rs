//! What policies can say here, and what is to be said of a document before it is saved.
// SPEC: console, policies: the live check.

use std::collections::BTreeMap;

use argali_policy::DocumentKind;
use argali_policy::lint::Granularity;
use serde::{Deserialize, Serialize};

use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::operation::{Access, Entry, Operation, ResourceName, Resources};
use crate::registry::Registered;
use crate::resource_pattern::resource_patterns;
use crate::vocabulary::{DocumentRules, Finding, granularity};

/// What helps to write policies.
pub const OPERATIONS: &[Entry] = &[Entry::of::<ListActions>(), Entry::of::<LintPolicy>()];

/// Whoever may see policies may know what can be said in them.
const ACTION: Option<&str> = Some("ram:ListPolicies");

/// The longest document that is looked at, in characters: white space counts here.
const LONGEST: usize = 20_000;

/// Lists the actions that policies can name, by service.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListActions {
    /// Only those of this service, by what policies call it.
    pub service: Option<String>,
}

/// Services with their actions.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ActionList {
    services: Vec<ServiceView>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ServiceView {
    /// The first half of its actions, such as `ecs`.
    ram_code: String,
    /// `Resource` where policies can tell its resources apart; `Service` where only `*` counts.
    granularity: &'static str,
    /// What the ARNs of its resources look like: `acs:ecs:{region}:{account}:instance/{id}`.
    resource_patterns: Vec<String>,
    actions: Vec<ActionView>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ActionView {
    action: &'static str,
    level: Level,
}

/// What kind of thing an action does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
enum Level {
    /// Shows what there is.
    List,
    /// Shows one thing.
    Read,
    /// Changes something.
    Write,
    /// Changes who may do what.
    Permissions,
}

impl Level {
    fn of(operation: &Registered) -> Self {
        // The action's own name: operations that go by another's action do what that says.
        let name = operation.action.split_once(':').map_or(operation.action, |(_, name)| name);
        let is_list = name.starts_with("List") || (name.starts_with("Describe") && name.ends_with('s'));
        match operation.access() {
            Access::Read if is_list => Self::List,
            Access::Read => Self::Read,
            Access::Identity => Self::Permissions,
            Access::Resource | Access::Session => Self::Write,
        }
    }
}

impl Operation for ListActions {
    const NAME: &'static str = "ListActions";
    const ACCESS: Access = Access::Read;
    const ACTION: Option<&'static str> = ACTION;
    type Response = ActionList;

    fn resources(&self, caller: &Caller) -> Resources {
        all_policies(caller)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<ActionList, ApiError> {
        let registry = cx.core().registry();
        let mut services: BTreeMap<&str, (Granularity, BTreeMap<&'static str, Level>)> = BTreeMap::new();
        for operation in registry.all() {
            let Some((code, _)) = operation.action.split_once(':') else { continue };
            if self.service.as_ref().is_some_and(|wanted| !wanted.eq_ignore_ascii_case(code)) {
                continue;
            }
            let finely = granularity(operation, registry.catalog());
            let (_, actions) = services.entry(code).or_insert_with(|| (finely, BTreeMap::new()));
            let level = Level::of(operation);
            let known = actions.entry(operation.action).or_insert(level);
            *known = level.max(*known);
        }
        let mut patterns = resource_patterns(registry.catalog());
        let services = services.into_iter().map(|(code, (granularity, actions))| ServiceView {
            ram_code: code.to_owned(),
            granularity: match granularity {
                Granularity::Resource => "Resource",
                Granularity::Service => "Service",
            },
            resource_patterns: patterns.remove(code).unwrap_or_default(),
            actions: actions.into_iter().map(|(action, level)| ActionView { action, level }).collect(),
        });
        Ok(ActionList { services: services.collect() })
    }
}

/// Says what is wrong with a policy document, and what in it is hardly meant.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LintPolicy {
    /// The document.
    pub policy_document: String,
    /// What it is for.
    #[serde(default)]
    pub document_kind: Kind,
}

/// What a document is for.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub enum Kind {
    /// To be attached to somebody.
    #[default]
    Identity,
    /// To say who may assume a role.
    Trust,
    /// To narrow a session.
    Session,
}

/// What was found.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct LintedPolicy {
    /// Whether it can be saved.
    valid: bool,
    /// How many characters it has that count.
    characters: usize,
    findings: Vec<FindingView>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct FindingView {
    /// `Error` or `Warning`.
    severity: &'static str,
    /// What kind of thing it is.
    rule: &'static str,
    /// Where it stands, such as `Statement[1].Action`; empty for the document as a whole.
    path: String,
    message: String,
}

impl Operation for LintPolicy {
    const NAME: &'static str = "LintPolicy";
    const ACCESS: Access = Access::Read;
    const ACTION: Option<&'static str> = ACTION;
    type Response = LintedPolicy;

    fn resources(&self, caller: &Caller) -> Resources {
        all_policies(caller)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<LintedPolicy, ApiError> {
        let text = &self.policy_document;
        if text.chars().count() > LONGEST {
            let message =
                format!("A document of more than {LONGEST} characters is not looked at: shorten it.");
            return Err(ApiError::invalid("PolicyDocument", message));
        }
        let kind = match self.document_kind {
            Kind::Identity => DocumentKind::Identity,
            Kind::Trust => DocumentKind::Trust,
            Kind::Session => DocumentKind::Session,
        };
        let registry = cx.core().registry();
        let rules = DocumentRules::new(registry, registry.catalog(), cx.limits().clone());
        let findings = rules.findings(kind, text, &cx.now().to_string());
        Ok(LintedPolicy {
            valid: !findings.iter().any(|finding| finding.is_error),
            characters: argali_policy::counted_length(text),
            findings: findings.into_iter().map(FindingView::from).collect(),
        })
    }
}

impl From<Finding> for FindingView {
    fn from(finding: Finding) -> Self {
        Self {
            severity: if finding.is_error { "Error" } else { "Warning" },
            rule: finding.rule,
            path: finding.path,
            message: finding.message,
        }
    }
}

fn all_policies(caller: &Caller) -> Resources {
    ResourceName::ram(caller.account(), "policy/*").into()
}
