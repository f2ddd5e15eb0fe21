//! What can be typed: the commands, and the options that several of them have.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

mod call;
mod check;
mod operator;
mod server;

pub(crate) use call::{AssumeOptions, CallOptions, CanIOptions, Question, WhoCanOptions, WhyOptions};
pub(crate) use check::{KindOfDocument, LintOptions, PolicyCommand, ServicesCommand};
pub(crate) use operator::{AccountCommand, AdminCommand, AuditCommand, GateState, TokenKeyCommand};
pub(crate) use server::{BackupOptions, DevOptions, RestoreOptions, ServeOptions};

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
