//! The members of a group: who they are, who is put into it, and who is taken out.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::path_of;
use crate::answer::Answer;
use crate::api::{RAM, list, text};
use crate::icon;
use crate::moment::moment;
use crate::need::{Need, needing, submit};
use crate::page::grant::{Kind, Principal};
use crate::page::picker::{FIND, Picker};
use crate::page::several::{Came, results};
use crate::page::{Outcome, Refusal, user};
use crate::part::list::tick_all;
use crate::part::{Fields, SHORT_SIZES, Table, empty, page_size_of, pager_of, show_api, summary, summary_of};
use crate::shell::token;
use crate::text::group::*;
use crate::text::list::{CHOOSE, WITH_CHOSEN};
use crate::text::shell::ACTIONS;
use crate::text::user::{REMOVE, REMOVED_SEVERAL};
use crate::visit::Visit;

/// How many members leave little room on their page for others.
const MANY: usize = 20;
/// Those who are to become members.
const NEW: Picker =
    Picker { field: "UserName", boxes: "member", label: MEMBER, kinds: &[Kind::User], at_first: 5 };
/// What the form of the members calls those that are ticked, and the one whose button is pressed.
const TICKED: &str = "on";
const ONE: &str = "one";

/// What is wrong with whoever was to be added.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wrong<'f> {
    /// Nobody was chosen.
    Nobody,
    /// The operation was refused.
    Refused(&'f ApiFailure),
}

impl Wrong<'_> {
    pub(super) fn status(self) -> u16 {
        match self {
            Self::Nobody => 400,
            Self::Refused(failure) => failure.status,
        }
    }
}

/// The tab.
pub(super) async fn part(
    visit: &Visit<'_>,
    group: &str,
    wrong: Option<Wrong<'_>>,
) -> Result<Markup, ApiFailure> {
    let params = [
        ("GroupName", group),
        ("Marker", visit.query().get("marker")),
        ("MaxItems", page_size_of(visit, SHORT_SIZES)),
    ];
    let answer = visit.call(RAM, "ListUsersForGroup", &params).await?;
    let members: Vec<&Value> = list(&answer, "Users", "User").collect();
    let to_add = html! { a.button.main href="#UserName" { (visit.say(ADD_MEMBER)) } };
    Ok(html! {
        @if members.is_empty() {
            section.card { (empty(visit, icon::LuUsers, visit.say(MEMBERS_EMPTY), &to_add)) }
        } @else {
            (table(visit, group, &members))
            (pager_of(visit, &path_of(group), text(&answer, "Marker"), SHORT_SIZES))
        }
        (form(visit, group, members.len(), wrong).await)
    })
}

/// Those who are members, with what takes them out.
fn table(visit: &Visit<'_>, group: &str, members: &[&Value]) -> Markup {
    let need = |user: &Value| {
        Need::call(RAM, "RemoveUserFromGroup", &[("GroupName", group), ("UserName", text(user, "UserName"))])
    };
    let row = |user: &&Value| {
        let name = text(user, "UserName");
        vec![
            html! {
                input type="checkbox" name=(TICKED) value=(name) aria-label=(visit.fill(CHOOSE, &[name]));
                a href=(visit.to(&user::path_of(name))) { bdi { (name) } }
            },
            moment(visit, text(user, "JoinDate")),
            needing(
                visit,
                need(user),
                &html! { button.quiet.danger name=(ONE) value=(name) { (visit.say(REMOVE)) } },
            ),
        ]
    };
    let rows = members.iter().map(row).collect();
    let any = Need::any(members.iter().map(|user| need(user)));
    html! {
        form.stack method="post" action=(visit.to(&format!("{}/members", path_of(group)))) {
            (token(visit))
            input type="hidden" name="do" value="remove";
            (Table { caption: MEMBERS, columns: &[MEMBER, JOINED, ACTIONS], rows }.show(visit))
            div.bulk {
                (tick_all(visit))
                span.muted { (visit.say(WITH_CHOSEN)) }
                (needing(visit, any, &html! { button.button.small { (visit.say(REMOVE)) } }))
                (show_api(visit))
            }
        }
    }
}

/// The form that puts others into it.
async fn form(visit: &Visit<'_>, group: &str, members: usize, wrong: Option<Wrong<'_>>) -> Markup {
    let nobody = visit.say(CHOOSE_MEMBER);
    let fields = if visit.is_post() { Fields::new(visit) } else { Fields::empty(visit) };
    let (fields, words) = match wrong {
        None => (fields, html! {}),
        Some(Wrong::Refused(failure)) => (fields.refused(Some(failure)), summary(visit, failure)),
        Some(Wrong::Nobody) => {
            (fields.wrong(NEW.field, Some(nobody)), summary_of(&[(Some(NEW.field), nobody)]))
        }
    };
    // Where many are shown, others are found by their names.
    let new = Picker { at_first: if members > MANY { 0 } else { NEW.at_first }, ..NEW };
    html! {
        form.card.stack.narrow method="post" action=(visit.to(&format!("{}/members", path_of(group)))) {
            (token(visit))
            (words)
            (new.show(visit, &fields).await)
            div.actions { (submit(visit, Need::somehow(RAM, "AddUserToGroup"), ("button main", ADD_MEMBER))) (show_api(visit)) }
        }
    }
}

/// Puts users into the group, or takes some out.
pub(super) async fn change(visit: &Visit<'_>, group: &str) -> Outcome {
    let form = visit.form();
    match form.get("do") {
        FIND => super::page(visit, group, None).await,
        "remove" => remove(visit, group).await,
        _ => match NEW.chosen(form).as_slice() {
            [] => super::page(visit, group, Some(Wrong::Nobody)).await,
            [one] => {
                let params = [("GroupName", group), ("UserName", one.name.as_str())];
                match visit.call(RAM, "AddUserToGroup", &params).await {
                    Ok(_) => Ok(Answer::see(visit.to(&path_of(group)))),
                    Err(failure) => {
                        let failure = Refusal::shown(failure)?;
                        super::page(visit, group, Some(Wrong::Refused(&failure))).await
                    }
                }
            }
            several => {
                let users: Vec<&str> = several.iter().map(|user| user.name.as_str()).collect();
                let groups = [Principal { kind: Kind::Group, name: group.to_owned() }];
                user::add_to_groups(visit, &users, &groups, &path_of(group)).await
            }
        },
    }
}

/// Takes out whose button was pressed, or all that are ticked.
async fn remove(visit: &Visit<'_>, group: &str) -> Outcome {
    let form = visit.form();
    let ticked: Vec<&str> = form.all(TICKED).collect();
    let out = |user| [("GroupName", group), ("UserName", user)];
    if let Some(one) = form.filled(ONE).or_else(|| ticked.first().copied().filter(|_| ticked.len() == 1)) {
        visit.call(RAM, "RemoveUserFromGroup", &out(one)).await?;
        return Ok(Answer::see(visit.to(&path_of(group))));
    }
    if ticked.is_empty() {
        return Err(Refusal::NoneChosen);
    }
    let mut rows = Vec::new();
    for user in ticked {
        let called = visit.call(RAM, "RemoveUserFromGroup", &out(user)).await;
        rows.push((html! { bdi { (user) } }, Came::of_removing(called)?));
    }
    Ok(results(visit, &visit.fill(REMOVED_SEVERAL, &[group]), &rows, &path_of(group)))
}
