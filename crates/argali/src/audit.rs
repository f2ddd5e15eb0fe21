//! `argali audit`: whether the records of calls are what was written.

use argali_server::{Data, Verdict, verify_trail};
use serde_json::json;

use crate::cli::AuditCommand;
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::serve::configuration;

pub(crate) fn run(command: &AuditCommand, output: &Output) -> Result<(), Failure> {
    argali_server::harden_process();
    let AuditCommand::Verify { place } = command;
    let config = configuration(place)?;
    let Data::Folder(folder) = Data::folder(&config)? else { return Ok(()) };
    match verify_trail(&folder)? {
        Verdict::Intact { records } => {
            let summary = format!("{records} records, chain intact");
            if output.wants_json() {
                output.note(&summary);
                return output.data(&json!({ "Intact": true, "Records": records }));
            }
            output.text(&format!("{summary}\n"))
        }
        Verdict::Damaged(damage) => {
            if output.wants_json() {
                output.data(&json!({
                    "Intact": false,
                    "File": damage.file.display().to_string(),
                    "Line": damage.line,
                    "Record": damage.record,
                    "Reason": damage.why,
                }))?;
            }
            Err(Failure::new(Exit::No, damage.to_string()))
        }
    }
}
