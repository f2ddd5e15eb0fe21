//! What a caller reads when a call fails: one table of codes, and the error that carries one.

use std::borrow::Cow;
use std::fmt;

use argali_protocol::{AccessDeniedDetail, ParamError, ProtocolError, Reason};
use argali_store::StoreError;

use crate::audit::beginning;

/// Declares the table: a variant, its spelling on the wire, its HTTP status.
macro_rules! error_codes {
    ($($variant:ident = $wire:literal, $status:literal;)*) => {
        /// What went wrong, as clients tell failures apart. Spelling and HTTP status are the reference's.
        // SPEC: wire protocol, common error codes; the error tables of the RAM and STS reference.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum ErrorCode {
            $(#[doc = concat!("`", $wire, "`, HTTP ", stringify!($status))] $variant,)*
            /// `Missing<Parameter>`, HTTP 400.
            Missing(String),
            /// `InvalidParameter.<Parameter>[.<Reason>]`, HTTP 400.
            InvalidParameter(String),
            /// A code that the protocol or a declared service names, with its HTTP status.
            Declared(Cow<'static, str>, u16),
        }

        impl ErrorCode {
            /// Every code with a fixed spelling: the source of the error reference.
            pub const FIXED: &'static [(&'static str, u16)] = &[$(($wire, $status),)*];

            /// The spelling on the wire.
            pub fn wire(&self) -> Cow<'_, str> {
                match self {
                    $(Self::$variant => Cow::Borrowed($wire),)*
                    Self::Missing(parameter) => format!("Missing{parameter}").into(),
                    Self::InvalidParameter(rest) => format!("InvalidParameter.{rest}").into(),
                    Self::Declared(code, _) => Cow::Borrowed(code),
                }
            }

            /// The HTTP status.
            pub fn http_status(&self) -> u16 {
                match self {
                    $(Self::$variant => $status,)*
                    Self::Missing(_) | Self::InvalidParameter(_) => 400,
                    Self::Declared(_, status) => *status,
                }
            }
        }
    };
}

