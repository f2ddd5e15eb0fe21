//! What is proposed about a finding: words, the calls that would do it, and the document before and after.

use maud::{Markup, html};
use serde_json::{Value, json};

use super::finding::{name, page_of, shown};
use super::preview;
use crate::api::{Product, RAM, many, text};
use crate::need::Need;
use crate::page::Refusal;
use crate::page::check::codes;
use crate::text::Text;
use crate::text::analyzer::*;
use crate::visit::Visit;

/// For how much longer a delegation is proposed to last.
const LONGER_S: i64 = 90 * 24 * 60 * 60;

/// What a kind of findings is called, and what it means.
pub(super) fn kind(kind: &str) -> (Text, Text) {
    match kind {
        "OutsideAccessNew" => (OUTSIDE_NEW, OUTSIDE_NEW_WHAT),
        "OutsideWholeAccount" => (OUTSIDE_WHOLE, OUTSIDE_WHOLE_WHAT),
        "OutsideNoExternalId" => (NO_EXTERNAL_ID, NO_EXTERNAL_ID_WHAT),
        "UnknownAccountTrusted" => (UNKNOWN, UNKNOWN_WHAT),
        "DelegationExpiring" => (EXPIRING, EXPIRING_WHAT),
        "Administrator" => (ADMINISTRATOR, ADMINISTRATOR_WHAT),
        "UnusedRole" => (UNUSED_ROLE, UNUSED_ROLE_WHAT),
        "UnusedUser" => (UNUSED_USER, UNUSED_USER_WHAT),
        "UnusedKey" => (UNUSED_KEY, UNUSED_KEY_WHAT),
        "UnusedPermission" => (UNUSED_PERMISSION, UNUSED_PERMISSION_WHAT),
        "OldKey" => (OLD_KEY, OLD_KEY_WHAT),
        "UserWithoutMfa" => (NO_MFA, NO_MFA_WHAT),
        _ => (BOTH_MODES, BOTH_MODES_WHAT),
    }
}

/// A call that would do something.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) product: Product<'static>,
    pub(super) action: &'static str,
    pub(super) params: Vec<(&'static str, String)>,
}

impl Call {
    fn ram(action: &'static str, params: Vec<(&'static str, String)>) -> Self {
        Self { product: RAM, action, params }
    }
}

/// What is proposed.
#[derive(Debug)]
pub(super) struct Proposal {
    pub(super) words: Markup,
    pub(super) calls: Vec<Call>,
    /// The document before and after.
    pub(super) documents: Option<(String, String)>,
    /// What else would come of it.
    pub(super) effect: Markup,
    /// The role whose trust policy is edited on from the document that is proposed, where nothing is done at once.
    pub(super) edits: Option<String>,
    /// Where it is done by hand.
    pub(super) page: Option<String>,
    /// What of the proposal must be the same when it is carried out.
    pub(super) kept: Vec<(&'static str, String)>,
}

impl Proposal {
    /// What carrying it out needs at first.
    pub(super) fn need(&self) -> Need {
        let call = self.calls.first().map(|call| {
            let params: Vec<_> = call.params.iter().map(|(name, value)| (*name, value.as_str())).collect();
            Need::call(call.product, call.action, &params)
        });
        Need::any(call)
    }

    fn new(words: Markup) -> Self {
        Self {
            words,
            calls: Vec::new(),
            documents: None,
            effect: html! {},
            edits: None,
            page: None,
            kept: Vec::new(),
        }
    }

