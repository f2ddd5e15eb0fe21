//! Budgets of the files, and whether their colours can be told apart.
// SPEC: console, accessibility; budgets.

use std::collections::BTreeMap;

use super::{SCRIPT, STYLE};

#[test]
fn files_keep_to_their_budgets() {
    assert!(SCRIPT.len() <= 20 << 10, "the script has {} bytes", SCRIPT.len());
    assert!(STYLE.len() <= 30 << 10, "the style sheet has {} bytes", STYLE.len());
}

/// A colour as parts of red, green and blue.
type Colour = [f64; 3];

/// Every colour by its name, as it is in the light and in the dark; those of roles go by `colour-` and the name.
fn colours() -> BTreeMap<&'static str, [Colour; 2]> {
    let entry = |line: &'static str| {
        let (name, pair) = line.split_once(": light-dark(#")?;
        let name = name.split_once(" {").map_or(name, |(class, _)| class).trim_start_matches([' ', '-', '.']);
        let (light, dark) = pair.split_once(')')?.0.split_once(", #")?;
        Some((name, [light, dark].map(colour)))
    };
    STYLE.lines().filter_map(entry).collect()
}

fn colour(hex: &str) -> Colour {
    let [_, r, g, b] = u32::from_str_radix(hex, 16).unwrap().to_be_bytes();
    [r, g, b].map(|part| f64::from(part) / 255.0)
}

fn luminance(colour: Colour) -> f64 {
    let [r, g, b] =
        colour.map(|part| if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

fn contrast(one: Colour, other: Colour) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn texts_stand_out_from_what_is_behind_them() {
    let roles =
        ["blue", "teal", "green", "orange", "red", "purple", "grey"].map(|name| format!("colour-{name}"));
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
    let roles = roles.iter().map(|role| ("surface", role.as_str(), 4.5));
    let colours = colours();
    for (text, ground, least) in pairs.chain(own).chain(roles) {
        for (at, scheme) in ["light", "dark"].into_iter().enumerate() {
            let found = contrast(colours[text][at], colours[ground][at]);
            assert!(found >= least, "{scheme}: {text} on {ground} has {found:.2}, less than {least}");
        }
    }
}
