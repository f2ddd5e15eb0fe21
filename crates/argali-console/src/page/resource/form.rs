//! Forms made from the parameters that an operation declares.

use std::collections::BTreeMap;

use argali_core::hosted::outline::{Choice, Form, ParameterOutline, Shows};
use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::fetch::{Wanted, fetch, id_of, member_of};
use super::list::groups;
use super::value::names_state;
use super::{Place, called, service_of};
use crate::api::text;
use crate::icon::{self, icon};
use crate::pairs::Pairs;
use crate::part::explained;
use crate::text::resource::*;
use crate::visit::Visit;

/// How many resources a field offers.
const MOST_OFFERED: usize = 100;
/// How many tags can be given with what is made.
const TAG_ROWS: usize = 3;

/// What the fields of a form offer: identifiers and names, by type.
#[derive(Debug, Default)]
pub(super) struct Offers {
    by_type: BTreeMap<String, Vec<(String, String)>>,
    groups: Vec<(String, String)>,
}

impl Offers {
    /// What there is of everything that `parameters` name, as far as the viewer may list it.
    pub(super) async fn gather(
        visit: &Visit<'_>,
        place: &Place<'_>,
        parameters: &[ParameterOutline],
    ) -> Self {
        let mut offers = Self::default();
        for parameter in parameters {
            match &parameter.choice {
                Choice::Group if offers.groups.is_empty() => offers.groups = groups(visit, place).await,
                Choice::Resource(kind) if !offers.by_type.contains_key(kind) => {
                    let found = offered(visit, place, kind).await;
                    offers.by_type.insert(kind.clone(), found);
                }
                _ => {}
            }
        }
        offers
    }

    fn of(&self, choice: &Choice) -> Option<&[(String, String)]> {
        let found = match choice {
            Choice::Group => &self.groups,
            Choice::Resource(kind) => self.by_type.get(kind)?,
            Choice::Free | Choice::Values(_) => return None,
        };
        (!found.is_empty()).then_some(found)
    }
}

/// The resources of a type in this region.
async fn offered(visit: &Visit<'_>, place: &Place<'_>, kind: &str) -> Vec<(String, String)> {
    let Some((service, kind)) = kind.split_once('.') else { return Vec::new() };
    let Ok(service) = service_of(visit, service) else { return Vec::new() };
    let Some(kind) = service.kind(kind).filter(|kind| !kind.is_part()) else { return Vec::new() };
    let other = place.of(service, kind);
    let wanted = Wanted { size: MOST_OFFERED, ..Wanted::default() };
    let found = fetch(visit, &other, wanted, &[]).await.unwrap_or_default();
    let named = |item| {
        let id = id_of(kind, item, "");
        let name = member_of(kind, Shows::Name).map(|member| text(item, &member.name)).unwrap_or_default();
        let label = if name.is_empty() || name == id { id.clone() } else { format!("{name} ({id})") };
        (id, label)
    };
    found.items.iter().map(named).collect()
}

/// What a form shows: the fields, what was entered, and what is wrong with it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sheet<'a> {
    pub(super) visit: &'a Visit<'a>,
    pub(super) place: &'a Place<'a>,
    pub(super) offers: &'a Offers,
    pub(super) entered: &'a Pairs,
    /// The resource that the form is about, as lists show it.
    pub(super) present: Option<&'a Value>,
    pub(super) failure: Option<&'a ApiFailure>,
}

