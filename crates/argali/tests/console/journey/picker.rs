//! Choosing by name while one types.
// SPEC: console, parts, picker: type-ahead, several choices.

use super::{LOOKS, at, fits, owner, stage};

const ENTER: &str = "\u{e007}";

#[test]
fn members_are_found_while_one_types_and_enter_takes_the_first() {
    for look in LOOKS.into_iter().filter(|look| look.script) {
        let stage = stage();
        for number in 0..30 {
            stage.b.user(&format!("user-{number:02}"));
        }
        stage.b.must("Ram", "CreateGroup", &[("GroupName", "ops")]);
        let browser = owner(look, &stage, &stage.b);
        browser.go(&at(&stage, "/console/ram/groups/ops"));
        for name in ["user-17", "user-23"] {
            browser.fill("#UserName", name);
            // What is chosen stays at the top; of the others only who matches is left.
            browser.shows("#UserName-found", name);
            browser.vanishes("#UserName-found input[value='User/user-00']");
            browser.press(ENTER);
        }
        fits(&browser, look);
        let ticked =
            "return [...document.querySelectorAll('#UserName-found :checked')].map((box) => box.value)";
        let mut ticked: Vec<_> = serde_json::from_value::<Vec<String>>(browser.look(ticked)).unwrap();
        ticked.sort();
        assert_eq!(ticked, ["User/user-17", "User/user-23"], "{look:?}");
        browser.click("form.card button.main");
        browser.shows("main table", "user-23");
        browser.click("main .actions a.button.main");
        browser.arrives("/console/ram/groups/ops");
        assert!(browser.text("main table").contains("user-17"), "{look:?}");
    }
}
