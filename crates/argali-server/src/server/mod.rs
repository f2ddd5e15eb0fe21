//! Start, accept, stop.

use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use argali_console::Console;
use argali_core::Core;
use argali_core::env::Env;
use argali_core::error::ApiError;
use argali_core::message_name::Region;
use argali_core::registry::Registry;
use argali_objects::{ObjectStorage, Settings};
use argali_store::StoreError;
use tokio::sync::watch;
use tokio::task::JoinHandle;

mod addresses;
mod doors;
mod start_error;
mod upkeep;

pub use addresses::Addresses;
use doors::{Doors, check_plaintext};
pub use start_error::StartError;
use upkeep::{deliver, look_after, sweep};

use crate::backend;
use crate::backup::BackupError;
use crate::config::Config;
use crate::data::{self, Data, Outside};
use crate::federation;
use crate::listen::{self, Guests};
use crate::metrics::Metrics;
use crate::operator;
use crate::operator::{Command, Operator, Reply};
use crate::rpc::Gate;
use crate::services;
use crate::stop::{self, Stopper};
use crate::tls::{Authority, Secured, Trust};
use crate::webhook::{self, Teller};

/// What a server is started with.
#[derive(Clone, Debug)]
pub struct ServerOptions {
    /// Everything that can be configured.
    pub config: Config,
    /// Where everything is kept.
    pub data: Data,
    /// Time and randomness.
    pub env: Env,
}

/// Something a server does. It is boxed, so that the code of the server is compiled with this crate and not once more
/// with each that waits for it.
pub type Running<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A server that runs. Dropping it ends it at once; [`Server::shutdown`] lets requests finish.
#[derive(Debug)]
pub struct Server {
    gate: Arc<Gate>,
    operator: Operator,
    addresses: Addresses,
    authority: Option<Arc<Authority>>,
    teller: Arc<Teller>,
    stop: Stopper,
    failure: watch::Receiver<Option<StoreError>>,
    tasks: Vec<JoinHandle<()>>,
}

