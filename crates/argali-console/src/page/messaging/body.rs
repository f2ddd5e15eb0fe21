//! What messages say: entered into a form, and shown so that it can do no harm.
// SPEC: console, safety; budgets: a page has at most 60 KB.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{Markup, html};

use crate::part::{Field, Fields, tick};
use crate::text::messaging::*;
use crate::visit::Visit;

const FIELD: Field =
    Field::text("MessageBody", BODY).kind("textarea", "off").required().longest(65_536).hint(BODY_HINT);
/// How many bytes of a page the bodies of its messages take at most.
const MOST_SHOWN: usize = 16 << 10;

/// The field for what a message is to say.
pub(super) fn field(visit: &Visit<'_>) -> Markup {
    html! {
        (Fields::new(visit).show(FIELD))
        (tick(visit, ("base64", ENCODE), visit.form().is_ticked("base64"), Some(ENCODE_HINT)))
    }
}

/// What was entered.
pub(super) fn entered(visit: &Visit<'_>) -> String {
    let text = visit.form().get(FIELD.name);
    if visit.form().is_ticked("base64") { STANDARD.encode(text) } else { text.to_owned() }
}

/// The body of one of `among` messages on a page, as it is and, if that is other text in Base64, as that.
pub(super) fn shown(visit: &Visit<'_>, body: &str, among: usize) -> Markup {
    let room = MOST_SHOWN / among.max(1) / 2;
    html! {
        (part(visit, body, room))
        @if let Some(text) = decoded(body) {
            div { h3 { (visit.say(DECODED)) } (part(visit, &text, room)) }
        }
    }
}

fn part(visit: &Visit<'_>, text: &str, room: usize) -> Markup {
    let (shown, taken) = harmless(text, room);
    html! {
        div.lines { pre tabindex="0" { code { bdi { (shown) } } } }
        @if taken < text.len() {
            p.hint { (visit.fill(CUT, &[&taken.to_string(), &text.len().to_string()])) }
        }
    }
}

/// The text that is written here in Base64, as most SDKs do.
fn decoded(body: &str) -> Option<String> {
    let text = String::from_utf8(STANDARD.decode(body).ok()?).ok()?;
    let is_text = !text.is_empty() && text.chars().all(|c| !c.is_control() || c.is_whitespace());
    is_text.then_some(text)
}

/// The beginning of a text that takes at most `room` bytes of a page, and of how many bytes of the text that is. What
/// cannot be seen, or turns the direction of writing, is written as its number.
pub(super) fn harmless(text: &str, room: usize) -> (String, usize) {
    let (mut shown, mut used, mut taken) = (String::new(), 0, 0);
    for c in text.chars() {
        let written = if is_seen(c) { c.to_string() } else { format!("⟨U+{:04X}⟩", u32::from(c)) };
        used += match c {
            '"' => "&quot;".len(),
            '&' => "&amp;".len(),
            '<' | '>' => "&lt;".len(),
            _ => written.len(),
        };
        if used > room {
            break;
        }
        shown.push_str(&written);
        taken += c.len_utf8();
    }
    (shown, taken)
}

fn is_seen(c: char) -> bool {
    let turns =
        matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}');
    !turns && c != '\u{feff}' && (!c.is_control() || matches!(c, '\n' | '\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_written_as_its_number() {
        assert_eq!(harmless("a\u{202e}b\0c\n", 100).0, "a⟨U+202E⟩b⟨U+0000⟩c\n");
    }

    #[test]
    fn a_body_takes_no_more_room_than_it_has() {
        let hostile = "\"".repeat(65_536);
        let (shown, taken) = harmless(&hostile, 600);
        assert_eq!((shown.len(), taken), (100, 100));
        assert_eq!(harmless("年年", 4), ("年".to_owned(), 3));
    }

    #[test]
    fn base64_is_read_where_it_is_text() {
        assert_eq!(decoded("aGVsbG8=").as_deref(), Some("hello"));
        for other in ["", "hello", "AAEC", "abcd", "<script>"] {
            assert_eq!(decoded(other), None, "{other}");
        }
    }
}
