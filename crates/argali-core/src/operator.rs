//! What only the operator does: accounts are made by hand, there is no self-registration, and gates are turned.
//!
//! Operators come over a socket or folder that is theirs alone and sign nothing; what they do is recorded like
//! every call, as product `Argali`.

use std::pin::Pin;

use argali_store::{Durable, StoreError, Transaction};
use serde::Serialize;

use crate::audit::Draft;
use crate::core::Core;
use crate::env::ALPHANUMERIC;
use crate::error::{ApiError, ErrorCode};
use crate::identifier::{AccountId, generate_access_key_id};
use crate::model::{
    AccessKey, Account, AccountStatus, ChosenBy, ConsoleSession, Entity, KeyOwner, LoginProfile, MfaDevice,
    bump_generation,
};
use crate::name::{AccountAlias, KeyStatus, OwnerEmail};
use crate::password::PasswordHash;
use crate::vault::SecretText;

/// The length of an AccessKey's secret half, in characters.
pub(crate) const SECRET_LENGTH: usize = 30;

/// The length of an owner's first password, in characters.
const OWNER_PASSWORD_LENGTH: usize = 24;

/// An account to be made.
#[derive(Clone, Debug, Default)]
pub struct NewAccount {
    /// What the operator calls it; the alias or number if it is empty.
    pub name: String,
    /// Its number; one is made if none is given.
    pub id: Option<AccountId>,
    /// Its second name.
    pub alias: Option<AccountAlias>,
    /// The e-mail address under which its owner logs on, too.
    pub owner_email: Option<OwnerEmail>,
    /// With what its owner logs on to the console; nobody does if it is left out.
    pub owner_password: Option<PasswordHash>,
}

/// An account that was made, with the only sight of its first key.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreatedAccount {
    /// Its number.
    pub account_id: AccountId,
    /// Its second name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alias: Option<AccountAlias>,
    /// The id of the account's own AccessKey.
    pub access_key_id: String,
    /// What that key signs with.
    pub access_key_secret: String,
}

impl std::fmt::Debug for CreatedAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreatedAccount").field("account_id", &self.account_id).finish_non_exhaustive()
    }
}

/// Whether a service that is closed to other accounts lets them in, in one account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// It does.
    Open,
    /// It does not.
    Closed,
}

/// What becomes of the MFA device of an account's owner who gets another password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnerDevice {
    /// It stays bound.
    Kept,
    /// It is unbound and forgotten: the owner has lost it.
    Unbound,
}

impl OwnerDevice {
    /// As a switch says it.
    pub fn unbound_if(unbinds: bool) -> Self {
        if unbinds { Self::Unbound } else { Self::Kept }
    }
}

/// An operator's change on its way to the disk: it is made and recorded when this is done.
#[derive(Debug)]
#[must_use = "a change may be told only when it is on disk"]
pub struct Recorded<'a> {
    core: &'a Core,
    durable: Durable,
    draft: Draft,
}

impl Recorded<'_> {
    /// Blocks until the change is on disk. Fails if it could not be flushed; then the store takes no more changes.
    pub fn wait(self) -> Result<(), StoreError> {
        self.durable.wait()?;
        self.core.trail().enlisted(self.draft);
        Ok(())
    }
}

impl<'a> IntoFuture for Recorded<'a> {
    type Output = Result<(), StoreError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            self.durable.await?;
            self.core.trail().enlisted(self.draft);
            Ok(())
        })
    }
}

impl Core {
    /// Makes an account with an AccessKey of its own. It is there once the promise is kept.
    pub fn create_account(&self, new: &NewAccount) -> Result<(CreatedAccount, Recorded<'_>), ApiError> {
        self.operate("CreateAccount", |tx, draft| {
            let created = self.make_account(tx, new)?;
            draft.concerns(created.account_id);
            Ok(created)
        })
    }

