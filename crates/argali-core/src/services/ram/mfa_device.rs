//! Virtual MFA devices: made, listed and removed. `mfa_binding` makes them somebody's.

use std::str::FromStr;

use argali_protocol::{Invalid, Reason};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::mfa_image::qr_code_png;
use crate::caller::{Caller, Identity};
use crate::dispatch::Context;
use crate::error::{ApiError, ErrorCode};
use crate::identifier::{AccountId, UserId};
use crate::logon_name::default_domain;
use crate::model::{Entity, KeyOwner, MfaDevice, Quota, User};
use crate::name::{DisplayName, MfaDeviceName, UserName};
use crate::operation::{Access, Entry, Operation, ResourceName, Resources, SelfService};
use crate::time::Timestamp;
use crate::totp::Seed;
use crate::vault::SecretText;

/// Everything that can be done to a device that is nobody's.
pub const OPERATIONS: &[Entry] = &[
    Entry::of::<CreateVirtualMFADevice>(),
    Entry::of::<ListVirtualMFADevices>(),
    Entry::of::<DeleteVirtualMFADevice>(),
];

/// Makes a device. Its seed is in the answer and can never be read again.
#[derive(Debug, Deserialize)]
pub struct CreateVirtualMFADevice {
    /// What it is called.
    #[serde(rename = "VirtualMFADeviceName")]
    pub name: MfaDeviceName,
}

/// An answer with a new device.
#[derive(Debug, Serialize)]
pub struct NewMfaDevice {
    #[serde(rename = "VirtualMFADevice")]
    device: NewMfaDeviceView,
}

/// A new device, with the only sight of its seed.
#[derive(Debug, Serialize)]
struct NewMfaDeviceView {
    #[serde(rename = "SerialNumber")]
    serial_number: String,
    #[serde(rename = "Base32StringSeed", serialize_with = "shown_once")]
    seed: SecretText,
    #[serde(rename = "QRCodePNG", serialize_with = "shown_once")]
    qr_code: SecretText,
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

/// Makes a device. Fails with `EntityAlreadyExists.VirtualMFADevice` or `LimitExceeded.VirtualMFADevice`.
pub(in crate::services) fn make_device(
    cx: &mut Context<'_>,
    name: MfaDeviceName,
) -> Result<NewMfaDevice, ApiError> {
    let account = cx.account();
    if MfaDevice::find(cx.tx(), account, &name)?.is_some() {
        let message = format!("The MFA device `{name}` already exists: choose another name.");
        return Err(ApiError::new(ErrorCode::EntityAlreadyExistsVirtualMfaDevice, message));
    }
    let most = cx.limits().mfa_devices;
    if Quota::MfaDevices.used(cx.tx(), account)? >= most {
        let message = format!("The account has {most} MFA devices, which is its limit: delete one first.");
        return Err(ApiError::new(ErrorCode::LimitExceededVirtualMfaDevice, message));
    }
    let record = cx.account_record()?;
    let seed = Seed::generate(cx.env());
    let device = MfaDevice::seal(cx.env(), &cx.core().data_key(&record)?, account, name, &seed);
    device.insert(cx.tx_mut(), account)?;
    let holder = format!("{}@{}", device.name, default_domain(&record, &cx.settings().domain_suffix));
    let device = NewMfaDeviceView {
        serial_number: device.serial_number(account),
        seed: SecretText::new(seed.to_base32()),
        qr_code: SecretText::new(STANDARD.encode(qr_code_png(&holder, &seed)?)),
    };
    Ok(NewMfaDevice { device })
}

/// Lists the devices of the account, in the order of their names, without their seeds.
#[derive(Debug, Deserialize)]
pub struct ListVirtualMFADevices {}

/// The devices of an account.
#[derive(Debug, Serialize)]
pub struct MfaDevices {
    #[serde(rename = "VirtualMFADevices")]
    devices: MfaDeviceList,
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
    user_name: UserName,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<DisplayName>,
}

impl Operation for ListVirtualMFADevices {
    const NAME: &'static str = "ListVirtualMFADevices";
    const ACCESS: Access = Access::Read;
    type Response = MfaDevices;

