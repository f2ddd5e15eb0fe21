//! Checking files, for which no server is needed.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

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
