//! Pages in a window of 320 pixels, dark and in both languages: nothing is cut off at the side; lists with long names in
//! a wide window: rows are rows. Icons are drawn, and Chinese pages say nothing in English.
// SPEC: console, accessibility.

use argali_testkit::Look;

use super::{LOOKS, at, excess, owner, stage, user};
use crate::estate::Network;
use crate::every_page::crawl;

/// How wide a page must do with.
const NARROWEST: u32 = 320;

#[test]
fn every_page_fits_a_narrow_window() {
    let stage = stage();
    Network::of(&stage.a)
        .instance(&stage.a, "a-name-that-is-longer-than-most-names-are-and-has-no-room-to-break-in");
    stage.a.role(&"long".repeat(16), &[&stage.b.root_arn()], &["AliyunECSReadOnlyAccess"]);
    let mut paths = Vec::new();
    crawl(&stage.owner(&stage.a), "/console", |path, _| paths.push(path.to_owned()));
    for language in ["en", "zh-CN"] {
        let look = Look { width: NARROWEST, dark: true, language, ..LOOKS[0] };
        let browser = owner(look, &stage, &stage.a);
        let goes_further = |path: &&String| {
            browser.go(&at(&stage, path));
            excess(&browser) != (NARROWEST.into(), 0)
        };
        let further: Vec<_> = paths.iter().filter(goes_further).collect();
        assert!(further.is_empty(), "{language}: {further:#?}");
    }
}

/// The texts of a page that are English although they are neither code nor a name.
const ENGLISH: &str = r"
    const texts = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT), found = [];
    while (texts.nextNode()) {
        const [text, part] = [texts.currentNode.data, texts.currentNode.parentElement];
        if (part.closest('code, bdi, pre, kbd, textarea, option, script, svg, [lang]')) continue;
        if (/[A-Za-z][a-z]{2,}(?: [a-z]+)+/.test(text)) found.push(text.trim());
    }
    return found";

/// How many icons there are that can be seen, and how many of them have no drawing.
const ICONS: &str = r"
    const seen = [...document.querySelectorAll('svg.icon')].filter((icon) => icon.checkVisibility());
    return [seen.length, seen.filter((icon) => !icon.firstElementChild.getBBox().width).length]";

/// How much further tables go than there is room, and how high the highest row is.
const ROWS: &str = r"
    const rows = [...document.querySelectorAll('tbody tr')].map((row) => row.getBoundingClientRect().height);
    const table = document.querySelector('.table');
    return [table.scrollWidth - table.clientWidth, Math.round(Math.max(...rows))]";

/// How high a row may be, in pixels: that of a name that fills five lines.
const HIGHEST_ROW: i64 = 124;

#[test]
fn rows_are_rows_whatever_they_are_called() {
    let stage = stage();
    stage.b.grant("alice", "AdministratorAccess");
    let long = "a".repeat(64);
    let display_name = ("DisplayName", "A display name of many words. ".repeat(4));
    stage.b.must("Ram", "CreateUser", &[("UserName", &long), (display_name.0, &display_name.1)]);
    let tags =
        (1..=20).map(|at| (format!("Tag.{at}.Key"), format!("a-key-of-a-tag-{at}"))).collect::<Vec<_>>();
    let tags: Vec<_> = tags.iter().map(|(name, key)| (name.as_str(), key.as_str())).collect();
    let named = format!("{long}@12345678");
    let tagged = [("ResourceType", "user"), ("ResourcePrincipalName.1", named.as_str())];
    stage.b.must("Ims", "TagResources", &[&tagged[..], &tags].concat());
    stage.b.must("Ram", "CreateGroup", &[("GroupName", &long), ("Comments", &"comments ".repeat(12))]);
    let trusted: Vec<_> = (10..24).map(|at| format!("acs:ram::123456{at}:root")).collect();
    let trusted: Vec<_> = trusted.iter().map(String::as_str).collect();
    stage.b.role(&long, &trusted, &[]);
    for language in ["en", "zh-CN"] {
        let browser = user(super::Look { language, ..LOOKS[0] }, &stage, "alice@company-b");
        for list in ["users", "groups", "roles", "policies", "grants"] {
            browser.go(&at(&stage, &format!("/console/ram/{list}")));
            let rows = browser.look(ROWS);
            assert_eq!(rows[0].as_i64(), Some(0), "{list} in {language} is wider than its page");
            assert!(rows[1].as_i64().unwrap() <= HIGHEST_ROW, "{list} in {language}: {rows}");
        }
    }
}

#[test]
fn icons_are_drawn_and_chinese_pages_are_chinese() {
    let stage = stage();
    let mut paths = Vec::new();
    let reader = stage.owner(&stage.a).reading("zh-CN");
    crawl(&reader, "/console", |path, _| paths.push(path.to_owned()));
    let browser = owner(super::Look { language: "zh-CN", ..LOOKS[0] }, &stage, &stage.a);
    for path in &paths {
        browser.go(&at(&stage, path));
        let english = browser.look(ENGLISH);
        assert_eq!(english.as_array().map(Vec::len), Some(0), "{path}: {english}");
    }
    let icons = browser.look(ICONS);
    assert!(icons[0].as_i64().unwrap() > 0 && icons[1].as_i64() == Some(0), "{icons}");
}
