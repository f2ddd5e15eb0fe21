//! Access received: roles of other accounts that trust this one, and who of its users may use them.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::acting::Acting;
use super::busiest::{Link, Node};
use super::map::Map;
use super::{HOME, MOST_ROLES, SIZES, usage};
use crate::answer::Answer;
use crate::api::{ARGALI, STS, list, number, text};
use crate::icon;
use crate::moment::moment;
use crate::need::{Need, needing, way};
use crate::page::account::named;
use crate::page::{Outcome, Refusal, role, user};
use crate::pairs::{encode, segment};
use crate::part::{Table, Weight, copyable, empty, facts, heading, notice, page_size_of, pager_of};
use crate::shell;
use crate::text::delegation::*;
use crate::text::role::ARN;
use crate::text::shell::ACTIONS;
use crate::visit::Visit;

/// How many of those who may are asked for at once for each role of the list, and how often it is asked.
const FEW: (&str, usize) = ("5", 1);
/// The same for a role's own page.
pub(super) const MANY: (&str, usize) = ("500", 8);
/// How many are named in the list, and there.
const FEW_NAMED: usize = 4;
const MOST_NAMED: usize = 200;

/// A role of another account.
#[derive(Clone, Debug)]
pub(super) struct Received {
    pub(super) account: String,
    pub(super) alias: String,
    pub(super) role: String,
    pub(super) arn: String,
    description: String,
    pub(super) is_offered: bool,
    live: i64,
    last: String,
}

/// Who of the account may assume a role.
#[derive(Clone, Debug, Default)]
pub(super) struct May {
    /// `user/alice`, `role/ops`.
    pub(super) who: Vec<String>,
    /// Whether there may be more.
    more: bool,
}

/// The page of a role of another account.
pub(in crate::page) fn path_of(account: &str, role: &str) -> String {
    format!("{HOME}/received/{account}/{}", segment(role))
}

/// The ARN as policies name a role of another account.
pub(in crate::page) fn policy_arn_of(account: &str, role: &str) -> String {
    format!("acs:ram:*:{account}:role/{role}")
}

impl Received {
    fn of(role: &Value) -> Self {
        let member = |name: &str| text(role, name).to_owned();
        Self {
            account: member("AccountId"),
            alias: member("AccountAlias"),
            role: member("RoleName"),
            arn: member("Arn"),
            description: member("Description"),
            is_offered: text(role, "Status") == "Offered",
            live: number(role, "LiveSessions"),
            last: member("LastUseDate"),
        }
    }

    /// The role of this name, wherever in the list it stands.
    pub(super) async fn find(visit: &Visit<'_>, account: &str, role: &str) -> Result<Self, Refusal> {
        let mut marker = String::new();
        loop {
            let params = [("MaxItems", "1000"), ("Marker", marker.as_str())];
            let answer = visit.call(ARGALI, "ListReceivedRoles", &params).await?;
            let mut roles = list(&answer, "Roles", "Role").map(Self::of);
            if let Some(found) =
                roles.find(|own| own.account == account && own.role.eq_ignore_ascii_case(role))
            {
                return Ok(found);
            }
            match text(&answer, "Marker") {
                "" => return Err(Refusal::NoPage),
                next => marker = next.to_owned(),
            }
        }
    }

    pub(super) fn path(&self) -> String {
        path_of(&self.account, &self.role)
    }

    /// The ARN as policies name the role.
    pub(super) fn policy_arn(&self) -> String {
        policy_arn_of(&self.account, &self.role)
    }

    fn called(&self) -> &str {
        if self.alias.is_empty() { &self.account } else { &self.alias }
    }

    pub(super) fn switch(&self) -> String {
        format!("/switch-role?{}", encode([("account", self.called()), ("role", self.role.as_str())]))
    }

