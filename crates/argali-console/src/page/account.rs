//! Accounts as pages name them: `company-b (12345678)`.

use std::collections::BTreeMap;

use maud::{Markup, html};

use crate::api::{ARGALI, text};
use crate::visit::Visit;

/// The aliases of accounts that a page speaks of, by their numbers.
#[derive(Debug, Default)]
pub(crate) struct Names(BTreeMap<String, String>);

impl Names {
    /// Asks for each account once. Those without an alias, and those that the viewer may not ask for, keep their number.
    pub(crate) async fn of(visit: &Visit<'_>, accounts: impl IntoIterator<Item = String>) -> Self {
        let mut names = BTreeMap::new();
        for account in accounts {
            if names.contains_key(&account) {
                continue;
            }
            let found = visit.call(ARGALI, "FindAccount", &[("Account", &account)]).await.unwrap_or_default();
            // An alias may be another account's number.
            let alias = if text(&found, "AccountId") == account { text(&found, "AccountAlias") } else { "" };
            names.insert(account, alias.to_owned());
        }
        Self(names)
    }

    /// The alias of an account; empty if it has none that is known.
    pub(crate) fn alias(&self, account: &str) -> &str {
        self.0.get(account).map(String::as_str).unwrap_or_default()
    }

    /// An account.
    pub(crate) fn show(&self, account: &str) -> Markup {
        named(self.alias(account), account)
    }
}

/// An account with its alias, which may be empty.
pub(crate) fn named(alias: &str, account: &str) -> Markup {
    html! {
        @if alias.is_empty() { span.mono { (account) } }
        @else { span { bdi { (alias) } " " span.muted.nowrap { "(" (account) ")" } } }
    }
}
