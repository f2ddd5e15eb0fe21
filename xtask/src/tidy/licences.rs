//! What we depend on: under which licences, and how much of it.

use super::Finding;
use crate::notices;
use crate::workspace::Workspace;

/// Licences under which a program under Apache-2.0 may be given away together with what it is built from.
const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "BlueOak-1.0.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// How many packages the lock file may hold. More is a decision, with its reason in the commit that raises this.
const MOST_PACKAGES: usize = 272;

/// A dependency whose licence is not allowed or not said.
pub(super) fn licences_are_allowed(workspace: &Workspace) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in workspace.packages.iter().filter(|package| !package.member) {
        let place = format!("{} {}", package.name, package.version);
        match &package.license {
            None => findings.push(Finding::new(place, "says no licence: use another crate")),
            Some(licence) if !is_allowed(licence) => {
                let message =
                    format!("its licence `{licence}` is not among tidy's `ALLOWED`: use another crate");
                findings.push(Finding::new(place, message));
            }
            Some(_) => {}
        }
    }
    findings
}

/// More dependencies than a reviewer can know.
pub(super) fn dependencies_are_few(workspace: &Workspace) -> Vec<Finding> {
    let Some(lock) = workspace.files.get("Cargo.lock") else {
        return vec![Finding::new("Cargo.lock", "is not recorded: a program's versions are part of it")];
    };
    let count = lock.lines().filter(|line| *line == "[[package]]").count();
    if count <= MOST_PACKAGES {
        return Vec::new();
    }
    let message =
        format!("holds {count} packages, more than {MOST_PACKAGES}: do without some, or raise the bound");
    vec![Finding::new("Cargo.lock", message)]
}

/// Notices that do not name what the program is built from.
pub(super) fn notices_are_fresh(workspace: &Workspace) -> Vec<Finding> {
    let text = workspace.files.get(notices::FILE).map(String::as_str).unwrap_or_default();
    if text.starts_with(&notices::list(workspace)) {
        return Vec::new();
    }
    vec![Finding::new(
        notices::FILE,
        "names other packages than the program is built from: run `cargo xtask notices`",
    )]
}

/// Whether an SPDX expression can be fulfilled with allowed licences: one side of `OR`, both of `AND`.
fn is_allowed(expression: &str) -> bool {
    // `MIT/Apache-2.0` is how older packages write `OR`.
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    let allowed = either(&mut rest);
    allowed == Some(true) && rest.is_empty()
}

/// `both {OR both}`; none if the expression is not one.
fn either(words: &mut &[&str]) -> Option<bool> {
    let mut allowed = both(words)?;
    while take(words, "OR") {
        allowed |= both(words)?;
    }
    Some(allowed)
}

/// `one {AND one}`
fn both(words: &mut &[&str]) -> Option<bool> {
    let mut allowed = one(words)?;
    while take(words, "AND") {
        allowed &= one(words)?;
    }
    Some(allowed)
}

/// `( either )`, or a licence with its exception
fn one(words: &mut &[&str]) -> Option<bool> {
    if take(words, "(") {
        let allowed = either(words)?;
        return take(words, ")").then_some(allowed);
    }
    let (name, rest) = words.split_first()?;
    *words = rest;
    if !take(words, "WITH") {
        return Some(ALLOWED.contains(name));
    }
    let (exception, rest) = words.split_first()?;
    *words = rest;
    // An exception permits more than its licence does.
    Some(ALLOWED.contains(name) || ALLOWED.contains(&format!("{name} WITH {exception}").as_str()))
}

fn take(words: &mut &[&str], word: &str) -> bool {
    match words.split_first() {
        Some((first, rest)) if *first == word => {
            *words = rest;
            true
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Package;

    #[test]
    fn expressions_are_judged_as_spdx_reads_them() {
        let cases = [
            ("MIT", true),
            ("GPL-3.0-only", false),
            ("MIT OR GPL-3.0-only", true),
            ("MIT AND GPL-3.0-only", false),
            ("MIT/Apache-2.0", true),
            ("Apache-2.0 WITH LLVM-exception", true),
            ("GPL-2.0-only WITH Classpath-exception-2.0", false),
            ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
            ("(MIT OR Apache-2.0) AND GPL-3.0-only", false),
            ("GPL-3.0-only OR MIT AND ISC", true),
            ("MIT OR", false),
            ("(MIT", false),
            ("MIT Apache-2.0", false),
            ("", false),
        ];
        for (expression, allowed) in cases {
            assert_eq!(is_allowed(expression), allowed, "{expression}");
        }
    }

    #[test]
    fn only_licences_of_others_are_judged() {
        let package = |name: &str, license: Option<&str>, member| Package {
            name: name.to_owned(),
            license: license.map(str::to_owned),
            member,
            ..Package::default()
        };
        let packages = vec![
            package("ours", None, true),
            package("silent", None, false),
            package("strict", Some("AGPL-3.0-only"), false),
            package("free", Some("MIT"), false),
        ];
        let found = licences_are_allowed(&Workspace { packages, ..Workspace::default() });
        let places: Vec<_> = found.iter().map(|finding| finding.place.trim()).collect();
        assert_eq!(places, ["silent", "strict"]);
    }

    #[test]
    fn too_many_packages_are_found() {
        let workspace = |count: usize| Workspace {
            files: [("Cargo.lock".to_owned(), "[[package]]\nname = \"a\"\n".repeat(count))].into(),
            ..Workspace::default()
        };
        assert_eq!(dependencies_are_few(&workspace(MOST_PACKAGES)), []);
        assert_eq!(dependencies_are_few(&workspace(MOST_PACKAGES + 1)).len(), 1);
        assert_eq!(dependencies_are_few(&Workspace::default()).len(), 1);
    }
}