    fn row(&self, visit: &Visit<'_>, may: &May) -> Vec<Markup> {
        vec![
            html! {
                div.two {
                    a href=(visit.to(&self.path())) { bdi { (self.role) } }
                    @if !self.description.is_empty() { span.muted.small-text { bdi { (self.description) } } }
                    @if !self.is_offered { span { span.badge.warning { (visit.say(WITHDRAWN)) } } }
                }
            },
            named(&self.alias, &self.account),
            may.short(visit, &self.path()),
            html! { (self.live) },
            html! { @if self.last.is_empty() { span.muted { (visit.say(NEVER)) } } @else { (moment(visit, &self.last)) } },
            html! {
                div.row-actions {
                    @if self.is_offered {
                        (needing(visit, switching(), &html! { a href=(visit.to(&self.switch())) { (visit.say(SWITCH)) } }))
                        (needing(visit, usage::granting(), &html! { a href=(visit.to(&self.path())) { (visit.say(GRANT)) } }))
                    }
                    (way(visit, usage::stopping(), &format!("{}/stop", self.path()), ("danger-text", STOP)))
                }
            },
        ]
    }

    /// What the map draws: below a role stands who acts in it, or else what it is for.
    fn link(&self, visit: &Visit<'_>, acting: &Acting) -> Link {
        let now = acting.words(visit, &self.account, &self.role, visit.account_id());
        let number = if self.alias.is_empty() { String::new() } else { self.account.clone() };
        Link {
            account: Node { name: self.called().to_owned(), detail: number },
            role: Node { name: self.role.clone(), detail: now.unwrap_or_else(|| self.description.clone()) },
            live: self.live,
            last: self.last.clone(),
        }
    }
}

impl May {
    /// Asks who may assume a role, for so many at once, and at most so often: first come the users, then the roles.
    pub(super) async fn ask(visit: &Visit<'_>, role: &Received, (at_once, often): (&str, usize)) -> Self {
        let arn = role.policy_arn();
        let mut may = Self::default();
        let mut marker = String::new();
        for _ in 0..often {
            let params = [
                ("AuthAction", "sts:AssumeRole"),
                ("AuthResource", arn.as_str()),
                ("MaxItems", at_once),
                ("Marker", marker.as_str()),
            ];
            let Ok(answer) = visit.call(ARGALI, "WhoCan", &params).await else { return may };
            let principals = answer.get("Principals").and_then(Value::as_array).into_iter().flatten();
            // Owners assume no roles, whatever they may.
            let names = principals.filter_map(|one| text(one, "AuthPrincipalArn").rsplit(':').next());
            may.who.extend(names.filter(|name| *name != "root").map(str::to_owned));
            marker = text(&answer, "Marker").to_owned();
            may.more = !marker.is_empty();
            if !may.more {
                break;
            }
        }
        may
    }

    fn short(&self, visit: &Visit<'_>, path: &str) -> Markup {
        let few: Vec<&str> = self.who.iter().map(|who| bare(who)).take(FEW_NAMED).collect();
        html! {
            div.two {
                @if self.who.is_empty() && !self.more { span.muted { (visit.say(WHO_MAY_NOBODY)) } }
                @else {
                    span { bdi { (few.join(", ")) } }
                    @if self.more || few.len() < self.who.len() { a.small-text href=(visit.to(path)) { (visit.say(WHO_MAY_MORE)) } }
                }
            }
        }
    }
}

/// What switching to a role needs of whoever does. On which role is decided as it is switched to, by the other side, too.
fn switching() -> Need {
    Need::somehow(STS, "AssumeRole")
}

/// A name without its kind, where that is a user's.
pub(super) fn bare(who: &str) -> &str {
    who.strip_prefix("user/").unwrap_or(who)
}

/// So many of the roles that let the account in, with where the list goes on.
async fn page(visit: &Visit<'_>, at_most: &str, marker: &str) -> Result<(Vec<Received>, String), ApiFailure> {
    let params = [("MaxItems", at_most), ("Marker", marker)];
    let answer = visit.call(ARGALI, "ListReceivedRoles", &params).await?;
    let roles = list(&answer, "Roles", "Role").map(Received::of).collect();
    Ok((roles, text(&answer, "Marker").to_owned()))
}

