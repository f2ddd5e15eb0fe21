//! A backend that is away, slow, or answers with errors.

use std::net::TcpListener;

use argali_testkit::{Engine, Enterprise, Nginx, SelfSigned, Signing, TestServer, free_address};
use tempfile::TempDir;

use super::{ECHO, server_for, url};
use crate::expect::Calls;

/// What the record of the last call of an operation says: of the backend, and the code.
fn on_record(server: &TestServer, action: &str) -> (String, Option<String>) {
    let events = server.core().trail().events().unwrap();
    let event = events.iter().rev().find(|event| event.action == action).unwrap();
    (event.notes["backend"].clone(), event.error_code.clone())
}

/// What `backend` answers lets callers of a change and of a list be told.
#[track_caller]
fn told(server: &TestServer, a: &Enterprise, code: &str, said: &str) {
    for (action, own) in [("CreateTower", [("Name", "north")]), ("DescribeTowers", [("TowerId", "tow-1")])] {
        a.client.refused("Tower", action, &own, code);
        let (on_record, error) = on_record(server, action);
        assert_eq!((on_record.as_str(), error.as_deref()), (said, Some(code)), "{action}");
    }
}

#[test]
fn a_backend_that_is_stopped_is_told_clearly_and_comes_back() {
    let nginx = Nginx::start(ECHO);
    let address = nginx.address();
    let (builder, _folder) = server_for(&url(&nginx));
    let server = builder.start();
    let a = server.account("company-a", "11223344");
    a.must("Tower", "DescribeTowers", &[]);
    nginx.stop();
    told(&server, &a, "ServiceUnavailable", "it cannot be reached");
    let failure = a.client.call("Tower", "DescribeTowers", &[]).unwrap_err();
    assert!(failure.message.contains("nothing was done"), "{failure}");
    let _again = Nginx::start_at(address, ECHO);
    a.must("Tower", "DescribeTowers", &[]);
}

#[test]
fn a_backend_that_is_slow_is_not_waited_for_longer_than_its_file_says() {
    // It takes connections and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let inside = format!("location = /calls {{ proxy_pass http://{}; }}", silent.local_addr().unwrap());
    let nginx = Nginx::start(&inside);
    let backend = format!("{{ url = {}, timeout_ms = 200 }}", url(&nginx));
    let (builder, _folder) = server_for(&backend);
    let server = builder.start();
    let a = server.account("company-a", "11223344");
    told(&server, &a, "ServiceTimeout", "it did not answer in time");
    // Nobody else is kept waiting by it.
    a.must("Ram", "ListUsers", &[]);
}

#[test]
fn a_backend_under_https_must_be_one_that_is_trusted() {
    let folder = TempDir::new().unwrap();
    let own = SelfSigned::new("localhost");
    let file = |name: &str, content: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    };
    let (certificate, key) = (file("own.pem", &own.certificate), file("own.key", &own.private_key));
    let other = file("other.pem", &SelfSigned::new("localhost").certificate);
    let address = free_address();
    let _nginx = Nginx::start(&format!(
        "listen {address} ssl;\nssl_certificate {};\nssl_certificate_key {};\n{ECHO}",
        certificate.display(),
        key.display()
    ));
    let backend = format!("\"https://localhost:{}/calls\"", address.port());
    for (trusted, works) in [(None, false), (Some(&other), false), (Some(&certificate), true)] {
        let (builder, _folder) = server_for(&backend);
        let trust = trusted.cloned().unwrap_or_default();
        let server = builder.configure(|config| config.services.ca_file = trust).start();
        let a = server.account("company-a", "11223344");
        let told = a.client.call("Tower", "CreateTower", &[("Name", "north")]);
        assert_eq!(told.is_ok(), works, "{trusted:?}: {told:?}");
        if !works {
            assert_eq!(on_record(&server, "CreateTower").0, "it cannot be reached");
        }
    }
}

#[test]
fn errors_of_the_backend_keep_their_code_and_status_if_they_have_one() {
    let nginx = Nginx::start(
        r#"location = /calls {
          if ($http_x_argali_action = "tower:StopTower") {
            return 409 '{"Code":"IncorrectTowerStatus","Message":"The tower is not running."}';
          }
          if ($http_x_argali_action = "tower:DeleteTower") { return 301 http://127.0.0.1:1/; }
          if ($http_x_argali_action = "tower:CreateTower") { return 502; }
          return 200 '<html>';
        }"#,
    );
    let (builder, _folder) = server_for(&url(&nginx));
    let server = builder.start();
    let a = server.account("company-a", "11223344");
    let this = [("TowerId", "tow-1"), ("Name", "north")];
    let failure = a.client.call("Tower", "StopTower", &this).unwrap_err();
    assert_eq!((failure.code.as_str(), failure.status), ("IncorrectTowerStatus", 409));
    assert_eq!(failure.message, "The tower is not running.");
    assert_eq!(on_record(&server, "StopTower").1.as_deref(), Some("IncorrectTowerStatus"));
    for action in ["DeleteTower", "CreateTower", "DescribeTowers"] {
        let failure = a.client.refused("Tower", action, &this, "ServiceUnavailable");
        assert!(failure.message.contains("look what it has done"), "{action}: {failure}");
    }
    assert_eq!(on_record(&server, "CreateTower").0, "answered with status 502");
}

#[test]
fn an_answer_that_is_too_large_is_not_read_to_its_end() {
    let large = "x".repeat(5 << 20);
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("large"), format!("{{\"Text\":\"{large}\"}}")).unwrap();
    let inside = format!(
        "error_page 405 =200 /large;\nlocation = /calls {{ return 405; }}\nlocation = /large {{ root {}; }}",
        folder.path().display()
    );
    let nginx = Nginx::start(&inside);
    let (builder, _services) = server_for(&url(&nginx));
    let server = builder.start();
    let a = server.account("company-a", "11223344");
    told(&server, &a, "ServiceUnavailable", "it answered with more than 4 MiB");
}

#[test]
fn a_change_cannot_be_passed_on_again_after_a_restart() {
    let nginx = Nginx::start(ECHO);
    let (builder, _folder) = server_for(&url(&nginx));
    let server = builder.engine(Engine::Embedded).start();
    let a = server.account("company-a", "11223344");
    // The address, which is another afterwards, is no part of what is signed.
    let signed = a.client.signing(Signing::V1Query).sign("Tower", "CreateTower", &[("Name", "north")]);
    a.client.send(&signed).unwrap();
    let server = server.restart();
    let again = server.client(a.client.credentials().clone());
    assert_eq!(again.send(&signed).unwrap_err().code, "SignatureNonceUsed");
}
