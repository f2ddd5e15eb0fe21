//! How users come in through an identity provider.

use serde_json::json;

use crate::expect::Calls;
use crate::shape::complete;
use crate::stage::federation::metadata;
use crate::world::tenant;

#[test]
fn nothing_is_set_at_first() {
    let a = tenant();
    let settings = a.must("Ims", "GetUserSsoSettings", &[]);
    let absent = ["UserSsoSettings.MetadataDocument", "UserSsoSettings.AuxiliaryDomain"];
    complete("Ims", "GetUserSsoSettings", &settings, &absent);
    assert_eq!(
        settings["UserSsoSettings"],
        json!({ "SsoEnabled": false, "SsoLoginWithDomain": true, "AuthnSignAlgo": "rsa-sha1" })
    );
}

#[test]
fn what_cannot_work_is_refused() {
    let a = tenant();
    let refused = |name: &str, value: &str, code: &str| {
        a.client.refused("Ims", "SetUserSsoSettings", &[(name, value)], code);
    };
    // Nobody could come in through a provider of which nothing is known.
    refused("SsoEnabled", "true", "InvalidParameter.MetadataDocument");
    refused("MetadataDocument", "PGEvPg==", "InvalidParameter.MetadataDocument");
    refused("SsoEnabled", "perhaps", "InvalidParameter.SsoEnabled");
    refused("AuthnSignAlgo", "none", "InvalidParameter.AuthnSignAlgo");
    for domain in
        ["example", "-a.example", "a..example", "a b.example", &format!("{}.example", "a".repeat(64))]
    {
        refused("AuxiliaryDomain", domain, "InvalidParameter.AuxiliaryDomain");
    }
}

#[test]
fn settings_are_shown_as_they_were_made() {
    let a = tenant();
    let document = metadata(1);
    let all = [
        ("MetadataDocument", document.as_str()),
        ("SsoEnabled", "true"),
        ("SsoLoginWithDomain", "false"),
        ("AuxiliaryDomain", "corp.example.com"),
        ("AuthnSignAlgo", "rsa-sha256"),
    ];
    complete("Ims", "SetUserSsoSettings", &a.must("Ims", "SetUserSsoSettings", &all), &[]);
    let shown = a.must("Ims", "GetUserSsoSettings", &[]);
    complete("Ims", "GetUserSsoSettings", &shown, &[]);
    assert_eq!(
        shown["UserSsoSettings"],
        json!({
            "MetadataDocument": document,
            "SsoEnabled": true,
            "SsoLoginWithDomain": false,
            "AuxiliaryDomain": "corp.example.com",
            "AuthnSignAlgo": "rsa-sha256",
        })
    );
    // Switched off, the rest is as it is unless told; what the provider said of itself stays.
    let off = a.must("Ims", "SetUserSsoSettings", &[("AuxiliaryDomain", "")]);
    assert_eq!(
        off["UserSsoSettings"],
        json!({
            "MetadataDocument": document,
            "SsoEnabled": false,
            "SsoLoginWithDomain": true,
            "AuthnSignAlgo": "rsa-sha1",
        })
    );
}