error_codes! {
    InternalError = "InternalError", 500;
    InvalidActionNotFound = "InvalidAction.NotFound", 404;
    InvalidVersion = "InvalidVersion", 400;
    MissingParameter = "MissingParameter", 400;
    ServiceTimeout = "ServiceTimeout", 504;
    ServiceUnavailable = "ServiceUnavailable", 503;
    Throttling = "Throttling", 400;
    ThrottlingUser = "Throttling.User", 400;

    InvalidAccessKeyIdInactive = "InvalidAccessKeyId.Inactive", 400;
    InvalidAccessKeyIdNotFound = "InvalidAccessKeyId.NotFound", 404;
    InvalidSecurityTokenExpired = "InvalidSecurityToken.Expired", 400;
    InvalidSecurityTokenMalformed = "InvalidSecurityToken.Malformed", 400;
    InvalidSecurityTokenMismatchWithAccessKey = "InvalidSecurityToken.MismatchWithAccessKey", 400;
    InvalidSecurityTokenRevoked = "InvalidSecurityToken.Revoked", 403;
    InvalidTimeStampExpired = "InvalidTimeStamp.Expired", 400;
    InvalidTimeStampFormat = "InvalidTimeStamp.Format", 400;
    MissingSecurityToken = "MissingSecurityToken", 400;
    SignatureDoesNotMatch = "SignatureDoesNotMatch", 400;
    SignatureNonceUsed = "SignatureNonceUsed", 400;

    LogonEnded = "Logon.Ended", 403;
    LogonFailed = "Logon.Failed", 403;
    LogonForbiddenAddress = "Logon.Forbidden.Address", 403;
    LogonForbiddenDisabled = "Logon.Forbidden.Disabled", 403;
    LogonForbiddenInitialPassword = "Logon.Forbidden.InitialPassword", 403;
    LogonForbiddenPasswordExpired = "Logon.Forbidden.PasswordExpired", 403;
    LogonForbiddenUnused = "Logon.Forbidden.Unused", 403;
    LogonLocked = "Logon.Locked", 403;
    LogonNotSwitched = "Logon.NotSwitched", 403;
    LogonRequired = "Logon.Required", 403;
    LogonVerificationRequired = "Logon.VerificationRequired", 403;
    CheckAuthenticationCodeFail = "CheckAuthenticationCodeFail", 403;
    OidcTokenExpired = "AuthenticationFail.OIDCToken.Expired", 400;
    OidcTokenInvalid = "AuthenticationFail.OIDCToken.Invalid", 400;

    ForbiddenRam = "Forbidden.RAM", 403;
    Inactive = "Inactive", 403;
    NoPermission = "NoPermission", 403;

    DeleteConflictGroupPolicy = "DeleteConflict.Group.Policy", 409;
    DeleteConflictGroupUser = "DeleteConflict.Group.User", 409;
    DeleteConflictPolicyGroup = "DeleteConflict.Policy.Group", 409;
    DeleteConflictPolicyRole = "DeleteConflict.Policy.Role", 409;
    DeleteConflictPolicyUser = "DeleteConflict.Policy.User", 409;
    DeleteConflictPolicyVersion = "DeleteConflict.Policy.Version", 409;
    DeleteConflictPolicyVersionDefault = "DeleteConflict.Policy.Version.Default", 409;
    DeleteConflictResourceGroupResource = "DeleteConflict.ResourceGroup.Resource", 409;
    DeleteConflictResourceGroupStatus = "DeleteConflict.ResourceGroup.Status", 409;
    DeleteConflictRolePolicy = "DeleteConflict.Role.Policy", 409;
    DeleteConflictUserAccessKey = "DeleteConflict.User.AccessKey", 409;
    DeleteConflictUserGroup = "DeleteConflict.User.Group", 409;
    DeleteConflictUserLoginProfile = "DeleteConflict.User.LoginProfile", 409;
    DeleteConflictUserMfaDevice = "DeleteConflict.User.MFADevice", 409;
    DeleteConflictUserPolicy = "DeleteConflict.User.Policy", 409;
    DeleteConflictVirtualMfaDeviceUser = "DeleteConflict.VirtualMFADevice.User", 409;
    EntityAlreadyExistsAccount = "EntityAlreadyExists.Account", 409;
    EntityAlreadyExistsAccountAlias = "EntityAlreadyExists.AccountAlias", 409;
    EntityAlreadyExistsApplication = "EntityAlreadyExists.Application", 409;
    EntityAlreadyExistsDefaultDomain = "EntityAlreadyExists.DefaultDomain", 409;
    EntityAlreadyExistsGroup = "EntityAlreadyExists.Group", 409;
    EntityAlreadyExistsGroupPolicy = "EntityAlreadyExists.Group.Policy", 409;
    EntityAlreadyExistsOidcProvider = "EntityAlreadyExists.OIDCProvider", 409;
    EntityAlreadyExistsOwnerEmail = "EntityAlreadyExists.OwnerEmail", 409;
    EntityAlreadyExistsPolicy = "EntityAlreadyExists.Policy", 409;
    EntityAlreadyExistsResourceGroup = "EntityAlreadyExists.ResourceGroup", 409;
    EntityAlreadyExistsRole = "EntityAlreadyExists.Role", 409;
    EntityAlreadyExistsRolePolicy = "EntityAlreadyExists.Role.Policy", 409;
    EntityAlreadyExistsSamlProvider = "EntityAlreadyExists.SAMLProvider", 409;
    EntityAlreadyExistsServiceCredential = "EntityAlreadyExists.ServiceCredential", 409;
    EntityAlreadyExistsUser = "EntityAlreadyExists.User", 409;
    EntityAlreadyExistsUserGroup = "EntityAlreadyExists.User.Group", 409;
    EntityAlreadyExistsUserLoginProfile = "EntityAlreadyExists.User.LoginProfile", 409;
    EntityAlreadyExistsUserMfaDevice = "EntityAlreadyExists.User.MFADevice", 409;
    EntityAlreadyExistsUserPasskey = "EntityAlreadyExists.User.Passkey", 409;
    EntityAlreadyExistsUserPolicy = "EntityAlreadyExists.User.Policy", 409;
    EntityAlreadyExistsVirtualMfaDevice = "EntityAlreadyExists.VirtualMFADevice", 409;
    EntityAlreadyExistsVirtualMfaDeviceUser = "EntityAlreadyExists.VirtualMFADevice.User", 409;
    EntityNotExistAccessKeyPolicy = "EntityNotExist.AccessKeyPolicy", 404;
    EntityNotExistAccount = "EntityNotExist.Account", 404;
    EntityNotExistAccountAlias = "EntityNotExist.AccountAlias", 404;
    EntityNotExistApplication = "EntityNotExist.Application", 404;
    EntityNotExistAppSecret = "EntityNotExist.AppSecret", 404;
    EntityNotExistCredentialReport = "EntityNotExist.CredentialReport", 404;
    EntityNotExistGovernanceReport = "EntityNotExist.GovernanceReport", 404;
    EntityNotExistDeletionTask = "EntityNotExist.DeletionTask", 404;
    EntityNotExistFinding = "EntityNotExist.Finding", 404;
    EntityNotExistGroup = "EntityNotExist.Group", 404;
    EntityNotExistGroupPolicy = "EntityNotExist.Group.Policy", 404;
    EntityNotExistInvitation = "EntityNotExist.Invitation", 404;
    EntityNotExistOidcProvider = "EntityNotExist.OIDCProvider", 404;
    EntityNotExistPolicy = "EntityNotExist.Policy", 404;
    EntityNotExistPolicyVersion = "EntityNotExist.Policy.Version", 404;
    EntityNotExistRequest = "EntityNotExist.Request", 404;
    EntityNotExistRole = "EntityNotExist.Role", 404;
    EntityNotExistRolePolicy = "EntityNotExist.Role.Policy", 404;
    EntityNotExistSession = "EntityNotExist.Session", 404;
    EntityNotExistSamlProvider = "EntityNotExist.SAMLProvider", 404;
    EntityNotExistServiceCredential = "EntityNotExist.ServiceCredential", 404;
    EntityNotExistUser = "EntityNotExist.User", 404;
    EntityNotExistUserAccessKey = "EntityNotExist.User.AccessKey", 404;
    EntityNotExistUserGroup = "EntityNotExist.User.Group", 404;
    EntityNotExistUserLoginProfile = "EntityNotExist.User.LoginProfile", 404;
    EntityNotExistUserMfaDevice = "EntityNotExist.User.MFADevice", 404;
    EntityNotExistUserPasskey = "EntityNotExist.User.Passkey", 404;
    EntityNotExistUserPolicy = "EntityNotExist.User.Policy", 404;
    EntityNotExistUserVerificationInfo = "EntityNotExist.User.VerificationInfo", 404;
    EntityNotExistVirtualMfaDevice = "EntityNotExist.VirtualMFADevice", 404;
    EntityNotExistWebhook = "EntityNotExist.Webhook", 404;
    EntityNotExistsAssociatedTransferRule = "EntityNotExists.AssociatedTransferRule", 404;
    EntityNotExistsAutoGroupingRule = "EntityNotExists.AutoGroupingRule", 404;
    EntityNotExistsResourceGroup = "EntityNotExists.ResourceGroup", 404;
    LimitExceededApplication = "LimitExceeded.Application", 409;
    LimitExceededAppSecret = "LimitExceeded.AppSecret", 409;
    LimitExceededAutoGroupingRule = "LimitExceeded.AutoGroupingRule", 409;
    LimitExceededFavouriteRole = "LimitExceeded.FavouriteRole", 409;
    LimitExceededGroup = "LimitExceeded.Group", 409;
    LimitExceededGroupPolicy = "LimitExceeded.Group.Policy", 409;
    LimitExceededOidcProvider = "LimitExceeded.OIDCProvider", 409;
    LimitExceededOidcProviderClientId = "LimitExceeded.OIDCProvider.ClientId", 409;
    LimitExceededOidcProviderFingerprint = "LimitExceeded.OIDCProvider.Fingerprint", 409;
    LimitExceededPolicy = "LimitExceeded.Policy", 409;
    LimitExceededPolicyVersion = "LimitExceeded.Policy.Version", 409;
    LimitExceededResourceGroup = "LimitExceeded.ResourceGroup", 409;
    LimitExceededRole = "LimitExceeded.Role", 409;
    LimitExceededRolePolicy = "LimitExceeded.Role.Policy", 409;
    LimitExceededSamlProvider = "LimitExceeded.SAMLProvider", 409;
    LimitExceededServiceCredential = "LimitExceeded.ServiceCredential", 409;
    LimitExceededUser = "LimitExceeded.User", 409;
    LimitExceededUserAccessKey = "LimitExceeded.User.AccessKey", 409;
    LimitExceededUserGroup = "LimitExceeded.User.Group", 409;
    LimitExceededUserPasskey = "LimitExceeded.User.Passkey", 409;
    LimitExceededUserPolicy = "LimitExceeded.User.Policy", 409;
    LimitExceededVirtualMfaDevice = "LimitExceeded.VirtualMFADevice", 409;
    LimitExceededWebhook = "LimitExceeded.Webhook", 409;
    MalformedPolicyDocument = "MalformedPolicyDocument", 400;
    UnsupportedTransferRuleSetting = "UnsupportedOperation.UpdateAssociatedTransferRuleSetting", 400;
    UnsupportedResourceType = "UnsupportedResourceType", 400;
    NotSupportAccount = "NotSupport.Account", 400;
    NotSupportPasskey = "NotSupport.Passkey", 400;
    NotSupportServer = "NotSupport.Server", 400;
    NotSupportServiceLinkedRole = "NotSupport.ServiceLinkedRole", 400;
}

