//! What can be typed.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::world::{ApplyOptions, ExportOptions};

/// Resource Access Management that you run yourself.
#[derive(Debug, Parser)]
#[command(
    version,
    about,
    max_term_width = 100,
    after_help = "Exit codes: 0 done, 1 the answer is no, 2 usage, \
    3 refused, 4 not found, 5 conflict, 6 credentials, 7 not reachable, 8 server error."
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// How data is written: a table on a terminal and JSON in a pipe unless told.
    #[arg(short, long, global = true, value_name = "FORM")]
    pub(crate) output: Option<Form>,
}

/// How data is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    Json,
    Table,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a server whose data lasts.
    Serve(ServeOptions),
    /// Run a server with two enterprises ready to try; in memory unless --data is given.
    Dev(DevOptions),
    /// Watch the story of delegation on a throw-away server, from grant to revocation.
    Demo,
    /// Make and look after accounts, as the operator.
    #[command(subcommand)]
    Account(AccountCommand),
    /// Look after the keys of an installation, as the operator.
    #[command(subcommand)]
    Admin(AdminCommand),
    /// Check the records of calls.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Write all accounts, identities and records of resources to a file, while the server runs or not.
    Backup(BackupOptions),
    /// Make the data of a server from such a file: every session of before is over.
    Restore(RestoreOptions),
    /// Call any operation, signed with your credentials.
    Call(CallOptions),
    /// Make your account so as a file says: users, groups, roles, policies, resources.
    Apply(ApplyOptions),
    /// Write what your account has as such a file, without secrets.
    Export(ExportOptions),
    /// Get credentials for a role, or run a command with them.
    Assume(AssumeOptions),
    /// Explain a call by its request id: what became of it, what decided, and what would help.
    Why(WhyOptions),
    /// Ask whether somebody may do something, and why.
    CanI(CanIOptions),
    /// List the identities of your account that may do something.
    WhoCan(WhoCanOptions),
    /// Test and look through policies, without a server.
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Check the files that declare services of your own, without a server.
    #[command(subcommand)]
    Services(ServicesCommand),
    /// Print what makes your shell complete `argali`.
    Completion {
        /// Which shell.
        shell: Shell,
    },
}

