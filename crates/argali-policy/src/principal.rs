//! Who asks, and who a policy is about.

use crate::pattern::{Case, Pattern};

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

/// Who a trust or bucket policy's statement is about.
#[derive(Debug)]
pub(crate) enum Principals {
    /// Of a trust policy, by kind, as written.
    Trust(Trusted),
    /// Of a bucket policy: everybody, ids, or sessions of roles.
    Bucket(Box<[BucketEntry]>),
}

/// The principals of a trust policy's statement, as written.
#[derive(Debug, Default)]
pub(crate) struct Trusted {
    pub(crate) ram: Box<[Box<str>]>,
    pub(crate) services: Box<[Box<str>]>,
    pub(crate) providers: Box<[Box<str>]>,
}

/// An entry in the principal list of a bucket policy.
#[derive(Debug)]
pub(crate) enum BucketEntry {
    /// `*`.
    Everybody,
    /// The account or the user with this id. An account's id does not stand for its users.
    Id(Box<str>),
    /// Sessions, as a pattern over `arn:sts::<account>:assumed-role/<role>/<session>`.
    Sessions(Pattern),
    /// Written in a form that names nobody here.
    Nobody,
}

impl Principals {
    /// Whether the statement is about the caller. `owner` owns the resource; `conditional` tells whether
    /// the statement has a condition.
    pub(crate) fn include(&self, caller: &Principal<'_>, owner: &str, conditional: bool) -> bool {
        match self {
            Self::Trust(trusted) => trusted.include(caller, owner),
            Self::Bucket(entries) => entries.iter().any(|entry| entry.includes(caller, owner, conditional)),
        }
    }
}

impl Principals {
    /// Whom the statement names, as written.
    pub(crate) fn names(&self) -> Vec<String> {
        match self {
            Self::Trust(Trusted { ram, services, providers }) => {
                [ram, services, providers].into_iter().flatten().map(|entry| entry.to_string()).collect()
            }
            Self::Bucket(entries) => entries.iter().filter_map(BucketEntry::name).collect(),
        }
    }
}

impl Trusted {
    /// `owner` is the account of the role.
    // SPEC: policy language, principal, trust policy of a role.
    fn include(&self, caller: &Principal<'_>, owner: &str) -> bool {
        match *caller {
            Principal::User { account, name, .. } => {
                self.ram.iter().any(|entry| ram_entry_includes(entry, account, "user/", name))
            }
            Principal::RoleSession { account, role, .. } => {
                self.ram.iter().any(|entry| ram_entry_includes(entry, account, "role/", role))
            }
            Principal::Service { account, name } => {
                self.services.iter().any(|entry| match entry.split_once('@') {
                    Some((trusted, service)) => trusted == account && service == name,
                    None => **entry == *name && account == owner,
                })
            }
            Principal::Federated { provider_arn, .. } => {
                self.providers.iter().any(|entry| **entry == *provider_arn)
            }
            // An account cannot assume a role, not even one that trusts all its users.
            Principal::Account { .. } | Principal::Anonymous => false,
        }
    }
}

/// Whether `acs:ram::<account>:root`, or the same with `kind` and `name`, is the entry.
fn ram_entry_includes(entry: &str, account: &str, kind: &str, name: &str) -> bool {
    let Some((trusted, who)) = entry.strip_prefix("acs:ram::").and_then(|rest| rest.split_once(':')) else {
        return false;
    };
    let named = || who.strip_prefix(kind).is_some_and(|trusted| trusted.eq_ignore_ascii_case(name));
    trusted == account && (who == "root" || named())
}

impl BucketEntry {
    fn name(&self) -> Option<String> {
        match self {
            Self::Everybody => Some("*".to_owned()),
            Self::Id(id) => Some(id.to_string()),
            Self::Sessions(pattern) => Some(pattern.as_str().to_owned()),
            Self::Nobody => None,
        }
    }

