//! Registering a passkey: by whoever is logged on, for itself.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::passkey_challenge::{Asked, Descriptor, Purpose, TIMEOUT_MS, USER_VERIFICATION, relying_party};
use crate::caller::{Caller, Identity};
use crate::dispatch::Context;
use crate::error::{ApiError, ErrorCode};
use crate::identifier::PasskeyId;
use crate::logon_name::LogonName;
use crate::model::{Entity, KeyOwner, Passkey, SecurityPreference, User};
use crate::name::PasskeyName;
use crate::operation::{Access, Entry, Operation, Permission, Resources, SelfService};
use crate::passkey::{ALGORITHMS, Registration, Rejected};
use crate::services::ram::user_life::user_resource;
use crate::time::Timestamp;
use crate::vault::SecretText;

/// Both steps of it.
pub const OPERATIONS: &[Entry] = &[Entry::of::<BeginPasskeyRegistration>(), Entry::of::<RegisterPasskey>()];

/// Binding a passkey asks for what binding a device does.
const ACTION: Option<&str> = Some("ram:BindMFADevice");

/// Asks the authenticator of whoever is logged on for a new passkey.
#[derive(Debug, Deserialize)]
pub struct BeginPasskeyRegistration {}

/// An answer that asks for a new passkey.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PasskeyWish {
    public_key: CreationOptions,
}

/// What a browser's `navigator.credentials.create` takes, with bytes in base64url.
// SPEC: W3C Web Authentication, level 3, PublicKeyCredentialCreationOptionsJSON.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct CreationOptions {
    challenge: String,
    rp: Party,
    user: Holder,
    pub_key_cred_params: Vec<Algorithm>,
    timeout: u32,
    exclude_credentials: Vec<Descriptor>,
    authenticator_selection: Selection,
    attestation: &'static str,
}

#[derive(Debug, Serialize)]
struct Party {
    id: String,
    name: &'static str,
}

/// For whom it is: the number tells nothing, the names are for people.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Holder {
    id: String,
    name: String,
    display_name: String,
}

#[derive(Debug, Serialize)]
struct Algorithm {
    r#type: &'static str,
    alg: i64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Selection {
    resident_key: &'static str,
    user_verification: &'static str,
}

impl Operation for BeginPasskeyRegistration {
    const NAME: &'static str = "BeginPasskeyRegistration";
    const ACCESS: Access = Access::Read;
    const PERMISSION: Permission = Permission::OperationDecides;
    const ACTION: Option<&'static str> = ACTION;
    const IS_SENSITIVE: bool = true;
    type Response = PasskeyWish;

    fn resources(&self, _caller: &Caller) -> Resources {
        Resources::new()
    }

