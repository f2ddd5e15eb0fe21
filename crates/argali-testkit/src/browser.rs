//! A real browser, driven by WebDriver: Debian's `chromium` and `chromium-driver`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::webdriver::Driver;

/// What WebDriver calls the reference to an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// What WebDriver calls keys that write nothing.
const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";
const CONTROL: &str = "\u{e009}";

/// How long it waits for an element to appear, in milliseconds.
const PATIENCE_MS: u32 = 10_000;

/// A browser with a window of its own, in which nobody is logged on. Dropping it closes it.
#[derive(Debug)]
pub struct Browser {
    driver: Driver,
    look: Look,
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
    /// Whether whoever sits before it has no mouse: what is clicked or filled in must be reached with Tab.
    pub keyboard: bool,
}

impl Default for Look {
    fn default() -> Self {
        Self { width: 1280, dark: false, script: true, language: "en", keyboard: false }
    }
}

impl Browser {
    /// Starts one.
    ///
    /// # Panics
    ///
    /// Panics if Chromium or its driver is not installed; `./test` installs both.
    pub fn start(look: Look) -> Self {
        let scripts = if look.script { 1 } else { 2 };
        let options = json!({
            "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
            "prefs": {
                "intl.accept_languages": look.language,
                "profile.managed_default_content_settings.javascript": scripts,
            },
        });
        let browser = Self { driver: Driver::start(&options), look };
        browser.wait_up_to(PATIENCE_MS);
        browser.dress();
        browser
    }

