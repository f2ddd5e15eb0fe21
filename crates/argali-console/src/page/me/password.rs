//! One's own password.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::{own_name, page};
use crate::answer::Answer;
use crate::api::{ARGALI, RAM};
use crate::browser::Kept;
use crate::need::{Need, submit};
use crate::page::{Outcome, Refusal};
use crate::part::password::rules as rules_of;
use crate::part::{Field, Fields, Weight, notice, show_api, summary, summary_of};
use crate::shell::token;
use crate::text::me::*;
use crate::visit::Visit;

const OLD_FIELD: Field =
    Field::text("OldPassword", OLD_PASSWORD).required().longest(128).kind("password", "current-password");
const NEW_FIELD: Field =
    Field::text("NewPassword", NEW_PASSWORD).required().longest(32).kind("password", "new-password");
const AGAIN_FIELD: Field =
    Field::text("Again", AGAIN).required().longest(32).kind("password", "new-password");

/// What stands for a password that is yet to be entered.
const STAND_IN: &str = "-";

/// The tab.
pub(super) async fn part(
    visit: &Visit<'_>,
    refused: Option<(&Markup, Option<&ApiFailure>)>,
) -> Result<Markup, ApiFailure> {
    let Some(user) = own_name(visit) else {
        return Ok(
            html! { div.narrow { (notice(Weight::Info, &html! { p { (visit.say(OWNER_PASSWORD)) } })) } },
        );
    };
    let answer = visit.call_as_oneself(ARGALI, "GetPasswordRules", &[]).await?;
    let rules = answer.get("PasswordRules").unwrap_or(&Value::Null);
    let need = Need::call(RAM, "ChangePassword", &[("OldPassword", STAND_IN), ("NewPassword", STAND_IN)]);
    let differs = refused.is_some_and(|(_, failure)| failure.is_none());
    let fields = Fields::empty(visit)
        .refused(refused.and_then(|(_, failure)| failure))
        .wrong("Again", differs.then(|| visit.say(NOT_ALIKE)));
    Ok(html! {
        div.narrow {
            @if let Some((words, _)) = refused { (words) }
            form.card.stack method="post" action="/console/me/password" {
                (token(visit))
                (fields.show(OLD_FIELD))
                (fields.show(NEW_FIELD))
                (rules_of(visit, rules, "NewPassword", user))
                (fields.show(AGAIN_FIELD))
                p.hint { (visit.say(CHANGE_ENDS)) }
                div.actions { (submit(visit, need, ("button main", CHANGE))) (show_api(visit)) }
            }
        }
    })
}

/// Changes it.
pub(super) async fn change(visit: &Visit<'_>) -> Outcome {
    let form = visit.form();
    if form.get("NewPassword") != form.get("Again") {
        let words = summary_of(&[(Some("Again"), visit.say(NOT_ALIKE))]);
        return Ok(page(visit, 400, "password", &part(visit, Some((&words, None))).await?));
    }
    let params = ["OldPassword", "NewPassword"].map(|name| (name, form.get(name)));
    match visit.call(RAM, "ChangePassword", &params).await {
        // Every logon with the old password has ended, this one with them.
        Ok(_) => Ok(Answer::see("/logon?note=password").setting(Kept::Session.clear(visit.is_secure()))),
        Err(failure) => {
            let failure = Refusal::shown(failure)?;
            let words = summary(visit, &failure);
            let part = part(visit, Some((&words, Some(&failure)))).await?;
            Ok(page(visit, failure.status, "password", &part))
        }
    }
}
