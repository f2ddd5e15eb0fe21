//! `argali-fuzz TARGET [--seconds N] [--inputs N] [--seed N] [--keep]`; `argali-fuzz list` names the targets.

#![expect(clippy::print_stdout, reason = "what it prints is what it is for")]

use std::process::ExitCode;
use std::time::Duration;

use argali_fuzz::{Plan, Report, TARGETS, Target, run};
use argali_server::Env;

const USAGE: &str =
    "usage: argali-fuzz TARGET [--seconds N] [--inputs N] [--seed N] [--keep], or argali-fuzz list";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.split_first() {
        Some((list, [])) if list == "list" => {
            TARGETS.iter().for_each(|target| println!("{}", target.name));
            ExitCode::SUCCESS
        }
        Some((name, options)) => match (TARGETS.iter().find(|target| target.name == name), plan(options)) {
            (Some(target), Some(plan)) => report(target, &plan),
            _ => usage(),
        },
        None => usage(),
    }
}

fn usage() -> ExitCode {
    let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
    eprintln!("{USAGE}\ntargets: {}", names.join(", "));
    ExitCode::from(2)
}

/// What the options say; none if they say something unknown.
fn plan(options: &[String]) -> Option<Plan> {
    let seed = u64::from_le_bytes(Env::system().random());
    let mut plan = Plan { time: Duration::from_secs(60), inputs: u64::MAX, seed, keep: false, timed: true };
    let mut options = options.iter();
    while let Some(option) = options.next() {
        match option.as_str() {
            "--keep" => plan.keep = true,
            "--seconds" => plan.time = Duration::from_secs(options.next()?.parse().ok()?),
            "--inputs" => plan.inputs = options.next()?.parse().ok()?,
            "--seed" => plan.seed = options.next()?.parse().ok()?,
            _ => return None,
        }
    }
    Some(plan)
}

/// Runs a target and says in a line what it did, and then what it found.
fn report(target: &Target, plan: &Plan) -> ExitCode {
    let Report { inputs, time, outcomes, failures } = run(target, plan);
    let per_second = u128::from(inputs) * 1_000 / time.as_millis().max(1);
    println!(
        "{}: {inputs} inputs in {} s, {per_second} a second, {outcomes} outcomes, {} findings (seed {})",
        target.name,
        time.as_secs(),
        failures.len(),
        plan.seed
    );
    failures.iter().for_each(|failure| println!("  {failure}"));
    if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
