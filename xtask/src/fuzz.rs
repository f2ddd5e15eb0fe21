//! Fuzzing: the program built once, each target in a process of its own, two at a time.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Mutex;

/// How long each target runs in CI, in seconds, unless `FUZZ_SECONDS` says otherwise.
const SECONDS: u64 = 60;
/// How many targets run at once.
const AT_ONCE: usize = 2;

/// What to run and for how long.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Options {
    /// All targets if none.
    target: Option<String>,
    seconds: u64,
    /// Passed on as they are.
    rest: Vec<String>,
}

impl Options {
    /// As CI runs them.
    pub(crate) fn of_ci() -> Result<Self> {
        let seconds = match std::env::var("FUZZ_SECONDS") {
            Ok(text) => text.parse().with_context(|| format!("FUZZ_SECONDS is `{text}`: write a number"))?,
            Err(_) => SECONDS,
        };
        Ok(Self { target: None, seconds, rest: Vec::new() })
    }

    /// `[TARGET] [--seconds N] [--keep] [--seed N]`
    pub(crate) fn read(arguments: &[&str]) -> Result<Self> {
        let mut options = Self::of_ci()?;
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match *argument {
                "--seconds" => {
                    let number = arguments.next().context("--seconds wants a number")?;
                    options.seconds = number.parse().with_context(|| format!("`{number}` is no number"))?;
                }
                "--keep" => options.rest.push("--keep".to_owned()),
                "--seed" => {
                    let number = arguments.next().context("--seed wants a number")?;
                    options.rest.extend(["--seed".to_owned(), (*number).to_owned()]);
                }
                name if !name.starts_with('-') && options.target.is_none() => {
                    options.target = Some(name.to_owned());
                }
                other => bail!("`{other}` is not understood"),
            }
        }
        Ok(options)
    }
}

/// Builds and runs; whether nothing was found.
pub(crate) fn run(root: &Path, options: &Options) -> Result<bool> {
    let program = build(root)?;
    let targets = match &options.target {
        Some(target) => vec![target.clone()],
        None => listed(&program)?,
    };
    let (next, clean) = (Mutex::new(targets.iter()), Mutex::new(true));
    std::thread::scope(|scope| {
        let work = || -> Result<()> {
            loop {
                let Some(target) = next.lock().ok().and_then(|mut next| next.next()) else { return Ok(()) };
                let output = Command::new(&program)
                    .args([target, "--seconds", &options.seconds.to_string()])
                    .args(&options.rest)
                    .output()
                    .context("the fuzzing program does not start")?;
                let passed = say(target, &output);
                if let Ok(mut clean) = clean.lock() {
                    *clean &= passed;
                }
            }
        };
        let workers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            match worker.join() {
                Ok(done) => done?,
                Err(_) => bail!("a thread that runs targets panicked"),
            }
        }
        Ok(())
    })?;
    let clean = clean.into_inner().unwrap_or(false);
    if !clean {
        println!("    what was found is in fuzz/findings; `cargo test -p argali-fuzz` shows it again");
    }
    Ok(clean)
}

/// Shows what a target said; whether it found nothing.
fn say(target: &str, output: &Output) -> bool {
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    said.lines().chain(complained.lines()).for_each(|line| println!("    {line}"));
    if output.status.code().is_none() {
        println!("    {target}: {}, without a word of its input; run it alone with its seed", output.status);
    }
    output.status.success()
}

/// The names of all targets.
fn listed(program: &Path) -> Result<Vec<String>> {
    let output = Command::new(program).arg("list").output().context("the fuzzing program does not start")?;
    Ok(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect())
}

/// Builds the program with optimization and all checks, and returns where it is.
fn build(root: &Path) -> Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--package", "argali-fuzz", "--profile", "fuzz", "--locked"]).current_dir(root);
    if !command.status().context("cargo does not start")?.success() {
        bail!("the fuzzing program cannot be built");
    }
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    Ok(target.join("fuzz").join("argali-fuzz"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_name_a_target_and_a_time() {
        let options = Options::read(&["policy", "--seconds", "5", "--keep", "--seed", "7"]).unwrap();
        assert_eq!((options.target.as_deref(), options.seconds), (Some("policy"), 5));
        assert_eq!(options.rest, ["--keep", "--seed", "7"]);
        for wrong in [&["--seconds"][..], &["--seconds", "x"], &["--fast"], &["policy", "trust"]] {
            assert!(Options::read(wrong).is_err(), "{wrong:?}");
        }
    }
}