    fn on_oneself(&self, _caller: &Caller) -> Option<SelfService> {
        Some(SelfService::MfaDevices)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<PasskeyWish, ApiError> {
        let (user, asked) = who_registers(cx)?;
        let party = relying_party(cx)?;
        let known = require_room(cx, &user)?;
        let given_out = asked.challenge(cx)?;
        let name = LogonName::of(&user.name, &cx.account_record()?, &cx.settings().domain_suffix).to_string();
        let display_name = user.display_name.map_or_else(|| name.clone(), |name| name.to_string());
        Ok(PasskeyWish {
            public_key: CreationOptions {
                challenge: given_out.text,
                rp: Party { id: party.id().to_owned(), name: "Argali" },
                user: Holder { id: URL_SAFE_NO_PAD.encode(given_out.id), name, display_name },
                pub_key_cred_params: ALGORITHMS.map(|alg| Algorithm { r#type: "public-key", alg }).into(),
                timeout: TIMEOUT_MS,
                exclude_credentials: known
                    .iter()
                    .map(|passkey| Descriptor::of(&passkey.credential))
                    .collect(),
                authenticator_selection: Selection {
                    resident_key: "preferred",
                    user_verification: USER_VERIFICATION,
                },
                attestation: "none",
            },
        })
    }
}

/// Keeps the passkey that an authenticator has made.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RegisterPasskey {
    /// What it is called.
    pub passkey_name: PasskeyName,
    /// What the browser answered, as JSON.
    pub credential: SecretText,
}

/// An answer with a new passkey.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewPasskey {
    passkey: NewPasskeyView,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct NewPasskeyView {
    passkey_id: PasskeyId,
    passkey_name: PasskeyName,
    create_date: Timestamp,
}

impl Operation for RegisterPasskey {
    const NAME: &'static str = "RegisterPasskey";
    const ACCESS: Access = Access::Identity;
    const PERMISSION: Permission = Permission::OperationDecides;
    const ACTION: Option<&'static str> = ACTION;
    const IS_SENSITIVE: bool = true;
    type Response = NewPasskey;

    fn resources(&self, _caller: &Caller) -> Resources {
        Resources::new()
    }

    fn on_oneself(&self, _caller: &Caller) -> Option<SelfService> {
        Some(SelfService::MfaDevices)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<NewPasskey, ApiError> {
        let (user, asked) = who_registers(cx)?;
        let party = relying_party(cx)?;
        let known = require_room(cx, &user)?;
        let registration = Registration::parse(self.credential.expose()).map_err(not_registered)?;
        let challenge = registration.challenge().to_vec();
        let made = registration.verify(&party).map_err(not_registered)?;
        if known.iter().any(|passkey| passkey.credential == made.id) {
            let message = "This passkey is registered already: choose another authenticator.";
            return Err(ApiError::new(ErrorCode::EntityAlreadyExistsUserPasskey, message));
        }
        let handle = asked.meet(cx, &challenge)?.ok_or_else(|| not_registered(Rejected::Challenge))?;
        let passkey = Passkey {
            id: PasskeyId::generate(cx.env()),
            owner: KeyOwner::User(user.id),
            name: self.passkey_name,
            credential: made.id,
            key: made.key,
            counter: made.counter,
            handle,
            relying_party: party.id().to_owned(),
            created_at: cx.now(),
            last_used_at: None,
        };
        let account = cx.account();
        passkey.save(cx.tx_mut(), account);
        cx.note("passkeyId", passkey.id.to_string());
        let passkey = NewPasskeyView {
            passkey_id: passkey.id,
            passkey_name: passkey.name,
            create_date: passkey.created_at,
        };
        Ok(NewPasskey { passkey })
    }
}

/// The user that is logged on, if it may register a passkey, and for what it is asked.
fn who_registers(cx: &mut Context<'_>) -> Result<(User, Asked), ApiError> {
    let course = *cx.logon()?.session.id.as_bytes();
    let account = cx.account();
    let Identity::User { id, .. } = cx.caller().identity() else {
        let message =
            "Only a RAM user registers passkeys, for itself: an account's owner and a role have none.";
        return Err(ApiError::new(ErrorCode::NotSupportAccount, message));
    };
    let user = User::find_by_id(cx.tx(), account, id.number())?;
    let user = user.ok_or_else(|| ApiError::internal("the calling user has no record"))?;
    cx.authorize_on(user_resource(account, &user.name))?;
    if !SecurityPreference::of(cx.tx(), account)?.passkeys {
        let message = "Your account does not accept passkeys: ask an administrator to allow AllowUserToLoginWithPasskey.";
        return Err(ApiError::new(ErrorCode::NotSupportPasskey, message));
    }
    let owner = KeyOwner::User(user.id);
    Ok((user, Asked { purpose: Purpose::Registration, account, owner, course }))
}

/// The passkeys that a user has, or `LimitExceeded.User.Passkey` if those are as many as there may be.
fn require_room(cx: &Context<'_>, user: &User) -> Result<Vec<Passkey>, ApiError> {
    let known = Passkey::of_owner(cx.tx(), cx.account(), KeyOwner::User(user.id))?;
    let most = cx.limits().passkeys;
    if known.len() < most {
        return Ok(known);
    }
    let message = format!("There are {most} passkeys already, which is the limit: delete one first.");
    Err(ApiError::new(ErrorCode::LimitExceededUserPasskey, message))
}

fn not_registered(why: Rejected) -> ApiError {
    ApiError::invalid("Credential", format!("The passkey was not registered, since {why}: begin again."))
}
