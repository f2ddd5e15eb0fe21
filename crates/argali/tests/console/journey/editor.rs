//! Where JSON is typed: numbers of lines, colours while one types, and a Tab key that can be freed.
// SPEC: console, trust editor.

use argali_testkit::Look;

use super::{LOOKS, at, fits, owner, stage};

const TAB: &str = "\u{e004}";
const ESCAPE: &str = "\u{e00c}";

/// In both editors, the trust policy's and that of policies.
#[test]
fn json_is_coloured_and_numbered_while_it_is_typed() {
    for (place, field) in
        [("ram/roles/ecs-admin/trust?mode=json", "Document"), ("ram/policies/new", "PolicyDocument")]
    {
        for look in LOOKS.into_iter().filter(|look| look.script) {
            let stage = stage();
            let browser = owner(look, &stage, &stage.a);
            browser.go(&at(&stage, &format!("/console/{place}")));
            if field == "PolicyDocument" {
                browser.click("button[value=json]");
                browser.shows(".lined .gutter", "1");
            }
            browser.fill(&format!("#{field}"), "{\n\"Version\": \"1\"");
            let count =
                |css: &str| browser.look(&format!("return document.querySelectorAll('{css}').length"));
            assert_eq!(
                (count(".gutter span"), count(".shade .name"), count(".shade .value")),
                (2.into(), 1.into(), 1.into())
            );
            assert_eq!(browser.text(".shade .name"), "\"Version\"");
            let same = format!(
                "return document.querySelector('.shade').textContent === document.querySelector('#{field}').value + '\\n'"
            );
            assert_eq!(browser.look(&same), true);
            fits(&browser, look);
        }
    }
}

#[test]
fn tab_indents_until_escape_frees_it() {
    let stage = stage();
    let browser = owner(Look::default(), &stage, &stage.a);
    browser.go(&at(&stage, "/console/ram/roles/ecs-admin/trust?mode=json"));
    browser.fill("#Document", "{");
    browser.press(TAB);
    assert_eq!(browser.look("return document.querySelector('#Document').value"), "{  ");
    browser.press(ESCAPE);
    browser.press(TAB);
    assert_eq!(browser.look("return document.querySelector('#Document').value"), "{  ");
    assert_eq!(browser.look("return document.activeElement.id"), "", "the focus went on");
}
