//! The steps of logging on after the first: a code, a new device, a new password.

use std::sync::Arc;

use serde::Deserialize;

use super::logon_attempt::{Attempt, Holder, LogonStep};
use super::logon_device::{Device, known_by};
use crate::dispatch::{Brought, Errand, OpenContext};
use crate::error::{ApiError, ErrorCode};
use crate::guess::{Guess, Guessed, Verdict, failed};
use crate::model::{ChosenBy, Entity, MfaDevice, PasswordPolicy, SecondFactor};
use crate::name::MfaDeviceName;
use crate::operation::{Access, Entry, OpenOperation};
use crate::services::ram::mfa_binding::{code, use_code};
use crate::services::ram::own_password::used_before;
use crate::totp::Seed;
use crate::vault::SecretText;

/// Every step after the first.
pub const OPERATIONS: &[Entry] = &[
    Entry::open::<LogOnWithCode>(),
    Entry::open::<LogOnWithNewDevice>(),
    Entry::open::<LogOnWithNewPassword>(),
];

/// Shows the code of an MFA device.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LogOnWithCode {
    /// What the step before answered.
    pub attempt: SecretText,
    /// The code.
    pub authentication_code: SecretText,
    /// Whether the browser is to stand for a code for seven days, if the account allows that.
    #[serde(rename = "RememberMFA", default)]
    pub remember_mfa: bool,
}

impl OpenOperation for LogOnWithCode {
    const NAME: &'static str = "LogOnWithCode";
    const ACCESS: Access = Access::Resource;
    const HAS_ERRAND: bool = true;
    type Response = LogonStep;

    fn errand(&self, cx: &OpenContext<'_>) -> Result<Errand, ApiError> {
        let (attempt, holder) = Attempt::open(cx, &self.attempt)?;
        code(&self.authentication_code)?;
        count_try(cx, &attempt, &holder)
    }

    fn run(self, cx: &mut OpenContext<'_>) -> Result<LogonStep, ApiError> {
        let (attempt, holder) = Attempt::open(cx, &self.attempt)?;
        cx.concerns(attempt.account);
        cx.note("logonName", holder.display_name());
        let shown = use_code(cx, &holder.account, attempt.owner, code(&self.authentication_code)?)?;
        let shown = SecondFactor::MfaDevice(shown.ok_or_else(failed)?);
        forgive_try(cx, &attempt, &holder)?;
        proceed_with(cx, holder, (shown, self.remember_mfa))
    }
}

/// A try at a second factor.
fn guess(cx: &OpenContext<'_>, attempt: &Attempt, holder: &Holder) -> Result<Guess, ApiError> {
    let whom = (attempt.account, holder.user.as_ref().map(|user| &user.name));
    let guess = Guess::about(Guessed::Code, whom, cx.origin().source_ip);
    let known = known_by(cx, holder.device.as_ref(), holder)?;
    Ok(Guess { attempt: Some(attempt.id), ..guess.known_by(known) })
}

/// Takes a try back that was right.
pub(super) fn forgive_try(cx: &OpenContext<'_>, attempt: &Attempt, holder: &Holder) -> Result<(), ApiError> {
    cx.core().guesses().forgive(&guess(cx, attempt, holder)?, cx.request_id());
    Ok(())
}

/// Counts a try at a second factor before it is judged, so that no more are made at once than may be.
pub(super) fn count_try(
    cx: &OpenContext<'_>,
    attempt: &Attempt,
    holder: &Holder,
) -> Result<Errand, ApiError> {
    let guess = guess(cx, attempt, holder)?;
    match cx.core().guesses().count(&guess, cx.request_id(), cx.now())? {
        Verdict::Judge(_) => Ok(Errand::Nothing),
        Verdict::Waste(_) | Verdict::Refuse => Err(guess.refused()),
    }
}

/// Goes on once a second factor was shown, which a browser may be to remember.
pub(super) fn proceed_with(
    cx: &mut OpenContext<'_>,
    holder: Holder,
    (shown, is_remembered): (SecondFactor, bool),
) -> Result<LogonStep, ApiError> {
    cx.acts_as(Arc::unwrap_or_clone(holder.record()));
    holder.require_possible(cx)?;
    let browser = Device::that_showed(cx, &holder, shown, is_remembered)?;
    Holder { device: Some(browser), ..holder }.next_step(cx, Some(shown))
}

/// Binds the device whose seed the step before has shown.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LogOnWithNewDevice {
    /// What the step before answered.
    pub attempt: SecretText,
    /// A code of the device.
    pub authentication_code1: SecretText,
    /// The code after that one.
    pub authentication_code2: SecretText,
    /// Whether the browser is to stand for a code for seven days, if the account allows that.
    #[serde(rename = "RememberMFA", default)]
    pub remember_mfa: bool,
}

