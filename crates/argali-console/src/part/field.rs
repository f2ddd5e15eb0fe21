//! Fields of forms: each with its label, its hint, and what is wrong with it.

use std::borrow::Cow;

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::{about, explained};
use crate::api::text;
use crate::pairs::{Pairs, encode};
use crate::text::Text;
use crate::text::settings::NUMBER_RANGE;
use crate::visit::Visit;

/// What was entered into a form, and what came of it.
#[derive(Clone, Debug)]
pub(crate) struct Fields<'a> {
    visit: &'a Visit<'a>,
    /// What stands in the fields: the form that was sent, or what prefills it.
    entered: Cow<'a, Pairs>,
    failure: Option<&'a ApiFailure>,
    /// A field with which something is wrong that no operation said, and what.
    wrong: Option<(&'static str, &'a str)>,
}

/// A field. Its name is the parameter's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    /// Its name.
    pub(crate) name: &'static str,
    /// Its label.
    pub(crate) label: Text,
    /// What helps to fill it in.
    pub(crate) hint: Option<Text>,
    /// What kind of input it is: `text`, `password`, `textarea`.
    pub(crate) kind: &'static str,
    /// Whether it must be filled in.
    pub(crate) required: bool,
    /// How many characters it takes at most.
    pub(crate) longest: u32,
    /// What browsers may fill in.
    pub(crate) autocomplete: &'static str,
    /// The list that is offered while one types.
    pub(crate) list: Option<&'static str>,
}

impl Field {
    /// A line of text.
    pub(crate) const fn text(name: &'static str, label: Text) -> Self {
        Self {
            name,
            label,
            hint: None,
            kind: "text",
            required: false,
            longest: 256,
            autocomplete: "off",
            list: None,
        }
    }

    /// The same, which must be filled in.
    #[must_use]
    pub(crate) const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// The same with a hint.
    #[must_use]
    pub(crate) const fn hint(self, hint: Text) -> Self {
        Self { hint: Some(hint), ..self }
    }

    /// The same, taking so many characters at most.
    #[must_use]
    pub(crate) const fn longest(self, longest: u32) -> Self {
        Self { longest, ..self }
    }

    /// The same, offering what the list with this id holds.
    #[must_use]
    pub(crate) const fn offering(self, list: &'static str) -> Self {
        Self { list: Some(list), ..self }
    }

    /// The same of another kind, with what browsers may fill in.
    #[must_use]
    pub(crate) const fn kind(self, kind: &'static str, autocomplete: &'static str) -> Self {
        Self { kind, autocomplete, ..self }
    }
}

impl<'a> Fields<'a> {
    /// The fields of a form that is filled in as the address says.
    pub(crate) fn new(visit: &'a Visit<'a>) -> Self {
        let entered = if visit.is_post() { visit.form() } else { visit.query() };
        Self { visit, entered: Cow::Borrowed(entered), failure: None, wrong: None }
    }

    /// Fields with nothing in them.
    pub(crate) fn empty(visit: &'a Visit<'a>) -> Self {
        Self::of(visit, Pairs::default())
    }

    /// Fields with these values in them.
    pub(crate) fn of(visit: &'a Visit<'a>, values: Pairs) -> Self {
        Self { visit, entered: Cow::Owned(values), failure: None, wrong: None }
    }

    /// The same showing what an answer has, each field by the member it changes, unless something was entered.
    #[must_use]
    pub(crate) fn showing(self, answer: &Value, members: &[(&str, &str)]) -> Self {
        if self.visit.is_post() || self.visit.is_kept() {
            return self;
        }
        let pairs = members.iter().map(|(field, member)| (*field, text(answer, member)));
        Self { entered: Cow::Owned(Pairs::read(&encode(pairs))), ..self }
    }

    /// The same after what was sent was refused.
    #[must_use]
    pub(crate) fn refused(self, failure: Option<&'a ApiFailure>) -> Self {
        Self { failure, ..self }
    }

    /// The same where the page itself found something wrong with a field.
    #[must_use]
    pub(crate) fn wrong(self, name: &'static str, words: Option<&'a str>) -> Self {
        Self { wrong: words.map(|words| (name, words)), ..self }
    }

