//! Condition keys that no operation fills as a case has them, carried by tags of the resource instead.
//!
//! What a condition makes of the values of a key, and of its absence, does not depend on the key's name. Keys that
//! requests do fill are left alone.

use argali_policy::case::Situation;

/// Keys that every request has, so that they cannot be absent.
const OF_EVERY_REQUEST: [&str; 3] = ["acs:CurrentTime", "acs:SourceIp", "acs:SecureTransport"];

/// How the condition keys of a case come about.
#[derive(Debug, Default)]
pub(super) struct Translation {
    /// Keys and the tags that carry them.
    renamed: Vec<(String, String)>,
    /// Tags of the resource with their values.
    tags: Vec<(String, String)>,
}

impl Translation {
    pub(super) fn of(situation: &Situation<'_>) -> Self {
        let mut translation = Self::default();
        for (key, values) in situation.request.context.iter() {
            let value = values.first().map(String::as_str).unwrap_or_default();
            match key.split_once('/') {
                Some(("acs:ResourceTag" | "ecs:tag", tag)) => {
                    translation.tags.push((tag.to_owned(), value.to_owned()));
                }
                _ if is_filled(key, value) => {}
                _ => {
                    let tag = translation.rename(key);
                    translation.tags.push((tag, value.to_owned()));
                }
            }
        }
        for key in OF_EVERY_REQUEST {
            let spoken_of = situation.attached.iter().any(|one| one.text.contains(key));
            if spoken_of && situation.request.context.get(key).is_empty() {
                translation.rename(key);
            }
        }
        translation
    }

    fn rename(&mut self, key: &str) -> String {
        let tag = format!("case-{}", key.replace(':', "-"));
        self.renamed.push((key.to_owned(), tag.clone()));
        tag
    }

    /// Tags that the resource must have.
    pub(super) fn tags(&self) -> &[(String, String)] {
        &self.tags
    }

    /// Whether nothing is carried by tags.
    pub(super) fn is_empty(&self) -> bool {
        self.renamed.is_empty() && self.tags.is_empty()
    }

    /// The text of a policy, speaking of the tags.
    pub(super) fn rewrite(&self, policy: &str) -> String {
        self.renamed.iter().fold(policy.to_owned(), |text, (key, tag)| {
            text.replace(&format!("\"{key}\""), &format!("\"acs:ResourceTag/{tag}\""))
        })
    }
}

/// Whether a signed request over plain HTTP fills a key with this value.
pub(super) fn is_filled(key: &str, value: &str) -> bool {
    match key {
        "acs:CurrentTime" | "acs:SourceIp" => true,
        "acs:SecureTransport" => value == "false",
        _ => false,
    }
}
