//! The language and the colours of pages, and whether keys do something: kept with whoever is logged on, for all of its
//! browsers, and with this browser for before somebody logs on.

use crate::answer::Answer;
use crate::api::ARGALI;
use crate::browser::Kept;
use crate::language::{Language, Theme};
use crate::local;
use crate::visit::Visit;

/// Keeps what was chosen, and leads back.
pub(crate) async fn keep(visit: &Visit<'_>) -> Answer {
    let form = visit.form();
    let back = form.get("back");
    let is_logon = back == "/logon" || back.starts_with("/logon?") || back == "/logon/continue";
    let is_plain = back.chars().all(|c| c.is_ascii_graphic() && c != '\\');
    let back = if is_logon && is_plain { back } else { local::page(back).unwrap_or("/console") };
    if visit.cookies().get(Kept::Session).is_some() {
        let keys = match form.get("keys") {
            "on" => "true",
            "off" => "false",
            _ => "",
        };
        let chosen = [("Language", form.get("language")), ("Theme", form.get("theme")), ("Shortcuts", keys)];
        // Where the logon has ended meanwhile, the browser remembers it alone.
        visit.call_as_oneself(ARGALI, "SetPreferences", &chosen).await.ok();
    }
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
