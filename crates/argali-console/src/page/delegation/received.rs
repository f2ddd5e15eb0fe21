//! Access received: roles of other accounts that trust this one, and who of its users may use them.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::acting::Acting;
use super::busiest::{Link, Node};
use super::map::Map;
use super::{HOME, MOST_ROLES, SIZES, says, usage};
use crate::answer::Answer;
use crate::api::{ARGALI, STS, holds, list, number, text, texts};
use crate::icon;
use crate::moment::moment;
use crate::need::{Need, needing, way};
use crate::page::account::named;
use crate::page::{Outcome, Refusal, role, user};
use crate::pairs::{encode, segment};
use crate::part::list::{About, Actions, Column, Found, List, Wanted, Width, by_member, whole};
use crate::part::{Weight, copyable, facts, heading, notice};
use crate::shell;
use crate::text::delegation::*;
use crate::text::list::NOT_ALL_IN_ORDER;
use crate::text::role::ARN;
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

    fn shown(&self, visit: &Visit<'_>) -> Markup {
        html! {
            div.two {
                a href=(visit.to(&self.path())) { bdi { (self.role) } }
                @if !self.description.is_empty() { span.muted.small-text { bdi { (self.description) } } }
                @if !self.is_offered { span { span.badge.warning { (visit.say(WITHDRAWN)) } } }
            }
        }
    }

    /// What can be done about it.
    fn ways(&self, visit: &Visit<'_>) -> Markup {
        html! {
            @if self.is_offered {
                (needing(visit, switching(), &html! { a href=(visit.to(&self.switch())) { (visit.say(SWITCH)) } }))
                (needing(visit, usage::granting(), &html! { a href=(visit.to(&self.path())) { (visit.say(GRANT)) } }))
            }
            (way(visit, usage::stopping(), &format!("{}/stop", self.path()), ("danger-text", STOP)))
        }
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

    /// Those that a row of the list has.
    fn of(row: &Value) -> Self {
        let who = texts(row, "WhoMay").into_iter().map(str::to_owned).collect();
        Self { who, more: holds(row, "MoreMay") }
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

/// The roles that let the account in: as many as a map speaks of, in the order in which they are given unless asked.
pub(super) struct AccessReceived {
    rows: Vec<Value>,
    is_cut: bool,
    onward: Markup,
}

const COLUMNS: &[Column<'_>] = &[
    Column::drawn(ROLE, "RoleName", &|visit, row| Received::of(row).shown(visit)),
    Column::drawn(ACCOUNT, "AccountId", &|_, row| named(text(row, "AccountAlias"), text(row, "AccountId"))),
    Column::drawn(WHO_MAY, "WhoMay", &|visit, row| May::of(row).short(visit, &Received::of(row).path()))
        .unordered()
        .where_room(Width::Page),
    Column::of(LIVE, "LiveSessions"),
    Column::drawn(LAST_USED, "LastUseDate", &|visit, row| {
        let last = text(row, "LastUseDate");
        html! { @if last.is_empty() { span.muted { (visit.say(NEVER)) } } @else { (moment(visit, last)) } }
    }),
    Column::of(ARN, "Arn").where_room(Width::File),
];

impl AccessReceived {
    pub(super) async fn of(visit: &Visit<'_>) -> Result<Self, ApiFailure> {
        let answer = visit.call(ARGALI, "ListReceivedRoles", &[("MaxItems", MOST_ROLES)]).await?;
        let account = visit.account_id();
        Ok(Self {
            rows: list(&answer, "Roles", "Role").cloned().collect(),
            is_cut: !text(&answer, "Marker").is_empty(),
            onward: html! { p { (visit.fill(RECEIVED_TELL, &[account])) } (copyable(visit, account)) },
        })
    }

    /// The map of all.
    pub(super) async fn map(&self, visit: &Visit<'_>) -> Markup {
        if self.rows.is_empty() {
            return html! {};
        }
        let acting = Acting::of(visit, "SourceAccountId").await;
        let links: Vec<Link> = self.rows.iter().map(|row| Received::of(row).link(visit, &acting)).collect();
        let words = [MAP_RECEIVED_ONE, MAP_RECEIVED_MORE];
        Map { title: MAP_RECEIVED, sides: [MAP_OTHERS, MAP_THEIR_ROLES], words, links: &links }.show(visit)
    }
}

impl List for AccessReceived {
    fn about(&self) -> About<'_> {
        About {
            path: HOME,
            kept: vec![("tab", "received")],
            title: RECEIVED.into(),
            file: "access-received",
            search: Some(SEARCH),
            columns: COLUMNS.to_vec(),
            is_given_in_order: true,
            sizes: SIZES,
            actions: Some(Actions {
                most: |visit, row| Received::of(row).ways(visit),
                others: |_, _| html! {},
            }),
            key: &|row| text(row, "Arn").to_owned(),
            empty: (icon::LuWaypoints, RECEIVED_EMPTY),
            onward: self.onward.clone(),
            ..About::default()
        }
    }

    async fn fetch(&self, visit: &Visit<'_>, wanted: &Wanted<'_>) -> Result<Found, ApiFailure> {
        let members = ["RoleName", "AccountId", "AccountAlias", "Description"];
        let says = |row: &Value| members.iter().any(|member| says(wanted, text(row, member)));
        let key = |row: &Value| text(row, "Arn").to_owned();
        let found = whole(wanted, self.rows.clone(), says, (by_member(wanted), key));
        let note = self.is_cut.then(|| visit.fill(NOT_ALL_IN_ORDER, &[&self.rows.len().to_string()]));
        Ok(Found { note, ..found })
    }

    async fn look_closer(&self, visit: &Visit<'_>, mut rows: Vec<Value>) -> Vec<Value> {
        for row in &mut rows {
            let role = Received::of(row);
            let may = if role.is_offered { May::ask(visit, &role, FEW).await } else { May::default() };
            if let Some(row) = row.as_object_mut() {
                row.insert("WhoMay".to_owned(), may.who.into());
                row.insert("MoreMay".to_owned(), may.more.into());
            }
        }
        rows
    }
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
