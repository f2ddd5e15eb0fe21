//! Verifying a backup, and the command that restores it.
//!
//! A restore replaces everything, the records of who may do it among them, so it is made while nobody writes: with the
//! server stopped, into a new folder, by a command. What a page can do is look before.
// SPEC: console, operator; decision 10, a backup is the records.

use argali_core::backup::{Made, check_with_seal};
use maud::{Markup, html};

use super::{PATH, account, backup};
use crate::LONGEST_UPLOAD;
use crate::api::{ARGALI, holds};
use crate::icon::{self, icon};
use crate::moment::moment;
use crate::page::{Outcome, result};
use crate::part::{Weight, facts, heading, in_words, lines, notice, show_api};
use crate::shell::token;
use crate::text::Text;
use crate::text::operator::*;
use crate::text::shell::CLOSE;
use crate::visit::Visit;

const MIB: usize = 1 << 20;
/// How the commands of the tab call the file.
const NAME: &str = "copies/argali.backup";

/// The form that takes a file.
pub(super) fn form(visit: &Visit<'_>) -> Markup {
    let most = (LONGEST_UPLOAD / MIB).to_string();
    html! {
        form.card.stack method="post" enctype="multipart/form-data" action=(visit.to(&format!("{PATH}/backup/verify"))) {
            h2 { (visit.say(VERIFYING)) }
            p.muted { (visit.say(VERIFYING_WHAT)) }
            (token(visit))
            div.field {
                label for="file" { (visit.say(BACKUP_FILE)) }
                input #file type="file" name="file" required aria-describedby="file-hint";
                p.hint #file-hint { (visit.fill(BACKUP_FILE_HINT, &[&most])) }
            }
            div.actions {
                button.button { (icon(icon::LuCheck)) (visit.say(VERIFY)) }
                (show_api(visit))
            }
        }
    }
}

/// Verifies the file, and leads to what came of it, which is shown once.
pub(super) async fn verify(visit: &Visit<'_>) -> Outcome {
    // Whoever is no operator is told so, before anything is read.
    account::all(visit).await?;
    let file = visit.upload();
    let content = match file.map(|file| check_with_seal(file.content)) {
        None => bad(visit, visit.say(NO_BACKUP_FILE)),
        Some(Err(error)) => bad(visit, &in_words(visit, &error.to_string())),
        Some(Ok((made, seal))) => {
            let params = [
                ("MasterKeyCheck", seal.master_key_check.as_str()),
                ("Sum", &seal.sum),
                ("SumSignature", &seal.signature),
            ];
            let answer = visit.call(ARGALI, "VerifyBackup", &params).await?;
            let whose = (holds(&answer, "IsOfThisMasterKey"), holds(&answer, "IsSigned"));
            good(visit, &made, whose, file.map(|file| file.name).unwrap_or_default())
        }
    };
    let content = html! {
        div.narrow {
            (heading(&html! { (visit.say(VERIFYING)) }, None, &html! {}))
            (content)
            div.actions { a.button href=(visit.to(&format!("{PATH}?tab=backup"))) { (visit.say(CLOSE)) } }
        }
    };
    Ok(result::keep(visit, visit.say(VERIFYING), content))
}

fn bad(visit: &Visit<'_>, why: &str) -> Markup {
    notice(Weight::Danger, &html! { p { strong { (visit.say(BACKUP_BAD)) } } p { (why) } })
}

fn good(visit: &Visit<'_>, made: &Made, whose: (bool, bool), name: &str) -> Markup {
    let (weight, words): (Weight, Text) = match whose {
        (true, true) => (Weight::Info, BACKUP_GOOD),
        (true, false) => (Weight::Danger, BACKUP_UNSIGNED),
        (false, _) => (Weight::Warning, BACKUP_OTHER_KEY),
    };
    html! {
        (notice(weight, &html! { p { (visit.say(words)) } }))
        section.card {
            (facts(&[
                (visit.say(MADE_AT), moment(visit, &made.head.made_at().to_string())),
                (visit.say(MADE_BY), html! { code { bdi { (made.head.version) } } }),
                (visit.say(RECORDS_HELD), html! { (made.rows) }),
                (visit.say(BYTES_HELD), html! { (made.bytes) }),
            ]))
        }
        @if whose != (true, false) {
            section.card.stack {
                h2 { (visit.say(RESTORE_IT)) }
                p.muted { (visit.say(RESTORE_IT_WHAT)) }
                (lines(visit, &backup::RESTORE.replace(NAME, &in_shell(name))))
            }
        }
    }
}

/// The path of a file of this name, as a shell reads it, whatever the name is.
fn in_shell(name: &str) -> String {
    // Some browsers send the folders of their own system along.
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let name: String = name.chars().filter(|c| !c.is_control()).collect();
    if name.chars().all(is_plain) && !name.is_empty() && !name.starts_with('-') {
        return format!("copies/{name}");
    }
    format!("'copies/{}'", name.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_word_to_a_shell() {
        for (name, word) in [
            ("argali-20261201.backup", "copies/argali-20261201.backup"),
            ("a b", "'copies/a b'"),
            ("a'; rm -rf ~", r"'copies/a'\''; rm -rf ~'"),
            ("../../etc/x.backup", "copies/x.backup"),
            ("-rf", "'copies/-rf'"),
            ("", "'copies/'"),
        ] {
            assert_eq!(in_shell(name), word);
        }
    }

    #[test]
    fn the_command_of_the_tab_has_the_name_in_it() {
        assert!(backup::RESTORE.contains(NAME));
    }
}
