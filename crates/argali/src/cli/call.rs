//! Calling a server with one's own credentials, and asking it about calls.

use clap::Args;

use super::Connection;

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
