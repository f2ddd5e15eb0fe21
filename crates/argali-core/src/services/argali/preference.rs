//! How the console looks to whoever is logged on, wherever it logs on next.
// SPEC: console, language and theme: by user setting, else browser.

use serde::{Deserialize, Serialize};

use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::model::ConsolePreference;
use crate::operation::{Access, Entry, Operation, Permission, Resources};

/// How it is chosen; `GetLogonSession` shows it.
pub const OPERATIONS: &[Entry] = &[Entry::of::<SetPreferences>()];

const LANGUAGES: [&str; 2] = ["en", "zh-CN"];
const THEMES: [&str; 3] = ["system", "light", "dark"];

/// Chooses how the console looks to whoever is logged on. What is left out stays as it is.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetPreferences {
    /// `en` or `zh-CN`.
    pub language: Option<String>,
    /// `system`, `light` or `dark`.
    pub theme: Option<String>,
    /// Whether single keys do something.
    pub shortcuts: Option<bool>,
}

/// What somebody has chosen; what is absent is as the browser says.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PreferencesView {
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    theme: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shortcuts: Option<bool>,
}

impl From<ConsolePreference> for PreferencesView {
    fn from(chosen: ConsolePreference) -> Self {
        Self { language: chosen.language, theme: chosen.theme, shortcuts: chosen.shortcuts }
    }
}

impl Operation for SetPreferences {
    const NAME: &'static str = "SetPreferences";
    const ACCESS: Access = Access::Resource;
    const PERMISSION: Permission = Permission::OperationDecides;
    type Response = ();

    fn resources(&self, _caller: &Caller) -> Resources {
        Resources::new()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let logon = cx.logon()?;
        let (account, owner) = (logon.account, logon.session.owner);
        let is_one = |chosen: &Option<String>, of: &[&str]| {
            chosen.as_deref().is_none_or(|chosen| of.contains(&chosen))
        };
        if !is_one(&self.language, &LANGUAGES) {
            return Err(ApiError::invalid("Language", "Choose one of the languages: en or zh-CN."));
        }
        if !is_one(&self.theme, &THEMES) {
            return Err(ApiError::invalid("Theme", "Choose one of the themes: system, light or dark."));
        }
        let known = ConsolePreference::of(cx.tx(), account, owner)?;
        let chosen = ConsolePreference {
            language: self.language.or(known.language),
            theme: self.theme.or(known.theme),
            shortcuts: self.shortcuts.or(known.shortcuts),
        };
        chosen.save(cx.tx_mut(), account, owner);
        Ok(())
    }
}
