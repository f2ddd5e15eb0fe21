//! The journeys of the specification in a real browser, each in every look.
// SPEC: console, budgets and checks.

mod delegation;
mod editor;
mod gate;
mod grant;
mod list;
mod narrow;
mod panel;
mod passkey;
mod password;
mod picker;
mod role;
mod time;
mod user;

use argali_testkit::{Browser, Enterprise, Look, TestClock, TestServer};

use crate::stage::{PASSWORD, Stage};

/// With script and without, in both languages, light and dark, at a desk and on a telephone, and by keyboard alone.
const LOOKS: [Look; 4] = [
    Look { width: 1280, dark: false, script: true, language: "en", keyboard: false },
    Look { width: 1280, dark: true, script: false, language: "en", keyboard: false },
    Look { width: 390, dark: true, script: true, language: "zh-CN", keyboard: false },
    Look { width: 1280, dark: false, script: true, language: "en", keyboard: true },
];

/// A real browser goes by a real clock.
fn stage() -> Stage {
    Stage::on(TestServer::builder().clock(TestClock::real()).start())
}

/// The address of a page.
fn at(stage: &Stage, path: &str) -> String {
    format!("http://{}{path}", stage.server.endpoint())
}

/// Logs on with the password that everybody has, by any form of a name.
pub(crate) fn log_on(browser: &Browser, stage: &Stage, name: &str) {
    browser.go(&at(stage, "/logon"));
    browser.fill("#LogonName", name);
    browser.click("form.stack button");
    browser.fill("#Password", PASSWORD);
    browser.click("form.stack button");
    browser.arrives("/console");
}

/// A browser in which a user is logged on.
fn user(look: Look, stage: &Stage, name: &str) -> Browser {
    let browser = Browser::start(look);
    log_on(&browser, stage, name);
    browser
}

/// A browser in which the owner of an account is logged on.
fn owner(look: Look, stage: &Stage, enterprise: &Enterprise) -> Browser {
    let browser = Browser::start(look);
    let password = stage.server.give_owner_password(enterprise);
    browser.go(&at(stage, "/logon?form-of=owner"));
    browser.fill("#Owner", &enterprise.alias);
    browser.fill("#Password", &password);
    browser.click("form.stack button");
    browser.arrives("/console");
    browser
}

/// Switches by what the address says beforehand.
fn switch(browser: &Browser, stage: &Stage, account: &str, role: &str) {
    browser.go(&at(stage, &format!("/console/switch-role?account={account}&role={role}")));
    browser.click("main form.stack button.main");
}

/// Nothing is cut off at the side, and the window is as wide as it is said to be.
fn fits(browser: &Browser, look: Look) {
    assert_eq!(excess(browser), (look.width.into(), 0), "{look:?}: {}", browser.url());
}

/// How wide the window is, and how much further the page goes.
fn excess(browser: &Browser) -> (i64, i64) {
    let page =
        "const page = document.documentElement; return [innerWidth, page.scrollWidth - page.clientWidth]";
    let widths = browser.look(page);
    (widths[0].as_i64().unwrap(), widths[1].as_i64().unwrap())
}
