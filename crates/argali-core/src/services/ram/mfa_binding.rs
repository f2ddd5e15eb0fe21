//! Whose an MFA device is: bound with two of its codes, and unbound.

use serde::{Deserialize, Serialize};

use super::mfa_device::{SerialNumber, existing_device};
use super::user_life::{existing_user, user_resource};
use crate::caller::Caller;
use crate::dispatch::{Context, OpenContext};
use crate::error::{ApiError, ErrorCode};
use crate::identifier::MfaDeviceId;
use crate::model::{Account, Entity, KeyOwner, MfaDevice, User};
use crate::name::UserName;
use crate::operation::{Access, Entry, Operation, Resources, SelfService};
use crate::totp::Code;
use crate::vault::SecretText;

/// Everything that can be done to a user's device.
pub const OPERATIONS: &[Entry] =
    &[Entry::of::<BindMFADevice>(), Entry::of::<UnbindMFADevice>(), Entry::of::<GetUserMFAInfo>()];

/// Makes a device a user's: it must show its codes when it logs on.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct BindMFADevice {
    /// Which device.
    pub serial_number: SerialNumber,
    /// Whose it is to be.
    pub user_name: UserName,
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
        user_resource(caller.account(), &self.user_name).into()
    }

    fn on_oneself(&self, caller: &Caller) -> Option<SelfService> {
        own_devices(caller, &self.user_name)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let codes = (code(&self.authentication_code1)?, code(&self.authentication_code2)?);
        let user = existing_user(cx, &self.user_name)?;
        bind(cx, &user, &self.serial_number, codes)
    }
}

/// Makes a device a user's, if the codes are its own.
pub(in crate::services) fn bind(
    cx: &mut Context<'_>,
    user: &User,
    serial_number: &SerialNumber,
    codes: (Code, Code),
) -> Result<(), ApiError> {
    if MfaDevice::of_owner(cx.tx(), cx.account(), KeyOwner::User(user.id))?.is_some() {
        let message = format!("The user `{}` has an MFA device already: unbind that one first.", user.name);
        return Err(ApiError::new(ErrorCode::EntityAlreadyExistsUserMfaDevice, message));
    }
    bind_to(cx, KeyOwner::User(user.id), serial_number, codes)
}

/// Makes a device somebody's who has none, if the codes are its own.
pub(in crate::services) fn bind_to(
    cx: &mut Context<'_>,
    owner: KeyOwner,
    serial_number: &SerialNumber,
    codes: (Code, Code),
) -> Result<(), ApiError> {
    let (account, now) = (cx.account(), cx.now());
    let mut device = existing_device(cx, serial_number)?;
    if device.binding.is_some() {
        let message = format!("The MFA device `{}` is bound to a user: create another one.", device.name);
        return Err(ApiError::new(ErrorCode::EntityAlreadyExistsVirtualMfaDeviceUser, message));
    }
    let data_key = cx.core().data_key(&cx.account_record()?)?;
    let bound = device.bind((&data_key, account), owner, codes, now);
    if !bound.ok_or_else(seed_does_not_open)? {
        let message = "The codes are not two of this device that follow one another: type the next two.";
        return Err(ApiError::new(ErrorCode::CheckAuthenticationCodeFail, message));
    }
    device.save(cx.tx_mut(), account);
    Ok(())
}

/// Takes its device from a user. The device stays, and can be bound again.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UnbindMFADevice {
    /// Whose it is.
    pub user_name: UserName,
}

/// The device that was a user's.
#[derive(Debug, Serialize)]
pub struct UnboundMfaDevice {
    #[serde(rename = "MFADevice")]
    device: UnboundMfaDeviceView,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct UnboundMfaDeviceView {
    serial_number: String,
}

impl Operation for UnbindMFADevice {
    const NAME: &'static str = "UnbindMFADevice";
    const ACCESS: Access = Access::Identity;
    const IS_SENSITIVE: bool = true;
    type Response = UnboundMfaDevice;

    fn resources(&self, caller: &Caller) -> Resources {
        user_resource(caller.account(), &self.user_name).into()
    }