/// Where a server is configured and what is said on the command line instead.
#[derive(Debug, Args)]
pub(crate) struct ServeOptions {
    #[command(flatten)]
    pub(crate) place: Place,
    /// Where to listen; port 0 picks a free one.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) http: Option<SocketAddr>,
    /// Where to listen with TLS.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) https: Option<SocketAddr>,
    /// Where to listen for clients of object storage; 127.0.0.1:2744 unless told, and a free port where --http takes one.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) oss: Option<SocketAddr>,
    /// The certificate that is shown there, in PEM; without it one is made, good on this machine only.
    #[arg(long, value_name = "FILE", requires = "private_key")]
    pub(crate) certificate: Option<PathBuf>,
    /// The private key that belongs to the certificate, in PEM.
    #[arg(long, value_name = "FILE", requires = "certificate")]
    pub(crate) private_key: Option<PathBuf>,
    /// Answer in place of *.aliyuncs.com to tools that are told to use this server as HTTPS_PROXY.
    #[arg(long)]
    pub(crate) proxy: bool,
    /// Write the ports that were taken to this file, as JSON.
    #[arg(long, value_name = "FILE")]
    pub(crate) port_file: Option<PathBuf>,
    /// Offer the services that the files in this folder declare, besides the built-in ones.
    #[arg(long, value_name = "DIR")]
    pub(crate) services: Option<PathBuf>,
    /// Let other machines connect without TLS.
    #[arg(long)]
    pub(crate) allow_plaintext: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DevOptions {
    /// Make the accounts that this file says, as `apply` does, in place of the two enterprises; each user gets a key.
    #[arg(long, value_name = "FILE")]
    pub(crate) seed: Option<PathBuf>,
    /// Keep the data in this folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Where to listen; port 0 picks a free one.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) http: Option<SocketAddr>,
    /// Where to listen with TLS; 127.0.0.1:2743 unless told, and a free port where --http takes one.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) https: Option<SocketAddr>,
    /// Where to listen for clients of object storage; 127.0.0.1:2744 unless told, and a free port where --http takes one.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) oss: Option<SocketAddr>,
    /// Answer in place of *.aliyuncs.com to tools that are told to use this server as HTTPS_PROXY.
    #[arg(long)]
    pub(crate) proxy: bool,
    /// Write the ports that were taken to this file, as JSON.
    #[arg(long, value_name = "FILE")]
    pub(crate) port_file: Option<PathBuf>,
    /// Offer the services that the files in this folder declare, besides the built-in ones.
    #[arg(long, value_name = "DIR")]
    pub(crate) services: Option<PathBuf>,
    /// Make an account besides whose owner is the operator: it moves the clock on and puts everything back.
    #[arg(long)]
    pub(crate) operator: bool,
}

/// Which installation is meant.
#[derive(Debug, Args)]
pub(crate) struct Place {
    /// The configuration file.
    #[arg(long, value_name = "FILE", env = "ARGALI_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// The data folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AccountCommand {
    /// Make an account and print its AccessKey, which is shown only now.
    Create {
        /// What you call it; it becomes the alias too if it can be one.
        name: Option<String>,
        /// Its number: 5 to 20 digits. One is made if none is given.
        #[arg(long, value_name = "DIGITS")]
        id: Option<String>,
        /// Its second name: 3 to 50 lower-case letters, digits and `-`.
        #[arg(long)]
        alias: Option<String>,
        #[command(flatten)]
        place: Place,
    },
    /// List all accounts.
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Close an account: its credentials and roles stop working at once. Nothing is lost.
    Close {
        /// The account's number or alias.
        account: String,
        #[command(flatten)]
        place: Place,
    },
    /// Open an account again that was closed.
    Open {
        /// The account's number or alias.
        account: String,
        #[command(flatten)]
        place: Place,
    },
    /// Give the owner of an account another password, which is shown only now, and end the owner's console logons.
    Password {
        /// The account's number or alias.
        account: String,
        #[command(flatten)]
        place: Place,
    },
    /// Open or close a service of an account to other accounts.
    Gate {
        /// The account's number or alias.
        account: String,
        /// The service, such as `ecs`.
        service: String,
        /// Which of the two.
        state: GateState,
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum AdminCommand {
    /// The keys that seal security tokens.
    #[command(subcommand)]
    TokenKey(TokenKeyCommand),
    /// List the services with a backend of their own, each with the secret key that signs what it is sent.
    Backends {
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum TokenKeyCommand {
    /// Seal security tokens with a new key from now on. Sessions live on.
    Rotate {
        /// End every session of every account at once.
        #[arg(long)]
        revoke_all: bool,
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Debug, Args)]
#[command(
    after_help = "Objects, records of calls and the master key lie beside it in the data folder and are copied as \
    they are: see docs/operating.md."
)]
pub(crate) struct BackupOptions {
    /// The file, which must not be there yet; `-` for standard output.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, Args)]
#[command(
    after_help = "The master key of that time must be in the data folder as master.key, or in ARGALI_MASTER_KEY. \
    What was changed since the backup is listed if the records of calls are there: in the data folder, or with --audit."
)]
pub(crate) struct RestoreOptions {
    /// The file that `argali backup` wrote; `-` for standard input.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Where records of calls from before are, if not in the data folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) audit: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Tell whether every record is there as it was written, or which is the first that is not. A server may be
    /// running meanwhile.
    Verify {
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum GateState {
    Open,
    Closed,
}

/// Where to call and as whom.
#[derive(Debug, Args)]
pub(crate) struct Connection {
    /// Where the server is.
    #[arg(long, value_name = "URL", env = "ARGALI_ENDPOINT", default_value = "http://127.0.0.1:2742")]
    pub(crate) endpoint: String,
    /// Which profile of ~/.aliyun/config.json to sign with. Without it ALIBABA_CLOUD_ACCESS_KEY_ID and
    /// ALIBABA_CLOUD_ACCESS_KEY_SECRET come first.
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "Example: argali call ram CreateUser UserName=alice")]
pub(crate) struct CallOptions {
    /// The product, such as `ram`.
    pub(crate) product: String,
    /// The operation, such as `ListUsers`.
    pub(crate) action: String,
    /// Its parameters: Name=value, or Name=@FILE to send a file's content.
    #[arg(value_name = "NAME=VALUE")]
    pub(crate) params: Vec<String>,
    /// The API's version, for products that this program does not know.
    #[arg(long, value_name = "DATE")]
    pub(crate) api_version: Option<String>,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(Debug, Args)]
#[command(after_help = "Example: argali assume 11223344/ecs-admin -- argali call ecs DescribeRegions")]
pub(crate) struct AssumeOptions {
    /// The role: ACCOUNT/ROLE, or its ARN.
    pub(crate) role: String,
    /// What the session is called in records; your user name unless told.
    #[arg(long, value_name = "NAME")]
    pub(crate) session: Option<String>,
    /// How long the credentials last, in seconds.
    #[arg(long, value_name = "SECONDS")]
    pub(crate) duration: Option<u32>,
    #[command(flatten)]
    pub(crate) connection: Connection,
    /// A command to run with the credentials in its environment.
    #[arg(last = true, value_name = "COMMAND")]
    pub(crate) command: Vec<String>,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Everybody may ask about their own calls; about others' with argali:Why. Exit code 4 if there \
    is no such call on record in your account."
)]
pub(crate) struct WhyOptions {
    /// The request id, as the answer gave it.
    #[arg(value_name = "REQUEST-ID")]
    pub(crate) request_id: String,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example: argali can-i sts:AssumeRole acs:ram:*:11223344:role/ecs-admin --as alice\n\n\
    Exit code 0 if the answer is yes, 1 if it is no. To ask about another identity than your own you need \
    argali:TestAccess on it."
)]
pub(crate) struct CanIOptions {
    #[command(flatten)]
    pub(crate) question: Question,
    /// Whom to ask about in place of you: a user's name, role/NAME, role/NAME/SESSION, ACCOUNT/ROLE, or root.
    #[arg(long = "as", value_name = "WHO")]
    pub(crate) who: Option<String>,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(Debug, Args)]
#[command(after_help = "Example: argali who-can ecs:StopInstance acs:ecs:*:11223344:instance/i-1")]
pub(crate) struct WhoCanOptions {
    #[command(flatten)]
    pub(crate) question: Question,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// What is asked about, and under which circumstances.
#[derive(Debug, Args)]
pub(crate) struct Question {
    /// The action, such as `ecs:StopInstance`.
    pub(crate) action: String,
    /// The resource: its ARN, or `*`.
    pub(crate) resource: String,
    /// A condition key of the request; given again it has several values. What is not given is as in this call.
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) condition: Vec<String>,
    /// The resource group that the resource is in.
    #[arg(long, value_name = "ID")]
    pub(crate) resource_group: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Run policy cases: policies, a request, and the decision it must come to.
    #[command(
        after_help = "The form of the files is in docs/policies.md. Exit code 1 if a case comes out otherwise, \
        2 if a file cannot be understood."
    )]
    Test {
        /// Files of cases.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Find what is wrong in policy documents, and what is hardly meant.
    Lint(LintOptions),
}

