//! Virtual MFA devices as IMS shows them: RAM's.

use serde::{Deserialize, Serialize};

use super::user_key::{Domain, local_name, logon_resource, user_by_logon_name};
use crate::caller::{Caller, Identity};
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::identifier::UserId;
use crate::logon_name::LogonName;
use crate::model::{Entity, KeyOwner, MfaDevice};
use crate::name::{DisplayName, MfaDeviceName, PageSize};
use crate::operation::{Access, Entry, Operation, ResourceName, Resources, SelfService};
use crate::services::ram::access_key_life;
use crate::services::ram::mfa_binding::{
    UnboundMfaDevice, UserMfaDevice, bind, code, device_of, own_devices, unbind,
};
use crate::services::ram::mfa_device::{
    NewMfaDevice, SerialNumber, delete_device, holder, make_device, own_device,
};
use crate::services::ram::password_policy::settings_resource;
use crate::time::Timestamp;
use crate::vault::SecretText;

/// Everything that can be done to an MFA device.
pub const OPERATIONS: &[Entry] = &[
    Entry::of::<CreateVirtualMFADevice>(),
    Entry::of::<ListVirtualMFADevices>(),
    Entry::of::<DeleteVirtualMFADevice>(),
    Entry::of::<BindMFADevice>(),
    Entry::of::<UnbindMFADevice>(),
    Entry::of::<DisableVirtualMFA>(),
    Entry::of::<GetUserMFAInfo>(),
    Entry::of::<GetAccountMFAInfo>(),
];

/// Makes a device. Its seed is in the answer and can never be read again.
#[derive(Debug, Deserialize)]
pub struct CreateVirtualMFADevice {
    /// What it is called.
    #[serde(rename = "VirtualMFADeviceName")]
    pub name: MfaDeviceName,
}

impl Operation for CreateVirtualMFADevice {
    const NAME: &'static str = "CreateVirtualMFADevice";
    const ACCESS: Access = Access::Identity;
    type Response = NewMfaDevice;

    fn resources(&self, caller: &Caller) -> Resources {
        ResourceName::ram(caller.account(), "mfa/*").into()
    }

    fn on_oneself(&self, caller: &Caller) -> Option<SelfService> {
        own_device(caller, &self.name)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<NewMfaDevice, ApiError> {
        make_device(cx, self.name)
    }
}

/// Lists the devices of the account, in the order of their names, without their seeds.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListVirtualMFADevices {
    /// Where the previous page ended.
    pub marker: Option<String>,
    /// How many devices a page holds at most.
    #[serde(default)]
    pub max_items: PageSize<100>,
}

/// A page of devices.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct MfaDevicePage {
    #[serde(rename = "VirtualMFADevices")]
    devices: MfaDeviceList,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

#[derive(Debug, Serialize)]
struct MfaDeviceList {
    #[serde(rename = "VirtualMFADevice")]
    devices: Vec<MfaDeviceView>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct MfaDeviceView {
    serial_number: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<MfaHolder>,
    #[serde(skip_serializing_if = "Option::is_none")]
    activate_date: Option<Timestamp>,
}

/// Whose a device is.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct MfaHolder {
    user_id: UserId,
    user_principal_name: LogonName,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<DisplayName>,
}

impl Operation for ListVirtualMFADevices {
    const NAME: &'static str = "ListVirtualMFADevices";
    const ACCESS: Access = Access::Read;
    type Response = MfaDevicePage;

    fn resources(&self, caller: &Caller) -> Resources {
        ResourceName::ram(caller.account(), "mfa/*").into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<MfaDevicePage, ApiError> {
        let (devices, marker) = cx.page::<MfaDevice>(self.marker.as_deref(), self.max_items.get())?;
        let (account, domain) = (cx.account(), Domain::of(cx)?);
        let view = |device: MfaDevice| {
            let user = holder(cx, &device)?.map(|user| MfaHolder {
                user_id: user.id,
                user_principal_name: domain.logon_name(&user.name),
                display_name: user.display_name,
            });
            Ok(MfaDeviceView {
                serial_number: device.serial_number(account),
                user,
                activate_date: device.binding.map(|binding| binding.at),
            })
        };
        let devices = devices.into_iter().map(view).collect::<Result<_, ApiError>>()?;
        Ok(MfaDevicePage { devices: MfaDeviceList { devices }, is_truncated: marker.is_some(), marker })
    }
}

/// Removes a device that is nobody's.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteVirtualMFADevice {
    /// Which device.
    pub serial_number: SerialNumber,
}

impl Operation for DeleteVirtualMFADevice {
    const NAME: &'static str = "DeleteVirtualMFADevice";
    const ACCESS: Access = Access::Identity;
    const IS_SENSITIVE: bool = true;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        self.serial_number.resource(caller).into()
    }

    fn on_oneself(&self, caller: &Caller) -> Option<SelfService> {
        own_device(caller, self.serial_number.name())
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        delete_device(cx, &self.serial_number)
    }
}