    // SPEC: policy language, principal, bucket policy; evaluation, OSS.
    fn includes(&self, caller: &Principal<'_>, owner: &str, conditional: bool) -> bool {
        match (self, *caller) {
            (Self::Everybody, Principal::Account { account }) => conditional || account != owner,
            (Self::Everybody, _) => true,
            (Self::Id(id), Principal::Account { account }) => **id == *account,
            (Self::Id(listed), Principal::User { id, .. }) => **listed == *id,
            (Self::Sessions(pattern), Principal::RoleSession { account, role, session, .. }) => {
                let arn = format!("arn:sts::{account}:assumed-role/{role}/{session}");
                pattern.matches(arn.as_bytes(), Case::Ignore)
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWNER: &str = "1000000000000001";

    fn trusted(ram: &[&str], services: &[&str], providers: &[&str]) -> Trusted {
        let boxed = |list: &[&str]| list.iter().map(|entry| Box::from(*entry)).collect();
        Trusted { ram: boxed(ram), services: boxed(services), providers: boxed(providers) }
    }

    #[test]
    fn trust_entries_name_their_callers_only() {
        let user = |account, name| Principal::User { account, name, id: "2" };
        let role =
            |account, role| Principal::RoleSession { account, role, session: "s", service_linked: false };
        let cases = [
            ("acs:ram::1:root", Principal::Account { account: "1" }, false),
            ("acs:ram::1:root", Principal::Anonymous, false),
            ("acs:ram::1:root", user("2", "alice"), false),
            ("acs:ram::1:root", user("1", "alice"), true),
            ("acs:ram::1:root", role("1", "ops"), true),
            ("acs:ram::1:user/alice", user("1", "bob"), false),
            ("acs:ram::1:user/alice", user("2", "alice"), false),
            ("acs:ram::1:user/alice", role("1", "alice"), false),
            ("acs:ram::1:user/Alice", user("1", "aLICE"), true),
            ("acs:ram::1:user/*", user("1", "alice"), false),
            ("acs:ram::1:role/ops", user("1", "ops"), false),
            ("acs:ram::1:role/OPS", role("1", "ops"), true),
            ("acs:ram::1:ROOT", user("1", "alice"), false),
        ];
        for (entry, caller, expected) in cases {
            assert_eq!(
                trusted(&[entry], &[], &[]).include(&caller, OWNER),
                expected,
                "{entry} for {caller:?}"
            );
        }
    }

    #[test]
    fn services_act_for_the_role_s_account_unless_told_otherwise() {
        let ecs = |account| Principal::Service { account, name: "ecs.aliyuncs.com" };
        let cases = [
            ("ecs.aliyuncs.com", ecs(OWNER), true),
            ("ecs.aliyuncs.com", ecs("2"), false),
            ("2@ecs.aliyuncs.com", ecs("2"), true),
            ("2@ecs.aliyuncs.com", ecs(OWNER), false),
            ("fc.aliyuncs.com", ecs(OWNER), false),
        ];
        for (entry, caller, expected) in cases {
            assert_eq!(
                trusted(&[], &[entry], &[]).include(&caller, OWNER),
                expected,
                "{entry} for {caller:?}"
            );
        }
        let provider = "acs:ram::1:saml-provider/corp";
        let federated = Principal::Federated { account: "1", provider_arn: provider };
        assert!(trusted(&[], &[], &[provider]).include(&federated, OWNER));
        assert!(!trusted(&[provider], &[], &["acs:ram::1:saml-provider/Corp"]).include(&federated, OWNER));
    }

    #[test]
    fn bucket_entries_name_everybody_ids_or_sessions() {
        let owner = Principal::Account { account: OWNER };
        let user = Principal::User { account: OWNER, name: "alice", id: "22" };
        let session =
            Principal::RoleSession { account: "1", role: "Ops", session: "s1", service_linked: false };
        let sessions = |pattern: &str| BucketEntry::Sessions(Pattern::new(pattern));
        let id = |id: &str| BucketEntry::Id(id.into());
        let cases = [
            (BucketEntry::Everybody, owner, false, false),
            (BucketEntry::Everybody, owner, true, true),
            (BucketEntry::Everybody, user, false, true),
            (BucketEntry::Everybody, Principal::Anonymous, false, true),
            (id("22"), user, false, true),
            (id("2"), user, false, false),
            (id(OWNER), owner, false, true),
            (id(OWNER), user, false, false),
            (id("1"), session, false, false),
            (sessions("arn:sts::1:assumed-role/ops/s1"), session, false, true),
            (sessions("arn:sts::1:assumed-role/ops/*"), session, false, true),
            (sessions("arn:sts::*:*/*/*"), session, false, true),
            (sessions("arn:sts::2:assumed-role/ops/*"), session, false, false),
            (sessions("arn:sts::*:*/*/*"), user, false, false),
            (BucketEntry::Nobody, user, true, false),
        ];
        for (entry, caller, conditional, expected) in cases {
            assert_eq!(entry.includes(&caller, OWNER, conditional), expected, "{entry:?} for {caller:?}");
        }
    }
}
