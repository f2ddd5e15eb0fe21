//! The project's rules that the compiler does not check. Each is a function from the workspace to what breaks it, so
//! that the tests can show it a workspace that does; one test looks at this repository.

mod edges;
mod licences;
mod sources;

use anyhow::Result;
use std::fmt;
use std::path::Path;

use crate::workspace::Workspace;

/// Something that breaks a rule.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Finding {
    /// A file, with its line if it is about one, or a crate.
    place: String,
    /// What is wrong and what to do.
    message: String,
}

impl Finding {
    fn new(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self { place: place.into(), message: message.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

type Rule = fn(&Workspace) -> Vec<Finding>;

/// Every rule.
const RULES: &[Rule] = &[
    edges::crates_know_only_those_below,
    edges::pure_crates_are_pure,
    edges::core_does_not_pass_the_store_on,
    licences::licences_are_allowed,
    licences::dependencies_are_few,
    licences::notices_are_fresh,
    sources::files_say_what_they_are_for,
    sources::members_share_lints_and_versions,
    sources::nothing_names_a_machine,
    sources::nothing_is_left_over,
    sources::text_is_clean,
];

/// Prints what breaks a rule; whether nothing does.
pub(crate) fn run(root: &Path) -> Result<bool> {
    let workspace = Workspace::read(root)?;
    let findings = findings(&workspace);
    for finding in &findings {
        println!("    {finding}");
    }
    Ok(findings.is_empty())
}

fn findings(workspace: &Workspace) -> Vec<Finding> {
    RULES.iter().flat_map(|rule| rule(workspace)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_repository_keeps_every_rule() {
        let root = crate::root().unwrap();
        let findings = findings(&Workspace::read(&root).unwrap());
        let lines: Vec<String> = findings.iter().map(Finding::to_string).collect();
        assert!(lines.is_empty(), "\n{}", lines.join("\n"));
    }
}
