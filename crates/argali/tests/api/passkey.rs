//! Passkeys of people, as a browser makes and shows them.

use argali_testkit::{ApiFailure, Enterprise, PasskeyDevice};
use serde_json::Value;

use crate::person::{PASSWORD, Person};
pub(crate) use crate::stage::passkey::{by_name, challenge, origin, outside_origin};
use crate::stage::text;

/// Registers a passkey of whoever is logged on, and returns its authenticator.
pub(crate) fn register(person: &Person<'_>, enterprise: &Enterprise) -> PasskeyDevice {
    let device = PasskeyDevice::new();
    register_on(person, enterprise, &device).unwrap();
    device
}

/// The same on an authenticator that is there.
pub(crate) fn register_on(
    person: &Person<'_>,
    enterprise: &Enterprise,
    device: &PasskeyDevice,
) -> Result<Value, ApiFailure> {
    let options = &person.call("Argali", "BeginPasskeyRegistration", &[])?["PublicKey"];
    let credential = device.create(options, &origin(enterprise));
    person.call("Argali", "RegisterPasskey", &[("PasskeyName", "My laptop"), ("Credential", &credential)])
}

/// What comes of the password of a user.
pub(crate) fn first_step(enterprise: &Enterprise, user: &str) -> Value {
    let name = format!("{user}@{}", enterprise.id);
    let params = [("LogonName", name.as_str()), ("Password", PASSWORD)];
    enterprise.client.call_unsigned("Argali", "LogOn", &params).unwrap()
}

/// What comes of a credential that is shown after the password.
pub(crate) fn show(enterprise: &Enterprise, step: &Value, credential: &str) -> Result<Value, ApiFailure> {
    let params = [("Attempt", step["Attempt"].as_str().unwrap()), ("Credential", credential)];
    enterprise.client.call_unsigned("Argali", "LogOnWithPasskey", &params)
}

/// Shows the passkey of an authenticator after the password.
pub(crate) fn answer(
    enterprise: &Enterprise,
    step: &Value,
    device: &PasskeyDevice,
) -> Result<Value, ApiFailure> {
    let asked = challenge(enterprise, step)?;
    show(enterprise, step, &device.get(&asked["PublicKey"], &outside_origin(enterprise)))
}

/// Logs a user on with password and passkey, and returns what the browser holds.
pub(crate) fn log_on(enterprise: &Enterprise, user: &str, device: &PasskeyDevice) -> String {
    text(&answer(enterprise, &first_step(enterprise, user), device).unwrap()["Session"])
}
