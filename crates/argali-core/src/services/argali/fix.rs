//! What would make something allowed that is not: a sentence, and its parts for programs that help to do it.

use argali_policy::{Advice, Remedy};
use serde::Serialize;

use crate::model::ResourceGroupId;
use crate::services::sts::arn::RoleArn;

/// How many policies are proposed, and how many resource groups are named.
const MOST_PROPOSED: usize = 2;
const MOST_GROUPS: usize = 3;

/// What would help.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Fix {
    /// What would help, in a sentence.
    #[serde(rename = "Fix")]
    sentence: String,
    /// What kind of thing it is, such as `Attach`.
    #[serde(rename = "FixKind")]
    kind: &'static str,
    /// System policies that would allow it.
    #[serde(rename = "FixPolicies")]
    policies: Vec<String>,
    /// Resource groups in which it is granted.
    #[serde(rename = "FixResourceGroups")]
    groups: Vec<String>,
}

impl Fix {
    fn new(kind: &'static str, sentence: String) -> Self {
        Self { sentence, kind, policies: Vec::new(), groups: Vec::new() }
    }

    /// What the policies lack.
    pub(super) fn of(advice: &Advice) -> Self {
        let kind = match advice.remedy() {
            Remedy::Attach => "Attach",
            Remedy::NarrowDeny => "NarrowDeny",
            Remedy::MeetCondition => "MeetCondition",
            Remedy::WidenStatement => "WidenStatement",
            Remedy::NameInTrust => "NameInTrust",
            Remedy::WidenSession => "WidenSession",
            Remedy::CallAsAnother => "CallAsAnother",
            _ => "AllowElsewhere",
        };
        Self::new(kind, advice.to_string())
    }

    /// The same, with system policies that would do.
    pub(super) fn with_policies(mut self, names: Vec<&str>) -> Self {
        self.policies = names.into_iter().take(MOST_PROPOSED).map(str::to_owned).collect();
        let names: Vec<String> = self.policies.iter().map(|name| format!("`{name}`")).collect();
        if !names.is_empty() {
            self.sentence =
                format!("{}, such as {}.", self.sentence.trim_end_matches('.'), names.join(" or "));
        }
        self
    }

    /// That it is granted in resource groups; nothing if there are none.
    pub(super) fn move_to(groups: &[ResourceGroupId]) -> Option<Self> {
        let groups: Vec<String> = groups.iter().take(MOST_GROUPS).map(ToString::to_string).collect();
        let names: Vec<String> = groups.iter().map(|group| format!("`{group}`")).collect();
        let names = (!names.is_empty()).then(|| names.join(", "))?;
        let sentence = format!(
            "It is granted in the resource group {names} only: move the resource there, or grant it here."
        );
        Some(Self { groups, ..Self::new("MoveToGroup", sentence) })
    }

    /// That the other side has to say yes.
    pub(super) fn ask_owner(role: &RoleArn) -> Self {
        let (account, name) = (role.account(), role.name());
        Self::new(
            "AskOwner",
            format!("Ask the owner of account {account} whether the role `{name}` trusts you."),
        )
    }

    /// That a gate has to be opened, which the operator does, or gone through by somebody else.
    pub(super) fn open_gate(service: &str) -> Self {
        let sentence = format!(
            "Ask the operator to open `{service}` for your account, or do it as an identity of the account itself."
        );
        Self::new("OpenGate", sentence)
    }

    /// That the account in which a session begins has to be another.
    pub(super) fn other_account() -> Self {
        let sentence = "Let users of an account that is open assume the role.";
        Self::new("TrustAnother", sentence.to_owned())
    }

    /// That a session policy, which was not kept, has to be another.
    pub(super) fn other_session() -> Self {
        let sentence = "Assume the role again without a session policy, or with one that allows it.";
        Self::new("WidenSession", sentence.to_owned())
    }
}