/// Makes a device a user's: it must show its codes when it logs on.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct BindMFADevice {
    /// Which device.
    pub serial_number: SerialNumber,
    /// Whose it is to be.
    pub user_principal_name: LogonName,
    /// A code of the device.
    pub authentication_code1: SecretText,
    /// The code after that one.
    pub authentication_code2: SecretText,
}

impl Operation for BindMFADevice {
    const NAME: &'static str = "BindMFADevice";
    const ACCESS: Access = Access::Identity;
    const IS_SENSITIVE: bool = true;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        logon_resource(caller, &self.user_principal_name).into()
    }

    fn on_oneself(&self, caller: &Caller) -> Option<SelfService> {
        own_devices(caller, &self.user_principal_name.user)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let codes = (code(&self.authentication_code1)?, code(&self.authentication_code2)?);
        let user = user_by_logon_name(cx, &self.user_principal_name)?;
        bind(cx, &user, &self.serial_number, codes)
    }
}

/// Takes its device from a user. The device stays, and can be bound again.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UnbindMFADevice {
    /// Whose it is.
    pub user_principal_name: LogonName,
}

impl Operation for UnbindMFADevice {
    const NAME: &'static str = "UnbindMFADevice";
    const ACCESS: Access = Access::Identity;
    const IS_SENSITIVE: bool = true;
    type Response = UnboundMfaDevice;

    fn resources(&self, caller: &Caller) -> Resources {
        logon_resource(caller, &self.user_principal_name).into()
    }

    fn on_oneself(&self, caller: &Caller) -> Option<SelfService> {
        own_devices(caller, &self.user_principal_name.user)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<UnboundMfaDevice, ApiError> {
        let user = user_by_logon_name(cx, &self.user_principal_name)?;
        unbind(cx, &user)
    }
}

/// Takes its device from a user, and removes it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DisableVirtualMFA {
    /// Whose it is.
    pub user_principal_name: LogonName,
}

impl Operation for DisableVirtualMFA {
    const NAME: &'static str = "DisableVirtualMFA";
    const ACCESS: Access = Access::Identity;
    const IS_SENSITIVE: bool = true;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        logon_resource(caller, &self.user_principal_name).into()
    }

    fn on_oneself(&self, caller: &Caller) -> Option<SelfService> {
        own_devices(caller, &self.user_principal_name.user)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let (user, account) = (user_by_logon_name(cx, &self.user_principal_name)?, cx.account());
        Ok(device_of(cx, &user)?.delete(cx.tx_mut(), account)?)
    }
}

/// Shows whether a user has a device, and which.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetUserMFAInfo {
    /// Whose; the caller's own if it is left out.
    pub user_principal_name: Option<LogonName>,
}

/// Whether a user has a device, and which.
#[derive(Debug, Serialize)]
pub struct UserMfaInfo {
    #[serde(rename = "IsMFAEnable")]
    is_enabled: bool,
    #[serde(rename = "MFADevice", skip_serializing_if = "Option::is_none")]
    device: Option<UserMfaDevice>,
}

impl Operation for GetUserMFAInfo {
    const NAME: &'static str = "GetUserMFAInfo";
    const ACCESS: Access = Access::Read;
    type Response = UserMfaInfo;

    fn resources(&self, caller: &Caller) -> Resources {
        access_key_life::owner_resource(caller, self.user_principal_name.as_ref().map(|name| &name.user))
    }

    fn on_oneself(&self, caller: &Caller) -> Option<SelfService> {
        match &self.user_principal_name {
            Some(name) => own_devices(caller, &name.user),
            None => matches!(caller.identity(), Identity::User { .. }).then_some(SelfService::MfaDevices),
        }
    }

    fn run(self, cx: &mut Context<'_>) -> Result<UserMfaInfo, ApiError> {
        let user = self.user_principal_name.as_ref().map(|name| local_name(cx, name)).transpose()?;
        let owner = access_key_life::owner(cx, user, "UserPrincipalName")?;
        let device = MfaDevice::of_owner(cx.tx(), cx.account(), owner)?;
        let device = device.map(|device| UserMfaDevice::new(cx, &device));
        Ok(UserMfaInfo { is_enabled: device.is_some(), device })
    }
}

/// Tells whether the account's owner must show a second factor.
#[derive(Debug, Deserialize)]
pub struct GetAccountMFAInfo {}

/// Whether the account's owner has a device.
#[derive(Debug, Serialize)]
pub struct AccountMfaInfo {
    #[serde(rename = "IsMFAEnable")]
    is_enabled: bool,
}

impl Operation for GetAccountMFAInfo {
    const NAME: &'static str = "GetAccountMFAInfo";
    const ACCESS: Access = Access::Read;
    type Response = AccountMfaInfo;

    fn resources(&self, caller: &Caller) -> Resources {
        settings_resource(caller.account()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<AccountMfaInfo, ApiError> {
        let device = MfaDevice::of_owner(cx.tx(), cx.account(), KeyOwner::Account)?;
        Ok(AccountMfaInfo { is_enabled: device.is_some() })
    }
}
