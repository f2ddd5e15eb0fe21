//! As whom a page is asked for: whoever is logged on, and the role that the address says.

use argali_core::name::RoleName;
use serde_json::Value;

use crate::api;
use crate::pairs;

/// The role that the address says to act in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Acting {
    /// The alias or number of its account.
    pub(crate) account: String,
    /// Its name.
    pub(crate) role: RoleName,
}

/// Whoever is logged on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Who {
    /// The number of the account.
    pub(crate) account_id: String,
    /// Its alias.
    pub(crate) alias: Option<String>,
    /// Its default domain.
    pub(crate) domain: String,
    /// Nothing where its owner is logged on.
    pub(crate) user: Option<String>,
    /// How the console is to look to it, as far as it has chosen.
    pub(crate) chosen: Value,
    /// Whether a second factor was shown.
    pub(crate) mfa: bool,
    /// Whether there is a device that could show one.
    pub(crate) has_device: bool,
    /// Whether there is a passkey that could.
    pub(crate) has_passkey: bool,
    /// What the operator calls the account.
    pub(crate) account_name: String,
    /// Whether it is the account of the operators of this server.
    pub(crate) is_operator: bool,
    /// When the logon began, and when it ends.
    pub(crate) since: String,
    pub(crate) until: String,
    /// Until when it need not show again that it is still the same.
    pub(crate) verified_until: String,
    /// The roles that it can act in, the latest last.
    pub(crate) switched: Vec<Switched>,
}

/// A role that was switched to.
#[derive(Clone, Debug)]
pub(crate) struct Switched {
    pub(crate) account_id: String,
    /// By what its account was asked for.
    pub(crate) account: String,
    pub(crate) role: String,
    pub(crate) display_name: Option<String>,
    pub(crate) colour: Option<String>,
    /// Whether it was marked as a favourite.
    pub(crate) is_favourite: bool,
    /// Account and name of the role from which it was switched to; none if by oneself.
    pub(crate) from: Option<(String, String)>,
    pub(crate) until: String,
}

impl Who {
    /// Whoever `GetLogonSession` answers with.
    pub(super) fn of(answer: &Value) -> Self {
        let text = |name: &str| answer.get(name).and_then(Value::as_str).map(str::to_owned);
        Self {
            account_id: text("AccountId").unwrap_or_default(),
            alias: text("AccountAlias"),
            domain: text("DefaultDomain").unwrap_or_default(),
            user: text("UserName"),
            mfa: api::holds(answer, "MFAPresent"),
            has_device: api::holds(answer, "HasMFADevice"),
            has_passkey: api::holds(answer, "HasPasskey"),
            account_name: text("AccountName").unwrap_or_default(),
            is_operator: api::holds(answer, "IsOperator"),
            chosen: answer.get("Preferences").cloned().unwrap_or_default(),
            since: text("BeginDate").unwrap_or_default(),
            until: text("Expiration").unwrap_or_default(),
            verified_until: text("VerificationExpiration").unwrap_or_default(),
            switched: api::list(answer, "SwitchedRoles", "SwitchedRole").map(Switched::of).collect(),
        }
    }

    /// How people name it: `alice@company-b`, or the account.
    pub(crate) fn name(&self) -> String {
        let account = self.alias.as_deref().unwrap_or(&self.account_id);
        match &self.user {
            Some(user) => format!("{user}@{account}"),
            None => account.to_owned(),
        }
    }
}

impl Switched {
    /// A role as answers show one that was switched to.
    pub(crate) fn of(answer: &Value) -> Self {
        let text = |name: &str| answer.get(name).and_then(Value::as_str).map(str::to_owned);
        Self {
            account_id: text("AccountId").unwrap_or_default(),
            account: text("Account").unwrap_or_default(),
            role: text("RoleName").unwrap_or_default(),
            display_name: text("DisplayName"),
            colour: text("Colour"),
            is_favourite: api::holds(answer, "IsFavourite"),
            from: text("FromAccountId").zip(text("FromRoleName")),
            until: text("Expiration").or_else(|| text("SwitchDate")).unwrap_or_default(),
        }
    }

    /// A role that can be used and was not yet.
    pub(crate) fn offered(answer: &Value) -> Self {
        let alias = answer.get("AccountAlias").and_then(Value::as_str).map(str::to_owned);
        let role = Self::of(answer);
        Self { account: alias.unwrap_or_else(|| role.account_id.clone()), ..role }
    }

    /// Whether both are the same role, however each is called.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.account_id == other.account_id && self.role.eq_ignore_ascii_case(&other.role)
    }

    /// What it is called.
    pub(crate) fn name(&self) -> &str {
        self.display_name.as_deref().unwrap_or(&self.role)
    }

    /// The class that shows its colour.
    pub(crate) fn colour_class(&self) -> String {
        format!("colour-{}", self.colour.as_deref().unwrap_or("Blue").to_ascii_lowercase())
    }

    /// Where it is begun anew: whoever switched to it has to.
    pub(crate) fn extension(&self) -> String {
        const PATH: &str = "/switch-role/extend";
        match &self.from {
            Some((account, role)) => in_role(account, role, PATH),
            None => format!("/console{PATH}"),
        }
    }

    /// The address of one of its pages.
    pub(crate) fn to(&self, path: &str) -> String {
        in_role(&self.account, &self.role, path)
    }
}

/// The address of a page of a role.
pub(super) fn in_role(account: &str, role: &str, path: &str) -> String {
    format!("/console/as/{}/{}{path}", pairs::segment(account), pairs::segment(role))
}
