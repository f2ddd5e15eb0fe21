//! How far somebody has come with logging on, and what is asked for next.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use minicbor::{Decode, Encode};
use serde::{Serialize, Serializer};

use super::logon_device::Device;
use super::logon_session::new_value;
use super::password_rule::PasswordRules;
use crate::audit::CallerRecord;
use crate::caller::{Caller, Identity};
use crate::dispatch::{LogonCredential, OpenContext};
use crate::error::{ApiError, ErrorCode};
use crate::guess::network;
use crate::identifier::AccountId;
use crate::logon_name::default_domain;
use crate::model::{
    Account, AccountStatus, ConsoleSession, Entity, KeyOwner, LoginProfile, LogonTrace, MfaForLogon,
    PasswordPolicy, SecondFactor, SecondFactors, SecurityPreference, User, generation,
};
use crate::name::{KeyStatus, UserName};
use crate::services::ram::login_profile::lies_idle;
use crate::services::ram::mfa_image::qr_code_png;
use crate::session::SessionId;
use crate::time::Timestamp;
use crate::totp::Seed;
use crate::vault::SecretText;

/// How long an attempt may take, in seconds.
const ATTEMPT_S: i64 = 10 * 60;
const MFA_CODE: &str = "MFACode";
const PASSKEY: &str = "Passkey";
const NEW_PASSWORD: &str = "NewPassword";
const DAY_S: i64 = 24 * 60 * 60;
/// What an attempt is sealed with besides its key.
const PLACE: &[u8] = b"logon attempt";

/// What a step of logging on comes to.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct LogonStep {
    /// What is still needed: `MFACode`, `Passkey`, `MFADevice` or `NewPassword`; nothing once somebody is logged on.
    #[serde(skip_serializing_if = "Option::is_none")]
    need: Option<&'static str>,
    /// What the next step sends.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "shown_once")]
    attempt: Option<SecretText>,
    /// Whether a passkey may be shown: in place of a code, or because there is nothing else.
    #[serde(skip_serializing_if = "Option::is_none")]
    has_passkey: Option<bool>,
    /// Whether the browser may stand for the code that is still needed at later logons.
    #[serde(rename = "MayRememberMFA", skip_serializing_if = "Option::is_none")]
    may_remember_mfa: Option<bool>,
    /// What the new password must be like.
    #[serde(skip_serializing_if = "Option::is_none")]
    password_rules: Option<PasswordRules>,
    /// The seed of a device that is to be bound.
    #[serde(
        rename = "Base32StringSeed",
        skip_serializing_if = "Option::is_none",
        serialize_with = "shown_once"
    )]
    seed: Option<SecretText>,
    /// The same as a picture.
    #[serde(rename = "QRCodePNG", skip_serializing_if = "Option::is_none", serialize_with = "shown_once")]
    qr_code: Option<SecretText>,
    /// What the browser keeps.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "shown_once")]
    session: Option<SecretText>,
    /// When the logon ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    expiration: Option<Timestamp>,
    /// By what the browser is known at later logons, for whoever is logged on.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "shown_once")]
    device_token: Option<SecretText>,
}

/// Whoever logs on, with what is known of it.
#[derive(Debug)]
pub(super) struct Holder {
    pub(super) account: Account,
    pub(super) owner: KeyOwner,
    pub(super) user: Option<User>,
    pub(super) profile: LoginProfile,
    /// The browser, if it is known.
    pub(super) device: Option<Device>,
}

/// How far somebody has come. It is sealed; whoever has it has shown the password.
#[derive(Debug, Encode, Decode)]
pub(super) struct Attempt {
    #[cbor(n(0), with = "minicbor::bytes")]
    pub(super) id: [u8; 16],
    #[n(1)]
    pub(super) account: AccountId,
    #[n(2)]
    pub(super) owner: KeyOwner,
    #[cbor(n(3), with = "minicbor::bytes")]
    password_mark: [u8; 16],
    #[n(4)]
    ends_at: Timestamp,
    /// The second factor that was shown.
    #[n(5)]
    pub(super) second_factor: Option<SecondFactor>,
    /// The seed of the device that is to be bound.
    #[cbor(n(6), with = "minicbor::bytes")]
    pub(super) seed: Option<Vec<u8>>,
    /// Whether a new password is what it asks for.
    #[n(7)]
    pub(super) asks_for_password: bool,
    /// The browser, if it is known.
    #[cbor(n(8), default)]
    device: Option<Device>,
}

impl Holder {
    /// A user of an account, if it is there and has a login profile.
    pub(super) fn of_user(
        cx: &OpenContext<'_>,
        account: AccountId,
        name: &UserName,
    ) -> Result<Option<Self>, ApiError> {
        match User::find(cx.tx(), account, name)? {
            Some(user) => Self::find(cx, account, KeyOwner::User(user.id)),
            None => Ok(None),
        }
    }

