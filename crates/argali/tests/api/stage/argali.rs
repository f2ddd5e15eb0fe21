//! Our own operations.

use super::{Params, Stage, fresh, text};

impl Stage<'_> {
    pub(super) fn argali(&self, action: &str) -> Option<Params> {
        Some(match action {
            "ListSessions" => Vec::new(),
            "EndSession" => vec![("SessionId", self.session())],
            "EndSessions" => vec![self.role()],
            "Why" => vec![("RequestId", text(&self.call("Ram", "ListUsers", Vec::new())["RequestId"]))],
            "WhoCan" => {
                vec![("AuthAction", "ecs:StopInstance".to_owned()), ("AuthResource", "*".to_owned())]
            }
            "TestAccess" => vec![
                ("AuthAction", "ecs:StopInstance".to_owned()),
                ("AuthResource", "*".to_owned()),
                ("AuthPrincipal", format!("user/{}", self.user().1)),
            ],
            _ => return None,
        })
    }

    /// The number of a session of one of the account's roles.
    fn session(&self) -> String {
        let (name, session) = (fresh("user"), fresh("session"));
        let user = self.owner.user(&name);
        self.owner.grant(&name, "AliyunSTSAssumeRoleAccess");
        let (_, role) = self.role();
        user.assume(&format!("acs:ram::{}:role/{role}", self.owner.id), &session).unwrap();
        let listed = self.call("Argali", "ListSessions", vec![("RoleName", role)]);
        text(&listed["Sessions"]["Session"][0]["SessionId"])
    }
}
