//! Secrets of every kind, used well and badly over HTTP, with everything that was answered meanwhile.

use argali_protocol::Secret;
use argali_testkit::{
    ApiFailure, Authenticator, Client, Credentials, Signing, TestClock, Visitor, registry, services, trust,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::search::{Planted, planted, planted_code};
use crate::expect::Calls;
use crate::stage::federation::issuer;
use crate::stage::text;
use crate::sts::credentials;

type Params<'a> = &'a [(&'a str, &'a str)];

/// What was planted, and what was said.
pub(super) struct Witness {
    owner: Client,
    alias: String,
    pub(super) secrets: Vec<Planted>,
    /// Answers, without the members that show a new secret to whoever asked for it.
    pub(super) answers: Vec<(String, String)>,
}

impl Witness {
    pub(super) fn of(owner: Client, alias: &str) -> Self {
        let mut witness = Self { owner, alias: alias.to_owned(), secrets: Vec::new(), answers: Vec::new() };
        let secret = witness.owner.credentials().access_key_secret.expose().to_owned();
        witness.plant("the account's AccessKey secret", secret.as_bytes());
        witness
    }

    pub(super) fn plant(&mut self, what: &str, secret: &[u8]) {
        self.secrets.push(planted(what, secret));
    }

    /// Keeps what was answered; but for a wrong signature, whose answer repeats to its sender all that was signed.
    // SPEC: wire protocol, what servers must do, 11.
    fn hear(&mut self, label: &str, answer: Result<Value, ApiFailure>) {
        if answer.as_ref().is_err_and(|failure| failure.code == "SignatureDoesNotMatch") {
            return;
        }
        let said = answer.map_or_else(|failure| format!("{failure:?}"), |answer| answer.to_string());
        self.answers.push((label.to_owned(), said));
    }

    fn call(&mut self, caller: &Client, product: &str, action: &str, params: Params<'_>) {
        self.hear(action, caller.call(product, action, params));
    }

    /// Makes a call as the account, which must succeed.
    fn must(&mut self, product: &str, action: &str, params: Params<'_>) -> Value {
        let answer = self.owner.must(product, action, params);
        self.hear(action, Ok(answer.clone()));
        answer
    }

    /// Takes the secrets out of an answer that shows them, at these places, and keeps the rest of it.
    fn shows<const N: usize>(&mut self, label: &str, mut answer: Value, places: [&str; N]) -> [String; N] {
        let shown = places.map(|place| {
            let value = answer.pointer_mut(place).unwrap_or_else(|| panic!("{label}: no {place}"));
            let secret = text(&value.take());
            self.plant(&format!("{place} of {label}"), secret.as_bytes());
            secret
        });
        self.hear(label, Ok(answer));
        shown
    }

    /// Uses everything there is.
    pub(super) fn use_everything(&mut self, owner_password: &str) {
        self.plant("the owner's password", owner_password.as_bytes());
        self.keys_and_sessions();
        self.federation();
        self.application();
        self.passwords();
        self.devices();
        let step = self.step("LogOn", &[("Owner", &self.alias.clone()), ("Password", owner_password)]);
        self.cookie("the owner's LogOn", step);
        self.pages(owner_password);
        self.ask_whatever_can_be_asked();
    }

    fn keys_and_sessions(&mut self) {
        let document = trust(&["acs:ram::11223344:root"]).to_string();
        self.must("Ram", "CreateRole", &[("RoleName", "ops"), ("AssumeRolePolicyDocument", &document)]);
        for (name, product) in [("alice", "Ram"), ("bob", "Ims"), ("carol", "Ram")] {
            self.must("Ram", "CreateUser", &[("UserName", name)]);
            let key = self.key(product, name);
            let grant =
                [("UserName", name), ("PolicyName", "AliyunSTSAssumeRoleAccess"), ("PolicyType", "System")];
            self.must("Ram", "AttachPolicyToUser", &grant);
            let session = self.session(&self.owner.with_credentials(key), name);
            self.use_session(&session);
            // With a wrong secret, and then with a wrong key.
            let credentials = session.credentials();
            let wrong = Secret::new("wrong".to_owned());
            let wrong = Credentials { access_key_secret: wrong, ..credentials.clone() };
            self.use_session(&self.owner.with_credentials(wrong));
            let wrong = Credentials { access_key_id: "STS.another".to_owned(), ..credentials.clone() };
            self.use_session(&self.owner.with_credentials(wrong));
        }
    }

    /// A secret of an OAuth application, which can be read again.
    fn application(&mut self) {
        let made = self.must("Ims", "CreateApplication", &[("DisplayName", "Shop"), ("AppType", "WebApp")]);
        let application = text(&made["Application"]["AppId"]);
        let this = ("AppId", application.as_str());
        let made = self.owner.must("Ims", "CreateAppSecret", &[this]);
        let secret = text(&made["AppSecret"]["AppSecretId"]);
        self.shows("CreateAppSecret", made, ["/AppSecret/AppSecretValue"]);
        let read = self.owner.must("Ims", "GetAppSecret", &[this, ("AppSecretId", &secret)]);
        self.shows("GetAppSecret", read, ["/AppSecret/AppSecretValue"]);
        self.must("Ims", "ListAppSecretIds", &[this]);
    }

    /// A new AccessKey of a user.
    fn key(&mut self, product: &str, user: &str) -> Credentials {
        let whose = match product {
            "Ims" => ("UserPrincipalName", format!("{user}@{}.onaliyun.com", self.alias)),
            _ => ("UserName", user.to_owned()),
        };
        let made = self.owner.must(product, "CreateAccessKey", &[(whose.0, &whose.1)]);
        let access_key_id = text(&made["AccessKey"]["AccessKeyId"]);
        let [secret] = self.shows("CreateAccessKey", made, ["/AccessKey/AccessKeySecret"]);
        Credentials { access_key_id, access_key_secret: Secret::new(secret), security_token: None }
    }

    fn session(&mut self, source: &Client, name: &str) -> Client {
        let assume = [("RoleArn", "acs:ram::11223344:role/ops"), ("RoleSessionName", name)];
        let answer = source.must("Sts", "AssumeRole", &assume);
        self.begun("AssumeRole", answer)
    }

    /// A client that signs with what an answer shows.
    fn begun(&mut self, label: &str, answer: Value) -> Client {
        let session = self.owner.with_credentials(credentials(&answer));
        self.shows(label, answer, ["/Credentials/AccessKeySecret", "/Credentials/SecurityToken"]);
        session
    }

    /// Calls what may succeed and what cannot, in each way of signing.
    fn use_session(&mut self, session: &Client) {
        for signing in Signing::ALL {
            let session = session.signing(signing);
            for (product, action) in
                [("Sts", "GetCallerIdentity"), ("Ram", "ListUsers"), ("Ram", "DoNothing")]
            {
                self.call(&session, product, action, &[]);
            }
        }
    }

    fn federation(&mut self) {
        let made = [("OIDCProviderName", "ci"), ("IssuerUrl", issuer().url()), ("ClientIds", "client-1")];
        self.must("Ims", "CreateOIDCProvider", &made);
        let provider = "acs:ram::11223344:oidc-provider/ci";
        let mut document = trust(&[]);
        document["Statement"][0]["Principal"] = json!({ "Federated": [provider] });
        let document = document.to_string();
        self.must("Ram", "CreateRole", &[("RoleName", "ci"), ("AssumeRolePolicyDocument", &document)]);
        for (role, audience, comes_in) in
            [("ci", "client-1", true), ("ops", "client-1", false), ("ci", "x", false)]
        {
            let token = issuer().token(&TestClock::real(), "somebody", audience).encode();
            self.plant(&format!("the OIDC token for {role} and {audience}"), token.as_bytes());
            let arn = format!("acs:ram::11223344:role/{role}");
            let params = [
                ("RoleArn", arn.as_str()),
                ("OIDCProviderArn", provider),
                ("OIDCToken", &token),
                ("RoleSessionName", "build"),
            ];
            let answer = self.owner.call_unsigned("Sts", "AssumeRoleWithOIDC", &params);
            assert_eq!(answer.is_ok(), comes_in, "{role} {audience}: {answer:?}");
            match answer {
                Ok(answer) => {
                    let session = self.begun("AssumeRoleWithOIDC", answer);
                    self.use_session(&session);
                }
                refused => self.hear("AssumeRoleWithOIDC", refused),
            }
        }
    }

    /// Passwords that are given, mistyped, refused, changed, reset, and replaced when somebody must.
    fn passwords(&mut self) {
        let [first, mistyped, reset, changed] =
            ["first-Tk4vQ8wYz2Lm", "first-Tk4vQ8wYz2Ln", "reset-Bc7nRf3xJd9s", "later-Hg5tPw1kVq6e"];
        let refused = "alice-is-in-this-one-Mx8";
        for (what, password) in [
            ("first password", first),
            ("mistyped password", mistyped),
            ("reset password", reset),
            ("changed password", changed),
            ("password that was refused", refused),
        ] {
            self.plant(&format!("alice's {what}"), password.as_bytes());
        }
        self.must("Ims", "SetPasswordPolicy", &[("PasswordNotContainUserName", "true")]);
        let alice = ("UserName", "alice");
        let key = self.key("Ram", "alice");
        let own = self.owner.with_credentials(key);
        self.call(&self.owner.clone(), "Ram", "CreateLoginProfile", &[alice, ("Password", refused)]);
        self.must("Ram", "CreateLoginProfile", &[alice, ("Password", first)]);
        let step = self.step("LogOn", &[("LogonName", &self.logon_name("alice")), ("Password", first)]);
        self.cookie("LogOn", step);
        let name = self.logon_name("alice");
        let wrong =
            self.owner.call_unsigned("Argali", "LogOn", &[("LogonName", &name), ("Password", mistyped)]);
        self.hear("LogOn", wrong);
        self.call(&own, "Ram", "ChangePassword", &[("OldPassword", mistyped), ("NewPassword", changed)]);
        self.must(
            "Ram",
            "UpdateLoginProfile",
            &[alice, ("Password", reset), ("PasswordResetRequired", "true")],
        );
        let step = self.step("LogOn", &[("LogonName", &name), ("Password", reset)]);
        let [attempt] = self.shows("LogOn", step, ["/Attempt"]);
        let step = self.step("LogOnWithNewPassword", &[("Attempt", &attempt), ("NewPassword", changed)]);
        self.cookie("LogOnWithNewPassword", step);
        self.call(&own, "Ims", "ChangePassword", &[("OldPassword", changed), ("NewPassword", refused)]);
        self.call(&own, "Ims", "ChangePassword", &[("OldPassword", changed), ("NewPassword", first)]);
    }

    /// Seeds and codes: of a device that an administrator makes, and of one that a logon asks for.
    fn devices(&mut self) {
        for (product, name) in [("Ram", "first"), ("Ims", "second")] {
            let made = self.owner.must(product, "CreateVirtualMFADevice", &[("VirtualMFADeviceName", name)]);
            let device = &made["VirtualMFADevice"];
            let serial = text(&device["SerialNumber"]);
            let places = ["/VirtualMFADevice/Base32StringSeed", "/VirtualMFADevice/QRCodePNG"];
            let [seed, _] = self.shows("CreateVirtualMFADevice", made, places);
            let [first, second] = self.codes(&seed);
            let codes = [("AuthenticationCode1", first.as_str()), ("AuthenticationCode2", &second)];
            let bound = [&[("UserName", "carol"), ("SerialNumber", &serial)][..], &codes].concat();
            // The second time the user has one.
            self.call(&self.owner.clone(), "Ram", "BindMFADevice", &bound);
        }
        let password = "other-Zx6yNb4mWe8r";
        self.plant("bob's password", password.as_bytes());
        let must = [("UserName", "bob"), ("Password", password), ("MFABindRequired", "true")];
        self.must("Ram", "CreateLoginProfile", &must);
        let log_on = [("LogonName", self.logon_name("bob")), ("Password", password.to_owned())];
        let log_on = log_on.each_ref().map(|(name, value)| (*name, value.as_str()));
        let step = self.step("LogOn", &log_on);
        let [attempt, seed, _] = self.shows("LogOn", step, ["/Attempt", "/Base32StringSeed", "/QRCodePNG"]);
        let [first, second] = self.codes(&seed);
        let codes = [("AuthenticationCode1", first.as_str()), ("AuthenticationCode2", &second)];
        let step = self.step("LogOnWithNewDevice", &[&[("Attempt", attempt.as_str())][..], &codes].concat());
        self.cookie("LogOnWithNewDevice", step);
        // The code has been used.
        let step = self.step("LogOn", &log_on);
        let [attempt] = self.shows("LogOn", step, ["/Attempt"]);
        let again = [("Attempt", attempt.as_str()), ("AuthenticationCode", &first)];
        let refused = self.owner.call_unsigned("Argali", "LogOnWithCode", &again);
        assert!(refused.is_err(), "a code is taken once");
        self.hear("LogOnWithCode", refused);
    }

    /// The codes of a seed, all planted.
    fn codes(&mut self, seed: &str) -> [String; 2] {
        let app = Authenticator::new(seed);
        self.plant("the bytes of a seed", app.seed());
        let codes = app.codes(TestClock::real().now());
        for code in &codes {
            self.secrets.push(planted_code("a code of an MFA device", code));
        }
        codes
    }

    fn logon_name(&self, user: &str) -> String {
        format!("{user}@{}", self.alias)
    }

    /// A step of logging on, which must succeed.
    fn step(&self, action: &str, params: Params<'_>) -> Value {
        let answer = self.owner.call_unsigned("Argali", action, params);
        answer.unwrap_or_else(|failure| panic!("{action}: {failure}"))
    }

    /// Logs on through the pages, as browsers do, and looks around.
    fn pages(&mut self, owner_password: &str) {
        let visitor = Visitor::at(self.owner.host());
        for password in ["mistyped-Dq2sGx7hUc4n", owner_password] {
            self.plant("a password in a form", password.as_bytes());
            let form = visitor.get("/logon?form-of=owner");
            let alias = self.alias.clone();
            let page = visitor.submit(&form, "/logon", &[("Owner", alias.as_str()), ("Password", password)]);
            self.answers.push(("/logon".to_owned(), page.body));
        }
        for cookie in ["argali-session", "argali-browser"] {
            self.plant(cookie, visitor.cookie(cookie).unwrap().as_bytes());
        }
        for path in ["/console", "/console/no-such-page", "/logon"] {
            self.answers.push((path.to_owned(), visitor.open(path).body));
        }
    }

    /// Plants the cookie of a console session that a step has begun, and what the browser is known by.
    fn cookie(&mut self, label: &str, step: Value) {
        let [cookie, _] = self.shows(label, step, ["/Session", "/DeviceToken"]);
        self.plant(&format!("the bytes of the session of {label}"), &URL_SAFE_NO_PAD.decode(cookie).unwrap());
    }

    /// Calls whatever shows something without being told what.
    fn ask_whatever_can_be_asked(&mut self) {
        let registry = registry::Registry::new(services::SERVICES);
        let reads = registry.iter().filter(|operation| !operation.access().is_change());
        for operation in reads {
            self.call(&self.owner.clone(), &operation.product, operation.name(), &[]);
        }
        for (action, params) in [
            ("ListAccessKeys", [("UserName", "alice")]),
            ("GetUser", [("UserName", "alice")]),
            ("GetLoginProfile", [("UserName", "alice")]),
            ("GetUserMFAInfo", [("UserName", "carol")]),
        ] {
            self.must("Ram", action, &params);
        }
    }
}
