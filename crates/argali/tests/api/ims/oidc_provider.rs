//! OIDC providers.

use argali_testkit::TestServer;
use serde_json::{Value, json};

use crate::expect::Calls;
use crate::shape::complete;
use crate::stage::federation::FINGERPRINT;
use crate::stage::text;
use crate::world::{tenant, tenant_on};

const NAME: (&str, &str) = ("OIDCProviderName", "github");
const ISSUER: (&str, &str) = ("IssuerUrl", "https://token.actions.example.com");

#[test]
fn a_name_and_an_issuer_are_taken_once() {
    let a = tenant();
    a.must("Ims", "CreateOIDCProvider", &[NAME, ISSUER]);
    let taken = "EntityAlreadyExists.OIDCProvider";
    let other_issuer = ("IssuerUrl", "https://other.example.com");
    a.client.refused("Ims", "CreateOIDCProvider", &[("OIDCProviderName", "GitHub"), other_issuer], taken);
    a.client.refused("Ims", "CreateOIDCProvider", &[("OIDCProviderName", "other"), ISSUER], taken);
    a.must("Ims", "DeleteOIDCProvider", &[NAME]);
    a.must("Ims", "CreateOIDCProvider", &[("OIDCProviderName", "other"), ISSUER]);
    tenant().must("Ims", "CreateOIDCProvider", &[NAME, ISSUER]);
}

#[test]
fn a_provider_that_is_not_there_is_not_found() {
    let (a, b) = (tenant(), tenant());
    b.must("Ims", "CreateOIDCProvider", &[NAME, ISSUER]);
    for (action, more) in [
        ("GetOIDCProvider", None),
        ("UpdateOIDCProvider", None),
        ("DeleteOIDCProvider", None),
        ("AddClientIdToOIDCProvider", Some(("ClientId", "a"))),
        ("RemoveClientIdFromOIDCProvider", Some(("ClientId", "a"))),
        ("AddFingerprintToOIDCProvider", Some(("Fingerprint", FINGERPRINT))),
        ("RemoveFingerprintFromOIDCProvider", Some(("Fingerprint", FINGERPRINT))),
    ] {
        let params: Vec<_> = [Some(NAME), more].into_iter().flatten().collect();
        a.client.refused("Ims", action, &params, "EntityNotExist.OIDCProvider");
        a.client.refused("Ims", action, &params[1..], "MissingOIDCProviderName");
    }
}

#[test]
fn what_can_be_no_provider_is_refused() {
    let a = tenant();
    a.client.refused("Ims", "CreateOIDCProvider", &[NAME], "MissingIssuerUrl");
    let refused = |name: &str, value: &str, code: &str| {
        let mut params = vec![NAME, ISSUER];
        params.retain(|(other, _)| *other != name);
        params.push((name, value));
        a.client.refused("Ims", "CreateOIDCProvider", &params, code);
    };
    for (value, reason) in [("-a", "InvalidChars"), ("a b", "InvalidChars"), (&"a".repeat(129), "Length")] {
        refused("OIDCProviderName", value, &format!("InvalidParameter.OIDCProviderName.{reason}"));
    }
    for value in [
        "http://example.com",
        "https://example.com?a=b",
        "https://user@example.com",
        "https://example.com/#a",
        "https://",
        "example.com",
    ] {
        refused("IssuerUrl", value, "InvalidParameter.IssuerUrl");
    }
    let long = format!("https://example.com/{}", "a".repeat(240));
    refused("IssuerUrl", &long, "InvalidParameter.IssuerUrl.Length");
    refused("ClientIds", "a,/b", "InvalidParameter.ClientIds.InvalidChars");
    refused("ClientIds", &"a".repeat(129), "InvalidParameter.ClientIds.Length");
    refused("Fingerprints", "ab:cd", "InvalidParameter.Fingerprints.InvalidChars");
    for hours in ["0", "169", "-1", "12.5"] {
        refused("IssuanceLimitTime", hours, "InvalidParameter.IssuanceLimitTime");
    }
    refused("Description", &"a".repeat(257), "InvalidParameter.Description.Length");
    let many = |count: usize| (0..count).map(|n| format!("c{n}")).collect::<Vec<_>>().join(",");
    refused("ClientIds", &many(51), "LimitExceeded.OIDCProvider.ClientId");
    refused("Fingerprints", &many(6), "LimitExceeded.OIDCProvider.Fingerprint");
    a.must(
        "Ims",
        "CreateOIDCProvider",
        &[NAME, ISSUER, ("ClientIds", &many(50)), ("Fingerprints", &many(5))],
    );
    let one_more = [NAME, ("ClientId", "one-more")];
    a.client.refused("Ims", "AddClientIdToOIDCProvider", &one_more, "LimitExceeded.OIDCProvider.ClientId");
    let one_more = [NAME, ("Fingerprint", "ab")];
    let code = "LimitExceeded.OIDCProvider.Fingerprint";
    a.client.refused("Ims", "AddFingerprintToOIDCProvider", &one_more, code);
}

#[test]
fn there_are_so_many_providers_and_no_more() {
    let server = TestServer::builder().configure(|config| config.quota.identity_providers = 2).start();
    let a = tenant_on(&server);
    let make =
        |n: usize| [("OIDCProviderName", format!("p{n}")), ("IssuerUrl", format!("https://p{n}.example"))];
    for n in 0..2 {
        let params = make(n);
        let params = params.each_ref().map(|(name, value)| (*name, value.as_str()));
        a.must("Ims", "CreateOIDCProvider", &params);
        a.must("Ims", "CreateSAMLProvider", &[("SAMLProviderName", &format!("s{n}"))]);
    }
    let params = make(2);
    let params = params.each_ref().map(|(name, value)| (*name, value.as_str()));
    a.client.refused("Ims", "CreateOIDCProvider", &params, "LimitExceeded.OIDCProvider");
    let third = [("SAMLProviderName", "s2")];
    a.client.refused("Ims", "CreateSAMLProvider", &third, "LimitExceeded.SAMLProvider");
    a.must("Ims", "DeleteOIDCProvider", &[("OIDCProviderName", "p0")]);
    a.must("Ims", "CreateOIDCProvider", &params);
}