impl Sheet<'_> {
    /// The fields: those that most people want to see, and the others folded away unless there are only such.
    pub(super) fn show(&self, parameters: &[ParameterOutline]) -> Markup {
        let has_main = parameters.iter().any(|parameter| parameter.is_main);
        let (main, more): (Vec<_>, Vec<_>) =
            parameters.iter().partition(|parameter| parameter.is_main || !has_main);
        let is_entered =
            more.iter().any(|parameter| self.entered.filled(&field_name(&parameter.name)).is_some());
        html! {
            @for parameter in main { (self.field(parameter)) }
            @if !more.is_empty() {
                details open[is_entered] {
                    summary { (icon(icon::LuChevronRight)) (self.visit.say(OPTIONS)) }
                    div.stack { @for parameter in more { (self.field(parameter)) } }
                }
            }
        }
    }

    fn field(&self, parameter: &ParameterOutline) -> Markup {
        let name = field_name(&parameter.name);
        let offers = self.offers.of(&parameter.choice);
        match (parameter.form, offers) {
            (Form::Tags, _) => self.tags(parameter, &name),
            (form, Some(offers)) if form.is_list() => self.boxes(parameter, &name, offers),
            (_, Some(offers)) => {
                let options = offers.iter().map(|(id, label)| (id.as_str(), label.as_str()));
                self.select(parameter, &name, options)
            }
            (form, None) => match &parameter.choice {
                Choice::Values(values) if !form.is_list() => {
                    let words: Vec<_> = values.iter().map(|value| self.value(parameter, value)).collect();
                    let options =
                        values.iter().zip(&words).map(|(value, words)| (value.as_str(), words.as_str()));
                    self.select(parameter, &name, options)
                }
                _ if form == Form::Boolean => {
                    let options = [("true", self.visit.say(YES)), ("false", self.visit.say(NO))];
                    self.select(parameter, &name, options.into_iter())
                }
                _ if form.is_list() || form == Form::Json => self.lines(parameter, &name),
                _ => self.input(parameter, &name),
            },
        }
    }

    /// One of the values that a parameter can have, as people say it.
    fn value(&self, parameter: &ParameterOutline, value: &str) -> String {
        if names_state(&parameter.name) { self.place.state(self.visit, value) } else { value.to_owned() }
    }

    /// A field with its label, its hint and what is wrong with it around its input.
    fn frame(&self, parameter: &ParameterOutline, name: &str, input: &Markup) -> Markup {
        let hint = self.hint(parameter);
        let error = self.error(parameter);
        html! {
            div.field {
                label for=(name) { (self.label(parameter)) @if parameter.required { span.required aria-hidden="true" { " *" } } }
                (input)
                @if let Some(hint) = hint { p.hint id=(format!("{name}-hint")) { (hint) } }
                @if let Some(error) = error { p.error id=(format!("{name}-error")) { (error) } }
            }
        }
    }

    /// What it is called; a form has room for the first of several alone.
    fn label(&self, parameter: &ParameterOutline) -> Markup {
        called(&self.place.field(self.visit, &parameter.name.replace(".1.", ".")), &parameter.name)
    }

    fn hint(&self, parameter: &ParameterOutline) -> Option<String> {
        let visit = self.visit;
        let range =
            parameter.range.map(|(least, most)| visit.fill(RANGE, &[&least.to_string(), &most.to_string()]));
        let default = parameter.default.as_ref();
        let default = default.map(|value| visit.fill(DEFAULT, &[&self.value(parameter, value)]));
        let form = match parameter.form {
            Form::Json => Some(match &parameter.example {
                Some(example) => visit.fill(AS_JSON_SUCH, &[example]),
                None => visit.say(AS_JSON).to_owned(),
            }),
            form if form.is_list() && self.offers.of(&parameter.choice).is_none() => {
                Some(visit.say(LINES).to_owned())
            }
            _ => None,
        };
        let longest = parameter.longest.filter(|_| matches!(parameter.choice, Choice::Free));
        let longest = longest.map(|longest| visit.fill(LONGEST, &[&longest.to_string()]));
        let present = self.present(parameter);
        let present = present.map(|value| visit.fill(PRESENT, &[&self.value(parameter, &value)]));
        let hints: Vec<_> = [present, range, form, longest, default].into_iter().flatten().collect();
        (!hints.is_empty()).then(|| hints.join(" · "))
    }

    /// What the resource has now, where it is called as the parameter is.
    fn present(&self, parameter: &ParameterOutline) -> Option<String> {
        match self.present?.get(&parameter.name).filter(|_| !parameter.secret)? {
            Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(is_so) => Some(self.visit.say(if *is_so { YES } else { NO }).to_owned()),
            _ => None,
        }
    }

    /// What is wrong with this field: failures name the parameter in their code or between quotes.
    fn error(&self, parameter: &ParameterOutline) -> Option<String> {
        let failure = self.failure?;
        let is_named = failure.message.contains(&format!("\"{}\"", parameter.name))
            || failure.code.split('.').any(|part| part == format!("Invalid{}", parameter.name));
        is_named.then(|| explained(self.visit, failure))
    }

    fn described(&self, parameter: &ParameterOutline, name: &str) -> Option<String> {
        let hint = self.hint(parameter).map(|_| format!("{name}-hint"));
        let error = self.error(parameter).map(|_| format!("{name}-error"));
        let all: Vec<_> = [hint, error].into_iter().flatten().collect();
        (!all.is_empty()).then(|| all.join(" "))
    }

    fn input(&self, parameter: &ParameterOutline, name: &str) -> Markup {
        let kind = match parameter.form {
            _ if parameter.secret => "password",
            Form::Number => "number",
            _ => "text",
        };
        // What is secret is never sent back.
        let value = if parameter.secret { "" } else { self.entered.get(name) };
        let range = parameter.range.filter(|_| kind == "number");
        let input = html! {
            input id=(name) name=(name) type=(kind) value=(value) required[parameter.required]
                min=[range.map(|(least, _)| least)] max=[range.map(|(_, most)| most)]
                maxlength=[parameter.longest.filter(|_| kind != "number")]
                autocomplete=(if parameter.secret { "new-password" } else { "off" }) autocapitalize="none" spellcheck="false"
                aria-describedby=[self.described(parameter, name)] aria-invalid=[self.error(parameter).map(|_| "true")];
        };
        self.frame(parameter, name, &input)
    }

    fn lines(&self, parameter: &ParameterOutline, name: &str) -> Markup {
        let input = html! {
            textarea id=(name) name=(name) rows="3" required[parameter.required] spellcheck="false"
                aria-describedby=[self.described(parameter, name)] aria-invalid=[self.error(parameter).map(|_| "true")] {
                (self.entered.get(name))
            }
        };
        self.frame(parameter, name, &input)
    }

    fn select<'o>(
        &self,
        parameter: &ParameterOutline,
        name: &str,
        options: impl Iterator<Item = (&'o str, &'o str)>,
    ) -> Markup {
        let entered = self.entered.get(name);
        let input = html! {
            select id=(name) name=(name) required[parameter.required] aria-describedby=[self.described(parameter, name)]
                aria-invalid=[self.error(parameter).map(|_| "true")] {
                option value="" { "–" }
                @for (value, label) in options { option value=(value) selected[value == entered] { (label) } }
            }
        };
        self.frame(parameter, name, &input)
    }

    fn boxes(&self, parameter: &ParameterOutline, name: &str, offers: &[(String, String)]) -> Markup {
        let entered: Vec<&str> = self.entered.all(name).collect();
        html! {
            fieldset.group {
                legend { (self.label(parameter)) }
                div.policies {
                    @for (id, label) in offers {
                        label.tick {
                            input type="checkbox" name=(name) value=(id) checked[entered.contains(&id.as_str())];
                            span { bdi { (label) } }
                        }
                    }
                }
            }
        }
    }

    fn tags(&self, parameter: &ParameterOutline, name: &str) -> Markup {
        let (keys, values) = (format!("{name}.key"), format!("{name}.value"));
        let entered: Vec<(&str, &str)> = self.entered.all(&keys).zip(self.entered.all(&values)).collect();
        let visit = self.visit;
        html! {
            fieldset.group {
                legend { (self.label(parameter)) }
                @for at in 0..TAG_ROWS.max(entered.len()) {
                    @let (key, value) = entered.get(at).copied().unwrap_or_default();
                    div.row {
                        input name=(keys) value=(key) maxlength="128" autocomplete="off" placeholder=(visit.say(TAG_KEY)) aria-label=(visit.say(TAG_KEY));
                        input name=(values) value=(value) maxlength="128" autocomplete="off" placeholder=(visit.say(TAG_VALUE)) aria-label=(visit.say(TAG_VALUE));
                    }
                }
            }
        }
    }
}

