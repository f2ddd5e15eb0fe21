//! Journeys of whoever switches roles.
// SPEC: console, budgets and checks, journeys 3 and 8.

use argali_testkit::{Browser, Look};

use super::{LOOKS, at, fits, stage, switch, user};
use crate::estate::Network;
use crate::stage::PASSWORD;

/// S0-59, S1-23, S4-24: what leads into a role and out of it, with script and without, in both languages.
#[test]
fn alice_logs_on_switches_and_comes_back() {
    let stage = stage();
    for look in LOOKS {
        let browser = user(look, &stage, "alice@company-b");
        browser.click(".identity");
        browser.click("#identity a[href$='/switch-role']");
        for account in ["company-a", "company-a.onaliyun.com", "11223344"] {
            browser.go(&at(&stage, "/console/switch-role"));
            browser.fill("#Account", account);
            browser.fill("#RoleName", "ecs-admin");
            browser.click("main form.stack button.main");
            assert!(browser.text(".banner").contains("ecs-admin"), "{look:?}: {account}");
            assert!(browser.title().starts_with("ecs-admin"), "{look:?}");
        }
        browser.click(".banner button");
        browser.arrives("/console");
        assert!(!browser.has(".banner"), "{look:?}");
        fits(&browser, look);
    }
}

/// S0-59, S1-23, S1-25, S2-30, S4-24: journey 3. Alice logs on in all name forms, switches by alias, by default domain and
/// by number, stops an instance of company-a each time, and switches back.
#[test]
fn alice_stops_instances_of_the_other_account() {
    let stage = stage();
    let network = Network::of(&stage.a);
    for look in LOOKS {
        let ways = [
            ("alice@company-b", "company-a"),
            ("alice@company-b.onaliyun.com", "company-a.onaliyun.com"),
            ("alice@12345678", "11223344"),
        ];
        for (name, account) in ways {
            let id = network.instance(&stage.a, "web");
            let browser = user(look, &stage, name);
            browser.go(&at(&stage, "/console/switch-role"));
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
            let stopped = || ["Stopped", "已停止"].iter().any(|word| browser.text("h1").contains(word));
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
    let browser = Browser::start(Look { keyboard: true, ..Look::default() });
    browser.go(&at(&stage, "/logon"));
    browser.fill("#LogonName", "alice@company-b");
    browser.press(ENTER);
    browser.arrives("LogonName=alice%40company-b");
    browser.fill("#Password", PASSWORD);
    browser.press(ENTER);
    browser.arrives("/console");
    // A key that is pressed before the page was painted reaches nobody.
    let is_somewhere = || browser.look("return document.activeElement !== document.body") == true;
    until(is_somewhere, || browser.press(TAB));
    assert_eq!(
        browser.look("return document.activeElement.className"),
        "skip",
        "the first stop leads past the frame"
    );
    // The keys that go somewhere.
    for (keys, place) in [("gd", "/console/delegations"), ("gs", "/console/switch-role")] {
        until(|| browser.url().ends_with(place), || browser.press(keys));
    }
}

/// Journey 8: two tabs hold two roles at once.
#[test]
fn two_tabs_hold_two_roles() {
    let stage = stage();
    stage.a.role("auditor", &[&stage.b.root_arn()], &["AliyunRAMReadOnlyAccess"]);
    for look in LOOKS {
        let browser = user(look, &stage, "alice@company-b");
        let first = browser.tab();
        switch(&browser, &stage, "company-a", "ecs-admin");
        browser.shows(".banner", "ecs-admin");
        let second = browser.open_tab();
        switch(&browser, &stage, "11223344", "auditor");
        browser.shows(".banner", "auditor");
        for _ in 0..2 {
            for (tab, role) in [(&first, "ecs-admin"), (&second, "auditor")] {
                browser.look_at_tab(tab);
                browser.reload();
                browser.shows(".banner", role);
                assert!(browser.title().starts_with(role), "{look:?}");
            }
        }
        // Switching back in one leaves the other.
        browser.click(".banner button");
        browser.look_at_tab(&first);
        browser.reload();
        browser.shows(".banner", "ecs-admin");
    }
}
