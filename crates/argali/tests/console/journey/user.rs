//! Journeys 2 and 7: users made and granted to, and secrets that are seen once.
// SPEC: console, budgets and checks.

use super::{LOOKS, at, owner, stage};

/// Journey 2: three users at once, with console passwords, tags and MFA, who may then assume roles.
#[test]
fn an_administrator_makes_three_users_at_once() {
    let stage = stage();
    for (round, look) in LOOKS.into_iter().enumerate() {
        let names = [0, 1, 2].map(|at| format!("person{round}{at}"));
        let browser = owner(look, &stage, &stage.b);
        browser.go(&at(&stage, "/console/ram/users/new"));
        browser.click("button[name=add]");
        browser.click("button[name=add]");
        for (at, name) in names.iter().enumerate() {
            browser.fill(&format!("#UserName{at}"), name);
            browser.click(&format!("main details:has(#NewTagKey{at}-0) summary"));
            browser.fill(&format!("#NewTagKey{at}-0"), "team");
            browser.fill(&format!("#NewTagValue{at}-0"), "operations");
        }
        browser.click("input[name=MFABindRequired]");
        browser.click("main button.main");
        for name in &names {
            let made = browser.text(&format!(".secret a[href$='/ram/users/{name}']"));
            assert_eq!(made, *name, "{look:?}");
            let profile = stage.b.must("Ram", "GetLoginProfile", &[("UserName", name)]);
            assert_eq!(profile["LoginProfile"]["MFABindRequired"], true, "{look:?}: {name}");
        }
        for name in &names {
            let query = format!("kind=User&name={name}&q=AliyunSTSAssumeRoleAccess");
            browser.go(&at(&stage, &format!("/console/ram/grants/new?{query}")));
            browser.click("input[value='System/AliyunSTSAssumeRoleAccess']");
            browser.click("main form.stack button.main");
            assert!(!browser.text("td .badge.success").is_empty(), "{look:?}: {name}");
            let policies = stage.b.must("Ram", "ListPoliciesForUser", &[("UserName", name)]);
            assert!(policies.to_string().contains("AliyunSTSAssumeRoleAccess"), "{look:?}: {name}");
            browser.go(&at(&stage, &format!("/console/ram/users/{name}?tab=tags")));
            assert!(browser.text("main").contains("operations"), "{look:?}: {name}");
        }
    }
}

/// Journey 7: neither a reload nor Back shows a secret again, or makes anything twice.
#[test]
fn a_secret_is_shown_once() {
    let stage = stage();
    for (round, look) in LOOKS.into_iter().enumerate() {
        let name = format!("program{round}");
        let browser = owner(look, &stage, &stage.b);
        browser.go(&at(&stage, "/console/ram/users/new"));
        browser.fill("#UserName0", &name);
        browser.click("input[name=console]");
        browser.click("input[name=key]");
        browser.click("main button.main");
        let shown = browser.text(".secret");
        let id = shown.split_whitespace().find(|word| word.starts_with("LTAI"));
        let id = id.unwrap_or_else(|| panic!("{look:?}: no key is shown: {shown}"));
        browser.reload();
        assert!(!browser.text("body").contains(id), "{look:?}: after a reload");
        for back in 1..=2 {
            browser.back();
            assert!(!browser.text("body").contains(id), "{look:?}: after {back} steps back");
        }
        let keys = stage.b.must("Ram", "ListAccessKeys", &[("UserName", &name)]);
        assert_eq!(keys["AccessKeys"]["AccessKey"].as_array().map(Vec::len), Some(1), "{look:?}");
    }
}
