//! Why a server does not start.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use argali_objects::OpenError;

use crate::data::DataError;
use crate::services::ServicesError;
use crate::tls::{TlsError, TrustError};

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data cannot be used.
    #[error(transparent)]
    Data(#[from] DataError),
    /// Objects cannot be kept.
    #[error(transparent)]
    Objects(#[from] OpenError),
    /// Identity providers or backends cannot be believed.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// The declared services cannot be offered.
    #[error(transparent)]
    Services(#[from] ServicesError),
    /// The region of messaging is none.
    #[error("messaging.region: {0}")]
    Region(argali_protocol::Invalid),
    /// TLS cannot be offered.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The address would be served in clear to other machines.
    #[error(
        "`{0}` can be reached from other machines, and HTTP is not protected: listen on 127.0.0.1, use --https, or say --allow-plaintext"
    )]
    Plaintext(SocketAddr),
    /// The address cannot be had.
    #[error("cannot listen on `{address}`")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The refusal.
        source: io::Error,
    },
    /// The operator's socket cannot be opened.
    #[error("cannot open the operator's socket in `{}`", folder.display())]
    Socket {
        /// The data folder.
        folder: PathBuf,
        /// The refusal.
        source: io::Error,
    },
    /// The port file cannot be written.
    #[error("cannot write the port file `{}`", file.display())]
    PortFile {
        /// The file.
        file: PathBuf,
        /// The refusal.
        source: io::Error,
    },
}
