//! The record of one call, as it is kept.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::session::SessionRecord;
use crate::caller::{Caller, Identity};
use crate::diagnosis::Diagnosis;
use crate::identifier::AccountId;
use crate::registry::Registry;
use crate::session::{Claims, SessionId, Source};

/// One call, as it is kept. It holds no secret and no signature.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// The number of the request.
    pub request_id: String,
    /// When it came, in milliseconds since 1970 UTC.
    pub time_ms: i64,
    /// Where it came from.
    pub source_ip: String,
    /// What sent it, as it said.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub user_agent: Option<String>,
    /// The host that was called.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub host: String,
    /// The API's version, as the call said.
    pub version: String,
    /// The operation, as the call said.
    pub action: String,
    /// Whether the operation changes anything or begins a session.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub write: bool,
    /// The product, if there is such an operation.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub product: Option<String>,
    /// Who called, if that was found out.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub caller: Option<Arc<CallerRecord>>,
    /// Whether that is only who signed, with what was refused: a session that was ended, a key that is switched off.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub refused_signer: bool,
    /// The key that the request named.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub access_key_id: Option<String>,
    /// What permission was asked for, and what the answer was.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub resources: Vec<ResourceRecord>,
    /// Which permission was refused, and why.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub refusal: Option<Box<Diagnosis>>,
    /// The parameters of a caller who was authenticated, without secrets.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub parameters: BTreeMap<String, String>,
    /// What else the operation said of itself.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub notes: BTreeMap<Cow<'static, str>, String>,
    /// Which resources it moved to another resource group.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub moves: Vec<GroupMove>,
    /// The session that the call began.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub session: Option<SessionRecord>,
    /// The error code; absent after success.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error_code: Option<String>,
    /// What a caller who is known was told.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error_message: Option<String>,
    /// The accounts that the record belongs to.
    pub accounts: Vec<AccountId>,
}

/// A resource that went to another resource group of its account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupMove {
    /// The code of its service.
    pub service: String,
    /// What its type is called there.
    pub resource_type: String,
    /// Its identifier.
    pub id: String,
    /// Where it is.
    pub region: String,
    /// The group that it was in.
    pub from: String,
    /// The group that it is in since.
    pub to: String,
    /// Whose it is.
    pub owner: AccountId,
}

/// Whether an error says that its caller may not.
fn is_refusal(code: &str) -> bool {
    matches!(code, "NoPermission" | "Forbidden.RAM")
}

impl Event {
    /// What policies call what was asked for, if there is such an operation.
    pub(crate) fn auth_action(&self, registry: &Registry) -> Option<&str> {
        let registered = || registry.find(&self.version, &self.action).ok().map(|operation| operation.action);
        self.refusal.as_ref().map(|refusal| refusal.action.as_str()).or_else(registered)
    }

    /// The record that was kept as this JSON; nothing if it is none.
    pub(super) fn from_json(text: &[u8]) -> Option<Self> {
        serde_json::from_slice(text).ok()
    }

    /// Whether the call changes something or was refused: what is left out is reading, whether it found anything or not.
    pub(crate) fn is_notable(&self) -> bool {
        self.write || self.is_refused()
    }

    /// Whether it was refused: by a policy, for want of one, or by a rule that is none, such as a service that is closed
    /// to other accounts. What it was signed with being refused is not that.
    pub(crate) fn is_refused(&self) -> bool {
        let by_rule = || self.error_code.as_deref().is_some_and(is_refusal) && !self.refused_signer;
        self.error_code.is_some() && (self.refusal.is_some() || by_rule())
    }
}

/// A caller, with the chain that it came through.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CallerRecord {
    /// The account of the identity that acts.
    pub account: AccountId,
    /// Its kind.
    #[serde(rename = "type")]
    pub kind: Cow<'static, str>,
    /// Its number: the account's, the user's, or `<role id>:<session>`.
    #[serde(default)]
    pub principal_id: String,
    /// Its ARN.
    pub arn: String,
    /// For sessions: when it began, in milliseconds since 1970 UTC.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub began_ms: Option<i64>,
    /// Whether the person had shown a second factor; nothing for AccessKeys.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub mfa_present: Option<bool>,
    /// For sessions: from the role that acts back to the person or program that began.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub chain: Vec<Link>,
}

