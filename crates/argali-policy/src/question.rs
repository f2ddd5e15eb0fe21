//! A request, prepared once for being held against many statements.

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
    /// Where the colons of the resource's name are.
    pub(crate) colons: SmallVec<[usize; 8]>,
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
            colons: positions(b':', &resource),
            action,
            resource,
            resource_folded,
            resource_case,
        }
    }
}

/// Where `wanted` occurs.
fn positions(wanted: u8, text: &[u8]) -> SmallVec<[usize; 8]> {
    text.iter().enumerate().filter(|(_, byte)| **byte == wanted).map(|(position, _)| position).collect()
}

/// The name with an empty region in place of `*`: global resources are written either way, and a policy
/// that names a region must not match them.
// SPEC: policy language, resource and ARN: region of a global resource.
fn without_any_region(arn: &[u8]) -> SmallVec<[u8; 128]> {
    let mut parts = arn.splitn(4, |byte| *byte == b':');
    let (scheme, service, region, rest) = (parts.next(), parts.next(), parts.next(), parts.next());
    match (scheme, service, region, rest) {
        (Some(scheme), Some(service), Some(b"*"), Some(rest)) => {
            let mut name = SmallVec::from_slice(scheme);
            name.push(b':');
            name.extend_from_slice(service);
            name.extend_from_slice(b"::");
            name.extend_from_slice(rest);
            name
        }
        _ => SmallVec::from_slice(arn),
    }
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
            ("*", "*"),
            ("", ""),
        ];
        for (arn, expected) in cases {
            assert_eq!(without_any_region(arn.as_bytes()).as_slice(), expected.as_bytes());
        }
    }
}
