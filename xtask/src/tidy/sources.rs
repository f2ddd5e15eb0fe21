//! What the recorded files look like.

use super::Finding;
use crate::workspace::Workspace;

/// Folders of one person's machine. In parts, because this file is looked at too.
const MACHINE_PATHS: &[&str] =
    &[concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/wo", "rk/"), concat!("..", "/shared")];

/// How the names of files end that wait for a decision.
const LEFTOVERS: &[&str] = &[".snap.new", ".pending-snap", ".orig", ".rej"];

/// A Rust file without a sentence on what it is for.
pub(super) fn files_say_what_they_are_for(workspace: &Workspace) -> Vec<Finding> {
    let rust = workspace.files.iter().filter(|(path, _)| path.ends_with(".rs"));
    rust.filter(|(_, text)| !text.starts_with("//! "))
        .map(|(path, _)| Finding::new(path, "open the file with `//!` and what it is for"))
        .collect()
}

/// A member that has lints or versions of its own.
pub(super) fn members_share_lints_and_versions(workspace: &Workspace) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in workspace.files.iter().filter(|(path, _)| is_member_manifest(path)) {
        if !text.contains("[lints]\nworkspace = true\n") {
            findings
                .push(Finding::new(path, "take the lints of the workspace: `[lints]`, `workspace = true`"));
        }
        let mut in_dependencies = false;
        for (index, line) in text.lines().enumerate() {
            if line.starts_with('[') {
                in_dependencies = line.ends_with("dependencies]");
                continue;
            }
            let entry = in_dependencies && line.contains('=') && !line.trim_start().starts_with('#');
            if entry && !line.contains("workspace = true") {
                let message = "name the version in the root manifest, and here `workspace = true`";
                findings.push(Finding::new(format!("{path}:{}", index + 1), message));
            }
        }
    }
    findings
}

/// A path that exists on one machine only.
pub(super) fn nothing_names_a_machine(workspace: &Workspace) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in &workspace.files {
        for (index, line) in text.lines().enumerate() {
            for machine in MACHINE_PATHS.iter().filter(|machine| names(line, machine)) {
                let message = format!("`{machine}` is a folder of one machine: name none, or a relative one");
                findings.push(Finding::new(format!("{path}:{}", index + 1), message));
            }
        }
    }
    findings
}

/// White space that shows as a difference and means nothing. Rust is rustfmt's.
pub(super) fn text_is_clean(workspace: &Workspace) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in workspace.files.iter().filter(|(path, _)| is_prose(path)) {
        if !text.is_empty() && !text.ends_with('\n') {
            findings.push(Finding::new(path, "end the last line"));
        }
        for (index, line) in text.lines().enumerate() {
            if line.ends_with([' ', '\t', '\r']) {
                findings.push(Finding::new(format!("{path}:{}", index + 1), "ends in white space"));
            }
        }
    }
    findings
}

/// What tools leave for somebody to decide upon.
pub(super) fn nothing_is_left_over(workspace: &Workspace) -> Vec<Finding> {
    let left = workspace.files.keys().filter(|path| LEFTOVERS.iter().any(|end| path.ends_with(end)));
    left.map(|path| Finding::new(path, "is left over: review it (`cargo insta review`) and remove it"))
        .collect()
}

fn is_member_manifest(path: &str) -> bool {
    path.ends_with("/Cargo.toml")
}

fn is_prose(path: &str) -> bool {
    [".md", ".toml", ".py", ".js", ".mjs", ".txt"].iter().any(|end| path.ends_with(end))
        || !path.contains('.')
}

/// Whether `line` has the folder where a path begins, rather than in the middle of one such as `bucket/home/a`.
fn names(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line.get(..at).and_then(|before| before.chars().next_back());
        !before.is_some_and(|c| c.is_alphanumeric() || "*}>_-.".contains(c))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(rule: fn(&Workspace) -> Vec<Finding>, files: &[(&str, &str)]) -> Vec<String> {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        rule(&Workspace { files, ..Workspace::default() }).into_iter().map(|finding| finding.place).collect()
    }

    #[test]
    fn a_silent_file_is_found() {
        let files = [("a.rs", "//! Says it.\n"), ("b.rs", "use std::fmt;\n"), ("c.rs", ""), ("d.md", "")];
        assert_eq!(places(files_say_what_they_are_for, &files), ["b.rs", "c.rs"]);
    }

    #[test]
    fn a_member_of_its_own_ways_is_found() {
        let lints = "[lints]\nworkspace = true\n";
        let good = format!(
            "[dependencies]\na.workspace = true\nb = {{ workspace = true, features = [\"c\"] }}\n\n{lints}"
        );
        let bad = format!("[package]\nname = \"x\"\n\n[dev-dependencies]\n# c = 1\na = \"1\"\n\n{lints}");
        let files = [
            ("crates/good/Cargo.toml", good.as_str()),
            ("crates/bad/Cargo.toml", bad.as_str()),
            ("crates/lax/Cargo.toml", "[dependencies]\n"),
            ("Cargo.toml", "[workspace.dependencies]\na = \"1\"\n"),
        ];
        assert_eq!(
            places(members_share_lints_and_versions, &files),
            ["crates/bad/Cargo.toml:6", "crates/lax/Cargo.toml"]
        );
    }

    #[test]
    fn a_machine_is_found_and_a_resource_path_is_not() {
        let mine = format!("see {}me/notes\nfine\n", MACHINE_PATHS[0]);
        let elsewhere =
            MACHINE_PATHS[..3].iter().map(|path| format!("https://example.com{path}, ")).collect::<String>()
                + "homework/\n";
        let files = [
            ("a.md", mine.as_str()),
            ("b.json", "\"acs:oss:*:*:bucket/home/a\", \"acs:oss:*:*:*/home/b\""),
            ("c.md", elsewhere.as_str()),
        ];
        assert_eq!(places(nothing_names_a_machine, &files), ["a.md:1"]);
    }

    #[test]
    fn what_waits_for_a_decision_is_found() {
        let files = [("a.snap", "x"), ("b.snap.new", "x"), ("c.rs.orig", "x"), ("new.rs", "x")];
        assert_eq!(places(nothing_is_left_over, &files), ["b.snap.new", "c.rs.orig"]);
    }

    #[test]
    fn white_space_that_means_nothing_is_found() {
        let files = [("a.md", "one \ntwo\n"), ("b.toml", "a = 1"), ("test", "x\n"), ("d.rs", "a \n")];
        assert_eq!(places(text_is_clean, &files), ["a.md:1", "b.toml"]);
    }
}
