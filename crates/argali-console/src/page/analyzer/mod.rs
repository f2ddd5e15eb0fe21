//! The analyzer: what somebody should look at, with what shows it, a proposed change, and the way to put it away.
// SPEC: console, analyzer.

mod finding;
mod list;
mod preview;
mod proposal;

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::{Outcome, Refusal};
use crate::answer::Answer;
use crate::api::{ARGALI, items, number, text};
use crate::icon;
use crate::moment::moment;
use crate::need::{Need, needing};
use crate::pairs::segment;
use crate::part::list::{self as lists, CHOSEN, Part, SEVERAL, tick_all};
use crate::part::{Table, empty, heading};
use crate::shell;
use crate::text::Text;
use crate::text::analyzer::*;
use crate::text::list::{CHOOSE, WITH_CHOSEN};
use crate::text::shell::{ACTIONS, TEST_ACCESS};
use crate::visit::Visit;

const LIST: &str = "/analyzer";
/// How many findings of each kind are shown where none is chosen, and how many that can be in all.
const FEW: &str = "4";
const ALL_KINDS: &str = "100";

/// Answers a visit to an address below that of the analyzer.
pub(super) async fn answer(visit: &Visit<'_>, path: &[&str]) -> Outcome {
    match (visit.is_post(), path) {
        (false, []) => show_list(visit).await,
        (false, ["counts"]) => show_counts(visit).await,
        (false, [SEVERAL]) => list::ask(visit).await,
        (true, [SEVERAL]) => list::send(visit).await,
        (false, [id]) => finding::show(visit, id, None).await,
        (true, [id]) => finding::send(visit, id).await,
        _ => Err(Refusal::NoPage),
    }
}

/// The page of a finding.
fn path_of(id: &str) -> String {
    format!("{LIST}/{}", segment(id))
}