    /// What stands in all of them.
    pub(crate) fn entered(&self) -> &Pairs {
        &self.entered
    }

    /// What stands in a field.
    pub(crate) fn value(&self, name: &str) -> &str {
        self.entered.get(name)
    }

    /// What is wrong with a field.
    pub(crate) fn error(&self, name: &str) -> Option<String> {
        if let Some((_, words)) = self.wrong.filter(|(wrong, _)| *wrong == name) {
            return Some(words.to_owned());
        }
        let failure = self.failure?;
        about(failure).iter().any(|about| about == name).then(|| explained(self.visit, failure))
    }

    /// A field for a whole number between two, which its hint can name.
    pub(crate) fn number(&self, field: Field, (least, most): (u32, u32)) -> Markup {
        let Field { name, label, hint, required, .. } = field;
        let error = self.error(name);
        let described = format!("{name}-hint");
        html! {
            div.field.figure {
                label for=(name) { (self.visit.say(label)) }
                input id=(name) name=(name) type="number" value=(self.value(name)) min=(least) max=(most)
                    required[required] aria-describedby=(described) aria-invalid=[error.as_ref().map(|_| "true")];
                p.hint id=(described) {
                    (self.visit.fill(hint.unwrap_or(NUMBER_RANGE), &[&least.to_string(), &most.to_string()]))
                }
                @if let Some(error) = error { p.error { (error) } }
            }
        }
    }

    /// A field.
    pub(crate) fn show(&self, field: Field) -> Markup {
        self.show_as(field, self.visit.say(field.label))
    }

    /// The same with a label that says more.
    pub(crate) fn show_as(&self, field: Field, label: &str) -> Markup {
        let Field { name, hint, kind, required, longest, autocomplete, list, .. } = field;
        let error = self.error(name);
        let described =
            [hint.map(|_| format!("{name}-hint")), error.as_ref().map(|_| format!("{name}-error"))];
        let described: Vec<_> = described.into_iter().flatten().collect();
        let described = (!described.is_empty()).then(|| described.join(" "));
        let invalid = error.as_ref().map(|_| "true");
        // What is secret is never sent back.
        let value = if kind == "password" { "" } else { self.value(name) };
        html! {
            div.field {
                label for=(name) { (label) }
                @if kind == "textarea" {
                    textarea id=(name) name=(name) rows="3" maxlength=(longest) required[required] spellcheck="false"
                        aria-describedby=[described] aria-invalid=[invalid] { (value) }
                } @else {
                    input id=(name) name=(name) type=(kind) value=(value) maxlength=(longest) required[required]
                        autocomplete=(autocomplete) autocapitalize="none" spellcheck="false" list=[list]
                        aria-describedby=[described] aria-invalid=[invalid];
                }
                @if let Some(hint) = hint { p.hint id=(format!("{name}-hint")) { (self.visit.say(hint)) } }
                @if let Some(error) = error { p.error id=(format!("{name}-error")) { (error) } }
            }
        }
    }
}

/// A few values of which one is chosen, all of them seen.
pub(crate) fn choices(
    visit: &Visit<'_>,
    (name, label): (&str, Text),
    chosen: &str,
    options: &[(&str, String)],
    hint: Option<Text>,
) -> Markup {
    html! {
        fieldset.options {
            legend { (visit.say(label)) }
            @for (value, text) in options {
                label.tick {
                    input type="radio" name=(name) value=(value) checked[*value == chosen];
                    span { (text) }
                }
            }
            @if let Some(hint) = hint { p.hint { (visit.say(hint)) } }
        }
    }
}

/// A field whose value is one of a few.
pub(crate) fn select(
    visit: &Visit<'_>,
    (name, label): (&str, Text),
    chosen: &str,
    options: &[(&str, String)],
) -> Markup {
    html! {
        div.field {
            label for=(name) { (visit.say(label)) }
            select id=(name) name=(name) {
                @for (value, text) in options {
                    option value=(value) selected[*value == chosen] { (text) }
                }
            }
        }
    }
}