    /// Gives the tab that is looked at its width and colours. No window can be as narrow as a telephone by itself.
    fn dress(&self) {
        const HEIGHT: u32 = 900;
        let Look { width, dark, .. } = self.look;
        let size = json!({ "width": width, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": false });
        self.emulate("setDeviceMetricsOverride", &size);
        let colours = if dark { "dark" } else { "light" };
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": colours }] });
        self.emulate("setEmulatedMedia", &features);
    }

    /// Shows the tab that is looked at as it would be printed.
    pub fn on_paper(&self) {
        self.emulate("setEmulatedMedia", &json!({ "media": "print" }));
    }

    fn emulate(&self, what: &str, params: &Value) {
        let command = json!({ "cmd": format!("Emulation.{what}"), "params": params });
        self.driver.post("/goog/cdp/execute", &command);
    }

    /// Gives it an authenticator of its own, which keeps passkeys and takes it that whoever uses it is verified.
    pub fn add_authenticator(&self) {
        let authenticator = json!({
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": true,
            "hasUserVerification": true,
            "isUserVerified": true,
        });
        self.driver.post("/webauthn/authenticator", &authenticator);
    }

    /// Goes to an address.
    pub fn go(&self, url: &str) {
        self.driver.post("/url", &json!({ "url": url }));
    }

    /// Goes back.
    pub fn back(&self) {
        self.driver.post("/back", &json!({}));
    }

    /// Loads the page again.
    pub fn reload(&self) {
        self.driver.post("/refresh", &json!({}));
    }

    /// Where it is.
    pub fn url(&self) -> String {
        self.driver.get("/url").as_str().unwrap_or_default().to_owned()
    }

    /// Waits until it is at an address that ends so, and everything of the page is there.
    ///
    /// # Panics
    ///
    /// Panics if it does not get there.
    #[expect(clippy::disallowed_methods, reason = "a real browser takes its own time")]
    pub fn arrives(&self, ending: &str) {
        for _ in 0..PATIENCE_MS / 50 {
            if self.url().ends_with(ending) && self.is_complete() {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!("it is at {} and not at {ending}\n{}", self.url(), self.driver.source());
    }

    /// Whether everything of the page is there, and its script has begun.
    fn is_complete(&self) -> bool {
        let asked = json!({ "script": "return document.readyState", "args": [] });
        self.driver.try_call("POST", "/execute/sync", &asked).is_some_and(|state| state == "complete")
    }

    /// The title of the page.
    pub fn title(&self) -> String {
        self.driver.get("/title").as_str().unwrap_or_default().to_owned()
    }

    /// The text that can be seen of the first element that `css` selects. After what leads to another page it may
    /// still be the old page's: wait for what only the new one has.
    ///
    /// # Panics
    ///
    /// Panics if there is no such element.
    pub fn text(&self, css: &str) -> String {
        self.shows(css, "")
    }

    /// Waits until the first element that `css` selects shows a text, and returns everything that it shows.
    ///
    /// # Panics
    ///
    /// Panics if it does not come to that.
    #[expect(clippy::disallowed_methods, reason = "a real browser takes its own time")]
    pub fn shows(&self, css: &str, text: &str) -> String {
        // Looking for what is not there takes as long as the browser waits for it.
        let began = std::time::Instant::now();
        while began.elapsed().as_millis() <= u128::from(PATIENCE_MS) {
            // The page may go while it is looked at.
            if let Some(shown) = self.text_now(css).filter(|shown| shown.contains(text)) {
                return shown;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!("`{css}` does not show `{text}` at {}\n{}", self.url(), self.driver.source());
    }

    fn text_now(&self, css: &str) -> Option<String> {
        let found =
            self.driver.try_call("POST", "/elements", &json!({ "using": "css selector", "value": css }))?;
        let element = found.get(0)?[ELEMENT].as_str()?.to_owned();
        let text = self.driver.try_call("GET", &format!("/element/{element}/text"), &Value::Null)?;
        text.as_str().map(str::to_owned)
    }

    /// Whether anything is selected by `css`.
    pub fn has(&self, css: &str) -> bool {
        self.wait_up_to(0);
        let found = self.driver.post("/elements", &json!({ "using": "css selector", "value": css }));
        self.wait_up_to(PATIENCE_MS);
        found.as_array().is_some_and(|found| !found.is_empty())
    }

    /// Opens a tab, which is looked at from then on, and returns what it is called.
    pub fn open_tab(&self) -> String {
        let opened = self.driver.post("/window/new", &json!({ "type": "tab" }));
        let tab = opened["handle"].as_str().unwrap_or_else(|| panic!("no tab: {opened}")).to_owned();
        self.look_at_tab(&tab);
        self.dress();
        tab
    }

    /// What the tab is called that is looked at.
    pub fn tab(&self) -> String {
        self.driver.get("/window").as_str().unwrap_or_default().to_owned()
    }

    /// Looks at another tab.
    pub fn look_at_tab(&self, tab: &str) {
        self.driver.post("/window", &json!({ "handle": tab }));
    }

    /// Waits until nothing is selected by `css` on a page of which everything is there.
    ///
    /// # Panics
    ///
    /// Panics if it does not come to that.
    #[expect(clippy::disallowed_methods, reason = "a real browser takes its own time")]
    pub fn vanishes(&self, css: &str) {
        for _ in 0..PATIENCE_MS / 50 {
            if self.is_complete() && !self.has(css) {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!("`{css}` is still at {}\n{}", self.url(), self.driver.source());
    }

    /// Clicks the first element that `css` selects; without a mouse, goes there and presses the key that does it.
    pub fn click(&self, css: &str) {
        if self.look.keyboard {
            let element = self.tab_to(css);
            let kind = self.driver.get(&format!("/element/{element}/property/type"));
            return self.press(if kind == "checkbox" { " " } else { ENTER });
        }
        self.act(css, &[("click", json!({}))]);
    }

    /// Types into a field, in place of what is there.
    pub fn fill(&self, css: &str, text: &str) {
        if self.look.keyboard {
            self.tab_to(css);
            self.select_all();
            return self.press(text);
        }
        self.act(css, &[("clear", json!({})), ("value", json!({ "text": text }))]);
    }

    /// Does something to the first element that `css` selects; to the next page's, if this one goes meanwhile.
    #[expect(clippy::disallowed_methods, reason = "a real browser takes its own time")]
    fn act(&self, css: &str, steps: &[(&str, Value)]) {
        const ATTEMPTS: usize = 5;
        for _ in 0..ATTEMPTS {
            let element = self.element(css);
            let done = |(step, body): &(&str, Value)| {
                self.driver.try_call("POST", &format!("/element/{element}/{step}"), body).is_some()
            };
            if steps.iter().all(done) {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        let element = self.element(css);
        for (step, body) in steps {
            self.driver.post(&format!("/element/{element}/{step}"), body);
        }
    }

    /// Chooses what a list calls `label`.
    pub fn choose(&self, css: &str, label: &str) {
        // Typing chooses what begins so, and is how it is done with a mouse, too.
        let element = if self.look.keyboard { self.tab_to(css) } else { self.element(css) };
        self.driver.post(&format!("/element/{element}/value"), &json!({ "text": label }));
    }

    /// Presses Tab until the first element that `css` selects has the focus.
    ///
    /// # Panics
    ///
    /// Panics if it cannot be reached so.
    fn tab_to(&self, css: &str) -> String {
        const MOST_STOPS: usize = 200;
        for _ in 0..MOST_STOPS {
            // A page that was left meanwhile has taken the element with it that was found there.
            let wanted = self.element(css);
            if self.driver.get("/element/active")[ELEMENT] == wanted {
                return wanted;
            }
            self.press(TAB);
        }
        panic!("Tab does not lead to `{css}` at {}\n{}", self.url(), self.driver.source());
    }

    fn select_all(&self) {
        let key = |kind: &str, value: &str| json!({ "type": kind, "value": value });
        let keys = [key("keyDown", CONTROL), key("keyDown", "a"), key("keyUp", "a"), key("keyUp", CONTROL)];
        self.driver
            .post("/actions", &json!({ "actions": [{ "type": "key", "id": "keys", "actions": keys }] }));
    }

    /// Presses keys wherever the focus is.
    pub fn press(&self, keys: &str) {
        let actions: Vec<_> = keys
            .chars()
            .flat_map(|key| {
                ["keyDown", "keyUp"].map(|kind| json!({ "type": kind, "value": key.to_string() }))
            })
            .collect();
        self.driver
            .post("/actions", &json!({ "actions": [{ "type": "key", "id": "keys", "actions": actions }] }));
    }

    /// What a script returns; for looking only.
    pub fn look(&self, script: &str) -> Value {
        self.driver.post("/execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// A picture of the window, as PNG.
    pub fn picture(&self) -> Vec<u8> {
        let picture = self.driver.get("/screenshot");
        let decoded = STANDARD.decode(picture.as_str().unwrap_or_default());
        decoded.unwrap_or_else(|error| panic!("no picture: {error}"))
    }

    /// Lets it wait so long for an element to appear, in milliseconds.
    fn wait_up_to(&self, ms: u32) {
        self.driver.post("/timeouts", &json!({ "implicit": ms }));
    }

    fn element(&self, css: &str) -> String {
        let found = self.driver.post("/element", &json!({ "using": "css selector", "value": css }));
        found[ELEMENT].as_str().unwrap_or_else(|| panic!("no element `{css}`: {found}")).to_owned()
    }
}
