//! Users with passkeys, and the authenticators that show them, at the name that the server has on this machine: at a
//! number there are none.

use argali_testkit::{ApiFailure, Enterprise, PasskeyDevice};
use serde_json::Value;

use super::{Params, Stage, text};

/// The same account, called by the name of its server.
pub(crate) fn by_name(enterprise: Enterprise) -> Enterprise {
    Enterprise { client: enterprise.client.by_name(), ..enterprise }
}

/// Where pages come from to which somebody is logged on here; that is said to be over TLS.
pub(crate) fn origin(enterprise: &Enterprise) -> String {
    format!("https://{}", enterprise.client.host())
}

/// Where the pages come from with which somebody logs on.
pub(crate) fn outside_origin(enterprise: &Enterprise) -> String {
    format!("http://{}", enterprise.client.host())
}

/// What a browser is to ask the authenticator for, after the password.
pub(crate) fn challenge(enterprise: &Enterprise, step: &Value) -> Result<Value, ApiFailure> {
    let attempt = [("Attempt", step["Attempt"].as_str().unwrap())];
    enterprise.client.call_unsigned("Argali", "BeginPasskeyLogon", &attempt)
}

impl Stage<'_> {
    pub(super) fn of_passkeys(&self, action: &str) -> Option<Params> {
        Some(match action {
            "BeginPasskeyRegistration" | "BeginPasskeyVerification" => Vec::new(),
            "RegisterPasskey" => {
                vec![("PasskeyName", "My laptop".to_owned()), ("Credential", "{}".to_owned())]
            }
            "BeginPasskeyLogon" => {
                let (user, _) = self.user_with_passkey();
                vec![("Attempt", text(&self.begin_logon(&user)["Attempt"]))]
            }
            "LogOnWithPasskey" => {
                let (user, device) = self.user_with_passkey();
                let (step, owner) = (self.begin_logon(&user), by_name(self.owner.clone()));
                let asked = challenge(&owner, &step).unwrap();
                let credential = device.get(&asked["PublicKey"], &outside_origin(&owner));
                vec![("Attempt", text(&step["Attempt"])), ("Credential", credential)]
            }
            _ => return None,
        })
    }

    /// A user with a passkey, and the authenticator that shows it.
    pub(super) fn user_with_passkey(&self) -> (String, PasskeyDevice) {
        let ((_, user), owner) = (self.logon_user(), by_name(self.owner.clone()));
        let session = text(&self.begin_logon(&user)["Session"]);
        let call = |action, params: &[(&str, &str)]| {
            self.server.call_as_logon(&owner.client, &session, ("Argali", action), params).unwrap()
        };
        let device = PasskeyDevice::new();
        let wish = call("BeginPasskeyRegistration", &[]);
        let credential = device.create(&wish["PublicKey"], &origin(&owner));
        call("RegisterPasskey", &[("PasskeyName", "My laptop"), ("Credential", &credential)]);
        (user, device)
    }
}