#[derive(Debug, Subcommand)]
pub(crate) enum ServicesCommand {
    /// Tell what is wrong in service files, each mistake with its place and what was expected.
    #[command(
        after_help = "Exit code 1 if there are mistakes. Files that refer to one another are checked together."
    )]
    Check {
        /// Service files; docs/services.md describes them.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
}

#[derive(Debug, Args)]
#[command(after_help = "Exit code 1 if there are errors, or with --strict warnings.")]
pub(crate) struct LintOptions {
    /// JSON files, each a policy document.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// What they are for.
    #[arg(long, value_name = "KIND", default_value = "identity")]
    pub(crate) kind: KindOfDocument,
    /// Let warnings count as errors.
    #[arg(long)]
    pub(crate) strict: bool,
    /// The configuration file of the server that the documents are for.
    #[arg(long, value_name = "FILE", env = "ARGALI_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// Know the services that the files in this folder declare, besides the built-in ones.
    #[arg(long, value_name = "DIR")]
    pub(crate) services: Option<PathBuf>,
}

/// What a policy document is for.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum KindOfDocument {
    /// Attached to users, groups and roles.
    Identity,
    /// Says who may assume a role.
    Trust,
    /// Narrows a session.
    Session,
    /// Bounds the accounts of a resource directory.
    Control,
}
