//! `argali dev`: two enterprises ready to try.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use argali_server::backup::BackupError;
use argali_server::operator::Command;
use argali_server::{Config, Data, Network, Server, ServerOptions};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::account;
use crate::cli::DevOptions;
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::seed::{self, COMPANY_A, Enterprise, ROLE};
use crate::serve::{runtime, start_log, until_stopped};
use crate::story_clock::StoryClock;

/// Everybody's credentials, kept in the data folder so that they can be shown again.
const CREDENTIALS: &str = "dev-credentials.json";
/// The world as it was made, kept there for operators to go back to.
const WORLD: &str = "dev-world.backup";
/// Where TLS is offered unless told.
const HTTPS_PORT: u16 = 2743;
/// What names the trusted authorities to Go and most others, to Python, to the classic Python SDK, and to Node.
const TRUSTING: [&str; 4] =
    ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "ALIBABA_CLOUD_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"];
/// How far behind the server's clock begins, in seconds: more than its machines need to start.
const HEAD_START_S: i64 = 30;

pub(crate) fn run(options: &DevOptions, output: &Output) -> Result<(), Failure> {
    let mut config = Config::load(None, std::env::vars())?;
    options.listening.put_into(&mut config);
    let listen = &mut config.listen;
    listen.https.0 = listen.https.0.or(Some(beside(listen.http)));
    let proxy = listen.proxy;
    if config.webhooks.allowed_addresses.is_empty() {
        // Whoever tries webhooks has a receiver on the same machine.
        config.webhooks.allowed_addresses = Network::LOOPBACK.to_vec();
    }
    start_log(&config)?;
    argali_server::harden_process();
    let data = options.data.clone().map_or(Data::Memory, Data::Folder);
    let operators = own_operators(options, &mut config);
    let runtime = runtime(config.server.worker_threads())?;
    let clock = StoryClock::behind_by(HEAD_START_S);
    let server =
        runtime.block_on(Server::start(ServerOptions { config, data: data.clone(), env: clock.env() }))?;

    let credentials = inhabit((&runtime, &server, &clock), options, operators)?;
    if let Some(file) = &options.listening.port_file {
        server.addresses().write_port_file(file).map_err(|error| {
            Failure::new(Exit::Usage, format!("cannot write the port file `{}`", file.display()))
                .because(error)
        })?;
    }
    let endpoint = format!("http://{}", server.addresses().http);
    let secure_endpoint = server.addresses().https.map(|https| format!("https://{https}"));
    let authority = Authority::of(&server, &data)?;
    let console = server.addresses().console().map(|origin| format!("{origin}/console"));
    let backends = account::done(runtime.block_on(server.operate(&Command::ListBackends)))?;
    output.data(&json!({
        "Endpoint": endpoint,
        "Console": console,
        "HttpsEndpoint": secure_endpoint,
        "OssEndpoint": server.addresses().oss.map(|oss| format!("http://{oss}")),
        "Authority": authority.as_ref().map(|authority| &authority.file),
        "Credentials": credentials,
        "Backends": backends.get("Backends"),
    }))?;
    greet(&endpoint, &data, output);
    if options.seed.is_none() {
        show_the_way(&endpoint, output);
    }
    if let Some(console) = &console {
        invite(console, &credentials, output);
    }
    if let (Some(secure_endpoint), Some(authority)) = (&secure_endpoint, &authority) {
        authority.introduce(secure_endpoint, proxy.then_some(&endpoint), output);
    }
    runtime.block_on(until_stopped(server))
}

/// The account that operators are of, if `dev` is told to make it and the configuration names no other.
fn own_operators(options: &DevOptions, config: &mut Config) -> Option<Enterprise> {
    let named = &mut config.identity.operator_account;
    if named.0.is_some() || !options.operator {
        return None;
    }
    *named = seed::OPERATORS.account();
    Some(seed::OPERATORS)
}

