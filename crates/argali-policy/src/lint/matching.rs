//! Patterns and principals: what is too broad, and what names nothing.

use super::{Granularity, LintRule, Looking, Vocabulary};
use crate::pattern::{Case, Pattern};
use crate::principal::Principals;
use crate::statement::Saying;
use crate::{Document, DocumentKind};

/// Whether an action pattern leaves nothing out.
fn is_any_action(pattern: &Pattern) -> bool {
    is_anything(pattern.as_str())
}

/// Whether a resource pattern leaves nothing out.
fn is_any_resource(pattern: &Pattern) -> bool {
    let text = pattern.as_str();
    is_anything(text.strip_prefix("acs:").unwrap_or(text))
}

/// Stars, and the colons between them.
fn is_anything(text: &str) -> bool {
    text.contains('*') && text.bytes().all(|byte| matches!(byte, b'*' | b':'))
}

/// The resource of requests whose service tells none apart.
const ANY_RESOURCE: &[u8] = b"*";

impl Looking<'_> {
    /// Grants of everything.
    pub(super) fn breadth(&mut self) {
        let statement = self.statement;
        let grants = self.kind == DocumentKind::Identity
            && statement.saying == Saying::Allow
            && statement.conditions.is_empty()
            && !statement.resource.except
            && statement.resource.patterns.iter().any(is_any_resource);
        if !grants {
            return;
        }
        if statement.action.except {
            let message = "allows everything but these on everything, what is added later too: name in \
                           `Action` what is needed";
            self.warn("NotAction", LintRule::TooBroad, message);
        } else if statement.action.patterns.iter().any(is_any_action) {
            let message = "allows everything on everything: name the actions and resources that are needed";
            self.warn("", LintRule::TooBroad, message);
        }
    }

    /// Actions that no operation of a known service has.
    pub(super) fn actions(&mut self, words: &Vocabulary) {
        let (element, except) = (self.action_element(), self.statement.action.except);
        for pattern in &self.statement.action.patterns {
            if except && is_any_action(pattern) {
                let message =
                    "leaves out everything, so that no request matches: name what is to be left out";
                self.warn(element, LintRule::NeverMatches, message);
            }
            let Some((service, operation)) = pattern.as_str().split_once(':') else { continue };
            if self.kind == DocumentKind::Trust {
                if !pattern.matches(b"sts:assumerole", Case::Keep) {
                    let message = format!(
                        "`{}` grants nothing: every way of assuming a role is `sts:AssumeRole`",
                        pattern.as_str()
                    );
                    self.warn(element, LintRule::NeverMatches, message);
                }
            } else if words.knows(service) && words.covered(pattern).next().is_none() {
                let hint = match words.similar_action(service, operation) {
                    Some(similar) => format!("did you mean `{similar}`?"),
                    None => format!("`argali call` and docs/compatibility.md know what `{service}` has"),
                };
                let message = format!("no operation of `{service}` is `{}`: {hint}", pattern.as_str());
                self.warn(element, LintRule::UnknownAction, message);
            }
        }
    }

    /// Resources that none is called by, or that the service does not tell apart.
    pub(super) fn resources(&mut self, words: &Vocabulary) {
        let (element, resource) = (self.resource_element(), &self.statement.resource);
        for pattern in &resource.patterns {
            if resource.except && is_any_resource(pattern) {
                let message =
                    "leaves out everything, so that no request matches: name what is to be left out";
                self.warn(element, LintRule::NeverMatches, message);
            } else if !pattern.can_name_a_resource() {
                let message = format!(
                    "`{}` is no resource's name: write `*` or `acs:<ram-code>:<region>:<account-id>:<relative-id>`",
                    pattern.as_str()
                );
                self.warn(element, LintRule::NeverMatches, message);
            }
        }
        if self.kind == DocumentKind::Trust || resource.includes(ANY_RESOURCE, Case::Keep) {
            return;
        }
        let named = self.statement.action.required().iter().filter(|pattern| {
            pattern.as_str().split_once(':').is_some_and(|(service, _)| words.knows(service))
        });
        let coarse = named.flat_map(|pattern| words.covered(pattern));
        let mut coarse: Vec<&str> = coarse
            .filter(|(_, granularity)| *granularity == Granularity::Service)
            .filter_map(|(action, _)| action.split_once(':'))
            .map(|(service, _)| service)
            .collect();
        coarse.dedup();
        for service in coarse {
            let message = format!(
                "`{service}` tells no resources apart, so that this statement does not count for it: \
                 write `*`, if need be in a statement of its own"
            );
            self.warn(element, LintRule::TooNarrow, message);
        }
    }

    /// Principals that are nobody.
    pub(super) fn principals(&mut self) {
        let Some(Principals::Trust(trusted)) = self.statement.principals.as_deref() else { return };
        let mut all = trusted.ram.iter().chain(&trusted.services).chain(&trusted.providers).peekable();
        if all.peek().is_none() {
            self.warn("Principal", LintRule::NeverMatches, "names nobody: nobody can assume the role by it");
        }
        for name in all.filter(|name| name.contains(['*', '?'])) {
            let message = format!("`{name}` is nobody: principals have no wildcards, name each in full");
            self.warn("Principal", LintRule::NeverMatches, message);
        }
    }

    /// An Allow behind a Deny of the same document that takes back all of it.
    pub(super) fn overruling(&mut self, document: &Document) {
        let statement = self.statement;
        if statement.saying != Saying::Allow || statement.principals.is_some() {
            return;
        }
        if statement.action.except || statement.resource.except {
            return;
        }
        let denies = document.statements().iter().enumerate().filter(|(_, other)| {
            other.saying == Saying::Deny
                && other.conditions.is_empty()
                && cover(other.action.required(), &statement.action.patterns)
                && cover(other.resource.required(), &statement.resource.patterns)
        });
        if let Some((number, _)) = denies.take(1).next() {
            let message = format!("`Statement[{number}]` denies all that this allows: drop one of them");
            self.warn("", LintRule::NeverMatches, message);
        }
    }
}

/// Whether whatever one of the second matches, one of the first does. It may say no where it is so.
fn cover(wide: &[Pattern], narrow: &[Pattern]) -> bool {
    let covers = |wide: &Pattern, narrow: &Pattern| {
        // Read as a text, the narrow pattern stands for all that it matches, as long as a star is met by a star.
        let only_stars = !wide.as_str().contains('?') || !narrow.as_str().contains(['*', '?']);
        only_stars && wide.matches(narrow.as_str().as_bytes(), Case::Keep)
    };
    narrow.iter().all(|narrow| wide.iter().any(|wide| covers(wide, narrow)))
}
