//! The operator's certificate: files that cannot be used, and files that change.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::mpsc::channel;
use std::time::Duration;

use argali_server::config::OptionalAddress;
use argali_server::{Config, Data, Env, Server, ServerOptions, StartError, TlsError};
use argali_testkit::{SelfSigned, TestServer};

use crate::tls::anywhere;

const HEALTH: &[u8] = b"GET /-/healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";

fn put(folder: &Path, pair: &SelfSigned) {
    // One after the other, and each as a whole, as tools that renew certificates do.
    for (name, text) in [("server.key", &pair.private_key), ("server.pem", &pair.certificate)] {
        fs::write(folder.join("new"), text).unwrap();
        fs::rename(folder.join("new"), folder.join(name)).unwrap();
    }
}

fn configured(config: &mut Config, folder: &Path) {
    config.listen.https = anywhere();
    config.listen.certificate = folder.join("server.pem");
    config.listen.private_key = folder.join("server.key");
}

async fn refusal(folder: &Path, change: impl FnOnce(&mut Config)) -> TlsError {
    let mut config = Config::default();
    config.listen.http = SocketAddr::from(([127, 0, 0, 1], 0));
    configured(&mut config, folder);
    change(&mut config);
    let options = ServerOptions { config, data: Data::Memory, env: Env::system() };
    match Server::start(options).await.unwrap_err() {
        StartError::Tls(error) => error,
        error => panic!("{error}"),
    }
}

#[tokio::test]
async fn files_that_cannot_be_used_stop_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (one, other) = (SelfSigned::new("localhost"), SelfSigned::new("localhost"));
    let certificate = folder.join("server.pem");

    let error = refusal(folder, |config| config.listen.private_key = Default::default()).await;
    assert!(matches!(error, TlsError::HalfAPair), "{error}");
    let error = refusal(folder, |config| config.listen.certificate = Default::default()).await;
    assert!(matches!(error, TlsError::HalfAPair), "{error}");

    let error = refusal(folder, |config| config.listen.https = OptionalAddress::NONE).await;
    assert!(matches!(error, TlsError::NotShown), "{error}");

    let error = refusal(folder, |_| {}).await;
    assert_eq!(error.to_string(), format!("cannot read `{}`", certificate.display()));
    put(folder, &one);
    fs::remove_file(folder.join("server.key")).unwrap();
    assert!(matches!(refusal(folder, |_| {}).await, TlsError::Io { .. }));

    put(folder, &SelfSigned { certificate: one.private_key.clone(), ..one.clone() });
    assert!(matches!(refusal(folder, |_| {}).await, TlsError::NoCertificate(_)));
    put(folder, &SelfSigned { certificate: String::new(), ..one.clone() });
    assert!(matches!(refusal(folder, |_| {}).await, TlsError::NoCertificate(_)));
    put(folder, &SelfSigned { private_key: one.certificate.clone(), ..one.clone() });
    assert!(matches!(refusal(folder, |_| {}).await, TlsError::NoKey(_)));
    let damaged = one.certificate.replacen("MII", "AAA", 1);
    put(folder, &SelfSigned { certificate: damaged, ..one.clone() });
    assert!(matches!(refusal(folder, |_| {}).await, TlsError::Unfit { .. }));
    put(folder, &SelfSigned { certificate: one.certificate, private_key: other.private_key });
    assert!(matches!(refusal(folder, |_| {}).await, TlsError::Unfit { .. }));
}

#[test]
fn a_new_pair_is_shown_without_a_restart_and_a_bad_one_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (old, new) = (SelfSigned::new("localhost"), SelfSigned::new("localhost"));
    put(folder, &old);
    let server = TestServer::builder().configure(|config| configured(config, folder)).start();
    let shows = |pair: &SelfSigned| {
        let answer = server.tls_trusting(&pair.certificate).raw("localhost", HEALTH);
        answer.is_ok_and(|answer| answer.status() == Some(200))
    };
    assert!(shows(&old) && !shows(&new));
    let mut kept = server.tls_trusting(&old.certificate).connect("localhost").unwrap();

    put(folder, &SelfSigned { certificate: new.certificate.clone(), private_key: old.private_key.clone() });
    let (_nobody, says) = channel::<()>();
    // Two looks at the files, a second apart.
    says.recv_timeout(Duration::from_millis(2_100)).unwrap_err();
    assert!(shows(&old), "a pair that does not belong together is not used");

    put(folder, &new);
    let shown = (0..600).any(|_| shows(&new) || says.recv_timeout(Duration::from_millis(50)).is_ok());
    assert!(shown && !shows(&old));
    // Who is connected stays so.
    use std::io::{Read, Write};
    kept.write_all(HEALTH).unwrap();
    let mut status = [0; 12];
    kept.read_exact(&mut status).unwrap();
    assert_eq!(&status, b"HTTP/1.1 200");
}
