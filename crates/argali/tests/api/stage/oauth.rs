//! OAuth applications.

use super::{Params, Stage, borrowed, fresh, text};

impl Stage<'_> {
    pub(super) fn oauth(&self, action: &str) -> Option<Params> {
        Some(match action {
            "CreateApplication" => new_application(),
            "ListApplications"
            | "ListPredefinedScopes"
            | "ListApplicationProvisionInfos"
            | "ListExternalApplications" => Vec::new(),
            "GetApplication"
            | "DeleteApplication"
            | "CreateAppSecret"
            | "ListAppSecretIds"
            | "ProvisionApplication" => vec![self.application()],
            "UpdateApplication" => vec![self.application(), ("NewDisplayName", "Another".to_owned())],
            "GetAppSecret" | "DeleteAppSecret" => {
                let application = self.application();
                let made = self.call("Ims", "CreateAppSecret", vec![application.clone()]);
                vec![application, ("AppSecretId", text(&made["AppSecret"]["AppSecretId"]))]
            }
            "DeprovisionApplication" | "GetApplicationProvisionInfo" => {
                let application = self.application();
                self.call("Ims", "ProvisionApplication", vec![application.clone()]);
                vec![application]
            }
            "ProvisionExternalApplication" => vec![self.application_of_others()],
            "DeprovisionExternalApplication" | "GetExternalApplication" => {
                let application = self.application_of_others();
                self.call("Ims", "ProvisionExternalApplication", vec![application.clone()]);
                vec![application]
            }
            _ => return None,
        })
    }

    fn application(&self) -> (&'static str, String) {
        let made = self.call("Ims", "CreateApplication", new_application());
        ("AppId", text(&made["Application"]["AppId"]))
    }

    /// An application of another account, which any account may install.
    fn application_of_others(&self) -> (&'static str, String) {
        let open = [new_application(), vec![("IsMultiTenant", "true".to_owned())]].concat();
        let made = self.neighbour().must("Ims", "CreateApplication", &borrowed(&open));
        ("AppId", text(&made["Application"]["AppId"]))
    }
}

fn new_application() -> Params {
    vec![
        ("AppName", fresh("app")),
        ("DisplayName", "An application".to_owned()),
        ("AppType", "WebApp".to_owned()),
        ("RedirectUris", "https://app.example.com/callback".to_owned()),
    ]
}
