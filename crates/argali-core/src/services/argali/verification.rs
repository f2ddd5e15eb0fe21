//! Showing password, code or passkey again in the course of a logon, before something sensitive.
// SPEC: console, security verification; security, console.

use serde::{Deserialize, Serialize};

use super::logon_session::{own_session, renew, shown_once};
use super::passkey_challenge::{Asked, PasskeyRequest, Purpose};
use crate::caller::Caller;
use crate::dispatch::{Brought, Context, Errand, verified_until};
use crate::error::{ApiError, ErrorCode};
use crate::guess::{Guess, Guessed, KnownBy, Verdict};
use crate::identifier::MfaDeviceId;
use crate::model::{Account, LoginProfile, MfaDevice, SecondFactor, SecurityPreference};
use crate::operation::{Access, Entry, Operation, Permission, Resources};
use crate::services::ram::mfa_binding::{code, use_code};
use crate::time::Timestamp;
use crate::vault::SecretText;

/// How somebody who is logged on shows that it is still the same.
pub const OPERATIONS: &[Entry] = &[Entry::of::<VerifyIdentity>(), Entry::of::<BeginPasskeyVerification>()];

/// Shows the password, a code or a passkey again: for a quarter of an hour sensitive operations are open to the logon.
/// Whoever shows a code or a passkey has shown a second factor from then on.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VerifyIdentity {
    /// The password of whoever is logged on.
    pub password: Option<SecretText>,
    /// A code of its MFA device, in place of the password.
    pub authentication_code: Option<SecretText>,
    /// What the browser answered to [`BeginPasskeyVerification`], as JSON, in place of both.
    pub credential: Option<SecretText>,
}

/// A logon whose bearer is the same as when it began.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Verified {
    /// What the browser holds from now on; what it held before is good for nothing.
    #[serde(serialize_with = "shown_once")]
    session: SecretText,
    /// Until when it need not be shown again.
    verification_expiration: Timestamp,
}

