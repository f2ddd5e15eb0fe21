//! Pages that open beside the page which leads to them.
// SPEC: console, parts, panel; grant permission, panel opened from lists and details.

use super::{LOOKS, at, fits, owner, stage};

/// What stands in the panel, if one is open.
const PANEL: &str = "dialog.drawer[open]";

#[test]
fn a_grant_is_made_beside_the_list_and_the_list_follows() {
    for look in LOOKS.into_iter().filter(|look| look.script) {
        let stage = stage();
        stage.a.role("auditor", &[&stage.b.root_arn()], &[]);
        let browser = owner(look, &stage, &stage.a);
        let list = at(&stage, "/console/ram/roles?q=auditor");
        browser.go(&list);
        browser.click("tbody a[href*='/ram/grants/new']");
        browser.shows(&format!("{PANEL} h1"), "");
        browser.arrives("/console/ram/grants/new?kind=Role&name=auditor");
        assert!(browser.has("tbody a[href$='/ram/roles/auditor']"), "{look:?}: the list is still behind it");
        fits(&browser, look);
        // What is wrong is said in the panel, and nothing that was chosen is lost.
        browser.click(&format!("{PANEL} button.main"));
        browser.shows(&format!("{PANEL} .notice.danger"), "");
        browser.click(&format!("{PANEL} input[value='System/AliyunECSReadOnlyAccess']"));
        browser.click(&format!("{PANEL} button.main"));
        browser.shows(&format!("{PANEL} table"), "AliyunECSReadOnlyAccess");
        browser.click(&format!("{PANEL} a[data-close]"));
        browser.vanishes(PANEL);
        browser.arrives("/console/ram/roles?q=auditor");
        browser.click("tbody a[href$='/ram/roles/auditor']");
        browser.click(".tabs a[href*='tab=permissions']");
        browser.shows("main table", "AliyunECSReadOnlyAccess");
    }
}

#[test]
fn back_closes_it_and_a_reload_shows_it_as_a_page() {
    let stage = stage();
    let look = LOOKS[0];
    let browser = owner(look, &stage, &stage.a);
    browser.go(&at(&stage, "/console/ram/roles"));
    browser.click("tbody a[href*='/ram/grants/new']");
    browser.shows(&format!("{PANEL} h1"), "Grant Permission");
    browser.back();
    browser.vanishes(PANEL);
    browser.arrives("/console/ram/roles");
    browser.click("tbody a[href*='/ram/grants/new']");
    browser.shows(&format!("{PANEL} h1"), "Grant Permission");
    browser.reload();
    browser.shows("main h1", "Grant Permission");
    assert!(!browser.has(PANEL), "it is the page itself");
    browser.back();
    browser.shows("main h1", "Roles");
    // Escape closes it, too; and it is a page where somebody wants it in a tab of its own.
    browser.click("tbody a[href*='/ram/grants/new']");
    browser.shows(&format!("{PANEL} h1"), "Grant Permission");
    browser.press("\u{e00c}");
    browser.vanishes(PANEL);
    browser.arrives("/console/ram/roles");
}

#[test]
fn what_is_made_in_it_has_a_page_of_its_own() {
    let stage = stage();
    let look = LOOKS[0];
    let browser = owner(look, &stage, &stage.a);
    browser.go(&at(&stage, "/console/ram/groups"));
    // What makes something new is beside the list, and the key `n` clicks it. A browser passes keys on once it has painted.
    browser.shows("dialog.drawer:not([open])", "");
    browser.look(
        "return new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(() => go(true))))",
    );
    browser.press("n");
    browser.shows(&format!("{PANEL} h1"), "Create Group");
    // What the server refuses is said in the panel, beside its field, and what was typed is still there.
    browser.fill(&format!("{PANEL} #GroupName"), "no such name!");
    browser.click(&format!("{PANEL} button.main"));
    browser.shows(&format!("{PANEL} #GroupName-error"), "");
    browser.shows(&format!("{PANEL} [role=alert]"), "");
    let typed = browser.look("return document.querySelector('dialog[open] #GroupName').value");
    assert_eq!(typed, "no such name!");
    assert!(browser.has("body > .frame main [data-list]"), "the list is still behind it");
    browser.fill(&format!("{PANEL} #GroupName"), "operators");
    browser.click(&format!("{PANEL} button.main"));
    browser.arrives("/console/ram/groups/operators");
    assert!(!browser.has(PANEL));
}
