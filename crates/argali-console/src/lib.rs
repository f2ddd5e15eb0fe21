//! Shows operations as pages.
//!
//! A page calls operations through the dispatcher, as whoever is logged on, and renders what they answer; it has no
//! powers of its own and cannot name the store. Whole pages are made here, complete without script.
//!
//! [`Console::answer`] takes a request under `/logon` or `/console` and returns what to send. Requests were framed and
//! limited by the server before; its list of pages is in `page`.

mod answer;
mod api;
mod asset;
mod browser;
mod data_plane;
mod guard;
mod icon;
mod language;
mod local;
mod message;
mod messaging;
mod moment;
mod need;
mod once;
mod page;
mod pairs;
mod part;
mod plan;
mod shell;
mod storage;
mod text;
mod upload;
mod visit;
mod zone;

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use argali_core::Core;
use argali_core::caller::Origin;
use argali_core::hosted::outline::ServiceOutline;
use argali_core::message_name::Region;
use argali_core::services::oss::ObjectBytes;
use argali_protocol::HttpRequest;

pub use answer::Answer;
use asset::Assets;
use once::Once;
use upload::Uploads;
pub use upload::{LONGEST_UPLOAD, UploadRoom};
use visit::Visit;

/// An answer on its way. It is boxed here, so that the code of all pages is compiled with this crate and not once more
/// with each that waits for it.
pub type Answering<'a> = Pin<Box<dyn Future<Output = Answer> + Send + 'a>>;

/// The console of a server.
#[derive(Debug)]
pub struct Console {
    core: Arc<Core>,
    assets: Assets,
    once: Once,
    /// What there is to show of declared services.
    services: Vec<ServiceOutline>,
    /// Where the bytes of objects lie.
    bytes: Arc<dyn ObjectBytes>,
    /// Where object storage listens, unless it is asked under a domain of its own.
    storage_listener: Option<SocketAddr>,
    /// The region of queues and topics for which nobody says one.
    messaging_region: Region,
    uploads: Uploads,
}

impl Console {
    /// The console over `core`, with the bytes of objects and where those listen unless they have a domain, and the
    /// region in which queues and topics are unless a page says another.
    pub fn new(
        core: Arc<Core>,
        (bytes, storage_listener): (Arc<dyn ObjectBytes>, Option<SocketAddr>),
        messaging_region: Region,
    ) -> Self {
        let services = core.registry().catalog().outlines();
        Self {
            core,
            assets: Assets::new(),
            once: Once::default(),
            services,
            bytes,
            storage_listener,
            messaging_region,
            uploads: Uploads::default(),
        }
    }

    /// Whether a path is one of the console's.
    pub fn has(path: &str) -> bool {
        ["/logon", "/console"]
            .into_iter()
            .any(|root| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
    }

    /// Room for what a long form brings, before its body is read: nothing if it is no form that may be long, if
    /// nobody is logged on who sends it, or if as many are on their way as may be.
    pub async fn room_for_upload(&self, head: &HttpRequest<'_>, origin: Origin) -> Option<UploadRoom> {
        let path = head.target.split('?').next().unwrap_or_default();
        if head.method != "POST" || !Uploads::are_at(path) {
            return None;
        }
        let mut visit = Visit::read(self, head, origin).ok()?;
        visit.identify().await.ok()?;
        self.uploads.room(path)
    }

    /// Answers one request for a path of the console's. It never fails: what goes wrong is the answer.
    pub fn answer<'a>(&'a self, http: &'a HttpRequest<'a>, origin: Origin) -> Answering<'a> {
        Box::pin(async move {
            let visit = match Visit::read(self, http, origin) {
                Ok(visit) => visit,
                Err(answer) => return answer,
            };
            let answer = page::answer(visit).await;
            answer.with_policy()
        })
    }
}
