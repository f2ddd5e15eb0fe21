//! Third-party notices: what the program is built from, under which licences, and the texts that those ask to be handed
//! on. `cargo xtask notices` writes them; tidy says when they are stale.

use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use crate::workspace::{Package, Workspace};

/// Where they are; the console shows them.
pub(crate) const FILE: &str = "crates/argali-console/notices.txt";
/// The program that is given away.
const PROGRAM: &str = "argali";
const BEGINNING: &str = "Argali is built from these packages of others:\n\n";
const BETWEEN: &str = "\nWhat offers the Apache License, Version 2.0, is used under that licence, whose text is Argali's own.\n\
     The other licences follow, and the notices that packages have.\n";
const LINE: &str = "----------------------------------------";

/// Writes them.
pub(crate) fn run(root: &Path) -> Result<bool> {
    let workspace = Workspace::read(root)?;
    let mut text = list(&workspace);
    text.push_str(BETWEEN);
    for (words, names) in texts(&workspace)? {
        write!(text, "\n{LINE}\n{}\n\n{words}\n", names.join(", "))?;
    }
    std::fs::write(root.join(FILE), text).with_context(|| format!("`{FILE}` cannot be written"))?;
    Ok(true)
}

/// The packages, a line each.
pub(crate) fn list(workspace: &Workspace) -> String {
    let lines = built_in(workspace).into_iter().map(|package| {
        format!(
            "{} {} ({})\n",
            package.name,
            package.version,
            package.license.as_deref().unwrap_or("no licence")
        )
    });
    format!("{BEGINNING}{}", lines.collect::<String>())
}

/// What of others the program is built from, by name.
fn built_in(workspace: &Workspace) -> Vec<&Package> {
    let program = workspace.members().find(|package| package.name == PROGRAM);
    let is_in = |package: &&Package| {
        !package.member && program.is_some_and(|program| program.closure.contains(&package.name))
    };
    let mut packages: Vec<&Package> = workspace.packages.iter().filter(is_in).collect();
    packages.sort_by_key(|package| (&package.name, &package.version));
    packages
}

/// Each text that has to be handed on, with the packages that have it.
fn texts(workspace: &Workspace) -> Result<Vec<(String, Vec<String>)>> {
    let mut texts = Vec::<(String, Vec<String>)>::new();
    let mut places = BTreeMap::<String, usize>::new();
    for package in built_in(workspace) {
        let name = format!("{} {}", package.name, package.version);
        for text in texts_of(package)? {
            let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let at = *places.entry(folded).or_insert(texts.len());
            match texts.get_mut(at) {
                Some((_, names)) => names.push(name.clone()),
                None => texts.push((text, vec![name.clone()])),
            }
        }
    }
    Ok(texts)
}

/// The notices of a package and, unless the Apache licence will do, its licences.
fn texts_of(package: &Package) -> Result<Vec<String>> {
    let licence = package.license.as_deref().unwrap_or_default();
    let is_asked = |name: &str| {
        let name = name.to_lowercase();
        let is_licence =
            ["licen", "copying", "copyright", "unlicense"].iter().any(|start| name.starts_with(start));
        name.starts_with("notice") || is_licence && !offers_apache(licence)
    };
    let folder = Path::new(&package.manifest_path).parent().context("a manifest lies in a folder")?;
    let mut files = Vec::new();
    for entry in
        std::fs::read_dir(folder).with_context(|| format!("the sources of {} are not there", package.name))?
    {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if path.is_file() && is_asked(&name) {
            files.push(path);
        }
    }
    files.sort();
    let read = |path| Ok(clean(&String::from_utf8_lossy(&std::fs::read(path)?)));
    let texts = files.iter().map(read).collect::<Result<Vec<_>>>()?;
    if texts.is_empty() && !offers_apache(licence) {
        let by = match package.authors.as_slice() {
            [] => "whoever wrote it".to_owned(),
            authors => authors.join(", "),
        };
        return Ok(vec![format!(
            "By {by}, under the licence {licence}, whose text it does not bring along."
        )]);
    }
    Ok(texts)
}

/// Whether the Apache licence is one that somebody may choose.
fn offers_apache(expression: &str) -> bool {
    let has_choice_only =
        !expression.contains("AND") && !expression.contains("WITH") && !expression.contains('(');
    has_choice_only && expression.replace('/', " ").split_whitespace().any(|word| word == "Apache-2.0")
}

/// Without blanks at the ends of lines, and with the line endings of this repository.
fn clean(text: &str) -> String {
    let lines: Vec<&str> = text.trim_matches(['\n', '\r', '\u{feff}']).lines().map(str::trim_end).collect();
    lines.join("\n").replace('\t', "    ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_licence_is_chosen_where_there_is_a_choice() {
        for (expression, offers) in [
            ("Apache-2.0", true),
            ("MIT OR Apache-2.0", true),
            ("MIT/Apache-2.0", true),
            ("MIT", false),
            ("Apache-2.0 AND ISC", false),
            ("(MIT OR Apache-2.0) AND Unicode-3.0", false),
            ("Apache-2.0 WITH LLVM-exception", false),
        ] {
            assert_eq!(offers_apache(expression), offers, "{expression}");
        }
    }
}
