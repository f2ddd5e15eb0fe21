//! Access given: which accounts may assume which roles, what for, and what came of it.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::{Value, json};

use super::acting::Acting;
use super::busiest::{Link, Node};
use super::map::Map;
use super::{HOME, MOST_ROLES, SIZES, new_button, revoke_several, says};
use crate::api::{ARGALI, RAM, holds, list, number, text};
use crate::icon;
use crate::moment::{day, moment};
use crate::need::{Need, needing, way};
use crate::page::account::named;
use crate::page::policy::described;
use crate::page::role::trust::document::{Principal, Statement, Trust};
use crate::page::role::trust::words;
use crate::page::{Refusal, grant, role};
use crate::pairs::segment;
use crate::part::list::{About, Act, Actions, Column, Found, List, Wanted, Width, by_member, whole};
use crate::text::delegation::*;
use crate::text::list::NOT_ALL_IN_ORDER;
use crate::visit::Visit;

/// A role that trusts another account.
#[derive(Debug)]
pub(super) struct Given {
    pub(super) role: String,
    pub(super) arn: String,
    pub(super) document: String,
    pub(super) trust: Trust,
    pub(super) policies: Vec<Policy>,
    pub(super) account: String,
    pub(super) alias: String,
    pub(super) live: i64,
    pub(super) last: String,
}

/// A policy that such a role has.
#[derive(Clone, Debug)]
pub(super) struct Policy {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) description: String,
    pub(super) group: String,
    is_high_risk: bool,
}

/// The address of what is done about the access that a role gives to an account.
pub(in crate::page) fn path_of(role: &str, account: &str, what: &str) -> String {
    format!("{HOME}/given/{}/{account}/{what}", segment(role))
}

impl Given {
    /// One for each account that a role trusts.
    fn of(delegation: &Value) -> Vec<Self> {
        let member = |name: &str| text(delegation, name).to_owned();
        let document = member("AssumeRolePolicyDocument");
        let policies = policies(delegation);
        let accounts = delegation.get("Accounts").unwrap_or(&Value::Null);
        let accounts = accounts.get("Account").and_then(Value::as_array).into_iter().flatten();
        let one = |account: &Value| Self {
            role: member("RoleName"),
            arn: member("Arn"),
            trust: Trust::read(&document),
            document: document.clone(),
            policies: policies.clone(),
            account: text(account, "AccountId").to_owned(),
            alias: text(account, "AccountAlias").to_owned(),
            live: number(account, "LiveSessions"),
            last: text(account, "LastUseDate").to_owned(),
        };
        accounts.map(one).collect()
    }

    /// The delegation of a role to an account; there is no such page if there is none.
    pub(super) async fn find(visit: &Visit<'_>, role: &str, account: &str) -> Result<Self, Refusal> {
        let answer = visit.call(ARGALI, "ListDelegations", &[("RoleName", role)]).await?;
        let mut all = list(&answer, "Delegations", "Delegation").flat_map(Self::of);
        all.find(|given| given.account == account).ok_or(Refusal::NoPage)
    }

    /// The address of what is done about it.
    pub(super) fn path(&self, what: &str) -> String {
        path_of(&self.role, &self.account, what)
    }

    /// What the other account is called, marked up and as text.
    pub(super) fn named(&self) -> Markup {
        named(&self.alias, &self.account)
    }

    pub(super) fn called(&self) -> &str {
        if self.alias.is_empty() { &self.account } else { &self.alias }
    }

    /// Whether somebody is of the account.
    pub(super) fn is_of(&self, principal: &Principal) -> bool {
        principal.of_account().is_some_and(|(account, _)| account == self.account)
    }

    /// The statements that let the account in, and who of it they name.
    pub(super) fn statements(&self) -> impl Iterator<Item = (&Statement, &str)> {
        self.trust.statements.iter().filter(|statement| !statement.denies).flat_map(move |statement| {
            let of_account = statement.principals.iter().filter(|principal| self.is_of(principal));
            of_account.filter_map(move |principal| Some((statement, principal.of_account()?.1)))
        })
    }

    /// Who of the account, as trust policies name it.
    fn places(&self) -> String {
        self.statements().map(|(_, place)| place).collect::<Vec<_>>().join("; ")
    }

    /// The account, and who of it.
    pub(super) fn whom(&self, visit: &Visit<'_>) -> Markup {
        html! {
            div.two {
                span { (self.named()) }
                @for (_, place) in self.statements() { span.muted.small-text { (words::who(visit, place)) } }
            }
        }
    }

