//! What is to be done so that an account has what a file says, step by step.

use std::fmt;

use serde_json::{Value, json};

use crate::output::shown;

use super::model::Key;

/// What a step does to a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    Make,
    Change,
    Delete,
}

impl Verb {
    const fn sign(self) -> &'static str {
        match self {
            Self::Make => "+",
            Self::Change => "~",
            Self::Delete => "-",
        }
    }

    /// What it did, and would do.
    const fn word(self) -> &'static str {
        match self {
            Self::Make => "Make",
            Self::Change => "Change",
            Self::Delete => "Delete",
        }
    }
}

/// A value of a call.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Argument {
    Text(String),
    /// The identifier of a thing, which may be known only when that has been made.
    IdOf(Key),
}

impl From<&str> for Argument {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// What is called.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Call {
    /// An operation.
    Operation { product: String, version: String, action: String, arguments: Vec<(String, Argument)> },
    /// Object storage: a method, the bucket, what stands after the `?`, and headers.
    Bucket { method: &'static str, name: String, query: &'static str, headers: Vec<(&'static str, String)> },
}

/// One call, and what it is for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Step {
    pub(super) verb: Verb,
    pub(super) key: Key,
    /// What of the thing is changed, or goes with it.
    pub(super) what: String,
    pub(super) call: Call,
    /// Where the answer has the identifier of what was made.
    pub(super) id_at: Option<Vec<String>>,
    /// The state in which what was made can be used, and the region to look for it in.
    pub(super) settles: Option<(String, Option<String>)>,
}

/// All steps, in the order in which they are done.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) steps: Vec<Step>,
    /// What the file does not name, and is left alone.
    pub(super) left: Vec<Key>,
}

impl Plan {
    /// How many things are made, changed and deleted.
    fn counts(&self) -> [usize; 3] {
        [Verb::Make, Verb::Change, Verb::Delete].map(|verb| {
            let mut keys: Vec<&Key> =
                self.steps.iter().filter(|step| step.verb == verb).map(|step| &step.key).collect();
            keys.sort();
            keys.dedup();
            keys.len()
        })
    }

    /// The plan as JSON.
    pub(super) fn to_json(&self, account: &str, done: bool) -> Value {
        let changes: Vec<Value> = self.steps.iter().map(|step| {
            json!({ "Verb": step.verb.word(), "Kind": step.key.kind, "Name": step.key.name, "What": step.what })
        }).collect();
        let left: Vec<Value> =
            self.left.iter().map(|key| json!({ "Kind": key.kind, "Name": key.name })).collect();
        let [made, changed, deleted] = self.counts();
        json!({
            "Account": account, "Done": done, "Changes": changes, "Left": left,
            "Made": made, "Changed": changed, "Deleted": deleted,
        })
    }

    /// What people read of it when it is done, or would be.
    pub(super) fn summary(&self, account: &str, done: bool) -> String {
        let [made, changed, deleted] = self.counts();
        let left = match self.left.len() {
            0 => String::new(),
            number => format!(" Not in the file, and left as they are: {number}."),
        };
        if self.steps.is_empty() {
            return format!("Account {account} is as the file says: nothing to do.{left}");
        }
        let verb = if done { "Made" } else { "To make" };
        let (change, delete) = if done { ("changed", "deleted") } else { ("to change", "to delete") };
        format!("Account {account}. {verb}: {made}, {change}: {changed}, {delete}: {deleted}.{left}")
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.verb.sign(), shown(&self.key.to_string()))?;
        if self.what.is_empty() { Ok(()) } else { write!(f, ": {}", shown(&self.what)) }
    }
}
