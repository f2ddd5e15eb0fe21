//! What a security token says.

use std::net::IpAddr;

use argali_policy::Context as Conditions;
use minicbor::{Decode, Encode};

use super::id::SessionId;
use crate::federation::{ClientId, IssuerUrl, ProviderName};
use crate::identifier::{AccountId, ProviderId, RoleId, UserId};
use crate::name::{ExternalId, RoleName, SessionName, SourceIdentity};
use crate::time::Timestamp;

/// How many roles may be assumed one from another.
pub const LONGEST_CHAIN: usize = 4;

/// How long a session may last at most, in seconds.
// SPEC: limits, sessions.
pub const LONGEST_SESSION_S: u32 = 43_200;

/// A session: the role, who assumed it and how, and until when.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Claims {
    /// The session's own number.
    #[n(0)]
    pub session_id: SessionId,
    /// The account of the role.
    #[n(1)]
    pub account: AccountId,
    /// The role, by the id that is never used again.
    #[n(2)]
    pub role_id: RoleId,
    /// The role's name, to find it by.
    #[n(3)]
    pub role_name: RoleName,
    /// What the session is called.
    #[n(4)]
    pub session_name: SessionName,
    /// Who the chain began with, if the first assuming side said so.
    #[n(5)]
    pub source_identity: Option<SourceIdentity>,
    /// When the session was issued.
    #[n(6)]
    pub issued_at: Timestamp,
    /// The generation of each account of the chain when it was issued.
    #[n(7)]
    pub issue_revision: Vec<(AccountId, u64)>,
    /// When the session ends.
    #[n(8)]
    pub ends_at: Timestamp,
    /// What the session may do at most, besides what the role may.
    #[n(9)]
    pub policy: Option<String>,
    /// How the role was assumed.
    #[n(10)]
    pub circumstances: Circumstances,
    /// Who assumed the role.
    #[n(11)]
    pub source: Source,
    /// Whether somebody switched to the role in the console, which the role's owner may forbid.
    #[cbor(n(12), default)]
    pub in_console: bool,
}

impl Claims {
    /// How many roles were assumed one from another to get here: 1 without chaining.
    pub fn chain_length(&self) -> usize {
        match &self.source {
            Source::AccessKey { .. } | Source::Logon { .. } | Source::Federated(_) => 1,
            Source::Session(parent) => 1 + parent.chain_length(),
        }
    }

    /// The generation of `account` when the session was issued.
    pub fn issued_at_generation(&self, account: AccountId) -> Option<u64> {
        self.issue_revision.iter().find(|(id, _)| *id == account).map(|(_, generation)| *generation)
    }

    /// The same without what only says how little the sessions may do: for records of who began them.
    #[must_use]
    pub fn without_policies(&self) -> Self {
        let source = match &self.source {
            Source::Session(parent) => Source::Session(Box::new(parent.without_policies())),
            other => other.clone(),
        };
        Self { policy: None, source, ..self.clone() }
    }

    /// The account that the chain began in.
    pub fn account_of_origin(&self) -> AccountId {
        match &self.source {
            Source::AccessKey { account, .. } | Source::Logon { account, .. } => *account,
            Source::Session(parent) => parent.account_of_origin(),
            // A provider stands for people of the account that made it.
            Source::Federated(_) => self.account,
        }
    }
}

/// What was true of the call that issued a session. Trust is judged by it for as long as the session lives.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Circumstances {
    /// Where the call came from.
    #[cbor(n(0), with = "address")]
    pub source_ip: IpAddr,
    /// Whether it came over TLS.
    #[n(1)]
    pub secure_transport: bool,
    /// Whether the person had shown a second factor, itself or where the chain began; nothing for AccessKeys.
    #[n(2)]
    pub mfa_present: Option<bool>,
    /// The external id that was given.
    #[n(3)]
    pub external_id: Option<ExternalId>,
}

/// Who assumed a role.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Source {
    /// A RAM user, with an AccessKey.
    #[n(0)]
    AccessKey {
        /// The user's account.
        #[n(0)]
        account: AccountId,
        /// The user.
        #[n(1)]
        user: UserId,
        /// The key that signed.
        #[n(2)]
        access_key_id: String,
    },
    /// A session of another role.
    #[n(1)]
    Session(#[n(0)] Box<Claims>),
    /// A RAM user who is logged on to the console.
    #[n(2)]
    Logon {
        /// The user's account.
        #[n(0)]
        account: AccountId,
        /// The user.
        #[n(1)]
        user: UserId,
        /// The logon.
        #[n(2)]
        logon: SessionId,
    },
    /// Somebody for whom an identity provider of the role's account stands.
    #[n(3)]
    Federated(#[n(0)] Box<Federation>),
}

/// What the token of an OIDC provider said, as far as trust is judged by it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Federation {
    /// The provider, by the id that is never used again.
    #[n(0)]
    pub provider: ProviderId,
    /// The provider's name.
    #[n(1)]
    pub provider_name: ProviderName,
    /// Who issued the token.
    #[n(2)]
    pub issuer: IssuerUrl,
    /// Whom it was about.
    #[n(3)]
    pub subject: String,
    /// Whom it was meant for, of those whom the provider stands for.
    #[n(4)]
    pub audiences: Vec<ClientId>,
}

impl Federation {
    /// `acs:ram::<account>:oidc-provider/<name>`, in the account of the role.
    pub fn provider_arn(&self, account: AccountId) -> String {
        format!("acs:ram::{account}:oidc-provider/{}", self.provider_name)
    }

    /// Whether the provider, with these clients, stands for whom the token was meant.
    pub fn is_meant_for(&self, clients: &[ClientId]) -> bool {
        self.audiences.iter().any(|audience| clients.contains(audience))
    }

    /// Fills the condition keys that a trust policy may ask for. Clients that the provider does not have count for
    /// nothing.
    // SPEC: policy language, service keys.
    pub fn add_conditions(&self, clients: &[ClientId], conditions: &mut Conditions) {
        conditions.set("oidc:iss", self.issuer.as_str());
        conditions.set("oidc:sub", self.subject.as_str());
        for audience in self.audiences.iter().filter(|audience| clients.contains(audience)) {
            conditions.add("oidc:aud", audience.as_str());
        }
    }
}

/// Addresses as text: sixteen bytes would save little and read worse.
mod address {
    use std::net::IpAddr;

    use minicbor::decode::Error;
    use minicbor::encode::{Error as EncodeError, Write};
    use minicbor::{Decoder, Encoder};

    pub(super) fn encode<C, W: Write>(
        address: &IpAddr,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), EncodeError<W::Error>> {
        e.str(&address.to_string())?.ok()
    }

    pub(super) fn decode<C>(d: &mut Decoder<'_>, _: &mut C) -> Result<IpAddr, Error> {
        d.str()?.parse().map_err(|_| Error::message("not an address"))
    }
}
