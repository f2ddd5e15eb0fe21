//! The analyzer: what somebody should look at, with what shows it, a proposed change, and the way to put it away.
// SPEC: console, analyzer.

mod finding;
mod proposal;

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::check::items;
use super::{Outcome, Refusal};
use crate::answer::Answer;
use crate::api::{ARGALI, text};
use crate::icon;
use crate::moment::moment;
use crate::pairs::segment;
use crate::part::{Table, empty, heading};
use crate::shell;
use crate::text::analyzer::*;
use crate::visit::Visit;

const LIST: &str = "/analyzer";
/// How many findings of a kind are shown at once, where no kind is chosen and where one is.
const FEW: usize = 10;
const MANY: usize = 150;
/// How many findings are read.
const MOST: &str = "1000";

/// Answers a visit to an address below that of the analyzer.
pub(super) async fn answer(visit: &Visit<'_>, path: &[&str]) -> Outcome {
    match (visit.is_post(), path) {
        (false, []) => show_list(visit).await,
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
    let params = [("Status", status), ("Kind", kind), ("MaxItems", MOST)];
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
            section.card { (empty(icon::LuShieldCheck, visit.say(none), &html! {})) }
        }
        @for group in groups { (of_kind(visit, group, (status, kind))) }
    };
    Ok(Answer::page(200, shell::page(visit, visit.say(TITLE), &content)))
}

/// The findings of one kind.
fn of_kind(visit: &Visit<'_>, findings: &[&Value], (status, chosen): (&str, &str)) -> Markup {
    let kind = findings.first().map(|finding| text(finding, "Kind")).unwrap_or_default();
    let (title, what) = proposal::kind(kind);
    let shown = if chosen.is_empty() { FEW } else { MANY };
    let rows = findings.iter().take(shown).map(|finding| row(visit, finding)).collect();
    html! {
        section.stack.below {
            div {
                h2 { (visit.say(title)) " " span.badge { (findings.len()) } }
                p.muted { (visit.say(what)) }
            }
            (Table { caption: title, columns: &[ABOUT, EVIDENCE, LOOK], rows }.show(visit))
            @if findings.len() > shown && chosen.is_empty() {
                p { a href=(visit.to(&format!("{LIST}?status={status}&kind={kind}"))) {
                    (visit.fill(MORE, &[&findings.len().to_string()]))
                } }
            }
        }
    }
}

fn row(visit: &Visit<'_>, finding: &Value) -> Vec<Markup> {
    let path = path_of(text(finding, "FindingId"));
    let few = finding::evidence(visit, finding).into_iter().take(3);
    vec![
        html! { a href=(visit.to(&path)) { bdi { (finding::name(text(finding, "Resource"))) } } },
        html! { ul.evidence { @for (label, value) in few { li { span.muted { (label) } " " (value) } } } },
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
