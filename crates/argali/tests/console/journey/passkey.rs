//! A passkey from its registration to its end, on an authenticator that the driver stands in for.
// SPEC: console, log on, my security.

use argali_testkit::Browser;

use super::{LOOKS, fits, stage};
use crate::stage::PASSWORD;

#[test]
fn a_passkey_is_registered_used_and_deleted() {
    for look in LOOKS {
        let stage = stage();
        // Browsers know no passkeys of addresses that are numbers.
        let base = format!("http://{}", stage.server.endpoint().replace("127.0.0.1", "localhost"));
        let browser = Browser::start(look);
        browser.add_authenticator();
        let enter = || {
            browser.go(&format!("{base}/logon"));
            browser.fill("#LogonName", "alice@company-b");
            browser.click("form.stack button");
            browser.fill("#Password", PASSWORD);
            browser.click("form.stack button");
        };
        enter();
        browser.arrives("/console");
        browser.go(&format!("{base}/console/me?tab=passkeys"));
        fits(&browser, look);
        browser.click("form[action$='/passkeys/new'] button");
        browser.shows("h1", if look.language == "en" { "Register a passkey" } else { "注册通行密钥" });
        fits(&browser, look);
        if !look.script {
            assert!(browser.text("[data-unable]").contains("A passkey needs script"), "{look:?}");
            continue;
        }
        browser.fill("#PasskeyName", "Laptop");
        browser.click("[data-ask]");
        browser.arrives("/console/me?tab=passkeys");
        browser.shows("tbody", "Laptop");
        fits(&browser, look);

        log_off(&browser);
        enter();
        browser.arrives("/logon/continue");
        fits(&browser, look);
        browser.click("[data-ask]");
        browser.arrives("/console");
        browser.go(&format!("{base}/console/me?tab=sessions"));
        browser.shows("tbody", "MFA");

        browser.go(&format!("{base}/console/me?tab=passkeys"));
        browser.click("form[action$='/passkeys/delete'] button");
        browser.vanishes("tbody");
        log_off(&browser);
        enter();
        browser.arrives("/console");
    }
}

fn log_off(browser: &Browser) {
    browser.look("document.querySelector(\"form[action$='/log-off']\").requestSubmit()");
    browser.arrives("/logon?note=off");
}
