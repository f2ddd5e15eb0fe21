//! Pages in a window of 320 pixels, dark and in both languages: nothing is cut off at the side.
// SPEC: console, accessibility.

use argali_testkit::Look;

use super::{LOOKS, at, excess, owner, stage};
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
