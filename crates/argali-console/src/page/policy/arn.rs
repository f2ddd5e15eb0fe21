//! ARNs built from fields: what a service's resources are called, with fields for what differs.
// SPEC: console, policies: resources are all, or ARNs built from fields.

use maud::{Markup, html};

use super::statement::Statement;
use super::vocabulary::Vocabulary;
use crate::icon::{self, icon};
use crate::pairs::Pairs;
use crate::text::Text;
use crate::text::policy_edit::*;
use crate::visit::Visit;

/// What the button is called that adds an ARN to a statement, before the statement's place.
const ADD_ARN: &str = "arn-";
/// What stands for everything in a field that is left empty.
const ANY: &str = "*";
/// How many characters a field takes.
const LONGEST: usize = 256;

/// Words and fields of a pattern, as `acs:oss:*:{account}:{bucket}/{object}` has them.
fn fields_of(pattern: &str) -> impl Iterator<Item = &str> {
    pattern.split('{').skip(1).filter_map(|piece| piece.split_once('}')).map(|(name, _)| name)
}

/// What is below the account: what tells the types of a service apart.
fn relative(pattern: &str) -> &str {
    pattern.splitn(5, ':').nth(4).unwrap_or(pattern)
}

/// The pattern with what was entered; otherwise the first field that cannot be filled so.
fn filled(pattern: &str, value: impl Fn(&str) -> String) -> Result<String, &str> {
    let mut arn = String::new();
    for (number, piece) in pattern.split('{').enumerate() {
        let Some((name, rest)) = piece.split_once('}').filter(|_| number > 0) else {
            arn.push_str(piece);
            continue;
        };
        let value = value(name);
        // The parts of an ARN are told apart by colons, and texts of a document stand one a line.
        let is_apart = matches!(name, "region" | "account") && value.contains([':', '/']);
        if is_apart || value.chars().any(char::is_control) || value.chars().count() > LONGEST {
            return Err(name);
        }
        arn.push_str(if value.is_empty() { ANY } else { &value });
        arn.push_str(rest);
    }
    Ok(arn)
}

/// The fields of a statement, by its place in the form that was sent.
struct Entered<'a> {
    form: &'a Pairs,
    at: usize,
}

impl Entered<'_> {
    fn of(&self, field: &str) -> Option<&str> {
        self.form.all(&name_of(field, self.at)).next().map(str::trim)
    }

    /// The pattern that is chosen, the first where none of the service is.
    fn pattern<'p>(&self, patterns: &[&'p str]) -> Option<&'p str> {
        let chosen = self.form.get(&type_name(self.at));
        patterns.iter().find(|pattern| **pattern == chosen).or(patterns.first()).copied()
    }
}

fn name_of(field: &str, at: usize) -> String {
    format!("arn-{field}-{at}")
}

/// The script looks again at what stands in a field whose name begins so once it is changed, as at the service.
fn type_name(at: usize) -> String {
    format!("service-type-{at}")
}

/// Adds the ARN that was built, if that was the button. What was typed beside it stays.
pub(super) fn add(form: &Pairs, statements: &mut [Statement], words: &Vocabulary) {
    let Some(at) = place(form) else { return };
    let Some(statement) = statements.get_mut(at) else { return };
    let entered = Entered { form, at };
    let patterns: Vec<&str> = words.patterns(&statement.service).collect();
    let Some(pattern) = entered.pattern(&patterns) else { return };
    let Ok(arn) = filled(pattern, |field| entered.of(field).unwrap_or_default().to_owned()) else { return };
    // Beside the star no ARN would narrow anything.
    statement.resources.retain(|resource| resource != ANY && *resource != arn);
    statement.resources.push(arn);
}

/// The statement whose button was pressed.
fn place(form: &Pairs) -> Option<usize> {
    form.get("do").strip_prefix(ADD_ARN)?.parse().ok()
}

/// The field that the ARN could not be built with whose button was pressed, if there is one: its id.
pub(super) fn wrong(form: &Pairs, statements: &[Statement], words: &Vocabulary) -> Option<String> {
    let at = place(form)?;
    let entered = Entered { form, at };
    let patterns: Vec<&str> = words.patterns(&statements.get(at)?.service).collect();
    let built = filled(entered.pattern(&patterns)?, |field| entered.of(field).unwrap_or_default().to_owned());
    built.err().map(|field| name_of(field, at))
}

