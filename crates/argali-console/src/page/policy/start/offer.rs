//! What there is to start from, of each kind.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::template::TEMPLATES;
use super::{Kind, OPEN, said};
use crate::api::{ARGALI, is_denied, text, texts};
use crate::icon::{self, icon};
use crate::moment::moment;
use crate::page::grant::Risks;
use crate::page::policy::policies::all;
use crate::page::policy::{description, from_activity};
use crate::pairs::Pairs;
use crate::part::list::Gathering;
use crate::part::{denied, tick};
use crate::text::Text;
use crate::text::policy::EMPTY;
use crate::text::policy_start::*;
use crate::text::shell::NOTHING_MATCHES;
use crate::visit::Visit;

/// How many policies are shown: others are searched for.
const SHOWN: usize = 40;
/// How many calls.
const CALLS_SHOWN: &str = "30";

/// The templates.
pub(super) fn templates(visit: &Visit<'_>) -> Markup {
    let chosen = said(visit).get("choice");
    let rows = TEMPLATES.iter().map(|template| {
        let value = format!("Template/{}", template.key);
        let words = html! { span { (visit.say(template.name)) } span.hint { (visit.say(template.about)) } };
        choice(&value, value == chosen, &words)
    });
    html! { fieldset.group { legend.hidden { (visit.say(TEMPLATE_LABEL)) } @for row in rows { (row) } } }
}

/// The policies of a type that say what is looked for, what is chosen first.
pub(super) async fn policies(visit: &Visit<'_>, kind: Kind) -> Result<Markup, ApiFailure> {
    let policy_type = if kind == Kind::System { "System" } else { "Custom" };
    let query = Pairs::of([("type".to_owned(), policy_type.to_owned())]);
    let found = match all(visit, &query).await {
        Ok(found) => found,
        Err(failure) if is_denied(&failure) => return Ok(denied(visit, &failure)),
        Err(failure) => return Err(failure),
    };
    let wanted = said(visit).get("q").trim().to_lowercase();
    let chosen = said(visit).get("choice");
    let value_of = |policy: &Value| format!("{policy_type}/{}", text(policy, "PolicyName"));
    let says = |policy: &&Value| {
        let texts = [text(policy, "PolicyName"), description(visit, policy)];
        texts.iter().any(|own| own.to_lowercase().contains(&wanted))
    };
    let is_none = found.is_empty();
    let (first, others): (Vec<&Value>, Vec<&Value>) =
        found.iter().partition(|policy| value_of(policy) == chosen);
    let others: Vec<&Value> = others.into_iter().filter(says).collect();
    let shown = first.iter().chain(others.iter().take(SHOWN));
    let custom = shown.filter(|_| kind == Kind::Own).map(|policy| text(policy, "PolicyName"));
    let risks = Risks::named(visit, custom).await;
    let row = |policy: &Value, is_chosen: bool| {
        let words = html! {
            span { bdi { (text(policy, "PolicyName")) } (risks.mark(visit, policy_type, text(policy, "PolicyName"))) }
            span.hint { bdi { (description(visit, policy)) } }
        };
        choice(&value_of(policy), is_chosen, &words)
    };
    let (seen, count) = (others.len().min(SHOWN), others.len());
    Ok(html! {
        (finder(visit, kind, FIND_POLICY))
        @if first.is_empty() && others.is_empty() {
            p.muted { (visit.say(if is_none { EMPTY } else { NOTHING_MATCHES })) }
        } @else {
            div.policies role="radiogroup" aria-label=(visit.say(START)) {
                @for policy in first { (row(policy, true)) }
                @for policy in others.into_iter().take(SHOWN) { (row(policy, false)) }
            }
        }
        @if seen < count { p.hint { (visit.fill(SHOWN_OF, &[&seen.to_string(), &count.to_string()])) } }
    })
}

/// The latest calls that needed permission, those that were ticked before first.
pub(super) async fn calls(visit: &Visit<'_>) -> Result<Markup, ApiFailure> {
    let said = said(visit);
    let with_reads = said.is_ticked("reads");
    let params = [("Text", said.get("q").trim()), ("OnlyNotable", if with_reads { "false" } else { "true" })];
    let mut page = Gathering::new(visit, CALLS_SHOWN, "");
    while let Some((missing, marker)) = page.wanted(visit) {
        let more = [("MaxItems", missing.as_str()), ("Marker", &marker)];
        let params: Vec<_> =
            params.iter().copied().chain(more).filter(|(_, value)| !value.is_empty()).collect();
        match visit.call(ARGALI, "ListActivity", &params).await {
            Ok(answer) => page.add(&answer, "Events"),
            Err(failure) if is_denied(&failure) => return Ok(denied(visit, &failure)),
            Err(failure) => return Err(failure),
        }
    }
    let usable: Vec<&Value> = page.rows.iter().filter(|event| from_activity::is_usable(event)).collect();
    let chosen: Vec<&str> = said.all("event").collect();
    let before = chosen.iter().filter(|request| {
        !request.is_empty() && !usable.iter().any(|event| text(event, "RequestId") == **request)
    });
    Ok(html! {
        (finder(visit, Kind::Activity, FIND_CALL))
        (tick(visit, ("reads", WITH_READS), with_reads, None))
        div.policies role="group" aria-label=(visit.say(CALLS)) {
            @for request in before {
                label.tick {
                    input type="checkbox" name="event" value=(request) checked;
                    span { span.mono { (request) } span.hint { (visit.say(CHOSEN_BEFORE)) } }
                }
            }
            @for event in &usable { (call(visit, event, &chosen)) }
            @if usable.is_empty() { p.muted { (visit.say(NO_CALLS)) } }
        }
    })
}

fn call(visit: &Visit<'_>, event: &Value, chosen: &[&str]) -> Markup {
    let request = text(event, "RequestId");
    let resources = texts(event, "Resources");
    let caller = event.get("Caller").unwrap_or(&Value::Null);
    let names = ["OriginalUserName", "Name", "OriginalPrincipalId"];
    let caller = names.into_iter().map(|name| text(caller, name)).find(|name| !name.is_empty());
    let caller = caller.unwrap_or_default();
    html! {
        label.tick {
            input type="checkbox" name="event" value=(request) checked[chosen.contains(&request)];
            span {
                span { code { (text(event, "AuthAction")) } " " bdi { (caller) } " " (moment(visit, text(event, "Time"))) }
                span.hint { bdi { (resources.first().copied().unwrap_or_default()) } @if resources.len() > 1 { " …" } }
            }
        }
    }
}

fn choice(value: &str, is_chosen: bool, words: &Markup) -> Markup {
    html! { label.tick { input type="radio" name="choice" value=(value) checked[is_chosen]; span { (words) } } }
}

/// The field that is searched with. Enter in it looks: the first button of the form does.
fn finder(visit: &Visit<'_>, kind: Kind, label: Text) -> Markup {
    html! {
        div.toolbar {
            div.search role="search" {
                (icon(icon::LuSearch))
                input type="search" name="q" value=(said(visit).get("q")) maxlength="64"
                    placeholder=(visit.say(label)) aria-label=(visit.say(label));
            }
            button.button name="do" value=(format!("{OPEN}{}", kind.word())) formnovalidate {
                (visit.say(crate::text::shell::SEARCH))
            }
        }
    }
}