    /// What can be done about it.
    fn ways(&self, visit: &Visit<'_>) -> Markup {
        html! {
            (needing(visit, self.invitation(), &html! { a href=(visit.to(&self.path("invite"))) { (visit.say(INVITE)) } }))
            (needing(visit, self.change(), &html! { a href=(visit.to(&format!("{}/trust", role::path_of(&self.role)))) { (visit.say(EDIT)) } }))
            (way(visit, Need::any([self.change(), self.removal()]), &self.path("revoke"), ("danger-text", REVOKE)))
        }
    }

    /// Until when it is valid, if that has an end.
    fn until(&self) -> Option<&str> {
        self.statements().find_map(|(statement, _)| words::valid_until(statement))
    }

    /// What inviting the other account needs.
    fn invitation(&self) -> Need {
        Need::call(ARGALI, "CreateInvitation", &[("RoleName", &self.role), ("AccountId", &self.account)])
    }

    /// What changing the role's trust policy needs.
    pub(super) fn change(&self) -> Need {
        Need::call(RAM, "UpdateRole", &[("RoleName", &self.role)])
    }

    /// What deleting the role needs.
    pub(super) fn removal(&self) -> Need {
        Need::call(RAM, "DeleteRole", &[("RoleName", &self.role)])
    }

    /// What the role may do, in words.
    pub(super) fn may(&self, visit: &Visit<'_>) -> Markup {
        may(visit, &self.policies)
    }

    fn rails(&self, visit: &Visit<'_>) -> Markup {
        let mut rails: Vec<String> = Vec::new();
        for (statement, _) in self.statements() {
            for rail in words::guard_rails(visit, statement).into_iter().map(Markup::into_string) {
                if !rails.contains(&rail) {
                    rails.push(rail);
                }
            }
        }
        html! {
            div.two {
                @if rails.is_empty() { span.muted.nowrap { (visit.say(NO_GUARD_RAILS)) } }
                @else { div.badges { @for rail in rails { (maud::PreEscaped(rail)) } } }
                span.muted.small-text.nowrap {
                    @match self.until() { Some(until) => { (visit.say(VALID_UNTIL)) " " (day(until)) }, None => (visit.say(UNTIL_REVOKED)) }
                }
            }
        }
    }

    /// What the map draws: below a role stands who acts in it, or else what it may do.
    fn link(&self, visit: &Visit<'_>, acting: &Acting) -> Link {
        let policies = || {
            let names: Vec<&str> = self.policies.iter().map(|policy| policy.name.as_str()).collect();
            if names.is_empty() { visit.say(MAY_NOTHING).to_owned() } else { names.join(", ") }
        };
        let now = acting.words(visit, visit.account_id(), &self.role, &self.account);
        let detail = now.unwrap_or_else(policies);
        let number = if self.alias.is_empty() { String::new() } else { self.account.clone() };
        Link {
            account: Node { name: self.called().to_owned(), detail: number },
            role: Node { name: self.role.clone(), detail },
            live: self.live,
            last: self.last.clone(),
        }
    }
}

/// The policies of an answer.
pub(super) fn policies(answer: &Value) -> Vec<Policy> {
    let policy = |policy: &Value| {
        let [name, kind, description, group] = ["PolicyName", "PolicyType", "Description", "ResourceGroupId"]
            .map(|member| text(policy, member).to_owned());
        Policy { name, kind, description, group, is_high_risk: holds(policy, "IsHighRisk") }
    };
    list(answer, "Policies", "Policy").map(policy).collect()
}

/// What policies let somebody do, in words.
pub(super) fn may(visit: &Visit<'_>, policies: &[Policy]) -> Markup {
    html! {
        @if policies.is_empty() { span.muted { (visit.say(MAY_NOTHING)) } }
        @else {
            div.two {
                @for policy in policies {
                    @let words = described(visit, (&policy.kind, &policy.name), &policy.description);
                    span title=(policy.name) {
                        @if words.is_empty() { (policy.name) } @else { bdi { (words) } }
                        @if policy.is_high_risk { " " (grant::badge(visit)) }
                        @if !policy.group.is_empty() { " " span.badge { (policy.group) } }
                    }
                }
            }
        }
    }
}

/// The account's delegations: as many as a map speaks of, in the order in which they are given unless asked.
pub(super) struct AccessGiven {
    rows: Vec<Value>,
    is_cut: bool,
    onward: Markup,
}

