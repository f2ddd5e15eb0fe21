//! What the list of users offers for several at once.

use maud::html;

use super::membership::{NEW_GROUPS, add};
use super::{LIST, delete};
use crate::answer::Answer;
use crate::api::RAM;
use crate::need::{Need, submit};
use crate::page::grant::{self, Kind};
use crate::page::picker::FIND;
use crate::page::{Outcome, Refusal};
use crate::part::list::{CHOSEN, SEVERAL, chosen};
use crate::part::{Fields, show_api};
use crate::shell::{self, token};
use crate::text::shell::CANCEL;
use crate::text::user::*;
use crate::visit::Visit;

/// Asks what is needed to do it.
pub(super) async fn ask(visit: &Visit<'_>) -> Outcome {
    match visit.query().get("do") {
        "grant" => Ok(Answer::see(visit.to(&grant::path_to_several(Kind::User, &chosen(visit.query())?)))),
        "group" => ask_for_group(visit).await,
        "delete" => delete::ask_for_several(visit).await,
        _ => Err(Refusal::NoPage),
    }
}

/// Does it, and tells what came of each.
pub(super) async fn send(visit: &Visit<'_>) -> Outcome {
    if visit.form().all("do").any(|word| word == FIND) {
        return ask_for_group(visit).await;
    }
    match visit.form().get("do") {
        "group" => add_to_group(visit).await,
        "delete" => delete::send_for_several(visit).await,
        _ => Err(Refusal::NoPage),
    }
}

async fn ask_for_group(visit: &Visit<'_>) -> Outcome {
    let from = if visit.is_post() { visit.form() } else { visit.query() };
    let names = chosen(from)?;
    let title = visit.fill(ADD_SEVERAL, &[&names.len().to_string()]);
    let content = html! {
        div.narrow {
            h1 { (title) }
            form.card.stack method="post" action=(visit.to(&format!("{LIST}/{SEVERAL}"))) {
                (token(visit))
                input type="hidden" name="do" value="group";
                ul.plain { @for name in &names { li { input type="hidden" name=(CHOSEN) value=(name); bdi { (name) } } } }
                (NEW_GROUPS.show(visit, &Fields::new(visit)).await)
                div.actions {
                    (submit(visit, Need::somehow(RAM, "AddUserToGroup"), ("button main", ADD_TO_GROUP)))
                    a.button href=(visit.to(LIST)) { (visit.say(CANCEL)) }
                    (show_api(visit))
                }
            }
        }
    };
    Ok(Answer::page(200, shell::page(visit, &title, &content)))
}

async fn add_to_group(visit: &Visit<'_>) -> Outcome {
    let form = visit.form();
    match NEW_GROUPS.chosen(form).as_slice() {
        [] => ask_for_group(visit).await,
        groups => add(visit, &chosen(form)?, groups, LIST).await,
    }
}