    fn on_oneself(&self, caller: &Caller) -> Option<SelfService> {
        own_devices(caller, &self.user_name)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<UnboundMfaDevice, ApiError> {
        let user = existing_user(cx, &self.user_name)?;
        unbind(cx, &user)
    }
}

/// Takes its device from a user. Fails with `EntityNotExist.User.MFADevice`.
pub(in crate::services) fn unbind(cx: &mut Context<'_>, user: &User) -> Result<UnboundMfaDevice, ApiError> {
    let account = cx.account();
    let mut device = device_of(cx, user)?;
    device.unbind(cx.tx_mut(), account)?;
    let device = UnboundMfaDeviceView { serial_number: device.serial_number(account) };
    Ok(UnboundMfaDevice { device })
}

/// Shows which device is a user's.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetUserMFAInfo {
    /// Whose.
    pub user_name: UserName,
}

/// A user's device.
#[derive(Debug, Serialize)]
pub struct UserMfaInfo {
    #[serde(rename = "MFADevice")]
    device: UserMfaDevice,
}

/// A device as it is shown beside its user.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::services) struct UserMfaDevice {
    serial_number: String,
    r#type: &'static str,
}

impl UserMfaDevice {
    pub(in crate::services) fn new(cx: &Context<'_>, device: &MfaDevice) -> Self {
        Self { serial_number: device.serial_number(cx.account()), r#type: "VMFA" }
    }
}

impl Operation for GetUserMFAInfo {
    const NAME: &'static str = "GetUserMFAInfo";
    const ACCESS: Access = Access::Read;
    type Response = UserMfaInfo;

    fn resources(&self, caller: &Caller) -> Resources {
        user_resource(caller.account(), &self.user_name).into()
    }

    fn on_oneself(&self, caller: &Caller) -> Option<SelfService> {
        own_devices(caller, &self.user_name)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<UserMfaInfo, ApiError> {
        let device = device_of(cx, &existing_user(cx, &self.user_name)?)?;
        Ok(UserMfaInfo { device: UserMfaDevice::new(cx, &device) })
    }
}

/// Whether the devices that are meant are the calling user's own.
pub(in crate::services) fn own_devices(caller: &Caller, user: &UserName) -> Option<SelfService> {
    caller.is_user_named(user).then_some(SelfService::MfaDevices)
}

/// The device of a user, or `EntityNotExist.User.MFADevice`.
pub(in crate::services) fn device_of(cx: &Context<'_>, user: &User) -> Result<MfaDevice, ApiError> {
    let found = MfaDevice::of_owner(cx.tx(), cx.account(), KeyOwner::User(user.id))?;
    found.ok_or_else(|| {
        let message = format!("The user `{}` has no MFA device: bind one first.", user.name);
        ApiError::new(ErrorCode::EntityNotExistUserMfaDevice, message)
    })
}

/// Uses up a code of somebody's device, and says which device that is; nothing if there is none, or the code is wrong.
pub(in crate::services) fn use_code(
    cx: &mut OpenContext<'_>,
    account: &Account,
    owner: KeyOwner,
    code: Code,
) -> Result<Option<MfaDeviceId>, ApiError> {
    let Some(mut device) = MfaDevice::of_owner(cx.tx(), account.id, owner)? else { return Ok(None) };
    let data_key = cx.core().data_key(account)?;
    if !device.use_code((&data_key, account.id), code, cx.now()).ok_or_else(seed_does_not_open)? {
        return Ok(None);
    }
    device.save(cx.tx_mut(), account.id);
    Ok(Some(device.id))
}

/// Reads a code, or fails with `InvalidParameter.AuthenticationCode.Format`.
pub(in crate::services) fn code(text: &SecretText) -> Result<Code, ApiError> {
    text.expose().parse().map_err(|()| {
        ApiError::invalid(
            "AuthenticationCode.Format",
            "A code of an MFA device is six digits: type it again.",
        )
    })
}

fn seed_does_not_open() -> ApiError {
    ApiError::internal("the seed of an MFA device does not open")
}
