//! Virtual MFA devices: what an authenticator app and Argali share, and who shows its codes.

use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};

use super::access_key::KeyOwner;
use super::account::Quota;
use super::entity::Entity;
use super::key::{AccountTable, Key, leading_number};
use super::record::{Record, each_row};
use crate::env::Env;
use crate::identifier::{AccountId, MfaDeviceId};
use crate::name::MfaDeviceName;
use crate::time::Timestamp;
use crate::totp::{Code, Seed, Step};
use crate::vault::SecretKey;

/// A virtual MFA device. Its seed is sealed; it is shown once, when the device is made.
#[derive(Clone, Debug, Encode, Decode)]
pub struct MfaDevice {
    /// What tells it from a later one of the same name.
    #[n(0)]
    pub id: MfaDeviceId,
    /// What it is called.
    #[n(1)]
    pub name: MfaDeviceName,
    /// When it was made.
    #[n(2)]
    pub created_at: Timestamp,
    #[cbor(n(3), with = "minicbor::bytes")]
    sealed_seed: Vec<u8>,
    /// Whose it is, once it was bound.
    #[n(4)]
    pub binding: Option<MfaBinding>,
    /// The latest step of which a code was used.
    #[n(5)]
    last_step: Option<Step>,
}

/// That a device is somebody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct MfaBinding {
    /// Whose.
    #[n(0)]
    pub owner: KeyOwner,
    /// Since when.
    #[n(1)]
    pub at: Timestamp,
}

impl Record for MfaDevice {}

impl Entity for MfaDevice {
    type Name = MfaDeviceName;
    const TABLE: AccountTable = AccountTable::MfaDevice;
    const NAMES_BY_ID: AccountTable = AccountTable::MfaDeviceById;
    const QUOTA: Quota = Quota::MfaDevices;

    fn id_number(&self) -> u64 {
        self.id.number()
    }

    fn name(&self) -> &MfaDeviceName {
        &self.name
    }

    fn fold(name: &MfaDeviceName) -> String {
        name.folded()
    }

    /// Under whose it is lies a row that leads to it.
    fn index(&self, tx: &mut dyn Transaction, account: AccountId) {
        if let Some(binding) = self.binding {
            let id = self.id.number().to_be_bytes();
            tx.put(owner_key(account, binding.owner).as_bytes(), &id);
        }
    }

    fn unindex(&self, tx: &mut dyn Transaction, account: AccountId) -> Result<(), StoreError> {
        if let Some(binding) = self.binding {
            tx.delete(owner_key(account, binding.owner).as_bytes());
        }
        Ok(())
    }
}

impl MfaDevice {
    /// A new device, which is nobody's yet; the seed is sealed at once.
    pub(crate) fn seal(
        env: &Env,
        data_key: &SecretKey,
        account: AccountId,
        name: MfaDeviceName,
        seed: &Seed,
    ) -> Self {
        let id = MfaDeviceId::generate(env);
        let sealed_seed = data_key.seal(env, &belongs_to(account, id), seed.expose());
        Self { id, name, created_at: env.now(), sealed_seed, binding: None, last_step: None }
    }

    /// The device of a user or of the account's owner.
    pub fn of_owner(
        tx: &dyn Transaction,
        account: AccountId,
        owner: KeyOwner,
    ) -> Result<Option<Self>, StoreError> {
        match tx.get(owner_key(account, owner).as_bytes())? {
            Some(id) => {
                let id = id.try_into().map(u64::from_be_bytes).unwrap_or_default();
                Self::find_by_id(tx, account, id)
            }
            None => Ok(None),
        }
    }

    /// How many devices of an account are somebody's.
    pub fn bound(tx: &dyn Transaction, account: AccountId) -> Result<u64, StoreError> {
        let mut bound = 0;
        Self::each_owner(tx, account, |_| bound += 1)?;
        Ok(bound)
    }

    /// The numbers of all in an account who have a device.
    pub(super) fn each_owner(
        tx: &dyn Transaction,
        account: AccountId,
        mut take: impl FnMut(u64),
    ) -> Result<(), StoreError> {
        each_row(tx, &Key::account(account, AccountTable::MfaDeviceOfUser), |place, _| {
            take(leading_number(place));
            Ok(())
        })
    }

    /// Binds it to its owner if `first` and `second` are its codes and follow one another; says whether they do.
    ///
    /// `None` if the seed cannot be opened.
    pub(crate) fn bind(
        &mut self,
        (data_key, account): (&SecretKey, AccountId),
        owner: KeyOwner,
        (first, second): (Code, Code),
        now: Timestamp,
    ) -> Option<bool> {
        let found = self.seed(data_key, account)?.steps(first, second, now);
        let found = found.filter(|step| self.last_step.is_none_or(|last| *step > last));
        if let Some(step) = found {
            self.last_step = Some(step);
            self.binding = Some(MfaBinding { owner, at: now });
        }
        Some(found.is_some())
    }

    /// Uses a code up; says whether it was right. Each counts once, and none that is older than one used.
    ///
    /// `None` if the seed cannot be opened.
    // SPEC: security, console: a TOTP step is used once, as a condition of its transaction.
    pub(crate) fn use_code(
        &mut self,
        (data_key, account): (&SecretKey, AccountId),
        code: Code,
        now: Timestamp,
    ) -> Option<bool> {
        let found = self.seed(data_key, account)?.step(code, now, self.last_step);
        self.last_step = found.or(self.last_step);
        Some(found.is_some())
    }

    /// Makes it nobody's, and writes it.
    pub fn unbind(&mut self, tx: &mut dyn Transaction, account: AccountId) -> Result<(), StoreError> {
        self.unindex(tx, account)?;
        self.binding = None;
        self.save(tx, account);
        Ok(())
    }

    /// `acs:ram::<account>:mfa/<name>`
    pub fn serial_number(&self, account: AccountId) -> String {
        format!("acs:ram::{account}:mfa/{}", self.name)
    }

    fn seed(&self, data_key: &SecretKey, account: AccountId) -> Option<Seed> {
        let seed = data_key.open(&belongs_to(account, self.id), &self.sealed_seed)?;
        Seed::from_bytes(&seed)
    }
}

fn owner_key(account: AccountId, owner: KeyOwner) -> Key {
    Key::account(account, AccountTable::MfaDeviceOfUser).number(owner.number())
}

fn belongs_to(account: AccountId, id: MfaDeviceId) -> Vec<u8> {
    format!("{account}\0{id}\0MFASeed").into_bytes()
}