/// The tab: a map of all, and a page of them.
pub(super) async fn part(visit: &Visit<'_>) -> Result<Markup, ApiFailure> {
    let marker = visit.query().get("marker");
    let (received, next) = page(visit, page_size_of(visit, SIZES), marker).await?;
    let is_all = marker.is_empty() && next.is_empty();
    let all = if is_all { &received } else { &page(visit, MOST_ROLES, "").await?.0 };
    let acting = Acting::of(visit, "SourceAccountId").await;
    let links: Vec<Link> = all.iter().map(|role| role.link(visit, &acting)).collect();
    let words = [MAP_RECEIVED_ONE, MAP_RECEIVED_MORE];
    let map = Map { title: MAP_RECEIVED, sides: [MAP_OTHERS, MAP_THEIR_ROLES], words, links: &links };
    let mut rows = Vec::new();
    for role in &received {
        let may = if role.is_offered { May::ask(visit, role, FEW).await } else { May::default() };
        rows.push(role.row(visit, &may));
    }
    let columns = [ROLE, ACCOUNT, WHO_MAY, LIVE, LAST_USED, ACTIONS];
    let path = format!("{HOME}?tab=received");
    Ok(html! {
        @if received.is_empty() {
            section.card { (empty(visit, icon::LuWaypoints, &visit.fill(RECEIVED_EMPTY, &[visit.account_id()]), &copyable(visit, visit.account_id()))) }
        } @else {
            (map.show(visit))
            (Table { caption: RECEIVED, columns: &columns, rows }.show(visit))
            (pager_of(visit, &path, &next, SIZES))
        }
    })
}

/// The page of one such role: who may use it, and letting others.
pub(super) async fn show_one(visit: &Visit<'_>, account: &str, role: &str) -> Outcome {
    let received = Received::find(visit, account, role).await?;
    one(visit, &received, 200, None).await
}

/// The same after something was refused.
pub(super) async fn one(
    visit: &Visit<'_>,
    received: &Received,
    status: u16,
    refused: Option<Markup>,
) -> Outcome {
    let may = May::ask(visit, received, MANY).await;
    let actions = html! {
        @if received.is_offered { (way(visit, switching(), &received.switch(), ("button main", SWITCH))) }
        (way(visit, usage::stopping(), &format!("{}/stop", received.path()), ("button", STOP)))
    };
    let description = Some(received.description.as_str()).filter(|text| !text.is_empty());
    let content = html! {
        (heading(&html! { bdi { (received.role) } }, description, &actions))
        @if let Some(refused) = refused { (refused) }
        @if !received.is_offered { (notice(Weight::Warning, &html! { p { (visit.say(WITHDRAWN_WHAT)) } })) }
        section.card {
            (facts(&[
                (visit.say(ACCOUNT), named(&received.alias, &received.account)),
                (visit.say(ARN), copyable(visit, &received.arn)),
                (visit.say(LIVE), html! { (received.live) }),
                (visit.say(LAST_USED), html! {
                    @if received.last.is_empty() { (visit.say(NEVER)) } @else { (moment(visit, &received.last)) }
                }),
            ]))
        }
        section.card.stack {
            h2 { (visit.say(WHO_MAY)) }
            @if may.who.is_empty() { p.muted { (visit.say(WHO_MAY_NOBODY)) } }
            @else { ul.names { @for who in may.who.iter().take(MOST_NAMED) { li { (link_to(visit, who)) } } } }
            @if may.more || may.who.len() > MOST_NAMED { p.hint { (visit.say(WHO_MAY_CUT)) } }
        }
        @if received.is_offered { (usage::form(visit, received).await) }
    };
    Ok(Answer::page(status, shell::page(visit, &received.role, &content)))
}

/// Somebody of the account, with the way to its page.
fn link_to(visit: &Visit<'_>, who: &str) -> Markup {
    let path = match who.split_once('/') {
        Some(("role", name)) => role::path_of(name),
        Some((_, name)) => user::path_of(name),
        None => user::path_of(who),
    };
    html! { a href=(visit.to(&path)) { bdi { (bare(who)) } } }
}