/// What a field is called: never as what forms carry for themselves.
pub(super) fn field_name(parameter: &str) -> String {
    format!("p.{parameter}")
}

/// What a form sends, as the operation takes it. What is empty is left out.
pub(super) fn read(parameters: &[ParameterOutline], entered: &Pairs) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for parameter in parameters {
        let name = field_name(&parameter.name);
        if parameter.form == Form::Tags {
            let (keys, values) = (format!("{name}.key"), format!("{name}.value"));
            let tags = entered.all(&keys).map(str::trim).zip(entered.all(&values).map(str::trim));
            for (at, (key, value)) in tags.filter(|(key, _)| !key.is_empty()).enumerate() {
                pairs.push((format!("{}.{}.Key", parameter.name, at + 1), key.to_owned()));
                pairs.push((format!("{}.{}.Value", parameter.name, at + 1), value.to_owned()));
            }
            continue;
        }
        let values: Vec<&str> = if parameter.form.is_list() {
            entered.all(&name).flat_map(str::lines).map(str::trim).filter(|line| !line.is_empty()).collect()
        } else if parameter.secret {
            vec![entered.get(&name)].into_iter().filter(|value| !value.is_empty()).collect()
        } else {
            entered.filled(&name).into_iter().collect()
        };
        if !values.is_empty() {
            pairs.extend(parameter.form.pairs(&parameter.name, &values));
        }
    }
    pairs
}
