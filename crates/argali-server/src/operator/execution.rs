//! Carrying out an operator's commands on the data.

use std::sync::Arc;

use argali_core::error::ApiError;
use argali_core::hosted::{Catalog, Service};
use argali_core::identifier::AccountId;
use argali_core::model::{Account, AccountStatus};
use argali_core::operator::{Gate, NewAccount, OwnerDevice};
use argali_core::{Core, Succession};
use serde_json::{Value, json};

use super::command::{Command, GateState, Reply};
use crate::server::Running;

/// Who carries out commands.
#[derive(Clone, Debug)]
pub(crate) struct Operator {
    pub(super) core: Arc<Core>,
    /// The names of the declared services, which have gates.
    services: Arc<[String]>,
    /// The services that have a backend, each with where it lies.
    backends: Arc<[(String, String)]>,
    /// Where the console is opened, without its path, if that is known.
    console: Option<Arc<str>>,
}

impl Operator {
    pub(crate) fn new(core: Arc<Core>, catalog: &Catalog, console: Option<String>) -> Self {
        // A file that declares nothing but roles has nothing that a gate could close.
        let offering = catalog.services().filter(|service| !service.operations.is_empty());
        let services = offering.map(|service| service.name.clone()).collect();
        let backend =
            |service: &Service| Some((service.name.clone(), service.backend.as_ref()?.url.to_string()));
        let backends = catalog.services().filter_map(backend).collect();
        Self { core, services, backends, console: console.map(Arc::from) }
    }

    /// Carries out a command; what it did is on disk when it answers.
    pub(crate) fn execute<'a>(&'a self, command: &'a Command) -> Running<'a, Reply> {
        Box::pin(async move {
            match self.change(command).await {
                Ok(answer) => Reply::Done(answer),
                Err(error) => Reply::refused(&error),
            }
        })
    }

    /// Where the owner of an account logs on.
    fn logon_url(&self, account: AccountId) -> Option<String> {
        let console = self.console.as_deref()?;
        Some(format!("{console}/logon?form-of=owner&Owner={account}"))
    }

    async fn change(&self, command: &Command) -> Result<Value, ApiError> {
        match command {
            Command::CreateAccount { name, id, alias, email } => {
                self.create_account(name, [id, alias, email].map(Option::as_deref)).await
            }
            Command::RotateTokenKey { revoke_all } => {
                let succession = if *revoke_all { Succession::RevokeAll } else { Succession::Orderly };
                let core = Arc::clone(&self.core);
                // It waits for the disk.
                let rotated = tokio::task::spawn_blocking(move || core.rotate_token_key(succession)).await;
                let key = rotated.map_err(ApiError::internal)??;
                Ok(json!({ "TokenKeyId": key, "SessionsEnded": revoke_all }))
            }
            Command::ListAccounts => {
                let accounts: Vec<_> = self.core.accounts()?.iter().map(shown).collect();
                Ok(json!({ "Accounts": accounts }))
            }
            Command::ListBackends => {
                let shown = |(service, url): &(String, String)| {
                    let key = hex::encode(self.core.backend_key(service).expose());
                    json!({ "Service": service, "Url": url, "Key": key })
                };
                Ok(json!({ "Backends": self.backends.iter().map(shown).collect::<Vec<_>>() }))
            }
            Command::CloseAccount { account } => self.set_status(account, AccountStatus::Closed).await,
            Command::OpenAccount { account } => self.set_status(account, AccountStatus::Open).await,
            Command::ReplaceOwnerPassword { account, unbind_mfa } => {
                let (password, hash) = self.core.new_owner_password().await?;
                let device = OwnerDevice::unbound_if(*unbind_mfa);
                let (account, recorded) = self.core.replace_owner_password(account, &hash, device)?;
                recorded.await?;
                Ok(json!({
                    "AccountId": account.id,
                    "Alias": account.alias,
                    "OwnerPassword": password.expose(),
                }))
            }
            Command::SetGate { account, service, gate } => {
                if !self.services.contains(service) {
                    let known = self.services.join("`, `");
                    let message = format!("There is no service `{service}`; there are `{known}`.");
                    return Err(ApiError::invalid("Service", message));
                }
                let gate = match gate {
                    GateState::Open => Gate::Open,
                    GateState::Closed => Gate::Closed,
                };
                let (account, recorded) = self.core.set_gate(account, service, gate)?;
                recorded.await?;
                Ok(shown(&account))
            }
        }
    }

    async fn set_status(&self, account: &str, status: AccountStatus) -> Result<Value, ApiError> {
        let (account, recorded) = self.core.set_account_status(account, status)?;
        recorded.await?;
        Ok(shown(&account))
    }

    async fn create_account(
        &self,
        name: &str,
        [id, alias, email]: [Option<&str>; 3],
    ) -> Result<Value, ApiError> {
        let invalid = |parameter: &'static str, what: &'static str| {
            move |error: argali_protocol::Invalid| {
                ApiError::invalid(parameter, format!("The {what} cannot be used: {}.", error.message))
            }
        };
        let (password, hash) = self.core.new_owner_password().await?;
        let new = NewAccount {
            owner_password: Some(hash),
            name: name.to_owned(),
            id: id.map(str::parse).transpose().map_err(invalid("Id", "id"))?,
            alias: alias.map(str::parse).transpose().map_err(invalid("Alias", "alias"))?,
            owner_email: email.map(str::parse).transpose().map_err(invalid("Email", "e-mail address"))?,
        };
        let (created, recorded) = self.core.create_account(&new)?;
        recorded.await?;
        Ok(json!({
            "AccountId": created.account_id,
            "Alias": created.alias,
            "LogonUrl": self.logon_url(created.account_id),
            "OwnerPassword": password.expose(),
            "AccessKeyId": created.access_key_id,
            "AccessKeySecret": created.access_key_secret,
        }))
    }
}

fn shown(account: &Account) -> Value {
    let status = match account.status {
        AccountStatus::Open => "open",
        AccountStatus::Closed => "closed",
    };
    json!({
        "AccountId": account.id,
        "Alias": account.alias,
        "Name": account.name,
        "OwnerEmail": account.owner_email,
        "Status": status,
        "CreateDate": account.created_at,
        "OpenGates": account.open_gates,
    })
}
