//! Invitations: what the owner of a role shows the administrator of an account that the role trusts.
//!
//! An invitation is a sealed text that the one side hands the other. It says that the role's side wants its policies
//! seen; everything else is read when the invitation is opened, so that nothing is offered that was taken back.
// SPEC: console, delegations, invite; rules that hold everywhere, two-sided privacy.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::account_name::alias_of;
use super::delegation::PolicyList;
use super::received_role::trusting_role;
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::{ApiError, ErrorCode};
use crate::identifier::{AccountId, RoleId};
use crate::name::{AccountAlias, Description, ExternalId, RoleName};
use crate::operation::{Access, Entry, Operation, ResourceName, Resources};
use crate::services::ram::role_life::{existing_role, role_resource};
use crate::time::Timestamp;

/// How invitations are made and opened.
pub const OPERATIONS: &[Entry] = &[Entry::of::<CreateInvitation>(), Entry::of::<GetInvitation>()];

/// How long an invitation can be opened, in seconds.
const VALID_S: i64 = 30 * 24 * 60 * 60;
/// The longest text that is looked at, in bytes; what is sealed is shorter.
const LONGEST: usize = 4_096;
/// What an invitation is sealed with besides its key.
const PLACE: &[u8] = b"invitation";

/// Invites an account that a role trusts to use it: who opens the invitation there sees what the role may do.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateInvitation {
    /// The role.
    pub role_name: RoleName,
    /// The account that is invited.
    pub account_id: AccountId,
    /// What both sides are to agree upon, if the trust policy asks for it.
    pub external_id: Option<ExternalId>,
}

/// An invitation.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewInvitation {
    invitation: String,
    expiration: Timestamp,
}

/// What an invitation says.
#[derive(Debug, Encode, Decode)]
struct Offer {
    /// The role's account.
    #[n(0)]
    account: AccountId,
    #[n(1)]
    role_id: RoleId,
    #[n(2)]
    role_name: RoleName,
    /// The account that is invited.
    #[n(3)]
    invited: AccountId,
    /// The ARN of whoever invites.
    #[n(4)]
    invited_by: String,
    #[n(5)]
    made_at: Timestamp,
    #[n(6)]
    external_id: Option<ExternalId>,
}

impl Operation for CreateInvitation {
    const NAME: &'static str = "CreateInvitation";
    const ACCESS: Access = Access::Read;
    type Response = NewInvitation;

    fn resources(&self, caller: &Caller) -> Resources {
        role_resource(caller.account(), &self.role_name).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<NewInvitation, ApiError> {
        let role = existing_role(cx, &self.role_name)?;
        if self.account_id == cx.account() || !role.names(self.account_id) {
            let message = format!(
                "The role `{}` does not trust account {}: change its trust policy first.",
                role.name, self.account_id
            );
            return Err(ApiError::invalid("AccountId", message));
        }
        let offer = Offer {
            account: cx.account(),
            role_id: role.id,
            role_name: role.name,
            invited: self.account_id,
            invited_by: cx.caller().arn(),
            made_at: cx.now(),
            external_id: self.external_id,
        };
        let expiration = offer.expiration();
        let plain = minicbor::to_vec(&offer).map_err(ApiError::internal)?;
        let sealed = cx.core().vault().marker_key().seal(cx.env(), PLACE, &plain);
        Ok(NewInvitation { invitation: URL_SAFE_NO_PAD.encode(sealed), expiration })
    }
}

impl Offer {
    fn expiration(&self) -> Timestamp {
        self.made_at.plus_seconds(VALID_S)
    }

    /// What a text says, if it is an invitation of the caller's account that has not run out.
    fn open(cx: &Context<'_>, text: &str) -> Option<Self> {
        let sealed = URL_SAFE_NO_PAD.decode(text).ok().filter(|_| text.len() <= LONGEST)?;
        let plain = cx.core().vault().marker_key().open(PLACE, &sealed)?;
        let offer: Self = minicbor::decode(&plain).ok()?;
        (offer.invited == cx.account() && cx.now() < offer.expiration()).then_some(offer)
    }
}

/// Opens an invitation.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetInvitation {
    /// The invitation, as it was made.
    pub invitation: String,
}

/// What is offered, and by whom.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct OpenedInvitation {
    account_id: AccountId,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_alias: Option<AccountAlias>,
    role_name: RoleName,
    arn: String,
    /// `Open`, or `Withdrawn` once the role is gone or does not trust the account any more.
    status: &'static str,
    /// The ARN of whoever invites.
    invited_by: String,
    create_date: Timestamp,
    expiration: Timestamp,
    #[serde(flatten)]
    role: Option<OfferedRole>,
}

/// What is shown of a role while it is offered.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct OfferedRole {
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<Description>,
    max_session_duration: u32,
    allow_console_login: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<ExternalId>,
    policies: PolicyList,
}

impl Operation for GetInvitation {
    const NAME: &'static str = "GetInvitation";
    const ACCESS: Access = Access::Read;
    type Response = OpenedInvitation;

    fn resources(&self, caller: &Caller) -> Resources {
        let own = caller.account();
        ResourceName::new(own, format!("acs:argali:*:{own}:received-role/*")).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OpenedInvitation, ApiError> {
        let offer = Offer::open(cx, &self.invitation).ok_or_else(|| {
            let message = "This is no invitation of your account, or it has run out: ask for a new one.";
            ApiError::new(ErrorCode::EntityNotExistInvitation, message)
        })?;
        cx.concerns(offer.account);
        let role =
            trusting_role(cx, offer.account, &offer.role_name)?.filter(|role| role.id == offer.role_id);
        let expiration = offer.expiration();
        Ok(OpenedInvitation {
            account_id: offer.account,
            account_alias: alias_of(cx, offer.account)?,
            arn: format!("acs:ram::{}:role/{}", offer.account, offer.role_name),
            role_name: offer.role_name,
            status: if role.is_some() { "Open" } else { "Withdrawn" },
            invited_by: offer.invited_by,
            create_date: offer.made_at,
            expiration,
            role: match role {
                None => None,
                Some(role) => Some(OfferedRole {
                    policies: PolicyList::of_role(cx, offer.account, &role)?,
                    description: role.description,
                    max_session_duration: role.max_session_duration_s,
                    allow_console_login: role.allow_console_login,
                    external_id: offer.external_id,
                }),
            },
        })
    }
}
