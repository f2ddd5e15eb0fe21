//! What the script does in lists: they are narrowed while one types, and one box ticks all.
// SPEC: console, parts, list: filters apply while typing; accessibility: focus is kept, changes are told politely.

use argali_testkit::{Browser, Look};

use super::{LOOKS, at, fits, owner, stage};
use crate::stage::Stage;

/// Users of whom some are granted something.
fn crowd(stage: &Stage) {
    for name in ["bob", "bobby", "carol"] {
        stage.b.user(name);
        stage.b.grant(name, "AliyunECSReadOnlyAccess");
    }
}

/// How many boxes of the list are ticked, and how many there are.
fn ticked(browser: &Browser) -> (i64, i64) {
    let boxes = "const boxes = [...document.querySelectorAll('[data-list] tbody input[type=checkbox]')]; \
                 return [boxes.filter((box) => box.checked).length, boxes.length]";
    let counts = browser.look(boxes);
    (counts[0].as_i64().unwrap(), counts[1].as_i64().unwrap())
}

#[test]
fn a_list_is_narrowed_while_one_types() {
    let stage = stage();
    crowd(&stage);
    for look in LOOKS.into_iter().filter(|look| look.script) {
        let browser = owner(look, &stage, &stage.b);
        browser.go(&at(&stage, "/console/ram/users"));
        assert_eq!(ticked(&browser), (0, 4), "{look:?}");
        browser.fill("form.filters input[name=q]", "BOB");
        // Nothing is pressed; the page stays, and what is typed in keeps the focus.
        browser.vanishes("a[href$='/ram/users/carol']");
        assert_eq!(ticked(&browser), (0, 2), "{look:?}");
        browser.arrives("/console/ram/users?q=BOB");
        assert_eq!(browser.look("return document.activeElement.name"), "q", "{look:?}");
        assert!(browser.text("[data-list] [role=status]").contains('2'), "{look:?}");
        // The file and the way back are those of what is seen.
        let file = browser.look("return document.querySelector('a[download]').search");
        assert!(file.as_str().unwrap().contains("q=BOB"), "{look:?}: {file}");
        browser.fill("form.filters input[name=q]", "nobody-is-called-so");
        browser.vanishes("[data-list] table");
        browser.click("[data-list] .empty a.button");
        browser.arrives("/console/ram/users");
        assert_eq!(ticked(&browser), (0, 4), "{look:?}: all filters are cleared");
        fits(&browser, look);
    }
}

#[test]
fn one_box_ticks_all_and_the_button_takes_them_along() {
    let stage = stage();
    crowd(&stage);
    for look in LOOKS.into_iter().filter(|look| look.script) {
        // A narrow window has no room for the heads of columns: there the box is in the bar.
        let all = if look.width > 1_000 { "thead [data-all]" } else { ".bulk [data-all]" };
        let browser = owner(look, &stage, &stage.b);
        browser.go(&at(&stage, "/console/ram/grants?sort=LastUseDate&order=desc"));
        browser.fill("input[name=policy]", "ecsread");
        browser.vanishes("a[href$='/AliyunSTSAssumeRoleAccess']");
        // The box works in what was narrowed, too.
        browser.click(all);
        assert_eq!(ticked(&browser), (3, 3), "{look:?}");
        browser.click(all);
        assert_eq!(ticked(&browser), (0, 3), "{look:?}");
        browser.click(all);
        browser.click("[data-list] .bulk button");
        browser.shows("h1", "3");
        assert!(browser.text("main table").contains("bobby"), "{look:?}");
        fits(&browser, look);
    }
}

#[test]
fn without_script_the_list_is_a_form() {
    let stage = stage();
    crowd(&stage);
    let look = Look { script: false, ..LOOKS[0] };
    let browser = owner(look, &stage, &stage.b);
    browser.go(&at(&stage, "/console/ram/grants"));
    assert!(!browser.has("[data-all]:not([hidden], [hidden] *)"), "what needs the script is not shown");
    browser.fill("input[name=principal]", "carol");
    browser.click("form.filters button.button");
    browser.vanishes("a[href$='/ram/users/bob']");
    browser.click("tbody input[type=checkbox]");
    browser.click("[data-list] .bulk button");
    browser.shows("h1", "1");
    assert!(browser.text("main table").contains("carol"));
}

/// Rows are walked by keys also where what they are called is no link: the first way out of each is what Enter opens.
#[test]
fn delegations_are_walked_by_keys() {
    let stage = stage();
    stage.a.role("second", &[&stage.b.root_arn()], &[]);
    let look = Look { width: 1280, dark: false, script: true, language: "en", keyboard: true };
    let browser = owner(look, &stage, &stage.a);
    browser.go(&at(&stage, "/console/delegations"));
    browser.shows("tbody", "second");
    let focused = || browser.look("return document.activeElement.textContent").as_str().unwrap().to_owned();
    let mut walked = Vec::new();
    for key in ["j", "j", "k"] {
        browser.press(key);
        walked.push(focused());
    }
    assert_eq!(walked, ["ecs-admin", "second", "ecs-admin"]);
    browser.press("\u{e007}");
    browser.arrives("/console/ram/roles/ecs-admin");
}
