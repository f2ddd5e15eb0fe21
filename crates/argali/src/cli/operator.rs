//! What the operator of an installation does beside its server.

use clap::{Subcommand, ValueEnum};

use super::Place;

#[derive(Debug, Subcommand)]
pub(crate) enum AccountCommand {
    /// Make an account and print its AccessKey, which is shown only now.
    Create {
        /// What you call it; it becomes the alias too if it can be one.
        name: Option<String>,
        /// Its number: 5 to 20 digits. One is made if none is given.
        #[arg(long, value_name = "DIGITS")]
        id: Option<String>,
        /// Its second name: 3 to 50 lower-case letters, digits and `-`.
        #[arg(long)]
        alias: Option<String>,
        /// The e-mail address under which its owner logs on, beside number and alias.
        #[arg(long, value_name = "ADDRESS")]
        email: Option<String>,
        #[command(flatten)]
        place: Place,
    },
    /// List all accounts.
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Close an account: its credentials and roles stop working at once. Nothing is lost.
    Close {
        /// The account's number or alias.
        account: String,
        #[command(flatten)]
        place: Place,
    },
    /// Open an account again that was closed.
    Open {
        /// The account's number or alias.
        account: String,
        #[command(flatten)]
        place: Place,
    },
    /// Give the owner of an account another password, which is shown only now, and end the owner's console logons.
    Password {
        /// The account's number or alias.
        account: String,
        /// Unbind the owner's MFA device, too, because it was lost
        #[arg(long)]
        unbind_mfa: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Open or close a service of an account to other accounts.
    Gate {
        /// The account's number or alias.
        account: String,
        /// The service, such as `ecs`.
        service: String,
        /// Which of the two.
        state: GateState,
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum AdminCommand {
    /// The keys that seal security tokens.
    #[command(subcommand)]
    TokenKey(TokenKeyCommand),
    /// List the services with a backend of their own, each with the secret key that signs what it is sent.
    Backends {
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum TokenKeyCommand {
    /// Seal security tokens with a new key from now on. Sessions live on.
    Rotate {
        /// End every session of every account at once.
        #[arg(long)]
        revoke_all: bool,
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Tell whether every record is there as it was written, or which is the first that is not. A server may be
    /// running meanwhile.
    Verify {
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum GateState {
    Open,
    Closed,
}
