//! What a form would do: the calls that it makes, taken down in place of making them.
//!
//! So that no form has to say it again, "Show API call" sends the form as it is, and its page runs as ever: what it
//! reads is read, and what it would change is written here.
// SPEC: console, rules that hold everywhere, show the API.

use std::fmt;

use argali_core::Core;
use argali_core::operation::Access;
use argali_core::registry::Registered;
use parking_lot::Mutex;

/// A call that a form would make.
#[derive(Clone)]
pub(crate) struct Planned {
    /// The product, as SDKs spell it.
    pub(crate) product: String,
    /// The version of its API.
    pub(crate) version: String,
    /// The operation.
    pub(crate) action: String,
    /// Its parameters; secrets are left out.
    pub(crate) params: Vec<(String, Option<String>)>,
    /// The request as its own protocol writes it, if that is not by parameters.
    pub(crate) written: Option<String>,
    /// The command that makes it, where that is not one of ours.
    pub(crate) command: Option<String>,
}

/// Operations that change nothing and that a form is there for; what else pages read is none of a form's calls.
const READS_OF_FORMS: [&str; 2] = ["TestOIDCProvider", "VerifyBackup"];

/// The calls that a form would make.
#[derive(Debug, Default)]
pub(crate) struct Plan(Mutex<Vec<Planned>>);

impl Plan {
    /// Takes down a call if it would change something, and says whether it did. Of secrets only the names are kept.
    pub(crate) fn takes(
        &self,
        core: &Core,
        (version, action): (&str, &str),
        params: &[(&str, &str)],
    ) -> bool {
        let Ok(operation) = core.registry().find(version, action) else { return false };
        if operation.access() == Access::Read && !READS_OF_FORMS.contains(&operation.name()) {
            return false;
        }
        self.take(planned(operation, params));
        true
    }

    /// Takes down a call that would change something.
    pub(crate) fn take(&self, call: Planned) {
        self.0.lock().push(call);
    }

    /// The calls, in their order.
    pub(crate) fn calls(&self) -> Vec<Planned> {
        self.0.lock().clone()
    }
}

/// A call of an operation, without its secrets.
pub(crate) fn planned(operation: &Registered, params: &[(&str, &str)]) -> Planned {
    let params = params.iter().map(|(name, value)| {
        let is_secret = operation.secret_parameters.contains(name);
        ((*name).to_owned(), (!is_secret).then(|| (*value).to_owned()))
    });
    Planned {
        product: operation.product.clone(),
        version: operation.version.clone(),
        action: operation.name().to_owned(),
        params: params.collect(),
        written: None,
        command: None,
    }
}

impl fmt::Debug for Planned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.product, self.action)
    }
}
