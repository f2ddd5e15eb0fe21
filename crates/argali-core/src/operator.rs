//! What only the operator does: accounts are made by hand, there is no self-registration.

use argali_store::{Durable, StoreError};
use serde::Serialize;

use crate::core::Core;
use crate::env::ALPHANUMERIC;
use crate::error::{ApiError, ErrorCode};
use crate::identifier::{AccountId, generate_access_key_id};
use crate::model::{AccessKey, Account, AccountStatus, KeyOwner, bump_generation};
use crate::name::AccountAlias;
use crate::vault::SecretText;

/// The length of an AccessKey's secret half, in characters.
pub(crate) const SECRET_LENGTH: usize = 30;

/// An account to be made.
#[derive(Clone, Debug, Default)]
pub struct NewAccount {
    /// What the operator calls it; the alias or number if it is empty.
    pub name: String,
    /// Its number; one is made if none is given.
    pub id: Option<AccountId>,
    /// Its second name.
    pub alias: Option<AccountAlias>,
}

/// An account that was made, with the only sight of its first key.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreatedAccount {
    /// Its number.
    pub account_id: AccountId,
    /// Its second name.
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

impl Core {
    /// Makes an account with an AccessKey of its own. It is there once the promise is kept.
    pub fn create_account(&self, new: &NewAccount) -> Result<(CreatedAccount, Durable), ApiError> {
        let env = self.env();
        self.store().transact(|tx| {
            let id = new.id.unwrap_or_else(|| AccountId::generate(env));
            if Account::find(tx, id)?.is_some() {
                let message = format!("The account {id} already exists: choose another id.");
                return Err(ApiError::new(ErrorCode::EntityAlreadyExistsAccount, message));
            }
            if let Some(alias) = &new.alias
                && Account::find_alias(tx, alias)?.is_some()
            {
                let message = format!("The alias `{alias}` is taken: choose another.");
                return Err(ApiError::new(ErrorCode::EntityAlreadyExistsAccountAlias, message));
            }
            let mut account = Account {
                id,
                alias: None,
                name: new.name.clone(),
                status: AccountStatus::Open,
                created_at: env.now(),
                wrapped_data_key: self.new_data_key(id),
                sessions_not_before: 0,
                open_gates: Vec::new(),
            };
            account.set_alias(tx, new.alias.clone());
            bump_generation(tx, id)?;
            let secret = SecretText::new(env.random_text(ALPHANUMERIC, SECRET_LENGTH));
            let data_key = self.data_key(&account)?;
            let key = AccessKey::seal(
                env,
                &data_key,
                generate_access_key_id(env),
                (id, KeyOwner::Account),
                &secret,
            );
            key.save(tx);
            Ok(CreatedAccount {
                account_id: id,
                alias: account.alias,
                access_key_id: key.id,
                access_key_secret: secret.expose().to_owned(),
            })
        })
    }

    /// All accounts, in the order of their ids.
    pub fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        let tx = self.store().read()?;
        let ids = Account::all(tx.as_ref(), usize::MAX - 1)?;
        ids.into_iter().filter_map(|id| Account::find(tx.as_ref(), id).transpose()).collect()
    }
}
