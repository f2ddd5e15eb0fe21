//! Checks what files say of services with a backend: nothing may be said that only the engine could keep.

use super::check::Checker;
use super::file_operation::{Does, Operation};
use super::file_value::Shape;

impl Checker<'_> {
    /// What only the engine knows of resources cannot count where it keeps none: a policy that asks for their tags or
    /// groups would silently be without effect, and its Deny with it.
    pub(super) fn backend(&mut self) {
        if self.service.backend.is_none() {
            return;
        }
        for resource in self.service.resources.values() {
            for (said, what) in [(resource.groups, "resource_groups"), (resource.tags, "tags")] {
                if said {
                    self.report(resource.at, unknown(&format!("`{what}` of `{}`", resource.name)));
                }
            }
        }
        for operation in self.service.operations.values() {
            if let Some(verb) = verb_of_the_engine(operation) {
                let what = format!("what `{verb}` in `{}` works on", operation.name);
                self.report(operation.at, unknown(&what));
            }
        }
        for role in self.service.linked_roles.values().filter(|role| !role.used_by.is_empty()) {
            self.report(role.at, unknown(&format!("whether something uses the role of `{}`", role.service)));
        }
    }

    /// A reference must lead to something that is kept here, or its existence could not be checked.
    pub(super) fn leads_to_backend(&mut self, shape: &Shape) {
        let Some(refers) = &shape.refers else { return };
        let Some(owner) = self.catalog.service_of(&refers.value) else { return };
        if owner.backend.is_some() && self.service.backend.is_none() {
            let text = format!(
                "`{}` is kept by the backend of `{}`: nothing here can refer to it",
                refers.value, owner.name
            );
            self.report(refers.at, text);
        }
    }
}

fn unknown(what: &str) -> String {
    format!("the backend keeps the resources, so Argali does not know {what}: leave it out")
}

/// The verb of an operation that needs tags or groups, or a list that the file gives.
fn verb_of_the_engine(operation: &Operation) -> Option<&'static str> {
    match operation.does {
        Does::Tag(_) => Some("tags"),
        Does::Untag(_) => Some("untags"),
        Does::ListTags(_) => Some("lists_tags"),
        Does::Regroup(..) => Some("regroups"),
        _ => None,
    }
}
