//! Start and stop.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use argali_server::{Config, Data, Env, Server, ServerOptions, StartError};
use argali_testkit::{Engine, TestServer};

fn options() -> ServerOptions {
    let mut config = Config::default();
    config.listen.http = SocketAddr::from(([127, 0, 0, 1], 0));
    ServerOptions { config, data: Data::Memory, env: Env::system() }
}

#[tokio::test]
async fn other_machines_are_served_in_clear_only_if_asked_for() {
    let mut open = options();
    open.config.listen.http = SocketAddr::from(([0, 0, 0, 0], 0));
    let error = Server::start(open.clone()).await.unwrap_err();
    assert!(matches!(error, StartError::Plaintext(_)), "{error}");
    open.config.listen.allow_plaintext = true;
    Server::start(open).await.unwrap().shutdown().await;
}

#[tokio::test]
async fn an_address_that_is_taken_is_named() {
    let first = Server::start(options()).await.unwrap();
    let mut second = options();
    second.config.listen.http = first.addresses().http;
    let error = Server::start(second).await.unwrap_err();
    assert_eq!(error.to_string(), format!("cannot listen on `{}`", first.addresses().http));
    first.shutdown().await;
}

#[tokio::test]
async fn the_port_file_tells_what_was_taken() {
    let folder = tempfile::tempdir().unwrap();
    let mut told = options();
    told.config.listen.port_file = folder.path().join("ports.json");
    let server = Server::start(told).await.unwrap();
    let text = std::fs::read_to_string(folder.path().join("ports.json")).unwrap();
    let (http, oss) = (server.addresses().http.port(), server.addresses().oss.unwrap().port());
    assert_eq!(text, format!("{{\"http\":{http},\"https\":null,\"oss\":{oss}}}\n"));
    server.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_lets_the_running_request_end_and_closes_resting_connections() {
    let server = Server::start(options()).await.unwrap();
    let address = server.addresses().http;
    let mut rests = TcpStream::connect(address).unwrap();
    let mut runs = TcpStream::connect(address).unwrap();
    let mut first = [0; 12];
    rests.write_all(b"GET /-/healthz HTTP/1.1\r\nhost: a\r\n\r\n").unwrap();
    rests.read_exact(&mut first).unwrap();
    // The answer to this one ends only when its body has come.
    runs.write_all(
        b"POST /?Format=JSON HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 4\r\n\r\n",
    )
    .unwrap();
    let mut goes_on = [0; 25];
    runs.read_exact(&mut goes_on).unwrap();
    let stopping = tokio::spawn(server.shutdown());
    let mut rest = String::new();
    rests.read_to_string(&mut rest).unwrap();
    // The listener hears of the stop when the connections do, and may act on it a moment later.
    for look in 0.. {
        if TcpStream::connect(address).is_err() {
            break;
        }
        assert!(look < 500, "nobody new is let in");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    runs.write_all(b"abcd").unwrap();
    let mut answer = String::new();
    runs.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    stopping.await.unwrap();
}

#[test]
fn what_was_acknowledged_is_there_after_a_start() {
    let server = TestServer::builder().engine(Engine::Embedded).start();
    let a = server.account("company-a", "11223344");
    a.must("Ram", "CreateUser", &[("UserName", "alice")]);
    let credentials = a.client.credentials().clone();
    let server = server.restart();
    server.client(credentials).call("Ram", "GetUser", &[("UserName", "alice")]).unwrap();
}
