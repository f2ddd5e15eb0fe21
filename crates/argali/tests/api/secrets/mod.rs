//! Secrets stay where they belong: no file, log or record holds one in a form that could be used.
// SPEC: security, keys and secrets, K5.

use std::collections::BTreeMap;
use std::path::Path;

use argali_protocol::Secret;
use argali_testkit::{Client, Credentials, Signing, TestServer, trust};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use serde_json::Value;

use crate::expect::Calls;
use crate::process::Installation;
use crate::stage::text;
use crate::sts::credentials;
use crate::world::tenant_on;

/// Something that must be found nowhere.
struct Planted {
    what: String,
    /// Every way in which it could be written: as it is, in hexadecimal digits, in Base64 at any offset.
    spellings: Vec<Vec<u8>>,
}

fn planted(what: impl Into<String>, secret: &[u8]) -> Planted {
    let mut spellings =
        vec![secret.to_vec(), hex::encode(secret).into_bytes(), hex::encode_upper(secret).into_bytes()];
    for offset in 0..3 {
        let padded = [&vec![0; offset][..], secret].concat();
        for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
            let encoded = engine.encode(&padded).into_bytes();
            // The first and last characters also depend on what stands beside the secret.
            let inner = if offset == 0 { 0 } else { 4 }..encoded.len() - 2;
            spellings.push(encoded[inner].to_vec());
        }
    }
    Planted { what: what.into(), spellings }
}

/// Fails if any of the secrets is in `bytes`. Logs are long, so all are looked for in one pass.
fn search(secrets: &[Planted], bytes: &[u8], place: &str) {
    let mut by_beginning: BTreeMap<&[u8], Vec<(&str, &[u8])>> = BTreeMap::new();
    // Whether any spelling begins with these two bytes: what most places can be passed over by.
    let mut begins = vec![false; 1 << 16];
    let index = |pair: &[u8]| usize::from(pair[0]) << 8 | usize::from(pair[1]);
    for Planted { what, spellings } in secrets {
        for spelling in spellings {
            begins[index(spelling)] = true;
            by_beginning.entry(&spelling[..8]).or_default().push((what, spelling));
        }
    }
    for (place_in, window) in bytes.windows(8).enumerate() {
        if !begins[index(window)] {
            continue;
        }
        for (what, spelling) in by_beginning.get(window).into_iter().flatten() {
            assert!(!bytes[place_in..].starts_with(spelling), "{what} is in {place}, at byte {place_in}");
        }
    }
}

/// Every file under a folder, but for the one that is the master key.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let (path, kind) = entry.map(|entry| (entry.path(), entry.file_type().unwrap())).unwrap();
        if kind.is_dir() {
            all.extend(files(&path));
        } else if kind.is_file() && path.file_name().is_some_and(|name| name != "master.key") {
            all.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
    all
}

/// Uses accounts, keys and sessions in every way, well and badly, and returns all secrets of theirs.
fn use_everything(owner: &Client) -> Vec<Planted> {
    let mut secrets =
        vec![planted("the account's secret", owner.credentials().access_key_secret.expose().as_bytes())];
    let document = trust(&["acs:ram::11223344:root"]).to_string();
    owner.must("Ram", "CreateRole", &[("RoleName", "ops"), ("AssumeRolePolicyDocument", &document)]);
    for number in 0..6 {
        let name = format!("user-{number}");
        let user = ("UserName", name.as_str());
        owner.must("Ram", "CreateUser", &[user]);
        let made = owner.must("Ram", "CreateAccessKey", &[user]);
        let key = Credentials {
            access_key_id: text(&made["AccessKey"]["AccessKeyId"]),
            access_key_secret: Secret::new(text(&made["AccessKey"]["AccessKeySecret"])),
            security_token: None,
        };
        secrets.push(planted(format!("{name}'s secret"), key.access_key_secret.expose().as_bytes()));
        let grant = [user, ("PolicyName", "AliyunSTSAssumeRoleAccess"), ("PolicyType", "System")];
        owner.must("Ram", "AttachPolicyToUser", &grant);
        let assume = [("RoleArn", "acs:ram::11223344:role/ops"), ("RoleSessionName", name.as_str())];
        let session = credentials(&owner.with_credentials(key).must("Sts", "AssumeRole", &assume));
        let token = session.security_token.clone().unwrap();
        secrets
            .push(planted(format!("{name}'s session secret"), session.access_key_secret.expose().as_bytes()));
        secrets.push(planted(format!("{name}'s token"), token.as_bytes()));
        use_session(&owner.with_credentials(session.clone()));
        // With a wrong secret, and then with a wrong key.
        let wrong = Credentials { access_key_secret: Secret::new("wrong".to_owned()), ..session.clone() };
        use_session(&owner.with_credentials(wrong));
        let wrong = Credentials { access_key_id: "STS.another".to_owned(), ..session };
        use_session(&owner.with_credentials(wrong));
    }
    secrets
}

