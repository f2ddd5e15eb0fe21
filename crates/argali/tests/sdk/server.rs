//! The real program, started as its user would start it.

use argali_testkit::Issuer;
use serde::Deserialize;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;
use tempfile::TempDir;

use crate::script::Reach;

const PROGRAM: &str = env!("CARGO_BIN_EXE_argali");

/// How often the port file is looked for while the server says nothing, and how many times.
const LOOK_EVERY: Duration = Duration::from_millis(50);
const LOOKS: u32 = 600;

/// `argali serve` on a fresh data folder, without anybody's settings. Ends, with its data, when dropped.
pub(crate) struct Server {
    child: Child,
    endpoint: String,
    https_endpoint: Option<String>,
    oss_endpoint: String,
    log: Arc<Mutex<String>>,
    /// Shared with the server that comes after it.
    folder: Arc<TempDir>,
}

/// What `--port-file` holds, as far as it matters here.
#[derive(Deserialize)]
struct Ports {
    http: u16,
    https: Option<u16>,
    oss: u16,
}

impl Server {
    /// Starts a server on free ports, which can reach `issuer`, and returns when it listens.
    pub(crate) fn start(reach: Reach, issuer: &Issuer) -> Self {
        Self::on(Arc::new(TempDir::new().unwrap()), reach, issuer)
    }

    /// Ends it with `kill -9`, and starts another on what it left.
    #[must_use]
    pub(crate) fn kill_and_start(self, reach: Reach, issuer: &Issuer) -> Self {
        let folder = Arc::clone(&self.folder);
        drop(self);
        std::fs::remove_file(folder.path().join("ports.json")).unwrap();
        Self::on(folder, reach, issuer)
    }

    fn on(folder: Arc<TempDir>, reach: Reach, issuer: &Issuer) -> Self {
        let port_file = folder.path().join("ports.json");
        let mut child = Command::new(PROGRAM)
            .args(["serve", "--http", "127.0.0.1:0"])
            .args(match reach {
                Reach::Http => &[][..],
                Reach::Https => &["--https", "127.0.0.1:0"],
                Reach::Proxy => &["--proxy"],
            })
            .arg("--data")
            .arg(folder.path().join("data"))
            .arg("--port-file")
            .arg(&port_file)
            .env_clear()
            .env("ARGALI_FEDERATION_ALLOWED_ADDRESSES", "127.0.0.0/8")
            .env("ARGALI_FEDERATION_CA_FILE", issuer.authority_file())
            .env("ARGALI_WEBHOOKS_ALLOWED_ADDRESSES", "127.0.0.0/8")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let (said, hears) = channel();
        follow(child.stdout.take().unwrap(), Arc::clone(&log), said.clone());
        follow(child.stderr.take().unwrap(), Arc::clone(&log), said);
        let (endpoint, oss_endpoint) = (String::new(), String::new());
        let mut server = Self { child, endpoint, https_endpoint: None, oss_endpoint, log, folder };
        let ports = server.ports(&port_file, &hears);
        server.endpoint = format!("127.0.0.1:{}", ports.http);
        server.oss_endpoint = format!("127.0.0.1:{}", ports.oss);
        server.https_endpoint = ports.https.map(|port| format!("localhost:{port}"));
        server
    }

    /// `host:port`, as SDKs take it.
    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The same with TLS, if it is served.
    pub(crate) fn https_endpoint(&self) -> Option<&str> {
        self.https_endpoint.as_deref()
    }

    /// Where object storage is served.
    pub(crate) fn oss_endpoint(&self) -> &str {
        &self.oss_endpoint
    }

    /// The certificate that clients must trust.
    pub(crate) fn authority(&self) -> PathBuf {
        self.folder.path().join("data/ca.pem")
    }

    /// A folder without anybody's settings.
    pub(crate) fn home(&self) -> &Path {
        self.folder.path()
    }

    /// Makes an account as its operator does, and returns what the command prints.
    pub(crate) fn create_account(&self, name: &str, id: &str) -> Value {
        let output = Command::new(PROGRAM)
            .args(["account", "create", name, "--id", id, "--alias", name, "-o", "json", "--data"])
            .arg(self.folder.path().join("data"))
            .env_clear()
            .output()
            .unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "account create {name}: {}\n{error}{}", output.status, self.log());
        let account: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(account["AccountId"], id, "account create {name}");
        account
    }

    /// What the server has said so far.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Waits for the port file: it is there when the server listens.
    fn ports(&mut self, file: &Path, hears: &Receiver<()>) -> Ports {
        for _ in 0..LOOKS {
            if let Ok(text) = std::fs::read(file) {
                return serde_json::from_slice(&text).expect("the port file is written whole");
            }
            if let Some(status) = self.child.try_wait().unwrap() {
                panic!("`argali serve` ended at its start ({status}):\n{}", self.log());
            }
            // Whatever the server says may be that it listens.
            hears.recv_timeout(LOOK_EVERY).ok();
        }
        panic!("`argali serve` does not write `{}`:\n{}", file.display(), self.log());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself, which the test that is ending says.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Writes what comes into the log, line by line, and tells of each line.
fn follow(stream: impl Read + Send + 'static, log: Arc<Mutex<String>>, said: Sender<()>) -> JoinHandle<()> {
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            let mut log = log.lock().unwrap();
            log.push_str(&line);
            log.push('\n');
            // Nobody listens any more once the server has started.
            said.send(()).ok();
        }
    })
}
