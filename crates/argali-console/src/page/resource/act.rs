//! Doing something with resources: asking first, then what came of it.

use argali_core::hosted::outline::{Act, OperationOutline};
use argali_protocol::ApiFailure;
use maud::{Markup, html};

use super::details::find;
use super::form::{Offers, Sheet, read};
use super::list::bulk_acts;
use super::{Place, label, refused};
use crate::answer::Answer;
use crate::need::{Need, needing};
use crate::page::{Outcome, Refusal, result};
use crate::part::{Table, Weight, explained, notice, on_record, show_api};
use crate::shell::{self, token};
use crate::text::resource::*;
use crate::text::shell::{CANCEL, CLOSE};
use crate::visit::Visit;

/// How many resources one form may name.
const MOST_AT_ONCE: usize = 100;

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
    let (weight, words) =
        if act == Act::Delete { (Weight::Warning, ASK_DELETE) } else { (Weight::Info, ASK_ACT) };
    notice(weight, &html! { p { (visit.say(words)) } })
}

fn confirmation(visit: &Visit<'_>, act: &OperationOutline, need: Need, back: &str) -> Markup {
    let class = if act.act == Act::Delete { "button danger" } else { "button main" };
    html! {
        div.actions {
            (needing(visit, need, &html! { button class=(class) { (label(visit, act)) } }))
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

/// Asks whether something is to be done with several resources.
pub(super) async fn ask_for_several(visit: &Visit<'_>, place: &Place<'_>) -> Outcome {
    let query = visit.query();
    let act = bulk_act(place, query.get("do"))?;
    let ids: Vec<&str> = query.all("id").take(MOST_AT_ONCE).collect();
    let name = label(visit, act);
    let content = html! {
        div.narrow {
            h1 { (visit.fill(ASK, &[&name, place.title(visit)])) }
            @if ids.is_empty() {
                (notice(Weight::Warning, &html! { p { (visit.say(NOTHING_CHOSEN)) } }))
                div.actions { a.button href=(visit.to(&place.below("", &[]))) { (visit.say(CANCEL)) } }
            } @else {
                (warning(visit, act.act))
                form.card.stack method="post" action=(visit.to(&place.below("/bulk", &[]))) {
                    (token(visit))
                    input type="hidden" name="do" value=(act.name);
                    ul.plain {
                        @for id in &ids { li { input type="hidden" name="id" value=(id); bdi { (id) } } }
                    }
                    (confirmation(visit, act, Need::any(ids.iter().map(|id| place.need(&act.name, &act.target.pairs(id)))), &place.below("", &[])))
                }
            }
        }
    };
    Ok(Answer::page(200, shell::page(visit, &name, &content)))
}

fn bulk_act<'v>(place: &Place<'v>, operation: &str) -> Result<&'v OperationOutline, Refusal> {
    bulk_acts(place.kind).find(|act| act.name == operation).ok_or(Refusal::NoPage)
}

/// Does it with each, and shows what came of each.
pub(super) async fn do_with_several(visit: &Visit<'_>, place: &Place<'_>) -> Outcome {
    let form = visit.form();
    let act = bulk_act(place, form.get("do"))?;
    let mut rows = Vec::new();
    for id in form.all("id").take(MOST_AT_ONCE) {
        let came = place.call(visit, &act.name, &act.target.pairs(id)).await;
        let state = match came {
            Ok(_) => html! { span.badge.success { (visit.say(SUCCEEDED)) } },
            Err(failure) => {
                html! { span.badge.warning { (visit.say(FAILED)) } " " (explained(visit, &failure)) " " span.muted.small-text { (on_record(visit, &failure)) } }
            }
        };
        rows.push(vec![html! { a href=(visit.to(&place.one(id))) { bdi { (id) } } }, state]);
    }
    let title = visit.fill(ASK, &[&label(visit, act), place.title(visit)]);
    let content = html! {
        div.narrow {
            h1 { (title) }
            (Table { caption: RESULT, columns: &[ID, STATE], rows }.show(visit))
            div.actions { a.button.main href=(visit.to(&place.below("", &[]))) { (visit.say(CLOSE)) } }
        }
    };
    Ok(result::keep(visit, &title, content))
}