/// The fields with which an ARN of a service is built; nothing where only `*` counts or nothing is known.
pub(super) fn part(visit: &Visit<'_>, words: &Vocabulary, (at, statement): (usize, &Statement)) -> Markup {
    let patterns: Vec<&str> = words.patterns(&statement.service).collect();
    // A statement before it that was removed has moved it.
    let dropped = visit.form().get("do").strip_prefix("drop-").and_then(|at| at.parse::<usize>().ok());
    let was_at = at + usize::from(dropped.is_some_and(|dropped| dropped <= at));
    let entered = Entered { form: visit.form(), at: was_at };
    let Some(pattern) = entered.pattern(&patterns) else { return html! {} };
    let is_pressed = place(visit.form()) == Some(at);
    let value = |field: &str| entered.of(field).unwrap_or_default().to_owned();
    let wrong = filled(pattern, value).err().filter(|_| is_pressed);
    let is_wrong = |field: &str| wrong == Some(field);
    let is_changed = |field: &str| entered.of(field).is_some_and(|value| value != preset(visit, field));
    let is_open = is_pressed || patterns.first() != Some(&pattern) || fields_of(pattern).any(is_changed);
    html! {
        details open[is_open] {
            summary { (icon(icon::LuChevronRight)) (visit.say(BUILD_ARN)) }
            div.stack {
                div.field {
                    label for=(type_name(at)) { (visit.say(ARN_TYPE)) }
                    div.beside {
                        select id=(type_name(at)) name=(type_name(at)) {
                            @for other in &patterns {
                                option value=(other) selected[*other == pattern] { (relative(other)) }
                            }
                        }
                        button.button name="do" value="visual" formnovalidate { (visit.say(SHOW_FIELDS)) }
                    }
                }
                div.row {
                    @for field in fields_of(pattern) {
                        (one(visit, (&name_of(field, at), field), entered.of(field), is_wrong(field)))
                    }
                }
                div {
                    button.button.small name="do" value=(format!("{ADD_ARN}{at}")) formnovalidate {
                        (icon(icon::LuPlus)) (visit.say(ADD_ARN_LABEL))
                    }
                }
                p.hint { (visit.say(ARN_HINT)) " " code { (pattern) } }
            }
        }
    }
}

fn one(visit: &Visit<'_>, (name, field): (&str, &str), entered: Option<&str>, is_wrong: bool) -> Markup {
    let preset = preset(visit, field);
    let error = format!("{name}-error");
    html! {
        div.field {
            label for=(name) { (visit.say(label(field))) }
            input id=(name) name=(name) value=(entered.unwrap_or(preset)) maxlength=(LONGEST) autocomplete="off"
                autocapitalize="none" spellcheck="false" aria-invalid=[is_wrong.then_some("true")]
                aria-describedby=[is_wrong.then_some(&error)];
            @if is_wrong { p.error id=(error) { (visit.say(ARN_WRONG)) } }
        }
    }
}

/// What stands in a field first.
fn preset<'v>(visit: &'v Visit<'_>, field: &str) -> &'v str {
    if field == "account" { visit.account_id() } else { ANY }
}

fn label(field: &str) -> Text {
    match field {
        "region" => ARN_REGION,
        "account" => ARN_ACCOUNT,
        "bucket" => ARN_BUCKET,
        "object" => ARN_OBJECT,
        "queue" => ARN_QUEUE,
        "topic" => ARN_TOPIC,
        "subscription" => ARN_SUBSCRIPTION,
        _ => ARN_ID,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built<'p>(pattern: &'p str, values: &[(&str, &str)]) -> Result<String, &'p str> {
        let entered = |field: &str| values.iter().find(|(name, _)| *name == field);
        filled(pattern, |field| entered(field).map_or_else(String::new, |(_, value)| (*value).to_owned()))
    }

    #[test]
    fn a_pattern_is_filled_and_what_is_empty_means_any() {
        let instance = "acs:ecs:{region}:{account}:instance/{id}";
        assert_eq!(
            built(instance, &[("region", "cn-hangzhou"), ("account", "1"), ("id", "i-1")]),
            Ok("acs:ecs:cn-hangzhou:1:instance/i-1".to_owned())
        );
        assert_eq!(built(instance, &[]), Ok("acs:ecs:*:*:instance/*".to_owned()));
        let object = "acs:oss:*:{account}:{bucket}/{object}";
        let values = [("bucket", "b"), ("object", "a:b/{bucket}")];
        assert_eq!(
            built(object, &values),
            Ok("acs:oss:*:*:b/a:b/{bucket}".to_owned()),
            "values are no patterns"
        );
        for (field, value) in [("region", "cn:1"), ("account", "1/2"), ("id", "a\nb")] {
            assert_eq!(built(instance, &[(field, value)]), Err(field));
        }
    }

    #[test]
    fn fields_stand_in_their_order() {
        let fields: Vec<_> =
            fields_of("acs:mns:{region}:{account}:/topics/{topic}/subscriptions/{x}").collect();
        assert_eq!(fields, ["region", "account", "topic", "x"]);
        assert_eq!(relative("acs:mns:{region}:{account}:/queues/{queue}"), "/queues/{queue}");
    }
}
