//! Journeys in a real browser.
// SPEC: console, budgets and checks.

use argali_testkit::{Browser, Look, TestClock, TestServer};

use crate::stage::{PASSWORD, Stage};

fn stage() -> Stage {
    Stage::on(TestServer::builder().clock(TestClock::real()).start())
}

fn log_on(browser: &Browser, stage: &Stage, name: &str) {
    browser.go(&format!("http://{}/logon", stage.server.endpoint()));
    browser.fill("#LogonName", name);
    browser.click("form.stack button");
    browser.fill("#Password", PASSWORD);
    browser.click("form.stack button");
    browser.arrives("/console");
}

/// S0-59, S1-23, S4-24: journey 3, as far as its pages are there: with script and without, in both languages.
#[test]
fn alice_logs_on_switches_and_comes_back() {
    let stage = stage();
    let looks = [
        Look::default(),
        Look { script: false, ..Look::default() },
        Look { language: "zh-CN", dark: true, width: 390, ..Look::default() },
    ];
    for look in looks {
        let browser = Browser::start(look);
        log_on(&browser, &stage, "alice@company-b");
        browser.click(".identity");
        browser.click("#identity a[href$='/switch-role']");
        for account in ["company-a", "company-a.onaliyun.com", "11223344"] {
            browser.go(&format!("http://{}/console/switch-role", stage.server.endpoint()));
            browser.fill("#Account", account);
            browser.fill("#RoleName", "ecs-admin");
            browser.click("main form.stack button.main");
            assert!(browser.text(".banner").contains("ecs-admin"), "{look:?}: {account}");
            assert!(browser.title().starts_with("ecs-admin"), "{look:?}");
        }
        browser.click(".banner button");
        browser.arrives("/console");
        assert!(!browser.has(".banner"), "{look:?}");
        if look.width < 400 && look.script {
            let over = browser
                .look("return document.documentElement.scrollWidth - document.documentElement.clientWidth");
            assert_eq!(over, 0, "nothing is cut off at {} pixels", look.width);
        }
    }
}

/// By keyboard alone: the page is walked with Tab, and forms are sent with Enter.
#[test]
fn the_keyboard_is_enough() {
    const TAB: &str = "\u{e004}";
    const ENTER: &str = "\u{e007}";
    let stage = stage();
    let browser = Browser::start(Look::default());
    browser.go(&format!("http://{}/logon", stage.server.endpoint()));
    // Past the name of the product.
    browser.press(&format!("{TAB}{TAB}"));
    browser.press(&format!("alice@company-b{ENTER}"));
    browser.arrives("LogonName=alice%40company-b");
    browser.press(&format!("{TAB}{TAB}{TAB}{PASSWORD}{ENTER}"));
    browser.arrives("/console");
    browser.press(TAB);
    assert_eq!(
        browser.look("return document.activeElement.className"),
        "skip",
        "the first stop leads past the frame"
    );
    // The keys that go somewhere.
    browser.press("gs");
    browser.arrives("/console/switch-role");
}
