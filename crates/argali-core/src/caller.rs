//! Who is calling.

use std::net::IpAddr;
use std::sync::Arc;

use crate::identifier::{AccountId, UserId};
use crate::name::UserName;
use crate::session::Claims;

/// An authenticated identity.
#[derive(Clone, Debug)]
pub struct Caller {
    account: AccountId,
    identity: Identity,
    /// The key that signed.
    access_key_id: Arc<str>,
}

/// What an identity is.
#[derive(Clone, Debug)]
pub enum Identity {
    /// The account itself.
    Account,
    /// A RAM user.
    User {
        /// Its id.
        id: UserId,
        /// Its name at this moment.
        name: UserName,
    },
    /// A session of a role.
    Session(Arc<Claims>),
}

impl Caller {
    /// The identity that signs with `access_key_id`.
    pub fn new(account: AccountId, identity: Identity, access_key_id: Arc<str>) -> Self {
        Self { account, identity, access_key_id }
    }

    /// The account that the caller belongs to; for a session, the role's.
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// The same as text that lives as long as the caller.
    pub(crate) fn account_str(&self) -> &str {
        self.account.as_str()
    }

    /// What the caller is.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Whether it is the user of this name, whatever the case of its letters.
    pub fn is_user_named(&self, given: &UserName) -> bool {
        matches!(&self.identity, Identity::User { name, .. } if name.folded() == given.folded())
    }

    /// The key that signed.
    pub fn access_key_id(&self) -> &Arc<str> {
        &self.access_key_id
    }

    /// The caller's ARN as `GetCallerIdentity` answers it.
    // SPEC: forms of identifiers and dates, ARNs.
    pub fn arn(&self) -> String {
        let account = self.account;
        match &self.identity {
            Identity::Account => format!("acs:ram::{account}:root"),
            Identity::User { name, .. } => format!("acs:ram::{account}:user/{name}"),
            Identity::Session(claims) => {
                format!("acs:ram::{account}:assumed-role/{}/{}", claims.role_name, claims.session_name)
            }
        }
    }

    /// The caller's number as records and `GetCallerIdentity` name it: the account's or the user's, or
    /// `<role id>:<session>`.
    pub fn principal_id(&self) -> String {
        match &self.identity {
            Identity::Account => self.account.to_string(),
            Identity::User { id, .. } => id.to_string(),
            Identity::Session(claims) => format!("{}:{}", claims.role_id, claims.session_name),
        }
    }

    /// The caller as refusals name it: an account or user by number, a session by role and name.
    // SPEC: wire protocol, AccessDeniedDetail.
    pub fn display_name(&self) -> String {
        match &self.identity {
            Identity::Account => self.account.to_string(),
            Identity::User { id, .. } => id.to_string(),
            Identity::Session(claims) => format!("{}:{}", claims.role_name, claims.session_name),
        }
    }

    /// The kind of the caller as refusals name it.
    pub fn kind(&self) -> &'static str {
        match self.identity {
            Identity::Account => "RootUser",
            Identity::User { .. } => "SubUser",
            Identity::Session(_) => "AssumedRoleUser",
        }
    }
}

/// Where a request came from, as the listener saw it.
#[derive(Clone, Copy, Debug)]
pub struct Origin {
    /// The peer of the socket, or what a trusted proxy says.
    pub source_ip: IpAddr,
    /// Whether it came over TLS.
    pub secure_transport: bool,
}
