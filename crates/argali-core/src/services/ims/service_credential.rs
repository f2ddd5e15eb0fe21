//! Service credentials: kept, shown and switched. No service here takes them yet.

use serde::{Deserialize, Serialize, Serializer};

use super::access_key::{owner, resources};
use super::user_key::Domain;
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::env::ALPHANUMERIC;
use crate::error::{ApiError, ErrorCode};
use crate::logon_name::LogonName;
use crate::model::{Entity, KeyOwner, NewServiceCredential, ServiceCredential, User};
use crate::name::{KeyStatus, ServiceCredentialName, ServiceName};
use crate::operation::{Access, Entry, Operation, Resources, SelfService};
use crate::operator::SECRET_LENGTH;
use crate::services::ram::access_key_life::on_own;
use crate::time::Timestamp;
use crate::vault::SecretText;

/// Everything that can be done to one.
pub const OPERATIONS: &[Entry] = &[
    Entry::of::<CreateServiceCredential>(),
    Entry::of::<GetServiceCredential>(),
    Entry::of::<UpdateServiceCredential>(),
    Entry::of::<DeleteServiceCredential>(),
];

const ID_LENGTH: usize = 20;
/// How many one user has at most for all services together: names of services are not known beforehand.
const MOST_OF_USER: usize = 100;
const DAY_S: i64 = 24 * 60 * 60;
/// For how many days one is good at most.
// SPEC: the IMS reference, CreateServiceCredential.
const MOST_DAYS: u32 = 36_600;

/// Whether a credential can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// As it was switched.
    Switched(KeyStatus),
    /// It is past its end, however it was switched.
    Expired,
}

impl Serialize for Standing {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Switched(status) => status.serialize(serializer),
            Self::Expired => serializer.serialize_str("Expired"),
        }
    }
}

/// A credential without its secret.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CredentialView {
    service_credential_id: String,
    service_credential_name: ServiceCredentialName,
    service_name: ServiceName,
    status: Standing,
    create_time: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiration_time: Option<Timestamp>,
    /// Absent where it is the account's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    user_principal_name: Option<LogonName>,
}

impl CredentialView {
    pub(super) fn of(
        cx: &Context<'_>,
        domain: &Domain<'_>,
        credential: ServiceCredential,
    ) -> Result<Self, ApiError> {
        let user = match credential.owner {
            KeyOwner::Account => None,
            KeyOwner::User(id) => User::find_by_id(cx.tx(), cx.account(), id.number())?,
        };
        let has_expired = credential.expires_at.is_some_and(|at| cx.now() >= at);
        Ok(Self {
            status: if has_expired { Standing::Expired } else { Standing::Switched(credential.status) },
            service_credential_id: credential.id,
            service_credential_name: credential.name,
            service_name: credential.service,
            create_time: credential.created_at,
            expiration_time: credential.expires_at,
            user_principal_name: user.map(|user| domain.logon_name(&user.name)),
        })
    }
}

/// Makes a credential. Its secret is in the answer and can never be read again.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateServiceCredential {
    /// Whose it is; the caller's own if it is left out.
    pub user_principal_name: Option<LogonName>,
    /// What it is called.
    pub service_credential_name: ServiceCredentialName,
    /// For which service.
    pub service_name: ServiceName,
    /// For how many days it is good: 1 to 36,600; for good if it is left out.
    pub credential_age_days: Option<u32>,
}

/// An answer with a new credential.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewCredential {
    service_credential: NewCredentialView,
}

/// A new credential, with the only sight of its secret.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct NewCredentialView {
    #[serde(flatten)]
    credential: CredentialView,
    #[serde(serialize_with = "crate::services::ram::access_key_life::shown_once")]
    service_credential_secret: SecretText,
}

impl Operation for CreateServiceCredential {
    const NAME: &'static str = "CreateServiceCredential";
    const ACCESS: Access = Access::Identity;
    const IS_SENSITIVE: bool = true;
    type Response = NewCredential;

    fn resources(&self, caller: &Caller) -> Resources {
        resources(caller, self.user_principal_name.as_ref())
    }

    fn on_oneself(&self, caller: &Caller) -> Option<SelfService> {
        own(caller, self.user_principal_name.as_ref())
    }

    fn run(self, cx: &mut Context<'_>) -> Result<NewCredential, ApiError> {
        let (account, owner) = (cx.account(), owner(cx, self.user_principal_name.as_ref())?);
        if self.credential_age_days.is_some_and(|days| !(1..=MOST_DAYS).contains(&days)) {
            let message = format!("A service credential is good for 1 to {MOST_DAYS} days.");
            return Err(ApiError::invalid("CredentialAgeDays", message));
        }
        let present = ServiceCredential::of_owner(cx.tx(), account, owner)?;
        let of_service: Vec<_> = present.iter().filter(|own| own.service == self.service_name).collect();
        require_free(of_service.iter().copied(), &self.service_credential_name)?;
        let most = cx.limits().service_credentials;
        if of_service.len() >= most || present.len() >= MOST_OF_USER {
            let message = format!(
                "There are {most} service credentials for this service already, or {MOST_OF_USER} for all: delete one first."
            );
            return Err(ApiError::new(ErrorCode::LimitExceededServiceCredential, message));
        }
        let data_key = cx.core().data_key(&cx.account_record()?)?;
        let secret = SecretText::new(cx.env().random_text(ALPHANUMERIC, SECRET_LENGTH));
        let new = NewServiceCredential {
            id: cx.env().random_text(ALPHANUMERIC, ID_LENGTH),
            owner,
            name: self.service_credential_name,
            service: self.service_name,
            expires_at: self.credential_age_days.map(|days| cx.now().plus_seconds(i64::from(days) * DAY_S)),
        };
        let mut credential = ServiceCredential::seal(cx.env(), &data_key, account, new, &secret);
        credential.created_at = cx.now();
        credential.save(cx.tx_mut(), account);
        cx.note("serviceCredentialId", credential.id.as_str());
        let credential = CredentialView::of(cx, &Domain::of(cx)?, credential)?;
        Ok(NewCredential {
            service_credential: NewCredentialView { credential, service_credential_secret: secret },
        })
    }
}

