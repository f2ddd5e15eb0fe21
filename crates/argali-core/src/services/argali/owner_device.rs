//! The MFA device of an account's owner: bound, unbound and shown by the owner, who is logged on.
//!
//! RAM's operations are about users. The owner makes a device with `CreateVirtualMFADevice` like everybody; nobody else
//! binds one to the owner, who would be locked out by it, or takes the owner's away.
// SPEC: console, my security.

use serde::{Deserialize, Serialize};

use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::{ApiError, ErrorCode};
use crate::identifier::AccountId;
use crate::model::{Entity, KeyOwner, MfaDevice};
use crate::operation::{Access, Entry, Operation, Permission, Resources};
use crate::services::ram::mfa_binding::{bind_to, code};
use crate::services::ram::mfa_device::SerialNumber;
use crate::time::Timestamp;
use crate::vault::SecretText;

/// Everything that an owner does with its own device.
pub const OPERATIONS: &[Entry] = &[
    Entry::of::<GetOwnerMFADevice>(),
    Entry::of::<BindOwnerMFADevice>(),
    Entry::of::<UnbindOwnerMFADevice>(),
];

/// Shows which device is the owner's.
#[derive(Debug, Deserialize)]
pub struct GetOwnerMFADevice {}

/// The owner's device.
#[derive(Debug, Serialize)]
pub struct OwnerMfaDevice {
    #[serde(rename = "MFADevice")]
    device: OwnerMfaDeviceView,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct OwnerMfaDeviceView {
    serial_number: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    activate_date: Option<Timestamp>,
}

impl OwnerMfaDevice {
    fn of(account: AccountId, device: &MfaDevice) -> Self {
        let activate_date = device.binding.as_ref().map(|binding| binding.at);
        Self { device: OwnerMfaDeviceView { serial_number: device.serial_number(account), activate_date } }
    }
}

impl Operation for GetOwnerMFADevice {
    const NAME: &'static str = "GetOwnerMFADevice";
    const ACCESS: Access = Access::Read;
    const PERMISSION: Permission = Permission::OperationDecides;
    type Response = OwnerMfaDevice;

    fn resources(&self, _caller: &Caller) -> Resources {
        Resources::new()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OwnerMfaDevice, ApiError> {
        let account = own_account(cx)?;
        Ok(OwnerMfaDevice::of(account, &device(cx, account)?))
    }
}

/// Makes a device the owner's: it must show its codes when the owner logs on.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct BindOwnerMFADevice {
    /// Which device.
    pub serial_number: SerialNumber,
    /// A code of the device.
    pub authentication_code1: SecretText,
    /// The code after that one.
    pub authentication_code2: SecretText,
}

impl Operation for BindOwnerMFADevice {
    const NAME: &'static str = "BindOwnerMFADevice";
    const ACCESS: Access = Access::Identity;
    const PERMISSION: Permission = Permission::OperationDecides;
    const IS_SENSITIVE: bool = true;
    type Response = ();

    fn resources(&self, _caller: &Caller) -> Resources {
        Resources::new()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let account = own_account(cx)?;
        if MfaDevice::of_owner(cx.tx(), account, KeyOwner::Account)?.is_some() {
            let message = "The account's owner has an MFA device already: unbind that one first.";
            return Err(ApiError::new(ErrorCode::EntityAlreadyExistsUserMfaDevice, message));
        }
        let codes = (code(&self.authentication_code1)?, code(&self.authentication_code2)?);
        bind_to(cx, KeyOwner::Account, &self.serial_number, codes)
    }
}

/// Takes its device from the owner, and forgets it: what was bound once is not bound again.
#[derive(Debug, Deserialize)]
pub struct UnbindOwnerMFADevice {}

impl Operation for UnbindOwnerMFADevice {
    const NAME: &'static str = "UnbindOwnerMFADevice";
    const ACCESS: Access = Access::Identity;
    const PERMISSION: Permission = Permission::OperationDecides;
    const IS_SENSITIVE: bool = true;
    type Response = ();

    fn resources(&self, _caller: &Caller) -> Resources {
        Resources::new()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let account = own_account(cx)?;
        let mut device = device(cx, account)?;
        device.unbind(cx.tx_mut(), account)?;
        Ok(device.delete(cx.tx_mut(), account)?)
    }
}

fn device(cx: &Context<'_>, account: AccountId) -> Result<MfaDevice, ApiError> {
    MfaDevice::of_owner(cx.tx(), account, KeyOwner::Account)?.ok_or_else(|| {
        let message = "The account's owner has no MFA device: bind one first.";
        ApiError::new(ErrorCode::EntityNotExistUserMfaDevice, message)
    })
}

/// The account whose owner is logged on. Fails with `Logon.Required` for who is not, and with `NoPermission` for users.
fn own_account(cx: &Context<'_>) -> Result<AccountId, ApiError> {
    let logon = cx.logon()?;
    if logon.user.is_none() && logon.account == cx.account() {
        return Ok(logon.account);
    }
    let message = "Only the account's owner does this: users bind their devices with BindMFADevice.";
    Err(ApiError::new(ErrorCode::NoPermission, message))
}