    fn resources(&self, caller: &Caller) -> Resources {
        ResourceName::ram(caller.account(), "mfa/*").into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<MfaDevices, ApiError> {
        let account = cx.account();
        let all = MfaDevice::page(cx.tx(), account, None, usize::MAX - 1)?.records;
        let view = |device: MfaDevice| {
            let user = holder(cx, &device)?.map(|user| MfaHolder {
                user_id: user.id,
                user_name: user.name,
                display_name: user.display_name,
            });
            Ok(MfaDeviceView {
                serial_number: device.serial_number(account),
                user,
                activate_date: device.binding.map(|binding| binding.at),
            })
        };
        let devices = all.into_iter().map(view).collect::<Result<_, ApiError>>()?;
        Ok(MfaDevices { devices: MfaDeviceList { devices } })
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
        own_device(caller, &self.serial_number.name)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        delete_device(cx, &self.serial_number)
    }
}

/// Removes a device. Fails with `DeleteConflict.VirtualMFADevice.User` while it is somebody's.
pub(in crate::services) fn delete_device(
    cx: &mut Context<'_>,
    serial_number: &SerialNumber,
) -> Result<(), ApiError> {
    let (device, account) = (existing_device(cx, serial_number)?, cx.account());
    if device.binding.is_some() {
        let message = format!("The MFA device `{}` is bound to a user: unbind it first.", device.name);
        return Err(ApiError::new(ErrorCode::DeleteConflictVirtualMfaDeviceUser, message));
    }
    Ok(device.delete(cx.tx_mut(), account)?)
}

/// The device of a serial number, or `EntityNotExist.VirtualMFADevice`: those of other accounts are as good as absent.
pub(in crate::services) fn existing_device(
    cx: &Context<'_>,
    serial_number: &SerialNumber,
) -> Result<MfaDevice, ApiError> {
    let own = serial_number.account == cx.account();
    let found = if own { MfaDevice::find(cx.tx(), cx.account(), &serial_number.name)? } else { None };
    found.ok_or_else(|| {
        let message = "The MFA device does not exist: check SerialNumber.";
        ApiError::new(ErrorCode::EntityNotExistVirtualMfaDevice, message)
    })
}

/// The user whose device it is, if it is a user's.
pub(in crate::services) fn holder(cx: &Context<'_>, device: &MfaDevice) -> Result<Option<User>, ApiError> {
    match device.binding.map(|binding| binding.owner) {
        Some(KeyOwner::User(id)) => Ok(User::find_by_id(cx.tx(), cx.account(), id.number())?),
        Some(KeyOwner::Account) | None => Ok(None),
    }
}

/// Whether a device is the calling user's own: one that bears the user's name, so that nobody makes more than one.
///
/// Names of devices hold no underscore, so a hyphen takes its place.
pub(in crate::services) fn own_device(caller: &Caller, device: &MfaDeviceName) -> Option<SelfService> {
    let Identity::User { name, .. } = caller.identity() else { return None };
    (name.folded().replace('_', "-") == device.folded()).then_some(SelfService::MfaDevices)
}

/// `acs:ram::<account>:mfa/<name>`
#[derive(Clone, Debug)]
pub struct SerialNumber {
    account: AccountId,
    name: MfaDeviceName,
}

impl SerialNumber {
    /// The name of the device.
    pub(in crate::services) fn name(&self) -> &MfaDeviceName {
        &self.name
    }

    /// The device as something that permission is needed for.
    pub(in crate::services) fn resource(&self, caller: &Caller) -> ResourceName {
        ResourceName::ram(caller.account(), format!("mfa/{}", self.name))
    }
}

impl FromStr for SerialNumber {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let wrong = || Invalid::new(Reason::Value, "a serial number is `acs:ram::<account>:mfa/<name>`");
        let rest = text.strip_prefix("acs:ram::").or_else(|| text.strip_prefix("acs:ram:*:"));
        let (account, name) = rest.and_then(|rest| rest.split_once(":mfa/")).ok_or_else(wrong)?;
        Ok(Self { account: account.parse().map_err(|_| wrong())?, name: name.parse().map_err(|_| wrong())? })
    }
}

impl<'de> Deserialize<'de> for SerialNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

fn shown_once<S: Serializer>(secret: &SecretText, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose())
}
