//! Whether the accounts that a role trusts find it among the roles of others.
// SPEC: console, create role.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::{path_of, show};
use crate::answer::Answer;
use crate::api::{ARGALI, text};
use crate::need::{Need, needing};
use crate::page::{Outcome, Refusal};
use crate::part::act;
use crate::text::role::{HIDE, SHOW, SHOWN_NO, SHOWN_YES};
use crate::visit::Visit;

/// What the operation calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Visibility {
    Shown,
    Hidden,
}

impl Visibility {
    fn word(self) -> &'static str {
        match self {
            Self::Shown => "Shown",
            Self::Hidden => "Hidden",
        }
    }
}

/// Whether it is shown, as a search of roles found it, with the button that changes it.
pub(super) fn shown(visit: &Visit<'_>, found: &Value) -> Markup {
    let (said, other, label) = match text(found, "Visibility") {
        "Shown" => (SHOWN_YES, Visibility::Hidden, HIDE),
        "Hidden" => (SHOWN_NO, Visibility::Shown, SHOW),
        _ => return html! { "–" },
    };
    let name = text(found, "RoleName");
    let params = [("RoleName", name), ("Visibility", other.word())];
    let path = format!("{}/visibility", path_of(name));
    html! {
        div.actions {
            span { (visit.say(said)) }
            (needing(visit, Need::call(ARGALI, "SetRoleVisibility", &params), &act(visit, &path, &params[1..], ("button small", label))))
        }
    }
}

/// Shows or hides a role.
pub(super) async fn set(visit: &Visit<'_>, name: &str, wanted: Visibility) -> Result<Value, ApiFailure> {
    let params = [("RoleName", name), ("Visibility", wanted.word())];
    visit.call(ARGALI, "SetRoleVisibility", &params).await
}

/// The same as the form says.
pub(super) async fn change(visit: &Visit<'_>, name: &str) -> Outcome {
    let hides = visit.form().get("Visibility") == Visibility::Hidden.word();
    match set(visit, name, if hides { Visibility::Hidden } else { Visibility::Shown }).await {
        Ok(_) => Ok(Answer::see(visit.to(&path_of(name)))),
        Err(failure) => show(visit, name, Some(&Refusal::shown(failure)?)).await,
    }
}
