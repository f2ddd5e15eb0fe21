//! SAML providers.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::expect::Calls;
use crate::shape::complete;
use crate::stage::federation::metadata;
use crate::world::tenant;

const NAME: (&str, &str) = ("SAMLProviderName", "corp");
const METADATA: &str = "EncodedSAMLMetadataDocument";

#[test]
fn a_name_is_taken_once_whatever_its_case() {
    let a = tenant();
    a.must("Ims", "CreateSAMLProvider", &[NAME]);
    let again = [("SAMLProviderName", "CORP")];
    a.client.refused("Ims", "CreateSAMLProvider", &again, "EntityAlreadyExists.SAMLProvider");
}

#[test]
fn a_provider_that_is_not_there_is_not_found() {
    let a = tenant();
    for action in ["GetSAMLProvider", "UpdateSAMLProvider", "DeleteSAMLProvider"] {
        a.client.refused("Ims", action, &[NAME], "EntityNotExist.SAMLProvider");
        a.client.refused("Ims", action, &[], "MissingSAMLProviderName");
    }
}

#[test]
fn metadata_describes_one_provider_with_one_or_two_certificates() {
    let a = tenant();
    let encoded = |document: &str| STANDARD.encode(document);
    let doctype = encoded("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>");
    for (document, says) in [
        ("not base64", "base64"),
        (&encoded("not XML"), "XML"),
        (&encoded("<a/>"), "EntityDescriptor"),
        (&doctype, "document type"),
        (&metadata(0), "certificates"),
        (&metadata(3), "certificates"),
        (&encoded(&"<a>".repeat(11)), "EntityDescriptor"),
    ] {
        let code = format!("InvalidParameter.{METADATA}");
        let failure = a.client.refused("Ims", "CreateSAMLProvider", &[NAME, (METADATA, document)], &code);
        assert!(failure.message.contains(says), "{says}: {}", failure.message);
    }
    a.must("Ims", "CreateSAMLProvider", &[NAME, (METADATA, &metadata(2))]);
    let change = [NAME, ("NewEncodedSAMLMetadataDocument", "PGEvPg==")];
    let code = "InvalidParameter.NewEncodedSAMLMetadataDocument";
    a.client.refused("Ims", "UpdateSAMLProvider", &change, code);
    let algorithm = [("SAMLProviderName", "b"), ("AuthnSignAlgo", "rsa-md5")];
    a.client.refused("Ims", "CreateSAMLProvider", &algorithm, "InvalidParameter.AuthnSignAlgo");
}

#[test]
fn a_provider_is_shown_as_it_was_made_and_changed() {
    let a = tenant();
    let made = a.must("Ims", "CreateSAMLProvider", &[NAME, (METADATA, &metadata(1)), ("Description", "us")]);
    complete("Ims", "CreateSAMLProvider", &made, &[]);
    assert_eq!(made["SAMLProvider"]["Arn"], format!("acs:ram::{}:saml-provider/corp", a.id));
    assert_eq!(made["SAMLProvider"]["AuthnSignAlgo"], "rsa-sha1");
    let shown = a.must("Ims", "GetSAMLProvider", &[NAME]);
    complete("Ims", "GetSAMLProvider", &shown, &[]);
    assert_eq!(shown["SAMLProvider"][METADATA], metadata(1));
    let change = [
        NAME,
        ("NewEncodedSAMLMetadataDocument", &metadata(2)),
        ("NewDescription", "all of us"),
        ("AuthnSignAlgo", "rsa-sha256"),
    ];
    let changed = a.must("Ims", "UpdateSAMLProvider", &change);
    complete("Ims", "UpdateSAMLProvider", &changed, &[]);
    assert_eq!(changed["SAMLProvider"]["AuthnSignAlgo"], "rsa-sha256");
    assert_eq!(a.must("Ims", "GetSAMLProvider", &[NAME])["SAMLProvider"][METADATA], metadata(2));
    let listed = a.must("Ims", "ListSAMLProviders", &[]);
    complete("Ims", "ListSAMLProviders", &listed, &["Marker"]);
    assert_eq!(listed["SAMLProviders"]["SAMLProvider"][0]["Description"], "all of us");
    complete("Ims", "DeleteSAMLProvider", &a.must("Ims", "DeleteSAMLProvider", &[NAME]), &[]);
    assert_eq!(a.must("Ims", "ListSAMLProviders", &[])["SAMLProviders"]["SAMLProvider"], json!([]));
}