    /// What is proposed about a finding.
    pub(super) async fn of(visit: &Visit<'_>, finding: &Value) -> Result<Self, Refusal> {
        let resource = text(finding, "Resource");
        let say = |words: Text| Self::new(html! { (visit.say(words)) });
        let account = shown(finding, "AccountId").first().copied().unwrap_or_default();
        let page = page_of(resource);
        let trust = page.as_ref().map(|page| format!("{page}?tab=trust"));
        Ok(match text(finding, "Kind") {
            "OutsideAccessNew" | "UnknownAccountTrusted" => {
                let words = visit.phrase(DO_REMOVE_ACCOUNT, &[codes(&[account])]);
                let change = |document: &Value| without_account(document, account);
                Self { page: trust, ..Self::new(words) }.changing_trust(visit, resource, change).await?
            }
            "OutsideNoExternalId" => {
                let entered = visit.form().filled("ExternalId").map(str::to_owned);
                let external_id = entered.unwrap_or_else(|| visit.random());
                let change = |document: &Value| with_external_id(document, account, &external_id);
                let kept = vec![("ExternalId", external_id.clone())];
                Self { page: trust, kept, ..say(DO_EXTERNAL_ID) }
                    .changing_trust(visit, resource, change)
                    .await?
            }
            "OutsideWholeAccount" => {
                let users = preview::users_of(visit, role_of(resource), account).await;
                let words = if users.is_empty() { DO_NAME_NOBODY } else { DO_NAME_SOMEBODY };
                let change = |document: &Value| preview::naming(document, account, &users);
                Self { page: trust, ..say(words) }.editing_trust(visit, resource, change).await?
            }
            "DelegationExpiring" => {
                let end = visit.now().plus_seconds(LONGER_S).to_string();
                let change = |document: &Value| preview::ending_at(document, account, &end);
                Self { page: trust, ..say(DO_EXTEND) }.editing_trust(visit, resource, change).await?
            }
            "Administrator" | "UnusedPermission" => Self {
                calls: detach(finding),
                page: page.map(|page| format!("{page}?tab=permissions")),
                ..say(DO_DETACH)
            },
            "UnusedRole" => Self {
                page: page.map(|page| format!("{page}/delete")),
                effect: preview::of_role(visit, role_of(resource)).await,
                ..say(DO_DELETE_ROLE)
            },
            "UnusedUser" => Self {
                page: page.map(|page| format!("{page}/delete")),
                effect: preview::of_user(visit, &user_of(resource)).await,
                ..say(DO_DELETE_USER)
            },
            "UnusedKey" | "OldKey" => Self { calls: disable_keys(finding), page, ..say(DO_DISABLE_KEY) },
            "UserWithBothModes" => Self { calls: disable_keys(finding), page, ..say(DO_DISABLE_KEYS) },
            // Nobody but the owner binds the owner's device.
            _ if page.is_none() => Self {
                effect: html! { p { (visit.say(DO_BIND_OWNER_EFFECT)) } },
                page: is_owner(visit).then(|| "/me?tab=device".to_owned()),
                ..say(DO_BIND_OWNER)
            },
            _ => {
                let user = ("UserName", user_of(resource));
                let call =
                    Call::ram("UpdateLoginProfile", vec![user, ("MFABindRequired", "true".to_owned())]);
                Self { calls: vec![call], page, ..say(DO_REQUIRE_MFA) }
            }
        })
    }

    /// The same with the change of a role's trust policy.
    async fn changing_trust(
        mut self,
        visit: &Visit<'_>,
        role_arn: &str,
        change: impl Fn(&Value) -> Value,
    ) -> Result<Self, Refusal> {
        let role = role_of(role_arn).to_owned();
        let after = self.propose(visit, &role, change).await?;
        let params = vec![("RoleName", role), ("NewAssumeRolePolicyDocument", after)];
        self.calls = vec![Call::ram("UpdateRole", params)];
        Ok(self)
    }

    /// The same with a change that is only where somebody begins: the editor opens with it.
    async fn editing_trust(
        mut self,
        visit: &Visit<'_>,
        role_arn: &str,
        change: impl Fn(&Value) -> Value,
    ) -> Result<Self, Refusal> {
        let role = role_of(role_arn).to_owned();
        self.propose(visit, &role, change).await?;
        self.edits = Some(role);
        Ok(self)
    }

