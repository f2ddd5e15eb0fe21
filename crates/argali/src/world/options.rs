//! What can be said to `argali apply` and `argali export`.

use std::path::PathBuf;

use clap::Args;

use crate::cli::Connection;

#[derive(Debug, Args)]
#[command(
    after_help = "docs/worlds.md describes the file. What is as the file says is left alone, so that applying a file \
    again changes nothing."
)]
pub(crate) struct ApplyOptions {
    /// The file.
    pub(crate) file: PathBuf,
    /// Show what would be done, and do nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// The same, with exit code 1 if there is anything to do.
    #[arg(long)]
    pub(crate) check: bool,
    /// Delete what the file does not name. Your own user stays.
    #[arg(long)]
    pub(crate) prune: bool,
    /// Know the services that the files in this folder declare, besides the built-in ones.
    #[arg(long, value_name = "DIR")]
    pub(crate) services: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(Debug, Args)]
pub(crate) struct ExportOptions {
    /// Where to write it; standard output unless told.
    pub(crate) file: Option<PathBuf>,
    /// Write it in place of a file that is there.
    #[arg(long)]
    pub(crate) overwrite: bool,
    /// Know the services that the files in this folder declare, besides the built-in ones.
    #[arg(long, value_name = "DIR")]
    pub(crate) services: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) connection: Connection,
}
