//! Resource Management: resource groups, what is in them, and who may do what there.

mod attachment;
mod auto_grouping;
mod bucket;
mod group_event;
mod policy;
mod resource;
mod resource_group;
mod resource_move;
mod role;
mod scope;
mod setting;
mod tag;

use argali_testkit::Enterprise;

use crate::stage::{fresh, text};

/// A new resource group of an account; its id.
pub(crate) fn resource_group(owner: &Enterprise) -> String {
    let made = owner.must(
        "ResourceManager",
        "CreateResourceGroup",
        &[("Name", &fresh("group-")), ("DisplayName", "Team")],
    );
    text(&made["ResourceGroup"]["Id"])
}

/// The id of the group that an account has from the start.
fn default_group(owner: &Enterprise) -> String {
    let listed = owner.must("ResourceManager", "ListResourceGroups", &[("Name", "default")]);
    text(&listed["ResourceGroups"]["ResourceGroup"][0]["Id"])
}
