//! Service credentials, which no service here takes.

use argali_testkit::{TestServer, days};
use serde_json::Value;

use super::logon_name;
use crate::expect::Calls;
use crate::shape::complete;
use crate::stage::text;
use crate::world::{tenant, tenant_on};

const SERVICE: (&str, &str) = ("ServiceName", "model-studio");
const NONE: &str = "EntityNotExist.ServiceCredential";

#[test]
fn what_cannot_be_a_service_credential_is_refused() {
    let a = tenant();
    a.user("alice");
    let name = logon_name(&a, "alice");
    let (whose, called) = (("UserPrincipalName", name.as_str()), ("ServiceCredentialName", "ci"));
    let create = "CreateServiceCredential";
    a.client.refused("Ims", create, &[whose, SERVICE], "MissingServiceCredentialName");
    a.client.refused("Ims", create, &[whose, called], "MissingServiceName");
    let long = "n".repeat(129);
    for (bad, reason) in [(long.as_str(), "Length"), ("a b", "InvalidChars")] {
        let code = format!("InvalidParameter.ServiceCredentialName.{reason}");
        a.client.refused("Ims", create, &[whose, SERVICE, ("ServiceCredentialName", bad)], &code);
    }
    for bad in ["0", "36601", "-1", "soon"] {
        let params = [whose, called, SERVICE, ("CredentialAgeDays", bad)];
        a.client.refused("Ims", create, &params, "InvalidParameter.CredentialAgeDays");
    }
    let nobody = logon_name(&a, "nobody");
    a.client.refused(
        "Ims",
        create,
        &[("UserPrincipalName", &nobody), called, SERVICE],
        "EntityNotExist.User",
    );
    a.must("Ims", create, &[whose, called, SERVICE]);
    a.client.refused("Ims", create, &[whose, called, SERVICE], "EntityAlreadyExists.ServiceCredential");
    a.must("Ims", create, &[whose, ("ServiceCredentialName", "night"), SERVICE]);
    let third = [whose, ("ServiceCredentialName", "third"), SERVICE];
    a.client.refused("Ims", create, &third, "LimitExceeded.ServiceCredential");
    a.must("Ims", create, &[whose, called, ("ServiceName", "another")]);
    let quota =
        a.must("Ims", "GetAccountSummary", &[])["SummaryMap"]["ServiceCredentialsPerUserPerServiceQuota"]
            .clone();
    assert_eq!(quota, 2);
    let both = [whose, ("AllUsers", "true")];
    a.client.refused("Ims", "ListServiceCredentials", &both, "InvalidParameter.UserPrincipalName");
    let which = ("ServiceCredentialId", "nothing");
    for action in ["GetServiceCredential", "UpdateServiceCredential", "DeleteServiceCredential"] {
        a.client.refused("Ims", action, &[whose], "MissingServiceCredentialId");
        a.client.refused("Ims", action, &[whose, which], NONE);
    }
}

