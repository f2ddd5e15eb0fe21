//! The backend that the guide shows: it believes Argali, and nobody else.

use std::io::Write;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

use argali_testkit::{TestClock, TestServer, free_address, listens_at};
use serde_json::Value;

use super::{answer_once, block, read_message, server_for};

/// The guide's backend, killed when dropped.
struct Python {
    child: Child,
    address: SocketAddr,
}

impl Python {
    fn start(address: SocketAddr, server: &TestServer) -> Self {
        let key = hex::encode(server.core().backend_key("tower").expose());
        let mut command = Command::new("python3");
        command.args(["-", &address.port().to_string()]).env("ARGALI_BACKEND_KEY", key);
        let mut child = command.stdin(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(block("python").as_bytes()).unwrap();
        let backend = Self { child, address };
        assert!(listens_at(address), "the backend does not listen");
        backend
    }

    /// What it answers to these bytes: `Code`, or the action that was called.
    fn told(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let answer = read_message(&mut stream);
        let answer: Value = serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
        let said = answer.get("Code").or_else(|| answer.get("Action")).and_then(Value::as_str);
        said.unwrap_or_else(|| panic!("{answer}")).to_owned()
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

#[test]
fn the_backend_of_the_guide_answers_what_argali_passes_on() {
    let address = free_address();
    let (builder, _folder) = server_for(&format!("\"http://{address}/calls\""));
    let server = builder.clock(TestClock::real()).start();
    let _backend = Python::start(address, &server);
    let a = server.account("company-a", "11223344");
    for name in ["north", "süd & west=100%+"] {
        let told = a.must("Tower", "CreateTower", &[("Name", name)]);
        assert_eq!((told["Action"].as_str(), told["Name"].as_str()), (Some("CreateTower"), Some(name)));
        assert_eq!(told["For"], "acs:ram::11223344:root");
    }
}

#[test]
fn the_backend_of_the_guide_refuses_what_was_changed_or_came_before() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (builder, _folder) = server_for(&format!("\"http://{}/calls\"", listener.local_addr().unwrap()));
    let server = builder.clock(TestClock::real()).start();
    let a = server.account("company-a", "11223344");
    let overheard = answer_once(listener, || {});
    a.must("Tower", "CreateTower", &[("Name", "north")]);
    let request = overheard.join().unwrap();
    let backend = Python::start(free_address(), &server);
    for (from, to) in [
        ("Name=north", "Name=south"),
        ("x-argali-account: 11223344", "x-argali-account: 12345678"),
        ("x-argali-time: 1", "x-argali-time: 2"),
        ("x-argali-signature: ", "x-argali-signature: 0"),
        ("x-argali-service: tower", "x-argali-more: tower"),
        ("x-argali-service: tower\r\n", ""),
    ] {
        assert!(request.contains(from), "{from}: {request}");
        assert_eq!(backend.told(&request.replacen(from, to, 1)), "BadSignature", "{to}");
    }
    assert_eq!(backend.told(&request), "CreateTower");
    assert_eq!(backend.told(&request), "SeenBefore");
}

#[test]
fn the_backend_of_the_guide_refuses_what_is_old() {
    let address = free_address();
    let (builder, _folder) = server_for(&format!("\"http://{address}/calls\""));
    // Its clock stands where tests begin.
    let server = builder.start();
    let _backend = Python::start(address, &server);
    let a = server.account("company-a", "11223344");
    let failure = a.client.call("Tower", "DescribeTowers", &[]).unwrap_err();
    assert_eq!((failure.code.as_str(), failure.status), ("TooOld", 403));
}
