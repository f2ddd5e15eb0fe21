//! Identity providers that an account takes at their word, and how its users come in through one.

use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};

use super::account::Quota;
use super::entity::Entity;
use super::key::{AccountTable, Key};
use super::record::{Record, read, write};
use crate::federation::{
    ClientId, Fingerprint, IssuerUrl, ProviderDescription, ProviderName, SignatureAlgorithm,
};
use crate::identifier::{AccountId, ProviderId};
use crate::time::Timestamp;

/// An issuer of OpenID Connect tokens.
#[derive(Clone, Debug, Encode, Decode)]
pub struct OidcProvider {
    /// Its identifier, never used again: sessions name it, so a provider of the same name revives none.
    #[n(0)]
    pub id: ProviderId,
    /// Its name; it never changes.
    #[n(1)]
    pub name: ProviderName,
    /// Who issues the tokens; it never changes.
    #[n(2)]
    pub issuer: IssuerUrl,
    /// Whom tokens must be meant for: one of these.
    #[n(3)]
    pub client_ids: Vec<ClientId>,
    /// Certificates of which one must vouch for the issuer's keys; with none, any that the machine trusts.
    #[n(4)]
    pub fingerprints: Vec<Fingerprint>,
    /// How long ago a token may have been issued, in hours.
    #[n(5)]
    pub issuance_limit_h: u32,
    /// What it is for.
    #[n(6)]
    pub description: Option<ProviderDescription>,
    /// When it was made.
    #[n(7)]
    pub created_at: Timestamp,
    /// When it was changed last.
    #[n(8)]
    pub updated_at: Timestamp,
}

impl Record for OidcProvider {}

impl OidcProvider {
    /// `acs:ram::<account>:oidc-provider/<name>`
    pub fn arn(&self, account: AccountId) -> String {
        format!("acs:ram::{account}:oidc-provider/{}", self.name)
    }
}

impl Entity for OidcProvider {
    type Name = ProviderName;
    const TABLE: AccountTable = AccountTable::OidcProvider;
    const NAMES_BY_ID: AccountTable = AccountTable::OidcProviderById;
    const QUOTA: Quota = Quota::OidcProviders;

    fn id_number(&self) -> u64 {
        self.id.number()
    }

    fn name(&self) -> &ProviderName {
        &self.name
    }

    fn fold(name: &ProviderName) -> String {
        name.folded()
    }
}

/// An identity provider that speaks SAML 2.0.
#[derive(Clone, Debug, Encode, Decode)]
pub struct SamlProvider {
    /// Its identifier, never used again.
    #[n(0)]
    pub id: ProviderId,
    /// Its name; it never changes.
    #[n(1)]
    pub name: ProviderName,
    /// What it says of itself, as XML; checked when it was stored.
    #[n(2)]
    pub metadata: Option<String>,
    /// How requests to it are signed.
    #[n(3)]
    pub signature_algorithm: SignatureAlgorithm,
    /// What it is for.
    #[n(4)]
    pub description: Option<ProviderDescription>,
    /// When it was made.
    #[n(5)]
    pub created_at: Timestamp,
    /// When it was changed last.
    #[n(6)]
    pub updated_at: Timestamp,
}

impl Record for SamlProvider {}

impl SamlProvider {
    /// `acs:ram::<account>:saml-provider/<name>`
    pub fn arn(&self, account: AccountId) -> String {
        format!("acs:ram::{account}:saml-provider/{}", self.name)
    }
}

impl Entity for SamlProvider {
    type Name = ProviderName;
    const TABLE: AccountTable = AccountTable::SamlProvider;
    const NAMES_BY_ID: AccountTable = AccountTable::SamlProviderById;
    const QUOTA: Quota = Quota::SamlProviders;

    fn id_number(&self) -> u64 {
        self.id.number()
    }

    fn name(&self) -> &ProviderName {
        &self.name
    }

    fn fold(name: &ProviderName) -> String {
        name.folded()
    }
}

/// How the users of an account come in through an identity provider.
#[derive(Clone, Debug, Encode, Decode)]
pub struct UserSso {
    /// Whether they do.
    #[n(0)]
    pub enabled: bool,
    /// Whether the provider names users with their domain.
    #[n(1)]
    pub login_with_domain: bool,
    /// What the provider says of itself, as XML; checked when it was stored.
    #[n(2)]
    pub metadata: Option<String>,
    /// A domain that may stand for the account's own.
    #[n(3)]
    pub auxiliary_domain: Option<String>,
    /// How requests to the provider are signed.
    #[n(4)]
    pub signature_algorithm: SignatureAlgorithm,
}

impl Record for UserSso {}

impl Default for UserSso {
    fn default() -> Self {
        Self {
            enabled: false,
            login_with_domain: true,
            metadata: None,
            auxiliary_domain: None,
            signature_algorithm: SignatureAlgorithm::default(),
        }
    }
}

impl UserSso {
    /// The settings of an account; the defaults if none were made.
    pub fn of(tx: &dyn Transaction, account: AccountId) -> Result<Self, StoreError> {
        Ok(read(tx, &Key::account(account, AccountTable::UserSso))?.unwrap_or_default())
    }

    /// Makes these the settings of an account.
    pub fn save(&self, tx: &mut dyn Transaction, account: AccountId) {
        write(tx, &Key::account(account, AccountTable::UserSso), self);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::golden::{Counting, Still, check};
    use super::*;
    use crate::env::{Clock, Env};

    #[test]
    fn what_every_format_wrote_reads_as_the_same() {
        let env = Env::new(Arc::new(Still), Arc::new(Counting));
        let at = Still.now();
        let oidc = OidcProvider {
            id: ProviderId::generate(&env),
            name: "github".parse().unwrap(),
            issuer: "https://issuer.example".parse().unwrap(),
            client_ids: vec!["client-1".parse().unwrap()],
            fingerprints: vec!["ab12".parse().unwrap()],
            issuance_limit_h: 12,
            description: Some("builds".parse().unwrap()),
            created_at: at,
            updated_at: at,
        };
        check("OidcProvider", &oidc);
        let saml = SamlProvider {
            id: ProviderId::generate(&env),
            name: "corp".parse().unwrap(),
            metadata: Some("<a/>".to_owned()),
            signature_algorithm: SignatureAlgorithm::RsaSha256,
            description: None,
            created_at: at,
            updated_at: at,
        };
        check("SamlProvider", &saml);
        check("UserSso", &UserSso { auxiliary_domain: Some("a.example".to_owned()), ..UserSso::default() });
    }
}
