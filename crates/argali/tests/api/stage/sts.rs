//! STS.

use super::{Params, Stage};

impl Stage<'_> {
    pub(super) fn sts(&self, action: &str) -> Option<Params> {
        Some(match action {
            "AssumeRole" => {
                let (_, name) = self.role();
                let arn = format!("acs:ram::{}:role/{name}", self.owner.id);
                vec![("RoleArn", arn), ("RoleSessionName", "session".to_owned())]
            }
            "AssumeRoleWithOIDC" => self.federated(),
            "GetCallerIdentity" => Vec::new(),
            _ => return None,
        })
    }
}
