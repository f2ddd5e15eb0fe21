//! `argali policy`: what can be said of policies without a server.

mod check;
mod lint;
mod reason;

use std::path::{Path, PathBuf};

use crate::cli::PolicyCommand;
use crate::failure::{Exit, Failure};
use crate::output::Output;

pub(crate) fn run(command: &PolicyCommand, output: &Output) -> Result<(), Failure> {
    match command {
        PolicyCommand::Test { files } => check::run(files, output),
        PolicyCommand::Lint(options) => lint::run(options, output),
    }
}

/// The texts of files, each with the file's name.
fn read(files: &[PathBuf]) -> Result<Vec<(&Path, String)>, Failure> {
    let read = |file: &'_ PathBuf| {
        std::fs::read_to_string(file).map_err(|error| {
            Failure::new(Exit::Usage, format!("cannot read `{}`", file.display())).because(error)
        })
    };
    files.iter().map(|file| Ok((file.as_path(), read(file)?))).collect()
}
