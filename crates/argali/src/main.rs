//! The program: a server, and what people need to try and to run one.
//!
//! Data goes to standard output, everything else to standard error: tables for people, JSON in a pipe. The exit code
//! tells what became of it, see [`failure::Exit`].

mod account;
mod admin;
mod assume;
mod audit;
mod backup;
mod call;
mod can_i;
mod cli;
mod client;
mod credentials;
mod demo;
mod dev;
mod explained;
mod failure;
mod output;
mod policy;
mod restore;
mod seed;
mod serve;
mod services;
mod story_clock;
mod trust;
mod who_can;
mod why;
mod world;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use cli::{Cli, Command};
use failure::Failure;
use output::Output;

/// Records are made by the threads that answer and freed by the one that keeps the trail; the system's allocator
/// makes the two wait for each other.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let output = Output::new(cli.output);
    match run(cli.command, &output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output.complain(&failure);
            failure.exit().into()
        }
    }
}

fn run(command: Command, output: &Output) -> Result<(), Failure> {
    match command {
        Command::Serve(options) => serve::run(&options, output),
        Command::Dev(options) => dev::run(&options, output),
        Command::Demo => demo::run(output),
        Command::Account(command) => account::run(&command, output),
        Command::Admin(command) => admin::run(&command, output),
        Command::Audit(command) => audit::run(&command, output),
        Command::Backup(options) => backup::run(&options, output),
        Command::Restore(options) => restore::run(&options, output),
        Command::Apply(options) => world::apply(&options, output),
        Command::Export(options) => world::export(&options, output),
        Command::Call(options) => call::run(&options, output),
        Command::Assume(options) => assume::run(&options, output),
        Command::CanI(options) => can_i::run(&options, output),
        Command::Why(options) => why::run(&options, output),
        Command::WhoCan(options) => who_can::run(&options, output),
        Command::Policy(command) => policy::run(&command, output),
        Command::Services(command) => services::run(&command, output),
        Command::Completion { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "argali", &mut script);
            output.text(&String::from_utf8_lossy(&script))
        }
    }
}