/// Calls what may succeed and what cannot, in each way of signing.
fn use_session(session: &Client) {
    for signing in Signing::ALL {
        let session = session.signing(signing);
        for (product, action) in [("Sts", "GetCallerIdentity"), ("Ram", "ListUsers"), ("Ram", "DoNothing")] {
            // Whatever comes of it may leave traces.
            session.call(product, action, &[]).ok();
        }
    }
}

#[test]
fn files_and_logs_hold_no_secret() {
    let installation = Installation::new();
    let process = installation.serve("trace");
    let account = installation.create_account("company-a", "11223344");
    let owner = process.client(account);
    let mut secrets = use_everything(&owner);
    let refusal = owner.refused("Ram", "GetUser", &[("UserName", "nobody")], "EntityNotExist.User");
    let master_key = std::fs::read_to_string(installation.data().join("master.key")).unwrap();
    let master_key = hex::decode(master_key.trim()).unwrap();
    secrets.push(planted("the master key", &master_key));
    assert!(secrets.len() >= 20, "{}", secrets.len());

    process.kill();
    search(&secrets, installation.log().as_bytes(), "the log");
    assert!(
        installation.log().contains("TRACE") || installation.log().contains("DEBUG"),
        "the log says little"
    );
    // The number that a caller is given leads to what the log knows.
    assert!(installation.log().contains(&refusal.request_id.unwrap()));
    let written = files(&installation.data());
    assert!(written.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() > 10_000, "little was written");
    assert!(
        written.iter().any(|(path, _)| path.contains("audit"))
            && written.iter().any(|(path, _)| path.contains("store"))
    );
    for (path, bytes) in &written {
        search(&secrets, bytes, path);
    }
    // Nor do they after the next start, which reads everything again.
    let process = installation.serve("trace");
    process.kill();
    search(&secrets, installation.log().as_bytes(), "the log");
    for (path, bytes) in files(&installation.data()) {
        search(&secrets, &bytes, &path);
    }
}

#[test]
fn the_search_finds_what_is_there() {
    let secret = b"OuDFZ6hwPoTXrDmUZcKGmrqqSLGzz1";
    let secrets = [planted("the secret", secret)];
    for before in ["", "x", "xy", "xyz"] {
        let text = [before.as_bytes(), secret, b" and more"].concat();
        for written in
            [text.clone(), hex::encode(&text).into_bytes(), STANDARD_NO_PAD.encode(&text).into_bytes()]
        {
            let found = std::panic::catch_unwind(|| search(&secrets, &written, "a file"));
            assert!(found.is_err(), "{before:?}");
        }
    }
}

#[test]
fn answers_show_a_secret_once() {
    let server = TestServer::start();
    let a = tenant_on(&server);
    let alice = a.user("alice");
    a.grant("alice", "AdministratorAccess");
    let secret = [planted("alice's secret", alice.credentials().access_key_secret.expose().as_bytes())];
    let reads: [(&str, &[(&str, &str)]); 3] = [
        ("ListAccessKeys", &[("UserName", "alice")]),
        ("GetUser", &[("UserName", "alice")]),
        ("ListUsers", &[]),
    ];
    for (action, params) in reads {
        let answer: Value = alice.must("Ram", action, params);
        search(&secret, answer.to_string().as_bytes(), action);
    }
    let events = server.core().trail().events().unwrap();
    search(&secret, serde_json::to_string(&events).unwrap().as_bytes(), "the records");
    for page in ["/-/metrics", "/-/healthz", "/-/readyz"] {
        search(&secret, server.page(page).1.as_bytes(), page);
    }
}
