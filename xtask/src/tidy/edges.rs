//! Which crate may know which.

use super::Finding;
use crate::workspace::{Kind, Package, Workspace};

/// What each crate may name, besides itself. A crate that is not here has to be entered.
const EDGES: &[(&str, &[&str])] = &[
    ("argali-policy", &[]),
    ("argali-protocol", &[]),
    ("argali-store", &[]),
    ("argali-core", &["argali-policy", "argali-protocol", "argali-store"]),
    ("argali-objects", &["argali-core", "argali-protocol"]),
    ("argali-console", &["argali-core", "argali-protocol"]),
    (
        "argali-server",
        &["argali-console", "argali-core", "argali-objects", "argali-protocol", "argali-store"],
    ),
    ("argali", &["argali-policy", "argali-protocol", "argali-server"]),
    ("argali-testkit", &["*"]),
    ("argali-bench", &["*"]),
    ("argali-fuzz", &["*"]),
    ("xtask", &[]),
];

/// What the tests of a crate may name besides: the testkit, which stands above all, except where a crate is to be
/// understood without any other.
const WITHOUT_TESTKIT: &[&str] = &["argali-policy", "argali-protocol", "argali-store", "xtask"];

/// Crates that compute from their arguments alone.
const PURE: &[&str] = &["argali-policy", "argali-protocol"];

/// What cannot be in a pure crate, at any depth: runtimes, sockets, files.
const IMPURE: &[&str] = &["tokio", "mio", "hyper", "socket2", "rustix", "tempfile", "ureq"];

/// What a pure crate's sources do not say.
const IMPURE_PATHS: &[&str] = &[
    "std::fs",
    "std::net::Tcp",
    "std::net::Udp",
    "std::process",
    "std::env",
    "std::thread",
    "std::io::stdin",
];

/// An edge that is not in the list.
pub(super) fn crates_know_only_those_below(workspace: &Workspace) -> Vec<Finding> {
    let ours: Vec<&str> = workspace.members().map(|package| package.name.as_str()).collect();
    let mut findings = Vec::new();
    for package in workspace.members() {
        let Some((_, below)) = EDGES.iter().find(|(name, _)| *name == package.name) else {
            findings.push(Finding::new(
                &package.name,
                "enter the crate, and what it may name, in tidy's `EDGES`",
            ));
            continue;
        };
        for edge in &package.dependencies {
            let testkit = edge.kind == Kind::Dev
                && edge.name == "argali-testkit"
                && !WITHOUT_TESTKIT.contains(&package.name.as_str());
            let tests_of_the_program = edge.kind == Kind::Dev && package.name == "argali";
            let allowed = below.contains(&"*") || below.contains(&edge.name.as_str());
            if ours.contains(&edge.name.as_str()) && !(allowed || testkit || tests_of_the_program) {
                let message = format!("may not name `{}`: tidy's `EDGES` says what lies below it", edge.name);
                findings.push(Finding::new(&package.name, message));
            }
        }
    }
    findings
}

/// A pure crate that can reach the world, by a dependency or by itself.
pub(super) fn pure_crates_are_pure(workspace: &Workspace) -> Vec<Finding> {
    let pure = |package: &&Package| PURE.contains(&package.name.as_str());
    let mut findings = Vec::new();
    for package in workspace.members().filter(pure) {
        for name in IMPURE.iter().filter(|name| package.closure.contains(**name)) {
            let message = format!("is pure and may not be built with `{name}`: pass in what it would fetch");
            findings.push(Finding::new(&package.name, message));
        }
    }
    for (path, text) in &workspace.files {
        let in_pure_crate = PURE.iter().any(|name| path.starts_with(&format!("crates/{name}/src/")));
        if !in_pure_crate {
            continue;
        }
        for (index, line) in text.lines().enumerate() {
            for name in IMPURE_PATHS.iter().filter(|name| line.contains(**name)) {
                let message = format!("a pure crate may not use `{name}`: pass in what it would fetch");
                findings.push(Finding::new(format!("{path}:{}", index + 1), message));
            }
        }
    }
    findings
}

