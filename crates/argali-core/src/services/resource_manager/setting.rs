//! What an account decides about all of its resource groups.

use serde::{Deserialize, Serialize};

use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::{ApiError, ErrorCode};
use crate::hosted::inventory::GroupedType;
use crate::identifier::AccountId;
use crate::model::ResourceGroupSettings;
use crate::operation::{Access, Entry, Operation, ResourceName, Resources};
use crate::services::flat_list::FlatList;

/// Everything that can be decided.
pub const OPERATIONS: &[Entry] = &[
    Entry::of::<GetResourceGroupAdminSetting>(),
    Entry::of::<UpdateResourceGroupAdminSetting>(),
    Entry::of::<EnableAssociatedTransfer>(),
    Entry::of::<DisableAssociatedTransfer>(),
    Entry::of::<ListAssociatedTransferSetting>(),
    Entry::of::<UpdateAssociatedTransferSetting>(),
];

/// How many rules one call may change.
const MOST_RULES: usize = 50;

/// Shows whether who makes a group administers it.
#[derive(Debug, Deserialize)]
pub struct GetResourceGroupAdminSetting {}

/// Whether who makes a group administers it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminSetting {
    creator_as_admin: bool,
}

impl Operation for GetResourceGroupAdminSetting {
    const NAME: &'static str = "GetResourceGroupAdminSetting";
    const ACCESS: Access = Access::Read;
    type Response = AdminSetting;

    fn resources(&self, caller: &Caller) -> Resources {
        all_groups(caller)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<AdminSetting, ApiError> {
        let settings = ResourceGroupSettings::of(cx.tx(), cx.account())?;
        Ok(AdminSetting { creator_as_admin: settings.creator_as_admin })
    }
}

/// Says whether who makes a group from now on administers it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateResourceGroupAdminSetting {
    /// Whether it does.
    pub creator_as_admin: bool,
}

impl Operation for UpdateResourceGroupAdminSetting {
    const NAME: &'static str = "UpdateResourceGroupAdminSetting";
    const ACCESS: Access = Access::Identity;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        all_groups(caller)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        change(cx, |settings| settings.creator_as_admin = self.creator_as_admin)
    }
}

/// Lets resources move to another group together with what they are part of.
#[derive(Debug, Deserialize)]
pub struct EnableAssociatedTransfer {}

impl Operation for EnableAssociatedTransfer {
    const NAME: &'static str = "EnableAssociatedTransfer";
    const ACCESS: Access = Access::Identity;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        all_groups(caller)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        change(cx, |settings| settings.associated_transfer = true)
    }
}

/// Lets every resource move to another group by itself alone. What was decided of single types is forgotten.
#[derive(Debug, Deserialize)]
pub struct DisableAssociatedTransfer {}

impl Operation for DisableAssociatedTransfer {
    const NAME: &'static str = "DisableAssociatedTransfer";
    const ACCESS: Access = Access::Identity;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        all_groups(caller)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        change(cx, |settings| {
            settings.associated_transfer = false;
            settings.stays.clear();
        })
    }
}

/// Shows which resources move to another group together with what they are part of.
#[derive(Debug, Deserialize)]
pub struct ListAssociatedTransferSetting {}

/// Which resources move together.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TransferSettings {
    associated_transfer_setting: TransferSetting,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct TransferSetting {
    account_id: AccountId,
    status: Status,
    enable_existing_resources_transfer: &'static str,
    rule_settings: Vec<RuleView>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct RuleView {
    master_service: String,
    master_resource_type: String,
    associated_service: String,
    associated_resource_type: String,
    status: Status,
}

/// Whether something is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub enum Status {
    /// It is.
    Enable,
    /// It is not.
    Disable,
}

impl From<bool> for Status {
    fn from(enabled: bool) -> Self {
        if enabled { Self::Enable } else { Self::Disable }
    }
}

impl Operation for ListAssociatedTransferSetting {
    const NAME: &'static str = "ListAssociatedTransferSetting";
    const ACCESS: Access = Access::Read;
    type Response = TransferSettings;

