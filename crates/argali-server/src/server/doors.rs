//! What a server listens on.

use std::net::SocketAddr;

use super::{Addresses, StartError};
use crate::config::Listen;
use crate::connection::Face;
use crate::listen::Listener;
use crate::tls::Tls;

/// Listeners that are bound, and accept nothing yet.
pub(super) struct Doors {
    pub(super) listeners: Vec<Listener>,
    pub(super) addresses: Addresses,
}

impl Doors {
    /// Takes every address that is to be listened on; `https` is what its connections are encrypted with.
    ///
    /// # Errors
    ///
    /// Fails if an address cannot be had.
    pub(super) async fn open(listen: &Listen, https: Option<&Tls>) -> Result<Self, StartError> {
        let mut listeners = Vec::new();
        let http = bind(&mut listeners, listen.http, None, Face::ByHost).await?;
        let https = match (listen.https.0, https) {
            (Some(address), Some(tls)) => {
                Some(bind(&mut listeners, address, Some(tls.clone()), Face::ByHost).await?)
            }
            _ => None,
        };
        let oss = match listen.oss_address() {
            Some(address) => Some(bind(&mut listeners, address, None, Face::ObjectStorage).await?),
            None => None,
        };
        Ok(Self { listeners, addresses: Addresses { http, https, oss } })
    }
}

/// Refuses to serve other machines in clear, unless that is allowed.
pub(super) fn check_plaintext(listen: &Listen) -> Result<(), StartError> {
    let mut in_clear = [Some(listen.http), listen.oss_address()].into_iter().flatten();
    match in_clear.find(|address| !address.ip().is_loopback() && !listen.allow_plaintext) {
        Some(open) => Err(StartError::Plaintext(open)),
        None => Ok(()),
    }
}

/// Adds a listener; says which address it has.
async fn bind(
    listeners: &mut Vec<Listener>,
    address: SocketAddr,
    tls: Option<Tls>,
    face: Face,
) -> Result<SocketAddr, StartError> {
    let cannot_listen = |source| StartError::Listen { address, source };
    let listener = Listener::bind(address, tls, face).await.map_err(cannot_listen)?;
    let taken = listener.address().map_err(cannot_listen)?;
    listeners.push(listener);
    Ok(taken)
}
