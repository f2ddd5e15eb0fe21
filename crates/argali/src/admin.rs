//! `argali admin`: the keys of an installation, through the running server or else directly.

use argali_server::Data;
use argali_server::operator::{self, Command};

use crate::account::done;
use crate::cli::{AdminCommand, TokenKeyCommand};
use crate::failure::Failure;
use crate::output::Output;
use crate::serve::{configuration, runtime};

pub(crate) fn run(command: &AdminCommand, output: &Output) -> Result<(), Failure> {
    argali_server::harden_process();
    let (place, command) = match command {
        AdminCommand::TokenKey(TokenKeyCommand::Rotate { revoke_all, place }) => {
            (place, Command::RotateTokenKey { revoke_all: *revoke_all })
        }
        AdminCommand::Backends { place } => (place, Command::ListBackends),
    };
    let config = configuration(place)?;
    let Data::Folder(folder) = Data::folder(&config)? else { return Ok(()) };
    let reply = runtime(1)?.block_on(operator::run(&config, &folder, &command))?;
    output.data(&done(reply)?)
}
