//! System policies: kept by Argali, usable by every account, changed by none.
// SPEC: system policies.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use argali_policy::{Document, DocumentKind};
use serde::Deserialize;

use crate::model::VersionId;
use crate::name::PolicyName;
use crate::time::Timestamp;

/// A policy that every account can attach.
#[derive(Debug)]
pub struct SystemPolicy {
    /// Its name.
    pub name: PolicyName,
    /// What it allows, in a sentence, as operations tell it.
    pub description: String,
    /// The same in other languages, by their tags.
    in_languages: BTreeMap<String, String>,
    /// Its only version.
    pub version: VersionId,
    /// Its text.
    pub text: String,
    /// Whether people should be warned before they grant it.
    pub is_high_risk: bool,
    /// Whether it is meant for a service-linked role, and nobody else.
    pub is_for_service: bool,
    document: Arc<Document>,
}

impl SystemPolicy {
    /// The text, compiled.
    pub fn document(&self) -> &Arc<Document> {
        &self.document
    }

    /// What it allows, in this language if it is told in it; else in English.
    pub fn description_in(&self, language: &str) -> &str {
        self.in_languages.get(language).unwrap_or(&self.description)
    }

    /// When all of them were made, as far as callers can tell.
    pub const CREATED_AT: Timestamp = Timestamp::from_seconds(1_420_070_400);
}

/// The system policy of this name.
pub fn find(name: &PolicyName) -> Option<&'static SystemPolicy> {
    POLICIES.get(&name.folded())
}

/// All system policies, in the order of their names.
pub fn all() -> impl Iterator<Item = &'static SystemPolicy> {
    POLICIES.values()
}

static POLICIES: LazyLock<BTreeMap<String, SystemPolicy>> = LazyLock::new(|| {
    let declared: Vec<Declared> =
        serde_json::from_str(include_str!("system_policies.json")).unwrap_or_default();
    let policies = declared.into_iter().filter_map(Declared::compile);
    policies.map(|policy| (policy.name.folded(), policy)).collect()
});

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Declared {
    policy_name: PolicyName,
    description: String,
    in_languages: BTreeMap<String, String>,
    default_version: VersionId,
    policy_document: serde_json::Value,
    high_risk: bool,
    #[serde(default)]
    for_service: bool,
}

impl Declared {
    fn compile(self) -> Option<SystemPolicy> {
        let text = serde_json::to_string_pretty(&self.policy_document).ok()?;
        Some(SystemPolicy {
            document: Arc::new(Document::parse(DocumentKind::Identity, &text).ok()?),
            name: self.policy_name,
            description: self.description,
            in_languages: self.in_languages,
            version: self.default_version,
            text,
            is_high_risk: self.high_risk,
            is_for_service: self.for_service,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::ram::found_policy::lets_change_access;

    #[test]
    fn every_declared_policy_compiles() {
        let declared: Vec<Declared> = serde_json::from_str(include_str!("system_policies.json")).unwrap();
        assert_eq!(declared.len(), all().count());
        for name in ["AdministratorAccess", "AliyunECSFullAccess", "AliyunSTSAssumeRoleAccess"] {
            assert!(find(&name.parse().unwrap()).is_some(), "{name}");
        }
    }

    #[test]
    fn every_policy_that_lets_change_access_is_declared_as_a_risk() {
        for policy in all().filter(|policy| lets_change_access(policy.document())) {
            assert!(policy.is_high_risk, "{}", policy.name);
        }
        let power = find(&"PowerUserAccess".parse().unwrap()).unwrap();
        assert!(power.is_high_risk && !lets_change_access(power.document()), "others are declared, too");
    }

    #[test]
    fn every_policy_is_described_in_both_languages() {
        for policy in all() {
            let (english, chinese) = (policy.description_in("en"), policy.description_in("zh-CN"));
            let is_han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
            assert!(!english.is_empty() && !english.contains(is_han), "{}: {english}", policy.name);
            assert!(chinese.contains(is_han), "{}: {chinese}", policy.name);
        }
    }
}
