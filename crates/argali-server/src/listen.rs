//! One listener: lets clients in, up to the limits, and hands each connection to whoever speaks its protocol.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::connection::{self, Face};
use crate::rpc::Gate;
use crate::secure;
use crate::stop::Stop;
use crate::tls::Tls;

/// How long to wait when the system has no more sockets to give.
const WAIT_FOR_SOCKETS: Duration = Duration::from_millis(50);

/// A socket that clients connect to, and what is spoken there.
#[derive(Debug)]
pub(crate) struct Listener {
    socket: TcpListener,
    /// HTTP in clear if there is none.
    tls: Option<Tls>,
    /// What is served there.
    face: Face,
}

impl Listener {
    /// Takes an address.
    ///
    /// # Errors
    ///
    /// Fails if it cannot be had.
    pub(crate) async fn bind(address: SocketAddr, tls: Option<Tls>, face: Face) -> io::Result<Self> {
        Ok(Self { socket: TcpListener::bind(address).await?, tls, face })
    }

    /// The address that was taken.
    ///
    /// # Errors
    ///
    /// Fails if the system does not tell.
    pub(crate) fn address(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }
}

/// Lets clients in, up to the limits, until the server stops; then waits for those inside, at most for `latest`.
pub(crate) async fn accept(
    gate: Arc<Gate>,
    guests: Arc<Guests>,
    listener: Listener,
    mut stop: Stop,
    latest: Duration,
) {
    let mut connections = JoinSet::new();
    let for_connections = stop.clone();
    loop {
        tokio::select! {
            accepted = listener.socket.accept() => match accepted {
                Ok((stream, peer)) => {
                    let Some(guest) = guests.admit(&gate, peer.ip()) else { continue };
                    let (gate, stop) = (Arc::clone(&gate), for_connections.clone());
                    // Each kind as a task of its own: one in clear does not take up the room of one under TLS.
                    match &listener.tls {
                        None => connections.spawn(in_clear(gate, guest, stream, listener.face, stop)),
                        Some(tls) => connections.spawn(under_tls(gate, guest, stream, tls.clone(), stop)),
                    };
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(WAIT_FOR_SOCKETS).await;
                }
            },
            Some(ended) = connections.join_next() => {
                if let Err(error) = ended {
                    tracing::error!(%error, "a connection panicked");
                }
            }
            () = stop.told() => break,
        }
    }
    drop(listener);
    let everybody = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(latest, everybody).await.is_err() {
        tracing::warn!("requests that would not end were broken off");
        connections.shutdown().await;
    }
}

async fn in_clear(gate: Arc<Gate>, guest: Guest, stream: TcpStream, face: Face, stop: Stop) {
    if is_there(&stream) {
        connection::serve(gate, stream, guest.address, face, stop).await;
    }
    drop(guest);
}

async fn under_tls(gate: Arc<Gate>, guest: Guest, stream: TcpStream, tls: Tls, stop: Stop) {
    if is_there(&stream) {
        secure::serve(gate, stream, tls, guest.address, stop).await;
    }
    drop(guest);
}

fn is_there(stream: &TcpStream) -> bool {
    let set = stream.set_nodelay(true);
    if let Err(error) = &set {
        tracing::debug!(%error, "a connection went before it was served");
    }
    set.is_ok()
}

/// How many connections each address has open, over all listeners.
#[derive(Debug, Default)]
pub(crate) struct Guests(Mutex<BTreeMap<IpAddr, usize>>);

/// One connection, counted until it is dropped.
struct Guest {
    address: IpAddr,
    gate: Arc<Gate>,
    guests: Arc<Guests>,
}

impl Guests {
    /// Counts a connection, unless there are too many.
    fn admit(self: &Arc<Self>, gate: &Arc<Gate>, address: IpAddr) -> Option<Guest> {
        let metrics = &gate.metrics;
        let mut open = self.0.lock();
        let from_there = open.get(&address).copied().unwrap_or_default();
        let too_many = metrics.connections.load(Ordering::Relaxed) >= gate.limits.connections;
        if too_many || from_there >= gate.limits.connections_per_address {
            metrics.connections_refused.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        open.insert(address, from_there + 1);
        metrics.connections.fetch_add(1, Ordering::Relaxed);
        Some(Guest { address, gate: Arc::clone(gate), guests: Arc::clone(self) })
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let mut open = self.guests.0.lock();
        match open.get_mut(&self.address) {
            Some(count) if *count > 1 => *count -= 1,
            _ => {
                open.remove(&self.address);
            }
        }
        self.gate.metrics.connections.fetch_sub(1, Ordering::Relaxed);
    }
}
