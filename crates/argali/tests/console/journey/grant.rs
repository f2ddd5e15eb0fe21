//! Choosing what to grant, and what is said of it.
// SPEC: console, grant permission; budgets, with script and without.

use super::{LOOKS, at, fits, owner, stage};

#[test]
fn what_is_chosen_stays_in_both_tabs_and_its_risk_is_said() {
    for look in LOOKS {
        let stage = stage();
        let document = argali_testkit::allow(&["ecs:*"], &["*"]).to_string();
        stage.a.must("Ram", "CreatePolicy", &[("PolicyName", "own"), ("PolicyDocument", &document)]);
        let browser = owner(look, &stage, &stage.a);
        browser.go(&at(&stage, "/console/ram/grants/new?kind=Role&name=ecs-admin"));
        browser.click("input[value='System/AdministratorAccess']");
        if look.script {
            // At once, and nothing was sent.
            browser.shows("#check", "AdministratorAccess");
            browser.arrives("/console/ram/grants/new?kind=Role&name=ecs-admin");
        }
        browser.click("button[value='Custom']");
        browser.shows("#check", "AdministratorAccess");
        assert!(browser.has("input[value='System/AdministratorAccess']:checked"), "{look:?}");
        browser.click("input[value='Custom/own']");
        browser.click("button[value='document:Custom/own']");
        browser.shows("#document pre", "ecs:*");
        assert!(browser.has("input[value='Custom/own']:checked"), "{look:?}");
        fits(&browser, look);
        browser.click("input[value='System/AdministratorAccess']");
        browser.click("form[data-checked] button.main");
        browser.shows("main table", "own");
    }
}
