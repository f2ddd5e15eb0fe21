//! The operator's way in: accounts and gates, over a socket that only the owner of the data can open.
//!
//! One JSON object a line: a [`Command`], answered by a [`Reply`]. [`run`] goes through the socket while a server
//! runs on the data, and opens the data itself otherwise.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use argali_core::env::Env;
use argali_core::error::ApiError;
use argali_core::hosted::{Catalog, Service};
use argali_core::identifier::AccountId;
use argali_core::model::{Account, AccountStatus};
use argali_core::operator::{Gate, NewAccount};
use argali_core::registry::Registry;
use argali_core::{Core, Succession};
use argali_store::StoreError;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};

use crate::backup;
use crate::config::Config;
use crate::console;
use crate::data::{self, Data, DataError, Outside};
use crate::services::{self, ServicesError};
use crate::stop::Stop;

/// The socket's name in the data folder.
pub(crate) const SOCKET: &str = "operator.sock";
/// How long a command may be, in bytes.
const LONGEST_COMMAND: u64 = 64 << 10;

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

/// Who carries out commands.
#[derive(Clone, Debug)]
pub(crate) struct Operator {
    core: Arc<Core>,
    /// The names of the declared services, which have gates.
    services: Arc<[String]>,
    /// The services that have a backend, each with where it lies.
    backends: Arc<[(String, String)]>,
    /// Where the console is opened, without its path, if that is known.
    console: Option<Arc<str>>,
}

impl Operator {
    pub(crate) fn new(core: Arc<Core>, catalog: &Catalog, console: Option<String>) -> Self {
        // A file that declares nothing but roles has nothing that a gate could close.
        let offering = catalog.services().filter(|service| !service.operations.is_empty());
        let services = offering.map(|service| service.name.clone()).collect();
        let backend =
            |service: &Service| Some((service.name.clone(), service.backend.as_ref()?.url.to_string()));
        let backends = catalog.services().filter_map(backend).collect();
        Self { core, services, backends, console: console.map(Arc::from) }
    }

    /// Carries out a command; what it did is on disk when it answers.
    pub(crate) async fn execute(&self, command: &Command) -> Reply {
        match self.change(command).await {
            Ok(answer) => Reply::Done(answer),
            Err(error) => refused(&error),
        }
    }

    /// Where the owner of an account logs on.
    fn logon_url(&self, account: AccountId) -> Option<String> {
        let console = self.console.as_deref()?;
        Some(format!("{console}/logon?form-of=owner&Owner={account}"))
    }

    async fn change(&self, command: &Command) -> Result<Value, ApiError> {
        match command {
            Command::CreateAccount { name, id, alias } => {
                self.create_account(name, id.as_deref(), alias.as_deref()).await
            }
            Command::RotateTokenKey { revoke_all } => {
                let succession = if *revoke_all { Succession::RevokeAll } else { Succession::Orderly };
                let core = Arc::clone(&self.core);
                // It waits for the disk.
                let rotated = tokio::task::spawn_blocking(move || core.rotate_token_key(succession)).await;
                let key = rotated.map_err(ApiError::internal)??;
                Ok(json!({ "TokenKeyId": key, "SessionsEnded": revoke_all }))
            }
            Command::ListAccounts => {
                let accounts: Vec<_> = self.core.accounts()?.iter().map(shown).collect();
                Ok(json!({ "Accounts": accounts }))
            }
            Command::ListBackends => {
                let shown = |(service, url): &(String, String)| {
                    let key = hex::encode(self.core.backend_key(service).expose());
                    json!({ "Service": service, "Url": url, "Key": key })
                };
                Ok(json!({ "Backends": self.backends.iter().map(shown).collect::<Vec<_>>() }))
            }
            Command::CloseAccount { account } => self.set_status(account, AccountStatus::Closed).await,
            Command::OpenAccount { account } => self.set_status(account, AccountStatus::Open).await,
            Command::ReplaceOwnerPassword { account } => {
                let (password, hash) = self.core.new_owner_password().await?;
                let (account, recorded) = self.core.replace_owner_password(account, &hash)?;
                recorded.await?;
                Ok(json!({
                    "AccountId": account.id,
                    "Alias": account.alias,
                    "OwnerPassword": password.expose(),
                }))
            }
            Command::SetGate { account, service, gate } => {
                if !self.services.contains(service) {
                    let known = self.services.join("`, `");
                    let message = format!("There is no service `{service}`; there are `{known}`.");
                    return Err(ApiError::invalid("Service", message));
                }
                let gate = match gate {
                    GateState::Open => Gate::Open,
                    GateState::Closed => Gate::Closed,
                };
                let (account, recorded) = self.core.set_gate(account, service, gate)?;
                recorded.await?;
                Ok(shown(&account))
            }
        }
    }

    async fn set_status(&self, account: &str, status: AccountStatus) -> Result<Value, ApiError> {
        let (account, recorded) = self.core.set_account_status(account, status)?;
        recorded.await?;
        Ok(shown(&account))
    }

    async fn create_account(
        &self,
        name: &str,
        id: Option<&str>,
        alias: Option<&str>,
    ) -> Result<Value, ApiError> {
        let invalid = |parameter: &'static str, what: &'static str| {
            move |error: argali_protocol::Invalid| {
                ApiError::invalid(parameter, format!("The {what} cannot be used: {}.", error.message))
            }
        };
        let (password, hash) = self.core.new_owner_password().await?;
        let new = NewAccount {
            owner_password: Some(hash),
            name: name.to_owned(),
            id: id.map(str::parse).transpose().map_err(invalid("Id", "id"))?,
            alias: alias.map(str::parse).transpose().map_err(invalid("Alias", "alias"))?,
        };
        let (created, recorded) = self.core.create_account(&new)?;
        recorded.await?;
        Ok(json!({
            "AccountId": created.account_id,
            "Alias": created.alias,
            "LogonUrl": self.logon_url(created.account_id),
            "OwnerPassword": password.expose(),
            "AccessKeyId": created.access_key_id,
            "AccessKeySecret": created.access_key_secret,
        }))
    }
}

fn shown(account: &Account) -> Value {
    let status = match account.status {
        AccountStatus::Open => "open",
        AccountStatus::Closed => "closed",
    };
    json!({
        "AccountId": account.id,
        "Alias": account.alias,
        "Name": account.name,
        "Status": status,
        "CreateDate": account.created_at,
        "OpenGates": account.open_gates,
    })
}

fn refused(error: &ApiError) -> Reply {
    Reply::Refused {
        code: error.code().wire().into_owned(),
        status: error.code().http_status(),
        message: error.message().to_owned(),
    }
}

/// Asks the server that runs on `folder`; `None` if none does.
async fn ask(folder: &Path, command: &Command) -> Result<Option<Reply>, OperatorError> {
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
                refused(&ApiError::invalid("Command", format!("The command cannot be read: {error}.")))
            }
        };
        let Ok(mut answer) = serde_json::to_vec(&reply) else { return };
        answer.push(b'\n');
        if stream.get_mut().write_all(&answer).await.is_err() {
            return;
        }
    }
}
