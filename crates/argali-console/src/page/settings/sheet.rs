//! Settings as tables: what they are called, what they may be, and which operation changes them.
// SPEC: console, security settings; limits, password policy, security preference.

use maud::{Markup, html};
use serde_json::Value;

use crate::part::{Field, Fields, choices, tick};
use crate::text::Text;
use crate::text::settings::*;
use crate::visit::Visit;

/// The settings of one tab.
#[derive(Debug)]
pub(super) struct Sheet {
    /// What the address calls it.
    pub(super) tab: &'static str,
    pub(super) label: Text,
    pub(super) lede: Text,
    /// The operation that shows them.
    pub(super) get: &'static str,
    /// The operation that changes them.
    pub(super) set: &'static str,
    pub(super) settings: &'static [Setting],
}

/// A setting: the parameter that changes it, which is also the member that shows it.
#[derive(Debug)]
pub(super) struct Setting {
    pub(super) name: &'static str,
    pub(super) label: Text,
    hint: Option<Text>,
    pub(super) kind: Kind,
}

/// What a setting may be.
#[derive(Debug)]
pub(super) enum Kind {
    /// One thing or the other: what it is called when it holds, and when it does not.
    Switch(Text, Text),
    /// A number between two, what it counts, and what zero means.
    Number(u32, u32, Option<Text>, Option<Text>),
    /// One of a few words.
    Choice(&'static [(&'static str, Text)]),
    /// A list of words in JSON that is one of a few.
    Words(&'static [(&'static str, Text)]),
}

const DAYS_IDLE: Kind = Kind::Choice(&[("90", DAYS), ("180", DAYS), ("365", DAYS), ("730", DAYS)]);

/// The password policy.
pub(super) const PASSWORD: Sheet = Sheet {
    tab: "password",
    label: PASSWORD_TAB,
    lede: PASSWORD_LEDE,
    get: "GetPasswordPolicy",
    set: "SetPasswordPolicy",
    settings: &[
        Setting::of("MinimumPasswordLength", LENGTH, Kind::Number(8, 32, Some(CHARACTERS), None)),
        Setting::of("RequireLowercaseCharacters", LOWER, Kind::Switch(REQUIRED, NOT_REQUIRED)),
        Setting::of("RequireUppercaseCharacters", UPPER, Kind::Switch(REQUIRED, NOT_REQUIRED)),
        Setting::of("RequireNumbers", DIGITS, Kind::Switch(REQUIRED, NOT_REQUIRED)),
        Setting::of("RequireSymbols", SYMBOLS, Kind::Switch(REQUIRED, NOT_REQUIRED)),
        Setting::of("MinimumPasswordDifferentCharacter", DIFFERENT, Kind::Number(0, 8, None, Some(OFF))),
        Setting::of("PasswordNotContainUserName", NO_NAME, Kind::Switch(REFUSED, ALLOWED)),
        Setting::of("InterceptRiskPasswordOnApi", RISKY, Kind::Switch(REFUSED, ALLOWED)),
        Setting::of("MaxPasswordAge", VALIDITY, Kind::Number(0, 1095, Some(DAYS), Some(NEVER)))
            .hint(VALIDITY_HINT),
        Setting::of(
            "HardExpire",
            AFTER_EXPIRY,
            Kind::Choice(&[("false", EXPIRY_SOFT), ("true", EXPIRY_HARD)]),
        ),
        Setting::of("PasswordReusePrevention", HISTORY, Kind::Number(0, 24, None, Some(OFF)))
            .hint(HISTORY_HINT),
        Setting::of("MaxLoginAttemps", RETRIES, Kind::Number(0, 32, None, Some(NO_LIMIT))).hint(RETRIES_HINT),
        Setting::of("InitialPasswordAge", INITIAL_AGE, Kind::Number(0, 90, Some(DAYS), Some(NO_LIMIT)))
            .hint(INITIAL_AGE_HINT),
    ],
};

/// What users may do, and how their logons are.
pub(super) const USERS: Sheet = Sheet {
    tab: "users",
    label: USERS_TAB,
    lede: USERS_LEDE,
    get: "GetSecurityPreference",
    set: "SetSecurityPreference",
    settings: &[
        Setting::of("AllowUserToChangePassword", OWN_PASSWORD, Kind::Switch(ON, OFF)),
        Setting::of("AllowUserToManageMFADevices", OWN_DEVICES, Kind::Switch(ON, OFF)),
        Setting::of("AllowUserToLoginWithPasskey", PASSKEYS, Kind::Switch(ON, OFF)).hint(PASSKEYS_HINT),
        Setting::of("AllowUserToManageAccessKeys", OWN_KEYS, Kind::Switch(ON, OFF)).hint(OWN_KEYS_HINT),
        Setting::of("EnableSaveMFATicket", REMEMBER, Kind::Switch(ON, OFF)).hint(REMEMBER_HINT),
        Setting::of(
            "MFAOperationForLogin",
            MFA_AT_LOGON,
            Kind::Choice(&[
                ("mandatory", MFA_EVERYONE),
                ("independent", MFA_BY_USER),
                ("adaptive", MFA_UNUSUAL),
            ]),
        ),
        Setting::of("LoginSessionDuration", SESSION, Kind::Number(1, 24, Some(HOURS), None))
            .hint(SESSION_HINT),
        Setting::of("MaxIdleDaysForUsers", IDLE_USERS, DAYS_IDLE),
        Setting::of("MaxIdleDaysForAccessKeys", IDLE_KEYS, DAYS_IDLE),
    ],
};

