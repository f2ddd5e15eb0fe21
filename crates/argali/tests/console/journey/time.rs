//! Instants that matter to the second are in the zone of whoever looks, and ISO 8601 on hover.
// SPEC: console, language: times.

use super::{LOOKS, at, owner, stage};

#[test]
fn an_exact_time_is_in_the_viewers_zone() {
    let stage = stage();
    for look in LOOKS {
        let browser = owner(look, &stage, &stage.b);
        browser.go(&at(&stage, "/console/activity"));
        browser.click("tbody a");
        let iso = browser.look("return document.querySelector('time[data-exactly]').title");
        let iso = iso.as_str().unwrap();
        assert!(iso.len() == "2026-12-01T08:00:00Z".len() && iso.ends_with('Z'), "{look:?}: {iso}");
        let shown = browser.text("time[data-exactly]");
        if look.script {
            let own = "return new Intl.DateTimeFormat(document.documentElement.lang, { hour: '2-digit', \
                       minute: '2-digit', second: '2-digit', timeZoneName: 'short' })\
                       .format(new Date(document.querySelector('time[data-exactly]').dateTime))";
            let own = browser.look(own);
            assert!(
                shown.ends_with(own.as_str().unwrap()) && shown.contains("2026"),
                "{look:?}: {shown} {own}"
            );
        } else {
            assert_eq!(shown, iso, "{look:?}");
        }
    }
}