    /// Whoever has a login profile in an open account.
    pub(super) fn find(
        cx: &OpenContext<'_>,
        account: AccountId,
        owner: KeyOwner,
    ) -> Result<Option<Self>, ApiError> {
        let user = match owner {
            KeyOwner::Account => None,
            KeyOwner::User(id) => match User::find_by_id(cx.tx(), account, id.number())? {
                Some(user) => Some(user),
                None => return Ok(None),
            },
        };
        let record = Account::find(cx.tx(), account)?.filter(|record| record.status == AccountStatus::Open);
        let profile = LoginProfile::find(cx.tx(), account, owner)?;
        Ok(record.zip(profile).map(|(account, profile)| Self { account, owner, user, profile, device: None }))
    }

    /// How records name it.
    pub(super) fn record(&self) -> Arc<CallerRecord> {
        let identity = match &self.user {
            Some(user) => Identity::User { id: user.id, name: user.name.clone() },
            None => Identity::Account,
        };
        CallerRecord::of(&Caller::new(self.account.id, identity, "logon".into()))
    }

    /// How people name it.
    pub(super) fn display_name(&self) -> String {
        match &self.user {
            Some(user) => format!("{}@{}", user.name, self.account.id),
            None => self.account.id.to_string(),
        }
    }

    /// Fails with a code of `Logon.Forbidden` and the reason where a right password is not enough. The owner is always let in.
    pub(super) fn require_possible(&self, cx: &OpenContext<'_>) -> Result<(), ApiError> {
        let Some(user) = &self.user else { return Ok(()) };
        let (now, account) = (cx.now(), self.account.id);
        let policy = PasswordPolicy::of(cx.tx(), account)?;
        let preference = SecurityPreference::of(cx.tx(), account)?;
        let trace = LogonTrace::of(cx.tx(), account, self.owner)?;
        let was_used = trace.last_at.is_some_and(|at| at >= self.profile.password_set_at);
        let is_initial = self.profile.chosen_by == crate::model::ChosenBy::Administrator && !was_used;
        let (code, why) = if self.profile.status == KeyStatus::Inactive {
            let why = "Console access is switched off for this user: ask your administrator.";
            (ErrorCode::LogonForbiddenDisabled, why)
        } else if !preference.networks.admit(cx.origin().source_ip) {
            let why = "Your administrator does not allow logging on from this address.";
            (ErrorCode::LogonForbiddenAddress, why)
        } else if is_initial && policy.initial_expired(self.profile.password_set_at, now) {
            let why = "The initial password has expired unused: ask your administrator for another.";
            (ErrorCode::LogonForbiddenInitialPassword, why)
        } else if policy.hard_expiry && self.has_expired(&policy, now) {
            let why = "The password has expired: ask your administrator for another.";
            (ErrorCode::LogonForbiddenPasswordExpired, why)
        } else if lies_idle(cx.tx(), account, user, &self.profile, now)? {
            let why = "Nobody has logged on for too long: ask your administrator to reset the password.";
            (ErrorCode::LogonForbiddenUnused, why)
        } else {
            return Ok(());
        };
        Err(ApiError::new(code, why))
    }

    fn has_expired(&self, policy: &PasswordPolicy, now: Timestamp) -> bool {
        let age_s = i64::from(policy.max_age_days) * DAY_S;
        age_s > 0 && now >= self.profile.password_set_at.plus_seconds(age_s)
    }

    /// Whether a second factor of those that it has must still be shown: `shown` is none of them, or nothing, and the
    /// browser does not stand for any.
    pub(super) fn owes_factor(
        &self,
        cx: &OpenContext<'_>,
        held: &SecondFactors,
        shown: Option<SecondFactor>,
    ) -> Result<bool, ApiError> {
        match (shown, &self.device) {
            (Some(shown), _) => Ok(!held.hold(shown)),
            (None, Some(browser)) => Ok(!held.is_empty() && !browser.stands_for(cx, held, self)?),
            (None, None) => Ok(!held.is_empty()),
        }
    }

    /// With what it can show a second factor.
    pub(super) fn factors(&self, cx: &OpenContext<'_>) -> Result<SecondFactors, ApiError> {
        Ok(SecondFactors::of(cx.tx(), self.account.id, self.owner)?)
    }

    /// What is asked for next, or the session if nothing is.
    pub(super) fn next_step(
        &self,
        cx: &mut OpenContext<'_>,
        shown: Option<SecondFactor>,
    ) -> Result<LogonStep, ApiError> {
        let account = self.account.id;
        if shown.is_none() {
            let held = self.factors(cx)?;
            if self.owes_factor(cx, &held, None)? {
                let need = if held.device.is_some() { MFA_CODE } else { PASSKEY };
                let has_passkey = Some(!held.passkeys.is_empty());
                return Ok(LogonStep { has_passkey, ..self.ask(cx, need, None, None)? });
            }
            let everybody = SecurityPreference::of(cx.tx(), account)?.mfa_for_logon == MfaForLogon::Mandatory;
            if held.is_empty() && (self.profile.mfa_bind_required || (everybody && self.user.is_some())) {
                return self.ask_for_device(cx);
            }
        }
        let policy = PasswordPolicy::of(cx.tx(), account)?;
        let has_expired = self.user.is_some() && self.has_expired(&policy, cx.now());
        if self.profile.password_reset_required || has_expired {
            return self.ask(cx, NEW_PASSWORD, shown, None);
        }
        self.begin_session(cx, shown)
    }

