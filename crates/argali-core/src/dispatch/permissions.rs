//! Which policies count for a principal, compiled and kept as long as nothing changes.

use std::collections::BTreeMap;
use std::sync::Arc;

use argali_policy::{Attachment as How, Document, DocumentKind, PolicyLabel, PolicySet};
use argali_store::Transaction;
use quick_cache::sync::Cache;

use super::grant_use::UsedGrant;
use crate::error::ApiError;
use crate::identifier::{AccountId, PolicyId, RoleId, UserId};
use crate::model::{
    Attachment, AttachmentScope, Bucket, Entity, Group, Membership, Policy, PolicyRef, PolicyVersion,
    Principal, ResourceGroupId, Role, VersionId, generation,
};
use crate::name::PolicyType;
use crate::services::ram::system_policy;

/// What a principal may do, by scope.
#[derive(Debug, Default)]
pub(crate) struct Permissions {
    /// Everywhere in its account.
    pub(crate) account_scope: PolicySet,
    /// In single resource groups.
    groups: BTreeMap<ResourceGroupId, PolicySet>,
    /// The attachments that all this comes from, by the numbers of their labels.
    grants: Box<[Arc<UsedGrant>]>,
    /// Whether any of these asks for tags of resources.
    pub(super) reads_resource_tags: bool,
}

/// What condition keys begin with that ask for a tag of a resource.
pub(super) const RESOURCE_TAG: &str = "acs:ResourceTag/";

impl Permissions {
    /// Everything there is.
    pub(crate) fn everything() -> Result<Self, ApiError> {
        const ALL: &str = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
        let document = compile(DocumentKind::Identity, ALL)?;
        let all = PolicySet::new([(PolicyLabel::new("everything", How::User), document)]);
        Ok(Self { account_scope: all, ..Self::default() })
    }

    /// Whether a policy allows an action, on whatever, in whatever scope and under whatever condition.
    pub(super) fn may_allow(&self, action: &str) -> bool {
        let sets = std::iter::once(&self.account_scope).chain(self.groups.values());
        sets.flat_map(PolicySet::iter).any(|(_, document)| document.may_allow(action))
    }

    /// What counts in each resource group besides the account scope.
    pub(crate) fn groups(&self) -> impl Iterator<Item = (&ResourceGroupId, &PolicySet)> {
        self.groups.iter()
    }

    /// The attachment whose label has this number.
    pub(super) fn grant(&self, number: u32) -> Option<&Arc<UsedGrant>> {
        self.grants.get(usize::try_from(number).ok()?)
    }

    /// What counts in one resource group besides the account scope.
    pub(crate) fn in_group(&self, group: Option<&ResourceGroupId>) -> Option<&PolicySet> {
        self.groups.get(group?)
    }
}

/// Whose policies are wanted: a group's count through its members.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Holder {
    /// A RAM user, with the groups it is in.
    User(UserId),
    /// A role.
    Role(RoleId),
}

/// Compiled permissions and documents.
#[derive(Debug)]
pub(crate) struct PermissionsCache {
    /// Valid while the generation of the account is the one they were made at.
    holders: Cache<(AccountId, Holder), (u64, Arc<Permissions>)>,
    /// Valid for good: a version of a policy never changes, and ids are never used again.
    versions: Cache<(PolicyId, VersionId), Arc<Document>>,
    /// Valid for good: a trust policy that is edited has another revision.
    trusts: Cache<(RoleId, u32), Arc<Document>>,
    /// Valid for good: a bucket's policy that is set again has another revision.
    buckets: Cache<(u64, u32), Arc<Document>>,
}

impl PermissionsCache {
    /// A cache of about `entries` principals, and as many documents.
    pub(crate) fn new(entries: usize) -> Self {
        Self {
            holders: Cache::new(entries),
            versions: Cache::new(entries),
            trusts: Cache::new(entries),
            buckets: Cache::new(entries),
        }
    }

    /// Forgets everything: of what is put back from a backup, versions and revisions are given again.
    pub(crate) fn clear(&self) {
        self.holders.clear();
        self.versions.clear();
        self.trusts.clear();
        self.buckets.clear();
    }

    /// What `holder` may do, as the transaction sees it.
    pub(crate) fn of(
        &self,
        tx: &dyn Transaction,
        account: AccountId,
        holder: Holder,
    ) -> Result<Arc<Permissions>, ApiError> {
        let generation = generation(tx, account)?;
        if let Some((made_at, permissions)) = self.holders.get(&(account, holder))
            && made_at == generation
        {
            return Ok(permissions);
        }
        let permissions = Arc::new(self.load(tx, account, holder)?);
        self.holders.insert((account, holder), (generation, Arc::clone(&permissions)));
        Ok(permissions)
    }

