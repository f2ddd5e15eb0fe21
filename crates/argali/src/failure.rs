//! What went wrong, for people as a sentence and for scripts as an exit code.

use std::error::Error;
use std::fmt;
use std::process::ExitCode;

use argali_protocol::ApiFailure;
use argali_server::backup::{BackupError, MakeError, RestoreError};
use argali_server::operator::OperatorError;
use argali_server::{ConfigError, DataError, ServicesError, StartError};

/// How the program ends. Scripts rely on the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// The answer is no: a step of the demo or a policy case did not come out as it must.
    No = 1,
    /// What was typed, configured or sent cannot be meant.
    Usage = 2,
    /// Access is refused.
    Refused = 3,
    /// There is no such thing.
    NotFound = 4,
    /// It exists already, or is still in use, or there are too many.
    Conflict = 5,
    /// Credentials are missing, wrong or no longer good.
    Credentials = 6,
    /// The server cannot be reached.
    NotReachable = 7,
    /// The server is at fault, or cannot go on.
    Server = 8,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command did not do what it was to do.
#[derive(Debug)]
pub(crate) struct Failure {
    exit: Exit,
    message: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl Failure {
    /// A failure in one sentence that says what to do next.
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into(), source: None }
    }

    /// A failure of which everything is said already.
    pub(crate) fn told(exit: Exit) -> Self {
        Self::new(exit, "")
    }

    /// Whether there is nothing left to say of it.
    pub(crate) fn is_told(&self) -> bool {
        self.message.is_empty()
    }

    /// The same with its cause, of which only the text is shown.
    pub(crate) fn because(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// How the program ends with it.
    pub(crate) fn exit(&self) -> Exit {
        self.exit
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        let mut cause = self.source.as_deref().map(|source| source as &dyn Error);
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

impl Error for Failure {}

/// How the program ends when a server refuses a call.
pub(crate) fn exit_of(code: &str, status: u16) -> Exit {
    const CREDENTIALS: [&str; 6] = [
        "InvalidAccessKeyId",
        "InvalidSecurityToken",
        "MissingSecurityToken",
        "MissingAccessKeyId",
        "SignatureDoesNotMatch",
        "InvalidTimeStamp",
    ];
    if code == ApiFailure::UNREADABLE {
        return Exit::NotReachable;
    }
    if CREDENTIALS.iter().any(|start| code.starts_with(start)) {
        return Exit::Credentials;
    }
    match status {
        403 => Exit::Refused,
        404 => Exit::NotFound,
        409 => Exit::Conflict,
        500.. => Exit::Server,
        _ if code.starts_with("Throttling") => Exit::Server,
        _ => Exit::Usage,
    }
}

impl From<ApiFailure> for Failure {
    fn from(failure: ApiFailure) -> Self {
        let mut message = match failure.code.as_str() {
            // What the server says is for those who write clients.
            "SignatureDoesNotMatch" => {
                format!("{}: the secret does not belong to the AccessKey: check it", failure.code)
            }
            code => format!("{code}: {}", failure.message),
        };
        if let Some(detail) = &failure.access_denied_detail {
            message.push_str(&format!(
                "\n  {} ({}) of {} for {}, decided by: {}",
                detail.no_permission_type,
                detail.auth_principal_display_name,
                detail.auth_principal_owner_id,
                detail.auth_action,
                detail.policy_type,
            ));
        }
        if let Some(id) = &failure.request_id {
            message.push_str(&format!("\n  request id: {id}"));
        }
        Self::new(exit_of(&failure.code, failure.status), message)
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::new(Exit::Usage, "the configuration cannot be used").because(error)
    }
}

impl From<DataError> for Failure {
    fn from(error: DataError) -> Self {
        let exit = match &error {
            DataError::Store(argali_server::StoreError::InUse(_)) => Exit::Conflict,
            DataError::Store(_) | DataError::Trail(_) => Exit::Server,
            _ => Exit::Usage,
        };
        Self::new(exit, "the data cannot be used").because(error)
    }
}

impl From<ServicesError> for Failure {
    fn from(error: ServicesError) -> Self {
        Self::new(Exit::Usage, format!("the service files cannot be used\n{error}"))
    }
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Data(error) => error.into(),
            StartError::Services(error) => error.into(),
            other => Self::new(Exit::Usage, "the server does not start").because(other),
        }
    }
}

impl From<OperatorError> for Failure {
    fn from(error: OperatorError) -> Self {
        match error {
            OperatorError::Data(error) => error.into(),
            OperatorError::Services(error) => error.into(),
            other => Self::new(Exit::NotReachable, "the operator's command was not answered").because(other),
        }
    }
}

impl From<MakeError> for Failure {
    fn from(error: MakeError) -> Self {
        match error {
            MakeError::Operator(error) => error.into(),
            MakeError::Exists(_) => Self::new(Exit::Conflict, error.to_string()),
            other => Self::new(Exit::Server, "the backup was not made").because(other),
        }
    }
}

impl From<RestoreError> for Failure {
    fn from(error: RestoreError) -> Self {
        let exit = match &error {
            RestoreError::HasData(_) | RestoreError::UnderWay(_) => Exit::Conflict,
            RestoreError::Data(_) | RestoreError::NoKey(_) => Exit::Usage,
            RestoreError::Backup(BackupError::Read(_) | BackupError::Store(_)) => Exit::Server,
            RestoreError::Backup(_) => Exit::Usage,
            RestoreError::Records { .. } => {
                return Self::new(Exit::Server, "the list is missing").because(error);
            }
            _ => Exit::Server,
        };
        Self::new(exit, "nothing was restored").because(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_has_its_exit_code() {
        for (code, status, exit) in [
            ("NoPermission", 403, Exit::Refused),
            ("Forbidden.RAM", 403, Exit::Refused),
            ("InvalidSecurityToken.Revoked", 403, Exit::Credentials),
            ("InvalidAccessKeyId.NotFound", 404, Exit::Credentials),
            ("SignatureDoesNotMatch", 400, Exit::Credentials),
            ("EntityNotExist.User", 404, Exit::NotFound),
            ("InvalidAction.NotFound", 404, Exit::NotFound),
            ("EntityAlreadyExists.User", 409, Exit::Conflict),
            ("InvalidParameter.UserName", 400, Exit::Usage),
            ("Throttling.User", 400, Exit::Server),
            ("ServiceUnavailable", 503, Exit::Server),
            (ApiFailure::UNREADABLE, 200, Exit::NotReachable),
        ] {
            assert_eq!(exit_of(code, status), exit, "{code}");
        }
    }

    #[test]
    fn causes_follow_the_sentence() {
        let inner = std::io::Error::other("no such file");
        let failure = Failure::new(Exit::Usage, "cannot read `a`").because(inner);
        assert_eq!(failure.to_string(), "cannot read `a`: no such file");
    }
}