/// Shows a credential, without its secret.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetServiceCredential {
    /// Whose it is; the caller's own if it is left out.
    pub user_principal_name: Option<LogonName>,
    /// Which credential.
    pub service_credential_id: String,
}

/// An answer that holds one credential.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct OneCredential {
    service_credential: CredentialView,
}

impl Operation for GetServiceCredential {
    const NAME: &'static str = "GetServiceCredential";
    const ACCESS: Access = Access::Read;
    type Response = OneCredential;

    fn resources(&self, caller: &Caller) -> Resources {
        resources(caller, self.user_principal_name.as_ref())
    }

    fn on_oneself(&self, caller: &Caller) -> Option<SelfService> {
        own(caller, self.user_principal_name.as_ref())
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneCredential, ApiError> {
        let credential = existing(cx, self.user_principal_name.as_ref(), &self.service_credential_id)?;
        Ok(OneCredential { service_credential: CredentialView::of(cx, &Domain::of(cx)?, credential)? })
    }
}

/// Renames a credential, or switches it on or off.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateServiceCredential {
    /// Whose it is; the caller's own if it is left out.
    pub user_principal_name: Option<LogonName>,
    /// Which credential.
    pub service_credential_id: String,
    /// What it is to be called.
    pub service_credential_name: Option<ServiceCredentialName>,
    /// Whether it is to be on.
    pub status: Option<KeyStatus>,
}

impl Operation for UpdateServiceCredential {
    const NAME: &'static str = "UpdateServiceCredential";
    const ACCESS: Access = Access::Identity;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        resources(caller, self.user_principal_name.as_ref())
    }

    fn on_oneself(&self, caller: &Caller) -> Option<SelfService> {
        own(caller, self.user_principal_name.as_ref())
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let mut credential = existing(cx, self.user_principal_name.as_ref(), &self.service_credential_id)?;
        if self.service_credential_name.is_none() && self.status.is_none() {
            let message = "Say what to change: send Status or ServiceCredentialName.";
            return Err(ApiError::new(ErrorCode::Missing("Status".to_owned()), message));
        }
        let account = cx.account();
        if let Some(name) = self.service_credential_name {
            let present = ServiceCredential::of_owner(cx.tx(), account, credential.owner)?;
            let others =
                present.iter().filter(|own| own.service == credential.service && own.id != credential.id);
            require_free(others, &name)?;
            credential.name = name;
        }
        credential.status = self.status.unwrap_or(credential.status);
        credential.save(cx.tx_mut(), account);
        Ok(())
    }
}

/// Removes a credential.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteServiceCredential {
    /// Whose it is; the caller's own if it is left out.
    pub user_principal_name: Option<LogonName>,
    /// Which credential.
    pub service_credential_id: String,
}

impl Operation for DeleteServiceCredential {
    const NAME: &'static str = "DeleteServiceCredential";
    const ACCESS: Access = Access::Identity;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        resources(caller, self.user_principal_name.as_ref())
    }

    fn on_oneself(&self, caller: &Caller) -> Option<SelfService> {
        own(caller, self.user_principal_name.as_ref())
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let credential = existing(cx, self.user_principal_name.as_ref(), &self.service_credential_id)?;
        let account = cx.account();
        credential.delete(cx.tx_mut(), account);
        Ok(())
    }
}

/// Whether the credentials that are meant are the calling user's own.
pub(super) fn own(caller: &Caller, user: Option<&LogonName>) -> Option<SelfService> {
    on_own(caller, user.map(|name| &name.user), SelfService::ServiceCredentials)
}

/// The credential of this id if it is the user's. Those of others are as good as absent.
fn existing(cx: &Context<'_>, user: Option<&LogonName>, id: &str) -> Result<ServiceCredential, ApiError> {
    let owner = owner(cx, user)?;
    ServiceCredential::find(cx.tx(), cx.account(), owner, id)?.ok_or_else(|| {
        let message = "The service credential does not exist: check ServiceCredentialId, and whose it is.";
        ApiError::new(ErrorCode::EntityNotExistServiceCredential, message)
    })
}

/// Fails with `EntityAlreadyExists.ServiceCredential` if one of `others` has the name.
fn require_free<'a>(
    mut others: impl Iterator<Item = &'a ServiceCredential>,
    name: &ServiceCredentialName,
) -> Result<(), ApiError> {
    if !others.any(|other| other.name == *name) {
        return Ok(());
    }
    let message =
        format!("There is a service credential `{name}` for this service already: choose another name.");
    Err(ApiError::new(ErrorCode::EntityAlreadyExistsServiceCredential, message))
}
