//! `argali apply` and `argali export`: what an account has, as one file.

mod change;
mod file;
mod round_trip;

use std::fs;
use std::process::{Command, Output};

use argali_testkit::{Client, Credentials, TestClock, TestServer};
use tempfile::TempDir;

/// The example of the guide.
const GUIDE: &str = include_str!("../../../../../docs/worlds.md");

/// The file that the guide shows.
fn example() -> &'static str {
    GUIDE.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap()
}

/// A server whose clock goes with that of the program.
fn server() -> TestServer {
    TestServer::builder().clock(TestClock::real()).start()
}

/// Somebody's terminal, with files of its own.
struct Terminal {
    folder: TempDir,
    endpoint: String,
    credentials: Credentials,
}

/// What a command came to.
#[derive(Debug)]
struct Came {
    code: Option<i32>,
    said: String,
    complained: String,
}

impl Terminal {
    fn of(client: &Client) -> Self {
        Self {
            folder: TempDir::new().unwrap(),
            endpoint: format!("http://{}", client.host()),
            credentials: client.credentials().clone(),
        }
    }

    fn write(&self, text: &str) {
        fs::write(self.folder.path().join("world.toml"), text).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> Came {
        let mut command = Command::new(env!("CARGO_BIN_EXE_argali"));
        command.args(arguments).current_dir(self.folder.path()).env_clear();
        command.env("ARGALI_ENDPOINT", &self.endpoint);
        command.env("ALIBABA_CLOUD_ACCESS_KEY_ID", &self.credentials.access_key_id);
        command.env("ALIBABA_CLOUD_ACCESS_KEY_SECRET", self.credentials.access_key_secret.expose());
        let Output { status, stdout, stderr } = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Came { code: status.code(), said: text(stdout), complained: text(stderr) }
    }

    /// Applies a file, which must succeed; what it said.
    #[track_caller]
    fn apply(&self, text: &str, more: &[&str]) -> String {
        self.write(text);
        let came = self.run(&[&["apply", "world.toml"], more].concat());
        assert_eq!(came.code, Some(0), "{came:?}");
        came.said
    }

    #[track_caller]
    fn export(&self) -> String {
        let came = self.run(&["export"]);
        assert_eq!(came.code, Some(0), "{came:?}");
        came.said
    }
}
