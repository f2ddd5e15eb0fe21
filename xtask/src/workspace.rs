//! What cargo knows about the workspace and its dependencies, and what git records.

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

/// The workspace as the rules see it.
#[derive(Debug, Default)]
pub(crate) struct Workspace {
    /// Every package of the dependency graph.
    pub(crate) packages: Vec<Package>,
    /// Every recorded text file, by its path from the root.
    pub(crate) files: BTreeMap<String, String>,
}

/// A package of the dependency graph.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Package {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) version: String,
    /// SPDX expression, as the package says.
    pub(crate) license: Option<String>,
    /// Who wrote it, if it says so.
    #[serde(default)]
    pub(crate) authors: Vec<String>,
    /// Where its manifest lies.
    #[serde(default)]
    pub(crate) manifest_path: String,
    /// Whether it is ours.
    #[serde(skip)]
    pub(crate) member: bool,
    /// The packages it names, of every kind and platform.
    pub(crate) dependencies: Vec<Dependency>,
    /// The names of what is built with it in the default configuration, its dependencies' included, without tests and
    /// build scripts.
    #[serde(skip)]
    pub(crate) closure: BTreeSet<String>,
}

/// A dependency as a manifest names it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    #[serde(default, deserialize_with = "kind")]
    pub(crate) kind: Kind,
}

/// What a dependency is for.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Kind {
    #[default]
    Normal,
    Dev,
    Build,
}

impl Workspace {
    /// Reads the workspace at `root`. Fails when the lock file does not fit the manifests, and outside git.
    pub(crate) fn read(root: &Path) -> Result<Self> {
        Ok(Self { packages: packages(root)?, files: files(root)? })
    }

    /// The crates of this repository.
    pub(crate) fn members(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| package.member)
    }
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    workspace_members: BTreeSet<String>,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Edge>,
}

#[derive(Deserialize)]
struct Edge {
    pkg: String,
    dep_kinds: Vec<EdgeKind>,
}

#[derive(Deserialize)]
struct EdgeKind {
    #[serde(default, deserialize_with = "kind")]
    kind: Kind,
}

fn packages(root: &Path) -> Result<Vec<Package>> {
    let json = output(root, "cargo", &["metadata", "--format-version", "1", "--locked"])
        .context("if Cargo.lock does not fit the manifests, run `cargo check` and commit it")?;
    let metadata: Metadata = serde_json::from_str(&json).context("cargo metadata prints something else")?;
    let names: BTreeMap<_, _> =
        metadata.packages.iter().map(|package| (package.id.clone(), package.name.clone())).collect();
    let edges: BTreeMap<_, _> = metadata.resolve.nodes.iter().map(|node| (node.id.as_str(), node)).collect();
    let mut packages = metadata.packages;
    for package in &mut packages {
        package.member = metadata.workspace_members.contains(&package.id);
        if package.member {
            package.closure = closure(&package.id, &edges, &names);
        }
    }
    Ok(packages)
}

/// The names of all that `id` is built with.
fn closure(id: &str, edges: &BTreeMap<&str, &Node>, names: &BTreeMap<String, String>) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let mut open = vec![id];
    while let Some(id) = open.pop() {
        let normal = edges.get(id).into_iter().flat_map(|node| &node.deps);
        for edge in normal.filter(|edge| edge.dep_kinds.iter().any(|kind| kind.kind == Kind::Normal)) {
            if seen.insert(edge.pkg.as_str()) {
                open.push(&edge.pkg);
            }
        }
    }
    seen.into_iter().filter_map(|id| names.get(id).cloned()).collect()
}

/// Every file that git records or would record, unless it is not text.
fn files(root: &Path) -> Result<BTreeMap<String, String>> {
    let list = output(root, "git", &["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .context("the rules look at what git records: run them in a clone")?;
    let mut files = BTreeMap::new();
    for path in list.split('\0').filter(|path| !path.is_empty()) {
        // A file that was deleted and not yet committed is still listed.
        let Ok(bytes) = std::fs::read(root.join(path)) else { continue };
        if let Ok(text) = String::from_utf8(bytes) {
            files.insert(path.to_owned(), text);
        }
    }
    Ok(files)
}

fn output(root: &Path, program: &str, arguments: &[&str]) -> Result<String> {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(root)
        .output()
        .with_context(|| format!("`{program}` does not start: install it"))?;
    if !output.status.success() {
        bail!(
            "`{program} {}` failed: {}",
            arguments.join(" "),
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{program}` does not print UTF-8"))
}

fn kind<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Kind, D::Error> {
    Ok(match Option::<String>::deserialize(deserializer)?.as_deref() {
        Some("dev") => Kind::Dev,
        Some("build") => Kind::Build,
        _ => Kind::Normal,
    })
}
