//! What an operator can have done, and what comes of it.

use argali_core::error::ApiError;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What an operator can have done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "Command", rename_all_fields = "PascalCase", deny_unknown_fields)]
pub enum Command {
    /// Makes an account.
    CreateAccount {
        /// What the operator calls it; empty to take the alias or number.
        #[serde(default)]
        name: String,
        /// Its number; one is made if none is given.
        #[serde(default)]
        id: Option<String>,
        /// Its second name.
        #[serde(default)]
        alias: Option<String>,
        /// The e-mail address under which its owner logs on, too.
        #[serde(default)]
        email: Option<String>,
    },
    /// Seals security tokens with a new key from now on.
    RotateTokenKey {
        /// Whether the sessions whose tokens older keys sealed end at once; they live on otherwise.
        #[serde(default)]
        revoke_all: bool,
    },
    /// Lists all accounts.
    ListAccounts,
    /// Lists the services with a backend, each with the key that signs what is passed on to it.
    ListBackends,
    /// Closes an account: none of its credentials works, and none of its roles can be used.
    CloseAccount {
        /// The account's number or alias.
        account: String,
    },
    /// Opens an account again that was closed.
    OpenAccount {
        /// The account's number or alias.
        account: String,
    },
    /// Gives the owner of an account another password, which is answered, and ends the owner's console logons.
    ReplaceOwnerPassword {
        /// The account's number or alias.
        account: String,
        /// Whether the owner's MFA device is unbound and forgotten, too.
        #[serde(default)]
        unbind_mfa: bool,
    },
    /// Opens or closes a gated service of one account to other accounts.
    SetGate {
        /// The account's number or alias.
        account: String,
        /// The service's name, such as `ecs`.
        service: String,
        /// Which of the two.
        gate: GateState,
    },
}

/// Whether other accounts are let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GateState {
    /// They are, as far as policies allow.
    Open,
    /// They are not, whatever policies allow.
    Closed,
}

/// What comes of a command.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Reply {
    /// It was done; this is what it answers.
    Done(Value),
    /// It was not.
    #[serde(rename_all = "PascalCase")]
    Refused {
        /// The error code, as the API spells it.
        code: String,
        /// The HTTP status that goes with the code.
        status: u16,
        /// One sentence that says what to do.
        message: String,
    },
}

impl Reply {
    /// That a command was refused, and why.
    pub(super) fn refused(error: &ApiError) -> Self {
        Self::Refused {
            code: error.code().wire().into_owned(),
            status: error.code().http_status(),
            message: error.message().to_owned(),
        }
    }
}
