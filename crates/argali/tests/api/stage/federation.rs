//! Identity providers.

use std::sync::LazyLock;

use argali_testkit::{Issuer, trust};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::{Params, Stage, borrowed, fresh, text};

/// A hash of a certificate, in hexadecimal digits.
pub(crate) const FINGERPRINT: &str = "902ef2deeb3c5b13ea4c3d5193629309e231ae55";

/// The issuer of the provider that roles trust: servers must be able to reach it.
pub(crate) fn issuer() -> &'static Issuer {
    static ISSUER: LazyLock<Issuer> = LazyLock::new(Issuer::start);
    &ISSUER
}

/// What a SAML provider says of itself, in base64, with this many certificates.
pub(crate) fn metadata(certificates: usize) -> String {
    // A sequence of one number: whether it is more is nobody's business until an assertion is checked.
    let key = "<KeyDescriptor use=\"signing\"><KeyInfo xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><X509Data>\
               <X509Certificate>MAMCAQU=</X509Certificate></X509Data></KeyInfo></KeyDescriptor>";
    STANDARD.encode(format!(
        "<?xml version=\"1.0\"?><EntityDescriptor entityID=\"https://idp.example.com\" \
         xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\"><IDPSSODescriptor>{}</IDPSSODescriptor></EntityDescriptor>",
        key.repeat(certificates)
    ))
}

impl Stage<'_> {
    pub(super) fn identity_provider(&self, action: &str) -> Option<Params> {
        let client = ("ClientId", "client-1".to_owned());
        let fingerprint = ("Fingerprint", FINGERPRINT.to_owned());
        Some(match action {
            "CreateOIDCProvider" => {
                let name = fresh("issuer");
                let issuer = ("IssuerUrl", format!("https://{name}.example.com"));
                vec![("OIDCProviderName", name), issuer]
            }
            "GetOIDCProvider" | "UpdateOIDCProvider" | "DeleteOIDCProvider" => vec![self.oidc_provider()],
            "AddClientIdToOIDCProvider" | "RemoveClientIdFromOIDCProvider" => {
                vec![self.oidc_provider(), client]
            }
            "AddFingerprintToOIDCProvider" | "RemoveFingerprintFromOIDCProvider" => {
                vec![self.oidc_provider(), fingerprint]
            }
            "CreateSAMLProvider" => vec![("SAMLProviderName", fresh("saml"))],
            "GetSAMLProvider" | "UpdateSAMLProvider" | "DeleteSAMLProvider" => vec![self.saml_provider()],
            "SetUserSsoSettings" => {
                vec![("MetadataDocument", metadata(1)), ("SsoEnabled", "true".to_owned())]
            }
            "ListOIDCProviders" | "ListSAMLProviders" | "GetUserSsoSettings" => Vec::new(),
            _ => return None,
        })
    }

    /// A role that trusts a provider, and a token of the provider's issuer.
    pub(super) fn federated(&self) -> Params {
        let (name, client) = ("tests", "client-1");
        let params = vec![
            ("OIDCProviderName", name.to_owned()),
            ("IssuerUrl", issuer().url().to_owned()),
            ("ClientIds", client.to_owned()),
        ];
        if self.owner.client.call("Ims", "GetOIDCProvider", &borrowed(&params)[..1]).is_err() {
            self.call("Ims", "CreateOIDCProvider", params);
        }
        let provider = format!("acs:ram::{}:oidc-provider/{name}", self.owner.id);
        let mut document = trust(&[]);
        document["Statement"][0]["Principal"] = json!({ "Federated": [&provider] });
        let role = vec![("RoleName", fresh("role")), ("AssumeRolePolicyDocument", document.to_string())];
        let role = text(&self.call("Ram", "CreateRole", role)["Role"]["Arn"]);
        vec![
            ("RoleArn", role),
            ("OIDCProviderArn", provider),
            ("OIDCToken", issuer().token(self.server.clock(), "somebody", client).encode()),
            ("RoleSessionName", "session".to_owned()),
        ]
    }

    fn oidc_provider(&self) -> (&'static str, String) {
        let [name, issuer] = self.identity_provider("CreateOIDCProvider").unwrap().try_into().unwrap();
        self.call("Ims", "CreateOIDCProvider", vec![name.clone(), issuer]);
        name
    }

    fn saml_provider(&self) -> (&'static str, String) {
        let params = vec![("SAMLProviderName", fresh("saml"))];
        self.call("Ims", "CreateSAMLProvider", params.clone());
        params.into_iter().next().unwrap()
    }
}
