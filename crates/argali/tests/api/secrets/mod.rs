//! Secrets stay where they belong: no file, log, answer or record holds one in a form that could be used.
//!
//! Secrets of every kind are made and used on the real program; then everything that it wrote and said is searched.
// SPEC: security, keys and secrets, K5.

mod search;
mod witness;

use argali_protocol::Secret;
use argali_testkit::{Credentials, Engine, TestServer, keys_of};
use serde_json::Value;

use crate::expect::Calls;
use crate::process::Installation;
use crate::stage::federation::issuer;
use crate::stage::{Stage, text};
use crate::world::tenant_on;

use search::{Planted, files, find, planted, search};
use witness::Witness;

/// A text that is no secret: where it is found, a secret would be found, too.
const NO_SECRET: &str = "seen by whoever looks, 8c1f5e";

/// Fails if a secret is in what the servers of an installation wrote or logged.
fn search_what_was_written(installation: &Installation, secrets: &[Planted]) {
    let log = installation.log();
    search(secrets, log.as_bytes(), "the log");
    assert!(log.contains("TRACE") || log.contains("DEBUG"), "the log says little");
    let (written, no_secret) = (files(&installation.data()), [planted("no secret", NO_SECRET.as_bytes())]);
    for part in ["store", "audit", "a.backup"] {
        let mut within = written.iter().filter(|(path, _)| path.contains(part));
        assert!(within.any(|(_, bytes)| find(&no_secret, bytes).is_some()), "nothing can be read in {part}");
    }
    for (path, bytes) in &written {
        search(secrets, bytes, path);
    }
}

#[test]
fn files_logs_answers_and_records_hold_no_secret() {
    let installation = Installation::new();
    let authority = issuer().authority_file().display().to_string();
    let reachable = [
        ("ARGALI_FEDERATION_CA_FILE", authority.as_str()),
        ("ARGALI_FEDERATION_ALLOWED_ADDRESSES", "127.0.0.0/8"),
    ];
    let process = installation.serve_with("trace", &reachable);
    let made = installation.operate(&["account", "create", "company-a", "--id", "11223344", "-o", "json"]);
    let account: Value = serde_json::from_slice(&made.stdout).unwrap();
    let owner = process.client(Credentials {
        access_key_id: text(&account["AccessKeyId"]),
        access_key_secret: Secret::new(text(&account["AccessKeySecret"])),
        security_token: None,
    });
    let seen = [("UserName", "seen"), ("Comments", NO_SECRET)];
    owner.must("Ram", "CreateUser", &seen);
    let mut witness = Witness::of(owner.clone(), "company-a");
    witness.plant("the owner's first password", text(&account["OwnerPassword"]).as_bytes());
    let replaced = installation.operate(&["account", "password", "company-a", "-o", "json"]);
    let replaced: Value = serde_json::from_slice(&replaced.stdout).unwrap();
    witness.use_everything(&text(&replaced["OwnerPassword"]));
    let backup = installation.data().join("a.backup");
    let made = installation.operate(&["backup", backup.to_str().unwrap()]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let refusal = owner.refused("Ram", "GetUser", &[("UserName", "nobody")], "EntityNotExist.User");
    process.kill();
    // The number that a caller is given leads to what the log knows.
    assert!(installation.log().contains(&refusal.request_id.unwrap()));
    for (what, key) in keys_of(&installation.data()) {
        witness.plant(&what, &key);
    }

    let Witness { secrets, answers, .. } = witness;
    assert!(secrets.len() >= 60, "{}", secrets.len());
    for secret in &secrets {
        for spelling in &secret.spellings {
            let somewhere = [b"some text ", spelling.as_slice(), b" goes on"].concat();
            assert!(find(&secrets, &somewhere).is_some(), "{} would not be found", secret.what);
        }
    }
    for (label, answer) in &answers {
        search(&secrets, answer.as_bytes(), &format!("an answer of {label}"));
    }
    search_what_was_written(&installation, &secrets);
    // Nor do they after the next start, which reads everything again.
    installation.serve("trace").kill();
    search_what_was_written(&installation, &secrets);
}

#[test]
fn a_secret_that_was_written_is_found() {
    let folder = tempfile::TempDir::with_prefix("argali-secrets-").unwrap();
    let secrets = [planted("the secret", b"OuDFZ6hwPoTXrDmUZcKGmrqqSLGzz1")];
    std::fs::create_dir(folder.path().join("store")).unwrap();
    std::fs::write(folder.path().join("master.key"), "OuDFZ6hwPoTXrDmUZcKGmrqqSLGzz1").unwrap();
    let all_clear = |expected| {
        let found = files(folder.path()).iter().any(|(_, bytes)| find(&secrets, bytes).is_some());
        assert_eq!(!found, expected);
    };
    all_clear(true);
    let written = hex::encode("...OuDFZ6hwPoTXrDmUZcKGmrqqSLGzz1...");
    std::fs::write(folder.path().join("store").join("table"), written).unwrap();
    all_clear(false);
}

/// What is handed to a declared service stays with the service.
#[test]
fn records_hold_no_secret_of_a_resource() {
    let server = TestServer::builder().engine(Engine::Embedded).start();
    let stage = Stage::new(&server, tenant_on(&server));
    let secrets =
        ["instance-Qv3mTz8kLw5p", "instance-Jr7bXc2nHy9d"].map(|secret| planted(secret, secret.as_bytes()));
    let mut params = stage.params("Ecs", "RunInstances");
    params.push(("Password", "instance-Qv3mTz8kLw5p".to_owned()));
    params.push(("UserData", "instance-Jr7bXc2nHy9d".to_owned()));
    stage.owner.must("Ecs", "RunInstances", &crate::stage::borrowed(&params));
    let events = serde_json::to_string(&server.core().trail().events().unwrap()).unwrap();
    assert!(events.contains("RunInstances"));
    search(&secrets, events.as_bytes(), "the records");
}

#[test]
fn pages_for_everybody_hold_no_secret() {
    let server = TestServer::start();
    let alice = tenant_on(&server).user("alice");
    let secret = [planted("alice's secret", alice.credentials().access_key_secret.expose().as_bytes())];
    for page in ["/-/metrics", "/-/healthz", "/-/readyz"] {
        search(&secret, server.page(page).1.as_bytes(), page);
    }
}
