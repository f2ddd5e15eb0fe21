//! The passkeys of a user: seen, and deleted.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::path_of;
use crate::answer::Answer;
use crate::api::{IMS, is_denied, items, text};
use crate::moment::moment;
use crate::need::{Need, needing};
use crate::page::Outcome;
use crate::part::{Table, act, denied};
use crate::text::passkey::*;
use crate::text::shell::{ACTIONS, DELETE};
use crate::visit::Visit;

/// The passkeys of a user, or of whoever looks at them.
pub(crate) async fn listed(visit: &Visit<'_>, user: Option<&str>) -> Result<Vec<Value>, ApiFailure> {
    let name = user.map(|user| principal(visit, user)).unwrap_or_default();
    let answer = visit.call(IMS, "ListPasskeys", &[("UserPrincipalName", &name)]).await?;
    Ok(items(&answer, "Passkeys").cloned().collect())
}

/// A table of passkeys, with what can be done with each.
pub(crate) fn table(visit: &Visit<'_>, passkeys: &[Value], actions: impl Fn(&Value) -> Markup) -> Markup {
    let row = |passkey: &Value| {
        let used = match text(passkey, "LastUseDate") {
            "" => html! { (visit.say(NEVER_USED)) },
            used => moment(visit, used),
        };
        let name = html! { bdi { (text(passkey, "PasskeyName")) } };
        vec![name, moment(visit, text(passkey, "CreateDate")), used, actions(passkey)]
    };
    let rows = passkeys.iter().map(row).collect();
    Table { caption: PASSKEYS, columns: &[NAME, CREATED, LAST_USED, ACTIONS], rows }.show(visit)
}

/// What an administrator sees of a user's.
pub(super) async fn part(visit: &Visit<'_>, user: &str) -> Result<Markup, ApiFailure> {
    let passkeys = match listed(visit, Some(user)).await {
        Ok(passkeys) => passkeys,
        Err(failure) if is_denied(&failure) => return Ok(denied(visit, &failure)),
        Err(failure) => return Err(failure),
    };
    let path = format!("{}/passkey-delete", path_of(user));
    let name = principal(visit, user);
    let delete = |passkey: &Value| {
        let fields = [("tab", "logon"), ("PasskeyId", text(passkey, "PasskeyId"))];
        let named = [("UserPrincipalName", name.as_str()), ("PasskeyId", text(passkey, "PasskeyId"))];
        needing(
            visit,
            Need::call(IMS, "DeletePasskey", &named),
            &act(visit, &path, &fields, ("quiet danger", DELETE)),
        )
    };
    Ok(html! {
        section.card.below {
            h2 { (visit.say(PASSKEYS)) }
            @if passkeys.is_empty() {
                p.muted { (visit.say(USER_EMPTY)) }
            } @else {
                (table(visit, &passkeys, delete))
            }
        }
    })
}

/// Deletes one.
pub(super) async fn delete(visit: &Visit<'_>, user: &str) -> Outcome {
    let name = principal(visit, user);
    let params = [("UserPrincipalName", name.as_str()), ("PasskeyId", visit.form().get("PasskeyId"))];
    visit.call(IMS, "DeletePasskey", &params).await?;
    Ok(Answer::see(visit.to(&format!("{}?tab=logon", path_of(user)))))
}

/// The name by which IMS knows a user of the account.
fn principal(visit: &Visit<'_>, user: &str) -> String {
    format!("{user}@{}", visit.account_id())
}