/// The longest message, in bytes.
const LONGEST_MESSAGE: usize = 4_096;
/// The longest that repeats what was signed, which clients compare with what they signed, in bytes.
const LONGEST_STRING_TO_SIGN: usize = 65_536;

/// A call that failed: what the caller may read, and the cause that only the log sees.
#[derive(Debug)]
pub struct ApiError {
    code: ErrorCode,
    message: Cow<'static, str>,
    detail: Option<Box<AccessDeniedDetail>>,
    gate: Option<Box<str>>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
    keeps_changes: bool,
}

impl ApiError {
    /// A failure that the caller reads as `code` and `message`: one sentence that says what to do next.
    ///
    /// Some repeat what the caller sent: a message that is too long is cut.
    pub fn new(code: ErrorCode, message: impl Into<Cow<'static, str>>) -> Self {
        let most = match code {
            ErrorCode::SignatureDoesNotMatch => LONGEST_STRING_TO_SIGN,
            _ => LONGEST_MESSAGE,
        };
        let message = bounded(message.into(), most);
        Self { code, message, detail: None, gate: None, source: None, keeps_changes: false }
    }

    /// A fault of ours. The caller reads nothing but that; the log has `source`.
    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        let message =
            "The request could not be processed because of a fault in the server; report the request id.";
        Self { source: Some(source.into()), ..Self::new(ErrorCode::InternalError, message) }
    }

    /// A parameter whose value cannot be accepted, named so that the code tells which.
    pub fn invalid(parameter: &str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorCode::InvalidParameter(parameter.to_owned()), message)
    }

    /// The same failure with the reason of a refusal attached.
    #[must_use]
    pub fn with_detail(mut self, detail: AccessDeniedDetail) -> Self {
        self.detail = Some(Box::new(detail));
        self
    }

    /// The same failure as a refusal at the gate of a service that is closed to identities of other accounts.
    #[must_use]
    pub(crate) fn at_gate(mut self, service: &str) -> Self {
        self.gate = Some(service.into());
        self
    }

    /// The service at whose gate it failed, if it is closed to identities of other accounts.
    pub(crate) fn gate(&self) -> Option<&str> {
        self.gate.as_deref()
    }

    /// The same failure of an operation whose changes are kept even so: what a wrong password leaves behind.
    #[must_use]
    pub(crate) fn keeping_changes(mut self) -> Self {
        self.keeps_changes = true;
        self
    }

    pub(crate) fn keeps_changes(&self) -> bool {
        self.keeps_changes
    }

    /// What went wrong.
    pub fn code(&self) -> &ErrorCode {
        &self.code
    }

    /// What the caller is told.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Why access was refused, if that is what happened.
    pub fn detail(&self) -> Option<&AccessDeniedDetail> {
        self.detail.as_deref()
    }
}

