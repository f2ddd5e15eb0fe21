//! The analyzer: what somebody should look at, with what shows it, a proposed change, and the way to put it away.
// SPEC: console, analyzer.

mod finding;
mod proposal;

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::{Outcome, Refusal};
use crate::answer::Answer;
use crate::api::{ARGALI, items, number, text};
use crate::icon;
use crate::moment::moment;
use crate::pairs::segment;
use crate::part::{SHORT_SIZES, Table, empty, heading, page_size_of, pager_of};
use crate::shell;
use crate::text::analyzer::*;
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
        (false, [id]) => finding::show(visit, id, None).await,
        (true, [id]) => finding::send(visit, id).await,
        _ => Err(Refusal::NoPage),
    }
}

/// The page of a finding.
fn path_of(id: &str) -> String {
    format!("{LIST}/{}", segment(id))
}

async fn show_list(visit: &Visit<'_>) -> Outcome {
    let (status, kind) = (visit.query().get("status"), visit.query().get("kind"));
    let status = if status == "Archived" { "Archived" } else { "Active" };
    let (few, size) = if kind.is_empty() { (FEW, ALL_KINDS) } else { ("", page_size_of(visit, SHORT_SIZES)) };
    let marker = visit.query().get("marker");
    let params =
        [("Status", status), ("Kind", kind), ("MostOfKind", few), ("MaxItems", size), ("Marker", marker)];
    let answer = visit.call(ARGALI, "ListFindings", &params).await?;
    let findings: Vec<&Value> = items(&answer, "Findings").collect();
    let groups = findings.chunk_by(|one, other| text(one, "Kind") == text(other, "Kind"));
    let none = if status == "Active" { NONE_ACTIVE } else { NONE_ARCHIVED };
    let since = visit.phrase(SINCE, &[html! { (moment(visit, text(&answer, "RecordsSince"))) }]);
    let content = html! {
        (heading(&html! { (visit.say(TITLE)) }, Some(visit.say(LEDE)), &html! {}))
        div.toolbar {
            div.segments {
                @for (word, label) in [("Active", ACTIVE), ("Archived", ARCHIVED)] {
                    a href=(visit.to(&format!("{LIST}?status={word}"))) aria-current=[(word == status).then_some("page")] {
                        (visit.say(label))
                    }
                }
            }
            span.muted { (since) }
        }
        @if findings.is_empty() {
            section.card { (empty(visit, icon::LuShieldCheck, visit.say(none), &html! { a.button href=(visit.to("/test")) { (visit.say(TEST_ACCESS)) } })) }
        }
        @for group in groups { (of_kind(visit, &answer, group, status)) }
        @if !kind.is_empty() { (pager_of(visit, LIST, text(&answer, "Marker"), SHORT_SIZES)) }
    };
    Ok(Answer::page(200, shell::page(visit, visit.say(TITLE), &content)))
}

/// How many findings of each kind there are, in few words: Home shows this part.
async fn show_counts(visit: &Visit<'_>) -> Outcome {
    let params = [("Status", "Active"), ("MostOfKind", "1"), ("MaxItems", ALL_KINDS)];
    let answer = visit.call(ARGALI, "ListFindings", &params).await?;
    let counts: Vec<&Value> = items(&answer, "Counts").collect();
    let content = html! {
        (heading(&html! { (visit.say(TITLE)) }, None, &html! {}))
        section.card #findings {
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
        }
    };
    Ok(Answer::page(200, shell::page(visit, visit.say(TITLE), &content)))
}

/// The findings of one kind.
fn of_kind(visit: &Visit<'_>, answer: &Value, findings: &[&Value], status: &str) -> Markup {
    let kind = findings.first().map(|finding| text(finding, "Kind")).unwrap_or_default();
    let (title, what) = proposal::kind(kind);
    let count = items(answer, "Counts").find(|count| text(count, "Kind") == kind);
    let count = count.map(|count| number(count, "Count").to_string()).unwrap_or_default();
    let is_whole = count == findings.len().to_string() || !visit.query().get("kind").is_empty();
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
    let path = path_of(text(finding, "FindingId"));
    let few: Vec<_> = finding::evidence(visit, finding).into_iter().take(3).collect();
    vec![
        html! { a href=(visit.to(&path)) { bdi { (finding::name(text(finding, "Resource"))) } } },
        html! {
            @if few.is_empty() { span.muted { "–" } }
            @else { ul.names { @for (label, value) in few { li { span.muted { (label) } " " (value) } } } }
        },
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
