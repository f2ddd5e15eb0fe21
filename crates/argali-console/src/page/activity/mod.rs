//! Activity: who did what, found by anything that records say.
// SPEC: console, activity.

mod detail;
mod export;
mod filter;
mod row;

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::{Outcome, Refusal};
use crate::answer::Answer;
use crate::api::{ARGALI, is_denied};
use crate::icon::{self, icon};
use crate::pairs::{encode, segment};
use crate::part::list::Gathering;
use crate::part::{Sizes, Table, Weight, denial, empty, heading, notice, page_size_of, pager_of, unmatched};
use crate::shell;
use crate::text::activity::*;
use crate::text::shell::DEVELOPER;
use crate::visit::Visit;
use filter::Filter;
pub(super) use row::{brief, who};

const LIST: &str = "/activity";
/// How many records a page has: each row holds many links, and a page has few bytes.
// SPEC: console, budgets.
const SIZES: Sizes = &["20", "40"];

/// Answers a visit to an address below that of the activity.
pub(super) async fn answer(visit: &Visit<'_>, path: &[&str]) -> Outcome {
    match path {
        [] => show_list(visit).await,
        ["export"] => export::send(visit).await,
        [request] => detail::show(visit, request).await,
        _ => Err(Refusal::NoPage),
    }
}

/// The page of a call.
pub(crate) fn path_of(request: &str) -> String {
    format!("{LIST}/{}", segment(request))
}

/// The list, narrowed to what one query says.
pub(crate) fn path_to(name: &str, value: &str) -> String {
    format!("{LIST}?shown=all&{}", encode([(name, value)]))
}

/// How many calls the tab of something's page has.
const FEW: &str = "20";

/// The latest calls in which one field of the list is `value`, as a tab of something's page, with the way to all.
pub(super) async fn latest(visit: &Visit<'_>, field: &str, value: &str) -> Result<Markup, ApiFailure> {
    let params = [(filter::parameter_of(field), value)];
    let found = match gathered(visit, &params, Gathering::new(visit, FEW, "")).await {
        Ok(found) => found,
        Err(failure) if is_denied(&failure) => return Ok(denial(visit, &failure).await),
        Err(failure) => return Err(failure),
    };
    let events: Vec<&Value> = found.rows.iter().collect();
    let all = html! { a.button href=(visit.to(&path_to(field, value))) { (visit.say(IN_LIST)) } };
    let further = format!("{}&{}", path_to(field, value), encode([("marker", found.marker.as_str())]));
    Ok(html! {
        @if found.is_still_empty() {
            (nothing_yet(visit, &further))
        } @else if events.is_empty() {
            section.card { (empty(visit, icon::LuHistory, visit.say(EMPTY_OF_ONE), &all)) }
        } @else {
            (brief(visit, &events))
            div.actions { (all) }
        }
    })
}

/// The records that the parameters ask for.
async fn gathered(
    visit: &Visit<'_>,
    params: &[(&str, &str)],
    mut page: Gathering,
) -> Result<Gathering, ApiFailure> {
    while let Some((missing, marker)) = page.wanted(visit) {
        let more = [("MaxItems", missing.as_str()), ("Marker", &marker)];
        let params: Vec<_> = params.iter().copied().chain(more).collect();
        page.add(&visit.call(ARGALI, "ListActivity", &params).await?, "Events");
    }
    Ok(page)
}

/// That nothing was found as far back as was looked, with the way further.
fn nothing_yet(visit: &Visit<'_>, further: &str) -> Markup {
    html! { section.card { (empty(visit, icon::LuHistory, visit.say(NOTHING_YET), &way_further(visit, further))) } }
}

fn way_further(visit: &Visit<'_>, further: &str) -> Markup {
    html! { a.button href=(visit.to(further)) { (visit.say(LOOK_FURTHER)) } }
}

async fn show_list(visit: &Visit<'_>) -> Outcome {
    let mut filter = Filter::read(visit);
    let mut found = None;
    if filter.wrong().is_none() {
        let page = Gathering::new(visit, page_size_of(visit, SIZES), visit.query().get("marker"));
        match gathered(visit, &filter.params(&[]), page).await {
            Ok(page) => found = Some(page),
            // The form stays as it is filled in, also while it is.
            Err(failure) => filter = filter.refused(visit, failure)?,
        }
    }
    let wrong = filter.wrong();
    let content = html! {
        (heading(&html! { (visit.say(TITLE)) }, Some(visit.say(LEDE)), &actions(visit)))
        (filter.form(visit))
        div.stack data-list {
            (filter.chosen(visit))
            @if let Some((field, words)) = wrong {
                // It takes no focus: somebody may be typing.
                div role="alert" { (notice(Weight::Danger, &html! { p { a href=(format!("#{field}")) { (words) } } })) }
            }
            div #events data-live-part { @if let Some(found) = &found { (events(visit, &filter, found)) } }
        }
        p.hint { (visit.fill(EXPORT_HINT, &[&export::MOST.to_string()])) }
    };
    let status = if wrong.is_some() { 400 } else { 200 };
    Ok(Answer::page(status, shell::page(visit, visit.say(TITLE), &content)))
}

fn actions(visit: &Visit<'_>) -> Markup {
    let to = |format: &str| visit.to(&format!("{LIST}/export?{}", visit.query().with("format", format)));
    html! {
        button.button type="button" data-live="events" aria-pressed="false" hidden {
            (icon(icon::LuRadio)) (visit.say(LIVE))
        }
        a.button href=(to("csv")) download { (icon(icon::LuDownload)) (visit.say(EXPORT_CSV)) }
        a.button href=(to("jsonl")) download { (icon(icon::LuDownload)) (visit.say(EXPORT_JSON)) }
    }
}

fn events(visit: &Visit<'_>, filter: &Filter<'_>, found: &Gathering) -> Markup {
    let rows: Vec<_> = found.rows.iter().map(|event| row::cells(visit, event)).collect();
    let is_only_page = found.marker.is_empty() && visit.query().filled("marker").is_none();
    let further = format!("{LIST}?{}", visit.query().with("marker", &found.marker));
    html! {
        @if found.is_still_empty() {
            (nothing_yet(visit, &further))
        } @else if rows.is_empty() {
            section.card {
                @if filter.is_empty() {
                    (empty(visit, icon::LuHistory, visit.say(EMPTY), &html! { a.button href=(visit.to("/developer")) { (visit.say(DEVELOPER)) } }))
                } @else {
                    (unmatched(visit, LIST))
                }
            }
        } @else {
            form.stack method="get" action=(visit.to("/ram/policies/new")) {
                (Table { caption: TITLE, columns: &row::COLUMNS, rows }.show(visit))
                div.toolbar {
                    button.button { (icon(icon::LuScrollText)) (visit.say(MAKE_POLICY)) }
                    span.hint { (visit.say(MAKE_POLICY_HINT)) }
                }
            }
        }
        @if found.is_cut() && !found.is_still_empty() {
            div.actions { span.hint { (visit.say(MORE_BACK)) } (way_further(visit, &further)) }
        }
        @if !is_only_page { (pager_of(visit, LIST, found.next_page(), SIZES)) }
    }
}
