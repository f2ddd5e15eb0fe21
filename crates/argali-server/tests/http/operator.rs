//! The operator's commands, with and without a server on the data.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use argali_server::Config;
use argali_server::operator::{Command, GateState, OperatorError, Reply, run};
use argali_testkit::{Engine, TestServer};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

fn create(id: &str, alias: &str) -> Command {
    Command::CreateAccount {
        name: String::new(),
        id: Some(id.to_owned()),
        alias: Some(alias.to_owned()),
        email: None,
    }
}

fn gate(account: &str, gate: GateState) -> Command {
    Command::SetGate { account: account.to_owned(), service: "vpc".to_owned(), gate }
}

async fn done(folder: &Path, command: &Command) -> Value {
    match run(&Config::default(), folder, command).await.unwrap() {
        Reply::Done(answer) => answer,
        refused => panic!("{command:?}: {refused:?}"),
    }
}

async fn refusal(folder: &Path, command: &Command) -> (String, u16) {
    match run(&Config::default(), folder, command).await.unwrap() {
        Reply::Refused { code, status, .. } => (code, status),
        done => panic!("{command:?}: {done:?}"),
    }
}

/// The same commands on the same data, however they get there.
async fn story(folder: &Path) {
    let made = done(folder, &create("11223344", "company-a")).await;
    assert_eq!((&made["AccountId"], &made["Alias"]), (&"11223344".into(), &"company-a".into()));
    assert!(made["AccessKeyId"].as_str().unwrap().starts_with("LTAI"));
    for (command, code, status) in [
        (create("11223344", "other"), "EntityAlreadyExists.Account", 409),
        (create("1122334455", "company-a"), "EntityAlreadyExists.AccountAlias", 409),
        (create("12", "short"), "InvalidParameter.Id", 400),
        (create("11223355", "A!"), "InvalidParameter.Alias", 400),
        (gate("company-z", GateState::Open), "EntityNotExist.Account", 404),
    ] {
        assert_eq!(refusal(folder, &command).await, (code.to_owned(), status), "{command:?}");
    }
    let unknown = Command::SetGate {
        account: "company-a".to_owned(),
        service: "vpcs".to_owned(),
        gate: GateState::Open,
    };
    assert_eq!(refusal(folder, &unknown).await, ("InvalidParameter.Service".to_owned(), 400));
    for account in ["11223344", "company-a"] {
        let opened = done(folder, &gate(account, GateState::Open)).await;
        assert_eq!(opened["OpenGates"], serde_json::json!(["vpc"]));
    }
    let close = |account: &str| Command::CloseAccount { account: account.to_owned() };
    assert_eq!(refusal(folder, &close("company-z")).await, ("EntityNotExist.Account".to_owned(), 404));
    assert_eq!(done(folder, &close("company-a")).await["Status"], "closed");
    let reopen = Command::OpenAccount { account: "11223344".to_owned() };
    assert_eq!(done(folder, &reopen).await["Status"], "open");
    let password =
        |account: &str| Command::ReplaceOwnerPassword { account: account.to_owned(), unbind_mfa: false };
    assert_eq!(refusal(folder, &password("company-z")).await, ("EntityNotExist.Account".to_owned(), 404));
    let replaced = done(folder, &password("company-a")).await;
    assert_eq!(replaced["AccountId"], "11223344");
    let (first, second) = (&made["OwnerPassword"], &replaced["OwnerPassword"]);
    assert!(first != second && second.as_str().unwrap().len() >= 24);
    let listed = done(folder, &Command::ListAccounts).await;
    assert_eq!(listed["Accounts"][0]["OpenGates"][0], "vpc");
    assert!(!listed.to_string().contains(made["AccessKeySecret"].as_str().unwrap()));
    assert_eq!(done(folder, &gate("company-a", GateState::Closed)).await["OpenGates"], serde_json::json!([]));
}

#[tokio::test]
async fn without_a_server_the_data_is_opened() {
    let home = tempfile::tempdir().unwrap();
    story(&home.path().join("data")).await;
}

#[tokio::test]
async fn with_a_server_its_socket_is_used() {
    let server =
        tokio::task::spawn_blocking(|| TestServer::builder().engine(Engine::Embedded).start()).await.unwrap();
    let folder = server.folder().unwrap().to_owned();
    let mode = std::fs::metadata(folder.join("operator.sock")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    story(&folder).await;

    // One connection can carry several lines; what cannot be read is answered and changes nothing.
    let stream = tokio::net::UnixStream::connect(folder.join("operator.sock")).await.unwrap();
    let mut stream = BufReader::new(stream);
    for line in ["nonsense\n", "{\"Command\":\"DropEverything\"}\n", "{\"Command\":\"ListAccounts\"}\n"] {
        stream.get_mut().write_all(line.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_line(&mut answer).await.unwrap();
        let reply: Reply = serde_json::from_str(&answer).unwrap();
        assert_eq!(matches!(reply, Reply::Done(_)), line.contains("ListAccounts"), "{line}{answer}");
    }
    drop(stream);
    tokio::task::spawn_blocking(move || drop(server)).await.unwrap();
}

#[tokio::test]
async fn data_that_is_in_use_without_a_server_is_not_touched() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("data");
    done(&folder, &Command::ListAccounts).await;
    let store =
        argali_store::Store::embedded(&folder.join("store"), &argali_store::EmbeddedOptions::default())
            .unwrap();
    let error = run(&Config::default(), &folder, &Command::ListAccounts).await.unwrap_err();
    assert!(matches!(error, OperatorError::NoAnswer(_)), "{error}");
    drop(store);
}
