//! Users as the console lists them: by what they are called, are labelled with, and log on and sign with.
//!
//! What somebody may not read of one user is left out here as well, and cannot be looked for.
// SPEC: console, users, columns and filters.

use serde::{Deserialize, Serialize};

use super::ranked::{self, Place, RankedPage};
use crate::caller::Caller;
use crate::dispatch::{Brought, Context, Errand};
use crate::error::ApiError;
use crate::identifier::{AccountId, UserId};
use crate::model::survey::{Credentials, HeldKey, UserCredentials};
use crate::model::{AccountTable, KeyOwner, Quota, User};
use crate::name::{DisplayName, PageSize, UserName};
use crate::operation::{Access, Check, Entry, Operation, ResourceName, Resources};
use crate::services::flat_list::FlatList;
use crate::services::ram::tag_list::{RequestTag, TagViews, has_tags};
use crate::tag::MOST_TAGS;
use crate::time::Timestamp;

/// How users are looked for.
pub const OPERATIONS: &[Entry] = &[Entry::of::<SearchUsers>()];

const DAY_S: i64 = 24 * 60 * 60;
/// After how many days at most somebody counts as unused.
const MOST_DAYS: u32 = 3_650;

/// What users are ordered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum UserOrder {
    /// Their names.
    #[default]
    UserName,
    /// What people read.
    DisplayName,
    /// When they were made.
    CreateDate,
    /// When they last logged on; those that never did come first.
    LastLogonDate,
}

/// Lists the users of the account that are looked for, with what each logs on and signs with.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SearchUsers {
    /// Only those in whose name or display name this is, whatever the case of its letters.
    #[serde(default)]
    pub text: String,
    /// Only those that have all these tags; a value that is left out matches any.
    #[serde(default)]
    pub tag: FlatList<RequestTag, MOST_TAGS>,
    /// Only those that have an MFA device or a passkey, or neither.
    #[serde(rename = "HasMFADevice")]
    pub has_mfa_device: Option<bool>,
    /// Only those that have an AccessKey, or none.
    pub has_access_key: Option<bool>,
    /// Only those that for so many days neither logged on nor signed anything, nor were made: 1 to 3,650.
    pub unused_days: Option<u32>,
    /// What they are ordered by.
    #[serde(default)]
    pub order_by: UserOrder,
    /// Whether the last come first.
    #[serde(default)]
    pub descending: bool,
    /// Where the previous page ended.
    pub marker: Option<String>,
    /// How many users a page holds at most.
    #[serde(default)]
    pub max_items: PageSize,
}

/// A page of users.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct FoundUserPage {
    users: Vec<FoundUser>,
    /// Whether what the caller may not read is left out: logons, MFA devices, AccessKeys.
    shows_logons: bool,
    #[serde(rename = "ShowsMFADevices")]
    shows_mfa_devices: bool,
    shows_access_keys: bool,
    total_count: usize,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct FoundUser {
    user_id: UserId,
    user_name: UserName,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<DisplayName>,
    create_date: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<TagViews>,
    /// Whether there is a password to log on with.
    #[serde(skip_serializing_if = "Option::is_none")]
    has_console_access: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_logon_date: Option<Timestamp>,
    #[serde(rename = "HasMFADevice", skip_serializing_if = "Option::is_none")]
    has_mfa_device: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_keys: Option<Vec<FoundKey>>,
}

/// An AccessKey of a user. Its number is not needed to see whether there is one, and how it is used.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct FoundKey {
    is_active: bool,
    create_date: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_use_date: Option<Timestamp>,
}

/// A kind of facts about users that permission is needed for besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Facts {
    Logons,
    MfaDevices,
    AccessKeys,
}

impl Facts {
    /// What lets somebody read them of one user after the other.
    fn check(self, account: AccountId) -> Check {
        let action = match self {
            Self::Logons => "ram:GetLoginProfile",
            Self::MfaDevices => "ram:GetUserMFAInfo",
            Self::AccessKeys => "ram:ListAccessKeys",
        };
        Check { action: action.into(), resource: all_users(account), conditions: Default::default() }
    }
}

fn all_users(account: AccountId) -> ResourceName {
    ResourceName::ram(account, "user/*")
}

impl Operation for SearchUsers {
    const NAME: &'static str = "SearchUsers";
    const ACCESS: Access = Access::Read;
    const ACTION: Option<&'static str> = Some("ram:ListUsers");
    const HAS_ERRAND: bool = true;
    type Response = FoundUserPage;

    fn resources(&self, caller: &Caller) -> Resources {
        all_users(caller.account()).into()
    }

    fn errand(&self, cx: &Context<'_>) -> Result<Errand, ApiError> {
        let may = self.asks_for().all(|facts| cx.allows(&facts.check(cx.account())));
        Ok(if self.looks_at_everybody() && may { Errand::Survey(cx.account()) } else { Errand::Nothing })
    }

