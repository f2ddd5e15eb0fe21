//! The default domain: what logon names end with. It is the account's alias, or number, with the suffix of all.

use serde::{Deserialize, Serialize};

use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::{ApiError, ErrorCode};
use crate::logon_name::default_domain;
use crate::operation::{Access, Entry, Operation, Resources};
use crate::services::ram::account_alias::take_alias;
use crate::services::ram::password_policy::settings_resource;

/// Everything that can be done to a default domain.
pub const OPERATIONS: &[Entry] = &[Entry::of::<GetDefaultDomain>(), Entry::of::<SetDefaultDomain>()];

/// A default domain.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DefaultDomain {
    default_domain_name: String,
}

/// Tells the default domain.
#[derive(Debug, Deserialize)]
pub struct GetDefaultDomain {}

impl Operation for GetDefaultDomain {
    const NAME: &'static str = "GetDefaultDomain";
    const ACCESS: Access = Access::Read;
    type Response = DefaultDomain;

    fn resources(&self, caller: &Caller) -> Resources {
        settings_resource(caller.account()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<DefaultDomain, ApiError> {
        let default_domain_name = default_domain(&cx.account_record()?, &cx.settings().domain_suffix);
        Ok(DefaultDomain { default_domain_name })
    }
}

/// Takes another default domain, and so another alias; one of the account's own number gives the alias up.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetDefaultDomain {
    /// The whole domain, such as `company-a.onaliyun.com`.
    pub default_domain_name: String,
}

impl Operation for SetDefaultDomain {
    const NAME: &'static str = "SetDefaultDomain";
    const ACCESS: Access = Access::Identity;
    const IS_SENSITIVE: bool = true;
    type Response = DefaultDomain;

    fn resources(&self, caller: &Caller) -> Resources {
        settings_resource(caller.account()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<DefaultDomain, ApiError> {
        let suffix = &cx.settings().domain_suffix;
        let label = self.default_domain_name.strip_suffix(suffix).and_then(|rest| rest.strip_suffix('.'));
        let unfit = |why: &str| ApiError::invalid("DefaultDomainName", format!("A default domain {why}."));
        let label = label.ok_or_else(|| unfit(&format!("ends with `.{suffix}`")))?;
        if label == cx.account().as_str() {
            let mut account = cx.account_record()?;
            account.set_alias(cx.tx_mut(), None);
        } else {
            let alias = label.parse().map_err(|wrong: argali_protocol::Invalid| {
                unfit(&format!("begins with an alias: {}", wrong.message))
            })?;
            take_alias(cx, alias, ErrorCode::EntityAlreadyExistsDefaultDomain)?;
        }
        Ok(DefaultDomain { default_domain_name: self.default_domain_name })
    }
}