impl Server {
    /// Opens the data, listens, and returns when requests are answered.
    ///
    /// # Errors
    ///
    /// Fails if the data cannot be used or the address cannot be had. Nothing is left running then.
    pub fn start(options: ServerOptions) -> Running<'static, Result<Self, StartError>> {
        Box::pin(Self::open(options))
    }

    async fn open(options: ServerOptions) -> Result<Self, StartError> {
        let ServerOptions { config, data, env } = options;
        let listen = &config.listen;
        check_plaintext(listen)?;
        let catalog = services::catalog(&config)?;
        let core = Arc::new(open_core(&config, &data, &env, services::registry(&catalog))?);
        let secured = Secured::new(listen, &data, &env)?;
        let oss_domain = listen.oss_domain.to_ascii_lowercase();
        let settings = Settings { domain: oss_domain.clone(), region: config.objects.region.clone() };
        let objects = Arc::new(ObjectStorage::open(Arc::clone(&core), &data.objects(), settings)?);
        let messaging_region: Region = config.messaging.region.parse().map_err(StartError::Region)?;
        let Doors { listeners, addresses } = Doors::open(listen, secured.https.as_ref()).await?;
        let oss = addresses.oss.filter(|_| oss_domain.is_empty());
        let storage = Arc::<ObjectStorage>::clone(&objects);
        let gate = Arc::new(Gate {
            limits: config.limits.clone(),
            trusted_proxies: listen.trusted_proxies.clone(),
            objects: Arc::clone(&objects),
            oss_domain,
            tunnels: secured.tunnels,
            metrics: Metrics::new(core.registry()),
            stopping: AtomicBool::new(false),
            console: Console::new(Arc::clone(&core), (storage, oss), messaging_region.clone()),
            messaging_region,
            core: Arc::clone(&core),
        });
        let (stop, stopped) = stop::channel();
        let (failed, failure) = watch::channel(None);
        let operator = Operator::new(Arc::clone(&core), &catalog, addresses.console());
        let mut tasks = Vec::new();
        if let Data::Folder(folder) = &data {
            let socket = operator::listen(folder)
                .map_err(|source| StartError::Socket { folder: folder.clone(), source })?;
            tasks.push(tokio::spawn(operator::serve(operator.clone(), socket, stopped.clone())));
        }
        if !listen.port_file.as_os_str().is_empty() {
            addresses
                .write_port_file(&listen.port_file)
                .map_err(|source| StartError::PortFile { file: listen.port_file.clone(), source })?;
        }
        let (guests, latest) =
            (Arc::new(Guests::default()), Duration::from_millis(config.server.shutdown_timeout_ms));
        for listener in listeners {
            let (gate, guests) = (Arc::clone(&gate), Arc::clone(&guests));
            tasks.push(tokio::spawn(listen::accept(gate, guests, listener, stopped.clone(), latest)));
        }
        tasks.push(tokio::spawn(sweep(Arc::clone(&objects), stopped.clone())));
        tasks.push(tokio::spawn(deliver(Arc::clone(&objects), stopped.clone())));
        let teller = Teller::new(Arc::clone(&core));
        tasks.push(tokio::spawn(webhook::tell(Arc::clone(&teller), stopped.clone())));
        tasks.push(tokio::spawn(look_after(core, objects, secured.files, failed, stopped)));
        Ok(Self { gate, operator, addresses, authority: secured.authority, teller, stop, failure, tasks })
    }

    /// Where it can be reached.
    pub fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    /// The certificate of Argali's own authority, in PEM, which clients must trust; `None` if none is needed. With a
    /// data folder it also lies there, as [`Server::authority_file`].
    pub fn authority(&self) -> Option<&str> {
        self.authority.as_ref().map(|authority| authority.certificate())
    }

    /// Where that certificate lies in a data folder.
    pub fn authority_file(folder: &Path) -> PathBuf {
        Authority::certificate_file(folder)
    }

    /// What it answers from.
    pub fn core(&self) -> &Arc<Core> {
        &self.gate.core
    }

    /// Delivers what is due of all trails. It is done now and then by itself.
    ///
    /// # Errors
    ///
    /// Fails if records or bytes cannot be used.
    pub fn deliver_trails(&self) -> Running<'_, Result<(), ApiError>> {
        Box::pin(self.gate.objects.deliver_trails())
    }

    /// Tells receivers of webhooks what is due, and returns when that is done. It is done all the time by itself.
    ///
    /// # Errors
    ///
    /// Fails if records cannot be used.
    pub fn tell_webhooks(&self) -> Running<'_, Result<(), ApiError>> {
        Box::pin(async {
            self.teller.rest().await;
            self.teller.round().await?;
            self.teller.rest().await;
            Ok(())
        })
    }

    /// Keeps the world as it is now, for operators of a server for trying to go back to; returns it as a backup, which
    /// [`Server::keep_seed`] takes after the next start.
    ///
    /// # Errors
    ///
    /// Fails if the records cannot be read.
    pub fn sow(&self) -> Result<Vec<u8>, BackupError> {
        let mut seed = Vec::new();
        self.core().write_backup(&mut seed)?;
        self.keep_seed(&seed)?;
        Ok(seed)
    }

    /// Keeps a world that was made earlier, for operators of a server for trying to go back to.
    ///
    /// # Errors
    ///
    /// Fails if the backup is not whole, or not of this data.
    pub fn keep_seed(&self, seed: &[u8]) -> Result<(), BackupError> {
        self.core().keep_seed(seed)
    }

    /// Carries out a command of the operator, as the socket does.
    pub fn operate<'a>(&'a self, command: &'a Command) -> Running<'a, Reply> {
        self.operator.execute(command)
    }

    /// Done when the store has failed. What it holds is then unknown, and the process must end.
    // SPEC: security, storage, S1.
    pub async fn failed(&self) -> StoreError {
        let mut failure = self.failure.clone();
        loop {
            if let Some(error) = failure.borrow_and_update().clone() {
                return error;
            }
            if failure.changed().await.is_err() {
                // Whoever would report it has ended with the server.
                std::future::pending::<()>().await;
            }
        }
    }

    /// Takes no more connections, lets requests finish for as long as the configuration allows, and closes the data.
    pub async fn shutdown(mut self) {
        self.gate.stopping.store(true, Ordering::Relaxed);
        self.gate.core.end_waiting();
        self.stop.stop();
        for task in std::mem::take(&mut self.tasks) {
            if let Err(error) = task.await {
                tracing::error!(%error, "a part of the server panicked");
            }
        }
        // What closes the data waits for the disk.
        let close = move || {
            if let Err(error) = self.core().keep_last_uses() {
                tracing::warn!(%error, "when AccessKeys were used last could not be written down");
            }
            drop(self);
        };
        if tokio::task::spawn_blocking(close).await.is_err() {
            tracing::error!("closing the data panicked");
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// Opens the data, with the ways out of the server that operations may need.
fn open_core(config: &Config, data: &Data, env: &Env, registry: Registry) -> Result<Core, StartError> {
    let trust = Trust::new("services.ca_file", &config.services.ca_file, env.clone())?;
    let outside = Outside {
        fetcher: Arc::new(federation::Client::new(&config.federation, env.clone())?),
        backends: Arc::new(backend::Client::new(trust)),
        poster: Arc::new(webhook::Client::new(&config.webhooks, env.clone())?),
    };
    Ok(data::open(config, data, env.clone(), registry, outside)?)
}