    fn ask_for_device(&self, cx: &OpenContext<'_>) -> Result<LogonStep, ApiError> {
        let seed = Seed::generate(cx.env());
        let name = self.user.as_ref().map_or("root", |user| user.name.as_str());
        let holder = format!("{name}@{}", default_domain(&self.account, &cx.settings().domain_suffix));
        let qr_code = STANDARD.encode(qr_code_png(&holder, &seed)?);
        let step = self.ask(cx, "MFADevice", None, Some(&seed))?;
        Ok(LogonStep {
            seed: Some(SecretText::new(seed.to_base32())),
            qr_code: Some(SecretText::new(qr_code)),
            ..step
        })
    }

    fn ask(
        &self,
        cx: &OpenContext<'_>,
        need: &'static str,
        second_factor: Option<SecondFactor>,
        seed: Option<&Seed>,
    ) -> Result<LogonStep, ApiError> {
        let attempt = Attempt {
            id: cx.env().random(),
            account: self.account.id,
            owner: self.owner,
            password_mark: self.profile.password().mark(),
            ends_at: cx.now().plus_seconds(ATTEMPT_S),
            second_factor,
            seed: seed.map(|seed| seed.expose().to_vec()),
            asks_for_password: need == NEW_PASSWORD,
            device: self.device.clone(),
        };
        let plain = minicbor::to_vec(&attempt).map_err(ApiError::internal)?;
        let sealed = cx.core().vault().attempt_key().seal(cx.env(), PLACE, &plain);
        let attempt = Some(SecretText::new(URL_SAFE_NO_PAD.encode(sealed)));
        let of_code = need != NEW_PASSWORD;
        let remembers = || Ok::<_, ApiError>(SecurityPreference::of(cx.tx(), self.account.id)?.remember_mfa);
        let may_remember_mfa = if of_code { Some(remembers()?) } else { None };
        let policy = if of_code { None } else { Some(PasswordPolicy::of(cx.tx(), self.account.id)?) };
        let password_rules = policy.as_ref().map(PasswordRules::from);
        Ok(LogonStep { need: Some(need), attempt, may_remember_mfa, password_rules, ..LogonStep::default() })
    }

    fn begin_session(
        &self,
        cx: &mut OpenContext<'_>,
        second_factor: Option<SecondFactor>,
    ) -> Result<LogonStep, ApiError> {
        let (now, account) = (cx.now(), self.account.id);
        let hours = SecurityPreference::of(cx.tx(), account)?.session_hours;
        let value = new_value(cx.env());
        let session = ConsoleSession {
            id: SessionId::generate(cx.env()),
            owner: self.owner,
            password_mark: self.profile.password().mark(),
            second_factor,
            began_at: now,
            ends_at: now.plus_seconds(i64::from(hours) * 3_600),
            source_ip: cx.origin().source_ip.to_string(),
            cookie: LogonCredential::new(value.clone()).hash(),
            verified_at: now,
            began_at_generation: generation(cx.tx(), account)?,
            switched: Vec::new(),
        };
        ConsoleSession::make_room(cx.tx_mut(), account, self.owner)?;
        session.save(cx.tx_mut(), account);
        let mut trace = LogonTrace::of(cx.tx(), account, self.owner)?;
        trace.logged_on(network(cx.origin().source_ip), now);
        trace.save(cx.tx_mut(), account, self.owner);
        cx.note("mfaPresent", second_factor.is_some().to_string());
        let device = self.device.clone().unwrap_or_else(|| Device::new(cx, self));
        Ok(LogonStep {
            session: Some(value),
            expiration: Some(session.ends_at),
            device_token: Some(device.mark(cx)?),
            ..LogonStep::default()
        })
    }
}

impl Attempt {
    /// Opens what a step before has sealed, and finds who it was; `Logon.Ended` if it is none, or over.
    pub(super) fn open(cx: &OpenContext<'_>, sealed: &SecretText) -> Result<(Self, Holder), ApiError> {
        let ended = || {
            let message = "The logon was not finished in time, or the password has changed: begin again.";
            ApiError::new(ErrorCode::LogonEnded, message)
        };
        let bytes = URL_SAFE_NO_PAD.decode(sealed.expose()).map_err(|_| ended())?;
        let plain = cx.core().vault().attempt_key().open(PLACE, &bytes).ok_or_else(ended)?;
        let attempt: Self = minicbor::decode(&plain).map_err(ApiError::internal)?;
        let found = Holder::find(cx, attempt.account, attempt.owner)?.ok_or_else(ended)?;
        let holder = Holder { device: attempt.device.clone(), ..found };
        if cx.now() >= attempt.ends_at || holder.profile.password().mark() != attempt.password_mark {
            return Err(ended());
        }
        Ok((attempt, holder))
    }
}

fn shown_once<S: Serializer>(secret: &Option<SecretText>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.as_ref().map_or("", SecretText::expose))
}
