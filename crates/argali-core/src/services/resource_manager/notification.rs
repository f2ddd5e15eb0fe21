//! Whether somebody is to be told of what changes in an account's resource groups. The setting is kept and shown; there
//! is no event bus that anything could be sent to.

use serde::{Deserialize, Serialize};

use super::setting::{all_groups, change};
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::model::ResourceGroupSettings;
use crate::operation::{Access, Entry, Operation, Resources};

/// Everything that can be done to the setting.
pub const OPERATIONS: &[Entry] = &[
    Entry::of::<EnableResourceGroupNotification>(),
    Entry::of::<DisableResourceGroupNotification>(),
    Entry::of::<GetResourceGroupNotificationSetting>(),
];

/// Says that somebody is to be told.
#[derive(Debug, Deserialize)]
pub struct EnableResourceGroupNotification {}

impl Operation for EnableResourceGroupNotification {
    const NAME: &'static str = "EnableResourceGroupNotification";
    const ACCESS: Access = Access::Resource;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        all_groups(caller)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        change(cx, |settings| settings.notification = true)
    }
}

/// Says that nobody is to be told.
#[derive(Debug, Deserialize)]
pub struct DisableResourceGroupNotification {}

impl Operation for DisableResourceGroupNotification {
    const NAME: &'static str = "DisableResourceGroupNotification";
    const ACCESS: Access = Access::Resource;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        all_groups(caller)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        change(cx, |settings| settings.notification = false)
    }
}

/// Shows whether somebody is to be told.
#[derive(Debug, Deserialize)]
pub struct GetResourceGroupNotificationSetting {}

/// Whether somebody is to be told.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NotificationSetting {
    resource_group_notification_enable_status: bool,
}

impl Operation for GetResourceGroupNotificationSetting {
    const NAME: &'static str = "GetResourceGroupNotificationSetting";
    const ACCESS: Access = Access::Read;
    type Response = NotificationSetting;

    fn resources(&self, caller: &Caller) -> Resources {
        all_groups(caller)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<NotificationSetting, ApiError> {
        let settings = ResourceGroupSettings::of(cx.tx(), cx.account())?;
        Ok(NotificationSetting { resource_group_notification_enable_status: settings.notification })
    }
}