/// Whether those are shown that were put away.
fn state(visit: &Visit<'_>) -> &'static str {
    if visit.query().get("status") == "Archived" { "Archived" } else { "Active" }
}

/// What putting a finding away needs, or taking it out.
fn archiving(operation: &str, id: &str) -> Need {
    Need::call(ARGALI, operation, &[("FindingId", id), ("Reason", "-")])
}

/// What stands above the findings: which are shown.
fn states(visit: &Visit<'_>, since: &Markup) -> Markup {
    html! {
        div.toolbar {
            div.segments {
                @for (word, label) in [("Active", ACTIVE), ("Archived", ARCHIVED)] {
                    a href=(visit.to(&format!("{LIST}?status={word}"))) aria-current=[(word == state(visit)).then_some("page")] {
                        (visit.say(label))
                    }
                }
            }
            (since)
        }
    }
}

/// What is said where there is none, and what leads on.
fn none(visit: &Visit<'_>) -> (Text, Markup) {
    let words = if state(visit) == "Active" { NONE_ACTIVE } else { NONE_ARCHIVED };
    (words, html! { a.button href=(visit.to("/test")) { (visit.say(TEST_ACCESS)) } })
}

/// All findings of one kind.
async fn show_kind(visit: &Visit<'_>, kind: &str) -> Outcome {
    let (title, what) = proposal::kind(kind);
    let list = list::Findings { kind, status: state(visit), title, none: none(visit) };
    let (status, actions, content) = match lists::part(visit, &list).await? {
        Part::Instead(answer) => return Ok(answer),
        Part::Shown { status, actions, content } => (status, actions, content),
    };
    let content = html! {
        (heading(&html! { (visit.say(TITLE)) }, Some(visit.say(LEDE)), &actions))
        (states(visit, &html! {}))
        div { h2 { (visit.say(title)) } p.muted { (visit.say(what)) } }
        (content)
    };
    let title = format!("{} · {}", visit.say(title), visit.say(TITLE));
    Ok(Answer::page(status, shell::page(visit, &title, &content)))
}

/// A few findings of each kind.
async fn show_list(visit: &Visit<'_>) -> Outcome {
    let kind = visit.query().get("kind");
    if !kind.is_empty() {
        return show_kind(visit, kind).await;
    }
    let status = state(visit);
    let params = [("Status", status), ("MostOfKind", FEW), ("MaxItems", ALL_KINDS)];
    let answer = visit.call(ARGALI, "ListFindings", &params).await?;
    let findings: Vec<&Value> = items(&answer, "Findings").collect();
    let groups = findings.chunk_by(|one, other| text(one, "Kind") == text(other, "Kind"));
    let since = visit.phrase(SINCE, &[html! { (moment(visit, text(&answer, "RecordsSince"))) }]);
    let (operation, label) =
        if status == "Active" { ("ArchiveFinding", ARCHIVE) } else { ("UnarchiveFinding", UNARCHIVE) };
    let need = Need::any(findings.iter().map(|found| archiving(operation, text(found, "FindingId"))));
    let (words, onward) = none(visit);
    let content = html! {
        (heading(&html! { (visit.say(TITLE)) }, Some(visit.say(LEDE)), &html! {}))
        (states(visit, &html! { span.muted { (since) } }))
        @if findings.is_empty() {
            section.card { (empty(visit, icon::LuShieldCheck, visit.say(words), &onward)) }
        } @else {
            form.stack method="get" action=(visit.to(&format!("{LIST}/{SEVERAL}"))) {
                input type="hidden" name="status" value=(status);
                @for group in groups { (of_kind(visit, &answer, group, status)) }
                div.bulk {
                    (tick_all(visit))
                    span.muted { (visit.say(WITH_CHOSEN)) }
                    (needing(visit, need, &html! { button.button.small { (visit.say(label)) } }))
                }
            }
        }
    };
    Ok(Answer::page(200, shell::page(visit, visit.say(TITLE), &content)))
}

/// How many findings of each kind there are, as a page of its own: Home gets it of a large account.
async fn show_counts(visit: &Visit<'_>) -> Outcome {
    let content = html! {
        (heading(&html! { (visit.say(TITLE)) }, None, &html! {}))
        section.card #findings { (counts(visit).await?) }
    };
    Ok(Answer::page(200, shell::page(visit, visit.say(TITLE), &content)))
}

/// How many findings of each kind there are, in few words.
pub(super) async fn counts(visit: &Visit<'_>) -> Result<Markup, ApiFailure> {
    let params = [("Status", "Active"), ("MostOfKind", "1"), ("MaxItems", ALL_KINDS)];
    let answer = visit.call(ARGALI, "ListFindings", &params).await?;
    let counts: Vec<&Value> = items(&answer, "Counts").collect();
    Ok(html! {
        @if counts.is_empty() { p.muted { (visit.say(NONE_ACTIVE)) } }
        @else {
            ul.plain {
                @for count in counts {
                    @let kind = text(count, "Kind");
                    li {
                        a href=(visit.to(&format!("{LIST}?status=Active&kind={kind}"))) { (visit.say(proposal::kind(kind).0)) } " "
                        span.badge { (number(count, "Count")) }
                    }
                }
            }
        }
    })
}

/// The findings of one kind.
fn of_kind(visit: &Visit<'_>, answer: &Value, findings: &[&Value], status: &str) -> Markup {
    let kind = findings.first().map(|finding| text(finding, "Kind")).unwrap_or_default();
    let (title, what) = proposal::kind(kind);
    let count = items(answer, "Counts").find(|count| text(count, "Kind") == kind);
    let count = count.map(|count| number(count, "Count").to_string()).unwrap_or_default();
    let is_whole = count == findings.len().to_string();
    let rows = findings.iter().map(|finding| row(visit, finding)).collect();
    html! {
        section.stack.below {
            div {
                h2 { (visit.say(title)) " " span.badge { (count) } }
                p.muted { (visit.say(what)) }
            }
            (Table { caption: title, columns: &[ABOUT, EVIDENCE, ACTIONS], rows }.show(visit))
            @if !is_whole {
                p { a href=(visit.to(&format!("{LIST}?status={status}&kind={kind}"))) { (visit.fill(MORE, &[&count])) } }
            }
        }
    }
}

fn row(visit: &Visit<'_>, finding: &Value) -> Vec<Markup> {
    let id = text(finding, "FindingId");
    let (path, name) = (path_of(id), finding::name(text(finding, "Resource")));
    vec![
        html! {
            input type="checkbox" name=(CHOSEN) value=(id) aria-label=(visit.fill(CHOOSE, &[name]));
            a href=(visit.to(&path)) { bdi { (name) } }
        },
        list::evidence(visit, finding),
        html! { a href=(visit.to(&path)) { (visit.say(LOOK)) } },
    ]
}

/// The finding of this number.
async fn find(visit: &Visit<'_>, id: &str) -> Result<Value, Refusal> {
    let found: Result<Value, ApiFailure> = visit.call(ARGALI, "ListFindings", &[("FindingId", id)]).await;
    let found = match found {
        Err(failure) if failure.code == "InvalidParameter.FindingId" => return Err(Refusal::NoPage),
        found => found?,
    };
    items(&found, "Findings").next().cloned().ok_or(Refusal::NoPage)
}
