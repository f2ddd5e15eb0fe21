//! Resource Management.

use super::{Params, Stage, fresh, text};

impl Stage<'_> {
    pub(super) fn resource_manager(&self, action: &str) -> Option<Params> {
        let display_name = || ("DisplayName", "Team".to_owned());
        Some(match action {
            "CreateResourceGroup" => vec![("Name", fresh("group-")), display_name()],
            "GetResourceGroup" | "DeleteResourceGroup" => vec![self.resource_group()],
            "UpdateResourceGroup" => vec![self.resource_group(), ("NewDisplayName", "Another".to_owned())],
            "ListResourceGroups" => Vec::new(),
            _ => return None,
        })
    }

    /// A new resource group.
    pub(crate) fn resource_group(&self) -> (&'static str, String) {
        let params = vec![("Name", fresh("group-")), ("DisplayName", "Team".to_owned())];
        let made = self.call("ResourceManager", "CreateResourceGroup", params);
        ("ResourceGroupId", text(&made["ResourceGroup"]["Id"]))
    }
}
