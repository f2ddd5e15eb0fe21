//! Logging on with a passkey in place of a code, after the password.

use serde::Deserialize;

use super::logon_attempt::{Attempt, LogonStep};
use super::logon_step::{count_try, forgive_try, proceed_with};
use super::passkey_challenge::{Asked, PasskeyRequest, Purpose, relying_party};
use crate::dispatch::{Errand, OpenContext};
use crate::error::ApiError;
use crate::model::SecondFactor;
use crate::operation::{Access, Entry, OpenOperation};
use crate::vault::SecretText;

/// Both steps of it.
pub const OPERATIONS: &[Entry] = &[Entry::open::<BeginPasskeyLogon>(), Entry::open::<LogOnWithPasskey>()];

/// Asks for a passkey of whoever logs on.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct BeginPasskeyLogon {
    /// What the step before answered.
    pub attempt: SecretText,
}

impl OpenOperation for BeginPasskeyLogon {
    const NAME: &'static str = "BeginPasskeyLogon";
    const ACCESS: Access = Access::Read;
    type Response = PasskeyRequest;

    fn run(self, cx: &mut OpenContext<'_>) -> Result<PasskeyRequest, ApiError> {
        let (attempt, _) = Attempt::open(cx, &self.attempt)?;
        cx.concerns(attempt.account);
        asked(&attempt).request(cx)
    }
}

/// Shows a passkey.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LogOnWithPasskey {
    /// What the step before answered.
    pub attempt: SecretText,
    /// What the browser answered, as JSON.
    pub credential: SecretText,
    /// Whether the browser is to stand for a code for seven days, if the account allows that.
    #[serde(rename = "RememberMFA", default)]
    pub remember_mfa: bool,
}

impl OpenOperation for LogOnWithPasskey {
    const NAME: &'static str = "LogOnWithPasskey";
    const ACCESS: Access = Access::Resource;
    const HAS_ERRAND: bool = true;
    type Response = LogonStep;

    /// Nobody guesses a passkey; but whoever tries is held up as with codes.
    fn errand(&self, cx: &OpenContext<'_>) -> Result<Errand, ApiError> {
        let (attempt, holder) = Attempt::open(cx, &self.attempt)?;
        relying_party(cx)?;
        count_try(cx, &attempt, &holder)
    }

    fn run(self, cx: &mut OpenContext<'_>) -> Result<LogonStep, ApiError> {
        let (attempt, holder) = Attempt::open(cx, &self.attempt)?;
        cx.concerns(attempt.account);
        cx.note("logonName", holder.display_name());
        let shown = SecondFactor::Passkey(asked(&attempt).shown(cx, &self.credential)?);
        forgive_try(cx, &attempt, &holder)?;
        proceed_with(cx, holder, (shown, self.remember_mfa))
    }
}

fn asked(attempt: &Attempt) -> Asked {
    let Attempt { account, owner, id, .. } = *attempt;
    Asked { purpose: Purpose::Logon, account, owner, course: id }
}
