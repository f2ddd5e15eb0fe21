//! Journeys in a real browser.
// SPEC: console, budgets and checks.

use argali_testkit::{Browser, Look, TestClock, TestServer};

use crate::estate::Network;
use crate::stage::{PASSWORD, Stage};

fn stage() -> Stage {
    Stage::on(TestServer::builder().clock(TestClock::real()).start())
}

pub(crate) fn log_on(browser: &Browser, stage: &Stage, name: &str) {
    browser.go(&format!("http://{}/logon", stage.server.endpoint()));
    browser.fill("#LogonName", name);
    browser.click("form.stack button");
    browser.fill("#Password", PASSWORD);
    browser.click("form.stack button");
    browser.arrives("/console");
}

/// S0-59, S1-23, S4-24: what leads into a role and out of it, with script and without, in both languages.
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

/// S0-59, S1-23, S1-25, S2-30, S4-24: journey 3. Alice logs on in all name forms, switches by alias, by default domain and
/// by number, stops an instance of company-a each time, and switches back.
#[test]
fn alice_stops_instances_of_the_other_account() {
    let stage = stage();
    let network = Network::of(&stage.a);
    let looks = [
        Look::default(),
        Look { script: false, ..Look::default() },
        Look { language: "zh-CN", dark: true, width: 390, ..Look::default() },
    ];
    for look in looks {
        let ways = [
            ("alice@company-b", "company-a"),
            ("alice@company-b.onaliyun.com", "company-a.onaliyun.com"),
            ("alice@12345678", "11223344"),
        ];
        for (name, account) in ways {
            let id = network.instance(&stage.a, "web");
            let browser = Browser::start(look);
            log_on(&browser, &stage, name);
            browser.go(&format!("http://{}/console/switch-role", stage.server.endpoint()));
            browser.fill("#Account", account);
            browser.fill("#RoleName", "ecs-admin");
            browser.click("main form.stack button.main");
            assert!(browser.text(".banner").contains("ecs-admin"), "{look:?}: {account}");
            browser.go(&format!("{}/resources/ecs", browser.url()));
            browser.click(&format!("tbody a[href*='{id}']"));
            let stop = format!("a[href*='{id}/do/StopInstance']");
            until(|| browser.has(&stop), || browser.reload());
            browser.click(&stop);
            browser.click("main form button.main");
            browser.arrives("done=StopInstance");
            let stopped = || browser.text("h1").contains("Stopped");
            until(stopped, || browser.reload());
            browser.click(".banner button");
            browser.arrives("/console");
            assert!(!browser.has(".banner"), "{look:?}");
        }
    }
}

/// Tries again, a moment later each time, until something holds that takes seconds.
#[expect(clippy::disallowed_methods, reason = "a real browser looks at a real clock")]
fn until(holds: impl Fn() -> bool, again: impl Fn()) {
    for _ in 0..40 {
        if holds() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(250));
        again();
    }
    panic!("it did not come to hold in ten seconds");
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
    browser.press("gd");
    browser.arrives("/console/delegations");
    browser.press("gs");
    browser.arrives("/console/switch-role");
}
