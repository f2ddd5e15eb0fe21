//! Journeys of a delegation, from the grant to its end.
// SPEC: console, budgets and checks, journeys 1, 4 and 5.

use argali_testkit::{Browser, Look, trust};

use super::{LOOKS, at, fits, owner, switch, user};
use crate::stage::Stage;

const TAB: &str = "\u{e004}";
const ESCAPE: &str = "\u{e00c}";

fn stage() -> Stage {
    let stage = super::stage();
    stage.b.user("bob");
    stage.b.grant("bob", "AliyunSTSAssumeRoleAccess");
    stage.person("bob", &[]);
    stage
}

fn trust_policy(stage: &Stage) -> String {
    let role = stage.a.must("Ram", "GetRole", &[("RoleName", "ecs-admin")]);
    role["Role"]["AssumeRolePolicyDocument"].as_str().unwrap().to_owned()
}

/// Journey 1: the owner of A creates a role that trusts B and grants it AliyunECSFullAccess.
#[test]
fn a_role_is_made_for_another_account_and_granted() {
    let stage = stage();
    for (number, look) in LOOKS.into_iter().enumerate() {
        let name = format!("operator-{number}");
        let browser = owner(look, &stage, &stage.a);
        browser.go(&at(&stage, "/console/ram/roles"));
        browser.click("a[data-new]");
        browser.fill("#account", "company-b");
        browser.click("form.stack button.main");
        browser.fill("#RoleName", &name);
        browser.click("form.stack button.main");
        browser.shows("main", &format!("acs:ram::11223344:role/{name}"));
        browser.click("main a.button.main");
        browser.arrives(&format!("kind=Role&name={name}"));
        browser.click("input[value='System/AliyunECSFullAccess']");
        fits(&browser, look);
        browser.click("form.stack button.main");
        // With script it is beside the page.
        browser.shows(":is(main, dialog) table", "AliyunECSFullAccess");
        let role = stage.a.must("Ram", "GetRole", &[("RoleName", &name)]);
        let document = role["Role"]["AssumeRolePolicyDocument"].as_str().unwrap();
        assert!(document.contains("acs:ram::12345678:root"), "the alias became its number: {document}");
        let policies = stage.a.must("Ram", "ListPoliciesForRole", &[("RoleName", &name)]);
        assert!(policies.to_string().contains("AliyunECSFullAccess"), "{look:?}");
    }
}

/// Journey 4: A narrows trust to Alice in both editors; Bob is refused; each side sees its own reason.
#[test]
fn trust_is_narrowed_in_both_editors() {
    let stage = stage();
    let everybody = trust(&[&stage.b.root_arn()]).to_string();
    let everybody = [("RoleName", "ecs-admin"), ("NewAssumeRolePolicyDocument", everybody.as_str())];
    for look in LOOKS {
        let bob = user(look, &stage, "bob@company-b");
        let browser = owner(look, &stage, &stage.a);
        for mode in ["visual", "json"] {
            stage.a.must("Ram", "UpdateRole", &everybody);
            switch(&bob, &stage, "company-a", "ecs-admin");
            bob.shows(".banner", "ecs-admin");
            browser.go(&at(&stage, "/console/ram/roles/ecs-admin?tab=trust"));
            browser.click("main a.button[href$='/trust']");
            browser.arrives("/trust");
            narrow(&browser, look, mode);
            fits(&browser, look);
            browser.click("form.editor div.actions button.main");
            browser.shows(".gained", "alice");
            browser.shows("main table", "bob");
            browser.click("button[value='save']");
            browser.arrives("?tab=trust");
            assert!(trust_policy(&stage).contains("12345678:user/alice"), "{look:?} {mode}");

            // Bob's side allows it; the other side does not, and says no more than that.
            switch(&bob, &stage, "company-a", "ecs-admin");
            let told = bob.shows(".notice.danger", "company-a");
            assert!(!told.contains("user/alice"), "{look:?}: {told}");
            let is_request = |word: &&str| word.len() == 36 && word.matches('-').count() == 4;
            let request = told.split_whitespace().find(is_request).unwrap_or_default().to_owned();
            // A's side is told which policy it was.
            let why = stage.a.must("Argali", "Why", &[("RequestId", &request)]).to_string();
            assert!(why.contains("trust policy"), "{look:?}: {why}");
        }
        let alice = user(look, &stage, "alice@company-b");
        switch(&alice, &stage, "company-a", "ecs-admin");
        alice.shows(".banner", "ecs-admin");
    }
}

