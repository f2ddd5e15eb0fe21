//! To where a user would have codes sent. Nothing is sent from here, so that none of it is ever confirmed.

use serde::{Deserialize, Serialize};

use super::access_key::{owner, resources};
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::{ApiError, ErrorCode};
use crate::logon_name::LogonName;
use crate::model::{KeyOwner, VerificationInfo};
use crate::name::{Email, MobilePhone};
use crate::operation::{Access, Entry, Operation, Resources, SelfService};
use crate::services::ram::access_key_life::on_own;

/// Everything that can be done to it.
pub const OPERATIONS: &[Entry] = &[
    Entry::of::<SetVerificationInfo>(),
    Entry::of::<GetVerificationInfo>(),
    Entry::of::<UnbindVerification>(),
];

/// What is said of what was not confirmed.
const PENDING: &str = "pending";

/// What codes would be sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VerifyType {
    /// A telephone.
    Sms,
    /// A mailbox.
    Email,
}

/// Keeps the telephone or the mailbox of a user, in place of the one before.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetVerificationInfo {
    /// Whose; the caller's own if it is left out.
    pub user_principal_name: Option<LogonName>,
    /// Which of the two.
    pub verify_type: VerifyType,
    /// The telephone: a country code, `-` and a number.
    pub mobile_phone: Option<MobilePhone>,
    /// The mailbox.
    pub email: Option<Email>,
}

impl Operation for SetVerificationInfo {
    const NAME: &'static str = "SetVerificationInfo";
    const ACCESS: Access = Access::Resource;
    const IS_SENSITIVE: bool = true;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        resources(caller, self.user_principal_name.as_ref())
    }

    fn on_oneself(&self, caller: &Caller) -> Option<SelfService> {
        own(caller, self.user_principal_name.as_ref())
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let owner = owner(cx, self.user_principal_name.as_ref())?;
        let target = Target::of(self.verify_type, self.mobile_phone, self.email)?;
        change(cx, owner, |info| {
            match target {
                Target::Phone(phone) => info.phone = Some(phone),
                Target::Mailbox(email) => info.email = Some(email),
            }
            Ok(())
        })
    }
}

/// Shows the telephone and the mailbox of a user.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetVerificationInfo {
    /// Whose; the caller's own if it is left out.
    pub user_principal_name: Option<LogonName>,
}

/// The telephone and the mailbox of a user.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct VerificationDevices {
    #[serde(skip_serializing_if = "Option::is_none")]
    security_phone_device: Option<PhoneView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    security_email_device: Option<MailboxView>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct PhoneView {
    area_code: String,
    phone_number: String,
    status: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct MailboxView {
    email: Email,
    status: &'static str,
}

impl Operation for GetVerificationInfo {
    const NAME: &'static str = "GetVerificationInfo";
    const ACCESS: Access = Access::Read;
    type Response = VerificationDevices;

    fn resources(&self, caller: &Caller) -> Resources {
        resources(caller, self.user_principal_name.as_ref())
    }

    fn on_oneself(&self, caller: &Caller) -> Option<SelfService> {
        own(caller, self.user_principal_name.as_ref())
    }

    fn run(self, cx: &mut Context<'_>) -> Result<VerificationDevices, ApiError> {
        let owner = owner(cx, self.user_principal_name.as_ref())?;
        let VerificationInfo { phone, email } = VerificationInfo::of(cx.tx(), cx.account(), owner)?;
        let phone = phone.map(|phone| {
            let (area_code, number) = phone.as_str().split_once('-').unwrap_or(("", phone.as_str()));
            PhoneView { area_code: area_code.to_owned(), phone_number: number.to_owned(), status: PENDING }
        });
        Ok(VerificationDevices {
            security_phone_device: phone,
            security_email_device: email.map(|email| MailboxView { email, status: PENDING }),
        })
    }
}

/// Forgets the telephone or the mailbox of a user, which must be the one that is there.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UnbindVerification {
    /// Whose; the caller's own if it is left out.
    pub user_principal_name: Option<LogonName>,
    /// Which of the two.
    pub verify_type: VerifyType,
    /// The telephone.
    pub mobile_phone: Option<MobilePhone>,
    /// The mailbox.
    pub email: Option<Email>,
}

