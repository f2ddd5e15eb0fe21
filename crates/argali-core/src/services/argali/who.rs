//! Who is meant: a user, a role or the account itself, as people write it.

use std::fmt;
use std::str::FromStr;

use argali_protocol::{Invalid, Reason};
use serde::{Deserialize, Deserializer};

use crate::caller::{Caller, Identity};
use crate::dispatch::{Context, Subject};
use crate::error::ApiError;
use crate::identifier::AccountId;
use crate::name::{RoleName, SessionName, UserName};
use crate::operation::ResourceName;
use crate::services::ram::role_life::existing_role;
use crate::services::ram::user_life::existing_user;

/// What the session of a role is called if nobody says.
pub(super) const ANY_SESSION: &str = "test-access";

/// An identity of an account: `alice`, `user/alice`, `role/ops`, `role/ops/session`, `11223344/ops`, `root`,
/// `11223344`, or an ARN.
#[derive(Clone, Debug)]
pub struct Who {
    /// The account, where it is said.
    account: Option<AccountId>,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Account,
    User(UserName),
    Role(RoleName, Option<SessionName>),
}

impl Who {
    /// Whether it is the caller.
    pub(super) fn is(&self, caller: &Caller) -> bool {
        let own_account = self.account.is_none_or(|account| account == caller.account());
        own_account
            && match (&self.kind, caller.identity()) {
                (Kind::Account, Identity::Account) => true,
                (Kind::User(name), Identity::User { name: own, .. }) => name.folded() == own.folded(),
                _ => false,
            }
    }

    /// What permission is needed for to ask about it.
    pub(super) fn resource(&self, own: AccountId) -> ResourceName {
        match &self.kind {
            Kind::Account => ResourceName::ram(own, "*"),
            Kind::User(name) => ResourceName::ram(own, format!("user/{name}")),
            Kind::Role(name, _) => ResourceName::ram(own, format!("role/{name}")),
        }
    }

    /// The role, if it is a session of one.
    pub(super) fn role(&self) -> Option<&RoleName> {
        match &self.kind {
            Kind::Role(name, _) => Some(name),
            Kind::Account | Kind::User(_) => None,
        }
    }

    /// Whoever it is, or `EntityNotExist`; a session of a role with what narrows it.
    pub(super) fn subject(
        &self,
        cx: &Context<'_>,
        session_policy: Option<String>,
    ) -> Result<Subject, ApiError> {
        let own = cx.account();
        match &self.kind {
            Kind::Account => Ok(Subject::account(own)),
            Kind::User(name) => Subject::user(cx.core(), cx.tx(), own, existing_user(cx, name)?),
            Kind::Role(name, session) => {
                let session = session.as_ref().map_or(ANY_SESSION, SessionName::as_str).to_owned();
                Subject::session(cx.core(), cx.tx(), own, existing_role(cx, name)?, session, session_policy)
            }
        }
    }

    /// Refuses identities of other accounts.
    pub(super) fn check_account(&self, own: AccountId) -> Result<(), ApiError> {
        if self.account.is_none_or(|account| account == own) {
            return Ok(());
        }
        let message = "Only identities of your own account can be asked about: \
                       name a user, `role/NAME`, or your account.";
        Err(ApiError::invalid("AuthPrincipal", message))
    }
}

impl FromStr for Who {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let (account, relative) = match text.strip_prefix("acs:ram:") {
            Some(arn) => {
                let mut parts = arn.splitn(3, ':');
                let (Some("" | "*"), Some(account), Some(relative)) =
                    (parts.next(), parts.next(), parts.next())
                else {
                    return Err(wrong());
                };
                (Some(account.parse().map_err(|_| wrong())?), relative)
            }
            None => (None, text),
        };
        let parts: Vec<&str> = relative.split('/').collect();
        let kind = match parts.as_slice() {
            ["root"] => Kind::Account,
            ["user", name] => Kind::User(name.parse()?),
            ["role", name] => Kind::Role(name.parse()?, None),
            ["role" | "assumed-role", name, session] => Kind::Role(name.parse()?, Some(session.parse()?)),
            [number] if account.is_none() && is_number(number) => {
                return Ok(Self { account: Some(number.parse().map_err(|_| wrong())?), kind: Kind::Account });
            }
            [number, role] if account.is_none() && is_number(number) => {
                let account = Some(number.parse().map_err(|_| wrong())?);
                return Ok(Self { account, kind: Kind::Role(role.parse()?, None) });
            }
            [name] if account.is_none() => Kind::User(name.parse()?),
            _ => return Err(wrong()),
        };
        Ok(Self { account, kind })
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn wrong() -> Invalid {
    Invalid::new(
        Reason::Value,
        "write a user's name, `role/NAME`, `role/NAME/SESSION`, `ACCOUNT/ROLE`, `root`, or an ARN",
    )
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Account => f.write_str("root"),
            Kind::User(name) => write!(f, "user/{name}"),
            Kind::Role(name, None) => write!(f, "role/{name}"),
            Kind::Role(name, Some(session)) => write!(f, "role/{name}/{session}"),
        }
    }
}

impl<'de> Deserialize<'de> for Who {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identities_are_named_in_many_ways() {
        for (text, account, shown) in [
            ("alice", None, "user/alice"),
            ("user/root", None, "user/root"),
            ("acs:ram::11223344:user/alice", Some("11223344"), "user/alice"),
            ("role/ops", None, "role/ops"),
            ("role/ops/at-work", None, "role/ops/at-work"),
            ("acs:ram::11223344:assumed-role/ops/at-work", Some("11223344"), "role/ops/at-work"),
            ("acs:ram:*:11223344:role/ops", Some("11223344"), "role/ops"),
            ("11223344/ops", Some("11223344"), "role/ops"),
            ("root", None, "root"),
            ("11223344", Some("11223344"), "root"),
            ("acs:ram::11223344:root", Some("11223344"), "root"),
        ] {
            let who: Who = text.parse().unwrap();
            assert_eq!(who.to_string(), shown, "{text}");
            assert_eq!(who.account, account.map(|id| id.parse().unwrap()), "{text}");
        }
        for wrong in
            ["", "a b", "group/ops", "role/", "role/a/b/c", "123", "acs:ram::11223344:group/ops", "acs:ecs:a"]
        {
            assert!(wrong.parse::<Who>().is_err(), "{wrong}");
        }
    }
}