const COLUMNS: &[Column<'_>] = &[
    Column::drawn(ACCOUNT, "AccountId", &|visit, row| show(row, |given| given.whom(visit))),
    // Who of it exactly, which the list says below the account.
    Column::drawn(ACCOUNT, "Principals", &|_, _| html! {})
        .unordered()
        .where_room(Width::File)
        .in_files(&|row| Given::of(row).first().map(Given::places).unwrap_or_default()),
    Column::drawn(ROLE, "RoleName", &|visit, row| {
        let name = text(row, "RoleName");
        html! { a href=(visit.to(&role::path_of(name))) { bdi { (name) } } }
    }),
    Column::drawn(MAY, "Policies", &|visit, row| show(row, |given| given.may(visit)))
        .unordered()
        .in_files(&|row| policies(row).into_iter().map(|policy| policy.name).collect::<Vec<_>>().join("; ")),
    Column::drawn(GUARD_RAILS, "ValidUntil", &|visit, row| show(row, |given| given.rails(visit))),
    Column::of(LIVE, "LiveSessions"),
    Column::drawn(LAST_USED, "LastUseDate", &|visit, row| {
        let last = text(row, "LastUseDate");
        html! { @if last.is_empty() { span.muted.nowrap { (visit.say(NEVER)) } } @else { (moment(visit, last)) } }
    }),
];

/// Something of the delegation that a row is about.
fn show(row: &Value, draw: impl Fn(&Given) -> Markup) -> Markup {
    Given::of(row).first().map(draw).unwrap_or_default()
}

/// A row for each account that a role trusts: the role, as operations tell of it, with that account alone.
fn rows(delegation: &Value) -> Vec<Value> {
    let accounts = delegation.get("Accounts").unwrap_or(&Value::Null);
    let accounts = accounts.get("Account").and_then(Value::as_array).into_iter().flatten();
    let row = |account: &Value| {
        let mut row = delegation.clone();
        if let (Some(row), Some(account)) = (row.as_object_mut(), account.as_object()) {
            row.insert("Accounts".to_owned(), json!({ "Account": [account] }));
            row.extend(account.iter().map(|(name, value)| (name.clone(), value.clone())));
        }
        let until = Given::of(&row).first().and_then(|given| given.until().map(str::to_owned));
        if let Some(row) = row.as_object_mut() {
            row.insert("ValidUntil".to_owned(), until.into());
        }
        row
    };
    accounts.map(row).collect()
}

impl AccessGiven {
    pub(super) async fn of(visit: &Visit<'_>) -> Result<Self, ApiFailure> {
        let answer = visit.call(ARGALI, "ListDelegations", &[("MaxItems", MOST_ROLES)]).await?;
        Ok(Self {
            rows: list(&answer, "Delegations", "Delegation").flat_map(rows).collect(),
            is_cut: !text(&answer, "Marker").is_empty(),
            onward: new_button(visit),
        })
    }

    /// The map of all.
    pub(super) async fn map(&self, visit: &Visit<'_>) -> Markup {
        if self.rows.is_empty() {
            return html! {};
        }
        let acting = Acting::of(visit, "AccountId").await;
        let links: Vec<Link> =
            self.rows.iter().flat_map(Given::of).map(|given| given.link(visit, &acting)).collect();
        let words = [MAP_GIVEN_ONE, MAP_GIVEN_MORE];
        Map { title: MAP_GIVEN, sides: [MAP_OTHERS, MAP_OWN_ROLES], words, links: &links }.show(visit)
    }
}

impl List for AccessGiven {
    fn about(&self) -> About<'_> {
        About {
            path: HOME,
            kept: vec![("tab", "given")],
            title: GIVEN.into(),
            file: "access-given",
            search: Some(SEARCH),
            columns: COLUMNS.to_vec(),
            is_given_in_order: true,
            sizes: SIZES,
            actions: Some(Actions {
                most: |visit, row| show(row, |given| given.ways(visit)),
                others: |_, _| html! {},
            }),
            acts: vec![Act::new(revoke_several::WORD, REVOKE, &|row| {
                Need::call(RAM, "UpdateRole", &[("RoleName", text(row, "RoleName"))])
            })],
            key: &revoke_several::key,
            empty: (icon::LuWaypoints, GIVEN_EMPTY),
            onward: self.onward.clone(),
            ..About::default()
        }
    }

    async fn fetch(&self, visit: &Visit<'_>, wanted: &Wanted<'_>) -> Result<Found, ApiFailure> {
        let says = |row: &Value| {
            let own = ["RoleName", "AccountId", "AccountAlias"].map(|member| text(row, member).to_owned());
            let policies = policies(row).into_iter().map(|policy| policy.name);
            own.into_iter().chain(policies).any(|own| says(wanted, &own))
        };
        let found = whole(wanted, self.rows.clone(), says, (by_member(wanted), revoke_several::key));
        let note = self.is_cut.then(|| visit.fill(NOT_ALL_IN_ORDER, &[&self.rows.len().to_string()]));
        Ok(Found { note, ..found })
    }
}
