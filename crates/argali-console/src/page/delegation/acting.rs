//! Who acts in roles at present, as maps say it below each role.

use std::collections::{BTreeMap, BTreeSet};

use crate::api::{ARGALI, list, text};
use crate::page::session::who;
use crate::text::delegation::MAP_NOW;
use crate::visit::Visit;

/// Users, by the account of the role, the role, and the account from which it was assumed.
#[derive(Debug, Default)]
pub(super) struct Acting(BTreeMap<[String; 3], BTreeSet<String>>);

impl Acting {
    /// Those in sessions of the viewer's account on one side: of its roles (`AccountId`), or begun by its people
    /// (`SourceAccountId`). The newest sessions are looked at, and none where the viewer may not see them.
    pub(super) async fn of(visit: &Visit<'_>, side: &str) -> Self {
        let params = [(side, visit.account_id()), ("Status", "Live"), ("MaxItems", "200")];
        let answer = visit.call(ARGALI, "ListSessions", &params).await.unwrap_or_default();
        let mut acting = Self::default();
        for one in list(&answer, "Sessions", "Session") {
            let key = ["AccountId", "RoleName", "SourceAccountId"].map(|member| text(one, member).to_owned());
            acting.0.entry(key).or_default().insert(who(one).to_owned());
        }
        acting
    }

    /// Who acts in a role, in words, if anybody does.
    pub(super) fn words(&self, visit: &Visit<'_>, account: &str, role: &str, from: &str) -> Option<String> {
        let users = self.0.get(&[account, role, from].map(str::to_owned))?;
        let users: Vec<&str> = users.iter().map(String::as_str).collect();
        Some(visit.fill(MAP_NOW, &[&users.join(", ")]))
    }
}
