//! The operator's way in: accounts and gates, over a socket that only the owner of the data can open.
//!
//! One JSON object a line: a [`Command`], answered by a [`Reply`]. [`run`] goes through the socket while a server
//! runs on the data, and opens the data itself otherwise.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use argali_core::Core;
use argali_core::env::Env;
use argali_core::registry::Registry;
use argali_store::StoreError;

mod command;
mod execution;
mod socket;

pub use command::{Command, GateState, Reply};
pub(crate) use execution::Operator;
use socket::ask;
pub(crate) use socket::{SOCKET, listen, serve};

use crate::config::Config;
use crate::console;
use crate::data::{self, Data, DataError, Outside};
use crate::services::{self, ServicesError};

/// Why a command did not reach the data.
#[derive(Debug, thiserror::Error)]
pub enum OperatorError {
    /// The data cannot be opened.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The declared services cannot be read.
    #[error(transparent)]
    Services(#[from] ServicesError),
    /// A server has the data, but does not answer on its socket.
    #[error("`{}` is in use, but no server answers there: try again in a moment", .0.display())]
    NoAnswer(PathBuf),
    /// The conversation broke off. Whether the command was carried out is not known.
    #[error("the server on `{}` broke off; look whether the command was carried out", folder.display())]
    BrokeOff {
        /// The data folder.
        folder: PathBuf,
        /// What happened.
        source: io::Error,
    },
}

/// Has a command carried out on the data in `folder`.
///
/// # Errors
///
/// Fails if neither a server nor the data itself can be reached.
pub async fn run(config: &Config, folder: &Path, command: &Command) -> Result<Reply, OperatorError> {
    if let Some(reply) = ask(folder, command).await? {
        return Ok(reply);
    }
    let open = || -> Result<Core, DataError> {
        data::open(
            config,
            &Data::Folder(folder.to_owned()),
            Env::system(),
            Registry::default(),
            Outside::none(),
        )
    };
    let catalog = services::catalog(config)?;
    match open() {
        Ok(core) => {
            // Where the pages will be once a server runs.
            let console = console::origin(config.listen.http, config.listen.https.0);
            Ok(Operator::new(Arc::new(core), &catalog, console).execute(command).await)
        }
        // A server that has just started opens its socket soon; one that is stopping has closed it already.
        Err(DataError::Store(StoreError::InUse(_))) => match ask(folder, command).await? {
            Some(reply) => Ok(reply),
            None => Err(OperatorError::NoAnswer(folder.to_owned())),
        },
        Err(error) => Err(error.into()),
    }
}
