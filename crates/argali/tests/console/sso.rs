//! Identity providers of one's own.

use argali_testkit::Visitor;

use crate::stage::{Stage, heading};

const OIDC: &str = "/console/sso/oidc/ci";
const FINGERPRINT: &str = "902ef2deeb3c5b13ea4c3d5193629309e231ae55";

fn make(owner: &Visitor) {
    let path = "/console/sso/oidc/new";
    let values = [
        ("OIDCProviderName", "ci"),
        ("IssuerUrl", "https://token.example.com"),
        ("ClientIds", "deploy"),
        ("IssuanceLimitTime", "6"),
    ];
    let landed = owner.submit(&owner.get(path), path, &values);
    assert_eq!(landed.header("location"), Some(OIDC), "{}", landed.body);
}

#[test]
fn an_oidc_provider_is_made_changed_and_deleted() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    make(&owner);
    let page = owner.get(OIDC);
    for words in ["https://token.example.com", "acs:ram::11223344:oidc-provider/ci", "deploy", "6 h"] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    let entries = format!("{OIDC}/entries");
    let add = |name: &str, value: &str| {
        let mut fields = owner.get(OIDC).form(&entries);
        fields.retain(|(name, _)| name == "csrf" || name == "form");
        fields.push((name.to_owned(), value.to_owned()));
        owner.follow(owner.post(&entries, &fields))
    };
    assert!(add("ClientId", "release").body.contains("<code>release</code>"));
    assert!(add("Fingerprint", FINGERPRINT).body.contains(FINGERPRINT));
    let refused = add("Fingerprint", "not a fingerprint!");
    assert!(refused.status == 400 && refused.body.contains("role=\"alert\""), "{}", refused.body);
    let page = owner.submit(&owner.get(OIDC), &entries, &[("remove", "ClientId"), ("value", "deploy")]);
    assert!(!owner.follow(page).body.contains("<code>deploy</code>"));
    let page =
        owner.submit(&owner.get(OIDC), OIDC, &[("IssuanceLimitTime", "24"), ("Description", "Builds")]);
    let page = owner.follow(page);
    assert!(page.body.contains("24 h") && page.body.contains("Builds"), "{}", page.body);
    let delete = format!("{OIDC}/delete");
    let landed = owner.submit(&owner.get(&delete), &delete, &[("Name", "ci")]);
    assert_eq!(landed.header("location"), Some("/console/sso?tab=oidc"));
    assert_eq!(owner.get(OIDC).status, 404);
}

/// Roles that trust a provider are found, and one that does is made from here.
#[test]
fn roles_that_trust_a_provider_are_found() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    make(&owner);
    let page = owner.get(&format!("{OIDC}?roles=true"));
    assert!(page.body.contains("No role trusts it"), "{}", page.body);
    let trust = serde_json::json!({ "Version": "1", "Statement": [{
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": { "Federated": ["acs:ram::11223344:oidc-provider/ci"] },
        "Condition": { "StringEquals": { "oidc:aud": "deploy", "oidc:iss": "https://token.example.com" } },
    }] });
    let params = [("RoleName", "builder"), ("AssumeRolePolicyDocument", &trust.to_string())];
    stage.a.must("Ram", "CreateRole", &params);
    let page = owner.get(&format!("{OIDC}?roles=true"));
    assert!(page.body.contains("/console/ram/roles/builder") && !page.body.contains("roles/ecs-admin"));
    assert!(
        page.body.contains("/console/ram/roles/new?type=provider&amp;service=acs%3Aram"),
        "{}",
        page.body
    );
}

/// Decision 6: what is kept is shown, and that nobody comes in through it is said.
#[test]
fn saml_is_kept_and_said_to_be_refused() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let path = "/console/sso/saml/new";
    let form = owner.get(path);
    assert!(form.body.contains("SAML assertions are refused."));
    let refused = owner.submit(&form, path, &[("SAMLProviderName", "idp"), ("Metadata", "<nothing/>")]);
    assert_eq!(refused.status, 400, "{}", refused.body);
    assert!(refused.body.contains("&lt;nothing/&gt;"), "what was entered is kept");
    let landed = owner.submit(&refused, path, &[("SAMLProviderName", "idp"), ("Metadata", "")]);
    let page = owner.follow(landed);
    assert_eq!(heading(&page), "idp");
    assert!(page.body.contains("SAML assertions are refused.") && page.body.contains("None yet"));
    let user = owner.get("/console/sso?tab=user");
    assert!(user.body.contains("SAML assertions are refused."), "{}", user.body);
    let refused = owner.submit(&user, "/console/sso/user", &[("SsoEnabled", "true")]);
    assert!(refused.status == 400 && refused.body.contains("MetadataDocument"), "{}", refused.body);
    let saved = owner.submit(&user, "/console/sso/user", &[("AuxiliaryDomain", "example.com")]);
    assert_eq!(saved.status, 303, "a form that was refused is sent again");
    assert!(owner.follow(saved).body.contains("value=\"example.com\""));
}

