//! The roles that somebody can switch to, as a list: favourites, those that were used, and those that let it in.

use argali_protocol::ApiFailure;
use maud::{Markup, html};

use super::PATH;
use crate::api::{ARGALI, list, text};
use crate::icon::{self, icon};
use crate::local;
use crate::moment::moment;
use crate::part::{empty, narrowing, unmatched};
use crate::shell::token;
use crate::text::shell::{FIRST_PAGE, NEXT_PAGE};
use crate::text::switch_role::*;
use crate::visit::{Switched, Visit};

/// How many roles are shown unless all are asked for.
const MOST_SHOWN: usize = 12;
/// How many a page has of all.
// SPEC: console, budgets: a page has 60 KB.
const PAGE_SIZE: usize = 40;
/// The form whose buttons mark favourites: one of a page, wherever they stand.
const MARKING: &str = "favourite";

/// The roles that somebody has switched to, the latest first.
pub(super) async fn recent(visit: &Visit<'_>) -> Result<Vec<Switched>, ApiFailure> {
    let answer = visit.call_as_oneself(ARGALI, "ListSwitchedRoles", &[]).await?;
    Ok(list(&answer, "SwitchedRoles", "SwitchedRole").map(Switched::of).collect())
}

/// How many calls look for roles that can be used.
const MOST_CALLS: usize = 5;

/// The roles that somebody can use: its favourites first; then those that it has switched to, the latest first, and then
/// the others that let it in.
pub(crate) async fn usable(visit: &Visit<'_>) -> Result<Vec<Switched>, ApiFailure> {
    let mut roles = recent(visit).await?;
    let mut marker = String::new();
    for _ in 0..MOST_CALLS {
        let params = [("Marker", marker.as_str()), ("MaxItems", "100")];
        let answer = visit.call_as_oneself(ARGALI, "ListUsableRoles", &params).await?;
        for offered in list(&answer, "Roles", "Role").map(Switched::offered) {
            if !roles.iter().any(|known| known.is_same(&offered)) {
                roles.push(offered);
            }
        }
        text(&answer, "Marker").clone_into(&mut marker);
        if marker.is_empty() {
            break;
        }
    }
    let answer = visit.call_as_oneself(ARGALI, "ListFavouriteRoles", &[]).await?;
    for marked in list(&answer, "FavouriteRoles", "FavouriteRole").map(Switched::offered) {
        match roles.iter_mut().find(|known| known.is_same(&marked)) {
            Some(known) => known.is_favourite = true,
            None => roles.push(Switched { is_favourite: true, ..marked }),
        }
    }
    roles.sort_by_key(|role| !role.is_favourite);
    Ok(roles)
}

/// Roles, each with the buttons that mark it as a favourite and switch to it.
pub(crate) fn role_list(visit: &Visit<'_>, roles: &[Switched]) -> Markup {
    html! { (marking(visit)) (rows(visit, roles)) }
}

fn rows(visit: &Visit<'_>, roles: &[Switched]) -> Markup {
    rows_with(visit, roles, false)
}

/// The same where Enter switches to the first of them, since it was looked for.
fn rows_with(visit: &Visit<'_>, roles: &[Switched], is_found: bool) -> Markup {
    html! {
        ul.role-list {
            @for (at, role) in roles.iter().enumerate() {
                li {
                    span class=(format!("dot {}", role.colour_class())) {}
                    div.role-name {
                        strong { bdi { (role.name()) } }
                        span.muted {
                            @if role.name() != role.role { bdi { (role.role) } " · " }
                            bdi { (role.account) } " · "
                            @if role.until.is_empty() { (visit.say(NOT_USED_YET)) } @else { (moment(visit, &role.until)) }
                        }
                    }
                    (star(visit, role))
                    (switching(visit, role, ("", "small"), is_found && at == 0))
                }
            }
        }
    }
}

fn marking(visit: &Visit<'_>) -> Markup {
    html! {
        form #(MARKING) hidden method="post" action="/console/switch-role/favourite" {
            (token(visit))
            input type="hidden" name="next" value=(local::page(visit.target()).unwrap_or_default());
        }
    }
}