    /// Shows a changed trust policy, and what would come of it; returns it.
    async fn propose(
        &mut self,
        visit: &Visit<'_>,
        role: &str,
        change: impl Fn(&Value) -> Value,
    ) -> Result<String, Refusal> {
        let answer = visit.call(RAM, "GetRole", &[("RoleName", role)]).await?;
        let before =
            answer.get("Role").map(|role| text(role, "AssumeRolePolicyDocument")).unwrap_or_default();
        let read: Value = serde_json::from_str(before).unwrap_or_default();
        let after = serde_json::to_string_pretty(&change(&read)).unwrap_or_default();
        // What is being done is not previewed again.
        if !visit.is_post() {
            self.effect = preview::of_trust(visit, role, before, &after).await;
        }
        self.documents = Some((before.to_owned(), after.clone()));
        Ok(after)
    }
}

/// Whether whoever looks is the owner of the account, as itself.
fn is_owner(visit: &Visit<'_>) -> bool {
    visit.acting().is_none() && visit.who().is_some_and(|who| who.user.is_none())
}

fn role_of(resource: &str) -> &str {
    name(resource).trim_start_matches("role/")
}

fn user_of(resource: &str) -> String {
    name(resource).trim_start_matches("user/").to_owned()
}

fn disable_keys(finding: &Value) -> Vec<Call> {
    let user = match name(text(finding, "Resource")) {
        "root" => String::new(),
        relative => relative.trim_start_matches("user/").to_owned(),
    };
    let keys = shown(finding, "AccessKeyId").into_iter();
    let call = |key: &str| {
        let key = ("UserAccessKeyId", key.to_owned());
        Call::ram("UpdateAccessKey", vec![("UserName", user.clone()), key, ("Status", "Inactive".to_owned())])
    };
    keys.map(call).collect()
}

fn detach(finding: &Value) -> Vec<Call> {
    let (action, parameter, holder) = match name(text(finding, "Resource")).split_once('/') {
        Some(("user", name)) => ("DetachPolicyFromUser", "UserName", name),
        Some(("group", name)) => ("DetachPolicyFromGroup", "GroupName", name),
        Some((_, name)) => ("DetachPolicyFromRole", "RoleName", name),
        None => return Vec::new(),
    };
    let mut params = vec![(parameter, holder.to_owned())];
    for name in ["PolicyName", "PolicyType", "ResourceGroupId"] {
        params.extend(shown(finding, name).first().map(|value| (name, (*value).to_owned())));
    }
    vec![Call::ram(action, params)]
}

fn is_of(principal: &Value, account: &str) -> bool {
    principal.as_str().is_some_and(|arn| arn.split(':').nth(3) == Some(account))
}

/// A trust policy without an account. A statement that nobody is left in lets nobody in.
fn without_account(document: &Value, account: &str) -> Value {
    let mut document = document.clone();
    let statements = document.get_mut("Statement").and_then(Value::as_array_mut);
    for statement in statements.into_iter().flatten() {
        let Some(principal) = statement.get_mut("Principal").and_then(Value::as_object_mut) else { continue };
        let Some(names) = principal.get("RAM") else { continue };
        let left: Vec<Value> = many(Some(names)).filter(|name| !is_of(name, account)).cloned().collect();
        if left.is_empty() && principal.len() > 1 {
            principal.remove("RAM");
        } else {
            principal.insert("RAM".to_owned(), json!(left));
        }
    }
    document
}

/// A trust policy that asks an account for an external id, in each statement that lets it in without one.
fn with_external_id(document: &Value, account: &str, external_id: &str) -> Value {
    let mut document = document.clone();
    let statements = document.get_mut("Statement").and_then(Value::as_array_mut);
    for statement in statements.into_iter().flatten() {
        let lets_in = many(statement.pointer("/Principal/RAM")).any(|name| is_of(name, account));
        let asks = statement
            .get("Condition")
            .is_some_and(|condition| condition.to_string().contains("sts:ExternalId"));
        if lets_in
            && !asks
            && let Some(members) = statement.as_object_mut()
        {
            let condition = members.entry("Condition").or_insert_with(|| json!({}));
            if let Some(operators) = condition.as_object_mut() {
                let equals = operators.entry("StringEquals").or_insert_with(|| json!({}));
                if let Some(keys) = equals.as_object_mut() {
                    keys.insert("sts:ExternalId".to_owned(), json!(external_id));
                }
            }
        }
    }
    document
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trusting(principal: &Value) -> Value {
        json!({ "Version": "1", "Statement": [{ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal }] })
    }

    #[test]
    fn an_account_is_taken_out_and_others_stay() {
        let both = trusting(&json!({ "RAM": ["acs:ram::12345678:root", "acs:ram::11223344:user/a"] }));
        let left = without_account(&both, "12345678");
        assert_eq!(left["Statement"][0]["Principal"], json!({ "RAM": ["acs:ram::11223344:user/a"] }));
        let only = trusting(&json!({ "RAM": "acs:ram::12345678:root" }));
        let nobody = without_account(&only, "12345678");
        assert_eq!(nobody["Statement"][0]["Principal"], json!({ "RAM": [] }), "as the editor saves it, too");
        let with_service =
            trusting(&json!({ "RAM": "acs:ram::12345678:root", "Service": "ecs.aliyuncs.com" }));
        let left = without_account(&with_service, "12345678");
        assert_eq!(left["Statement"][0]["Principal"], json!({ "Service": "ecs.aliyuncs.com" }));
        assert_eq!(without_account(&both, "1234567"), both, "the beginning of a number is another");
    }

    #[test]
    fn an_external_id_is_asked_for_where_none_was() {
        let open = trusting(&json!({ "RAM": ["acs:ram::12345678:root"] }));
        let careful = with_external_id(&open, "12345678", "x");
        assert_eq!(
            careful["Statement"][0]["Condition"],
            json!({ "StringEquals": { "sts:ExternalId": "x" } })
        );
        assert_eq!(with_external_id(&careful, "12345678", "y"), careful);
        assert_eq!(with_external_id(&open, "11223344", "x"), open);
    }
}