fn bounded(message: Cow<'static, str>, most: usize) -> Cow<'static, str> {
    if message.len() <= most { message } else { format!("{}….", beginning(&message, most)).into() }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.wire(), self.message)
    }
}

impl std::error::Error for ApiError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

impl From<ParamError> for ApiError {
    // SPEC: wire protocol, common error codes, the forms of messages.
    fn from(error: ParamError) -> Self {
        let ParamError { parameter, reason, message } = error;
        if reason == Reason::Missing {
            let message = format!("{parameter} is mandatory for this action.");
            return Self::new(ErrorCode::Missing(parameter), message);
        }
        let message = format!("The specified parameter {parameter} is not valid: {message}.");
        let code = match reason {
            Reason::Missing | Reason::Value => parameter,
            Reason::Length | Reason::InvalidChars | Reason::Format => {
                format!("{parameter}.{}", reason.as_str())
            }
        };
        Self::new(ErrorCode::InvalidParameter(code), message)
    }
}

impl From<ProtocolError> for ApiError {
    fn from(error: ProtocolError) -> Self {
        Self::new(ErrorCode::Declared(error.code(), error.http_status()), error.message())
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Damaged { .. } => Self::internal(error),
            other => Self {
                source: Some(other.into()),
                ..Self::new(
                    ErrorCode::ServiceUnavailable,
                    "The change could not be stored and nothing was changed; try again in a moment.",
                )
            },
        }
    }
}