/// Lets only Alice in, in one of the editors.
fn narrow(browser: &Browser, look: Look, mode: &str) {
    if mode == "visual" {
        browser.choose("select[name='kind-0']", if look.language == "en" { "User" } else { "用户" });
        browser.fill("input[name='name-0']", "alice");
        return;
    }
    browser.click("button[value='json']");
    browser.fill("#Document", &trust(&["acs:ram::12345678:user/alice"]).to_string());
    // Tab indents there until Escape frees it.
    browser.press(ESCAPE);
}

/// Journey 5: A removes B from the trust policy; Alice's next page says so; A deletes the role step by step.
#[test]
fn access_is_revoked_and_the_role_deleted() {
    for look in LOOKS {
        let stage = stage();
        let alice = user(look, &stage, "alice@company-b");
        switch(&alice, &stage, "company-a", "ecs-admin");
        let browser = owner(look, &stage, &stage.a);
        browser.go(&at(&stage, "/console/delegations"));
        fits(&browser, look);
        browser.click("a[href$='/given/ecs-admin/12345678/revoke']");
        browser.arrives("/revoke");
        browser.shows("main table", "alice");
        fits(&browser, look);
        browser.click("main form.card button");
        // The record names its events, which have numbers of 36 letters.
        let event = browser.text("main table code");
        assert_eq!(event.len(), 36, "{look:?}: {event}");
        // It is a record to keep: on paper it is all there is, dark on light.
        browser.on_paper();
        let printed = "const ink = getComputedStyle(document.body).color.match(/\\d+/g).map(Number); \
                       return [document.querySelector('.top').offsetHeight, Math.max(...ink), \
                       document.querySelector('main').getBoundingClientRect().left]";
        let printed = browser.look(printed);
        assert_eq!(printed[0], 0, "{look:?}");
        assert!(
            printed[1].as_i64().unwrap() < 128 && printed[2].as_i64().unwrap() < 100,
            "{look:?}: {printed}"
        );
        alice.reload();
        alice.shows("h1", "ecs-admin");
        assert!(!alice.has(".banner"), "{look:?}");

        browser.go(&at(&stage, "/console/ram/roles/ecs-admin/delete"));
        browser.click("form[action$='/delete'] button");
        browser.vanishes("input[name='detach']");
        browser.fill("#Name", "ecs-admin");
        browser.click("main form.card button");
        browser.arrives("/console/ram/roles");
        stage.a.client.call("Ram", "GetRole", &[("RoleName", "ecs-admin")]).unwrap_err();
    }
}

/// Where code is typed, Tab indents, and Escape frees it, so that nobody is caught.
#[test]
fn the_code_field_lets_the_keyboard_go() {
    let stage = stage();
    let look = Look { keyboard: true, ..Look::default() };
    let browser = owner(look, &stage, &stage.a);
    browser.go(&at(&stage, "/console/ram/roles/ecs-admin/trust?mode=json"));
    browser.fill("#Document", "{}");
    browser.press(TAB);
    assert_eq!(browser.look("return document.activeElement.value"), "{}  ");
    browser.press(&format!("{ESCAPE}{TAB}"));
    assert_eq!(browser.look("return document.activeElement.value"), "format", "the next stop");
    assert_eq!(browser.look("return document.querySelectorAll('.gutter span').length"), 1);
}