impl Operation for UnbindVerification {
    const NAME: &'static str = "UnbindVerification";
    const ACCESS: Access = Access::Resource;
    const IS_SENSITIVE: bool = true;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        resources(caller, self.user_principal_name.as_ref())
    }

    fn on_oneself(&self, caller: &Caller) -> Option<SelfService> {
        own(caller, self.user_principal_name.as_ref())
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let owner = owner(cx, self.user_principal_name.as_ref())?;
        let target = Target::of(self.verify_type, self.mobile_phone, self.email)?;
        change(cx, owner, |info| {
            let was_there = match target {
                Target::Phone(phone) => info.phone.take_if(|own| *own == phone).is_some(),
                Target::Mailbox(email) => info.email.take_if(|own| *own == email).is_some(),
            };
            if was_there { Ok(()) } else { Err(not_bound()) }
        })
    }
}

/// Whether it is the calling user that is meant.
fn own(caller: &Caller, user: Option<&LogonName>) -> Option<SelfService> {
    on_own(caller, user.map(|name| &name.user), SelfService::MfaDevices)
}

/// A telephone or a mailbox.
enum Target {
    Phone(MobilePhone),
    Mailbox(Email),
}

impl Target {
    /// The one that the parameters name. Fails with `MissingMobilePhone` or `MissingEmail` if it is left out.
    fn of(kind: VerifyType, phone: Option<MobilePhone>, email: Option<Email>) -> Result<Self, ApiError> {
        match (kind, phone, email) {
            (VerifyType::Sms, Some(phone), None) if is_whole(&phone) => Ok(Self::Phone(phone)),
            (VerifyType::Email, None, Some(email)) if email.as_str().contains('@') => {
                Ok(Self::Mailbox(email))
            }
            (VerifyType::Sms, Some(_), None) => Err(ApiError::invalid(
                "MobilePhone.Format",
                "A telephone is a country code, `-` and a number, such as `86-18600000000`.",
            )),
            (VerifyType::Email, None, Some(_)) => {
                Err(ApiError::invalid("Email.Format", "A mailbox is an address such as `alice@example.com`."))
            }
            (VerifyType::Sms, None, _) => Err(missing("MobilePhone", "sms")),
            (VerifyType::Email, _, None) => Err(missing("Email", "email")),
            (VerifyType::Sms | VerifyType::Email, Some(_), Some(_)) => {
                let message =
                    "VerifyType says one of the two: send MobilePhone with `sms`, or Email with `email`.";
                Err(ApiError::invalid("VerifyType", message))
            }
        }
    }
}

/// Whether a telephone has a country code and a number, each of digits.
fn is_whole(phone: &MobilePhone) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    phone.as_str().split_once('-').is_some_and(|(area, number)| is_number(area) && is_number(number))
}

fn change(
    cx: &mut Context<'_>,
    owner: KeyOwner,
    make: impl FnOnce(&mut VerificationInfo) -> Result<(), ApiError>,
) -> Result<(), ApiError> {
    let account = cx.account();
    let mut info = VerificationInfo::of(cx.tx(), account, owner)?;
    make(&mut info)?;
    info.save(cx.tx_mut(), account, owner);
    Ok(())
}

fn missing(parameter: &str, kind: &str) -> ApiError {
    let message = format!("{parameter} is mandatory for this action where VerifyType is `{kind}`.");
    ApiError::new(ErrorCode::Missing(parameter.to_owned()), message)
}

fn not_bound() -> ApiError {
    let message = "The user has no such telephone or mailbox: see GetVerificationInfo.";
    ApiError::new(ErrorCode::EntityNotExistUserVerificationInfo, message)
}