    fn resources(&self, caller: &Caller) -> Resources {
        all_groups(caller)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<TransferSettings, ApiError> {
        let settings = ResourceGroupSettings::of(cx.tx(), cx.account())?;
        let rules = cx.core().registry().catalog().grouped_parts().into_iter();
        let rule = |(whole, part): (GroupedType<'_>, GroupedType<'_>)| RuleView {
            master_service: whole.service_code().to_owned(),
            master_resource_type: whole.word(),
            associated_service: part.service_code().to_owned(),
            associated_resource_type: part.word(),
            status: settings.moves(&whole.association(part)).into(),
        };
        Ok(TransferSettings {
            associated_transfer_setting: TransferSetting {
                account_id: cx.account(),
                status: settings.associated_transfer.into(),
                enable_existing_resources_transfer: "false",
                rule_settings: rules.map(rule).collect(),
            },
        })
    }
}

/// Says of single types whether they move to another group together with what they are part of.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateAssociatedTransferSetting {
    /// Which types do, and which do not.
    #[serde(default)]
    pub rule_settings: FlatList<RuleSetting, MOST_RULES>,
    /// Whether what is in different groups already is brought together. It never is.
    #[serde(default)]
    pub enable_existing_resources_transfer: bool,
}

/// What is decided of a type. A member that is left out stands for all types.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RuleSetting {
    /// The service of what has parts.
    pub master_service: Option<String>,
    /// The type of what has parts.
    pub master_resource_type: Option<String>,
    /// The service of the parts.
    pub associated_service: Option<String>,
    /// The type of the parts.
    pub associated_resource_type: Option<String>,
    /// Whether they move together.
    pub status: Status,
}

impl RuleSetting {
    fn is_about(&self, whole: GroupedType<'_>, part: GroupedType<'_>) -> bool {
        whole.is_called(self.master_service.as_deref(), self.master_resource_type.as_deref())
            && part.is_called(self.associated_service.as_deref(), self.associated_resource_type.as_deref())
    }
}

impl Operation for UpdateAssociatedTransferSetting {
    const NAME: &'static str = "UpdateAssociatedTransferSetting";
    const ACCESS: Access = Access::Identity;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        all_groups(caller)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        if !ResourceGroupSettings::of(cx.tx(), cx.account())?.associated_transfer {
            let message =
                "Associated resources are not moved in this account: call EnableAssociatedTransfer first.";
            return Err(ApiError::new(ErrorCode::UnsupportedTransferRuleSetting, message));
        }
        if self.enable_existing_resources_transfer {
            let message =
                "What is in different groups already is not brought together: move it with MoveResources.";
            return Err(ApiError::invalid("EnableExistingResourcesTransfer", message));
        }
        let known = cx.core().registry().catalog().grouped_parts();
        let mut decided = Vec::new();
        for setting in self.rule_settings.as_slice() {
            let about = known.iter().filter(|(whole, part)| setting.is_about(*whole, *part));
            let about: Vec<_> = about.map(|(whole, part)| whole.association(*part)).collect();
            if about.is_empty() {
                let message = "There is no such rule: look at ListAssociatedTransferSetting.";
                return Err(ApiError::new(ErrorCode::EntityNotExistsAssociatedTransferRule, message));
            }
            decided.extend(about.into_iter().map(|association| (association, setting.status)));
        }
        change(cx, |settings| {
            for (association, status) in decided {
                settings.stays.retain(|stays| *stays != association);
                if status == Status::Disable {
                    settings.stays.push(association);
                }
            }
        })
    }
}

/// Changes what the account has decided.
pub(super) fn change(
    cx: &mut Context<'_>,
    change: impl FnOnce(&mut ResourceGroupSettings),
) -> Result<(), ApiError> {
    let account = cx.account();
    let mut settings = ResourceGroupSettings::of(cx.tx(), account)?;
    change(&mut settings);
    settings.save(cx.tx_mut(), account);
    Ok(())
}

/// All resource groups as something that permission is needed for.
// SPEC: service authorization, EnableAssociatedTransfer.
pub(super) fn all_groups(caller: &Caller) -> Resources {
    ResourceName::ram(caller.account(), "resourcegroup/*").into()
}
