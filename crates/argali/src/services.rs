//! `argali services`: service files of one's own, looked through without a server.

use std::fs;
use std::path::PathBuf;

use argali_server::{Mistake, ServiceSummary, check_services};
use serde_json::{Value, json};

use crate::cli::ServicesCommand;
use crate::failure::{Exit, Failure};
use crate::output::{Output, shown};

pub(crate) fn run(command: &ServicesCommand, output: &Output) -> Result<(), Failure> {
    let ServicesCommand::Check { files } = command;
    match check_services(&read(files)?) {
        Ok(services) => {
            let listed: Vec<Value> = services.iter().map(summary).collect();
            if output.wants_json() {
                return output.data(&json!({ "Services": listed, "Mistakes": [] }));
            }
            let lines = services.iter().map(|service| shown(&said(service)) + "\n");
            output.text(&lines.collect::<String>())
        }
        Err(mistakes) => {
            if output.wants_json() {
                let listed: Vec<Value> = mistakes.iter().map(mistake).collect();
                output.data(&json!({ "Services": [], "Mistakes": listed }))?;
            } else {
                let lines = mistakes.iter().map(|mistake| shown(&mistake.to_string()) + "\n");
                output.text(&lines.collect::<String>())?;
            }
            Err(Failure::told(Exit::No))
        }
    }
}

fn read(files: &[PathBuf]) -> Result<Vec<(String, String)>, Failure> {
    let read = |file: &PathBuf| {
        let name = file.display().to_string();
        match fs::read_to_string(file) {
            Ok(text) => Ok((name, text)),
            Err(error) => Err(Failure::new(Exit::Usage, format!("cannot read `{name}`")).because(error)),
        }
    };
    files.iter().map(read).collect()
}

fn said(service: &ServiceSummary) -> String {
    let ServiceSummary { file, service, product, version, types, operations } = service;
    format!(
        "{file}: `{service}` is right: {product} {version}, resource types: {types}, operations: {operations}"
    )
}

fn summary(service: &ServiceSummary) -> Value {
    json!({
        "File": service.file,
        "Service": service.service,
        "Product": service.product,
        "Version": service.version,
        "ResourceTypes": service.types,
        "Operations": service.operations,
    })
}

fn mistake(mistake: &Mistake) -> Value {
    json!({
        "File": mistake.file,
        "Line": mistake.at.line,
        "Column": mistake.at.column,
        "Message": mistake.message,
    })
}