/// Metadata of `bytes` bytes.
fn metadata(bytes: usize) -> String {
    let begin = "<?xml version=\"1.0\"?><EntityDescriptor entityID=\"https://idp.example.com\" \
         xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\"><IDPSSODescriptor><KeyDescriptor use=\"signing\">\
         <KeyInfo xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><X509Data><X509Certificate>MAMCAQU=\
         </X509Certificate></X509Data></KeyInfo></KeyDescriptor></IDPSSODescriptor><!-- é";
    let end = " --></EntityDescriptor>";
    format!("{begin}{}{end}", "<".repeat(bytes.saturating_sub(begin.len() + end.len())))
}

/// Metadata is taken up to what operations take, and comes back as a file as it was given, for whoever may see it.
#[test]
fn metadata_is_taken_as_large_as_it_may_be_and_downloaded_as_it_was_given() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let path = "/console/sso/saml/new";
    let file = "/console/sso/saml/corp/metadata";
    let without = owner.submit(&owner.get(path), path, &[("SAMLProviderName", "corp")]);
    let page = owner.follow(without);
    assert!(!page.body.contains(file), "{}", page.body);
    assert_eq!(owner.get(file).status, 404, "there is none yet");
    assert_eq!(owner.get("/console/sso/saml/none/metadata").status, 404);
    assert_eq!(owner.get("/console/sso/user/metadata").status, 404);

    const LARGEST: usize = 1_000_000;
    let provider = "/console/sso/saml/corp";
    let refused = owner.submit(&page, provider, &[("Metadata", &metadata(LARGEST + 1))]);
    assert_eq!(refused.status, 400);
    assert!(refused.body.contains("id=\"Metadata\""), "it is an answer of the form");
    // A page has no room for it, and says so where the document was; one that is short is kept.
    let long = metadata(40_000);
    let new = [("SAMLProviderName", "corp"), ("Metadata", long.as_str())];
    for (refused, status) in [(refused, 400), (owner.submit(&owner.get(path), path, &new), 409)] {
        assert_eq!(refused.status, status, "{}", refused.body);
        assert!(refused.body.len() <= crate::every_page::LARGEST, "{}", refused.body.len());
        assert!(refused.body.contains("id=\"Metadata-error\">The document that was sent is too large"));
    }
    let short = metadata(2_000);
    let values = [("SAMLProviderName", "corp"), ("Metadata", short.as_str())];
    let refused = owner.submit(&owner.get(path), path, &values);
    assert_eq!(refused.status, 409, "{}", refused.body);
    assert!(refused.form(path).iter().any(|(name, value)| name == "Metadata" && *value == short));
    let page = owner.get(provider);
    let document = metadata(LARGEST);
    assert_eq!(document.len(), LARGEST);
    let saved = owner.follow(owner.submit(&page, provider, &[("Metadata", &document)]));
    assert!(saved.body.contains("https://idp.example.com") && saved.body.contains(file), "{}", saved.body);
    let got = owner.get(file);
    assert_eq!(got.status, 200);
    assert_eq!(got.header("content-disposition"), Some("attachment; filename*=UTF-8''corp.xml"));
    assert_eq!(got.header("content-type"), Some("application/octet-stream"));
    assert!(got.body == document, "it is as it was given");
    let other = stage.logged_on("alice");
    assert_eq!(other.get(file).status, 403);
    let stranger = Visitor::new(&stage.server).get(file);
    assert!(!stranger.body.contains("idp.example.com"), "{}", stranger.body);
}

#[test]
fn providers_are_ordered_found_filed_and_deleted_together() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    make(&owner);
    let path = "/console/sso/oidc/new";
    let values = [
        ("OIDCProviderName", "builds"),
        ("IssuerUrl", "https://other.example.com"),
        ("ClientIds", "deploy"),
        ("IssuanceLimitTime", "6"),
    ];
    assert_eq!(owner.submit(&owner.get(path), path, &values).status, 303);
    let list = "/console/sso?tab=oidc";
    let names = |query: &str| {
        let page = owner.get(&format!("{list}{query}"));
        let rows = page.body.split("<th scope=\"row\"").skip(1);
        let names =
            rows.map(|row| row.split_once("<bdi>").unwrap().1.split_once("</bdi>").unwrap().0.to_owned());
        names.collect::<Vec<_>>()
    };
    assert_eq!(names(""), ["builds", "ci"]);
    assert_eq!(names("&sort=OIDCProviderName&order=desc"), ["ci", "builds"]);
    assert_eq!(names("&sort=IssuerUrl"), ["builds", "ci"]);
    assert_eq!(names("&q=TOKEN"), ["ci"]);
    assert!(owner.get(list).body.contains("2 in all"));
    let file = owner.get(&format!("{list}&csv=true"));
    assert!(file.body.starts_with("OIDCProviderName,IssuerUrl,Description,CreateDate"), "{}", file.body);
    let chosen = "/console/sso/~chosen?tab=oidc";
    let nobody = owner.get(chosen);
    assert_eq!((nobody.status, heading(&nobody).as_str()), (400, "Nothing is chosen"));
    let page = owner.get(&format!("{chosen}&do=delete&on=ci&on=builds"));
    let refused = owner.submit(&page, chosen, &[("Count", "1")]);
    assert!(refused.status == 400 && refused.body.contains("type 2"), "{}", refused.body);
    let result = owner.follow(owner.submit(&refused, chosen, &[("Count", "2")]));
    assert_eq!(result.body.matches(">Done<").count(), 2, "{}", result.body);
    assert!(names("").is_empty());
}
