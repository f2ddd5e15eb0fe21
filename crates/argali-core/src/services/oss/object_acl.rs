//! Who may reach a single object without any policy.

use argali_policy::Context as Conditions;

use super::error::no_such_key;
use super::scope::{Found, Reach, on_object};
use crate::dispatch::DataContext;
use crate::error::ApiError;
use crate::identifier::AccountId;
use crate::model::Acl;
use crate::operation::{Access, DataOperation};
use crate::storage_name::{BucketName, ObjectKey};

/// Says who may reach an object without any policy.
#[derive(Clone, Debug)]
pub struct PutObjectAcl {
    /// Of which bucket.
    pub bucket: BucketName,
    /// What it is called.
    pub key: ObjectKey,
    /// Who; as its bucket says if nothing is said.
    pub acl: Option<Acl>,
}

impl DataOperation for PutObjectAcl {
    const NAME: &'static str = "PutObjectAcl";
    const ACTION: &'static str = "oss:PutObjectAcl";
    const ACCESS: Access = Access::Identity;
    type Subject = Found;
    type Answer = ();

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<Found, ApiError> {
        let mut conditions = Conditions::new();
        conditions.set("oss:x-oss-object-acl", self.acl.map_or("default", Acl::as_str));
        on_object(cx, (&self.bucket, &self.key), Self::ACTION, Reach::Manage, conditions)
    }

    fn run(&self, cx: &mut DataContext<'_>, found: Found) -> Result<(), ApiError> {
        let mut object = found.object.ok_or_else(no_such_key)?;
        object.description.acl = self.acl;
        object.save(cx.tx_mut(), &found.bucket, &self.key);
        cx.changes_access_in(found.bucket.owner);
        Ok(())
    }
}

/// Shows who may reach an object without any policy.
#[derive(Clone, Debug)]
pub struct GetObjectAcl {
    /// Of which bucket.
    pub bucket: BucketName,
    /// What it is called.
    pub key: ObjectKey,
}

impl DataOperation for GetObjectAcl {
    const NAME: &'static str = "GetObjectAcl";
    const ACTION: &'static str = "oss:GetObjectAcl";
    const ACCESS: Access = Access::Read;
    type Subject = Found;
    /// Whose it is, and its own ACL if it has one.
    type Answer = (AccountId, Option<Acl>);

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<Found, ApiError> {
        on_object(cx, (&self.bucket, &self.key), Self::ACTION, Reach::Manage, Conditions::new())
    }

    fn run(&self, _: &mut DataContext<'_>, found: Found) -> Result<Self::Answer, ApiError> {
        let object = found.object.ok_or_else(no_such_key)?;
        Ok((found.bucket.owner, object.description.acl))
    }
}
