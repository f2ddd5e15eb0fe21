//! What the list of the activity is narrowed to, as its address says it.

use argali_core::time::Timestamp;
use argali_protocol::ApiFailure;
use maud::{Markup, html};

use super::LIST;
use crate::icon::{self, icon};
use crate::pairs::Pairs;
use crate::part::{Field, Fields, about, explained, select};
use crate::text::Text;
use crate::text::activity::*;
use crate::text::failure::REQUEST_ID;
use crate::text::list::APPLY;
use crate::text::shell::CLEAR;
use crate::visit::Visit;

/// What stands in the address, the parameter that it becomes, and what people call it.
const FIELDS: [(&str, &str, Text); 12] = [
    ("q", "Text", TEXT),
    ("user", "UserName", USER),
    ("principal", "PrincipalId", PRINCIPAL),
    ("role", "RoleName", ROLE),
    ("service", "ServiceName", SERVICE),
    ("event", "EventName", EVENT),
    ("resource", "Resource", RESOURCE_PART),
    ("result", "Outcome", OUTCOME),
    ("address", "SourceIp", ADDRESS),
    ("session", "SessionId", SESSION),
    ("key", "EventAccessKeyId", KEY),
    ("request", "RequestId", REQUEST_ID),
];
/// The parameter that a field becomes.
pub(super) fn parameter_of(field: &str) -> &'static str {
    FIELDS.iter().find(|(own, ..)| *own == field).map_or("Text", |(_, parameter, _)| parameter)
}

/// From when to when, in the zone of the viewer.
const TIMES: [Field; 2] = [
    Field::text("from", FROM).kind("datetime-local", "off"),
    Field::text("to", TO).kind("datetime-local", "off"),
];
/// The fields that are typed into, behind "More filters".
const TYPED: [Field; 9] = [
    Field::text("service", SERVICE).longest(64),
    Field::text("event", EVENT).longest(128),
    Field::text("user", USER).longest(128).hint(USER_HINT),
    Field::text("role", ROLE).longest(64),
    Field::text("resource", RESOURCE_PART),
    Field::text("address", ADDRESS).longest(45),
    Field::text("session", SESSION).longest(32),
    Field::text("key", KEY).longest(64),
    Field::text("request", REQUEST_ID).longest(36),
];
/// What a call may come to, as the address says it.
const RESULTS: [(&str, Text); 4] =
    [("", EVERYTHING), ("Succeeded", SUCCEEDED), ("Denied", DENIED), ("Failed", FAILED)];
const HOUR_S: i64 = 3_600;
/// How far back, in seconds.
const SPANS: [(&str, i64, Text); 4] = [
    ("hour", HOUR_S, SINCE_HOUR),
    ("day", 24 * HOUR_S, SINCE_DAY),
    ("week", 7 * 24 * HOUR_S, SINCE_WEEK),
    ("month", 30 * 24 * HOUR_S, SINCE_MONTH),
];

/// What calls came to that were refused.
const REFUSED_RESULT: &str = "Denied";
/// Which calls are shown unless the address says otherwise.
const NOTABLE_ONLY: &str = "notable";

/// What the list is narrowed to.
#[derive(Debug)]
pub(super) struct Filter<'a> {
    query: &'a Pairs,
    start: String,
    end: String,
    /// `notable`, `refused` or `all`.
    shown: &'static str,
    /// The field with which something is wrong, and what.
    wrong: Option<(&'static str, String)>,
}

impl<'a> Filter<'a> {
    pub(super) fn read(visit: &'a Visit<'_>) -> Self {
        let query = visit.query();
        let span = SPANS.iter().find(|(name, _, _)| *name == query.get("since"));
        let since = span.map(|(_, seconds, _)| whole_seconds(visit.now().plus_seconds(-seconds)));
        let [from, end] = ["from", "to"].map(|name| visit.zone().instant(query.get(name).trim()));
        let shown = ["refused", "all"].into_iter().find(|shown| *shown == query.get("shown"));
        // Among refusals nothing succeeded: whoever asks for another result is shown that.
        let is_other = query.filled("result").is_some_and(|result| result != REFUSED_RESULT);
        let start = if from.is_empty() { since.unwrap_or_default() } else { from };
        Self {
            query,
            wrong: wrong_times(visit, &start, &end),
            start,
            end,
            shown: shown.filter(|shown| *shown != "refused" || !is_other).unwrap_or(if is_other {
                "all"
            } else {
                NOTABLE_ONLY
            }),
        }
    }

    /// The same after the operation refused what a field says; the failure where it is about no field.
    pub(super) fn refused(self, visit: &Visit<'_>, failure: ApiFailure) -> Result<Self, ApiFailure> {
        let about = about(&failure);
        let field = FIELDS.iter().find(|(_, parameter, _)| about.iter().any(|name| name == parameter));
        match field.filter(|_| failure.status == 400) {
            Some((field, ..)) => {
                let wrong = Some((*field, explained(visit, &failure)));
                Ok(Self { wrong, ..self })
            }
            None => Err(failure),
        }
    }

    /// What is wrong with what was entered: of which field, and the words.
    pub(super) fn wrong(&self) -> Option<(&'static str, &str)> {
        self.wrong.as_ref().map(|(field, words)| (*field, words.as_str()))
    }

