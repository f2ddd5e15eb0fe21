//! Counting tests from what the runners print.

use std::fmt;

/// Whose lines are read.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Runner {
    /// `test result: ok. 5 passed; 0 failed; …`
    Libtest,
    /// `== 5 passed, 1 failed in 0.52s ==` of pytest, and `# pass 5` or `ℹ pass 5` of Node. The Rust test that starts
    /// a script is not counted beside the script's own.
    Scripts,
}

/// How many tests passed and failed.
#[derive(Debug, Default, Eq, PartialEq)]
pub(crate) struct Tally {
    passed: u64,
    failed: u64,
}

impl Tally {
    /// Counts what `line` reports, which for most lines is nothing.
    pub(crate) fn read(&mut self, runner: Runner, line: &str) {
        let line = line.trim();
        match runner {
            Runner::Libtest => {
                if let Some(result) = line.strip_prefix("test result:") {
                    self.passed += number_before(result, "passed");
                    self.failed += number_before(result, "failed");
                }
            }
            Runner::Scripts => {
                if line.starts_with("==") && line.ends_with("==") {
                    self.passed += number_before(line, "passed");
                    self.failed += number_before(line, "failed") + number_before(line, "error");
                }
                let words: Vec<&str> = line.split_whitespace().collect();
                match words.as_slice() {
                    ["#" | "ℹ", "pass", count] => self.passed += count.parse().unwrap_or(0),
                    ["#" | "ℹ", "fail", count] => self.failed += count.parse().unwrap_or(0),
                    _ => {}
                }
            }
        }
    }

    /// A step that failed counts, even if no test reports it.
    pub(crate) fn at_least_one_failure(&mut self) {
        self.failed = self.failed.max(1);
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// The number directly before a word that begins with `what`, or 0.
fn number_before(text: &str, what: &str) -> u64 {
    let words: Vec<&str> = text.split_whitespace().collect();
    let pair = words.windows(2).find(|pair| pair.last().is_some_and(|word| word.starts_with(what)));
    pair.and_then(|pair| pair.first()?.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(runner: Runner, lines: &[&str]) -> String {
        let mut tally = Tally::default();
        lines.iter().for_each(|line| tally.read(runner, line));
        tally.to_string()
    }

    #[test]
    fn libtest_lines_add_up() {
        let lines = [
            "running 3 tests",
            "test failed ... ok",
            "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s",
            "test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s",
        ];
        assert_eq!(counted(Runner::Libtest, &lines), "4 passed, 2 failed");
    }

    #[test]
    fn script_lines_add_up_without_the_test_that_started_them() {
        let lines = [
            "===== 12 passed in 3.21s =====",
            "==== 1 failed, 2 passed, 1 error in 0.52s ====",
            "ℹ tests 7",
            "ℹ pass 6",
            "# fail 1",
            "test result: ok. 6 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 9.01s",
        ];
        assert_eq!(counted(Runner::Scripts, &lines), "20 passed, 3 failed");
    }

    #[test]
    fn a_failed_step_counts_once_and_only_if_no_test_does() {
        let mut tally = Tally::default();
        tally.at_least_one_failure();
        assert_eq!(tally.to_string(), "0 passed, 1 failed");
        tally.read(Runner::Libtest, "test result: FAILED. 0 passed; 1 failed;");
        tally.at_least_one_failure();
        assert_eq!(tally.to_string(), "0 passed, 2 failed");
    }
}