    /// The same in a transaction that is under way.
    pub(crate) fn make_account(
        &self,
        tx: &mut dyn Transaction,
        new: &NewAccount,
    ) -> Result<CreatedAccount, ApiError> {
        let id = new.id.unwrap_or_else(|| AccountId::generate(self.env()));
        require_free(tx, id, new.alias.as_ref())?;
        let mut account = Account {
            id,
            alias: None,
            name: new.name.clone(),
            status: AccountStatus::Open,
            created_at: self.env().now(),
            wrapped_data_key: self.new_data_key(id),
            sessions_not_before: 0,
            open_gates: Vec::new(),
            sessions_ended: None,
            owner_email: None,
        };
        if let Some(email) = &new.owner_email {
            require_free_email(tx, id, email)?;
        }
        account.set_alias(tx, new.alias.clone());
        account.set_owner_email(tx, new.owner_email.clone());
        bump_generation(tx, id)?;
        let (key, secret) = self.first_key(&account)?;
        key.save(tx);
        if let Some(password) = &new.owner_password {
            let mut profile = LoginProfile::new(KeyOwner::Account, password.clone(), account.created_at);
            profile.chosen_by = ChosenBy::Holder;
            profile.save(tx, id);
        }
        Ok(CreatedAccount {
            account_id: id,
            alias: account.alias,
            access_key_id: key.id,
            access_key_secret: secret.expose().to_owned(),
        })
    }

    /// A password for the owner of an account, and what is kept of it.
    pub async fn new_owner_password(&self) -> Result<(SecretText, PasswordHash), ApiError> {
        let password = SecretText::new(self.env().random_text(ALPHANUMERIC, OWNER_PASSWORD_LENGTH));
        let hash = self.passwords().hash_new(self.env(), password.clone(), Vec::new()).await?;
        let hash = hash.ok_or_else(|| ApiError::internal("a new password was used before"))?;
        Ok((password, hash))
    }

    /// Gives the owner of an account, named by id or alias, another password, and ends every console logon of the owner:
    /// whoever knew the old password is out. The owner's AccessKeys stay, and its MFA device unless `device` says otherwise.
    pub fn replace_owner_password(
        &self,
        name: &str,
        password: &PasswordHash,
        device: OwnerDevice,
    ) -> Result<(Account, Recorded<'_>), ApiError> {
        self.operate("ReplaceOwnerPassword", |tx, draft| {
            let account = self.put_owner_password(tx, name, password, device)?;
            draft.note("mfaDevice", format!("{device:?}"));
            draft.concerns(account.id);
            Ok(account)
        })
    }

    /// The same in a transaction that is under way.
    pub(crate) fn put_owner_password(
        &self,
        tx: &mut dyn Transaction,
        name: &str,
        password: &PasswordHash,
        device: OwnerDevice,
    ) -> Result<Account, ApiError> {
        let account = named_account(tx, name)?;
        let (id, now, owner) = (account.id, self.env().now(), KeyOwner::Account);
        let mut profile = match LoginProfile::find(tx, id, owner)? {
            Some(mut profile) => {
                profile.set_password(password.clone(), ChosenBy::Holder, now);
                profile
            }
            None => LoginProfile::new(owner, password.clone(), now),
        };
        profile.chosen_by = ChosenBy::Holder;
        profile.status = KeyStatus::Active;
        profile.password_reset_required = false;
        profile.updated_at = now;
        profile.save(tx, id);
        if let (OwnerDevice::Unbound, Some(mut bound)) = (device, MfaDevice::of_owner(tx, id, owner)?) {
            bound.unbind(tx, id)?;
            bound.delete(tx, id)?;
        }
        for session in ConsoleSession::of_owner(tx, id, owner)? {
            session.delete(tx, id);
        }
        bump_generation(tx, id)?;
        Ok(account)
    }

    /// Opens or closes a service of one account, named by id or alias, to other accounts.
    pub fn set_gate(
        &self,
        name: &str,
        service: &str,
        gate: Gate,
    ) -> Result<(Account, Recorded<'_>), ApiError> {
        self.operate("SetGate", |tx, draft| {
            let account = turn_gate(tx, name, service, gate)?;
            draft.concerns(account.id);
            draft.note("service", service.to_owned());
            draft.note("gate", format!("{gate:?}"));
            Ok(account)
        })
    }

    /// Closes an account, named by id or alias, or opens it again.
    ///
    /// While it is closed none of its credentials works, and none of its roles can be used. Nothing is lost.
    pub fn set_account_status(
        &self,
        name: &str,
        status: AccountStatus,
    ) -> Result<(Account, Recorded<'_>), ApiError> {
        let action = match status {
            AccountStatus::Open => "OpenAccount",
            AccountStatus::Closed => "CloseAccount",
        };
        self.operate(action, |tx, draft| {
            let account = put_status(tx, name, status)?;
            draft.concerns(account.id);
            Ok(account)
        })
    }