/// A way to the store that passes by the dispatcher: what core re-exports, the console could name.
pub(super) fn core_does_not_pass_the_store_on(workspace: &Workspace) -> Vec<Finding> {
    let core = workspace.files.iter().filter(|(path, _)| path.starts_with("crates/argali-core/src/"));
    core.flat_map(|(path, text)| {
        let lines = text
            .lines()
            .enumerate()
            .filter(|(_, line)| line.trim_start().starts_with("pub use argali_store"));
        lines.map(move |(index, _)| {
            Finding::new(
                format!("{path}:{}", index + 1),
                "core does not re-export the store: name it where it is needed",
            )
        })
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Dependency;

    fn package(name: &str, dependencies: &[(&str, Kind)]) -> Package {
        let dependencies = dependencies
            .iter()
            .map(|(name, kind)| Dependency { name: (*name).to_owned(), kind: *kind })
            .collect();
        Package { name: name.to_owned(), member: true, dependencies, ..Package::default() }
    }

    fn workspace(packages: Vec<Package>, files: &[(&str, &str)]) -> Workspace {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        Workspace { packages, files }
    }

    #[test]
    fn forbidden_edges_are_found() {
        let all = ["argali-store", "argali-core", "argali-testkit", "argali-console", "argali-policy"];
        let refused = [
            ("argali-console", "argali-store", Kind::Normal),
            ("argali-console", "argali-store", Kind::Dev),
            ("argali-policy", "argali-core", Kind::Normal),
            ("argali-policy", "argali-testkit", Kind::Dev),
            ("argali-core", "argali-testkit", Kind::Normal),
            ("argali-core", "argali-console", Kind::Build),
        ];
        for (from, to, kind) in refused {
            let mut packages: Vec<_> = all.iter().map(|name| package(name, &[])).collect();
            packages.push(package(from, &[(to, kind), ("serde", kind)]));
            let findings = crates_know_only_those_below(&workspace(packages, &[]));
            assert_eq!(findings.len(), 1, "{from} → {to} {kind:?}: {findings:?}");
        }
    }

    #[test]
    fn edges_downwards_and_to_the_testkit_from_tests_are_allowed() {
        let packages = vec![
            package("argali-store", &[]),
            package("argali-core", &[("argali-store", Kind::Normal), ("argali-testkit", Kind::Dev)]),
            package("argali-testkit", &[("argali-core", Kind::Normal), ("argali-store", Kind::Normal)]),
            package("argali", &[("argali-testkit", Kind::Dev), ("argali-core", Kind::Dev)]),
        ];
        assert_eq!(crates_know_only_those_below(&workspace(packages, &[])), []);
    }

    #[test]
    fn a_crate_that_nobody_entered_is_found() {
        let findings = crates_know_only_those_below(&workspace(vec![package("argali-new", &[])], &[]));
        assert_eq!(findings.len(), 1, "{findings:?}");
    }

    #[test]
    fn a_pure_crate_that_reaches_the_world_is_found() {
        let mut policy = package("argali-policy", &[]);
        policy.closure = ["serde", "tokio"].map(str::to_owned).into();
        let files = [
            ("crates/argali-protocol/src/lib.rs", "//! Pure.\nuse std::fs;\nuse std::net::IpAddr;\n"),
            ("crates/argali-protocol/tests/all.rs", "use std::fs;\n"),
            ("crates/argali-store/src/lib.rs", "use std::fs;\n"),
        ];
        let found: Vec<_> = pure_crates_are_pure(&workspace(vec![policy], &files))
            .into_iter()
            .map(|finding| finding.place)
            .collect();
        assert_eq!(found, ["argali-policy", "crates/argali-protocol/src/lib.rs:2"]);
    }

    #[test]
    fn a_re_exported_store_is_found() {
        let files = [(
            "crates/argali-core/src/lib.rs",
            "use argali_store::Store;\n    pub use argali_store::Engine;\n",
        )];
        let found = core_does_not_pass_the_store_on(&workspace(Vec::new(), &files));
        assert_eq!(found.len(), 1, "{found:?}");
    }
}
