//! Running a script of the story against a server, with nothing of the caller's environment but the path of programs.

use argali_testkit::TestClock;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::operation::Caller;
use crate::server::Server;
use crate::stage::federation::issuer;

/// How a script gets to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// By its http listener.
    Http,
    /// By its https listener too, which the environment says to trust.
    Https,
    /// By the hosts that are built into the SDKs, with the server as proxy; it is trusted too.
    Proxy,
}

/// Tells the story with a script in `python`, in the manner that it knows as `style`.
pub(crate) fn pytest(script: &str, style: &str) {
    pytest_by(Reach::Http, script, style);
}

/// The same, reaching the server in another way.
pub(crate) fn pytest_by(reach: Reach, script: &str, style: &str) {
    tell(pytest_of(script), reach, script, style);
}

/// The same, of a server on which more has happened than that there are the two accounts.
pub(crate) fn pytest_on(server: &Server, companies: [&Value; 2], script: &str) {
    tell_of(server, companies, pytest_of(script), Reach::Http, script, "");
}

/// Pytest, to run a script.
fn pytest_of(script: &str) -> Command {
    let folder = scripts("python");
    let python = workspace().join(".venv/bin/python");
    installed(&python);
    // Each chapter begins where the one before ended: after the first that fails the others mean nothing.
    let mut command = Command::new(python);
    command.args([
        "-B",
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "--exitfirst",
        "--verbose",
        "--tb=short",
        "--color=no",
    ]);
    command.args(["--rootdir", "."]).arg(script).current_dir(folder);
    command
}

/// Tells the story with a script in `node`, in the manner that it knows as `style`.
pub(crate) fn node(script: &str, style: &str) {
    node_by(Reach::Http, script, style);
}

/// The same, reaching the server in another way.
pub(crate) fn node_by(reach: Reach, script: &str, style: &str) {
    let folder = scripts("node");
    installed(&folder.join("node_modules"));
    let mut command = Command::new("node");
    command.args(["--test", "--test-reporter=spec"]).arg(script).current_dir(folder);
    tell(command, reach, script, style);
}

/// The script that calls operations with the Python SDKs.
pub(crate) fn python_caller() -> Caller {
    let python = workspace().join(".venv/bin/python");
    installed(&python);
    let mut command = Command::new(python);
    command.args(["-B", "operation.py"]).current_dir(scripts("python"));
    Caller::start(command)
}

/// The script that calls operations with the Node SDKs.
pub(crate) fn node_caller() -> Caller {
    let folder = scripts("node");
    installed(&folder.join("node_modules"));
    let mut command = Command::new("node");
    command.arg("operation.js").current_dir(folder);
    Caller::start(command)
}

/// Runs `command` beside a new server, and fails with what both said unless it ends well.
fn tell(command: Command, reach: Reach, script: &str, style: &str) {
    let server = Server::start(reach, issuer());
    let (a, b) =
        (server.create_account("company-a", "11223344"), server.create_account("company-b", "12345678"));
    tell_of(&server, [&a, &b], command, reach, script, style);
}

/// Runs `command` beside a server with the two accounts, and fails with what both said unless it ends well.
fn tell_of(
    server: &Server,
    [company_a, company_b]: [&Value; 2],
    mut command: Command,
    reach: Reach,
    script: &str,
    style: &str,
) {
    let issuer = issuer();
    let (subject, client_id) = ("repo:acme/site", "https://builds.example.com");
    let story = json!({
        "issuer": {
            "url": issuer.url(),
            "fingerprint": issuer.sha1_fingerprints()[1],
            "client_id": client_id,
            "subject": subject,
            "token": issuer.token(&TestClock::real(), subject, client_id).encode(),
        },
        "endpoint": server.endpoint(),
        "https_endpoint": server.https_endpoint(),
        "oss_endpoint": server.oss_endpoint(),
        "style": style,
        "company_a": company_a,
        "company_b": company_b,
    });
    command.env_clear().env("ARGALI_STORY", story.to_string()).env("HOME", server.home());
    if let Some(path) = std::env::var_os("PATH") {
        command.env("PATH", path);
    }
    if reach != Reach::Http {
        // One for each kind of client; what they name is all that these trust.
        for variable in
            ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "ALIBABA_CLOUD_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"]
        {
            command.env(variable, server.authority());
        }
    }
    if reach == Reach::Proxy {
        for variable in ["HTTPS_PROXY", "HTTP_PROXY"] {
            command.env(variable, format!("http://{}", server.endpoint()));
        }
    }
    let output = match command.output() {
        Ok(output) => output,
        Err(error) => {
            panic!("{:?} does not start ({error}): run `./test`, which installs it", command.get_program())
        }
    };
    let told = [output.stdout, output.stderr].concat();
    // In one piece, because other stories are told at the same time.
    println!("\n{script}, {style}:\n{}", String::from_utf8_lossy(&told));
    assert!(
        output.status.success(),
        "{script}, {style}: the story came out differently ({})\nthe server said:\n{}",
        output.status,
        server.log()
    );
}

fn installed(path: &Path) {
    assert!(path.exists(), "`{}` is missing: run `./test` once, which installs it", path.display());
}

fn scripts(language: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sdk").join(language)
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
