//! The word that the server is to stop, heard by all its parts.

use tokio::sync::watch;

/// Whoever holds this can say it.
#[derive(Debug)]
pub(crate) struct Stopper(watch::Sender<bool>);

/// Whoever holds this hears it. If nobody can say it any more, that counts as said.
#[derive(Clone, Debug)]
pub(crate) struct Stop(watch::Receiver<bool>);

/// Both ends.
pub(crate) fn channel() -> (Stopper, Stop) {
    let (stopper, stop) = watch::channel(false);
    (Stopper(stopper), Stop(stop))
}

impl Stopper {
    pub(crate) fn stop(&self) {
        self.0.send_replace(true);
    }
}

impl Stop {
    /// Done when the server is to stop.
    pub(crate) async fn told(&mut self) {
        if self.0.wait_for(|stop| *stop).await.is_err() {
            tracing::debug!("the server is gone");
        }
    }
}