/// How sensitive actions are verified.
pub(super) const VERIFICATION: Sheet = Sheet {
    tab: "verification",
    label: VERIFICATION_TAB,
    lede: VERIFICATION_LEDE,
    get: "GetSecurityPreference",
    set: "SetSecurityPreference",
    settings: &[Setting::of(
        "VerificationTypes",
        VERIFY_BY,
        Kind::Words(&[("[]", BY_EITHER), ("[\"totp\"]", BY_CODE)]),
    )
    .hint(VERIFY_BY_HINT)],
};

impl Sheet {
    /// What the settings are now, by their names.
    pub(super) fn present(&self, answer: &Value) -> Vec<(&'static str, String)> {
        self.settings.iter().map(|setting| (setting.name, setting.value(answer))).collect()
    }
}

impl Setting {
    const fn of(name: &'static str, label: Text, kind: Kind) -> Self {
        Self { name, label, hint: None, kind }
    }

    const fn hint(self, hint: Text) -> Self {
        Self { hint: Some(hint), ..self }
    }

    /// What it is now, as its parameter says it.
    pub(super) fn value(&self, answer: &Value) -> String {
        match member(answer, self.name) {
            Some(Value::String(word)) => word.clone(),
            Some(value) => value.to_string(),
            None => String::new(),
        }
    }

    /// What it is now, as a person says it.
    pub(super) fn fact(&self, visit: &Visit<'_>, answer: &Value) -> (&'static str, Markup) {
        let value = self.value(answer);
        let words = match &self.kind {
            Kind::Switch(holds, not) => visit.say(if value == "true" { *holds } else { *not }).to_owned(),
            Kind::Number(.., Some(zero)) if value == "0" => visit.say(*zero).to_owned(),
            Kind::Number(_, _, Some(unit), _) => visit.fill(*unit, &[&value]),
            Kind::Number(..) => value,
            Kind::Choice(choices) | Kind::Words(choices) => {
                let chosen = choices.iter().find(|(word, _)| *word == value);
                chosen.map_or(value.clone(), |(word, label)| visit.fill(*label, &[word]))
            }
        };
        (visit.say(self.label), html! { (words) })
    }

    /// The field that changes it.
    pub(super) fn field(&self, visit: &Visit<'_>, fields: &Fields<'_>) -> Markup {
        let value = fields.value(self.name);
        match &self.kind {
            Kind::Switch(holds, not) => {
                // Where both ways have a name of their own, the box says what is asked for.
                let is_named = *holds != ON;
                let options = [("true", visit.say(*holds).to_owned()), ("false", visit.say(*not).to_owned())];
                html! {
                    @if is_named {
                        (choices(visit, (self.name, self.label), value, &options, self.hint))
                    } @else {
                        (tick(visit, (self.name, self.label), value == "true", self.hint))
                    }
                }
            }
            Kind::Number(least, most, ..) => {
                let field = Field::text(self.name, self.label).required();
                fields.number(Field { hint: self.hint, ..field }, (*least, *most))
            }
            Kind::Choice(offered) | Kind::Words(offered) => {
                let options: Vec<_> =
                    offered.iter().map(|(word, label)| (*word, visit.fill(*label, &[word]))).collect();
                choices(visit, (self.name, self.label), value, &options, self.hint)
            }
        }
    }

    /// What the form says of it, as the operation takes it.
    pub(super) fn sent<'v>(&self, visit: &'v Visit<'_>) -> (&'static str, &'v str) {
        let sent = visit.form().get(self.name).trim();
        let is_box = matches!(self.kind, Kind::Switch(ON, _));
        (self.name, if is_box && sent.is_empty() { "false" } else { sent })
    }
}

/// The member of this name, however deep it lies.
pub(super) fn member<'v>(answer: &'v Value, name: &str) -> Option<&'v Value> {
    let members = answer.as_object()?;
    members.get(name).or_else(|| members.values().find_map(|inner| member(inner, name)))
}
