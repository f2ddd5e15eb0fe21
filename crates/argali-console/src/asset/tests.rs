//! Budgets of the files, and whether their colours can be told apart.
// SPEC: console, accessibility; budgets.

use std::collections::BTreeMap;

use super::{SCRIPT, STYLE};

#[test]
fn files_keep_to_their_budgets() {
    assert!(SCRIPT.len() <= 20 << 10, "the script has {} bytes", SCRIPT.len());
    assert!(STYLE.len() <= 30 << 10, "the style sheet has {} bytes", STYLE.len());
}

/// The colours that a block of the style sheet defines.
fn colours(selector: &str) -> BTreeMap<&'static str, [f64; 3]> {
    let block = STYLE.split_once(selector).unwrap().1;
    let block = block.split_once('{').unwrap().1.split_once('}').unwrap().0;
    let lines =
        block.lines().filter_map(|line| line.trim().strip_prefix("--")?.strip_suffix(';')?.split_once(": #"));
    let parts = |hex| u32::from_str_radix(hex, 16).unwrap().to_be_bytes();
    let colour = |hex| parts(hex).map(|part| f64::from(part) / 255.0);
    lines.map(|(name, hex)| (name, colour(hex))).map(|(name, [_, r, g, b])| (name, [r, g, b])).collect()
}

fn luminance(colour: [f64; 3]) -> f64 {
    let [r, g, b] =
        colour.map(|part| if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn texts_stand_out_from_what_is_behind_them() {
    let texts = ["ink", "muted", "accent", "danger", "warning", "success"];
    let grounds = ["page", "surface", "sunken"];
    let pairs = texts.iter().flat_map(|text| grounds.map(|ground| (*text, ground, 4.5)));
    let own = [
        ("accent-ink", "accent", 4.5),
        ("surface", "danger", 4.5),
        ("accent", "accent-soft", 4.5),
        ("ink", "danger-soft", 4.5),
        ("muted", "danger-soft", 4.5),
        ("ink", "warning-soft", 4.5),
        ("ink", "success-soft", 4.5),
        ("danger", "danger-soft", 3.0),
        ("warning", "warning-soft", 3.0),
        ("success", "success-soft", 3.0),
        ("edge", "surface", 3.0),
        ("edge", "page", 3.0),
    ];
    let roles = ["blue", "teal", "green", "orange", "red", "purple", "grey"];
    let roles = roles.map(|role| ("surface", role, 4.5));
    let pairs: Vec<_> = pairs.chain(own).chain(roles).collect();
    for selector in [":root", "[data-theme=\"dark\"]", "[data-theme=\"system\"]"] {
        let colours = colours(selector);
        for (text, ground, least) in &pairs {
            let found = contrast(colours[text], colours[ground]);
            assert!(found >= *least, "{selector}: {text} on {ground} has {found:.2}, less than {least}");
        }
    }
}

#[test]
fn the_dark_colours_are_one_set_however_they_are_chosen() {
    assert_eq!(colours("[data-theme=\"dark\"]"), colours("[data-theme=\"system\"]"));
}