/// What is shown.
enum Proof<'a> {
    Password(&'a SecretText),
    Code(&'a SecretText),
    Passkey(&'a SecretText),
}

impl VerifyIdentity {
    fn proof(&self) -> Result<Proof<'_>, ApiError> {
        match (&self.password, &self.authentication_code, &self.credential) {
            (Some(password), None, None) => Ok(Proof::Password(password)),
            (None, Some(code), None) => Ok(Proof::Code(code)),
            (None, None, Some(credential)) => Ok(Proof::Passkey(credential)),
            _ => {
                let message = "Show one of the three: send Password, AuthenticationCode or Credential.";
                Err(ApiError::new(ErrorCode::Missing("Password".to_owned()), message))
            }
        }
    }

    /// The same where it is enough: an account may ask whoever has a device for its code.
    fn accepted_proof(&self, cx: &Context<'_>) -> Result<Proof<'_>, ApiError> {
        let (proof, logon) = (self.proof()?, cx.logon()?);
        if matches!(proof, Proof::Password(_))
            && SecurityPreference::of(cx.tx(), logon.account)?.verifies_by_code_alone()
            && MfaDevice::of_owner(cx.tx(), logon.account, logon.session.owner)?.is_some()
        {
            let message = "Your account asks for a code of your MFA device: send AuthenticationCode.";
            return Err(ApiError::new(ErrorCode::Missing("AuthenticationCode".to_owned()), message));
        }
        Ok(proof)
    }

    fn guess(cx: &Context<'_>, what: Guessed) -> Result<Guess, ApiError> {
        let logon = cx.logon()?;
        let whom = (logon.account, logon.user.as_ref().map(|user| &user.name));
        let guess = Guess::about(what, whom, cx.origin().source_ip);
        // Whoever is logged on is no stranger.
        let known = Some(KnownBy::Credential(format!("logon:{}", logon.session.id)));
        Ok(Guess { attempt: Some(*logon.session.id.as_bytes()), ..guess.known_by(known) })
    }

    /// Uses a code up, and says of which device it is.
    fn use_code(cx: &mut Context<'_>, typed: &SecretText) -> Result<MfaDeviceId, ApiError> {
        let logon = cx.logon()?;
        let account = Account::find(cx.tx(), logon.account)?;
        let account = account.ok_or_else(|| ApiError::internal("the account of a logon has no record"))?;
        let shown = use_code(cx, &account, logon.session.owner, code(typed)?)?;
        let device = shown.ok_or_else(not_shown)?;
        cx.core().guesses().forgive(&Self::guess(cx, Guessed::Code)?, cx.request_id());
        Ok(device)
    }
}

impl Operation for VerifyIdentity {
    const NAME: &'static str = "VerifyIdentity";
    const ACCESS: Access = Access::Identity;
    const PERMISSION: Permission = Permission::OperationDecides;
    const HAS_ERRAND: bool = true;
    type Response = Verified;

    fn resources(&self, _caller: &Caller) -> Resources {
        Resources::new()
    }

    /// Compares a password, or counts a code before it is judged, so that no more are tried at once than may be.
    fn errand(&self, cx: &Context<'_>) -> Result<Errand, ApiError> {
        let logon = cx.logon()?;
        match self.accepted_proof(cx)? {
            Proof::Password(password) => {
                let profile = LoginProfile::find(cx.tx(), logon.account, logon.session.owner)?;
                Ok(Errand::ComparePassword {
                    password: password.clone(),
                    hash: profile.map(|profile| profile.password().clone()),
                    guess: Self::guess(cx, Guessed::Password)?,
                })
            }
            proof @ (Proof::Code(_) | Proof::Passkey(_)) => {
                if let Proof::Code(typed) = proof {
                    code(typed)?;
                }
                let guess = Self::guess(cx, Guessed::Code)?;
                match cx.core().guesses().count(&guess, cx.request_id(), cx.now())? {
                    Verdict::Judge(_) => Ok(Errand::Nothing),
                    Verdict::Waste(_) | Verdict::Refuse => Err(guess.refused()),
                }
            }
        }
    }

    fn run(self, cx: &mut Context<'_>) -> Result<Verified, ApiError> {
        let (account, mut session) = own_session(cx)?;
        match self.accepted_proof(cx)? {
            Proof::Password(_) if matches!(cx.brought(), Some(Brought::Matches(true))) => {}
            Proof::Password(_) => return Err(not_shown()),
            Proof::Code(typed) => {
                session.second_factor = Some(SecondFactor::MfaDevice(Self::use_code(cx, typed)?));
            }
            Proof::Passkey(credential) => {
                let shown = asked(cx)?.shown(cx, credential)?;
                cx.core().guesses().forgive(&Self::guess(cx, Guessed::Code)?, cx.request_id());
                session.second_factor = Some(SecondFactor::Passkey(shown));
            }
        }
        session.verified_at = cx.now();
        // What stands on the logon has its second factor; in a role, the caller's own account is another.
        cx.changes_access_in(account);
        let verification_expiration = verified_until(&session);
        Ok(Verified { session: renew(cx, account, &mut session), verification_expiration })
    }
}

/// Asks for a passkey of whoever is logged on, to be shown to [`VerifyIdentity`].
#[derive(Debug, Deserialize)]
pub struct BeginPasskeyVerification {}

impl Operation for BeginPasskeyVerification {
    const NAME: &'static str = "BeginPasskeyVerification";
    const ACCESS: Access = Access::Read;
    const PERMISSION: Permission = Permission::OperationDecides;
    type Response = PasskeyRequest;

    fn resources(&self, _caller: &Caller) -> Resources {
        Resources::new()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<PasskeyRequest, ApiError> {
        asked(cx)?.request(cx)
    }
}

/// What a passkey is asked for here.
fn asked(cx: &Context<'_>) -> Result<Asked, ApiError> {
    let logon = cx.logon()?;
    let (account, owner) = (logon.account, logon.session.owner);
    Ok(Asked { purpose: Purpose::Verification, account, owner, course: *logon.session.id.as_bytes() })
}

fn not_shown() -> ApiError {
    let message =
        "Password or code is wrong, or there were too many tries: check it, or wait a quarter of an hour.";
    ApiError::new(ErrorCode::LogonFailed, message)
}
