//! `argali restore`: the data of a server, made from a backup.

use std::fs::File;
use std::io::{self, BufReader, Read};

use argali_server::backup::{RestoreReport, Trail, restore};
use argali_server::{Data, Verdict};
use serde_json::{Value, json};

use crate::backup::is_standard;
use crate::cli::RestoreOptions;
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::serve::configuration;

pub(crate) fn run(options: &RestoreOptions, output: &Output) -> Result<(), Failure> {
    argali_server::harden_process();
    let config = configuration(&options.place)?;
    let Data::Folder(folder) = Data::folder(&config)? else { return Ok(()) };
    let file = &options.file;
    let from: Box<dyn Read> = if is_standard(file) {
        Box::new(io::stdin().lock())
    } else {
        let opened = File::open(file);
        Box::new(BufReader::new(opened.map_err(|error| {
            Failure::new(Exit::Usage, format!("cannot read `{}`", file.display())).because(error)
        })?))
    };
    let RestoreReport { restored, since } = restore(&config, &folder, from, options.audit.as_deref())?;
    output.note(&format!(
        "{} records of {} are in {}. Every session of before is over.",
        restored.rows,
        restored.head.made_at(),
        folder.display()
    ));
    output.note(&said_of(since.as_ref(), restored.head.next_record));
    let changes = since.as_ref().map(|since| &since.list.changes);
    let answer = json!({
        "MadeAt": restored.head.made_at(),
        "Records": restored.rows,
        "CallRecords": since.as_ref().map(|since| since.list.records),
        "CallRecordsIntact": since.as_ref().map(|since| matches!(since.verdict, Verdict::Intact { .. })),
        "Changes": changes,
    });
    match (changes, output.is_for_people()) {
        (None, true) => Ok(()),
        (Some(_), true) => output.data(answer.get("Changes").unwrap_or(&Value::Null)),
        (_, false) => output.data(&answer),
    }
}

/// What the list of changes is worth.
fn said_of(since: Option<&Trail>, first_needed: u64) -> String {
    let Some(Trail { folder, verdict, list }) = since else {
        return "No records of calls are there, so nobody can tell what was changed since: look at keys, trust policies \
            and attachments yourself."
            .to_owned();
    };
    let mut said = match list.changes.len() {
        0 => format!("Nothing that matters for access was changed since, says {}.", folder.display()),
        many => format!(
            "{many} changes of access since are undone, says {}: what was taken away is there again, what was given is not.",
            folder.display()
        ),
    };
    if let Some(begins) = list.begins_late {
        said.push_str(&format!(
            " Records {first_needed} to {} are missing, so there may be more.",
            begins - 1
        ));
    }
    if let Verdict::Damaged(damage) = verdict {
        said.push_str(&format!(" The records are not what was written, so there may be more: {damage}"));
    }
    said
}