#[test]
fn a_service_credential_is_seen_with_its_secret_once() {
    let server = TestServer::start();
    let a = tenant_on(&server);
    let (alice, bob) = (a.user("alice"), a.user("bob"));
    let name = logon_name(&a, "alice");
    let whose = ("UserPrincipalName", name.as_str());
    let wanted = [whose, ("ServiceCredentialName", "ci"), SERVICE, ("CredentialAgeDays", "30")];
    let made = a.must("Ims", "CreateServiceCredential", &wanted);
    complete("Ims", "CreateServiceCredential", &made, &[]);
    let made = &made["ServiceCredential"];
    let (id, secret) = (text(&made["ServiceCredentialId"]), text(&made["ServiceCredentialSecret"]));
    let which = ("ServiceCredentialId", id.as_str());
    let shown = |by: &dyn Fn() -> Value| {
        let shown = by();
        assert!(!shown.to_string().contains(&secret), "{shown}");
        shown["ServiceCredential"].clone()
    };
    let get = || a.must("Ims", "GetServiceCredential", &[whose, which]);
    complete("Ims", "GetServiceCredential", &get(), &[]);
    assert_eq!(
        (&shown(&get)["Status"], &shown(&get)["UserPrincipalName"]),
        (&"Active".into(), &name.clone().into())
    );
    // Somebody else's is as good as absent, and one's own is for the account to open.
    let of_bob = logon_name(&a, "bob");
    a.client.refused("Ims", "GetServiceCredential", &[("UserPrincipalName", &of_bob), which], NONE);
    bob.refused("Ims", "GetServiceCredential", &[whose, which], "NoPermission");
    alice.refused("Ims", "GetServiceCredential", &[which], "NoPermission");
    a.must("Ims", "SetSecurityPreference", &[("AllowUserToManageServiceCredentials", "true")]);
    alice.must("Ims", "GetServiceCredential", &[which]);
    alice.refused("Ims", "ListServiceCredentials", &[("AllUsers", "true")], "NoPermission");
    bob.refused("Ims", "DeleteServiceCredential", &[which], NONE);

    alice.refused("Ims", "UpdateServiceCredential", &[which], "MissingStatus");
    alice.refused(
        "Ims",
        "UpdateServiceCredential",
        &[which, ("Status", "Expired")],
        "InvalidParameter.Status",
    );
    alice.must("Ims", "UpdateServiceCredential", &[which, ("Status", "Inactive")]);
    alice.must("Ims", "UpdateServiceCredential", &[which, ("ServiceCredentialName", "nightly")]);
    let changed = shown(&get);
    assert_eq!(
        (&changed["Status"], &changed["ServiceCredentialName"]),
        (&"Inactive".into(), &"nightly".into())
    );
    server.clock().advance(days(30));
    assert_eq!(shown(&get)["Status"], "Expired");
    alice.must("Ims", "DeleteServiceCredential", &[which]);
    alice.refused("Ims", "DeleteServiceCredential", &[which], NONE);
}

#[test]
fn service_credentials_are_listed_by_user_and_by_service() {
    let a = tenant();
    for user in ["alice", "bob"] {
        a.user(user);
        for (name, service) in [("one", "mail"), ("two", "mail"), ("one", "search")] {
            let user = logon_name(&a, user);
            let params = [
                ("UserPrincipalName", user.as_str()),
                ("ServiceCredentialName", name),
                ("ServiceName", service),
            ];
            a.must("Ims", "CreateServiceCredential", &params);
        }
    }
    let all = |more: &[(&str, &str)]| {
        let (mut found, mut token) = (0, String::new());
        loop {
            let mut params = vec![("MaxResults", "2")];
            params.extend_from_slice(more);
            params.extend((!token.is_empty()).then_some(("NextToken", token.as_str())));
            let page = a.must("Ims", "ListServiceCredentials", &params);
            let listed = page["ServiceCredentials"].as_array().unwrap();
            assert!(listed.len() == 2 || page["IsTruncated"] == false, "{page}");
            assert!(listed.iter().all(|one| one["ServiceCredentialSecret"].is_null()), "{page}");
            found += listed.len();
            match page["NextToken"].as_str() {
                Some(next) => token = next.to_owned(),
                None => return found,
            }
        }
    };
    let alice = logon_name(&a, "alice");
    let of_alice = ("UserPrincipalName", alice.as_str());
    assert_eq!(all(&[("AllUsers", "true")]), 6);
    assert_eq!(all(&[("AllUsers", "true"), ("ServiceName", "mail")]), 4);
    assert_eq!(all(&[of_alice]), 3);
    assert_eq!(all(&[of_alice, ("ServiceName", "search")]), 1);
    assert_eq!(all(&[]), 0, "the owner has none");
    let page = a.must("Ims", "ListServiceCredentials", &[of_alice]);
    complete("Ims", "ListServiceCredentials", &page, &["NextToken", "ServiceCredentials[].ExpirationTime"]);
    a.client.refused("Ims", "ListServiceCredentials", &[("NextToken", "bad")], "InvalidParameter.NextToken");
}
