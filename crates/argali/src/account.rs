//! `argali account`: the operator's way, through the running server or else directly.

use argali_server::Data;
use argali_server::operator::{self, Command, GateState, Reply};
use serde_json::Value;

use crate::cli::{self, AccountCommand};
use crate::failure::{Failure, exit_of};
use crate::output::Output;
use crate::serve::{configuration, runtime};

pub(crate) fn run(command: &AccountCommand, output: &Output) -> Result<(), Failure> {
    argali_server::harden_process();
    let (place, command) = match command {
        AccountCommand::Create { name, id, alias, email, place } => {
            let alias = alias.clone().or_else(|| name.clone().filter(|name| can_be_alias(name)));
            let name = name.clone().unwrap_or_default();
            (place, Command::CreateAccount { name, id: id.clone(), alias, email: email.clone() })
        }
        AccountCommand::List { place } => (place, Command::ListAccounts),
        AccountCommand::Close { account, place } => {
            (place, Command::CloseAccount { account: account.clone() })
        }
        AccountCommand::Open { account, place } => (place, Command::OpenAccount { account: account.clone() }),
        AccountCommand::Password { account, unbind_mfa, place } => {
            (place, Command::ReplaceOwnerPassword { account: account.clone(), unbind_mfa: *unbind_mfa })
        }
        AccountCommand::Gate { account, service, state, place } => {
            let gate = match state {
                cli::GateState::Open => GateState::Open,
                cli::GateState::Closed => GateState::Closed,
            };
            (place, Command::SetGate { account: account.clone(), service: service.clone(), gate })
        }
    };
    let config = configuration(place)?;
    let Data::Folder(folder) = Data::folder(&config)? else { return Ok(()) };
    let reply = runtime(1)?.block_on(operator::run(&config, &folder, &command))?;
    let answer = done(reply)?;
    let shown_once = match command {
        Command::CreateAccount { .. } => Some("AccessKey"),
        Command::ReplaceOwnerPassword { .. } => Some("password"),
        _ => None,
    };
    if let Some(secret) = shown_once.filter(|_| output.is_for_people()) {
        output.note(&format!("The {secret} is shown only now: keep it where only you can read it."));
    }
    output.data(&answer)
}

/// What a command answered, or why it was refused.
pub(crate) fn done(reply: Reply) -> Result<Value, Failure> {
    match reply {
        Reply::Done(answer) => Ok(answer),
        Reply::Refused { code, status, message } => {
            Err(Failure::new(exit_of(&code, status), format!("{code}: {message}")))
        }
    }
}

/// Whether a name has the form of an alias, so that it need not be typed twice.
pub(crate) fn can_be_alias(name: &str) -> bool {
    (3..=50).contains(&name.len())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        && !name.chars().all(|c| c.is_ascii_digit())
}
