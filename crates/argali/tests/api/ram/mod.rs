//! RAM: users, groups, keys, roles, policies and attachments, each operation with its unhappy cases first.

pub(crate) mod access_key;
mod account_alias;
mod attachment;
mod group;
mod linked_role;
mod login_profile;
mod membership;
mod mfa_binding;
mod mfa_device;
mod name;
mod own_password;
mod paging;
mod password_policy;
mod policy;
mod policy_version;
mod role;
mod security_preference;
mod tag;
mod user;

use argali_testkit::Enterprise;
use serde_json::Value;

/// The values of one member of each entry of a list.
pub(crate) fn each<'v>(list: &'v Value, member: &str) -> Vec<&'v str> {
    let entries = list.as_array().unwrap_or_else(|| panic!("not a list: {list}"));
    entries.iter().map(|entry| entry[member].as_str().unwrap_or_default()).collect()
}

/// Everything that lists of an account show, to see whether anything has changed.
pub(crate) fn state(owner: &Enterprise) -> Vec<Value> {
    let mut state: Vec<Value> = ["ListUsers", "ListGroups", "ListRoles", "ListPolicies"]
        .map(|list| owner.must("Ram", list, &[("MaxItems", "100")]))
        .into();
    state.push(owner.must("Ram", "ListAccessKeys", &[]));
    for answer in &mut state {
        answer.as_object_mut().map(|answer| answer.remove("RequestId"));
    }
    state
}
