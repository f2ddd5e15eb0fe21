//! The visual editor: a document's statements as fields.

use maud::{Markup, html};

use super::arn;
use super::statement::{Condition, MOST, Statement};
use super::vocabulary::{KEYS, LEVELS, OPERATORS, Vocabulary};
use crate::icon::{self, icon};
use crate::text::policy_edit::*;
use crate::visit::Visit;

/// The fields of all statements.
pub(super) fn fields(visit: &Visit<'_>, words: &Vocabulary, statements: &[Statement]) -> Markup {
    html! {
        input type="hidden" name="count" value=(statements.len());
        datalist #condition-keys { @for key in KEYS { option value=(key) {} } }
        @for (at, statement) in statements.iter().enumerate() {
            (One { visit, words, at, statement }.show())
        }
        @if statements.len() < MOST {
            div { button.button name="do" value="add" formnovalidate { (icon(icon::LuPlus)) (visit.say(ADD)) } }
        }
    }
}

/// One statement.
struct One<'a> {
    visit: &'a Visit<'a>,
    words: &'a Vocabulary,
    at: usize,
    statement: &'a Statement,
}

impl One<'_> {
    fn name(&self, field: &str) -> String {
        format!("{field}-{}", self.at)
    }

    fn show(&self) -> Markup {
        let (visit, number) = (self.visit, (self.at + 1).to_string());
        let whole = self.words.is_whole(&self.statement.service);
        html! {
            fieldset.card.stack.policy-statement {
                legend.hidden { (visit.fill(STATEMENT, &[&number])) }
                div.card-head {
                    h2 { (visit.fill(STATEMENT, &[&number])) }
                    button.quiet.danger name="do" value=(format!("drop-{}", self.at)) formnovalidate aria-label=(visit.fill(REMOVE, &[&number])) {
                        (icon(icon::LuX))
                    }
                }
                div.row { (self.effect()) (self.service()) }
                (self.actions())
                (self.lines("resource", RESOURCES, if whole { ONLY_STAR } else { RESOURCES_HINT }, &self.statement.resources))
                (arn::part(visit, self.words, (self.at, self.statement)))
                (self.conditions())
            }
        }
    }

    fn effect(&self) -> Markup {
        let name = self.name("effect");
        html! {
            div.field {
                label for=(name) { (self.visit.say(EFFECT)) }
                select id=(name) name=(name) {
                    @for (value, label) in [("Allow", ALLOW), ("Deny", DENY)] {
                        option value=(value) selected[value == self.statement.effect] { (self.visit.say(label)) }
                    }
                }
            }
        }
    }

    fn service(&self) -> Markup {
        let (name, chosen) = (self.name("service"), &self.statement.service);
        let known: Vec<&str> = self.words.services().collect();
        let is_known = chosen == "*" || known.contains(&chosen.as_str());
        html! {
            div.field {
                label for=(name) { (self.visit.say(SERVICE)) }
                input type="hidden" name=(self.name("of-service")) value=(chosen);
                div.beside {
                    select id=(name) name=(name) {
                        option value="*" selected[chosen == "*"] { (self.visit.say(EVERY_SERVICE)) }
                        @if !is_known { option value=(chosen) selected { (chosen) } }
                        @for code in known { option value=(code) selected[code == chosen] { (code) } }
                    }
                    button.button name="do" value="visual" data-shows-actions formnovalidate { (self.visit.say(SHOW_ACTIONS)) }
                }
            }
        }
    }

    fn actions(&self) -> Markup {
        let (visit, statement) = (self.visit, self.statement);
        let others = statement.actions.iter().filter(|action| !self.words.has(&statement.service, action));
        let others: Vec<String> = others.cloned().collect();
        html! {
            div.stack {
                h3 { (visit.say(ACTIONS)) }
                label.tick {
                    input type="checkbox" name=(self.name("all")) value="true" checked[statement.all];
                    span { (visit.say(EVERY_ACTION)) }
                }
                @for (level, label) in LEVELS { (self.level(level, label)) }
                (self.lines("more", MORE_ACTIONS, MORE_ACTIONS_HINT, &others))
            }
        }
    }

    fn level(&self, level: &str, label: crate::text::Text) -> Markup {
        let known: Vec<&str> = self.words.of_level(&self.statement.service, level).collect();
        let is_chosen = |action: &str| self.statement.actions.iter().any(|chosen| chosen == action);
        let count = known.iter().filter(|action| is_chosen(action)).count();
        let (visit, total) = (self.visit, known.len().to_string());
        html! {
            @if !known.is_empty() {
                details.level open[count > 0 && count < known.len()] {
                    summary {
                        (icon(icon::LuChevronRight)) (visit.say(label)) " "
                        span.badge { (visit.fill(CHOSEN, &[&count.to_string(), &total])) }
                    }
                    div.levels {
                        label.tick {
                            input type="checkbox" name=(self.name("level")) value=(level);
                            strong { (visit.fill(WHOLE_LEVEL, &[&total])) }
                        }
                        @for action in known {
                            label.tick {
                                input type="checkbox" name=(self.name("action")) value=(action) checked[is_chosen(action)];
                                span { (action) }
                            }
                        }
                    }
                }
            }
        }
    }

    fn lines(
        &self,
        field: &str,
        label: crate::text::Text,
        hint: crate::text::Text,
        lines: &[String],
    ) -> Markup {
        let name = self.name(field);
        html! {
            div.field {
                label for=(name) { (self.visit.say(label)) }
                textarea id=(name) name=(name) rows="2" spellcheck="false" aria-describedby=(format!("{name}-hint")) {
                    (lines.join("\n"))
                }
                p.hint id=(format!("{name}-hint")) { (self.visit.say(hint)) }
            }
        }
    }

    /// The conditions, and one more row to be filled in.
    fn conditions(&self) -> Markup {
        let (visit, empty) = (self.visit, Condition::default());
        // What the list does not have stays as it is.
        let others = |own: &str| (!own.is_empty() && !OPERATORS.contains(&own)).then(|| own.to_owned());
        html! {
            details open[!self.statement.conditions.is_empty()] {
                summary { (icon(icon::LuChevronRight)) (visit.say(CONDITIONS)) }
                div.stack {
                    @for condition in self.statement.conditions.iter().chain([&empty]) {
                        div.condition {
                            select name=(self.name("operator")) aria-label=(visit.say(OPERATOR)) {
                                @for operator in OPERATORS {
                                    option value=(operator) selected[operator == condition.operator] { (operator) }
                                }
                                @if let Some(other) = others(&condition.operator) { option value=(other) selected { (other) } }
                            }
                            input name=(self.name("key")) value=(condition.key) list="condition-keys" maxlength="256"
                                placeholder=(visit.say(KEY)) aria-label=(visit.say(KEY)) autocomplete="off" spellcheck="false";
                            textarea name=(self.name("values")) rows=(condition.values.len().max(1)) maxlength="2048"
                                placeholder=(visit.say(VALUES)) aria-label=(visit.say(VALUES)) spellcheck="false" {
                                (condition.values.join("\n"))
                            }
                        }
                    }
                    p.hint { (visit.say(VALUES_HINT)) }
                }
            }
        }
    }
}
