//! Services with something real behind them: an nginx, and the backend that the guide shows.

mod guide;
mod identity;
mod trouble;

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;

use argali_testkit::{Nginx, TestServer, TestServerBuilder};
use tempfile::TempDir;

const GUIDE: &str = include_str!("../../../../../docs/services.md");

/// The part of the guide about services with a backend.
fn chapter() -> &'static str {
    GUIDE.split("## A real service behind it").nth(1).unwrap()
}

/// The first block of a language in that part.
fn block(language: &str) -> &'static str {
    let start = format!("```{language}\n");
    chapter().split(start.as_str()).nth(1).and_then(|rest| rest.split("```").next()).unwrap()
}

/// The service of the guide with this in place of its backend.
fn service(backend: &str) -> String {
    let (before, rest) = block("toml").split_once("backend = ").unwrap();
    let (_, after) = rest.split_once('\n').unwrap();
    format!("{before}backend = {backend}\n{after}")
}

/// A server that offers the service of the guide, and the folder of its file.
fn server_for(backend: &str) -> (TestServerBuilder, TempDir) {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("tower.toml"), service(backend)).unwrap();
    let path = folder.path().to_owned();
    (TestServer::builder().configure(|config| config.services.dir = path), folder)
}

/// The URL of something as a service file writes it.
fn url(nginx: &Nginx) -> String {
    format!("\"http://{}/calls\"", nginx.address())
}

/// An nginx that answers with what it is told of the caller.
const ECHO: &str = r#"
location = /calls {
  return 200 '{"RequestId":"not ours","Account":"$http_x_argali_account","Principal":"$http_x_argali_principal","PrincipalType":"$http_x_argali_principal_type","OriginAccount":"$http_x_argali_origin_account","Origin":"$http_x_argali_origin_principal_id","Session":"$http_x_argali_session_id","AllowedAction":"$http_x_argali_action","Resource":"$http_x_argali_resource","Service":"$http_x_argali_service","Number":"$http_x_argali_request_id","Address":"$http_x_argali_source_ip","Time":"$http_x_argali_time","Signature":"$http_x_argali_signature","Authorization":"$http_authorization","SessionToken":"$http_x_acs_security_token","Connection":"$connection"}';
}
"#;

/// Head and body of a message whose length it says.
fn read_message(stream: &mut TcpStream) -> String {
    let mut message = Vec::new();
    let mut buffer = [0; 4_096];
    loop {
        let text = String::from_utf8_lossy(&message).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(": ")?;
                name.eq_ignore_ascii_case("content-length").then(|| value.parse::<usize>().unwrap())
            });
            if body.len() >= length.unwrap() {
                return text;
            }
        }
        let read = stream.read(&mut buffer).unwrap();
        assert_ne!(read, 0, "half a message: {text}");
        message.extend_from_slice(&buffer[..read]);
    }
}

/// Takes one call in place of a backend, does something before it answers, and returns what was sent.
fn answer_once(listener: TcpListener, before: impl FnOnce() + Send + 'static) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let request = read_message(&mut stream);
        before();
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}").unwrap();
        request
    })
}
