//! SOFAStack.

use argali_testkit::seconds;

use super::{Params, Stage, fresh, text};

impl Stage<'_> {
    pub(super) fn sofa(&self, action: &str) -> Option<Params> {
        Some(match action {
            "ListApplications" => Vec::new(),
            "CreateApplication" => vec![("Name", fresh("app")), ("Image", "registry/shop:1".to_owned())],
            "GetApplication" | "DeployApplication" | "StopApplication" | "DeleteApplication" => {
                let made = self.call("SOFA", "CreateApplication", self.params("SOFA", "CreateApplication"));
                self.server.clock().advance(seconds(2));
                vec![("ApplicationId", text(&made["ApplicationId"]))]
            }
            _ => return None,
        })
    }
}