impl CallerRecord {
    /// The record of `caller`; it is made once for all of its requests.
    pub(crate) fn of(caller: &Caller) -> Arc<Self> {
        let session = match caller.identity() {
            Identity::Session(claims) => Some(claims),
            _ => None,
        };
        Arc::new(Self {
            account: caller.account(),
            kind: caller.kind().into(),
            principal_id: caller.principal_id(),
            arn: caller.arn(),
            began_ms: session.map(|claims| claims.issued_at.as_millis()),
            mfa_present: session.and_then(|claims| claims.circumstances.mfa_present),
            chain: session.map(|claims| chain(claims)).unwrap_or_default(),
        })
    }

    /// What the caller is called: a user's name, `root`, or `role:session`.
    pub fn user_name(&self) -> Cow<'_, str> {
        let name = self.arn.splitn(5, ':').nth(4).unwrap_or_default();
        match name.split_once('/') {
            Some(("assumed-role", session)) => session.replacen('/', ":", 1).into(),
            Some((_, name)) => name.into(),
            None => name.into(),
        }
    }

    /// The person or program that the chain began with: its account and its number.
    pub fn origin(&self) -> (AccountId, &str) {
        match self.chain.last() {
            Some(link) => (link.account, &link.principal_id),
            None => (self.account, &self.principal_id),
        }
    }

    /// Every account of the chain, the acting one first.
    pub(crate) fn accounts(&self) -> Vec<AccountId> {
        let mut accounts = vec![self.account];
        for link in &self.chain {
            if !accounts.contains(&link.account) {
                accounts.push(link.account);
            }
        }
        accounts
    }
}

/// One identity of a chain.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Link {
    /// Its account.
    pub account: AccountId,
    /// The role's id, the user's, or the subject of a token.
    pub principal_id: String,
    /// The session's name, for roles.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub session_name: Option<String>,
    /// The session's number, for roles.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub session_id: Option<SessionId>,
    /// The key that signed, for users.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub access_key_id: Option<String>,
    /// The console logon, for users who are logged on.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub logon_id: Option<SessionId>,
    /// For somebody whom an identity provider stands for: the provider's ARN.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub provider: Option<String>,
    /// The issuer that the provider had then.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub issuer: Option<String>,
}

/// One permission that was asked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceRecord {
    /// The resource.
    pub arn: String,
    /// Whether it was allowed.
    pub allowed: bool,
    /// The statement that decided.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub decided_by: Option<String>,
}

impl Link {
    fn new(account: AccountId, principal_id: String) -> Self {
        Self {
            account,
            principal_id,
            session_name: None,
            session_id: None,
            access_key_id: None,
            logon_id: None,
            provider: None,
            issuer: None,
        }
    }
}

fn chain(claims: &Claims) -> Vec<Link> {
    let mut links = Vec::new();
    let mut next = claims;
    loop {
        links.push(Link {
            session_name: Some(next.session_name.to_string()),
            session_id: Some(next.session_id),
            ..Link::new(next.account, next.role_id.to_string())
        });
        match &next.source {
            Source::Session(parent) => next = parent,
            Source::AccessKey { account, user, access_key_id } => {
                let access_key_id = Some(access_key_id.clone());
                links.push(Link { access_key_id, ..Link::new(*account, user.to_string()) });
                return links;
            }
            Source::Logon { account, user, logon } => {
                links.push(Link { logon_id: Some(*logon), ..Link::new(*account, user.to_string()) });
                return links;
            }
            Source::Federated(federation) => {
                links.push(Link {
                    provider: Some(federation.provider_arn(next.account)),
                    issuer: Some(federation.issuer.to_string()),
                    ..Link::new(next.account, federation.subject.clone())
                });
                return links;
            }
        }
    }
}
