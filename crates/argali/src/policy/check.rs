//! `argali policy test`: cases that people keep beside their policies, put to the engine that serves requests.

use std::path::{Path, PathBuf};

use argali_policy::case::{Case, CaseQuestion, Outcome, read_cases};
use serde_json::{Value, json};

use super::{read, reason};
use crate::failure::{Exit, Failure};
use crate::output::{Output, shown};

pub(crate) fn run(files: &[PathBuf], output: &Output) -> Result<(), Failure> {
    let texts = read(files)?;
    let cases = understand(&texts)?;
    let mut failures = Vec::new();
    for (file, case) in &cases {
        let outcome = case.run();
        if !outcome.passed {
            failures.push(Missed { file, case, outcome });
        }
    }
    let passed = cases.len() - failures.len();
    let summary = format!("{passed} passed, {} failed", failures.len());
    if output.wants_json() {
        let listed: Vec<Value> = failures.iter().map(Missed::to_json).collect();
        output.data(&json!({ "Passed": passed, "Failed": failures.len(), "Failures": listed }))?;
        output.note(&summary);
    } else {
        let listed: String = failures.iter().map(Missed::to_text).collect();
        output.text(&format!("{listed}{summary}\n"))?;
    }
    if failures.is_empty() { Ok(()) } else { Err(Failure::told(Exit::No)) }
}

/// All cases with their files, or everything that cannot be understood.
fn understand<'t>(texts: &'t [(&Path, String)]) -> Result<Vec<(&'t Path, Case<'t>)>, Failure> {
    let (mut cases, mut mistakes) = (Vec::new(), Vec::new());
    for (file, text) in texts {
        match read_cases(text) {
            Ok(found) => cases.extend(found.into_iter().map(|case| (*file, case))),
            Err(found) => mistakes.extend(
                found.iter().map(|mistake| format!("\n  {}:{}: {mistake}", file.display(), mistake.line)),
            ),
        }
    }
    if mistakes.is_empty() {
        return Ok(cases);
    }
    let message = format!("the cases cannot be understood, and none was run{}", mistakes.concat());
    Err(Failure::new(Exit::Usage, message))
}

/// A case that came out otherwise.
struct Missed<'a> {
    file: &'a Path,
    case: &'a Case<'a>,
    outcome: Outcome,
}

impl Missed<'_> {
    fn to_text(&self) -> String {
        let Case { id, line, expect, reason, .. } = self.case;
        let (file, got) = (self.file.display(), self.outcome.answer);
        let mut lines = vec![format!("{file}:{line}: {id}: expected {expect}, got {got}")];
        if !reason.is_empty() {
            lines.push(format!("    expected because: {reason}"));
        }
        lines.extend(self.because().into_iter().map(|line| format!("    {line}")));
        lines.iter().map(|line| shown(line) + "\n").collect()
    }

    fn to_json(&self) -> Value {
        let Case { id, line, expect, reason, .. } = self.case;
        json!({
            "File": self.file.display().to_string(),
            "Line": line,
            "Id": id,
            "Expected": expect.to_string(),
            "Got": self.outcome.answer.to_string(),
            "Reason": reason,
            "Because": self.because(),
        })
    }

    /// Why it came out as it did, a sentence for each thing that decided.
    fn because(&self) -> Vec<String> {
        if let CaseQuestion::Validate(submission) = &self.case.question {
            return match (&self.outcome.refused, &submission.message) {
                (Some(error), Some(message)) if self.outcome.answer == self.case.expect => {
                    vec![format!("refused with: {error}"), format!("which does not say: {message}")]
                }
                (Some(error), _) => vec![format!("refused with: {error}")],
                (None, _) => vec!["the document breaks no rule".to_owned()],
            };
        }
        let answer = self.outcome.answer;
        // One resource that is refused refuses the whole.
        let decisive = self.outcome.decided.iter().filter(|one| answer == one.decision.effect().into());
        decisive.flat_map(reason::of).collect()
    }
}
