//! Argali's own authority in the data folder.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};

use argali_server::{Data, Env, Server, ServerOptions, StartError, TlsError};
use argali_testkit::{Engine, SelfSigned, TestServer};

use crate::tls::{anywhere, secured};

const HEALTH: &[u8] = b"GET /-/healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";

#[tokio::test]
async fn files_that_are_not_as_they_were_written_stop_the_start() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("data");
    let start = || {
        let mut config = argali_server::Config::default();
        config.listen.http.set_port(0);
        config.listen.https = anywhere();
        Server::start(ServerOptions { config, data: Data::Folder(folder.clone()), env: Env::system() })
    };
    let refusal = async || match start().await.unwrap_err() {
        StartError::Tls(error) => error,
        error => panic!("{error}"),
    };
    start().await.unwrap().shutdown().await;
    let (key, certificate) = (folder.join("ca.key"), folder.join("ca.pem"));
    assert_eq!(fs::metadata(&key).unwrap().mode() & 0o777, 0o600);
    let (right_key, right) = (fs::read(&key).unwrap(), fs::read(&certificate).unwrap());

    fs::set_permissions(&key, Permissions::from_mode(0o640)).unwrap();
    assert!(matches!(refusal().await, TlsError::OpenKey(_)));
    fs::set_permissions(&key, Permissions::from_mode(0o600)).unwrap();
    fs::write(&key, "nonsense").unwrap();
    assert!(matches!(refusal().await, TlsError::Damaged(_)));
    fs::write(&key, SelfSigned::new("localhost").private_key).unwrap();
    assert!(matches!(refusal().await, TlsError::Damaged(_)), "the certificate is another key's");
    fs::write(&key, &right_key).unwrap();
    fs::write(&certificate, "nonsense").unwrap();
    assert!(matches!(refusal().await, TlsError::Damaged(_)));

    // As if the process had ended between the two files: the key keeps its name.
    fs::remove_file(&certificate).unwrap();
    start().await.unwrap().shutdown().await;
    assert!(fs::read_to_string(&certificate).unwrap().starts_with("-----BEGIN CERTIFICATE-----\n"));
    fs::write(&certificate, &right).unwrap();
    start().await.unwrap().shutdown().await;
    assert_eq!((fs::read(&key).unwrap(), fs::read(&certificate).unwrap()), (right_key, right));
}

#[test]
fn who_trusts_it_goes_on_trusting_it_after_a_restart() {
    let server = secured().engine(Engine::Embedded).start();
    let folder = server.folder().unwrap().to_owned();
    let trusted = fs::read_to_string(Server::authority_file(&folder)).unwrap();
    let server = server.restart();
    let tls = server.tls_trusting(&trusted);
    for host in ["localhost", "sts.aliyuncs.com"] {
        assert_eq!(tls.raw(host, HEALTH).unwrap().status(), Some(200), "{host}");
    }
}

#[test]
fn certificates_are_made_anew_before_they_end() {
    let server = secured().start();
    let tls = server.tls();
    let shown = || {
        let stream = tls.connect("sts.aliyuncs.com").unwrap();
        stream.conn.peer_certificates().unwrap()[0].to_vec()
    };
    let first = shown();
    assert_eq!(shown(), first, "it is kept");
    server.clock().advance(argali_testkit::hours(24 * 59));
    assert_eq!(shown(), first);
    server.clock().advance(argali_testkit::hours(24 * 2));
    assert_ne!(shown(), first);
}

#[test]
fn no_authority_is_made_where_none_is_needed() {
    let server = TestServer::builder().engine(Engine::Embedded).start();
    assert!(!server.folder().unwrap().join("ca.key").exists());
}
