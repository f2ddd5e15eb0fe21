//! What a browser remembers of its reader: the language and the colours of pages.

use maud::{Markup, html};

use super::token;
use crate::icon::{self, icon};
use crate::language::{Language, Theme};
use crate::text::shell::*;
use crate::visit::Visit;

/// The choice of a language.
pub(crate) fn language_switch(visit: &Visit<'_>) -> Markup {
    html! {
        form.choice method="post" action="/logon/preferences" aria-label=(visit.say(LANGUAGE)) {
            (token(visit))
            input type="hidden" name="back" value=(visit.target());
            @for language in Language::ALL.into_iter().filter(|language| *language != visit.language()) {
                button.quiet name="language" value=(language.tag()) lang=(language.tag()) {
                    (icon(icon::LuLanguages)) (language.own_name())
                }
            }
        }
    }
}

/// The choice of colours.
pub(crate) fn theme_switch(visit: &Visit<'_>) -> Markup {
    let choices = [
        (Theme::System, THEME_SYSTEM, icon::LuSunMoon),
        (Theme::Light, THEME_LIGHT, icon::LuSun),
        (Theme::Dark, THEME_DARK, icon::LuMoon),
    ];
    html! {
        form.segments method="post" action="/logon/preferences" role="group" aria-label=(visit.say(THEME)) {
            (token(visit))
            input type="hidden" name="back" value=(visit.target());
            @for (theme, label, picture) in choices {
                button name="theme" value=(theme.tag()) aria-pressed=(visit.theme() == theme) {
                    (icon(picture)) (visit.say(label))
                }
            }
        }
    }
}
