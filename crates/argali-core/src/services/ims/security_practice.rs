//! How well an account keeps its credentials, in figures.

use serde::{Deserialize, Serialize};

use crate::caller::Caller;
use crate::dispatch::{Brought, Context, Errand};
use crate::error::ApiError;
use crate::model::PasswordPolicy;
use crate::model::survey::{Credentials, HeldKey, Survey};
use crate::operation::{Access, Entry, Operation, Resources};
use crate::services::ram::password_policy::settings_resource;
use crate::time::Timestamp;

/// What is asked about an account's practice.
pub const OPERATIONS: &[Entry] = &[Entry::of::<GetAccountSecurityPracticeReport>()];

/// After how long a key is old, or unused, in seconds: 90 days. What was later is recent.
pub(super) const LONG_S: i64 = 90 * 24 * 60 * 60;

/// Looks at the credentials of everybody in the caller's account as they are now.
#[derive(Debug, Deserialize)]
pub struct GetAccountSecurityPracticeReport {}

/// What was found.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PracticeReport {
    account_security_practice_info: PracticeInfo,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct PracticeInfo {
    score: u64,
    account_security_practice_user_info: Practice,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Practice {
    /// Whether the account's owner has an MFA device.
    bind_mfa: bool,
    /// How many AccessKeys the account itself has, how many are old, and how many unused.
    root_with_access_key: usize,
    old_ak_num: usize,
    unused_ak_num: usize,
    sub_user: usize,
    sub_user_bind_mfa: usize,
    sub_user_pwd_level: PasswordLevel,
    sub_user_with_old_access_key: usize,
    sub_user_with_unused_access_key: usize,
}

/// How good passwords must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum PasswordLevel {
    Low,
    Mid,
    High,
}

impl Operation for GetAccountSecurityPracticeReport {
    const NAME: &'static str = "GetAccountSecurityPracticeReport";
    const ACCESS: Access = Access::Read;
    const HAS_ERRAND: bool = true;
    type Response = PracticeReport;

    fn resources(&self, caller: &Caller) -> Resources {
        settings_resource(caller.account()).into()
    }

    fn errand(&self, cx: &Context<'_>) -> Result<Errand, ApiError> {
        Ok(Errand::Survey(cx.account()))
    }

    fn run(self, cx: &mut Context<'_>) -> Result<PracticeReport, ApiError> {
        let Some(Brought::Survey(survey)) = cx.brought() else {
            return Err(ApiError::internal("a report is made of nothing"));
        };
        let policy = PasswordPolicy::of(cx.tx(), cx.account())?;
        let practice = Practice::of(survey, &policy, cx.now());
        let info = PracticeInfo { score: practice.score(), account_security_practice_user_info: practice };
        Ok(PracticeReport { account_security_practice_info: info })
    }
}

impl Practice {
    fn of(survey: &Survey, policy: &PasswordPolicy, now: Timestamp) -> Self {
        let long_ago = |at: Timestamp| at.plus_seconds(LONG_S) <= now;
        let is_old = |key: &HeldKey| long_ago(key.created_at);
        // A key that has just been made is not called unused.
        let is_unused = |key: &HeldKey| long_ago(key.last_use.unwrap_or(key.created_at));
        let own = &survey.owner.keys;
        let count = |is_so: &dyn Fn(&Credentials) -> bool| {
            survey.users.iter().filter(|user| is_so(&user.credentials)).count()
        };
        Self {
            bind_mfa: survey.owner.has_second_factor,
            root_with_access_key: own.len(),
            old_ak_num: own.iter().filter(|key| is_old(key)).count(),
            unused_ak_num: own.iter().filter(|key| is_unused(key)).count(),
            sub_user: survey.users.len(),
            sub_user_bind_mfa: count(&|of| of.has_second_factor),
            sub_user_pwd_level: PasswordLevel::of(policy),
            sub_user_with_old_access_key: count(&|of| of.keys.iter().any(is_old)),
            sub_user_with_unused_access_key: count(&|of| of.keys.iter().any(is_unused)),
        }
    }

    /// Out of 100: each practice has its points, and those about users count for the share of users who keep to it.
    fn score(&self) -> u64 {
        let all_but = |points: u64, failing: usize| match self.sub_user as u64 {
            0 => points,
            all => points * (all - failing as u64) / all,
        };
        let whole = |points: u64, is_kept: bool| if is_kept { points } else { 0 };
        let password = match self.sub_user_pwd_level {
            PasswordLevel::Low => 0,
            PasswordLevel::Mid => 5,
            PasswordLevel::High => 10,
        };
        whole(20, self.bind_mfa)
            + whole(20, self.root_with_access_key == 0)
            + whole(10, self.old_ak_num == 0 && self.unused_ak_num == 0)
            + all_but(20, self.sub_user - self.sub_user_bind_mfa)
            + all_but(10, self.sub_user_with_old_access_key)
            + all_but(10, self.sub_user_with_unused_access_key)
            + password
    }
}

impl PasswordLevel {
    fn of(policy: &PasswordPolicy) -> Self {
        let kinds = [
            policy.require_lowercase,
            policy.require_uppercase,
            policy.require_numbers,
            policy.require_symbols,
        ];
        match (policy.minimum_length, kinds.into_iter().filter(|required| *required).count()) {
            (12.., 4) => Self::High,
            (8.., 2..) => Self::Mid,
            _ => Self::Low,
        }
    }
}
