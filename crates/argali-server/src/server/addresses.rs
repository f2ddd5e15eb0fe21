//! Where a server can be reached, and how others are told.

use std::fs;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::Path;

use crate::console;

/// Where a server can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Addresses {
    /// The API.
    pub http: SocketAddr,
    /// The API under TLS, if that is served.
    pub https: Option<SocketAddr>,
    /// Object storage, if that is served.
    pub oss: Option<SocketAddr>,
}

impl Addresses {
    /// Where a browser on this machine opens the console, without its path: `http://127.0.0.1:2742`.
    pub fn console(&self) -> Option<String> {
        console::origin(self.http, self.https)
    }

    /// Tells which ports were taken, in a file that is there as a whole or not at all.
    ///
    /// # Errors
    ///
    /// Fails if the file cannot be written.
    pub fn write_port_file(&self, file: &Path) -> io::Result<()> {
        let port = |address: Option<SocketAddr>| address.map(|address| address.port());
        let ports = serde_json::json!({
            "http": self.http.port(),
            "https": port(self.https),
            "oss": port(self.oss),
        });
        let mut unfinished = file.as_os_str().to_owned();
        unfinished.push(".new");
        let mut writer = fs::File::create(&unfinished)?;
        writeln!(writer, "{ports}")?;
        fs::rename(&unfinished, file)
    }
}
