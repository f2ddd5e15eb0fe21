//! What became of the wish to delete a service-linked role: asked for after the role is gone.

use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};

use super::key::{AccountTable, Key};
use super::record::{Record, read, write};
use super::recycle_bin::expiry;
use crate::identifier::AccountId;
use crate::name::RoleName;
use crate::time::Timestamp;

/// What clients know as a deletion task. A later one of the same role replaces it.
#[derive(Clone, Debug, Encode, Decode)]
pub struct RoleDeletion {
    /// The role.
    #[n(0)]
    pub role: RoleName,
    /// The service that it is, or was, linked to.
    #[n(1)]
    pub service: String,
    /// What tells it from others of the same role: a random UUID.
    #[n(2)]
    pub number: String,
    /// When it was wished for, and decided.
    #[n(3)]
    pub at: Timestamp,
    /// What used the role; nothing, if it was deleted.
    #[n(4)]
    pub uses: Vec<RoleUse>,
    /// When it may be forgotten.
    #[n(5)]
    pub expires_at: Timestamp,
}

/// Resources of one region that use a role.
#[derive(Clone, Debug, Encode, Decode)]
pub struct RoleUse {
    /// The region.
    #[n(0)]
    pub region: String,
    /// Their ARNs.
    #[n(1)]
    pub resources: Vec<String>,
}

impl Record for RoleDeletion {}

impl RoleDeletion {
    /// The last one of a role.
    pub fn find(
        tx: &dyn Transaction,
        account: AccountId,
        role: &RoleName,
    ) -> Result<Option<Self>, StoreError> {
        read(tx, &Self::key(account, role))
    }

    /// Writes it in place of the one before.
    pub fn save(&self, tx: &mut dyn Transaction, account: AccountId) -> Result<(), StoreError> {
        let key = Self::key(account, &self.role);
        if let Some(before) = Self::find(tx, account, &self.role)? {
            tx.delete(expiry(before.expires_at, &key).as_bytes());
        }
        write(tx, &key, self);
        tx.put(expiry(self.expires_at, &key).as_bytes(), &[]);
        Ok(())
    }

    /// What clients call it.
    // SPEC: the Resource Management API, DeleteServiceLinkedRole, sample.
    pub fn task_id(&self) -> String {
        format!("task/acs-service-role/{}/{}/{}", self.service, self.role, self.number)
    }

    fn key(account: AccountId, role: &RoleName) -> Key {
        Key::account(account, AccountTable::RoleDeletion).text(&role.folded())
    }
}

#[cfg(test)]
mod tests {
    use super::super::golden::check;
    use super::*;

    #[test]
    fn what_every_format_wrote_reads_as_the_same() {
        let at = Timestamp::from_millis(1_750_000_000_123);
        let resources = vec!["acs:nas:cn-hangzhou:11223344:filesystem/nas-1".to_owned()];
        let deletion = RoleDeletion {
            role: "AliyunServiceRoleForNas".parse().unwrap(),
            service: "nas.aliyuncs.com".to_owned(),
            number: "0a7f9c1e-4d2b-4c3a-8f6e-1b2c3d4e5f60".to_owned(),
            at,
            uses: vec![RoleUse { region: "cn-hangzhou".to_owned(), resources }],
            expires_at: at,
        };
        check("RoleDeletion", &deletion);
    }
}