impl OpenOperation for LogOnWithNewDevice {
    const NAME: &'static str = "LogOnWithNewDevice";
    const ACCESS: Access = Access::Identity;
    type Response = LogonStep;

    fn run(self, cx: &mut OpenContext<'_>) -> Result<LogonStep, ApiError> {
        let codes = (code(&self.authentication_code1)?, code(&self.authentication_code2)?);
        let (attempt, holder) = Attempt::open(cx, &self.attempt)?;
        let (account, owner, now) = (attempt.account, attempt.owner, cx.now());
        cx.concerns(account);
        cx.note("logonName", holder.display_name());
        let seed = attempt.seed.as_deref().and_then(Seed::from_bytes).ok_or_else(failed)?;
        if MfaDevice::of_owner(cx.tx(), account, owner)?.is_some() {
            let message = "There is an MFA device already: begin again, and type its code.";
            return Err(ApiError::new(ErrorCode::EntityAlreadyExistsUserMfaDevice, message));
        }
        let data_key = cx.core().data_key(&holder.account)?;
        let mut device = MfaDevice::seal(cx.env(), &data_key, account, free_name(cx, &holder)?, &seed);
        let bound = device.bind((&data_key, account), owner, codes, now);
        if bound != Some(true) {
            let message = "The codes are not two of this device that follow one another: type the next two.";
            return Err(ApiError::new(ErrorCode::CheckAuthenticationCodeFail, message));
        }
        device.insert(cx.tx_mut(), account)?;
        cx.changes_access_in(account);
        proceed_with(cx, holder, (SecondFactor::MfaDevice(device.id), self.remember_mfa))
    }
}

/// A name for a device: its user's, with a number if that is taken.
fn free_name(cx: &OpenContext<'_>, holder: &Holder) -> Result<MfaDeviceName, ApiError> {
    let own = holder.user.as_ref().map_or("root".to_owned(), |user| user.name.as_str().replace('_', "-"));
    let own: String = own.chars().take(56).collect();
    let parsed =
        |text: &str| text.parse::<MfaDeviceName>().map_err(|error| ApiError::internal(error.message));
    let name = parsed(&own)?;
    if MfaDevice::find(cx.tx(), holder.account.id, &name)?.is_none() {
        return Ok(name);
    }
    parsed(&format!("{own}-{}", cx.env().random_text(crate::env::DIGITS, 7)))
}

/// Replaces the password that was shown.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LogOnWithNewPassword {
    /// What the step before answered.
    pub attempt: SecretText,
    /// The password from now on.
    pub new_password: SecretText,
}

impl LogOnWithNewPassword {
    fn checked(&self, cx: &OpenContext<'_>) -> Result<(Attempt, Holder), ApiError> {
        let (attempt, holder) = Attempt::open(cx, &self.attempt)?;
        if !attempt.asks_for_password
            || holder.owes_factor(cx, &holder.factors(cx)?, attempt.second_factor)?
        {
            return Err(failed());
        }
        let policy = PasswordPolicy::of(cx.tx(), attempt.account)?;
        let name = holder.user.as_ref().map_or("", |user| user.name.as_str());
        match policy.objection(self.new_password.expose(), name) {
            None => Ok((attempt, holder)),
            Some(why) => {
                let message = format!("The password is not accepted: {why}.");
                Err(ApiError::invalid("NewPassword.TooWeak", message))
            }
        }
    }
}

impl OpenOperation for LogOnWithNewPassword {
    const NAME: &'static str = "LogOnWithNewPassword";
    const ACCESS: Access = Access::Identity;
    const HAS_ERRAND: bool = true;
    type Response = LogonStep;

    fn errand(&self, cx: &OpenContext<'_>) -> Result<Errand, ApiError> {
        let (attempt, holder) = self.checked(cx)?;
        let remembered = PasswordPolicy::of(cx.tx(), attempt.account)?.reuse_prevention;
        // Never the one that was to be replaced.
        let not_one_of = holder.profile.latest_passwords(usize::from(remembered).max(1));
        Ok(Errand::NewPassword { password: self.new_password.clone(), not_one_of })
    }

    fn run(self, cx: &mut OpenContext<'_>) -> Result<LogonStep, ApiError> {
        let (attempt, mut holder) = self.checked(cx)?;
        let (account, now) = (attempt.account, cx.now());
        cx.concerns(account);
        cx.note("logonName", holder.display_name());
        if matches!(cx.brought(), Some(Brought::UsedBefore)) {
            return Err(used_before("NewPassword"));
        }
        holder.profile.set_password(cx.brought_hash()?, ChosenBy::Holder, now);
        holder.profile.password_reset_required = false;
        holder.profile.updated_at = now;
        holder.profile.save(cx.tx_mut(), account);
        cx.changes_access_in(account);
        cx.acts_as(Arc::unwrap_or_clone(holder.record()));
        holder.require_possible(cx)?;
        holder.next_step(cx, attempt.second_factor)
    }
}
