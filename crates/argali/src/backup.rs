//! `argali backup`: all records in one file, through the running server or else directly.

use std::io::{self, Write};
use std::path::Path;

use argali_server::Data;
use argali_server::backup;
use serde_json::json;

use crate::cli::BackupOptions;
use crate::failure::Failure;
use crate::output::Output;
use crate::serve::configuration;

/// What stands for standard output.
const STANDARD: &str = "-";

pub(crate) fn run(options: &BackupOptions, output: &Output) -> Result<(), Failure> {
    argali_server::harden_process();
    let config = configuration(&options.place)?;
    let Data::Folder(folder) = Data::folder(&config)? else { return Ok(()) };
    let file = options.file.as_path();
    if is_standard(file) {
        let mut to = io::stdout().lock();
        let made = backup::make(&config, &folder, &mut to)?;
        to.flush().map_err(|error| backup::MakeError::Backup(backup::BackupError::Write(error)))?;
        output.note(&format!("{} records, {} bytes", made.rows, made.bytes));
        return Ok(());
    }
    let made = backup::make_file(&config, &folder, file)?;
    output.note(
        "The master key is not in it, nor are objects and records of calls: copy them, too, the key apart.",
    );
    output.data(&json!({
        "File": file.display().to_string(),
        "MadeAt": made.head.made_at(),
        "Records": made.rows,
        "Bytes": made.bytes,
        "NextCallRecord": made.head.next_record,
    }))
}

/// Whether one of the process's own streams is meant.
pub(crate) fn is_standard(file: &Path) -> bool {
    file.as_os_str() == STANDARD
}
