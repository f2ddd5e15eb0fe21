//! Where a form asks an authenticator: the script does it, and sends with the form what is answered.

use maud::{Markup, html};
use serde_json::Value;

use super::{Weight, notice};
use crate::text::Text;
use crate::text::passkey::*;
use crate::visit::Visit;

/// The button that asks with these options, and the field that holds the answer.
///
/// Without script, and in browsers that know no passkeys, it says so.
pub(crate) fn ask(visit: &Visit<'_>, options: &Value, (class, label): (&str, Text)) -> Markup {
    html! {
        div.stack data-passkey=(options) {
            input type="hidden" name="Credential";
            div data-unable { (notice(Weight::Info, &html! { p { (visit.say(NEEDS_SCRIPT)) } })) }
            div role="alert" data-failed hidden { (notice(Weight::Danger, &html! { p { (visit.say(NO_ANSWER)) } })) }
            button class=(class) data-ask hidden { (visit.say(label)) }
        }
    }
}

/// What stands in its place where there are passkeys, and none for this address.
pub(crate) fn elsewhere(visit: &Visit<'_>) -> Markup {
    notice(Weight::Warning, &html! { p { (visit.say(ELSEWHERE)) } })
}
