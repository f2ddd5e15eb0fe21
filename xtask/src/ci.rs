//! Everything that CI runs, one named and timed step after the other, quick ones first.

use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::fuzz;
use crate::tally::{Runner, Tally};
use crate::tidy;

/// What a test or a build may have to write anew, and who writes it.
///
/// Each has a test of its own that fails when it is stale; this is for those that are written instead.
const GENERATED: &[&str] = &["Cargo.lock", "crates/argali/tests/sdk/node/package-lock.json", "docs"];

/// A part of CI.
struct Step {
    name: &'static str,
    work: Work,
    /// What to do when it fails.
    remedy: &'static str,
}

enum Work {
    /// A cargo command. Its tests are counted if it has a runner.
    Cargo { arguments: &'static [&'static str], runner: Option<Runner> },
    /// The project's rules.
    Tidy,
    /// Every parser of untrusted bytes, with damaged input.
    Fuzz,
    /// Whether the steps before wrote a generated file.
    Generated,
}

const STEPS: &[Step] = &[
    Step {
        name: "format",
        work: Work::Cargo { arguments: &["fmt", "--all", "--check"], runner: None },
        remedy: "run `cargo fmt --all`",
    },
    Step {
        name: "tidy",
        work: Work::Tidy,
        remedy: "each line above says what to change; `cargo xtask tidy` runs this alone",
    },
    Step {
        name: "clippy",
        work: Work::Cargo {
            arguments: &[
                "clippy",
                "--workspace",
                "--all-targets",
                "--locked",
                "--keep-going",
                "--",
                "-D",
                "warnings",
            ],
            runner: None,
        },
        remedy: "mend what clippy names; a lint that only annoys is switched off in Cargo.toml, once",
    },
    Step {
        // `--all-targets` leaves out what a plain `cargo test` does.
        name: "clippy of the SDK story",
        work: Work::Cargo {
            arguments: &["clippy", "--workspace", "--test", "sdk", "--locked", "--", "-D", "warnings"],
            runner: None,
        },
        remedy: "mend what clippy names",
    },
    Step {
        name: "tests",
        work: Work::Cargo {
            arguments: &["test", "--workspace", "--locked", "--no-fail-fast"],
            runner: Some(Runner::Libtest),
        },
        remedy: "run the failing test alone: `cargo test -p CRATE NAME`",
    },
    Step {
        name: "fuzzing",
        work: Work::Fuzz,
        remedy: "`cargo test -p argali-fuzz` shows again what was found; mend it, and commit the finding as its test",
    },
    Step {
        name: "documentation",
        work: Work::Cargo { arguments: &["doc", "--workspace", "--no-deps", "--locked"], runner: None },
        remedy: "mend the links and code blocks that rustdoc names",
    },
    Step {
        name: "generated files",
        work: Work::Generated,
        remedy: "review and commit the files above: running the checks wrote them anew",
    },
    Step {
        name: "SDK story",
        work: Work::Cargo {
            arguments: &["test", "--workspace", "--locked", "--test", "sdk", "--", "--nocapture"],
            runner: Some(Runner::Scripts),
        },
        remedy: "the script that failed shows the call and the server's last lines; if a tool is missing, run `./test`",
    },
];

/// Runs every step up to the first that fails, and says how many tests passed and failed; whether all did.
pub(crate) fn run(root: &Path) -> Result<bool> {
    let generated = contents(root)?;
    let mut tally = Tally::default();
    let begun = now();
    let mut failed = None;
    for step in STEPS {
        println!("\n==> {}", step.name);
        let started = now();
        let passed = run_step(root, step, &generated, &mut tally)?;
        println!("    {}: {} after {}", step.name, if passed { "done" } else { "FAILED" }, elapsed(started));
        if !passed {
            tally.at_least_one_failure();
            failed = Some(step);
            break;
        }
    }
    match failed {
        Some(step) => println!("\nci stopped at `{}`: {}.", step.name, step.remedy),
        None => println!("\nci is done after {}.", elapsed(begun)),
    }
    println!("{tally}");
    Ok(failed.is_none())
}