    /// The parameters that it becomes, and `more`.
    pub(super) fn params<'p>(&'p self, more: &[(&'p str, &'p str)]) -> Vec<(&'p str, &'p str)> {
        let named = FIELDS.iter().map(|(field, parameter, _)| (*parameter, self.query.get(field).trim()));
        let given = named.filter(|(name, _)| *name != "Outcome" || self.shown != "refused");
        let shown = match self.shown {
            // One call is looked for whatever it did.
            NOTABLE_ONLY if self.query.filled("request").is_none() => ("OnlyNotable", "true"),
            "refused" => ("Outcome", REFUSED_RESULT),
            _ => ("OnlyNotable", ""),
        };
        let times = [("StartTime", self.start.as_str()), ("EndTime", self.end.as_str()), shown];
        given.chain(times).chain(more.iter().copied()).collect()
    }

    /// Whether it narrows nothing.
    pub(super) fn is_empty(&self) -> bool {
        let names = FIELDS.iter().map(|(field, _, _)| *field);
        self.shown == "all"
            && names.chain(["since", "from", "to"]).all(|name| self.query.filled(name).is_none())
    }

    /// The form that narrows it.
    pub(super) fn form(&self, visit: &Visit<'_>) -> Markup {
        let (wrong, words) = self.wrong().unzip();
        let fields = Fields::new(visit).wrong(wrong.unwrap_or_default(), words);
        let kinds = [(NOTABLE_ONLY, NOTABLE), ("refused", REFUSALS), ("all", EVERYTHING)];
        let spans = SPANS.iter().map(|(name, _, label)| (*name, visit.say(*label).to_owned()));
        let spans: Vec<_> = [("", visit.say(SINCE_ALWAYS).to_owned())].into_iter().chain(spans).collect();
        let results = RESULTS.map(|(value, label)| (value, visit.say(label).to_owned()));
        html! {
            form.stack method="get" action=(visit.to(LIST)) data-narrows {
                div.toolbar {
                    div.search {
                        (icon(icon::LuSearch))
                        input type="search" name="q" value=(self.query.get("q")) maxlength="200"
                            placeholder=(visit.say(SEARCH)) aria-label=(visit.say(SEARCH));
                    }
                    div.segments role="group" aria-label=(visit.say(SHOWN)) {
                        @for (kind, label) in kinds {
                            a href=(self.with(visit, "shown", kind)) aria-current=[(kind == self.shown).then_some("true")] {
                                (visit.say(label))
                            }
                        }
                    }
                    button.button { (visit.say(APPLY)) }
                }
                details open[self.has_typed()] {
                    summary { (icon(icon::LuChevronRight)) (visit.say(MORE_FILTERS)) }
                    div.many {
                        (select(visit, ("since", SINCE), self.query.get("since"), &spans))
                        (select(visit, ("result", OUTCOME), self.query.get("result"), &results))
                        @for field in TIMES { (fields.show_as(field, &visit.fill(field.label, &[&visit.zone().name()]))) }
                        @for field in TYPED { (fields.show(field)) }
                    }
                }
                @if self.shown != NOTABLE_ONLY { input type="hidden" name="shown" value=(self.shown); }
                @if let Some(value) = self.query.filled("principal") { input type="hidden" name="principal" value=(value); }
            }
        }
    }

    /// What it is narrowed to, each with the way to do without.
    pub(super) fn chosen(&self, visit: &Visit<'_>) -> Markup {
        let zone = visit.zone().name();
        let named = FIELDS.iter().map(|(field, _, label)| (*field, visit.say(*label).to_owned()));
        let since = [("since", visit.say(SINCE).to_owned())].into_iter();
        let times = TIMES.iter().map(|field| (field.name, visit.fill(field.label, &[&zone])));
        let chosen = named.chain(since).chain(times).filter_map(|(field, label)| {
            let value = self.query.filled(field)?;
            let words = match field {
                "result" => RESULTS.iter().find(|(own, _)| *own == value).map(|(_, words)| *words),
                "since" => SPANS.iter().find(|(own, ..)| *own == value).map(|(.., words)| *words),
                _ => None,
            };
            Some((field, label, words.map_or(value, |words| visit.say(words))))
        });
        let chosen: Vec<_> = chosen.collect();
        html! {
            @if !chosen.is_empty() {
                ul.chips {
                    @for (field, label, value) in chosen {
                        li {
                            a.chip href=(self.with(visit, field, "")) aria-label=(visit.fill(REMOVE_FILTER, &[&label, value])) {
                                span.muted { (label) } " " bdi { (value) } (icon(icon::LuX))
                            }
                        }
                    }
                    li { a href=(visit.to(LIST)) { (visit.say(CLEAR)) } }
                }
            }
        }
    }

    fn has_typed(&self) -> bool {
        TIMES
            .iter()
            .chain(&TYPED)
            .map(|field| field.name)
            .chain(["since", "result"])
            .any(|name| self.query.filled(name).is_some())
    }

    /// The same list with `name` set to `value`, from its first page on.
    fn with(&self, visit: &Visit<'_>, name: &str, value: &str) -> String {
        let query = Pairs::read(&self.query.with("marker", "")).with(name, value);
        visit.to(&format!("{LIST}?{query}"))
    }
}

/// What is wrong with the times that it begins and ends at.
fn wrong_times(visit: &Visit<'_>, start: &str, end: &str) -> Option<(&'static str, String)> {
    let is_no_time = |text: &str| !text.is_empty() && text.parse::<Timestamp>().is_err();
    let broken = [("from", start), ("to", end)].into_iter().find(|(_, text)| is_no_time(text));
    if let Some((field, _)) = broken {
        return Some((field, visit.say(NO_TIME).to_owned()));
    }
    let [start, end] = [start, end].map(|text| text.parse::<Timestamp>().ok());
    start.zip(end).filter(|(start, end)| end < start).map(|_| ("to", visit.say(ENDS_FIRST).to_owned()))
}

fn whole_seconds(at: Timestamp) -> String {
    Timestamp::from_seconds(at.as_seconds()).to_string()
}
