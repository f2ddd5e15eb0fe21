//! The project's own tasks: `cargo xtask ci` runs everything that CI runs, `cargo xtask tidy` the project's rules
//! alone.

#![expect(clippy::print_stdout, reason = "what it prints is what a task is for")]

mod ci;
mod fuzz;
mod notices;
mod tally;
mod tidy;
mod workspace;

use anyhow::{Context, Result};
use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask TASK

  ci      format, rules, clippy, tests, documentation, generated files, SDK story; stops at the first that fails
  tidy    the project's rules: crate edges, licences, sources, what may not be recorded
  notices write what the program is built from, under which licences
  fuzz    [TARGET] [--seconds N] [--keep] [--seed N]: damaged input for every parser of untrusted bytes, a minute each
          unless told; --keep adds to the corpus what led to something new";

fn main() -> Result<ExitCode> {
    let root = root()?;
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["ci"] => ci::run(&root)?,
        ["tidy"] => tidy::run(&root)?,
        ["notices"] => notices::run(&root)?,
        ["fuzz", options @ ..] => fuzz::run(&root, &fuzz::Options::read(options)?)?,
        ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            true
        }
        _ => {
            eprintln!("{USAGE}");
            return Ok(ExitCode::from(2));
        }
    };
    Ok(if done { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The folder of the workspace, whatever the current folder is.
fn root() -> Result<PathBuf> {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.parent().map(PathBuf::from).context("xtask lies directly in the workspace")
}
