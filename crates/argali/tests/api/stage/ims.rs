//! IMS.

use super::{Params, Stage, fresh};

impl Stage<'_> {
    pub(super) fn ims(&self, action: &str) -> Option<Params> {
        Some(match action {
            "CreateUser" => vec![("UserPrincipalName", self.logon_name(&fresh("user"))), display_name()],
            "GetUser" | "UpdateUser" | "DeleteUser" => vec![self.principal()],
            "ListUsers" | "ListUserBasicInfos" => Vec::new(),
            _ => return None,
        })
    }

    fn logon_name(&self, user: &str) -> String {
        format!("{user}@{}", self.owner.alias)
    }

    /// A user as IMS names it.
    fn principal(&self) -> (&'static str, String) {
        let (_, name) = self.user();
        ("UserPrincipalName", self.logon_name(&name))
    }
}

fn display_name() -> (&'static str, String) {
    ("DisplayName", "Somebody".to_owned())
}