/// One button that marks a role as a favourite, or takes the mark.
fn star(visit: &Visit<'_>, role: &Switched) -> Markup {
    let (word, title) = if role.is_favourite { ("remove", UNMARK) } else { ("add", MARK) };
    html! {
        button.icon-button form=(MARKING) name=(word) value=(format!("{}/{}", role.account_id, role.role))
            aria-pressed=(role.is_favourite) title=(visit.say(title))
            aria-label=(visit.fill(FAVOURITE, &[role.name()])) { (icon(icon::LuStar)) }
    }
}

/// One button that switches to a role as it was called before.
pub(super) fn switch_form(visit: &Visit<'_>, role: &Switched, next: &str, class: &str) -> Markup {
    switching(visit, role, (next, class), false)
}

fn switching(visit: &Visit<'_>, role: &Switched, (next, class): (&str, &str), takes_focus: bool) -> Markup {
    html! {
        form method="post" action="/console/switch-role" {
            (token(visit))
            input type="hidden" name="Account" value=(role.account);
            input type="hidden" name="RoleName" value=(role.role);
            @if let Some(name) = &role.display_name { input type="hidden" name="DisplayName" value=(name); }
            @if let Some(colour) = &role.colour { input type="hidden" name="Colour" value=(colour); }
            input type="hidden" name="next" value=(next);
            button.button.(class) autofocus[takes_focus] data-first[takes_focus] { (visit.say(SWITCH)) }
        }
    }
}

/// The roles to choose from, with a search where they are many.
pub(super) fn choice(visit: &Visit<'_>, mut roles: Vec<Switched>) -> Markup {
    let (query, count) = (visit.query(), roles.len());
    if roles.is_empty() {
        return empty(visit, icon::LuVenetianMask, visit.say(RECENT_EMPTY), &html! {});
    }
    let wanted = query.get("q").trim().to_lowercase();
    roles.retain(|role| {
        [role.name(), &role.role, &role.account].iter().any(|name| name.to_lowercase().contains(&wanted))
    });
    let is_wanted = !wanted.is_empty();
    let (first, size) = match query.filled("all") {
        Some(_) => (query.get("marker").parse().unwrap_or(0).min(roles.len()), PAGE_SIZE),
        None => (0, MOST_SHOWN),
    };
    let rest = roles.get(first..).unwrap_or_default();
    let shown = rest.get(..size).unwrap_or(rest);
    let (favourites, others) = shown.split_at(shown.partition_point(|role| role.is_favourite));
    let kept = ["Account", "RoleName", "next"].map(|name| (name, query.get(name)));
    let to = |query: String| visit.to(&format!("{PATH}?{query}"));
    html! {
        @if count > 1 { div data-enters { (narrowing(visit, &kept, PATH)) } }
        div.stack data-list {
            (marking(visit))
            @if shown.is_empty() { (unmatched(visit, PATH)) }
            @if !favourites.is_empty() {
                h3 { (visit.say(FAVOURITES)) }
                (rows_with(visit, favourites, is_wanted))
                @if !others.is_empty() { h3 { (visit.say(OTHERS)) } }
            }
            @if !others.is_empty() { (rows_with(visit, others, is_wanted && favourites.is_empty())) }
            @if shown.len() < roles.len() {
                @if size == MOST_SHOWN {
                    p { a href=(to(query.with("all", "true"))) { (visit.fill(SHOW_ALL, &[&roles.len().to_string()])) } }
                } @else {
                    nav.pager aria-label=(visit.say(RECENT)) {
                        @if first > 0 { a.button.small href=(to(query.with("marker", ""))) { (visit.say(FIRST_PAGE)) } }
                        @if size < rest.len() {
                            a.button.small href=(to(query.with("marker", &(first + size).to_string()))) { (visit.say(NEXT_PAGE)) }
                        }
                    }
                }
            }
        }
    }
}
