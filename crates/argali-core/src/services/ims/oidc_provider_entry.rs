//! Client ids and fingerprints of OIDC providers, added and removed one by one.
//!
//! What is there already is added, and what is not there is removed, without complaint: whoever repeats a call, or
//! does it from two places, comes to the same.

use serde::Deserialize;

use super::oidc_provider::{OneOidcProvider, changed, oidc_provider_resource};
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::federation::{ClientId, Fingerprint, ProviderName};
use crate::model::OidcProvider;
use crate::operation::{Access, Entry, Operation, Resources};

/// Everything that can be done to the entries of an OIDC provider.
pub const OPERATIONS: &[Entry] = &[
    Entry::of::<AddClientId>(),
    Entry::of::<RemoveClientId>(),
    Entry::of::<AddFingerprint>(),
    Entry::of::<RemoveFingerprint>(),
];

/// Declares operations on one entry of a provider: their name, their parameter, and what they do with it.
macro_rules! entries {
    ($($(#[$doc:meta])* $operation:ident = $name:literal, $field:ident: $type:ty, $change:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Deserialize)]
        #[serde(rename_all = "PascalCase")]
        pub struct $operation {
            /// Which provider.
            #[serde(rename = "OIDCProviderName")]
            pub name: ProviderName,
            /// Which entry.
            pub $field: $type,
        }

        impl Operation for $operation {
            const NAME: &'static str = $name;
            const ACCESS: Access = Access::Identity;
            type Response = OneOidcProvider;

            fn resources(&self, caller: &Caller) -> Resources {
                oidc_provider_resource(caller.account(), &self.name).into()
            }

            fn run(self, cx: &mut Context<'_>) -> Result<OneOidcProvider, ApiError> {
                changed(cx, &self.name, |provider| $change(provider, self.$field))
            }
        }
    )*};
}

entries! {
    /// Lets tokens be meant for one more client.
    AddClientId = "AddClientIdToOIDCProvider", client_id: ClientId,
        |provider: &mut OidcProvider, client_id| {
            if !provider.client_ids.contains(&client_id) {
                provider.client_ids.push(client_id);
            }
        };
    /// Takes no more tokens that are meant for a client, and ends the sessions that began with such.
    RemoveClientId = "RemoveClientIdFromOIDCProvider", client_id: ClientId,
        |provider: &mut OidcProvider, client_id| provider.client_ids.retain(|known| *known != client_id);
    /// Lets one more certificate vouch for the issuer's keys.
    AddFingerprint = "AddFingerprintToOIDCProvider", fingerprint: Fingerprint,
        |provider: &mut OidcProvider, fingerprint: Fingerprint| {
            if !provider.fingerprints.iter().any(|known| known.is(fingerprint.as_str())) {
                provider.fingerprints.push(fingerprint);
            }
        };
    /// Takes no more keys that only this certificate vouches for.
    RemoveFingerprint = "RemoveFingerprintFromOIDCProvider", fingerprint: Fingerprint,
        |provider: &mut OidcProvider, fingerprint: Fingerprint| {
            provider.fingerprints.retain(|known| !known.is(fingerprint.as_str()));
        };
}
