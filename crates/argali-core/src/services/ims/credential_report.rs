//! The report on what everybody in an account logs on and signs with, as a file of comma-separated values.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::caller::Caller;
use crate::dispatch::{Brought, Context, Errand};
use crate::error::{ApiError, ErrorCode};
use crate::model::survey::{Credentials, HeldKey, Survey, UserCredentials};
use crate::model::{CredentialReport, PasswordPolicy};
use crate::name::PageSize;
use crate::operation::{Access, Entry, Operation, Resources};
use crate::services::ims::kept_report::{ReportPages, ReportState};
use crate::services::ims::user_key::Domain;
use crate::services::ram::password_policy::settings_resource;
use crate::time::Timestamp;

/// How the report is made and read.
pub const OPERATIONS: &[Entry] =
    &[Entry::of::<GenerateCredentialReport>(), Entry::of::<GetCredentialReport>()];

/// For how long a report is not made again, in seconds.
const FRESH_S: i64 = 4 * 60 * 60;
/// The row of the account itself.
const ROOT: &str = "<root>";
/// What is said of something that is not there, and of a time at which nothing was.
const ABSENT: &str = "N/A";
const NEVER: &str = "-";
/// The AccessKeys that have columns.
const KEYS: [&str; 5] = [
    "access_key_1",
    "access_key_2",
    "additional_access_key_1",
    "additional_access_key_2",
    "additional_access_key_3",
];
const DAY_S: i64 = 24 * 60 * 60;

/// Makes a report, unless the last one is less than four hours old.
#[derive(Debug, Deserialize)]
pub struct GenerateCredentialReport {}

impl Operation for GenerateCredentialReport {
    const NAME: &'static str = "GenerateCredentialReport";
    const ACCESS: Access = Access::Resource;
    const HAS_ERRAND: bool = true;
    type Response = ReportState;

    fn resources(&self, caller: &Caller) -> Resources {
        settings_resource(caller.account()).into()
    }

    fn errand(&self, cx: &Context<'_>) -> Result<Errand, ApiError> {
        Ok(if has_fresh_report(cx)? { Errand::Nothing } else { Errand::Survey(cx.account()) })
    }

    fn run(self, cx: &mut Context<'_>) -> Result<ReportState, ApiError> {
        // Somebody else may have had one made meanwhile.
        if !has_fresh_report(cx)? {
            let Some(Brought::Survey(survey)) = cx.brought() else {
                return Err(ApiError::internal("a report is made of nothing"));
            };
            let rows = rows(cx, survey)?;
            let (account, now) = (cx.account(), cx.now());
            CredentialReport::replace(cx.tx_mut(), account, now, &rows)?;
        }
        Ok(ReportState { state: "COMPLETED" })
    }
}

/// Shows the last report.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetCredentialReport {
    /// How many rows a page holds at most; 3,501 unless told.
    #[serde(default)]
    pub max_items: PageSize<3501, 3501>,
    /// Where the previous page ended.
    pub next_token: Option<String>,
}

/// A page of the report.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ReportPage {
    content: String,
    generated_time: Timestamp,
    is_truncated: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

impl Operation for GetCredentialReport {
    const NAME: &'static str = "GetCredentialReport";
    const ACCESS: Access = Access::Read;
    type Response = ReportPage;

    fn resources(&self, caller: &Caller) -> Resources {
        settings_resource(caller.account()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<ReportPage, ApiError> {
        let account = cx.account();
        let report = CredentialReport::find(cx.tx(), account)?.ok_or_else(|| {
            let message = "There is no credential report yet: call GenerateCredentialReport first.";
            ApiError::new(ErrorCode::EntityNotExistCredentialReport, message)
        })?;
        let pages = ReportPages { list: report.list(account), rows: report.rows };
        let skip = pages.skip(cx, ("NextToken", self.next_token.as_deref()))?;
        let rows = report.page(cx.tx(), account, skip, self.max_items.get())?;
        let next_token = pages.next(cx, skip + rows.len() as u64);
        // Pages can be put together to the whole file.
        let header = (skip == 0).then(header);
        let text: String = header.into_iter().chain(rows).map(|row| row + "\n").collect();
        Ok(ReportPage {
            content: STANDARD.encode(text),
            generated_time: report.generated_at,
            is_truncated: next_token.is_some().to_string(),
            next_token,
        })
    }
}

fn has_fresh_report(cx: &Context<'_>) -> Result<bool, ApiError> {
    let last = CredentialReport::find(cx.tx(), cx.account())?;
    Ok(last.is_some_and(|last| cx.now() < last.generated_at.plus_seconds(FRESH_S)))
}

fn header() -> String {
    let own = "user,user_creation_time,user_last_logon,password_exist,password_active,password_last_changed,\
               password_next_rotation,mfa_active";
    let of_key = |key| format!("{key}_exist,{key}_active,{key}_last_rotated,{key}_last_used");
    std::iter::once(own.to_owned()).chain(KEYS.map(of_key)).collect::<Vec<_>>().join(",")
}

/// A row for the account itself, and one for each user. No value holds a comma or a quotation mark.
fn rows(cx: &Context<'_>, survey: &Survey) -> Result<Vec<String>, ApiError> {
    let policy = PasswordPolicy::of(cx.tx(), cx.account())?;
    let (domain, account) = (Domain::of(cx)?, cx.account_record()?);
    let root = row(ROOT.to_owned(), account.created_at, &survey.owner, None);
    let of_users = survey.users.iter().map(|UserCredentials { user, credentials }| {
        let name = domain.logon_name(&user.name).to_string();
        row(name, user.created_at, credentials, Some(&policy))
    });
    Ok(std::iter::once(root).chain(of_users).collect())
}

/// What is known of one; the password policy is for users.
fn row(name: String, created_at: Timestamp, of: &Credentials, policy: Option<&PasswordPolicy>) -> String {
    let [active, changed, rotation] = match (&of.password, policy) {
        (None, _) => [ABSENT; 3].map(str::to_owned),
        (Some(password), None) => [ABSENT.to_owned(), password.set_at.to_string(), ABSENT.to_owned()],
        (Some(password), Some(policy)) => {
            let age_s = i64::from(policy.max_age_days) * DAY_S;
            let rotation = (age_s > 0).then(|| password.set_at.plus_seconds(age_s));
            [truth(password.is_active), password.set_at.to_string(), time(rotation)]
        }
    };
    let own = [
        name,
        created_at.to_string(),
        time(of.last_logon),
        truth(of.password.is_some()),
        active,
        changed,
        rotation,
        truth(of.has_second_factor),
    ];
    let of_keys = (0..KEYS.len()).flat_map(|number| key_cells(of.keys.get(number)));
    own.into_iter().chain(of_keys).collect::<Vec<_>>().join(",")
}

fn key_cells(key: Option<&HeldKey>) -> [String; 4] {
    match key {
        None => [truth(false), ABSENT.to_owned(), ABSENT.to_owned(), ABSENT.to_owned()],
        Some(key) => [truth(true), truth(key.is_active), key.created_at.to_string(), time(key.last_use)],
    }
}

fn time(at: Option<Timestamp>) -> String {
    at.map_or_else(|| NEVER.to_owned(), |at| at.to_string())
}

fn truth(it_is: bool) -> String {
    if it_is { "TRUE" } else { "FALSE" }.to_owned()
}
