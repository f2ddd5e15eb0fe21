//! `argali serve`: a server whose data lasts. Also what every command that runs a server needs.

use argali_server::config::LogFormat;
use argali_server::operator::Command;
use argali_server::{Config, Data, Env, Server, ServerOptions};
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt;
use tracing_subscriber::prelude::*;

use crate::account;
use crate::cli::{Place, ServeOptions};
use crate::failure::{Exit, Failure};
use crate::output::Output;

pub(crate) fn run(options: &ServeOptions, output: &Output) -> Result<(), Failure> {
    let mut config = configuration(&options.place)?;
    options.listening.put_into(&mut config);
    let listen = &mut config.listen;
    if let (Some(certificate), Some(key)) = (&options.certificate, &options.private_key) {
        listen.certificate.clone_from(certificate);
        listen.private_key.clone_from(key);
    }
    listen.allow_plaintext |= options.allow_plaintext;
    if let Some(file) = &options.listening.port_file {
        listen.port_file.clone_from(file);
    }
    start_log(&config)?;
    argali_server::harden_process();
    let data = Data::folder(&config)?;
    let runtime = runtime(config.server.worker_threads())?;
    let options = ServerOptions { config, data: data.clone(), env: Env::system() };
    let server = runtime.block_on(Server::start(options))?;
    greet(&runtime, &server, &data, output)?;
    runtime.block_on(until_stopped(server))
}

/// Says where the server is, where the data lies, and what to do next.
fn greet(runtime: &Runtime, server: &Server, data: &Data, output: &Output) -> Result<(), Failure> {
    let reply = runtime.block_on(server.operate(&Command::ListAccounts));
    let accounts = account::done(reply)?;
    let accounts = accounts.get("Accounts").and_then(serde_json::Value::as_array).map_or(0, Vec::len);
    let addresses = server.addresses();
    let https = addresses.https.map(|https| format!(" and https://{https}")).unwrap_or_default();
    output.note(&format!("Argali answers at http://{}{https}", addresses.http));
    let Data::Folder(folder) = data else { return Ok(()) };
    if server.authority().is_some() {
        let file = Server::authority_file(folder);
        output.note(&format!("Clients that use TLS must trust {}", file.display()));
    }
    let folder = folder.display();
    output.note(&format!(
        "The data is in {folder}; without its master.key it cannot be read, so keep a copy apart."
    ));
    output.note(&match accounts {
        0 => format!("Make an account: argali account create company-a --data {folder}"),
        1 => "There is 1 account. Call it: argali call sts GetCallerIdentity".to_owned(),
        many => format!("There are {many} accounts. Call one: argali call sts GetCallerIdentity"),
    });
    Ok(())
}

/// The configuration that a place names, with its data folder.
pub(crate) fn configuration(place: &Place) -> Result<Config, Failure> {
    let mut config = Config::load(place.config.as_deref(), std::env::vars())?;
    if let Some(folder) = &place.data {
        config.data.dir.clone_from(folder);
    }
    Ok(config)
}

/// That many threads for a server.
pub(crate) fn runtime(workers: usize) -> Result<Runtime, Failure> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let built = builder.worker_threads(workers).enable_all().build();
    built.map_err(|error| Failure::new(Exit::Server, "the system gives no threads").because(error))
}

/// Sends the log to standard error.
pub(crate) fn start_log(config: &Config) -> Result<(), Failure> {
    let level = &config.log.level;
    let filter: Targets = level.parse().map_err(|error| {
        let message = format!("log.level cannot be `{level}`: write a level such as `info`, or directives");
        Failure::new(Exit::Usage, message).because(error)
    })?;
    let lines = fmt::layer().with_writer(std::io::stderr);
    let lines = match config.log.format {
        LogFormat::Text => lines.with_ansi(false).with_target(false).boxed(),
        LogFormat::Json => lines.json().boxed(),
    };
    let started = tracing_subscriber::registry().with(filter).with(lines).try_init();
    started.map_err(|error| Failure::new(Exit::Server, "the log cannot be started").because(error))
}

/// Runs until the process is asked to end, or the store has failed; then lets requests finish.
pub(crate) async fn until_stopped(server: Server) -> Result<(), Failure> {
    let cannot_wait = |error| Failure::new(Exit::Server, "signals cannot be waited for").because(error);
    let mut terminate = signal(SignalKind::terminate()).map_err(cannot_wait)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(cannot_wait)?;
    let failure = tokio::select! {
        _ = terminate.recv() => None,
        _ = interrupt.recv() => None,
        failure = server.failed() => Some(failure),
    };
    tracing::info!("stopping: requests that run may finish");
    tokio::select! {
        () = server.shutdown() => {}
        // Whoever asks twice does not want to wait.
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    match failure {
        None => Ok(()),
        Some(error) => {
            Err(Failure::new(Exit::Server, "the store has failed; see to the disk and start again")
                .because(error))
        }
    }
}
