//! Running a server, and what its data is written to and made from.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

use super::Place;

/// Where a server is configured and what is said on the command line instead.
#[derive(Debug, Args)]
pub(crate) struct ServeOptions {
    #[command(flatten)]
    pub(crate) place: Place,
    /// Where to listen; port 0 picks a free one.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) http: Option<SocketAddr>,
    /// Where to listen with TLS.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) https: Option<SocketAddr>,
    /// Where to listen for clients of object storage; 127.0.0.1:2744 unless told, and a free port where --http takes one.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) oss: Option<SocketAddr>,
    /// The certificate that is shown there, in PEM; without it one is made, good on this machine only.
    #[arg(long, value_name = "FILE", requires = "private_key")]
    pub(crate) certificate: Option<PathBuf>,
    /// The private key that belongs to the certificate, in PEM.
    #[arg(long, value_name = "FILE", requires = "certificate")]
    pub(crate) private_key: Option<PathBuf>,
    /// Answer in place of *.aliyuncs.com to tools that are told to use this server as HTTPS_PROXY.
    #[arg(long)]
    pub(crate) proxy: bool,
    /// Write the ports that were taken to this file, as JSON.
    #[arg(long, value_name = "FILE")]
    pub(crate) port_file: Option<PathBuf>,
    /// Offer the services that the files in this folder declare, besides the built-in ones.
    #[arg(long, value_name = "DIR")]
    pub(crate) services: Option<PathBuf>,
    /// Let other machines connect without TLS.
    #[arg(long)]
    pub(crate) allow_plaintext: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DevOptions {
    /// Make the accounts that this file says, as `apply` does, in place of the two enterprises; each user gets a key.
    #[arg(long, value_name = "FILE")]
    pub(crate) seed: Option<PathBuf>,
    /// Keep the data in this folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Where to listen; port 0 picks a free one.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) http: Option<SocketAddr>,
    /// Where to listen with TLS; 127.0.0.1:2743 unless told, and a free port where --http takes one.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) https: Option<SocketAddr>,
    /// Where to listen for clients of object storage; 127.0.0.1:2744 unless told, and a free port where --http takes one.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) oss: Option<SocketAddr>,
    /// Answer in place of *.aliyuncs.com to tools that are told to use this server as HTTPS_PROXY.
    #[arg(long)]
    pub(crate) proxy: bool,
    /// Write the ports that were taken to this file, as JSON.
    #[arg(long, value_name = "FILE")]
    pub(crate) port_file: Option<PathBuf>,
    /// Offer the services that the files in this folder declare, besides the built-in ones.
    #[arg(long, value_name = "DIR")]
    pub(crate) services: Option<PathBuf>,
    /// Make an account besides whose owner is the operator: it moves the clock on and puts everything back.
    #[arg(long)]
    pub(crate) operator: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Objects, records of calls and the master key lie beside it in the data folder and are copied as \
    they are: see docs/operating.md."
)]
pub(crate) struct BackupOptions {
    /// The file, which must not be there yet; `-` for standard output.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, Args)]
#[command(
    after_help = "The master key of that time must be in the data folder as master.key, or in ARGALI_MASTER_KEY. \
    What was changed since the backup is listed if the records of calls are there: in the data folder, or with --audit."
)]
pub(crate) struct RestoreOptions {
    /// The file that `argali backup` wrote; `-` for standard input.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Where records of calls from before are, if not in the data folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) audit: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) place: Place,
}
