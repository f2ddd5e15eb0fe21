//! Logging on: a name and a password, and then whatever else is asked for, step by step.
//!
//! A step answers with the next thing that is needed and a sealed attempt that says how far somebody has come, or with
//! a session. `logon_step` has the steps after the first.
// SPEC: security, console; console, log on.

use std::sync::Arc;

use serde::Deserialize;

use super::logon_attempt::{Holder, LogonStep};
use super::logon_device::{Device, known_by};
use crate::dispatch::{Brought, Errand, OpenContext};
use crate::error::{ApiError, ErrorCode};
use crate::guess::{Guess, Guessed, failed, locked};
use crate::identifier::AccountId;
use crate::logon_name::{LogonName, named_account};
use crate::model::{Account, KeyOwner, LogonTrace, PasswordPolicy};
use crate::name::{OwnerEmail, UserName};
use crate::operation::{Access, Entry, OpenOperation};
use crate::vault::SecretText;

/// The first step.
pub const OPERATIONS: &[Entry] = &[Entry::open::<LogOn>()];

/// Begins to log on: with a logon name, with an account and a user name, or as the owner of an account.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LogOn {
    /// `alice@company-b`, `alice@company-b.onaliyun.com` or `alice@12345678`.
    pub logon_name: Option<LogonName>,
    /// The alias, default domain or number of an account, beside `UserName`.
    pub account_alias: Option<String>,
    /// The name of a user, beside `AccountAlias`.
    pub user_name: Option<UserName>,
    /// The alias, default domain or number of the account whose owner logs on, or the owner's e-mail address.
    pub owner: Option<String>,
    /// The password.
    pub password: SecretText,
    /// What a logon with the same browser has answered, by which it is known.
    pub device_token: Option<SecretText>,
}

/// Who is meant.
enum Meant<'a> {
    /// A user, with what says which account it is of.
    User(&'a UserName, Option<AccountId>),
    /// The owner of an account.
    Owner(Option<AccountId>),
    /// The owner who has this e-mail address, and of which account that is.
    OwnerWith(OwnerEmail, Option<AccountId>),
}

impl LogOn {
    fn meant(&self, cx: &OpenContext<'_>) -> Result<Meant<'_>, ApiError> {
        let suffix = &cx.settings().domain_suffix;
        let account = |name: &str| named_account(cx.tx(), name, suffix);
        match (&self.logon_name, &self.account_alias, &self.user_name, &self.owner) {
            (Some(name), None, None, None) => Ok(Meant::User(&name.user, name.account(cx.tx(), suffix)?)),
            (None, Some(alias), Some(user), None) => Ok(Meant::User(user, account(alias)?)),
            (None, None, None, Some(owner)) => match owner.trim().parse::<OwnerEmail>() {
                // No alias, number or domain has an `@`.
                Ok(email) => {
                    let account = Account::find_email(cx.tx(), &email)?;
                    Ok(Meant::OwnerWith(email, account))
                }
                Err(_) => Ok(Meant::Owner(account(owner)?)),
            },
            _ => {
                let message = "Say who logs on: LogonName, or AccountAlias and UserName, or Owner.";
                Err(ApiError::new(ErrorCode::Missing("LogonName".to_owned()), message))
            }
        }
    }

    /// Whoever is meant, if there is somebody, with the browser if that is known.
    fn holder(&self, cx: &OpenContext<'_>, meant: &Meant<'_>) -> Result<Option<Holder>, ApiError> {
        let found = meant.holder(cx)?;
        Ok(found.map(|holder| {
            let device = self.device_token.as_ref();
            let device = device.and_then(|token| Device::of_holder(cx, token, &holder));
            Holder { device, ..holder }
        }))
    }
}

impl Meant<'_> {
    fn holder(&self, cx: &OpenContext<'_>) -> Result<Option<Holder>, ApiError> {
        match self {
            Self::User(name, Some(account)) => Holder::of_user(cx, *account, name),
            Self::Owner(Some(account)) | Self::OwnerWith(_, Some(account)) => {
                Holder::find(cx, *account, KeyOwner::Account)
            }
            Self::User(_, None) | Self::Owner(None) | Self::OwnerWith(_, None) => Ok(None),
        }
    }
}

/// A guess of a password. It is the same whether there is such a user or not, unless the browser or the network is known.
fn guess(cx: &OpenContext<'_>, meant: &Meant<'_>, holder: Option<&Holder>) -> Result<Guess, ApiError> {
    let address = cx.origin().source_ip;
    let (user, account) = match meant {
        Meant::User(user, account) => (Some(*user), *account),
        Meant::Owner(account) | Meant::OwnerWith(_, account) => (None, *account),
    };
    let guess = match account {
        // The forms of a name count together.
        Some(account) => Guess::about(Guessed::Password, (account, user), address),
        // Where there is no such account, all count as one.
        None => Guess::about_nobody(user, address),
    };
    let guess = match meant {
        Meant::OwnerWith(email, _) => guess.typed_as(email),
        Meant::User(..) | Meant::Owner(_) => guess,
    };
    let known = holder.map(|holder| known_by(cx, holder.device.as_ref(), holder)).transpose()?;
    Ok(guess.known_by(known.flatten()))
}

impl OpenOperation for LogOn {
    const NAME: &'static str = "LogOn";
    const ACCESS: Access = Access::Resource;
    const HAS_ERRAND: bool = true;
    type Response = LogonStep;

    fn errand(&self, cx: &OpenContext<'_>) -> Result<Errand, ApiError> {
        let meant = self.meant(cx)?;
        let holder = self.holder(cx, &meant)?;
        let guess = guess(cx, &meant, holder.as_ref())?;
        let hash = holder.map(|holder| holder.profile.password().clone());
        Ok(Errand::ComparePassword { password: self.password.clone(), hash, guess })
    }

    fn run(self, cx: &mut OpenContext<'_>) -> Result<LogonStep, ApiError> {
        let holder = self.holder(cx, &self.meant(cx)?)?;
        let is_right = matches!(cx.brought(), Some(Brought::Matches(true)));
        // Whoever is not let in leaves a record of the same size on disk, so that time tells nothing either.
        let Some(holder) = holder else { return Err(failed().keeping_changes()) };
        let (now, account, owner) = (cx.now(), holder.account.id, holder.owner);
        cx.concerns(account);
        cx.note("logonName", holder.display_name());
        let mut trace = LogonTrace::of(cx.tx(), account, owner)?;
        if !is_right || trace.is_locked(now) {
            if !is_right && owner != KeyOwner::Account {
                trace.count_wrong(PasswordPolicy::of(cx.tx(), account)?.max_attempts, now);
                trace.save(cx.tx_mut(), account, owner);
            }
            // A browser of the person may learn of the lock; a stranger would learn that there is such a user.
            let is_told = trace.is_locked(now) && holder.device.is_some();
            return Err(if is_told { locked() } else { failed() }.keeping_changes());
        }
        cx.acts_as(Arc::unwrap_or_clone(holder.record()));
        holder.require_possible(cx)?;
        holder.next_step(cx, None)
    }
}
