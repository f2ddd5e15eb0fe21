//! Who asks.

/// Who makes a request. Accounts are numeric ids, names are as the caller's records have them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Principal<'a> {
    /// The account itself (its owner).
    Account {
        /// Id of the account.
        account: &'a str,
    },
    /// A RAM user.
    User {
        /// Account of the user.
        account: &'a str,
        /// Name of the user.
        name: &'a str,
        /// Numeric id of the user; bucket policies name users by it.
        id: &'a str,
    },
    /// A session of a role.
    RoleSession {
        /// Account of the role.
        account: &'a str,
        /// Name of the role.
        role: &'a str,
        /// Name of the session.
        session: &'a str,
        /// Whether the role belongs to a service; control policies do not bind it then.
        service_linked: bool,
    },
    /// A service that acts for an account, only to assume a role.
    Service {
        /// Account for which the service acts.
        account: &'a str,
        /// Domain name of the service, for example `ecs.aliyuncs.com`.
        name: &'a str,
    },
    /// Somebody signed in through an identity provider, only to assume a role.
    Federated {
        /// Account of the provider.
        account: &'a str,
        /// ARN of the provider.
        provider_arn: &'a str,
    },
    /// Nobody in particular: an unsigned request for an object.
    Anonymous,
}

impl<'a> Principal<'a> {
    /// The account to which the caller belongs, or for which it acts; `None` if anonymous.
    #[must_use]
    pub fn account(&self) -> Option<&'a str> {
        match *self {
            Self::Account { account }
            | Self::User { account, .. }
            | Self::RoleSession { account, .. }
            | Self::Service { account, .. }
            | Self::Federated { account, .. } => Some(account),
            Self::Anonymous => None,
        }
    }
}
