//! What the kinds of the identity service are called by, and by which operations they are made, changed and removed.

use crate::client::{Api, RAM};

use super::model::{GROUP, POLICY, RESOURCE_GROUP, ROLE, USER};

pub(super) const RESOURCE_MANAGER: Api<'_> = Api { product: "ResourceManager", version: "2020-03-31" };
pub(super) const IMS: Api<'_> = Api { product: "Ims", version: "2019-08-15" };

/// A kind whose things are made, changed and removed one by one.
#[derive(Debug)]
pub(super) struct Entity {
    pub(super) kind: &'static str,
    pub(super) api: Api<'static>,
    pub(super) make: &'static str,
    /// The parameter of the name of one that is made.
    pub(super) name: &'static str,
    pub(super) change: &'static str,
    pub(super) remove: &'static str,
    /// The parameter by which one that exists is named.
    pub(super) target: &'static str,
    /// Each property, its member in answers, and its parameters when one is made and changed.
    pub(super) properties: &'static [(&'static str, &'static str, &'static str)],
}

/// What the parameters of changes have before the name of the property.
pub(super) const NEW: &str = "New";

pub(super) const ENTITIES: [Entity; 5] = [
    Entity {
        kind: RESOURCE_GROUP,
        api: RESOURCE_MANAGER,
        make: "CreateResourceGroup",
        name: "Name",
        change: "UpdateResourceGroup",
        remove: "DeleteResourceGroup",
        target: "ResourceGroupId",
        properties: &[("display_name", "DisplayName", "DisplayName")],
    },
    Entity {
        kind: POLICY,
        api: RAM,
        make: "CreatePolicy",
        name: "PolicyName",
        change: "UpdatePolicyDescription",
        remove: "DeletePolicy",
        target: "PolicyName",
        properties: &[("description", "Description", "Description"), ("document", "", "PolicyDocument")],
    },
    Entity {
        kind: GROUP,
        api: RAM,
        make: "CreateGroup",
        name: "GroupName",
        change: "UpdateGroup",
        remove: "DeleteGroup",
        target: "GroupName",
        properties: &[("comments", "Comments", "Comments")],
    },
    Entity {
        kind: USER,
        api: RAM,
        make: "CreateUser",
        name: "UserName",
        change: "UpdateUser",
        remove: "DeleteUser",
        target: "UserName",
        properties: &[
            ("display_name", "DisplayName", "DisplayName"),
            ("comments", "Comments", "Comments"),
            ("email", "Email", "Email"),
            ("mobile_phone", "MobilePhone", "MobilePhone"),
        ],
    },
    Entity {
        kind: ROLE,
        api: RAM,
        make: "CreateRole",
        name: "RoleName",
        change: "UpdateRole",
        remove: "DeleteRole",
        target: "RoleName",
        properties: &[
            ("description", "Description", "Description"),
            ("max_session_duration", "MaxSessionDuration", "MaxSessionDuration"),
            ("console_use", "AllowConsoleLogin", "AllowConsoleLogin"),
            ("trust", "", "AssumeRolePolicyDocument"),
        ],
    },
];

/// The entity of a kind, if it is one.
pub(super) fn entity(kind: &str) -> Option<&'static Entity> {
    ENTITIES.iter().find(|entity| entity.kind == kind)
}
