//! `argali dev`: two enterprises ready to try.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use argali_server::operator::Command;
use argali_server::{Config, Data, Server, ServerOptions};
use serde_json::{Value, json};

use crate::account;
use crate::cli::DevOptions;
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::seed::{self, COMPANY_A, ROLE};
use crate::serve::{runtime, start_log, until_stopped};
use crate::story_clock::StoryClock;

/// Everybody's credentials, kept in the data folder so that they can be shown again.
const CREDENTIALS: &str = "dev-credentials.json";
/// How far behind the server's clock begins, in seconds: more than its machines need to start.
const HEAD_START_S: i64 = 30;

pub(crate) fn run(options: &DevOptions, output: &Output) -> Result<(), Failure> {
    let mut config = Config::load(None, std::env::vars())?;
    config.listen.http = options.http.unwrap_or(config.listen.http);
    start_log(&config)?;
    argali_server::harden_process();
    let data = options.data.clone().map_or(Data::Memory, Data::Folder);
    let runtime = runtime(config.server.workers)?;
    let clock = StoryClock::behind_by(HEAD_START_S);
    let server =
        runtime.block_on(Server::start(ServerOptions { config, data: data.clone(), env: clock.env() }))?;

    let accounts = account::done(runtime.block_on(server.operate(&Command::ListAccounts)))?;
    let is_new = accounts.get("Accounts").and_then(Value::as_array).is_none_or(Vec::is_empty);
    let credentials = if is_new {
        let credentials = Value::from(seed::two_enterprises(&runtime, &server, &clock)?);
        if let Data::Folder(folder) = &data {
            write_credentials(&folder.join(CREDENTIALS), &credentials)?;
        }
        credentials
    } else if let Data::Folder(folder) = &data {
        read_credentials(&folder.join(CREDENTIALS))?
    } else {
        Value::Null
    };
    clock.catch_up();
    if let Some(file) = &options.port_file {
        server.addresses().write_port_file(file).map_err(|error| {
            Failure::new(Exit::Usage, format!("cannot write the port file `{}`", file.display()))
                .because(error)
        })?;
    }
    let endpoint = format!("http://{}", server.addresses().http);
    output.data(&json!({ "Endpoint": endpoint, "Credentials": credentials }))?;
    greet(&endpoint, &data, output);
    runtime.block_on(until_stopped(server))
}

fn greet(endpoint: &str, data: &Data, output: &Output) {
    output.note(&format!(
        "Argali answers at {endpoint}. For trying only: whoever sees these keys can use them."
    ));
    output.note(&match data {
        Data::Memory => "Everything is in memory and gone when this ends; --data DIR keeps it.".to_owned(),
        Data::Folder(folder) => format!("Everything is kept in {}.", folder.display()),
    });
    let role = format!("{}/{ROLE}", COMPANY_A.id);
    let endpoint =
        if endpoint.ends_with(":2742") { String::new() } else { format!(" ARGALI_ENDPOINT={endpoint}") };
    output.note(&format!(
        "Work on company-a's instances as alice of company-b:\n  \
         export{endpoint} ALIBABA_CLOUD_ACCESS_KEY_ID=… ALIBABA_CLOUD_ACCESS_KEY_SECRET=…\n  \
         argali assume {role} -- argali call ecs DescribeInstances RegionId={}",
        seed::REGION
    ));
}

fn write_credentials(file: &Path, credentials: &Value) -> Result<(), Failure> {
    let write = || -> io::Result<()> {
        let mut writer = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
        writeln!(writer, "{credentials:#}")
    };
    write().map_err(|error| {
        Failure::new(Exit::Server, format!("cannot write `{}`", file.display())).because(error)
    })
}

fn read_credentials(file: &Path) -> Result<Value, Failure> {
    let advice = || {
        let message = format!(
            "`{}` is not there, so this data was not made by `argali dev`: use `argali serve`, or another folder",
            file.display()
        );
        Failure::new(Exit::Usage, message)
    };
    let text = fs::read_to_string(file).map_err(|error| advice().because(error))?;
    serde_json::from_str(&text).map_err(|error| advice().because(error))
}
