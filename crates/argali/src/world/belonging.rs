//! Who is in which group and whom which policy is attached to: what is there or not, and never changed.

use super::calls::RESOURCE_MANAGER;
use super::difference::{operation, step};
use super::model::{GROUP, Grant, Key, RESOURCE_GROUP, Thing, USER, text};
use super::plan::{Argument, Step, Verb};
use crate::client::RAM;

/// The step that adds a user to a group, or removes it.
pub(super) fn member(key: &Key, thing: &Thing, verb: Verb) -> Step {
    let of = |name: &str| Argument::from(text(thing.properties.get(name)).unwrap_or_default());
    let arguments = vec![("UserName".to_owned(), of("user")), ("GroupName".to_owned(), of("group"))];
    let action = if verb == Verb::Make { "AddUserToGroup" } else { "RemoveUserFromGroup" };
    step(verb, key, "", operation(RAM, action, arguments))
}

/// The step that attaches or detaches a policy, which is the account's own or the system's. Principals are named with the
/// account's default domain.
pub(super) fn grant(key: &Key, thing: &Thing, verb: Verb, (is_custom, domain): (bool, &str)) -> Step {
    let Grant { to_kind, to, policy, in_group } = Grant::of(thing);
    let kind = if is_custom { "Custom" } else { "System" };
    let attaches = verb == Verb::Make;
    let mut arguments: Vec<(String, Argument)> =
        vec![("PolicyType".to_owned(), kind.into()), ("PolicyName".to_owned(), policy.as_str().into())];
    let call = match in_group {
        None => {
            let (verb, side) = if attaches { ("Attach", "To") } else { ("Detach", "From") };
            let (noun, name) = match to_kind.as_str() {
                USER => ("User", "UserName"),
                GROUP => ("Group", "GroupName"),
                _ => ("Role", "RoleName"),
            };
            arguments.push((name.to_owned(), to.as_str().into()));
            operation(RAM, &format!("{verb}Policy{side}{noun}"), arguments)
        }
        Some(group) => {
            let (kind, prefix) = match to_kind.as_str() {
                USER => ("IMSUser", ""),
                GROUP => ("IMSGroup", "group."),
                _ => ("ServiceRole", "role."),
            };
            let name = format!("{to}@{prefix}{}", domain);
            arguments.push(("PrincipalType".to_owned(), kind.into()));
            arguments.push(("PrincipalName".to_owned(), Argument::Text(name)));
            arguments.push(("ResourceGroupId".to_owned(), Argument::IdOf(Key::new(RESOURCE_GROUP, group))));
            operation(RESOURCE_MANAGER, if attaches { "AttachPolicy" } else { "DetachPolicy" }, arguments)
        }
    };
    step(verb, key, "", call)
}
