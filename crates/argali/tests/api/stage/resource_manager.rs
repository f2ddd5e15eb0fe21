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
            "AttachPolicy" => self.new_grant(),
            "DetachPolicy" => {
                let grant = self.new_grant();
                self.call("ResourceManager", "AttachPolicy", grant.clone());
                grant
            }
            "ListPolicyAttachments"
            | "ListResources"
            | "GetResourceGroupResourceCounts"
            | "ListResourceGroupCapability"
            | "ListResourceGroupsWithAuthDetails" => Vec::new(),
            "MoveResources" => vec![
                self.resource_group(),
                ("Resources.1.Service", "vpc".to_owned()),
                ("Resources.1.ResourceType", "vpc".to_owned()),
                ("Resources.1.ResourceId", self.network().vpc.clone()),
            ],
            "LookupResourceGroupEvents" => vec![("EventCategory", "MemberShipChange".to_owned())],
            "EnableResourceGroupNotification"
            | "DisableResourceGroupNotification"
            | "GetResourceGroupNotificationSetting" => Vec::new(),
            "ListPolicies" | "ListRoles" => Vec::new(),
            "GetResourceGroupAdminSetting"
            | "EnableAssociatedTransfer"
            | "DisableAssociatedTransfer"
            | "ListAssociatedTransferSetting" => Vec::new(),
            "UpdateResourceGroupAdminSetting" => vec![("CreatorAsAdmin", "false".to_owned())],
            "UpdateAssociatedTransferSetting" => {
                self.call("ResourceManager", "EnableAssociatedTransfer", Vec::new());
                vec![("RuleSettings.1.Status", "Enable".to_owned())]
            }
            "TagResources" => {
                let (_, id) = self.resource_group();
                vec![
                    ("ResourceId.1", id),
                    ("Tag.1.Key", "team".to_owned()),
                    ("Tag.1.Value", "web".to_owned()),
                ]
            }
            "UntagResources" => {
                let params = self.resource_manager("TagResources")?;
                self.call("ResourceManager", "TagResources", params.clone());
                vec![params[0].clone(), ("TagKey.1", "team".to_owned())]
            }
            "ListTagResources" | "ListTagKeys" => vec![("ResourceType", "ResourceGroup".to_owned())],
            "ListTagValues" => {
                vec![("ResourceType", "ResourceGroup".to_owned()), ("TagKey", "team".to_owned())]
            }
            "CreatePolicy"
            | "GetPolicy"
            | "DeletePolicy"
            | "CreatePolicyVersion"
            | "GetPolicyVersion"
            | "ListPolicyVersions"
            | "SetDefaultPolicyVersion"
            | "DeletePolicyVersion"
            | "CreateRole"
            | "GetRole"
            | "UpdateRole"
            | "DeleteRole"
            | "CreateServiceLinkedRole"
            | "DeleteServiceLinkedRole" => self.ram(action)?,
            "EnableAutoGrouping"
            | "DisableAutoGrouping"
            | "GetAutoGroupingStatus"
            | "ListAutoGroupingRules" => Vec::new(),
            "UpdateAutoGroupingConfig" => vec![("EnableExistingResourcesTransfer", "false".to_owned())],
            "CreateAutoGroupingRule" => {
                // An account has ten at most.
                let made = self.call("ResourceManager", "ListAutoGroupingRules", Vec::new());
                for rule in made["Rules"].as_array().unwrap() {
                    let rule = ("RuleId", text(&rule["RuleId"]));
                    self.call("ResourceManager", "DeleteAutoGroupingRule", vec![rule]);
                }
                [self.rule(), vec![("RuleType", "custom_condition".to_owned())]].concat()
            }
            "GetAutoGroupingRule" | "DeleteAutoGroupingRule" | "ListAutoGroupingRemediations" => {
                vec![self.made_rule()]
            }
            "UpdateAutoGroupingRule" => [self.rule(), vec![self.made_rule()]].concat(),
            "GetServiceLinkedRoleDeletionStatus" => {
                let role = self.ram("DeleteServiceLinkedRole")?;
                let task = self.call("Ram", "DeleteServiceLinkedRole", role);
                vec![("DeletionTaskId", text(&task["DeletionTaskId"]))]
            }
            _ => return None,
        })
    }

    /// A rule that puts what is tagged into a group, not made yet.
    fn rule(&self) -> Params {
        let default = vec![("Name", "default".to_owned())];
        let listed = self.call("ResourceManager", "ListResourceGroups", default);
        let group = text(&listed["ResourceGroups"]["ResourceGroup"][0]["Id"]);
        let target = format!(
            r#"{{"featurePath":"$.resourceGroupId","featureSource":"RESOURCE","operator":"StringEquals","desired":"{group}"}}"#
        );
        vec![("RuleName", fresh("rule")), ("RuleContents.1.TargetResourceGroupCondition", target)]
    }

    fn made_rule(&self) -> (&'static str, String) {
        let rule = self.resource_manager("CreateAutoGroupingRule").unwrap_or_default();
        ("RuleId", text(&self.call("ResourceManager", "CreateAutoGroupingRule", rule)["RuleId"]))
    }

    /// A policy for a user in a group, not given yet.
    fn new_grant(&self) -> Params {
        let (_, user) = self.user();
        vec![
            self.resource_group(),
            self.policy(),
            ("PolicyType", "Custom".to_owned()),
            ("PrincipalName", format!("{user}@{}", self.owner.alias)),
            ("PrincipalType", "IMSUser".to_owned()),
        ]
    }

    /// A new resource group.
    pub(crate) fn resource_group(&self) -> (&'static str, String) {
        let params = vec![("Name", fresh("group-")), ("DisplayName", "Team".to_owned())];
        let made = self.call("ResourceManager", "CreateResourceGroup", params);
        ("ResourceGroupId", text(&made["ResourceGroup"]["Id"]))
    }
}
