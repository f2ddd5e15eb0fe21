//! The language and the colours of this browser, and whether keys do something in it.

use crate::answer::Answer;
use crate::browser::Kept;
use crate::language::{Language, Theme};
use crate::local;
use crate::visit::Visit;

/// Keeps what was chosen, and leads back.
pub(crate) fn keep(visit: &Visit<'_>) -> Answer {
    let form = visit.form();
    let back = form.get("back");
    let is_logon = back == "/logon" || back.starts_with("/logon?") || back == "/logon/continue";
    let is_plain = back.chars().all(|c| c.is_ascii_graphic() && c != '\\');
    let back = if is_logon && is_plain { back } else { local::page(back).unwrap_or("/console") };
    let mut answer = Answer::see(back);
    if let Some(language) = Language::of_tag(form.get("language")) {
        answer = answer.setting(Kept::Language.set(language.tag(), visit.is_secure()));
    }
    if let Some(theme) = Theme::of_tag(form.get("theme")) {
        answer = answer.setting(Kept::Theme.set(theme.tag(), visit.is_secure()));
    }
    if let keys @ ("on" | "off") = form.get("keys") {
        answer = answer.setting(Kept::Keys.set(keys, visit.is_secure()));
    }
    answer
}
