//! A server that belongs to one test.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use argali_core::Core;
use argali_core::env::{Entropy, Env};
use argali_core::operator::{Gate, NewAccount};
use argali_protocol::{Credentials, Secret};
use argali_server::{Config, Data, Server, ServerOptions};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::client::{Client, Line, agent};
use crate::clock::TestClock;
use crate::entropy::{PrintedOnFailure, SeededEntropy};
use crate::fixture::Enterprise;
use crate::mns::MnsClient;
use crate::oss::OssClient;
use crate::raw::{self, RawAnswer};
use crate::tls::TlsClient;

/// Where a test server keeps its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// In memory.
    Memory,
    /// In a folder of its own, removed afterwards.
    Embedded,
}

impl Engine {
    /// What `ARGALI_TEST_ENGINE` asks for: memory unless it says `embedded`.
    fn of_this_run() -> Self {
        match std::env::var("ARGALI_TEST_ENGINE").as_deref() {
            Ok("embedded") => Self::Embedded,
            _ => Self::Memory,
        }
    }
}

/// How a test server is to be.
#[derive(Debug)]
pub struct TestServerBuilder {
    config: Config,
    engine: Engine,
    clock: TestClock,
    seed: u64,
    entropy: Option<Arc<dyn Entropy>>,
}

impl TestServerBuilder {
    /// On another engine.
    #[must_use]
    pub fn engine(mut self, engine: Engine) -> Self {
        self.engine = engine;
        self
    }

    /// With another clock, such as [`TestClock::real`].
    #[must_use]
    pub fn clock(mut self, clock: TestClock) -> Self {
        self.clock = clock;
        self
    }

    /// With a given seed.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// With randomness of another kind, such as a [`PanickingEntropy`](crate::PanickingEntropy).
    #[must_use]
    pub fn entropy(mut self, entropy: Arc<dyn Entropy>) -> Self {
        self.entropy = Some(entropy);
        self
    }

    /// Configured in another way. The address stays a free port on loopback.
    #[must_use]
    pub fn configure(mut self, change: impl FnOnce(&mut Config)) -> Self {
        change(&mut self.config);
        self
    }

    /// Starts it.
    pub fn start(self) -> TestServer {
        let folder = (self.engine == Engine::Embedded).then(|| {
            TempDir::with_prefix("argali-test-")
                .unwrap_or_else(|error| panic!("no temporary folder: {error}"))
        });
        let entropy = self.entropy.unwrap_or_else(|| Arc::new(SeededEntropy::new(self.seed)));
        let env = Env::new(Arc::new(self.clock.clone()), entropy);
        TestServer::run(self.config, folder, self.clock, env, PrintedOnFailure(self.seed))
    }
}

/// A real server on a free port of loopback. Dropping it ends it.
#[derive(Debug)]
pub struct TestServer {
    /// Before the runtime, which it needs to end.
    server: Option<Server>,
    runtime: Option<Runtime>,
    line: Arc<Line>,
    address: SocketAddr,
    config: Config,
    folder: Option<TempDir>,
    env: Env,
    seed: PrintedOnFailure,
}

impl TestServer {
    /// Starts a server with a store of its own and a clock that stands.
    pub fn start() -> Self {
        Self::builder().start()
    }

    /// A server that is not as usual.
    pub fn builder() -> TestServerBuilder {
        let mut config = Config::default();
        config.listen.http = SocketAddr::from(([127, 0, 0, 1], 0));
        config.server.workers = 2;
        TestServerBuilder {
            config,
            engine: Engine::of_this_run(),
            clock: TestClock::default(),
            seed: SeededEntropy::seed_of_this_run(),
            entropy: None,
        }
    }

    /// Ends the server in good order and starts it again on the same data, at another port.
    ///
    /// # Panics
    ///
    /// Panics if its data is in memory.
    #[must_use]
    pub fn restart(mut self) -> Self {
        assert!(self.folder.is_some(), "what is in memory does not survive: use Engine::Embedded");
        self.stop();
        let folder = self.folder.take();
        let seed = PrintedOnFailure(self.seed.0);
        Self::run(self.config.clone(), folder, self.line.clock.clone(), self.env.clone(), seed)
    }

