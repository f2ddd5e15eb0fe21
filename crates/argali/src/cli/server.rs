//! Running a server, and what its data is written to and made from.

use std::net::SocketAddr;
use std::path::PathBuf;

use argali_server::Config;
use clap::Args;

use super::Place;

/// Where a server listens and what it offers, in place of what its configuration says.
#[derive(Debug, Args)]
pub(crate) struct Listening {
    /// Where to listen; port 0 picks a free one.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) http: Option<SocketAddr>,
    /// Where to listen with TLS. `dev` listens at 127.0.0.1:2743 unless told, and at a free port where --http takes one.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) https: Option<SocketAddr>,
    /// Where to listen for clients of object storage; 127.0.0.1:2744 unless told, and a free port where --http takes one.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) oss: Option<SocketAddr>,
    /// Answer in place of *.aliyuncs.com to tools that are told to use this server as HTTPS_PROXY.
    #[arg(long)]
    pub(crate) proxy: bool,
    /// Offer the services that the files in this folder declare, besides the built-in ones.
    #[arg(long, value_name = "DIR")]
    pub(crate) services: Option<PathBuf>,
    /// Write the ports that were taken to this file, as JSON.
    #[arg(long, value_name = "FILE")]
    pub(crate) port_file: Option<PathBuf>,
}

impl Listening {
    /// Puts all of it into a configuration but the file of ports, which is written when what comes with the server is
    /// there, too.
    pub(crate) fn put_into(&self, config: &mut Config) {
        let listen = &mut config.listen;
        listen.http = self.http.unwrap_or(listen.http);
        listen.https.0 = self.https.or(listen.https.0);
        listen.oss.0 = self.oss.or(listen.oss.0);
        listen.proxy |= self.proxy;
        if let Some(folder) = &self.services {
            config.services.dir.clone_from(folder);
        }
    }
}

/// Where a server is configured and what is said on the command line instead.
#[derive(Debug, Args)]
pub(crate) struct ServeOptions {
    #[command(flatten)]
    pub(crate) place: Place,
    #[command(flatten)]
    pub(crate) listening: Listening,
    /// The certificate that is shown over TLS, in PEM; without it one is made, good on this machine only.
    #[arg(long, value_name = "FILE", requires = "private_key")]
    pub(crate) certificate: Option<PathBuf>,
    /// The private key that belongs to the certificate, in PEM.
    #[arg(long, value_name = "FILE", requires = "certificate")]
    pub(crate) private_key: Option<PathBuf>,
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
    #[command(flatten)]
    pub(crate) listening: Listening,
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
