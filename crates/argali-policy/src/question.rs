//! A request, prepared once for being held against many statements.

use memchr::memchr_iter;
use smallvec::SmallVec;

use crate::pattern::Case;
use crate::signature::Signature;
use crate::{Context, Principal, Request};

/// What names of RAM's own resources begin with.
const RAM: &[u8] = b"acs:ram:";

/// A prepared request.
#[derive(Debug)]
pub(crate) struct Question<'a> {
    pub(crate) principal: Principal<'a>,
    pub(crate) owner: &'a str,
    pub(crate) context: &'a Context,
    /// In lower case.
    pub(crate) action: SmallVec<[u8; 64]>,
    /// As it is held against patterns.
    pub(crate) resource: SmallVec<[u8; 128]>,
    /// The same in lower case, for look-ups.
    pub(crate) resource_folded: SmallVec<[u8; 128]>,
    pub(crate) resource_case: Case,
    pub(crate) signature: Signature,
}

impl<'a> Question<'a> {
    pub(crate) fn new(request: &Request<'a>) -> Self {
        let mut action = SmallVec::from_slice(request.action.as_bytes());
        action.make_ascii_lowercase();
        let resource = without_any_region(request.resource.arn.as_bytes());
        let mut resource_folded = resource.clone();
        resource_folded.make_ascii_lowercase();
        // SPEC: policy language, resource and ARN: case is kept, but not in the names of RAM entities.
        let resource_case = if resource_folded.starts_with(RAM) { Case::Ignore } else { Case::Keep };
        Self {
            principal: request.principal,
            owner: request.resource.owner,
            context: request.context,
            signature: Signature::of_request(&action, &resource_folded),
            action,
            resource,
            resource_folded,
            resource_case,
        }
    }
}

/// The name with an empty region in place of `*`: global resources are written either way, and a policy
/// that names a region must not match them.
// SPEC: policy language, resource and ARN: region of a global resource.
fn without_any_region(arn: &[u8]) -> SmallVec<[u8; 128]> {
    let mut name = SmallVec::from_slice(arn);
    let mut colons = memchr_iter(b':', arn).skip(1);
    if let (Some(second), Some(third)) = (colons.next(), colons.next())
        && arn.get(second + 1..third) == Some(b"*")
    {
        name.remove(second + 1);
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_region_of_any_is_emptied() {
        let cases = [
            ("acs:ram:*:1:role/*", "acs:ram::1:role/*"),
            ("acs:ram::1:role/*", "acs:ram::1:role/*"),
            ("acs:ecs:cn-*:1:instance/*", "acs:ecs:cn-*:1:instance/*"),
            ("acs:oss:*:1:b/k:*:x", "acs:oss::1:b/k:*:x"),
            ("acs:mns:*", "acs:mns:*"),
            ("acs:mns:*:", "acs:mns::"),
            ("*", "*"),
            ("", ""),
        ];
        for (arn, expected) in cases {
            assert_eq!(without_any_region(arn.as_bytes()).as_slice(), expected.as_bytes());
        }
    }
}