/// Makes what there is to be if nothing is there yet, and keeps it to go back to. Returns everybody's credentials.
fn inhabit(
    (runtime, server, clock): (&Runtime, &Server, &StoryClock),
    options: &DevOptions,
    operators: Option<Enterprise>,
) -> Result<Value, Failure> {
    let accounts = account::done(runtime.block_on(server.operate(&Command::ListAccounts)))?;
    let is_new = accounts.get("Accounts").and_then(Value::as_array).is_none_or(Vec::is_empty);
    let credentials = match (is_new, &options.data) {
        (true, _) => {
            let mut found = match &options.seed {
                Some(file) => {
                    seed::world(runtime, server, clock, file, options.listening.services.as_deref())?
                }
                None => seed::two_enterprises(runtime, server, clock)?,
            };
            if let Some(operators) = operators {
                found.push(seed::operators(runtime, server, clock, operators)?);
            }
            Value::from(found)
        }
        (false, Some(folder)) => read_credentials(&folder.join(CREDENTIALS))?,
        (false, None) => Value::Null,
    };
    clock.catch_up();
    match &options.data {
        Some(folder) if is_new => {
            write_private(&folder.join(CREDENTIALS), format!("{credentials:#}\n").as_bytes())?;
            write_private(&folder.join(WORLD), &server.sow().map_err(no_way_back)?)?;
        }
        Some(folder) => match fs::read(folder.join(WORLD)) {
            Ok(world) => server.keep_seed(&world).map_err(no_way_back)?,
            // An earlier version has made the data: there is no going back.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(no_way_back(BackupError::Read(error))),
        },
        None => server.sow().map(drop).map_err(no_way_back)?,
    }
    Ok(credentials)
}

fn no_way_back(error: BackupError) -> Failure {
    Failure::new(Exit::Server, "the world that was made cannot be kept to go back to").because(error)
}

/// Where TLS is offered if nothing is said about it.
fn beside(http: SocketAddr) -> SocketAddr {
    let port = if http.port() == 0 { 0 } else { HTTPS_PORT };
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}

/// The certificate that clients must trust, in a file.
struct Authority {
    file: PathBuf,
    /// Goes, with the file, when the server does.
    _folder: Option<TempDir>,
}

impl Authority {
    fn of(server: &Server, data: &Data) -> Result<Option<Self>, Failure> {
        let Some(certificate) = server.authority() else { return Ok(None) };
        let kept = match data {
            Data::Folder(folder) => Ok(Self { file: Server::authority_file(folder), _folder: None }),
            // Nobody else can write to such a folder, and so be trusted in place of Argali.
            Data::Memory => tempfile::Builder::new().prefix("argali-dev-").tempdir().and_then(|folder| {
                let file = folder.path().join("ca.pem");
                fs::write(&file, certificate)?;
                Ok(Self { file, _folder: Some(folder) })
            }),
        };
        kept.map(Some).map_err(|error| {
            Failure::new(Exit::Server, "there is no place for temporary files: set TMPDIR").because(error)
        })
    }

    fn introduce(&self, endpoint: &str, proxy: Option<&String>, output: &Output) {
        let file = self.file.display();
        let trusting = TRUSTING.map(|variable| format!("{variable}={file}")).join(" ");
        output.note(&format!(
            "With TLS it answers at {endpoint}. Clients that insist on https trust it after\n  export {trusting}"
        ));
        output.note(&match proxy {
            Some(proxy) => format!(
                "Those whose hosts are fixed reach it after\n  export HTTPS_PROXY={proxy} HTTP_PROXY={proxy}"
            ),
            None => "Those whose hosts are fixed can reach it as their proxy, if it is started with --proxy."
                .to_owned(),
        });
    }
}

fn greet(endpoint: &str, data: &Data, output: &Output) {
    output.note(&format!(
        "Argali answers at {endpoint}. For trying only: whoever sees these keys can use them."
    ));
    output.note(&match data {
        Data::Memory => "Everything is in memory and gone when this ends; --data DIR keeps it.".to_owned(),
        Data::Folder(folder) => format!("Everything is kept in {}.", folder.display()),
    });
}

/// What to try first with the two enterprises.
fn show_the_way(endpoint: &str, output: &Output) {
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

/// Says where the console is and who can log on.
fn invite(console: &str, credentials: &Value, output: &Output) {
    let text = |entry: &Value, name: &str| {
        entry.get(name).and_then(Value::as_str).map(str::to_owned).filter(|text| !text.is_empty())
    };
    let logons = credentials.as_array().into_iter().flatten().filter_map(|entry| {
        let identity = text(entry, "Identity").filter(|identity| identity == "(owner)");
        let whose = identity.and(text(entry, "Account")).map(|account| format!(" (owner of {account})"));
        Some(format!(
            "\n  {}{}  {}",
            text(entry, "LogonName")?,
            whose.unwrap_or_default(),
            text(entry, "Password")?
        ))
    });
    output.note(&format!("The console is at {console}. Log on with:{}", logons.collect::<String>()));
}

fn write_private(file: &Path, content: &[u8]) -> Result<(), Failure> {
    let write = || -> io::Result<()> {
        let mut writer = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
        writer.write_all(content)
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
