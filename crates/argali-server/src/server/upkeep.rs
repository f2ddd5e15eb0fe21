//! What a server does by itself for as long as it runs: it looks after its store and its certificate, removes what is left
//! over, and delivers trails.

use std::sync::Arc;
use std::time::Duration;

use argali_core::Core;
use argali_objects::ObjectStorage;
use argali_store::StoreError;
use tokio::sync::watch;

use crate::stop::Stop;
use crate::tls::Files;

/// How often the store is asked whether it still works, and the certificate's files whether they have changed.
const CHECK_EVERY: Duration = Duration::from_secs(1);
/// How often it is looked whether events of trails are to be delivered.
const DELIVER_EVERY: Duration = Duration::from_secs(10);
/// How many checks go by between two rounds of tidying.
const CHECKS_PER_TIDYING: u32 = 60;

/// Looks at the store and at the certificate's files every second, tidies the store now and then, and tells when it
/// has failed.
pub(super) async fn look_after(
    core: Arc<Core>,
    objects: Arc<ObjectStorage>,
    files: Option<Arc<Files>>,
    failed: watch::Sender<Option<StoreError>>,
    mut stop: Stop,
) {
    let mut checks: u32 = 0;
    loop {
        let stopped = tokio::time::timeout(CHECK_EVERY, stop.told()).await;
        if stopped.is_ok() {
            return;
        }
        if let Some(error) = core.store().failure() {
            failed.send_replace(Some(error));
            return;
        }
        if let Some(files) = files.clone()
            && let Err(error) = tokio::task::spawn_blocking(move || files.refresh()).await
        {
            tracing::error!(%error, "reading the certificate panicked");
        }
        checks += 1;
        if checks.is_multiple_of(CHECKS_PER_TIDYING) {
            let core = Arc::clone(&core);
            match tokio::task::spawn_blocking(move || core.tidy()).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::warn!(%error, "the store could not be tidied"),
                Err(error) => tracing::error!(%error, "tidying panicked"),
            }
            let objects = Arc::clone(&objects);
            in_background("tidying objects", async move { objects.tidy().await }).await;
        }
    }
}

/// Removes what earlier runs of the server left unfinished; the rest waits for the next start if the server stops.
pub(super) async fn sweep(objects: Arc<ObjectStorage>, mut stop: Stop) {
    let swept = tokio::select! {
        swept = objects.sweep() => swept,
        () = stop.told() => return,
    };
    if let Err(error) = swept {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "what earlier runs left was not all removed"
        );
    }
}

/// Brings events of trails into their buckets, for as long as the server runs.
pub(super) async fn deliver(objects: Arc<ObjectStorage>, mut stop: Stop) {
    while tokio::time::timeout(DELIVER_EVERY, stop.told()).await.is_err() {
        let objects = Arc::clone(&objects);
        in_background("delivering trails", async move { objects.deliver_trails().await }).await;
    }
}

/// Does slow work where it holds nobody up. What goes wrong is logged, and tried again the next time.
async fn in_background<E: std::error::Error + Send + 'static>(
    what: &'static str,
    work: impl Future<Output = Result<(), E>> + Send + 'static,
) {
    let runtime = tokio::runtime::Handle::current();
    match tokio::task::spawn_blocking(move || runtime.block_on(work)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "{what} did not come to its end")
        }
        Err(error) => tracing::error!(%error, "{what} panicked"),
    }
}
