//! Posts what webhooks tell: one request, to one address, of whose answer only the status is read.

use std::collections::BTreeMap;
use std::error::Error;
use std::net::IpAddr;
use std::pin::pin;
use std::time::Duration;

use argali_core::env::Env;
use argali_core::identifier::AccountId;
use argali_core::url::{Scheme, WebUrl};
use argali_core::webhook::{Letter, PostError, Poster, Posting};
use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper::rt::{Read, Write};
use hyper::{Request, header};
use hyper_util::rt::TokioIo;
use parking_lot::Mutex;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

use crate::config::Webhooks;
use crate::reach::{NotReached, Reach};
use crate::tls::TrustError;

/// How many letters are under way at once, and how many of one account: whoever has slow receivers holds up itself.
const AT_ONCE: usize = 128;
const AT_ONCE_OF_ACCOUNT: usize = 4;
/// How much a receiver may say before its answer, in bytes.
const LARGEST_HEAD: usize = 16 << 10;

type Cause = Box<dyn Error + Send + Sync>;

/// Posts letters on the internet, and where the operator allows.
#[derive(Debug)]
pub(crate) struct Client {
    reach: Reach,
    latest: Duration,
    places: Semaphore,
    under_way: Mutex<BTreeMap<AccountId, usize>>,
}

impl Client {
    /// What the configuration asks for.
    ///
    /// # Errors
    ///
    /// Fails if the file of roots cannot be used.
    pub(crate) fn new(config: &Webhooks, env: Env) -> Result<Self, TrustError> {
        let ca_file = ("webhooks.ca_file", config.ca_file.as_path());
        Ok(Self {
            reach: Reach::new(&config.allowed_addresses, ca_file, env)?,
            latest: Duration::from_millis(config.timeout_ms),
            places: Semaphore::new(AT_ONCE),
            under_way: Mutex::default(),
        })
    }

    async fn send(&self, letter: &Letter) -> Result<u16, PostError> {
        let stream = self.reach.connect(&letter.url).await.map_err(|error| match error {
            NotReached::Forbidden => PostError::Forbidden,
            NotReached::Failed(source) => PostError::Unreachable(source),
        })?;
        match letter.url.scheme() {
            Scheme::Http => exchange(TokioIo::new(stream), letter).await.map_err(PostError::Unreachable),
            Scheme::Https => {
                let secured = self.reach.secure(letter.url.host(), &[], stream).await;
                let stream = secured.map_err(PostError::NotTrusted)?;
                exchange(TokioIo::new(stream), letter).await.map_err(PostError::Unreachable)
            }
        }
    }

    fn place(&self, account: AccountId) -> Option<Place<'_>> {
        let permit = self.places.try_acquire().ok()?;
        let mut under_way = self.under_way.lock();
        let count = under_way.entry(account).or_default();
        if *count >= AT_ONCE_OF_ACCOUNT {
            return None;
        }
        *count += 1;
        Some(Place { client: self, account, _permit: permit })
    }
}

/// One of the letters under way.
struct Place<'a> {
    client: &'a Client,
    account: AccountId,
    _permit: SemaphorePermit<'a>,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut under_way = self.client.under_way.lock();
        if let Some(count) = under_way.get_mut(&self.account) {
            *count -= 1;
            if *count == 0 {
                under_way.remove(&self.account);
            }
        }
    }
}

impl Poster for Client {
    fn refuses(&self, url: &WebUrl) -> Option<&'static str> {
        if url.scheme() == Scheme::Http && !self.reach.lists_any() {
            return Some(
                "Events are told under TLS: give a URL that begins with `https://`, or ask the operator of this server \
                 to list the address in webhooks.allowed_addresses.",
            );
        }
        let address: Option<IpAddr> = url.host().parse().ok();
        let is_refused = address.is_some_and(|address| !self.reach.may_connect(url.scheme(), address));
        is_refused.then_some(
            "This server does not connect to that address: give one that is public, or ask the operator of this server \
             to list it in webhooks.allowed_addresses.",
        )
    }

    fn post<'a>(&'a self, letter: &'a Letter) -> Posting<'a> {
        Box::pin(async move {
            let _place = self.place(letter.account).ok_or(PostError::Busy)?;
            timeout(self.latest, self.send(letter)).await.unwrap_or(Err(PostError::TooSlow))
        })
    }
}

/// The status of the answer. What else is answered is nobody's to see, so it is not read.
async fn exchange<S>(stream: S, letter: &Letter) -> Result<u16, Cause>
where
    S: Read + Write + Unpin + Send,
{
    let (mut sender, connection) = http1::Builder::new().max_buf_size(LARGEST_HEAD).handshake(stream).await?;
    let request = request(letter)?;
    let exchange = async { Ok(sender.send_request(request).await?.status().as_u16()) };
    let (mut exchange, connection) = (pin!(exchange), pin!(connection));
    tokio::select! {
        status = &mut exchange => status,
        // Whatever came before it ended is still to be read.
        _ = connection => exchange.await,
    }
}

fn request(letter: &Letter) -> Result<Request<Full<Bytes>>, Cause> {
    let mut request = Request::post(letter.url.target())
        .header(header::HOST, letter.url.authority())
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::CONNECTION, "close")
        .header(header::USER_AGENT, concat!("argali/", env!("CARGO_PKG_VERSION")));
    for (name, value) in &letter.headers {
        request = request.header(*name, value);
    }
    Ok(request.body(Full::new(Bytes::from(letter.body.clone())))?)
}
