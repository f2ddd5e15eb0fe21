//! A real browser, driven by WebDriver: Debian's `chromium` and `chromium-driver`.
//!
//! Of WebDriver, journeys need a dozen calls over HTTP with JSON, which the client that tests have anyway makes.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::client::agent;

/// What WebDriver calls the reference to an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// How long it waits for an element to appear, in milliseconds.
const PATIENCE_MS: u32 = 10_000;

/// A browser with a window of its own, in which nobody is logged on. Dropping it closes it.
#[derive(Debug)]
pub struct Browser {
    agent: ureq::Agent,
    driver: Child,
    base: String,
}

/// How a browser is to be.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// How wide its window is, in pixels.
    pub width: u32,
    /// Whether its system is dark.
    pub dark: bool,
    /// Whether it runs scripts.
    pub script: bool,
    /// Which language it reads.
    pub language: &'static str,
}

impl Default for Look {
    fn default() -> Self {
        Self { width: 1280, dark: false, script: true, language: "en" }
    }
}

impl Browser {
    /// Starts one.
    ///
    /// # Panics
    ///
    /// Panics if Chromium or its driver is not installed; `./test` installs both.
    pub fn start(look: Look) -> Self {
        let (driver, port) = start_driver();
        let agent = agent();
        let dark = if look.dark { "--force-dark-mode" } else { "--disable-features=DarkMode" };
        let window = format!("--window-size={},900", look.width);
        let scripts = if look.script { 1 } else { 2 };
        let options = json!({
            "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", dark, window],
            "prefs": {
                "intl.accept_languages": look.language,
                "profile.managed_default_content_settings.javascript": scripts,
            },
        });
        let wanted = json!({ "capabilities": { "alwaysMatch": { "goog:chromeOptions": options } } });
        let mut browser = Self { agent, driver, base: format!("http://127.0.0.1:{port}") };
        let session = browser.post("/session", &wanted);
        let id = session["sessionId"].as_str().unwrap_or_else(|| panic!("no browser: {session}"));
        browser.base = format!("{}/session/{id}", browser.base);
        browser.wait_up_to(PATIENCE_MS);
        browser
    }

    /// Goes to an address.
    pub fn go(&self, url: &str) {
        self.post("/url", &json!({ "url": url }));
    }

    /// Goes back.
    pub fn back(&self) {
        self.post("/back", &json!({}));
    }

    /// Loads the page again.
    pub fn reload(&self) {
        self.post("/refresh", &json!({}));
    }

    /// Where it is.
    pub fn url(&self) -> String {
        self.get("/url").as_str().unwrap_or_default().to_owned()
    }

    /// Waits until it is at an address that ends so.
    ///
    /// # Panics
    ///
    /// Panics if it does not get there.
    #[expect(clippy::disallowed_methods, reason = "a real browser takes its own time")]
    pub fn arrives(&self, ending: &str) {
        for _ in 0..PATIENCE_MS / 50 {
            if self.url().ends_with(ending) {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!("it is at {} and not at {ending}\n{}", self.url(), self.source());
    }

    /// The title of the page.
    pub fn title(&self) -> String {
        self.get("/title").as_str().unwrap_or_default().to_owned()
    }

    /// The text that can be seen of the first element that `css` selects.
    pub fn text(&self, css: &str) -> String {
        let element = self.element(css);
        self.get(&format!("/element/{element}/text")).as_str().unwrap_or_default().to_owned()
    }

    /// Whether anything is selected by `css`.
    pub fn has(&self, css: &str) -> bool {
        self.wait_up_to(0);
        let found = self.post("/elements", &json!({ "using": "css selector", "value": css }));
        self.wait_up_to(PATIENCE_MS);
        found.as_array().is_some_and(|found| !found.is_empty())
    }

    /// Clicks the first element that `css` selects.
    pub fn click(&self, css: &str) {
        let element = self.element(css);
        self.post(&format!("/element/{element}/click"), &json!({}));
    }

    /// Types into a field, in place of what is there.
    pub fn fill(&self, css: &str, text: &str) {
        let element = self.element(css);
        self.post(&format!("/element/{element}/clear"), &json!({}));
        self.post(&format!("/element/{element}/value"), &json!({ "text": text }));
    }

    /// Presses keys wherever the focus is.
    pub fn press(&self, keys: &str) {
        let actions: Vec<_> = keys
            .chars()
            .flat_map(|key| {
                ["keyDown", "keyUp"].map(|kind| json!({ "type": kind, "value": key.to_string() }))
            })
            .collect();
        self.post("/actions", &json!({ "actions": [{ "type": "key", "id": "keys", "actions": actions }] }));
    }

    /// What a script returns; for looking only.
    pub fn look(&self, script: &str) -> Value {
        self.post("/execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// A picture of the window, as PNG.
    pub fn picture(&self) -> Vec<u8> {
        let picture = self.get("/screenshot");
        let decoded = STANDARD.decode(picture.as_str().unwrap_or_default());
        decoded.unwrap_or_else(|error| panic!("no picture: {error}"))
    }

    /// Lets it wait so long for an element to appear, in milliseconds.
    fn wait_up_to(&self, ms: u32) {
        self.post("/timeouts", &json!({ "implicit": ms }));
    }

    fn element(&self, css: &str) -> String {
        let found = self.post("/element", &json!({ "using": "css selector", "value": css }));
        found[ELEMENT].as_str().unwrap_or_else(|| panic!("no element `{css}`: {found}")).to_owned()
    }

    /// The page as it is, for whoever reads why a test failed.
    fn source(&self) -> String {
        let answer = self.agent.get(format!("{}/source", self.base)).call();
        answer.ok().and_then(|mut answer| answer.body_mut().read_to_string().ok()).unwrap_or_default()
    }

    fn get(&self, path: &str) -> Value {
        self.call("GET", path, String::new())
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        self.call("POST", path, body.to_string())
    }

    fn call(&self, method: &str, path: &str, body: String) -> Value {
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
        assert!(
            answer.status().is_success(),
            "{method} {path}: {}\n{}",
            value["value"]["message"],
            self.source()
        );
        value["value"].clone()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let request = ureq::http::Request::delete(&self.base).body(());
        if let Ok(request) = request {
            _ = self.agent.run(request);
        }
        _ = self.driver.kill();
        _ = self.driver.wait();
    }
}

/// Starts the driver on a port that it picks and tells.
fn start_driver() -> (Child, u16) {
    let mut command = Command::new("chromedriver");
    let started = command.arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let driver = started.map(|mut driver| (port_of(&mut driver), driver));
    match driver {
        Ok((Some(port), driver)) => (driver, port),
        Ok((None, mut driver)) => panic!("the driver did not start: {:?}", driver.wait()),
        Err(error) => panic!("no browser ({error}): install chromium and chromium-driver, or run ./test"),
    }
}

fn port_of(driver: &mut Child) -> Option<u16> {
    let lines = BufReader::new(driver.stdout.take()?).lines().map_while(Result::ok);
    let mut ports = lines.filter_map(|line| {
        let (_, port) = line.split_once("started successfully on port ")?;
        port.trim_end_matches('.').trim().parse().ok()
    });
    ports.next()
}