    /// All accounts, in the order of their ids.
    pub fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        let tx = self.store().read()?;
        let ids = Account::all(tx.as_ref(), usize::MAX - 1)?;
        ids.into_iter().filter_map(|id| Account::find(tx.as_ref(), id).transpose()).collect()
    }

    /// Makes a change and its record in one transaction.
    pub(crate) fn operate<T>(
        &self,
        action: &'static str,
        change: impl Fn(&mut dyn Transaction, &mut Draft) -> Result<T, ApiError>,
    ) -> Result<(T, Recorded<'_>), ApiError> {
        let mut draft = Draft::operator(self.env(), action);
        let (done, durable) = self.store().transact(|tx| {
            let done = change(tx, &mut draft)?;
            self.trail().enlist(tx, &mut draft);
            Ok::<_, ApiError>(done)
        })?;
        Ok((done, Recorded { core: self, durable, draft }))
    }

    fn first_key(&self, account: &Account) -> Result<(AccessKey, SecretText), ApiError> {
        let env = self.env();
        let secret = SecretText::new(env.random_text(ALPHANUMERIC, SECRET_LENGTH));
        let owner = (account.id, KeyOwner::Account);
        let key = AccessKey::seal(env, &self.data_key(account)?, generate_access_key_id(env), owner, &secret);
        Ok((key, secret))
    }
}

/// Opens or closes a service of one account to other accounts.
pub(crate) fn turn_gate(
    tx: &mut dyn Transaction,
    name: &str,
    service: &str,
    gate: Gate,
) -> Result<Account, ApiError> {
    let mut account = named_account(tx, name)?;
    account.open_gates.retain(|open| open != service);
    if gate == Gate::Open {
        account.open_gates.push(service.to_owned());
        account.open_gates.sort();
    }
    account.save(tx);
    bump_generation(tx, account.id)?;
    Ok(account)
}

/// Closes an account or opens it again.
pub(crate) fn put_status(
    tx: &mut dyn Transaction,
    name: &str,
    status: AccountStatus,
) -> Result<Account, ApiError> {
    let mut account = named_account(tx, name)?;
    account.status = status;
    account.save(tx);
    bump_generation(tx, account.id)?;
    Ok(account)
}

fn require_free(tx: &dyn Transaction, id: AccountId, alias: Option<&AccountAlias>) -> Result<(), ApiError> {
    if Account::find(tx, id)?.is_some() {
        let message = format!("The account {id} already exists: choose another id.");
        return Err(ApiError::new(ErrorCode::EntityAlreadyExistsAccount, message));
    }
    if let Some(alias) = alias
        && Account::find_alias(tx, alias)?.is_some()
    {
        let message = format!("The alias `{alias}` is taken: choose another.");
        return Err(ApiError::new(ErrorCode::EntityAlreadyExistsAccountAlias, message));
    }
    Ok(())
}

/// Fails with `EntityAlreadyExists.OwnerEmail` if the owner of another account than `id` has this e-mail address.
pub(crate) fn require_free_email(
    tx: &dyn Transaction,
    id: AccountId,
    email: &OwnerEmail,
) -> Result<(), ApiError> {
    match Account::find_email(tx, email)? {
        Some(other) if other != id => {
            let message = "This e-mail address cannot be used here: choose another.";
            Err(ApiError::new(ErrorCode::EntityAlreadyExistsOwnerEmail, message))
        }
        _ => Ok(()),
    }
}

/// The account of a number or an alias. Fails with `EntityNotExist.Account`.
pub(crate) fn named_account(tx: &dyn Transaction, name: &str) -> Result<Account, ApiError> {
    let id = match name.parse() {
        Ok(id) => Some(id),
        Err(_) => name.parse().ok().map(|alias| Account::find_alias(tx, &alias)).transpose()?.flatten(),
    };
    let found = id.map(|id| Account::find(tx, id)).transpose()?.flatten();
    found.ok_or_else(|| {
        let message = format!("There is no account `{name}`: `argali account list` shows them all.");
        ApiError::new(ErrorCode::EntityNotExistAccount, message)
    })
}