    /// The clock that the server and its clients go by.
    pub fn clock(&self) -> &TestClock {
        &self.line.clock
    }

    /// Where the server listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What SDKs want as endpoint: host and port.
    pub fn endpoint(&self) -> &str {
        &self.line.host
    }

    /// The data folder, if there is one.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_ref().map(TempDir::path)
    }

    /// What the server answers from: for what no call can do or see.
    ///
    /// # Panics
    ///
    /// Panics if the server has been stopped.
    pub fn core(&self) -> &Core {
        self.server.as_ref().unwrap_or_else(|| panic!("the server has been stopped")).core()
    }

    /// Delivers what is due of all trails.
    ///
    /// # Panics
    ///
    /// Panics if that fails, or if the server has been stopped.
    pub fn deliver_trails(&self) {
        let server = self.server.as_ref().unwrap_or_else(|| panic!("the server has been stopped"));
        self.block_on(server.deliver_trails()).unwrap_or_else(|error| panic!("trails: {error}"));
    }

    /// Tells receivers of webhooks what is due.
    ///
    /// # Panics
    ///
    /// Panics if that fails, or if the server has been stopped.
    pub fn tell_webhooks(&self) {
        let server = self.server.as_ref().unwrap_or_else(|| panic!("the server has been stopped"));
        self.block_on(server.tell_webhooks()).unwrap_or_else(|error| panic!("webhooks: {error}"));
    }

    /// A client with these credentials.
    pub fn client(&self, credentials: Credentials) -> Client {
        Client::new(Arc::clone(&self.line), credentials)
    }

    /// Makes an account and returns it with a client that signs with the account's own key.
    ///
    /// # Panics
    ///
    /// Panics if the account exists, or if `alias` or `id` is not acceptable.
    pub fn account(&self, alias: &str, id: &str) -> Enterprise {
        let new = NewAccount {
            // Hashing one takes long, and few tests need it.
            owner_password: None,
            owner_email: None,
            name: String::new(),
            id: Some(id.parse().unwrap_or_else(|error| panic!("`{id}`: {error}"))),
            alias: Some(alias.parse().unwrap_or_else(|error| panic!("`{alias}`: {error}"))),
        };
        let made = self.core().create_account(&new);
        let (created, durable) = made.unwrap_or_else(|error| panic!("no account `{alias}`: {error}"));
        durable.wait().unwrap_or_else(|error| panic!("no account `{alias}`: {error}"));
        let credentials = Credentials {
            access_key_id: created.access_key_id,
            access_key_secret: Secret::new(created.access_key_secret),
            security_token: None,
        };
        Enterprise { id: id.to_owned(), alias: alias.to_owned(), client: self.client(credentials) }
    }

    /// Opens or closes a service of an account to other accounts.
    ///
    /// # Panics
    ///
    /// Panics if there is no such account.
    pub fn gate(&self, account: &str, service: &str, gate: Gate) {
        let turned = self.core().set_gate(account, service, gate);
        let (_, durable) = turned.unwrap_or_else(|error| panic!("no gate `{service}` of {account}: {error}"));
        durable.wait().unwrap_or_else(|error| panic!("no gate `{service}` of {account}: {error}"));
    }

    /// Where the server listens under TLS.
    ///
    /// # Panics
    ///
    /// Panics if it does not, or has been stopped.
    pub fn https(&self) -> SocketAddr {
        let server = self.server.as_ref().unwrap_or_else(|| panic!("the server has been stopped"));
        server.addresses().https.unwrap_or_else(|| panic!("there is no TLS: configure listen.https"))
    }

    /// Where object storage listens.
    ///
    /// # Panics
    ///
    /// Panics if it does not, or the server has been stopped.
    pub fn oss(&self) -> SocketAddr {
        let server = self.server.as_ref().unwrap_or_else(|| panic!("the server has been stopped"));
        server.addresses().oss.unwrap_or_else(|| panic!("there is no object storage: configure listen.oss"))
    }

    /// A client of object storage with these credentials; one that does not sign, without.
    pub fn oss_client(&self, credentials: Option<&Credentials>) -> OssClient {
        OssClient::new(self.oss(), self.line.agent.clone(), self.clock().clone(), credentials.cloned())
    }

    /// A client of Message Service with these credentials; one that does not sign, without.
    pub fn mns_client(&self, credentials: Option<&Credentials>) -> MnsClient {
        MnsClient::new(self.address, self.line.agent.clone(), self.clock().clone(), credentials.cloned())
    }

    /// A client under TLS that trusts the server's own authority.
    ///
    /// # Panics
    ///
    /// Panics if the server has none.
    pub fn tls(&self) -> TlsClient {
        let authority = self.server.as_ref().and_then(Server::authority);
        self.tls_trusting(authority.unwrap_or_else(|| panic!("the server has no authority of its own")))
    }

    /// A client under TLS that trusts the certificate in `authority` (PEM) alone.
    pub fn tls_trusting(&self, authority: &str) -> TlsClient {
        let address = self.server.as_ref().and_then(|server| server.addresses().https);
        TlsClient::new(address.unwrap_or(self.address), authority, self.clock())
    }

    /// Sends bytes as they are over a connection of their own and returns what comes back until it is closed.
    pub fn raw(&self, bytes: &[u8]) -> RawAnswer {
        raw::exchange(self.address, bytes)
    }

    /// Reads one of the pages under `/-/`: its status and text.
    pub fn page(&self, path: &str) -> (u16, String) {
        let answer = self.line.agent.get(format!("http://{}{path}", self.line.host)).call();
        let mut answer = answer.unwrap_or_else(|error| panic!("the server did not answer: {error}"));
        let text = answer.body_mut().read_to_string().unwrap_or_else(|error| panic!("half a page: {error}"));
        (answer.status().as_u16(), text)
    }

    /// What a path answers as a file: its status and bytes.
    ///
    /// # Panics
    ///
    /// Panics if the server does not answer, or breaks off.
    pub fn fetch(&self, path: &str) -> (u16, Vec<u8>) {
        let answer = self.line.agent.get(format!("http://{}{path}", self.line.host)).call();
        let mut answer = answer.unwrap_or_else(|error| panic!("the server did not answer: {error}"));
        let reader = answer.body_mut().with_config().limit(u64::MAX);
        let bytes = reader.read_to_vec().unwrap_or_else(|error| panic!("half a file: {error}"));
        (answer.status().as_u16(), bytes)
    }

    fn run(
        config: Config,
        folder: Option<TempDir>,
        clock: TestClock,
        env: Env,
        seed: PrintedOnFailure,
    ) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(config.server.workers.max(1))
            .enable_all()
            .build()
            .unwrap_or_else(|error| panic!("no runtime: {error}"));
        let data = folder.as_ref().map_or(Data::Memory, |folder| Data::Folder(folder.path().to_owned()));
        let options = ServerOptions { config: config.clone(), data, env: env.clone() };
        let server = runtime.block_on(Server::start(options));
        let server = server.unwrap_or_else(|error| panic!("the server does not start: {error}"));
        let address = server.addresses().http;
        let registry = server.core().registry();
        let versions: BTreeMap<_, _> = registry
            .iter()
            .map(|entry| (entry.product.to_ascii_lowercase(), entry.version.clone()))
            .collect();
        let line = Line {
            agent: agent(),
            tls: None,
            host: address.to_string(),
            clock,
            versions,
            // Another start of the same server must not use a nonce again.
            nonces: AtomicU64::new(u64::from(address.port()) << 32),
        };
        Self {
            server: Some(server),
            runtime: Some(runtime),
            line: Arc::new(line),
            address,
            config,
            folder,
            env,
            seed,
        }
    }

    pub(crate) fn block_on<F: Future>(&self, future: F) -> F::Output {
        let runtime = self.runtime.as_ref().unwrap_or_else(|| panic!("the server has been stopped"));
        runtime.block_on(future)
    }

    fn stop(&mut self) {
        if let (Some(server), Some(runtime)) = (self.server.take(), self.runtime.as_ref()) {
            runtime.block_on(server.shutdown());
        }
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        // Connections that clients keep open need not be waited for; what was acknowledged is safe.
        drop(self.server.take());
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