    /// The compiled trust policy of a role.
    pub(crate) fn trust(&self, role: &Role) -> Result<Arc<Document>, ApiError> {
        let key = (role.id, role.trust_revision);
        self.trusts.get_or_insert_with(&key, || compile(DocumentKind::Trust, &role.trust_policy))
    }

    /// The compiled policy of a bucket, if it has one.
    pub(super) fn bucket(&self, bucket: &Bucket) -> Result<Option<Arc<Document>>, ApiError> {
        let Some(policy) = &bucket.policy else { return Ok(None) };
        let key = (bucket.id, bucket.policy_revision);
        self.buckets.get_or_insert_with(&key, || compile(DocumentKind::Bucket, policy)).map(Some)
    }

    fn load(
        &self,
        tx: &dyn Transaction,
        account: AccountId,
        holder: Holder,
    ) -> Result<Permissions, ApiError> {
        let mut attached = Vec::new();
        match holder {
            Holder::Role(id) => {
                let own = Attachment::of_principal(tx, account, Principal::Role(id))?;
                attached.extend(own.into_iter().map(|attachment| (attachment, How::Role)));
            }
            Holder::User(id) => {
                let own = Attachment::of_principal(tx, account, Principal::User(id))?;
                attached.extend(own.into_iter().map(|attachment| (attachment, How::User)));
                for membership in Membership::of_user(tx, account, id, usize::MAX - 1)? {
                    let Some(group) = Group::find_by_id(tx, account, membership.group.number())? else {
                        continue;
                    };
                    let of_group = Attachment::of_principal(tx, account, Principal::Group(group.id))?;
                    let how = How::Group(group.name.as_str().into());
                    attached.extend(of_group.into_iter().map(|attachment| (attachment, how.clone())));
                }
            }
        }
        self.compile(tx, account, attached)
    }

    fn compile(
        &self,
        tx: &dyn Transaction,
        account: AccountId,
        attached: Vec<(Attachment, How)>,
    ) -> Result<Permissions, ApiError> {
        let mut account_scope = Vec::new();
        let mut groups = BTreeMap::<_, Vec<_>>::new();
        let mut grants = Vec::with_capacity(attached.len());
        let mut reads_resource_tags = false;
        for (number, (attachment, how)) in (0..).zip(attached) {
            let (version, document) = self.document(tx, account, &attachment.policy)?;
            let policy = attachment.policy.arn(account);
            let label = PolicyLabel::of_version(policy, version.to_string(), how, number);
            reads_resource_tags |= document.reads(RESOURCE_TAG);
            match &attachment.scope {
                AttachmentScope::Account => account_scope.push((label, document)),
                AttachmentScope::ResourceGroup(id) => {
                    groups.entry(id.clone()).or_default().push((label, document));
                }
            }
            grants.push(UsedGrant::new(account, attachment));
        }
        Ok(Permissions {
            account_scope: PolicySet::new(account_scope),
            groups: groups.into_iter().map(|(id, policies)| (id, PolicySet::new(policies))).collect(),
            grants: grants.into(),
            reads_resource_tags,
        })
    }

    /// The version of a policy that is in force, compiled.
    fn document(
        &self,
        tx: &dyn Transaction,
        account: AccountId,
        policy: &PolicyRef,
    ) -> Result<(VersionId, Arc<Document>), ApiError> {
        if policy.kind == PolicyType::System {
            let known = system_policy::find(&policy.name);
            return known
                .map(|known| (known.version, Arc::clone(known.document())))
                .ok_or_else(|| ApiError::internal(format!("system policy `{}` is gone", policy.name)));
        }
        let missing = || ApiError::internal(format!("attached policy `{}` has no document", policy.name));
        let record = Policy::find(tx, account, &policy.name)?.ok_or_else(missing)?;
        let in_force = record.default_version;
        let document = self.versions.get_or_insert_with(&(record.id, in_force), || {
            let version = PolicyVersion::find(tx, account, record.id, in_force)?.ok_or_else(missing)?;
            compile(DocumentKind::Identity, &version.document)
        })?;
        Ok((in_force, document))
    }
}

/// Compiles a document that was checked when it was stored. Whatever goes wrong refuses the request.
fn compile(kind: DocumentKind, text: &str) -> Result<Arc<Document>, ApiError> {
    Document::parse(kind, text).map(Arc::new).map_err(ApiError::internal)
}
