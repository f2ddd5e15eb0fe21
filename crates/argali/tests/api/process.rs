//! The real program on a folder, which may be killed at any moment.

use std::fs::DirBuilder;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use argali_protocol::Secret;
use argali_testkit::{Client, Credentials};
use serde_json::Value;
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_argali");

/// How often the port file is looked for while the server says nothing, and how many times.
const LOOK_EVERY: Duration = Duration::from_millis(20);
const LOOKS: u32 = 1_500;

/// A place where servers run one after another.
pub(crate) struct Installation {
    folder: TempDir,
    /// Everything that any of its servers has said.
    log: Arc<Mutex<String>>,
}

/// `argali serve`. It is killed when dropped.
pub(crate) struct Process {
    child: Child,
    endpoint: String,
    followers: Vec<JoinHandle<()>>,
}

impl Installation {
    pub(crate) fn new() -> Self {
        Self { folder: TempDir::with_prefix("argali-api-").unwrap(), log: Arc::default() }
    }

    /// The data folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// What its servers have said so far.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Starts a server that says what `level` lets it say, and returns when it listens.
    pub(crate) fn serve(&self, level: &str) -> Process {
        self.serve_with(level, &[])
    }

    /// The same with settings of its own: variables such as `ARGALI_FEDERATION_CA_FILE`.
    pub(crate) fn serve_with(&self, level: &str, settings: &[(&str, &str)]) -> Process {
        let port_file = self.folder.path().join("ports.json");
        std::fs::remove_file(&port_file).ok();
        let mut command = self.program(&["serve", "--http", "127.0.0.1:0"]);
        command.arg("--port-file").arg(&port_file).env("ARGALI_LOG_LEVEL", level).env("RUST_BACKTRACE", "0");
        command.envs(settings.iter().copied());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (said, hears) = channel();
        let followers = vec![
            follow(child.stdout.take().unwrap(), Arc::clone(&self.log), said.clone()),
            follow(child.stderr.take().unwrap(), Arc::clone(&self.log), said),
        ];
        let mut process = Process { child, endpoint: String::new(), followers };
        for _ in 0..LOOKS {
            if let Some(port) = read_port(&port_file) {
                process.endpoint = format!("127.0.0.1:{port}");
                return process;
            }
            // Whatever the server says may be that it listens; when it says no more, it has ended.
            let heard = hears.recv_timeout(LOOK_EVERY);
            assert_ne!(heard, Err(RecvTimeoutError::Disconnected), "it ended at its start:\n{}", self.log());
        }
        panic!("the server does not listen:\n{}", self.log());
    }

    /// Makes an account as its operator does, and returns credentials of its owner.
    pub(crate) fn create_account(&self, name: &str, id: &str) -> Credentials {
        let mut command =
            self.program(&["account", "create", name, "--id", id, "--alias", name, "-o", "json"]);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}\n{}", String::from_utf8_lossy(&output.stderr), self.log());
        let account: Value = serde_json::from_slice(&output.stdout).unwrap();
        Credentials {
            access_key_id: account["AccessKeyId"].as_str().unwrap().to_owned(),
            access_key_secret: Secret::new(account["AccessKeySecret"].as_str().unwrap().to_owned()),
            security_token: None,
        }
    }

    /// What the program says and how it ends, called by somebody with these credentials.
    pub(crate) fn run(&self, arguments: &[&str], server: &Process, credentials: &Credentials) -> Output {
        let mut command = Command::new(PROGRAM);
        command.args(arguments).env_clear().stdin(Stdio::null());
        command.env("ARGALI_ENDPOINT", &server.endpoint);
        command.env("ALIBABA_CLOUD_ACCESS_KEY_ID", &credentials.access_key_id);
        command.env("ALIBABA_CLOUD_ACCESS_KEY_SECRET", credentials.access_key_secret.expose());
        if let Some(token) = &credentials.security_token {
            command.env("ALIBABA_CLOUD_SECURITY_TOKEN", token);
        }
        command.output().unwrap()
    }

    /// Runs a command of the operator on this data to its end.
    pub(crate) fn operate(&self, arguments: &[&str]) -> Output {
        self.program(arguments).output().unwrap()
    }

    /// Puts the master key of another installation into a new data folder.
    pub(crate) fn put_key(&self, key: &Path) {
        DirBuilder::new().mode(0o700).create(self.data()).unwrap();
        std::fs::copy(key, self.data().join("master.key")).unwrap();
    }

    /// Starts a command of the operator on this data, which reads what it is given.
    pub(crate) fn begin(&self, arguments: &[&str]) -> Child {
        self.program(arguments).stdin(Stdio::piped()).spawn().unwrap()
    }

    /// The program on this data, without anybody's settings.
    fn program(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.args(arguments).arg("--data").arg(self.data()).env_clear().stdin(Stdio::null());
        command
    }
}

impl Process {
    /// `host:port` of its http listener.
    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// A client of the server.
    pub(crate) fn client(&self, credentials: Credentials) -> Client {
        Client::remote(&self.endpoint, credentials)
    }

    /// The most memory that it has had in use at once so far, in MiB.
    pub(crate) fn most_memory_mib(&self) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches("kB").trim().parse::<usize>().unwrap() / 1_024
    }

    /// Asks it to end in order, and returns when it has.
    pub(crate) fn stop(mut self) {
        let asked = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(asked.success(), "nobody was there to be asked");
        assert!(self.child.wait().unwrap().success(), "it did not end in order");
        self.end();
    }

    /// `kill -9`.
    pub(crate) fn kill(mut self) {
        self.end();
    }

    fn end(&mut self) {
        // It may have ended by itself, which whoever uses it says.
        self.child.kill().ok();
        self.child.wait().ok();
        for follower in self.followers.drain(..) {
            follower.join().ok();
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}

fn read_port(file: &Path) -> Option<u64> {
    let text = std::fs::read(file).ok()?;
    serde_json::from_slice::<Value>(&text).expect("the port file is written whole")["http"].as_u64()
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