    fn run(self, cx: &mut Context<'_>) -> Result<FoundUserPage, ApiError> {
        if self.unused_days.is_some_and(|days| !(1..=MOST_DAYS).contains(&days)) {
            let message = format!("Users are looked for that were not used for 1 to {MOST_DAYS} days.");
            return Err(ApiError::invalid("UnusedDays", message));
        }
        for facts in self.asks_for() {
            cx.authorize_check(&facts.check(cx.account()))?;
        }
        let page = if self.looks_at_everybody() { self.found(cx)? } else { self.all_by_name(cx)? };
        let sight = [Facts::Logons, Facts::MfaDevices, Facts::AccessKeys]
            .map(|facts| cx.allows(&facts.check(cx.account())));
        let [shows_logons, shows_mfa_devices, shows_access_keys] = sight;
        Ok(FoundUserPage {
            users: page.entries.into_iter().map(|entry| FoundUser::of(entry, sight)).collect(),
            shows_logons,
            shows_mfa_devices,
            shows_access_keys,
            total_count: page.total,
            is_truncated: page.marker.is_some(),
            marker: page.marker,
        })
    }
}

impl SearchUsers {
    /// What must be known of everybody: who sees the answer knows it, too.
    fn asks_for(&self) -> impl Iterator<Item = Facts> + use<> {
        let unused = self.unused_days.is_some();
        let logons = unused || self.order_by == UserOrder::LastLogonDate;
        let keys = unused || self.has_access_key.is_some();
        let asked = [
            logons.then_some(Facts::Logons),
            self.has_mfa_device.is_some().then_some(Facts::MfaDevices),
            keys.then_some(Facts::AccessKeys),
        ];
        asked.into_iter().flatten()
    }

    /// Whether it takes more than reading a page of users in the order in which they lie.
    fn looks_at_everybody(&self) -> bool {
        let is_narrowed = !self.text.trim().is_empty() || !self.tag.is_empty();
        is_narrowed
            || self.descending
            || self.order_by != UserOrder::UserName
            || self.asks_for().next().is_some()
    }

    fn all_by_name(&self, cx: &Context<'_>) -> Result<RankedPage<UserCredentials>, ApiError> {
        let account = cx.account();
        let (users, marker) = cx.page::<User>(self.marker.as_deref(), self.max_items.get())?;
        let recent = cx.core().key_uses().of_account(account);
        let mut entries = Vec::with_capacity(users.len());
        for user in users {
            let credentials = Credentials::of(cx.tx(), account, KeyOwner::User(user.id), &recent)?;
            entries.push(UserCredentials { user, credentials });
        }
        let total = usize::try_from(Quota::Users.used(cx.tx(), account)?).unwrap_or(usize::MAX);
        Ok(RankedPage { entries, total, marker })
    }

    fn found(&self, cx: &Context<'_>) -> Result<RankedPage<UserCredentials>, ApiError> {
        let Some(Brought::Survey(survey)) = cx.brought() else {
            return Err(ApiError::internal("users are looked for without a survey"));
        };
        let text = self.text.trim().to_lowercase();
        let found = survey.users.iter().filter(|entry| self.matches(entry, &text, cx.now()));
        let entries = found.map(|entry| (self.place(entry), entry)).collect();
        let wanted = ranked::Wanted {
            table: AccountTable::User,
            order: self.order_by as u64,
            descending: self.descending,
            marker: self.marker.as_deref(),
            size: self.max_items.get(),
        };
        let page = ranked::page(cx, entries, wanted)?;
        let entries = page.entries.into_iter().cloned().collect();
        Ok(RankedPage { entries, total: page.total, marker: page.marker })
    }

    fn matches(&self, entry: &UserCredentials, text: &str, now: Timestamp) -> bool {
        let UserCredentials { user, credentials } = entry;
        let says = |name: &str| name.to_lowercase().contains(text);
        let is_unused = |days: u32| {
            let last = credentials.last_use().map_or(user.created_at, |last| last.max(user.created_at));
            last <= now.plus_seconds(-DAY_S * i64::from(days))
        };
        (text.is_empty()
            || says(user.name.as_str())
            || user.display_name.as_ref().is_some_and(|name| says(name.as_str())))
            && has_tags(&user.tags, self.tag.as_slice())
            && self.has_mfa_device.is_none_or(|has| has == credentials.has_second_factor)
            && self.has_access_key.is_none_or(|has| has != credentials.keys.is_empty())
            && self.unused_days.is_none_or(is_unused)
    }

    fn place(&self, entry: &UserCredentials) -> Place {
        let name = entry.user.name.folded();
        match self.order_by {
            UserOrder::UserName => Place::named(name),
            UserOrder::DisplayName => {
                Place::by_text(entry.user.display_name.as_ref().map_or("", DisplayName::as_str), name)
            }
            UserOrder::CreateDate => Place::by_time(Some(entry.user.created_at), name),
            UserOrder::LastLogonDate => Place::by_time(entry.credentials.last_logon, name),
        }
    }
}

impl FoundUser {
    fn of(
        UserCredentials { user, credentials }: UserCredentials,
        [logons, devices, keys]: [bool; 3],
    ) -> Self {
        Self {
            user_id: user.id,
            user_name: user.name,
            display_name: user.display_name,
            create_date: user.created_at,
            tags: TagViews::of(user.tags),
            has_console_access: logons.then_some(credentials.password.is_some_and(|own| own.is_active)),
            last_logon_date: credentials.last_logon.filter(|_| logons),
            has_mfa_device: devices.then_some(credentials.has_second_factor),
            access_keys: keys.then(|| credentials.keys.into_iter().map(FoundKey::from).collect()),
        }
    }
}

impl From<HeldKey> for FoundKey {
    fn from(key: HeldKey) -> Self {
        Self { is_active: key.is_active, create_date: key.created_at, last_use_date: key.last_use }
    }
}
