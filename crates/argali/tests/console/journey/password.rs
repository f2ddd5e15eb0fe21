//! Rules of a new password, ticked while it is typed.
// SPEC: console, log on, change the password.

use argali_testkit::Browser;

use super::{LOOKS, at, fits, stage};
use crate::stage::PASSWORD;

#[test]
fn rules_are_ticked_while_one_types() {
    for look in LOOKS {
        let stage = stage();
        let policy = [
            ("MinimumPasswordLength", "10"),
            ("RequireUppercaseCharacters", "true"),
            ("RequireNumbers", "true"),
            ("RequireSymbols", "true"),
            ("PasswordNotContainUserName", "true"),
            ("PasswordReusePrevention", "3"),
        ];
        stage.b.must("Ims", "SetPasswordPolicy", &policy);
        stage.b.user("bob");
        stage.person("bob", &[("PasswordResetRequired", "true")]);
        let browser = Browser::start(look);
        browser.go(&at(&stage, "/logon"));
        browser.fill("#LogonName", "bob@company-b");
        browser.click("form.stack button");
        browser.fill("#Password", PASSWORD);
        browser.click("form.stack button");
        browser.arrives("/logon/continue");
        let rules = browser.text("[data-rules]");
        for words in if look.language == "en" {
            ["10 to 32 characters", "Without the user name", "last 3 passwords"]
        } else {
            ["10 到 32 个字符", "不包含用户名", "最近 3 次密码"]
        } {
            assert!(rules.contains(words), "{look:?}: {rules}");
        }
        fits(&browser, look);
        let kept = || {
            let marks = "return [...document.querySelectorAll('[data-rule]')]\
                         .filter((rule) => rule.innerText.startsWith('✓'))\
                         .map((rule) => rule.dataset.rule).join(' ')";
            browser.look(marks).as_str().unwrap().to_owned()
        };
        for (text, expected) in [
            ("Battery", "upper without:bob"),
            ("battery-7-bob", "length:10 digit symbol"),
            ("Battery-staple-7", "length:10 upper digit symbol without:bob"),
        ] {
            browser.fill("#NewPassword", text);
            assert_eq!(kept(), if look.script { expected } else { "" }, "{look:?}: {text}");
        }
        browser.fill("#Again", "Battery-staple-7");
        browser.click("form.stack button");
        browser.arrives("/console");
    }
}
