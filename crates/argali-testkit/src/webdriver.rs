//! WebDriver, the protocol that browsers are driven with, as far as tests need it: calls over HTTP with JSON.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::client::agent;

/// A browser's driver, with the one session in it. Dropping it ends both.
#[derive(Debug)]
pub(crate) struct Driver {
    agent: ureq::Agent,
    process: Child,
    base: String,
}

impl Driver {
    /// Starts a browser with these options.
    ///
    /// # Panics
    ///
    /// Panics if Chromium or its driver is not installed.
    pub(crate) fn start(options: &Value) -> Self {
        let (process, port) = start_driver();
        let mut driver = Self { agent: agent(), process, base: format!("http://127.0.0.1:{port}") };
        let wanted = json!({ "capabilities": { "alwaysMatch": { "goog:chromeOptions": options } } });
        let session = driver.post("/session", &wanted);
        let id = session["sessionId"].as_str().unwrap_or_else(|| panic!("no browser: {session}"));
        driver.base = format!("{}/session/{id}", driver.base);
        driver
    }

    /// The page as it is, for whoever reads why a test failed.
    pub(crate) fn source(&self) -> String {
        let answer = self.agent.get(format!("{}/source", self.base)).call();
        answer.ok().and_then(|mut answer| answer.body_mut().read_to_string().ok()).unwrap_or_default()
    }

    /// Asks for something.
    pub(crate) fn get(&self, path: &str) -> Value {
        self.call("GET", path, String::new())
    }

    /// Has something done.
    pub(crate) fn post(&self, path: &str, body: &Value) -> Value {
        self.call("POST", path, body.to_string())
    }

    fn call(&self, method: &str, path: &str, body: String) -> Value {
        let (succeeded, value) = self.send(method, path, body);
        assert!(succeeded, "{method} {path}: {}\n{}", value["message"], self.source());
        value
    }

    /// The same of what may fail.
    pub(crate) fn try_call(&self, method: &str, path: &str, body: &Value) -> Option<Value> {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let (succeeded, value) = self.send(method, path, body);
        succeeded.then_some(value)
    }

    fn send(&self, method: &str, path: &str, body: String) -> (bool, Value) {
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header("content-type", "application/json")
            .body(body)
            .unwrap_or_else(|error| panic!("no request: {error}"));
        let answer = self.agent.run(request);
        let mut answer = answer.unwrap_or_else(|error| panic!("the driver did not answer: {error}"));
        let text = answer.body_mut().with_config().limit(64 << 20).read_to_string();
        let text = text.unwrap_or_else(|error| panic!("half an answer: {error}"));
        let value: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        (answer.status().is_success(), value["value"].clone())
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let request = ureq::http::Request::delete(&self.base).body(());
        if let Ok(request) = request {
            _ = self.agent.run(request);
        }
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

/// Starts the driver on a port that it picks and tells. Now and then it picks one that is taken, and ends.
fn start_driver() -> (Child, u16) {
    const ATTEMPTS: usize = 5;
    for _ in 0..ATTEMPTS {
        let mut command = Command::new("chromedriver");
        let started = command.arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut driver = started.unwrap_or_else(|error| {
            panic!("no browser ({error}): install chromium and chromium-driver, or run ./test")
        });
        match port_of(&mut driver) {
            Some(port) => return (driver, port),
            None => _ = driver.wait(),
        }
    }
    panic!("the driver did not start in {ATTEMPTS} attempts");
}

fn port_of(driver: &mut Child) -> Option<u16> {
    let lines = BufReader::new(driver.stdout.take()?).lines().map_while(Result::ok);
    let mut ports = lines.filter_map(|line| {
        let (_, port) = line.split_once("started successfully on port ")?;
        port.trim_end_matches('.').trim().parse().ok()
    });
    ports.next()
}
