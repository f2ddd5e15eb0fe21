//! Conditions: keys that no request has, and conditions that exclude each other.

use super::vocabulary::GLOBAL_KEYS;
use super::{LintRule, Looking, Vocabulary};
use crate::condition::Condition;

impl Looking<'_> {
    /// Condition keys that no request has.
    pub(super) fn keys(&mut self, words: &Vocabulary) {
        for condition in &self.statement.conditions {
            let key = condition.key.as_ref();
            if words.has_key(key) {
                continue;
            }
            let similar = words.similar_key(key);
            if similar.is_none() && !words.knows_keys_like(key) {
                continue;
            }
            let effect = if condition.operator.holds_without_key() { "always" } else { "never" };
            let hint = similar.map(|similar| format!(": did you mean `{similar}`?")).unwrap_or_default();
            let message =
                format!("no request has the key `{key}`, so that the condition {effect} holds{hint}");
            let element = format!("Condition.{}", condition.operator.name);
            self.warn(&element, LintRule::UnknownKey, message);
        }
    }

    /// Conditions that cannot hold any more, or not together.
    pub(super) fn conditions(&mut self, now: &str) {
        let conditions = &self.statement.conditions;
        let expired = conditions.iter().find(|condition| condition.is_past(now));
        if let Some(condition) = expired {
            let element = format!("Condition.{}", condition.operator.name);
            let message = format!("the time of `{}` is past: no request matches any more", condition.key);
            self.warn(&element, LintRule::NeverMatches, message);
        }
        let single = |condition: &&Condition| {
            GLOBAL_KEYS.iter().any(|known| known.eq_ignore_ascii_case(&condition.key))
                || condition.key.contains('/')
        };
        for (at, one) in conditions.iter().enumerate().filter(|(_, one)| single(one)) {
            let others =
                conditions.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, other)| other);
            let excluded = others.filter(|other| one.excludes(other)).take(1).next();
            if let Some(other) = excluded {
                let message = format!(
                    "`{}` and `{}` on `{}` are never both met: no request matches",
                    one.operator.name, other.operator.name, one.key
                );
                self.warn("Condition", LintRule::NeverMatches, message);
                return;
            }
        }
    }
}
