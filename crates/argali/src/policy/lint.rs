//! `argali policy lint`: what is wrong with documents, and what is hardly meant.

use std::path::Path;

use argali_policy::DocumentKind;
use argali_server::{Config, DocumentRules, Env};
use serde_json::{Value, json};

use super::read;
use crate::cli::{KindOfDocument, LintOptions};
use crate::failure::{Exit, Failure};
use crate::output::{Output, shown};

pub(crate) fn run(options: &LintOptions, output: &Output) -> Result<(), Failure> {
    let texts = read(&options.files)?;
    let mut config = Config::load(options.config.as_deref(), std::env::vars())?;
    if let Some(folder) = &options.services {
        config.services.dir.clone_from(folder);
    }
    let rules = argali_server::document_rules(&config)?;
    let kind = options.kind.into();
    let now = Env::system().now().to_string();
    let looked_at = texts.iter().map(|(file, text)| look(file, kind, text, &rules, &now));
    let findings: Vec<Finding<'_>> = looked_at.flatten().collect();
    let errors = findings.iter().filter(|finding| finding.severity == "error").count();
    let warnings = findings.len() - errors;
    let summary = format!(
        "{}: {}, {}",
        counted(texts.len(), "document"),
        counted(errors, "error"),
        counted(warnings, "warning")
    );
    if output.wants_json() {
        let listed: Vec<Value> = findings.iter().map(Finding::to_json).collect();
        let documents = texts.len();
        output.data(&json!({
            "Documents": documents, "Errors": errors, "Warnings": warnings, "Findings": listed,
        }))?;
        output.note(&summary);
    } else {
        let listed: String = findings.iter().map(Finding::to_text).collect();
        output.text(&format!("{listed}{summary}\n"))?;
    }
    let clean = errors == 0 && (warnings == 0 || !options.strict);
    if clean { Ok(()) } else { Err(Failure::told(Exit::No)) }
}

/// Something about a document.
struct Finding<'a> {
    file: &'a Path,
    severity: &'static str,
    /// What kind of warning it is.
    rule: &'static str,
    path: String,
    message: String,
}

/// All there is to say of one document.
fn look<'a>(
    file: &'a Path,
    kind: DocumentKind,
    text: &str,
    rules: &DocumentRules,
    now: &str,
) -> Vec<Finding<'a>> {
    let found = rules.findings(kind, text, now).into_iter();
    let found = found.map(|argali_server::Finding { is_error, rule, path, message }| Finding {
        file,
        severity: if is_error { "error" } else { "warning" },
        rule,
        path,
        message,
    });
    found.collect()
}

impl Finding<'_> {
    fn to_text(&self) -> String {
        shown(&format!("{}: {}: {}", self.file.display(), self.severity, self.message)) + "\n"
    }

    fn to_json(&self) -> Value {
        json!({
            "File": self.file.display().to_string(),
            "Severity": self.severity,
            "Rule": self.rule,
            "Path": self.path,
            "Message": self.message,
        })
    }
}

fn counted(number: usize, of: &str) -> String {
    if number == 1 { format!("1 {of}") } else { format!("{number} {of}s") }
}

impl From<KindOfDocument> for DocumentKind {
    fn from(kind: KindOfDocument) -> Self {
        match kind {
            KindOfDocument::Identity => Self::Identity,
            KindOfDocument::Trust => Self::Trust,
            KindOfDocument::Session => Self::Session,
            KindOfDocument::Control => Self::Control,
        }
    }
}