fn run_step(
    root: &Path,
    step: &Step,
    before: &BTreeMap<PathBuf, Vec<u8>>,
    tally: &mut Tally,
) -> Result<bool> {
    match step.work {
        Work::Tidy => tidy::run(root),
        Work::Fuzz => fuzz::run(root, &fuzz::Options::of_ci()?),
        Work::Cargo { arguments, runner } => cargo(root, arguments, runner, tally),
        Work::Generated => {
            let after = contents(root)?;
            let changed = changed(before, &after);
            for path in &changed {
                println!("    {} differs from what it was", path.display());
            }
            Ok(changed.is_empty())
        }
    }
}

/// Runs cargo, passing its output on line by line.
fn cargo(root: &Path, arguments: &[&str], runner: Option<Runner>, tally: &mut Tally) -> Result<bool> {
    println!("    cargo {}", arguments.join(" "));
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(root).env("RUSTDOCFLAGS", "-D warnings").stdout(Stdio::piped());
    if std::io::stdout().is_terminal() {
        command.env("CARGO_TERM_COLOR", "always");
    }
    let mut child = command.spawn().context("cargo does not start")?;
    let output = child.stdout.take().context("cargo's output is piped")?;
    for line in BufReader::new(output).split(b'\n') {
        let line = line.context("cargo's output cannot be read")?;
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        if let Some(runner) = runner {
            tally.read(runner, &line);
        }
    }
    Ok(child.wait().context("cargo cannot be waited for")?.success())
}

/// What the generated files hold.
fn contents(root: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    let mut found = BTreeMap::new();
    let mut open: Vec<PathBuf> = GENERATED.iter().map(PathBuf::from).collect();
    while let Some(path) = open.pop() {
        let place = root.join(&path);
        if place.is_dir() {
            for entry in
                std::fs::read_dir(&place).with_context(|| format!("cannot list `{}`", place.display()))?
            {
                open.push(path.join(entry?.file_name()));
            }
        } else if place.exists() {
            let content =
                std::fs::read(&place).with_context(|| format!("cannot read `{}`", place.display()))?;
            found.insert(path, content);
        }
    }
    Ok(found)
}

/// What is new, gone or different.
fn changed(before: &BTreeMap<PathBuf, Vec<u8>>, after: &BTreeMap<PathBuf, Vec<u8>>) -> Vec<PathBuf> {
    let mut paths: Vec<_> = before
        .keys()
        .chain(after.keys())
        .filter(|path| before.get(*path) != after.get(*path))
        .cloned()
        .collect();
    paths.sort();
    paths.dedup();
    paths
}

#[expect(clippy::disallowed_methods, reason = "how long a step takes is measured, not tested")]
fn now() -> Instant {
    Instant::now()
}

fn elapsed(since: Instant) -> String {
    let tenths = since.elapsed().as_millis() / 100;
    let (minutes, seconds) = (tenths / 600, tenths / 10 % 60);
    if minutes > 0 { format!("{minutes} min {seconds} s") } else { format!("{seconds}.{} s", tenths % 10) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(list: &[(&str, &str)]) -> BTreeMap<PathBuf, Vec<u8>> {
        list.iter().map(|(path, text)| (PathBuf::from(path), text.as_bytes().to_vec())).collect()
    }

    #[test]
    fn generated_files_that_changed_came_or_went_are_named_once() {
        let before = files(&[("changed", "a"), ("gone", "a"), ("same", "a")]);
        let after = files(&[("changed", "b"), ("new", "a"), ("same", "a")]);
        assert_eq!(changed(&before, &after), ["changed", "gone", "new"].map(PathBuf::from));
        assert!(changed(&before, &before).is_empty());
    }

    #[test]
    fn every_step_says_what_to_do() {
        for step in STEPS {
            assert!(!step.remedy.is_empty() && !step.remedy.ends_with('.'), "{}: {}", step.name, step.remedy);
        }
    }
}
