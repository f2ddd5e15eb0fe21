//! A backup of the server: fetched here, or made and restored by commands.

use maud::{Markup, html};

use super::{PATH, backup_check};
use crate::api::{ARGALI, text};
use crate::icon::{self, icon};
use crate::page::{Outcome, result};
use crate::part::{Weight, card, heading, lines, notice, show_api};
use crate::shell::token;
use crate::text::operator::*;
use crate::text::shell::CLOSE;
use crate::visit::Visit;

// Objects first and once more: bytes of what is deleted meanwhile are removed soon.
const BACK_UP: &str = "rsync -a DIR/objects copies/\nargali backup copies/argali.backup --data DIR\n\
    rsync -a DIR/objects DIR/audit copies/";
pub(super) const RESTORE: &str = "install -d -m 700 NEW\ninstall -m 600 master.key NEW/master.key\n\
    cp -a copies/objects copies/audit NEW/\nargali restore copies/argali.backup --data NEW\nargali serve --data NEW";

/// The tab.
pub(super) fn part(visit: &Visit<'_>) -> Markup {
    let making = html! {
        p { (visit.say(BACKUP_WHAT)) }
        form.stack method="post" action=(visit.to(&format!("{PATH}/backup"))) {
            (token(visit))
            div.actions {
                button.button.main { (icon(icon::LuDownload)) (visit.say(MAKE_BACKUP)) }
                (show_api(visit))
            }
        }
    };
    html! {
        (card(visit.say(BACKUP), &html! { div.stack { (making) } }))
        (notice(Weight::Warning, &html! { p { (visit.say(BACKUP_LACKS)) } }))
        section.card.stack {
            h2 { (visit.say(BY_COMMAND)) }
            p.muted { (visit.say(BY_COMMAND_WHAT)) }
            (lines(visit, BACK_UP))
        }
        (backup_check::form(visit))
        section.card.stack {
            h2 { (visit.say(RESTORING)) }
            p.muted { (visit.say(RESTORING_WHAT)) }
            (lines(visit, RESTORE))
        }
    }
}

/// Calls for a backup, and leads to where it is fetched, once.
pub(super) async fn make(visit: &Visit<'_>) -> Outcome {
    let made = visit.call(ARGALI, "MakeBackup", &[]).await?;
    let back = visit.to(&format!("{PATH}?tab=backup"));
    let content = html! {
        div.narrow {
            (heading(&html! { (visit.say(BACKUP_READY)) }, None, &html! {}))
            (notice(Weight::Info, &html! { p { (visit.say(BACKUP_READY_WHAT)) } }))
            div.actions {
                a.button.main href=(text(&made, "Path")) download { (icon(icon::LuDownload)) (visit.say(FETCH_BACKUP)) }
                a.button href=(back) { (visit.say(CLOSE)) }
            }
        }
    };
    Ok(result::keep(visit, visit.say(BACKUP_READY), content))
}
