//! What the editor offers: services, their actions by level, operators and condition keys.

use serde_json::Value;

use crate::api::{ARGALI, items, text, texts};

use crate::text::Text;
use crate::text::policy_edit::{LIST, PERMISSIONS, READ, WRITE};
use crate::visit::Visit;

/// The levels of actions.
pub(super) const LEVELS: [(&str, Text); 4] =
    [("List", LIST), ("Read", READ), ("Write", WRITE), ("Permissions", PERMISSIONS)];
/// The operators of conditions.
// SPEC: policy language, conditions.
pub(super) const OPERATORS: [&str; 21] = [
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "Bool",
    "IpAddress",
    "NotIpAddress",
];
/// Condition keys that are offered while one types.
// SPEC: policy language, global keys.
pub(super) const KEYS: [&str; 6] = [
    "acs:SourceIp",
    "acs:CurrentTime",
    "acs:MFAPresent",
    "acs:SecureTransport",
    "acs:ResourceTag/",
    "acs:RequestTag/",
];

/// The services with their actions, as far as the viewer may know them.
#[derive(Debug, Default)]
pub(super) struct Vocabulary(Value);

impl Vocabulary {
    pub(super) async fn of(visit: &Visit<'_>) -> Self {
        Self(visit.call(ARGALI, "ListActions", &[]).await.unwrap_or_default())
    }

    /// What policies call the services.
    pub(super) fn services(&self) -> impl Iterator<Item = &str> {
        items(&self.0, "Services").map(|service| text(service, "RamCode"))
    }

    /// Whether only `*` counts as a resource of a service.
    pub(super) fn is_whole(&self, service: &str) -> bool {
        self.find(service).is_some_and(|found| text(found, "Granularity") == "Service")
    }

    /// What the ARNs of a service's resources look like.
    pub(super) fn patterns(&self, service: &str) -> impl Iterator<Item = &str> {
        self.find(service).map(|found| texts(found, "ResourcePatterns")).unwrap_or_default().into_iter()
    }

    /// The actions of a level of a service.
    pub(super) fn of_level(&self, service: &str, level: &str) -> impl Iterator<Item = &str> {
        let actions = self.find(service).into_iter().flat_map(|service| items(service, "Actions"));
        actions.filter(move |action| text(action, "Level") == level).map(|action| text(action, "Action"))
    }

    /// Whether an action is one of a service's.
    pub(super) fn has(&self, service: &str, action: &str) -> bool {
        let mut actions = self.find(service).into_iter().flat_map(|service| items(service, "Actions"));
        actions.any(|known| text(known, "Action") == action)
    }

    fn find(&self, service: &str) -> Option<&Value> {
        items(&self.0, "Services").find(|known| text(known, "RamCode").eq_ignore_ascii_case(service))
    }
}
