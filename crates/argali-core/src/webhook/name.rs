//! What webhooks are described with: names, addresses of receivers, and which events are told.

use argali_protocol::{Invalid, Reason};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Deserializer, Serialize};

use crate::env::{ALPHANUMERIC, Env};
use crate::name::{alphanumeric_or, check};
use crate::text_type::{texts, texts_of_calls};
use crate::url::WebUrl;

const ID_START: &str = "wh-";
const ID_LENGTH: usize = 16;
/// The longest address of a receiver, in bytes.
const LONGEST_URL: usize = 2_048;
/// Stands for whatever follows, at the end of a pattern.
const ANYTHING: char = '*';

texts! {
    /// The identifier of a webhook.
    WebhookId |text| webhook_id(text);
    /// What a webhook is called, for people to read.
    WebhookName |text| check(text, 1, 64, |c| !c.is_control(), "any characters but control characters");
    /// Where events are told: `https://`, or `http://` where the operator allows that.
    ReceiverUrl |text| receiver_url(text);
    /// Which actions events are told of: `ecs:StopInstance`, `ram:Create*`, `ecs:*` or `*`.
    ActionPattern |text| action_pattern(text);
}
texts_of_calls! { WebhookId, WebhookName, ReceiverUrl, ActionPattern }

impl WebhookId {
    /// A new identifier.
    pub(crate) fn generate(env: &Env) -> Self {
        Self(format!("{ID_START}{}", env.random_text(ALPHANUMERIC, ID_LENGTH)))
    }
}

impl ReceiverUrl {
    /// Its parts.
    ///
    /// # Errors
    ///
    /// Fails never in fact: it was read when it came in.
    pub(crate) fn parts(&self) -> Result<WebUrl, Invalid> {
        self.0.parse()
    }
}

impl ActionPattern {
    /// Whether an action is one of these. The case of letters does not count, as in policies.
    pub(crate) fn covers(&self, action: &str) -> bool {
        match self.0.strip_suffix(ANYTHING) {
            Some(start) => {
                action.get(..start.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(start))
            }
            None => action.eq_ignore_ascii_case(&self.0),
        }
    }
}

/// What events are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, Serialize)]
#[cbor(index_only)]
pub enum EventKind {
    /// Something was changed.
    #[n(0)]
    Change,
    /// Somebody was refused: by a policy, or because nobody could tell who it was.
    #[n(1)]
    Refusal,
    /// A session or a logon was begun or ended.
    #[n(2)]
    Session,
}

impl EventKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Change, Self::Refusal, Self::Session];

    /// What it is called.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Change => "Change",
            Self::Refusal => "Refusal",
            Self::Session => "Session",
        }
    }
}

impl std::str::FromStr for EventKind {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let known = Self::ALL.into_iter().find(|kind| kind.as_str() == text);
        known.ok_or_else(|| wrong(format!("`{text}` is not one of `Change`, `Refusal`, `Session`")))
    }
}

impl<'de> Deserialize<'de> for EventKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

fn webhook_id(text: &str) -> Result<(), Invalid> {
    let letters = text.strip_prefix(ID_START).unwrap_or_default();
    if letters.len() == ID_LENGTH && letters.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Ok(());
    }
    Err(wrong("a webhook's identifier is `wh-` and 16 letters and digits"))
}

fn receiver_url(text: &str) -> Result<(), Invalid> {
    if text.len() > LONGEST_URL {
        return Err(Invalid::new(Reason::Length, format!("it must have {LONGEST_URL} bytes at most")));
    }
    text.parse::<WebUrl>().map(drop)
}

fn action_pattern(text: &str) -> Result<(), Invalid> {
    let start = text.strip_suffix(ANYTHING).unwrap_or(text);
    let (service, name) = match start.split_once(':') {
        Some((service, name)) => (service, Some(name)),
        None => (start, None),
    };
    let in_name = |text: &str| text.chars().all(|c| alphanumeric_or(c, "-_."));
    let is_whole = match name {
        Some(name) => !service.is_empty() && in_name(name) && !(name.is_empty() && start == text),
        None => text == "*",
    };
    if text.len() <= 128 && is_whole && in_name(service) {
        return Ok(());
    }
    Err(wrong(
        "an action is written as `ecs:StopInstance`, with `*` at its end for all that begin so, or `*` alone",
    ))
}

fn wrong(message: impl Into<String>) -> Invalid {
    Invalid::new(Reason::Value, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_are_named_or_begin_alike() {
        for (pattern, covered, others) in [
            ("*", &["ecs:StopInstance", "ram:CreateUser"][..], &[][..]),
            ("ecs:*", &["ecs:StopInstance", "ECS:stopinstance"], &["ecsx:A", "ram:CreateUser", "ecs"]),
            ("ram:Create*", &["ram:CreateUser", "ram:Create"], &["ram:DeleteUser", "ram:Creat"]),
            ("ram:CreateUser", &["ram:CreateUser", "ram:createuser"], &["ram:CreateUsers", "ram:Create"]),
        ] {
            let pattern: ActionPattern = pattern.parse().unwrap();
            for action in covered {
                assert!(pattern.covers(action), "{pattern} {action}");
            }
            for action in others {
                assert!(!pattern.covers(action), "{pattern} {action}");
            }
        }
        for text in
            ["", "ecs", "ecs:", ":A", ":*", "e*s:A", "ecs:A*B", "ecs*", "**", "ecs:ä", "a:b:c", "ecs:A,B"]
        {
            assert!(text.parse::<ActionPattern>().is_err(), "{text}");
        }
    }
}