#[test]
fn a_provider_is_shown_as_it_was_made_and_changed() {
    let server = TestServer::start();
    let a = tenant_on(&server);
    let made_at = server.clock().now();
    let details = [
        NAME,
        ISSUER,
        ("ClientIds", "client-1, https://github.com/acme,client-1"),
        ("Fingerprints", FINGERPRINT),
        ("Description", "builds"),
    ];
    let made = a.must("Ims", "CreateOIDCProvider", &details);
    complete("Ims", "CreateOIDCProvider", &made, &[]);
    let provider = &made["OIDCProvider"];
    assert_eq!(provider["Arn"], format!("acs:ram::{}:oidc-provider/github", a.id));
    assert_eq!(provider["ClientIds"], "client-1,https://github.com/acme", "none twice");
    assert_eq!(provider["IssuanceLimitTime"], 12);
    assert_eq!(provider["GmtCreate"], made_at.as_millis().to_string());
    let shown = a.must("Ims", "GetOIDCProvider", &[("OIDCProviderName", "GITHUB")]);
    complete("Ims", "GetOIDCProvider", &shown, &[]);
    assert_eq!(shown["OIDCProvider"], *provider);

    server.clock().advance(argali_testkit::hours(1));
    let change = [NAME, ("ClientIds", "client-2"), ("IssuanceLimitTime", "168"), ("NewDescription", "more")];
    let changed = a.must("Ims", "UpdateOIDCProvider", &change);
    complete("Ims", "UpdateOIDCProvider", &changed, &[]);
    let changed = &changed["OIDCProvider"];
    assert_eq!(
        (&changed["ClientIds"], &changed["IssuanceLimitTime"], &changed["Description"]),
        (&json!("client-2"), &json!(168), &json!("more"))
    );
    assert_eq!(changed["Fingerprints"], FINGERPRINT, "what is left out stays");
    assert_eq!(changed["CreateDate"], provider["CreateDate"]);
    assert_ne!(changed["UpdateDate"], provider["UpdateDate"]);
}

#[test]
fn entries_are_added_and_removed_one_by_one() {
    let a = tenant();
    a.must("Ims", "CreateOIDCProvider", &[NAME, ISSUER]);
    let after = |action: &str, entry: (&str, &str), member: &str| {
        let answer = a.must("Ims", action, &[NAME, entry]);
        crate::shape::known("Ims", action, &answer);
        answer["OIDCProvider"].get(member).map(text)
    };
    let ids = |action: &str, id: &str| after(action, ("ClientId", id), "ClientIds");
    assert_eq!(ids("AddClientIdToOIDCProvider", "a").as_deref(), Some("a"));
    assert_eq!(ids("AddClientIdToOIDCProvider", "b").as_deref(), Some("a,b"));
    assert_eq!(ids("AddClientIdToOIDCProvider", "a").as_deref(), Some("a,b"), "again");
    assert_eq!(ids("RemoveClientIdFromOIDCProvider", "a").as_deref(), Some("b"));
    assert_eq!(ids("RemoveClientIdFromOIDCProvider", "a").as_deref(), Some("b"), "again");
    assert_eq!(ids("RemoveClientIdFromOIDCProvider", "b"), None);
    let prints = |action: &str, print: &str| after(action, ("Fingerprint", print), "Fingerprints");
    assert_eq!(prints("AddFingerprintToOIDCProvider", "ab12").as_deref(), Some("ab12"));
    assert_eq!(prints("AddFingerprintToOIDCProvider", "AB12").as_deref(), Some("ab12"), "case is nothing");
    assert_eq!(prints("RemoveFingerprintFromOIDCProvider", "AB12"), None);
    a.client.refused("Ims", "AddClientIdToOIDCProvider", &[NAME], "MissingClientId");
    a.client.refused("Ims", "AddFingerprintToOIDCProvider", &[NAME], "MissingFingerprint");
}

#[test]
fn providers_are_listed_page_by_page() {
    let a = tenant();
    let empty = a.must("Ims", "ListOIDCProviders", &[]);
    assert_eq!(empty["OIDCProviders"]["OIDCProvider"], json!([]));
    for name in ["c", "a", "b"] {
        let issuer = format!("https://{name}.example.com");
        a.must("Ims", "CreateOIDCProvider", &[("OIDCProviderName", name), ("IssuerUrl", &issuer)]);
    }
    let names = |page: &Value| -> Vec<String> {
        let providers = page["OIDCProviders"]["OIDCProvider"].as_array().unwrap();
        providers.iter().map(|provider| text(&provider["OIDCProviderName"])).collect()
    };
    let first = a.must("Ims", "ListOIDCProviders", &[("MaxItems", "2")]);
    assert_eq!((names(&first), &first["IsTruncated"]), (vec!["a".to_owned(), "b".to_owned()], &json!(true)));
    let marker = text(&first["Marker"]);
    let second = a.must("Ims", "ListOIDCProviders", &[("Marker", &marker)]);
    assert_eq!((names(&second), &second["IsTruncated"]), (vec!["c".to_owned()], &json!(false)));
    a.client.refused("Ims", "ListOIDCProviders", &[("MaxItems", "101")], "InvalidParameter.MaxItems");
    a.client.refused("Ims", "ListOIDCProviders", &[("Marker", "nonsense")], "InvalidParameter.Marker");
}
