//! The socket in the data folder: a command a line, each answered by a line.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use argali_core::error::ApiError;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};

use super::OperatorError;
use super::command::{Command, Reply};
use super::execution::Operator;
use crate::backup;
use crate::stop::Stop;

/// The socket's name in the data folder.
pub(crate) const SOCKET: &str = "operator.sock";
/// How long a command may be, in bytes.
const LONGEST_COMMAND: u64 = 64 << 10;

/// Asks the server that runs on `folder`; `None` if none does.
pub(super) async fn ask(folder: &Path, command: &Command) -> Result<Option<Reply>, OperatorError> {
    let Ok(stream) = UnixStream::connect(folder.join(SOCKET)).await else { return Ok(None) };
    let conversation = async {
        let mut stream = BufReader::new(stream);
        let mut line = serde_json::to_vec(command)?;
        line.push(b'\n');
        stream.get_mut().write_all(&line).await?;
        let mut answer = String::new();
        stream.read_line(&mut answer).await?;
        Ok(serde_json::from_str(&answer)?)
    };
    let broke_off = |source| OperatorError::BrokeOff { folder: folder.to_owned(), source };
    conversation.await.map(Some).map_err(broke_off)
}

/// The open socket; its file goes when it is dropped.
#[derive(Debug)]
pub(crate) struct Socket {
    listener: UnixListener,
    path: PathBuf,
}

impl Drop for Socket {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.path) {
            tracing::debug!(%error, "the operator's socket was gone already");
        }
    }
}

/// Opens the socket in `folder`. Only who holds the store's lock may: whatever lies there is left over.
pub(crate) fn listen(folder: &Path) -> io::Result<Socket> {
    let path = folder.join(SOCKET);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    // The folder is closed to others, so nobody gets in before the socket is.
    let listener = UnixListener::bind(&path)?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
    Ok(Socket { listener, path })
}

/// Answers on the socket until the server stops.
pub(crate) async fn serve(operator: Operator, socket: Socket, mut stop: Stop) {
    let mut conversations = tokio::task::JoinSet::new();
    loop {
        tokio::select! {
            accepted = socket.listener.accept() => match accepted {
                Ok((stream, _)) => {
                    conversations.spawn(converse(operator.clone(), stream));
                }
                Err(error) => tracing::warn!(%error, "an operator could not be let in"),
            },
            Some(_) = conversations.join_next() => {}
            () = stop.told() => break,
        }
    }
    drop(socket);
    conversations.shutdown().await;
}

async fn converse(operator: Operator, stream: UnixStream) {
    let own = rustix::process::geteuid().as_raw();
    let allowed = stream.peer_cred().is_ok_and(|peer| peer.uid() == own || peer.uid() == 0);
    if !allowed {
        tracing::warn!("somebody else tried the operator's socket");
        return;
    }
    let mut stream = BufReader::new(stream);
    loop {
        let mut line = Vec::new();
        match (&mut stream).take(LONGEST_COMMAND).read_until(b'\n', &mut line).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        if backup::is_asked_for(&line) {
            return backup::send(operator.core, stream.into_inner()).await;
        }
        let reply = match serde_json::from_slice::<Command>(&line) {
            Ok(command) => operator.execute(&command).await,
            Err(error) => {
                Reply::refused(&ApiError::invalid("Command", format!("The command cannot be read: {error}.")))
            }
        };
        let Ok(mut answer) = serde_json::to_vec(&reply) else { return };
        answer.push(b'\n');
        if stream.get_mut().write_all(&answer).await.is_err() {
            return;
        }
    }
}
