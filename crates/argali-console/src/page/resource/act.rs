//! Doing something with resources: asking first, then what came of it.

use argali_core::hosted::outline::{Act, OperationOutline};
use argali_protocol::ApiFailure;
use maud::{Markup, html};

use super::details::find;
use super::form::{Offers, Sheet, read};
use super::{Place, label, refused};
use crate::answer::Answer;
use crate::need::{Need, needing};
use crate::page::{Outcome, Refusal};
use crate::part::{Weight, notice, show_api};
use crate::shell::{self, token};
use crate::text::Text;
use crate::text::resource::*;
use crate::text::shell::CANCEL;
use crate::visit::Visit;

fn act_of<'v>(place: &Place<'v>, operation: &str) -> Result<&'v OperationOutline, Refusal> {
    place.kind.acts.iter().find(|act| act.name == operation).ok_or(Refusal::NoPage)
}

/// Asks whether something is to be done with a resource.
pub(super) async fn ask(visit: &Visit<'_>, place: &Place<'_>, (id, operation): (&str, &str)) -> Outcome {
    Ok(page(visit, place, (id, act_of(place, operation)?), None).await)
}

async fn page(
    visit: &Visit<'_>,
    place: &Place<'_>,
    (id, act): (&str, &OperationOutline),
    failure: Option<&ApiFailure>,
) -> Answer {
    let offers = Offers::gather(visit, place, &act.parameters).await;
    let entered = if visit.is_post() { visit.form() } else { visit.query() };
    let present = match act.parameters.as_slice() {
        [] => None,
        // It is shown beside the fields, which can be filled in without.
        _ => find(visit, place, id).await.unwrap_or_default(),
    };
    let sheet = Sheet { visit, place, offers: &offers, entered, present: present.as_ref(), failure };
    let name = label(visit, act);
    let content = html! {
        div.narrow {
            h1 { (visit.phrase(ASK, &[html! { (name) }, html! { bdi { (id) } }])) }
            @if let Some(failure) = failure { (refused(visit, place, failure).await) }
            @if act.act != Act::Modify { (warning(visit, act.act)) }
            form.card.stack method="post" action=(visit.to(&place.deed(id, &act.name))) {
                (token(visit))
                (sheet.show(&act.parameters))
                (confirmation(visit, act, place.need(&act.name, &act.target.pairs(id)), &place.one(id)))
            }
        }
    };
    let title = visit.fill(ASK, &[&name, id]);
    Answer::page(failure.map_or(200, |failure| failure.status), shell::page(visit, &title, &content))
}

fn warning(visit: &Visit<'_>, act: Act) -> Markup {
    let (weight, words) = what(act);
    notice(weight, &html! { p { (visit.say(words)) } })
}

/// What is said before something is done.
pub(super) fn what(act: Act) -> (Weight, Text) {
    if act == Act::Delete { (Weight::Warning, ASK_DELETE) } else { (Weight::Info, ASK_ACT) }
}

/// How its button looks.
pub(super) fn button(act: Act) -> &'static str {
    if act == Act::Delete { "button danger" } else { "button main" }
}

fn confirmation(visit: &Visit<'_>, act: &OperationOutline, need: Need, back: &str) -> Markup {
    html! {
        div.actions {
            (needing(visit, need, &html! { button class=(button(act.act)) { (label(visit, act)) } }))
            a.button href=(visit.to(back)) { (visit.say(CANCEL)) }
            (show_api(visit))
        }
    }
}

/// Does it, and shows the resource as it is then.
pub(super) async fn send(visit: &Visit<'_>, place: &Place<'_>, (id, operation): (&str, &str)) -> Outcome {
    let act = act_of(place, operation)?;
    let mut pairs = act.target.pairs(id);
    pairs.extend(read(&act.parameters, visit.form()));
    match place.call(visit, operation, &pairs).await {
        Ok(_) if act.act == Act::Delete => Ok(Answer::see(visit.to(&place.below("", &[])))),
        Ok(_) => {
            let path = format!("/{}", crate::pairs::segment(id));
            Ok(Answer::see(visit.to(&place.below(&path, &[("done", operation)]))))
        }
        Err(failure) => Ok(page(visit, place, (id, act), Some(&Refusal::shown(failure)?)).await),
    }
}
