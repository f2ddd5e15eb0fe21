//! Our own operations.

use argali_testkit::{Authenticator, Enterprise, allow, seconds, trust};
use serde_json::Value;

use super::ram::PASSWORD;
use super::{Params, Stage, borrowed, fresh, text};

impl Stage<'_> {
    pub(super) fn argali(&self, action: &str) -> Option<Params> {
        Some(match action {
            "ListSessions" | "ListDelegations" | "ListReceivedRoles" | "ListUsableRoles" => Vec::new(),
            "FindAccount" => vec![("Account", self.owner.alias.clone())],
            "CreateInvitation" => {
                let (invited, role) = self.delegation();
                vec![role, ("AccountId", invited.id)]
            }
            "GetInvitation" => vec![("Invitation", self.invitation())],
            "PreviewTrustPolicy" => {
                let document = trust(&[&self.owner.root_arn()]).to_string();
                vec![self.role(), ("AssumeRolePolicyDocument", document)]
            }
            "TestOIDCProvider" => {
                let token = self.federated().into_iter().filter(|(name, _)| *name == "OIDCToken");
                token.chain([("OIDCProviderName", "tests".to_owned())]).collect()
            }
            "ListWebhooks" => Vec::new(),
            "CreateWebhook" => self.new_webhook(),
            "UpdateWebhook" => vec![self.webhook(), ("Status", "Paused".to_owned())],
            "GetWebhook" | "DeleteWebhook" | "PingWebhook" | "ListWebhookDeliveries" => vec![self.webhook()],
            "ListActivity" | "ListActions" | "ListFindings" | "ListHighRiskPolicies" => Vec::new(),
            "SearchUsers" | "SearchRoles" | "SearchGroups" | "SearchGrants" => Vec::new(),
            "ArchiveFinding" => vec![self.finding(), ("Reason", "known".to_owned())],
            "UnarchiveFinding" => vec![self.archived_finding()],
            "LintPolicy" => vec![("PolicyDocument", allow(&["ecs:StopInstance"], &["*"]).to_string())],
            "EndSession" => vec![("SessionId", self.session())],
            "EndSessions" => vec![self.role()],
            "SetRoleVisibility" => vec![self.role(), ("Visibility", "Hidden".to_owned())],
            "Why" => vec![("RequestId", text(&self.call("Ram", "ListUsers", Vec::new())["RequestId"]))],
            "WhoCan" => {
                vec![("AuthAction", "ecs:StopInstance".to_owned()), ("AuthResource", "*".to_owned())]
            }
            "TestAccess" => vec![
                ("AuthAction", "ecs:StopInstance".to_owned()),
                ("AuthResource", "*".to_owned()),
                ("AuthPrincipal", format!("user/{}", self.user().1)),
            ],
            "GetLogonSession" | "ListLogonSessions" | "ListSwitchedRoles" | "ListFavouriteRoles"
            | "GetPasswordRules" | "LogOff" => Vec::new(),
            "EndLogonSessions" => vec![("Others", "true".to_owned())],
            "VerifyIdentity" => vec![("Password", PASSWORD.to_owned())],
            "SwitchRole"
            | "ExtendRole"
            | "SwitchBack"
            | "GetSwitchedRoleEnd"
            | "AddFavouriteRole"
            | "RemoveFavouriteRole" => {
                vec![("Account", self.owner.alias.clone()), self.role()]
            }
            // None is what every account may have.
            "ListAccounts"
            | "GetOwnerEmail"
            | "SetOwnerEmail"
            | "GetOwnerMFADevice"
            | "UnbindOwnerMFADevice" => Vec::new(),
            "SetPreferences" => vec![("Language", "zh-CN".to_owned())],
            "BindOwnerMFADevice" => vec![
                ("SerialNumber", format!("acs:ram::{}:mfa/owner", self.owner.id)),
                ("AuthenticationCode1", "000000".to_owned()),
                ("AuthenticationCode2", "000001".to_owned()),
            ],
            "CreateAccount" => vec![("AccountName", "Third".to_owned())],
            "CloseAccount" | "OpenAccount" => vec![self.operated_account()],
            "ReplaceOwnerPassword" => vec![self.operated_account(), ("OwnerPassword", PASSWORD.to_owned())],
            "SetGate" => vec![
                self.operated_account(),
                ("Service", "expressconnect".to_owned()),
                ("Open", "true".to_owned()),
            ],
            "GetServerHealth" | "MakeBackup" | "ResetWorld" => Vec::new(),
            "VerifyBackup" => {
                ["MasterKeyCheck", "Sum", "SumSignature"].map(|name| (name, "00".to_owned())).into()
            }
            "AdvanceClock" => vec![("Seconds", "1".to_owned())],
            "LogOn" => self.first_step(&self.logon_user().1),
            "LogOnWithCode" => {
                let (user, app) = self.user_with_device();
                let profile = vec![("UserName", user.clone()), ("Password", PASSWORD.to_owned())];
                self.call("Ram", "CreateLoginProfile", profile);
                // The codes that bound the device are used up.
                self.server.clock().advance(seconds(90));
                let step = self.begin_logon(&user);
                let code = app.code(self.server.clock().now());
                vec![("Attempt", text(&step["Attempt"])), ("AuthenticationCode", code)]
            }
            "LogOnWithNewDevice" => {
                let (_, user) = self.logon_user();
                let must = vec![("UserName", user.clone()), ("MFABindRequired", "true".to_owned())];
                self.call("Ram", "UpdateLoginProfile", must);
                let step = self.begin_logon(&user);
                let app = Authenticator::new(&text(&step["Base32StringSeed"]));
                let [first, second] = app.codes(self.server.clock().now());
                let codes = [("AuthenticationCode1", first), ("AuthenticationCode2", second)];
                [vec![("Attempt", text(&step["Attempt"]))], codes.to_vec()].concat()
            }
            "LogOnWithNewPassword" => {
                let (_, user) = self.logon_user();
                let must = vec![("UserName", user.clone()), ("PasswordResetRequired", "true".to_owned())];
                self.call("Ram", "UpdateLoginProfile", must);
                let step = self.begin_logon(&user);
                vec![("Attempt", text(&step["Attempt"])), ("NewPassword", "battery staple".to_owned())]
            }
            _ => return self.of_passkeys(action),
        })
    }

    /// What makes a webhook, for which there is room. Nothing is at its address.
    fn new_webhook(&self) -> Params {
        let listed = self.call("Argali", "ListWebhooks", Vec::new());
        for webhook in listed["Webhooks"].as_array().unwrap() {
            self.call("Argali", "DeleteWebhook", vec![("WebhookId", text(&webhook["WebhookId"]))]);
        }
        vec![("WebhookName", "Alarm".to_owned()), ("Url", "https://localhost:1/alarm".to_owned())]
    }

    fn webhook(&self) -> (&'static str, String) {
        let made = self.call("Argali", "CreateWebhook", self.new_webhook());
        ("WebhookId", text(&made["Webhook"]["WebhookId"]))
    }

    /// An account for its operators to do something with.
    fn operated_account(&self) -> (&'static str, String) {
        ("Account", self.neighbour().id)
    }

    /// What a user logs on with.
    fn first_step(&self, user: &str) -> Params {
        let name = format!("{user}@{}", self.owner.alias);
        vec![("LogonName", name), ("Password", PASSWORD.to_owned())]
    }

    /// What comes of a user's first step.
    pub(super) fn begin_logon(&self, user: &str) -> Value {
        let params = self.first_step(user);
        self.owner.client.call_unsigned("Argali", "LogOn", &borrowed(&params)).unwrap()
    }

    /// A user with a device, and the app that shows its codes.
    fn user_with_device(&self) -> (String, Authenticator) {
        let (serial_number, app) = self.device();
        let user = self.user();
        let [first, second] = app.codes(self.server.clock().now());
        let codes = [("AuthenticationCode1", first), ("AuthenticationCode2", second)];
        self.call("Ram", "BindMFADevice", [vec![user.clone(), serial_number], codes.to_vec()].concat());
        (user.1, app)
    }

    /// Another account that is here, too.
    pub(super) fn neighbour(&self) -> Enterprise {
        let alias = fresh("other");
        let number = alias.trim_start_matches(|c: char| c.is_alphabetic());
        self.server.account(&alias, &format!("90000{number}"))
    }

    /// A role that another account may use, with that account.
    fn delegation(&self) -> (Enterprise, (&'static str, String)) {
        let (other, role) = (self.neighbour(), self.role());
        let document = trust(&[&other.root_arn()]).to_string();
        self.call("Ram", "UpdateRole", vec![role.clone(), ("NewAssumeRolePolicyDocument", document)]);
        (other, role)
    }

    /// An invitation that another account has sent.
    fn invitation(&self) -> String {
        let other = self.neighbour();
        other.role("offered", &[&self.owner.root_arn()], &["AliyunECSReadOnlyAccess"]);
        let params = [("RoleName", "offered"), ("AccountId", self.owner.id.as_str())];
        text(&other.must("Argali", "CreateInvitation", &params)["Invitation"])
    }

    /// The number of a finding: somebody outside may assume a role.
    fn finding(&self) -> (&'static str, String) {
        let (name, role) = (fresh("role"), "acs:ram::87654321:root");
        self.owner.role(&name, &[role], &[]);
        let listed = self.call("Argali", "ListFindings", vec![("Kind", "OutsideWholeAccount".to_owned())]);
        let found = listed["Findings"].as_array().unwrap().iter();
        let mut found = found.filter(|finding| text(&finding["Resource"]).ends_with(&format!("/{name}")));
        ("FindingId", text(&found.next().unwrap()["FindingId"]))
    }

    /// The number of a finding that was put away.
    fn archived_finding(&self) -> (&'static str, String) {
        let finding = self.finding();
        self.call("Argali", "ArchiveFinding", vec![finding.clone(), ("Reason", "known".to_owned())]);
        finding
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
