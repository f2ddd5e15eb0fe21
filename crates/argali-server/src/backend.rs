//! Carries calls to the backends of declared services, over connections that are kept.
//!
//! Where they lie stands in the operator's own files, so any address may be connected to. Redirects are not followed.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use argali_core::backend::{Asked, Backend, BackendError, Backends, Passage, Reply};
use argali_core::url::{Scheme, WebUrl};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::rt::{Read, Write};
use hyper::{Request, header};
use hyper_util::rt::TokioIo;
use parking_lot::Mutex;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};

use crate::tls::Trust;

/// How many calls of one backend are under way at most.
const AT_ONCE: usize = 256;
/// How many connections to one backend rest at most, and for how long. Most servers close theirs after a minute.
const MOST_RESTING: usize = 64;
const LONGEST_REST: Duration = Duration::from_secs(30);
/// How much a backend may say before its answer, in bytes.
const LARGEST_HEAD: usize = 64 << 10;

type Cause = Box<dyn Error + Send + Sync>;

/// A connection on which nothing is under way.
struct Resting {
    sender: SendRequest<Full<Bytes>>,
    since: Instant,
}

/// The connections to one backend.
struct Pool {
    resting: Mutex<Vec<Resting>>,
    places: Semaphore,
}

/// Asks backends.
pub(crate) struct Client {
    trust: Trust,
    /// By URL.
    pools: Mutex<BTreeMap<String, Arc<Pool>>>,
}

impl Client {
    /// A client that believes whom `trust` does.
    pub(crate) fn new(trust: Trust) -> Self {
        Self { trust, pools: Mutex::default() }
    }

    fn pool(&self, url: &WebUrl) -> Arc<Pool> {
        let mut pools = self.pools.lock();
        let new = || Arc::new(Pool { resting: Mutex::default(), places: Semaphore::new(AT_ONCE) });
        Arc::clone(pools.entry(url.as_str().to_owned()).or_insert_with(new))
    }

    async fn exchange(
        &self,
        backend: &Backend,
        passage: &Passage,
        latest: Instant,
    ) -> Result<Reply, BackendError> {
        let pool = self.pool(&backend.url);
        let _place = pool.places.try_acquire().map_err(|_| BackendError::TooMany)?;
        let mut request = request(&backend.url, passage).map_err(BackendError::Away)?;
        loop {
            let (mut sender, is_new) = match pool.rested() {
                Some(sender) => (sender, false),
                None => (self.connect(backend, latest).await?, true),
            };
            let sent = timeout_at(latest, sender.try_send_request(request)).await;
            match sent.map_err(|_| BackendError::TooSlow)? {
                Ok(response) => {
                    let status = response.status().as_u16();
                    let body = Limited::new(response.into_body(), Backend::LARGEST_ANSWER).collect();
                    let body = timeout_at(latest, body).await.map_err(|_| BackendError::TooSlow)?;
                    let body = body.map_err(|error| match error.downcast::<LengthLimitError>() {
                        Ok(_) => BackendError::TooLarge,
                        Err(error) => BackendError::BrokeOff(error),
                    })?;
                    pool.rest(sender);
                    return Ok(Reply { status, body: body.to_bytes().into() });
                }
                // The backend closed a connection that rested: nothing of the call was sent, so another one is taken.
                Err(mut failed) if !is_new => match failed.take_message() {
                    Some(unsent) => request = unsent,
                    None => return Err(BackendError::BrokeOff(failed.into_error().into())),
                },
                Err(failed) => return Err(BackendError::BrokeOff(failed.into_error().into())),
            }
        }
    }

    async fn connect(
        &self,
        backend: &Backend,
        latest: Instant,
    ) -> Result<SendRequest<Full<Bytes>>, BackendError> {
        let latest = latest.min(Instant::now() + backend.connect_timeout);
        let connection = timeout_at(latest, async {
            let url = &backend.url;
            let stream = TcpStream::connect((url.host(), url.port())).await?;
            stream.set_nodelay(true)?;
            match url.scheme() {
                Scheme::Http => spoken(TokioIo::new(stream)).await,
                Scheme::Https => {
                    spoken(TokioIo::new(self.trust.secure(url.host(), &[], stream).await?)).await
                }
            }
        });
        match connection.await {
            Ok(sender) => sender.map_err(BackendError::Away),
            Err(_) => Err(BackendError::Away("no connection came about in time".into())),
        }
    }
}

/// Begins to speak HTTP. The connection lives on its own until it is closed.
async fn spoken<S>(stream: S) -> Result<SendRequest<Full<Bytes>>, Cause>
where
    S: Read + Write + Unpin + Send + 'static,
{
    let (sender, connection) = http1::Builder::new().max_buf_size(LARGEST_HEAD).handshake(stream).await?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection to a backend ended");
        }
    });
    Ok(sender)
}

impl Pool {
    /// A connection that rested and is still good, the last used first.
    fn rested(&self) -> Option<SendRequest<Full<Bytes>>> {
        let mut resting = self.resting.lock();
        resting.retain(|one| one.sender.is_ready() && one.since.elapsed() < LONGEST_REST);
        resting.pop().map(|one| one.sender)
    }

    fn rest(&self, sender: SendRequest<Full<Bytes>>) {
        let mut resting = self.resting.lock();
        if !sender.is_closed() && resting.len() < MOST_RESTING {
            resting.push(Resting { sender, since: Instant::now() });
        }
    }
}

impl Backends for Client {
    fn ask<'a>(&'a self, backend: &'a Backend, passage: &'a Passage) -> Asked<'a> {
        Box::pin(self.exchange(backend, passage, Instant::now() + backend.timeout))
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("trust", &self.trust).finish_non_exhaustive()
    }
}

/// Nothing of what the client sent is in it but the call's parameters: its headers say what Argali knows.
fn request(url: &WebUrl, passage: &Passage) -> Result<Request<Full<Bytes>>, Cause> {
    let mut request = Request::post(url.target())
        .header(header::HOST, url.authority())
        .header(header::ACCEPT, "application/json")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::USER_AGENT, concat!("argali/", env!("CARGO_PKG_VERSION")));
    for (name, value) in &passage.headers {
        request = request.header(*name, value);
    }
    Ok(request.body(Full::new(Bytes::from(passage.body.clone())))?)
}
