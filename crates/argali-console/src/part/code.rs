//! JSON to be read: laid out, with numbers of lines, and its names and values told apart.

use std::fmt::Write as _;

use maud::{Markup, html};
use serde_json::Value;

/// The order in which members are written; others follow.
const ORDER: [&str; 7] = ["Version", "Statement", "Effect", "Principal", "Action", "Resource", "Condition"];

/// A document, laid out already.
pub(crate) fn code(document: &str) -> Markup {
    html! {
        pre.numbered tabindex="0" { code { @for line in document.lines() { span.line { (coloured(line)) "\n" } } } }
    }
}

fn coloured(line: &str) -> Markup {
    let text = line.trim_start();
    let (indent, _) = line.split_at(line.len() - text.len());
    match name_of(text) {
        Some((name, value)) => html! { (indent) span.name { (name) } ": " (value_of(value)) },
        None => html! { (indent) (value_of(text)) },
    }
}

/// The name of a member and what follows its colon.
fn name_of(text: &str) -> Option<(&str, &str)> {
    let at = text.strip_prefix('"')?.find("\": ")? + 2;
    Some((text.get(..at)?, text.get(at + 2..)?))
}

fn value_of(text: &str) -> Markup {
    match text.strip_suffix(',') {
        Some(value) if value.starts_with('"') => html! { span.value { (value) } "," },
        None if text.starts_with('"') => html! { span.value { (text) } },
        _ => html! { (text) },
    }
}

/// JSON with its lines broken, the members of policies in the order in which they are read.
pub(crate) fn pretty(value: &Value) -> String {
    let mut text = String::new();
    write_pretty(value, 0, &mut text);
    text
}

fn write_pretty(value: &Value, depth: usize, text: &mut String) {
    let indent = |text: &mut String, depth: usize| {
        text.push('\n');
        text.extend(std::iter::repeat_n("  ", depth));
    };
    match value {
        Value::Array(values) if !values.is_empty() => {
            for (at, value) in values.iter().enumerate() {
                text.push_str(if at == 0 { "[" } else { "," });
                indent(text, depth + 1);
                write_pretty(value, depth + 1, text);
            }
            indent(text, depth);
            text.push(']');
        }
        Value::Object(members) if !members.is_empty() => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| ORDER.iter().position(|own| own == name).unwrap_or(ORDER.len()));
            for (at, (name, value)) in members.into_iter().enumerate() {
                text.push_str(if at == 0 { "{" } else { "," });
                indent(text, depth + 1);
                _ = write!(text, "{}: ", Value::from(name.as_str()));
                write_pretty(value, depth + 1, text);
            }
            indent(text, depth);
            text.push('}');
        }
        _ => _ = write!(text, "{value}"),
    }
}

/// JSON with its lines broken. What is none, and what its author has laid out, stays as it is.
// SPEC: requirements, X3: the author's text is kept when it is shown again.
pub(crate) fn indented(document: &str) -> String {
    if document.contains('\n') { document.to_owned() } else { formatted(document) }
}

/// JSON laid out anew. What is none stays as it is.
pub(crate) fn formatted(document: &str) -> String {
    serde_json::from_str(document).map_or_else(|_| document.to_owned(), |value| pretty(&value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_are_told_apart_and_nothing_is_lost() {
        let shown = code("{\n  \"a\": \"x: <y>\",\n  [\n    \"acs:ram::1:root\"\n  ]\n}").into_string();
        assert!(shown.contains("<span class=\"name\">&quot;a&quot;</span>: <span class=\"value\">&quot;x: &lt;y&gt;&quot;</span>,"), "{shown}");
        assert!(shown.contains("<span class=\"value\">&quot;acs:ram::1:root&quot;</span>"), "{shown}");
        assert_eq!(shown.matches("class=\"line\"").count(), 6);
    }
}
