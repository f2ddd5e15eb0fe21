//! People who are logged on to the console, as the console calls for them.

use std::cell::RefCell;

use argali_testkit::{ApiFailure, Authenticator, Client, Enterprise, TestServer, credentials, seconds};
use serde_json::Value;

use crate::expect::well_mannered;
use crate::stage::text;

/// The password of everybody.
pub(crate) const PASSWORD: &str = "correct horse";

/// Somebody who is logged on.
pub(crate) struct Person<'s> {
    server: &'s TestServer,
    client: Client,
    /// What the browser holds; some answers replace it.
    session: RefCell<String>,
}

impl<'s> Person<'s> {
    /// Gives a user of `enterprise` a password, and logs it on.
    pub(crate) fn of(server: &'s TestServer, enterprise: &Enterprise, user: &str) -> Self {
        let params = [("UserName", user), ("Password", PASSWORD)];
        enterprise.must("Ram", "CreateLoginProfile", &params);
        Self::log_on(server, enterprise, user)
    }

    /// Logs a user on whose password is [`PASSWORD`] and that has no device.
    pub(crate) fn log_on(server: &'s TestServer, enterprise: &Enterprise, user: &str) -> Self {
        let name = format!("{user}@{}", enterprise.id);
        let params = [("LogonName", name.as_str()), ("Password", PASSWORD)];
        let answer = enterprise.client.call_unsigned("Argali", "LogOn", &params).unwrap();
        Self::holding(server, enterprise, &text(&answer["Session"]))
    }

    /// Logs a user on with a code of its device.
    pub(crate) fn log_on_with(
        server: &'s TestServer,
        enterprise: &Enterprise,
        user: &str,
        app: &Authenticator,
    ) -> Self {
        let name = format!("{user}@{}", enterprise.id);
        let params = [("LogonName", name.as_str()), ("Password", PASSWORD)];
        let step = enterprise.client.call_unsigned("Argali", "LogOn", &params).unwrap();
        let (attempt, code) = (text(&step["Attempt"]), app.code(server.clock().now()));
        let params = [("Attempt", attempt.as_str()), ("AuthenticationCode", &code)];
        let answer = enterprise.client.call_unsigned("Argali", "LogOnWithCode", &params).unwrap();
        Self::holding(server, enterprise, &text(&answer["Session"]))
    }

    /// Whoever holds this session.
    pub(crate) fn holding(server: &'s TestServer, enterprise: &Enterprise, session: &str) -> Self {
        Self { server, client: enterprise.client.clone(), session: RefCell::new(session.to_owned()) }
    }

    /// What the browser holds at present.
    pub(crate) fn session(&self) -> String {
        self.session.borrow().clone()
    }

    /// Calls an operation as itself.
    pub(crate) fn call(
        &self,
        product: &str,
        action: &str,
        params: &[(&str, &str)],
    ) -> Result<Value, ApiFailure> {
        let answer = self.server.call_as_logon(&self.client, &self.session(), (product, action), params);
        self.seen(product, answer)
    }

    /// Calls an operation in a role that it has switched to.
    pub(crate) fn call_in(
        &self,
        role: (&str, &str),
        product: &str,
        action: &str,
        params: &[(&str, &str)],
    ) -> Result<Value, ApiFailure> {
        let session = self.session();
        let answer = self.server.call_in_role(&self.client, &session, role, (product, action), params);
        self.seen(product, answer)
    }

    /// Calls an operation as itself, which must succeed.
    #[track_caller]
    pub(crate) fn must(&self, product: &str, action: &str, params: &[(&str, &str)]) -> Value {
        match self.call(product, action, params) {
            Ok(answer) => answer,
            Err(failure) => panic!("{action} {params:?}: {failure}"),
        }
    }

    /// Calls an operation as itself, which must be refused with this code.
    #[track_caller]
    pub(crate) fn refused(
        &self,
        product: &str,
        action: &str,
        params: &[(&str, &str)],
        code: &str,
    ) -> ApiFailure {
        let failure = self.call(product, action, params).expect_err(code);
        assert_eq!(failure.code, code, "{action} {params:?}: {failure}");
        failure
    }

    /// Switches to a role.
    pub(crate) fn switch(&self, (account, role): (&str, &str)) -> Result<Value, ApiFailure> {
        self.call("Argali", "SwitchRole", &[("Account", account), ("RoleName", role)])
    }

    /// Assumes a role, and returns a client with the credentials that it has taken along.
    pub(crate) fn assume(&self, role_arn: &str) -> Client {
        let params = [("RoleArn", role_arn), ("RoleSessionName", "taken-along")];
        let answer = self.must("Sts", "AssumeRole", &params);
        self.server.client(credentials(&answer["Credentials"]))
    }

    /// What it is told in a role when it asks who it is: `good`, or the code.
    pub(crate) fn ask_in(&self, role: (&str, &str)) -> String {
        match self.call_in(role, "Sts", "GetCallerIdentity", &[]) {
            Ok(_) => "good".to_owned(),
            Err(failure) => failure.code,
        }
    }

    fn seen(&self, product: &str, answer: Result<Value, ApiFailure>) -> Result<Value, ApiFailure> {
        match &answer {
            Ok(answer) => {
                if let Some(session) = answer["Session"].as_str() {
                    session.clone_into(&mut self.session.borrow_mut());
                }
            }
            Err(failure) => well_mannered(product, failure),
        }
        answer
    }
}

/// Binds a device to a user, and returns its app. The codes that bound it are used up.
pub(crate) fn bind_device(server: &TestServer, enterprise: &Enterprise, user: &str) -> Authenticator {
    let made = enterprise.must("Ram", "CreateVirtualMFADevice", &[("VirtualMFADeviceName", user)]);
    let device = &made["VirtualMFADevice"];
    let app = Authenticator::new(&text(&device["Base32StringSeed"]));
    let [first, second] = app.codes(server.clock().now());
    let serial = text(&device["SerialNumber"]);
    let codes = [("AuthenticationCode1", first.as_str()), ("AuthenticationCode2", second.as_str())];
    let params = [&[("UserName", user), ("SerialNumber", &serial)][..], &codes].concat();
    enterprise.must("Ram", "BindMFADevice", &params);
    server.clock().advance(seconds(90));
    app
}
