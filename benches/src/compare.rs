//! The same calls among few and among many, side by side.

use std::sync::Arc;

use anyhow::{Context, Result};

use crate::load::{Figures, run};
use crate::server::Server;

/// What was measured of some calls, by their names.
pub type Column = Vec<(&'static str, Figures)>;

/// The best of some rounds, each with requests of its own.
///
/// # Errors
///
/// Fails if a request does, or if there is no round.
pub async fn best(
    server: &Server,
    (rounds, connections): (usize, usize),
    requests: impl Fn(usize) -> Result<Vec<Vec<u8>>>,
) -> Result<Figures> {
    let mut best: Option<Figures> = None;
    for round in 0..rounds {
        let figures = run(server, Arc::new(requests(round)?), connections).await?;
        if best.is_none_or(|before| figures.rate > before.rate) {
            best = Some(figures);
        }
    }
    best.context("at least one round")
}

/// Prints both columns with their ratios.
#[expect(clippy::print_stdout, reason = "figures are what these programs are for")]
pub fn report((few, many): (usize, usize), of: &str, columns: &[Column]) {
    let [first, second] = columns else { return };
    println!("{:<24}{:>16}{:>22}", "", format!("{few} {of}"), format!("{many} {of}"));
    for ((name, few), (_, many)) in first.iter().zip(second) {
        println!(
            "{name:<24}{:>14.0}/s{:>20.0}/s  {:.0} % of the rate, {:.2}× the CPU, p99 {:.2}×",
            few.rate,
            many.rate,
            100.0 * many.rate / few.rate,
            many.cpu_us / few.cpu_us,
            many.p99_us / few.p99_us,
        );
    }
}
