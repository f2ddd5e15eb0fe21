//! Names and texts that callers choose, parsed once where they come in.

use argali_protocol::{Invalid, Reason};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Deserializer, Serialize};

use crate::tag::{LONG_VALUE, LONGEST_KEY};
use crate::text_type::{texts, texts_of_calls};

/// Declares names: how many characters, and which; whether error codes tell what is wrong with them. Names differ by more
/// than the case of their letters.
macro_rules! names {
    ($($(#[$doc:meta])* $name:ident: $least:literal..=$most:tt $allowed:expr, $what:literal, $detail:ident;)*) => {
        texts! { $($(#[$doc])* $name |text| check(text, $least, $most, $allowed, $what).map_err($detail);)* }
        texts_of_calls! { $($name),* }

        $(impl $name {
            /// The text as it is compared.
            pub fn folded(&self) -> String {
                self.0.to_lowercase()
            }
        })*
    };
}

// SPEC: limits, names.
names! {
    /// What a RAM user is called: unique in its account, whatever the case of its letters.
    UserName: 1..=64 |c| alphanumeric_or(c, "._-"), "letters, digits, `.`, `_` and `-`", in_detail;
    /// What a group of users is called.
    GroupName: 1..=64 |c| alphanumeric_or(c, "._-"), "letters, digits, `.`, `_` and `-`", in_detail;
    /// What a role is called. No underscore.
    RoleName: 1..=64 |c| alphanumeric_or(c, ".-"), "letters, digits, `.` and `-`", in_detail;
    /// What a policy is called.
    PolicyName: 1..=128 |c| alphanumeric_or(c, "-"), "letters, digits and `-`", in_detail;
    /// What a session of a role is called; it appears in records and ARNs.
    SessionName: 2..=64 |c| alphanumeric_or(c, ".@_-"), "letters, digits, `.`, `@`, `_` and `-`", in_general;
    /// What the assuming side must know, agreed upon between two parties.
    ExternalId: 2..=1224 |c| alphanumeric_or(c, "_+=,.@:/-"), "letters, digits and `_+=,.@:/-`", in_general;
    /// What a virtual MFA device is called.
    MfaDeviceName: 1..=64 |c| alphanumeric_or(c, ".-"), "letters, digits, `.` and `-`", in_detail;
    /// What a passkey is called.
    PasskeyName: 1..=64 |c| !c.is_control(), "any characters but control characters", in_detail;
    /// What a service credential is called.
    ServiceCredentialName: 1..=128 |c| alphanumeric_or(c, "._-"), "letters, digits, `.`, `_` and `-`", in_detail;
    /// What a service is called for which there are credentials; which there are is not published.
    ServiceName: 1..=64 |c| alphanumeric_or(c, "._-"), "letters, digits, `.`, `_` and `-`", in_detail;
    /// A name for people to read.
    DisplayName: 1..=128 |c| !c.is_control(), "any characters but control characters", in_detail;
    /// The same where IMS takes it.
    ShortDisplayName: 1..=24 |c| !c.is_control(), "any characters but control characters", in_detail;
    /// A remark about a user or group.
    Comments: 0..=128 |c| !c.is_control(), "any characters but control characters", in_detail;
    /// What a role or policy is for.
    Description: 0..=1024 |c| !c.is_control() || matches!(c, '\n' | '\t'), "any characters but control characters", in_detail;
    /// An e-mail address, kept as given.
    Email: 3..=128 |c| !c.is_control() && !c.is_whitespace(), "an address such as `alice@example.com`", in_format;
    /// A telephone number with its country code, such as `86-18600000000`.
    MobilePhone: 3..=32 |c| c.is_ascii_digit() || matches!(c, '-' | '+' | '*'), "a country code, `-` and a number", in_format;
    /// What an OAuth application is called.
    AppName: 1..=64 |c| alphanumeric_or(c, "._-"), "letters, digits, `.`, `_` and `-`", in_detail;
    /// A name of a resource group for people to read.
    ResourceGroupDisplayName: 1..=50 |c| !c.is_control(), "any characters but control characters", in_detail;
    /// What a role or policy is called, where either can be meant.
    EntityName: 1..=128 |c| alphanumeric_or(c, ".-"), "letters, digits, `.` and `-`", in_general;
    /// The name of a tag.
    TagKey: 1..=LONGEST_KEY |c| !c.is_control() && !is_noncharacter(c), "any characters but control characters", in_general;
    /// What a tag says.
    TagValue: 0..=LONG_VALUE |c| !c.is_control() && !is_noncharacter(c), "any characters but control characters", in_general;
}

impl From<ShortDisplayName> for DisplayName {
    fn from(short: ShortDisplayName) -> Self {
        Self(short.0)
    }
}

texts! {
    /// What a resource group is called: unique in its account, whatever the case of its letters.
    ResourceGroupName |text| resource_group_name(text);
    /// The second name by which an account is known, unique among all accounts.
    // SPEC: limits, names, account alias; the RAM API, SetAccountAlias.
    AccountAlias |text| account_alias(text);
    /// The e-mail address of an account's owner, under which it logs on.
    // SPEC: console, log on, account ID or e-mail.
    OwnerEmail |text| owner_email(text);
    /// Who a session's chain began with, as the first assuming side says; it stays along the chain.
    // SPEC: policy language, sizes and limits, SourceIdentity.
    SourceIdentity |text| source_identity(text);
}
texts_of_calls! { ResourceGroupName, AccountAlias, OwnerEmail, SourceIdentity }

impl ResourceGroupName {
    /// The text as it is compared.
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

fn resource_group_name(text: &str) -> Result<(), Invalid> {
    check(text, 2, 50, |c| alphanumeric_or(c, "-"), "letters, digits and `-`")?;
    if text.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Ok(());
    }
    Err(Invalid::new(Reason::InvalidChars, "it must begin with a letter"))
}

impl Default for TagValue {
    /// The empty value: a tag may be a key alone.
    fn default() -> Self {
        Self(String::new())
    }
}

impl Default for RoleVisibility {
    /// A role is shown unless its owner says otherwise.
    fn default() -> Self {
        Self::Shown
    }
}

impl OwnerEmail {
    /// The text as it is compared: whoever types it does not think of its case.
    pub fn folded(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

/// What mail servers take, without what nobody uses: quotes, comments, hosts by their number.
fn owner_email(text: &str) -> Result<(), Invalid> {
    let wrong = || Invalid::new(Reason::Format, "it is an e-mail address, such as `owner@company-a.example`");
    let in_local = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    if text.len() > 128 {
        return Err(Invalid::new(Reason::Length, "it has at most 128 characters"));
    }
    let (local, host) = text.split_once('@').ok_or_else(wrong)?;
    let is_label = |label: &str| {
        let in_label = |c: char| c.is_ascii_alphanumeric() || c == '-';
        !label.is_empty() && label.chars().all(in_label) && !label.starts_with('-') && !label.ends_with('-')
    };
    let is_local = local.split('.').all(|part| !part.is_empty() && part.chars().all(in_local));
    let is_host = host.contains('.') && host.split('.').all(is_label);
    if is_local && is_host { Ok(()) } else { Err(wrong()) }
}

fn account_alias(text: &str) -> Result<(), Invalid> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    check(text, 3, 50, allowed, "lower-case letters, digits and `-`").map_err(|invalid| {
        let is_length = invalid.reason == Reason::Length;
        if is_length { invalid } else { in_format(invalid) }
    })?;
    if text.starts_with('-') || text.ends_with('-') || text.contains("--") {
        let message = "it has no `-` at either end, and no two in a row";
        return Err(Invalid::new(Reason::Format, message));
    }
    // It stands where the number of an account may stand, too.
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        let message = "it has a letter, which tells it from an account's number";
        return Err(Invalid::new(Reason::Format, message));
    }
    Ok(())
}

fn source_identity(text: &str) -> Result<(), Invalid> {
    check(text, 2, 64, |c| alphanumeric_or(c, "_+=,.@-"), "letters, digits and `_+=,.@-`")
        .map_err(in_general)?;
    if ["acs:", "aliyun:", "alibabacloud:"].iter().any(|reserved| text.starts_with(reserved)) {
        return Err(Invalid::new(Reason::Value, "choose a text that does not begin with a reserved word"));
    }
    Ok(())
}

/// Declares words of which one must be chosen.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $word:ident = $number:literal),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, Serialize)]
        #[cbor(index_only)]
        pub enum $name { $($(#[$word_doc])* #[n($number)] $word,)* }

        impl $name {
            /// The word as it is written on the wire.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$word => stringify!($word),)* }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                match String::deserialize(deserializer)?.as_str() {
                    $(stringify!($word) => Ok(Self::$word),)*
                    other => Err(serde::de::Error::custom(Invalid::new(Reason::Value, format!(
                        "`{other}` is not one of {}", [$(concat!("`", stringify!($word), "`")),*].join(", "),
                    )))),
                }
            }
        }
    )*};
}

words! {
    /// Whether a credential may be used.
    KeyStatus {
        /// It may.
        Active = 0,
        /// It may not, until it is made active again.
        Inactive = 1,
    }
    /// In which colour the console shows that somebody has switched to a role.
    RoleColour {
        /// Blue.
        Blue = 0,
        /// Teal.
        Teal = 1,
        /// Green.
        Green = 2,
        /// Orange.
        Orange = 3,
        /// Red.
        Red = 4,
        /// Purple.
        Purple = 5,
        /// Grey.
        Grey = 6,
    }
    /// Whether the accounts that a role trusts find it among the roles of others.
    // SPEC: design, may the trusted account see the role.
    RoleVisibility {
        /// They do.
        Shown = 0,
        /// Only once they have used it; whoever knows its name assumes it all the same.
        Hidden = 1,
    }
    /// What kind of program an OAuth application is.
    AppType {
        /// One on a server that people use with a browser.
        WebApp = 0,
        /// One on people's own machines.
        NativeApp = 1,
        /// One that works without anybody logging on.
        ServerApp = 2,
    }
    /// Who keeps a policy.
    PolicyType {
        /// Argali: usable by every account, changed by none.
        System = 0,
        /// The account.
        Custom = 1,
    }
    /// What a governance report looks at.
    // SPEC: IMS, the examples of GetGovernanceItemReport, GetGovernanceReportStatus and ListRecentGovernanceMetrics.
    GovernanceItem {
        /// Whether users come in through an identity provider of the account's.
        SSOLoginEnabled = 0,
        /// Whether the account itself has signed with an AccessKey lately.
        AccountRecentUsingAccessKey = 1,
        /// How often the account's owner has logged on lately.
        RecentAccountLoginTimes = 2,
    }
    /// Of which kind a value in a governance report is.
    GovernanceValueKind {
        /// A number.
        Number = 0,
        /// Text.
        String = 1,
        /// True or false.
        Boolean = 2,
    }
    /// What happens when a policy has as many versions as it may and one more is made.
    RotateStrategy {
        /// The new one is refused.
        None = 0,
        /// The oldest one that is not in force makes room.
        DeleteOldestNonDefaultVersionWhenLimitExceeded = 1,
    }
}

/// One page of a listing: `MaxItems` entries at most, 1 to `MOST`, `USUAL` unless told.
// SPEC: limits, paging.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageSize<const MOST: usize = 1000, const USUAL: usize = 100>(usize);

impl<const MOST: usize, const USUAL: usize> PageSize<MOST, USUAL> {
    /// How many entries.
    pub const fn get(self) -> usize {
        self.0
    }
}

impl<const MOST: usize, const USUAL: usize> Default for PageSize<MOST, USUAL> {
    fn default() -> Self {
        Self(USUAL)
    }
}

impl<'de, const MOST: usize, const USUAL: usize> Deserialize<'de> for PageSize<MOST, USUAL> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match usize::try_from(i64::deserialize(deserializer)?) {
            Ok(size) if (1..=MOST).contains(&size) => Ok(Self(size)),
            _ => {
                let message = format!("a page holds 1 to {MOST} entries");
                Err(serde::de::Error::custom(Invalid::new(Reason::Value, message)))
            }
        }
    }
}

/// RAM's codes tell what is wrong with a value: `InvalidParameter.UserName.Length`.
fn in_detail(invalid: Invalid) -> Invalid {
    invalid
}

/// Addresses and numbers have a form rather than a length: `InvalidParameter.Email.Format`.
fn in_format(invalid: Invalid) -> Invalid {
    Invalid::new(Reason::Format, invalid.message)
}

/// STS's codes only name the parameter: `InvalidParameter.RoleSessionName`.
fn in_general(invalid: Invalid) -> Invalid {
    Invalid::new(Reason::Value, invalid.message)
}

/// What XML cannot carry. Parameters are checked for it when they are read, texts inside of JSON are not.
fn is_noncharacter(c: char) -> bool {
    matches!(c, '\u{fffe}' | '\u{ffff}')
}

/// Whether a character is a letter, a digit, or one of these others.
pub(crate) fn alphanumeric_or(c: char, others: &str) -> bool {
    c.is_ascii_alphanumeric() || others.contains(c)
}

/// Checks that a text has `least` to `most` characters and only such as are `allowed`.
pub(crate) fn check(
    text: &str,
    least: usize,
    most: usize,
    allowed: impl Fn(char) -> bool,
    what: &str,
) -> Result<(), Invalid> {
    let length = text.chars().count();
    if length < least || length > most {
        return Err(Invalid::new(
            Reason::Length,
            format!("it must have {least} to {most} characters, not {length}"),
        ));
    }
    match text.chars().find(|c| !allowed(*c)) {
        Some(c) => {
            Err(Invalid::new(Reason::InvalidChars, format!("it may hold {what}, not `{}`", c.escape_debug())))
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::fmt;
    use std::str::FromStr;

    use super::*;

    fn reason<T: FromStr<Err = Invalid> + fmt::Debug>(text: &str) -> Reason {
        text.parse::<T>().unwrap_err().reason
    }

    #[test]
    fn names_are_checked_for_length_and_characters() {
        assert_eq!(reason::<UserName>(""), Reason::Length);
        assert_eq!(reason::<UserName>(&"a".repeat(65)), Reason::Length);
        assert_eq!(reason::<UserName>("a b"), Reason::InvalidChars);
        assert_eq!(reason::<RoleName>("a_b"), Reason::InvalidChars);
        assert_eq!(reason::<SessionName>("a"), Reason::Value);
        assert_eq!(reason::<Email>("a b@example.com"), Reason::Format);
        assert_eq!(reason::<SourceIdentity>("acs:root"), Reason::Value);
        assert_eq!("Alice.B".parse::<UserName>().unwrap().folded(), "alice.b");
        assert!("a".repeat(64).parse::<RoleName>().is_ok());
    }
}
