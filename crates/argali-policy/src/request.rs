//! A question to the evaluator: the request, and the policies that could answer it.

use crate::{Context, Document, PolicySet, Principal};

/// What is acted upon.
#[derive(Debug, Clone, Copy)]
pub struct Resource<'a> {
    /// Name of the resource, `acs:<ram-code>:<region>:<account-id>:<relative-id>`, or `*`.
    pub arn: &'a str,
    /// Account that owns it. Where an account lets another one in (an opened gate), name the caller's
    /// account here; on resources of other accounts identity policies are not asked.
    pub owner: &'a str,
}

/// One action on one resource.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Who asks.
    pub principal: Principal<'a>,
    /// What is asked, `<ram-code>:<operation>`.
    pub action: &'a str,
    /// On what.
    pub resource: Resource<'a>,
    /// Under which circumstances.
    pub context: &'a Context,
}

/// How long a resource's name may be, in bytes. The longest that there are, of objects, have some 1,200.
const LONGEST_NAME: usize = 2_048;
/// How long the value of a condition key may be, in bytes.
const LONGEST_VALUE: usize = 4_096;

impl Request<'_> {
    /// Whether it names or says something longer than anything has a reason to be. Policies are not asked about that:
    /// holding a text against a pattern may cost the product of their lengths, and callers choose both.
    // SPEC: security, R9: what matching costs.
    #[must_use]
    pub fn is_oversized(&self) -> bool {
        let values = || self.context.iter().flat_map(|(_, values)| values);
        self.resource.arn.len() > LONGEST_NAME
            || self.action.len() > LONGEST_NAME
            || values().any(|value| value.len() > LONGEST_VALUE)
    }
}

/// The policies that apply to a request, by kind. The default is none at all.
#[derive(Debug, Clone, Copy)]
pub struct Policies<'a> {
    /// Control policies by level, from the owning account up to Root; `None` if it is in no directory,
    /// is the management account, or control policies are off.
    pub control: Option<&'a [&'a PolicySet]>,
    /// The session policy that was given when the role was assumed.
    pub session: Option<&'a Document>,
    /// Identity policies attached in the scope of the account: the user's own and those of all groups,
    /// or the role's.
    pub account_scope: &'a PolicySet,
    /// Identity policies attached in the scope of the resource group that the resource is in.
    pub group_scope: Option<&'a PolicySet>,
    /// Policy of the bucket.
    pub bucket: Option<&'a Document>,
    /// Trust policy of the role that is to be assumed.
    pub trust: Option<&'a Document>,
}

impl Default for Policies<'_> {
    fn default() -> Self {
        Self {
            control: None,
            session: None,
            account_scope: PolicySet::none(),
            group_scope: None,
            bucket: None,
            trust: None,
        }
    }
}
