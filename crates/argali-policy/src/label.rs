//! Names of policies and statements, for explanations and audit.

use std::sync::Arc;

/// What a policy is called and how the principal came to have it. Cheap to clone.
///
/// It does not name the user or role itself, so that one label serves everybody who holds a policy in
/// the same way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyLabel(Arc<Inner>);

#[derive(Debug, PartialEq, Eq)]
struct Inner {
    policy: Box<str>,
    version: Option<Box<str>>,
    attachment: Attachment,
    number: u32,
}

/// How a principal came to have a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attachment {
    /// Attached to the user.
    User,
    /// Attached to a group of the user, with the group's name.
    Group(Box<str>),
    /// Attached to the role.
    Role,
    /// Control policy, with the member or folder to which it is attached.
    Target(Box<str>),
}

impl PolicyLabel {
    /// Names `policy`, for example `acs:ram:*:system:policy/AdministratorAccess`.
    #[must_use]
    pub fn new(policy: impl Into<Box<str>>, attachment: Attachment) -> Self {
        Self(Arc::new(Inner { policy: policy.into(), version: None, attachment, number: 0 }))
    }

    /// Names one version of `policy`, for example `v3`. The number is the caller's own, by which it finds again how the
    /// principal came to have the policy.
    #[must_use]
    pub fn of_version(
        policy: impl Into<Box<str>>,
        version: impl Into<Box<str>>,
        attachment: Attachment,
        number: u32,
    ) -> Self {
        Self(Arc::new(Inner { policy: policy.into(), version: Some(version.into()), attachment, number }))
    }

    /// The policy's name.
    #[must_use]
    pub fn policy(&self) -> &str {
        &self.0.policy
    }

    /// The version, if it was named.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.0.version.as_deref()
    }

    /// The number that was given along with the version, otherwise 0.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.0.number
    }

    /// How the principal came to have it.
    #[must_use]
    pub fn attachment(&self) -> &Attachment {
        &self.0.attachment
    }
}

/// One statement of one policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementRef {
    /// The policy; `None` where the layer has only one document: session, bucket and trust policies.
    pub policy: Option<PolicyLabel>,
    /// Position in the document's `Statement` list, from 0.
    pub statement: usize,
}
