//! What policy documents can say with effect here, for lint and for editors.

use argali_policy::lint::{Granularity, Vocabulary, lint};
use argali_policy::{Document, DocumentKind, counted_length};

use crate::hosted::{Catalog, Level};
use crate::registry::{Registered, Registry};
use crate::settings::Limits;

/// Actions that operations ask for besides their own.
const ALSO_ASKED: &[&str] = &["ram:PassRole"];

/// Condition keys that operations of the identity services and of data planes fill. Those of every request are the policy language's,
/// those of declared services stand in their files.
// SPEC: policy language, service keys met in the samples.
const KEYS: &[&str] = &[
    "oidc:aud",
    "oidc:iss",
    "oidc:sub",
    "oss:Delimiter",
    "oss:Prefix",
    "oss:x-oss-acl",
    "oss:x-oss-object-acl",
    "ram:ServiceName",
    "ram:ServiceNames",
    "ram:TrustedPrincipalTypes",
    "saml:recipient",
    "sts:ExternalId",
    "sts:SourceIdentity",
];

/// What documents can say and how long they may be.
#[derive(Clone, Debug)]
pub struct DocumentRules {
    /// Actions and condition keys that have effect.
    pub words: Vocabulary,
    limits: Limits,
}

/// Something about a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Whether it cannot be saved like that.
    pub is_error: bool,
    /// What kind of thing it is.
    pub rule: &'static str,
    /// Where it stands, such as `Statement[1].Action`; empty for the document as a whole.
    pub path: String,
    /// What is wrong, and what to write instead.
    pub message: String,
}

impl DocumentRules {
    /// The rules of an installation that offers these operations.
    pub fn new(registry: &Registry, catalog: &Catalog, limits: Limits) -> Self {
        let mut words = Vocabulary::default();
        for operation in registry.all() {
            words.add_action(operation.action, granularity(operation, catalog));
        }
        ALSO_ASKED.iter().for_each(|action| words.add_action(action, Granularity::Resource));
        let of_tags = catalog.services().flat_map(|service| service.resources.values());
        let of_tags = of_tags.flat_map(|resource| resource.tag_keys.iter().map(|key| format!("{key}/")));
        KEYS.iter().copied().map(str::to_owned).chain(of_tags).for_each(|key| words.add_condition_key(&key));
        Self { words, limits }
    }

    /// How many characters a text has that count, and how many may, if it has too many for its kind.
    // SPEC: limits, how policy size counts.
    pub fn too_long(&self, kind: DocumentKind, text: &str) -> Option<(usize, usize)> {
        let most = match kind {
            DocumentKind::Identity => self.limits.policy_document_characters,
            DocumentKind::Trust => self.limits.trust_policy_characters,
            DocumentKind::Session => self.limits.session_policy_characters,
            // Nothing here takes these yet.
            DocumentKind::Control | DocumentKind::Bucket => return None,
        };
        Some((counted_length(text), most)).filter(|(counted, most)| counted > most)
    }

    /// All there is to say of a document. `now` is the present as conditions write it.
    pub fn findings(&self, kind: DocumentKind, text: &str, now: &str) -> Vec<Finding> {
        let error =
            |rule, path: &str, message| Finding { is_error: true, rule, path: path.to_owned(), message };
        let too_long = self.too_long(kind, text).map(|(counted, most)| {
            let message =
                format!("has {counted} characters, white space between words not counted: {most} are taken");
            error("too-long", "", message)
        });
        let mut findings: Vec<_> = too_long.into_iter().collect();
        match Document::parse(kind, text) {
            Err(refused) => findings.push(error("malformed", refused.path(), refused.to_string())),
            Ok(document) => {
                findings.extend(lint(&document, &self.words, now).into_iter().map(|warning| Finding {
                    is_error: false,
                    rule: warning.rule.name(),
                    message: warning.to_string(),
                    path: warning.path,
                }));
            }
        }
        findings
    }
}

/// How finely policies can tell the resources of an operation apart.
pub(crate) fn granularity(operation: &Registered, catalog: &Catalog) -> Granularity {
    let declared = catalog
        .services()
        .find(|service| service.product == operation.product && service.version == operation.version);
    match declared.map(|service| service.level) {
        Some(Level::Service | Level::Operation) => Granularity::Service,
        Some(Level::Resource) | None => Granularity::Resource,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::services::SERVICES;

    fn rules() -> DocumentRules {
        let catalog = Arc::new(Catalog::load(&[]).unwrap());
        let mut registry = Registry::new(SERVICES);
        catalog.register(&mut registry);
        DocumentRules::new(&registry, &catalog, Limits::default())
    }

    #[test]
    fn operations_of_every_kind_are_known_by_their_actions() {
        let said = |action: &str, key: &str| {
            let text = format!(
                r#"{{"Version":"1","Statement":[{{"Effect":"Allow","Action":"{action}","Resource":"*",
                    "Condition":{{"StringEquals":{{"{key}":"x"}}}}}}]}}"#
            );
            let document = Document::parse(DocumentKind::Identity, &text).unwrap();
            lint(&document, &rules().words, "2026-12-01T08:00:00Z").len()
        };
        for action in [
            "ram:ListRoles",
            "sts:AssumeRole",
            "ecs:RunInstances",
            "vpc:CreateVpc",
            "ram:PassRole",
            "oss:PutObject",
            "mns:SendMessage",
        ] {
            assert_eq!(said(action, "ecs:tag/team"), 0, "{action}");
        }
        assert_eq!(said("ecs:RunInstance", "ecs:tagg/team"), 2);
        for (action, key) in [("oss:PutObjct", "oss:Prefix"), ("mns:SendMessages", "acs:SourceIp")] {
            assert_eq!(said(action, key), 1, "{action}");
        }
        assert_eq!(said("oss:ListObjects", "oss:Prefixes"), 1);
    }

    #[test]
    fn length_is_counted_as_the_operations_count_it() {
        let rules = rules();
        let text = format!("{}\n{}", " ".repeat(9_000), "x".repeat(4_096));
        assert_eq!(rules.too_long(DocumentKind::Trust, &text), None);
        assert_eq!(rules.too_long(DocumentKind::Trust, &format!("{text}x")), Some((4_097, 4_096)));
        assert_eq!(rules.too_long(DocumentKind::Session, &text), Some((4_096, 2_048)));
    }
}
