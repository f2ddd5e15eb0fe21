//! Which delegations a map draws: those that are used most, by account, so that a map stays one look however many there
//! are.

use std::cmp::Reverse;
use std::collections::BTreeMap;

/// How many roles are drawn at most, and of how many accounts.
const MOST_ROLES: usize = 6;
const MOST_ACCOUNTS: usize = 3;

/// A delegation: what one account may use of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Link {
    /// The account that is not the viewer's.
    pub(super) account: Node,
    /// The role.
    pub(super) role: Node,
    /// How many sessions are under way.
    pub(super) live: i64,
    /// When one was last begun, as calls write times; empty if none ever was.
    pub(super) last: String,
}

/// What a box says: a name, and what is smaller below it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Node {
    pub(super) name: String,
    pub(super) detail: String,
}

/// What is drawn of one account.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part<'l> {
    /// Its roles, those that are used most first. Never empty.
    pub(super) links: Vec<&'l Link>,
    /// Its other roles.
    pub(super) rest: Rest,
}

/// What is left out of a drawing, as one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Rest {
    pub(super) accounts: usize,
    pub(super) roles: usize,
    pub(super) live: i64,
    pub(super) is_used: bool,
}

impl Link {
    /// What comes first: those with most sessions, then those last used, then by name.
    fn place(&self) -> (Reverse<i64>, Reverse<&str>, &str) {
        (Reverse(self.live), Reverse(&self.last), &self.role.name)
    }
}

impl Rest {
    fn of(links: &[&Link]) -> Self {
        Self {
            accounts: 0,
            roles: links.len(),
            live: links.iter().map(|link| link.live).sum(),
            is_used: links.iter().any(|link| !link.last.is_empty()),
        }
    }
}

/// What is drawn of each account, the busiest account first, and what is left out of the other accounts.
pub(super) fn busiest(links: &[Link]) -> (Vec<Part<'_>>, Rest) {
    let mut by_account: BTreeMap<&Node, Vec<&Link>> = BTreeMap::new();
    for link in links {
        by_account.entry(&link.account).or_default().push(link);
    }
    let mut accounts: Vec<Vec<&Link>> = by_account.into_values().collect();
    for roles in &mut accounts {
        roles.sort_by_key(|link| link.place());
    }
    accounts.sort_by_key(|roles| {
        let whole = Rest::of(roles);
        (Reverse(whole.live), Reverse(roles.iter().map(|link| link.last.as_str()).max()))
    });
    let others = accounts.split_off(accounts.len().min(MOST_ACCOUNTS));
    let share = MOST_ROLES / accounts.len().max(1);
    let parts = accounts.into_iter().map(|roles| part(roles, share)).collect();
    (parts, Rest { accounts: others.len(), ..Rest::of(&others.concat()) })
}

/// So many roles of an account. The box for one more has room for that one itself.
fn part(mut roles: Vec<&Link>, share: usize) -> Part<'_> {
    let drawn = if roles.len() == share + 1 { roles.len() } else { roles.len().min(share) };
    let rest = roles.split_off(drawn);
    Part { links: roles, rest: Rest::of(&rest) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(account: &str, role: &str, live: i64) -> Link {
        let node = |name: &str| Node { name: name.to_owned(), detail: String::new() };
        Link {
            account: node(account),
            role: node(role),
            live,
            last: if live > 0 { "2026-01-01T00:00:00Z" } else { "" }.to_owned(),
        }
    }

    fn names(part: &Part<'_>) -> Vec<String> {
        part.links.iter().map(|link| link.role.name.clone()).collect()
    }

    #[test]
    fn of_many_roles_the_busiest_are_drawn_and_the_rest_counted() {
        let links: Vec<_> = (0..75).map(|at| link("b", &format!("r{at:02}"), at % 10)).collect();
        let (parts, others) = busiest(&links);
        assert_eq!((parts.len(), others), (1, Rest::default()));
        assert_eq!(names(&parts[0]), ["r09", "r19", "r29", "r39", "r49", "r59"]);
        let all: i64 = links.iter().map(|link| link.live).sum();
        let rest = Rest { accounts: 0, roles: 69, live: all - 6 * 9, is_used: true };
        assert_eq!(parts[0].rest, rest);
    }

    #[test]
    fn of_many_accounts_the_busiest_are_drawn_and_share_the_room() {
        let mut links: Vec<_> = (0..9).map(|at| link(&format!("a{at}"), "r", at)).collect();
        links.extend(["x", "y", "z"].map(|role| link("a8", role, 1)));
        let (parts, others) = busiest(&links);
        let drawn: Vec<_> = parts.iter().map(|part| part.links[0].account.name.as_str()).collect();
        assert_eq!(drawn, ["a8", "a7", "a6"]);
        assert_eq!((names(&parts[0]), parts[0].rest.roles), (vec!["r".to_owned(), "x".to_owned()], 2));
        assert_eq!((others.accounts, others.roles, others.live), (6, 6, 15));
    }

    #[test]
    fn a_role_is_never_left_out_alone() {
        let links: Vec<_> = (0..=MOST_ROLES).map(|at| link("b", &format!("r{at}"), 0)).collect();
        let (parts, _) = busiest(&links);
        assert_eq!((parts[0].links.len(), parts[0].rest), (MOST_ROLES + 1, Rest::default()));
        assert!(busiest(&[]).0.is_empty());
    }
}
