//! Network policies of AccessKeys: where a key may be used.

use argali_protocol::Credentials;
use argali_testkit::{ApiFailure, Client, Enterprise, TestServer, allow};
use serde_json::{Value, json};

use super::logon_name;
use crate::expect::Calls;
use crate::shape::complete;
use crate::world::{tenant, tenant_on};

/// A network policy that names these networks.
fn policy(status: &str, networks: &[&str]) -> String {
    let statement = json!({ "Type": "ClassicWhiteList", "IPList": networks });
    json!({ "Version": 1, "Status": status, "Statements": [statement] }).to_string()
}

/// A server that believes what callers say of the address that they call from.
fn server() -> TestServer {
    let local = "127.0.0.1".parse().unwrap();
    TestServer::builder().configure(|config| config.listen.trusted_proxies = vec![local]).start()
}

/// Who one is, asked from an address.
fn asked_from(client: &Client, address: &str) -> Result<Value, ApiFailure> {
    let mut signed = client.sign("Sts", "GetCallerIdentity", &[]);
    signed.headers.push(("x-forwarded-for".to_owned(), address.to_owned()));
    client.send(&signed)
}

#[track_caller]
fn works_from(client: &Client, addresses: &[&str]) {
    for address in addresses {
        assert!(asked_from(client, address).is_ok(), "{address}");
    }
}

#[track_caller]
fn refused_from(client: &Client, addresses: &[&str]) {
    for address in addresses {
        let failure = asked_from(client, address).unwrap_err();
        assert_eq!(failure.code, "InvalidAccessKeyId.Inactive", "{address}: {failure}");
        assert!(failure.message.contains(address), "{failure}");
    }
}

/// Sets the policy of a user's key.
fn set(a: &Enterprise, user: &str, client: &Client, policy: &str) -> Value {
    let (name, id) = (logon_name(a, user), client.credentials().access_key_id.clone());
    let params =
        [("UserPrincipalName", name.as_str()), ("UserAccessKeyId", &id), ("AccessKeyPolicy", policy)];
    a.must("Ims", "SetAccessKeyPolicy", &params)
}

#[test]
fn what_is_no_policy_of_an_own_key_is_refused() {
    let (a, b) = (tenant(), tenant());
    let alice = a.user("alice");
    let (name, id) = (logon_name(&a, "alice"), alice.credentials().access_key_id.clone());
    let of_alice = [("UserPrincipalName", name.as_str()), ("UserAccessKeyId", id.as_str())];
    let good = policy("Active", &["192.0.2.0/24"]);
    let good = ("AccessKeyPolicy", good.as_str());
    let set = |params: &[(&str, &str)], code: &str| {
        a.client.refused("Ims", "SetAccessKeyPolicy", params, code);
    };
    set(&[of_alice[0], good], "MissingUserAccessKeyId");
    set(&of_alice, "MissingAccessKeyPolicy");
    set(&[of_alice[0], ("UserAccessKeyId", "LTAI5tNoSuchKey"), good], "EntityNotExist.User.AccessKey");
    set(&[of_alice[1], good], "EntityNotExist.User.AccessKey");
    b.client.refused("Ims", "SetAccessKeyPolicy", &[of_alice[0], of_alice[1], good], "EntityNotExist.User");
    a.client.refused("Ims", "SetAccessKeyPolicyForAccount", &[], "MissingAccessKeyPolicy");
    for bad in ["none", r#"{"Status":"Active","Statements":null}"#, &policy("Active", &["10.0.0.0/33"])] {
        let bad = ("AccessKeyPolicy", bad);
        set(&[of_alice[0], of_alice[1], bad], "InvalidParameter.AccessKeyPolicy");
        let code = "InvalidParameter.AccessKeyPolicy";
        a.client.refused("Ims", "SetAccessKeyPolicyForAccount", &[bad], code);
    }
    a.client.refused("Ims", "GetAccessKeyPolicy", &of_alice, "EntityNotExist.AccessKeyPolicy");
}

#[test]
fn a_policy_is_shown_as_it_was_given_until_it_says_nothing() {
    let a = tenant();
    let alice = a.user("alice");
    let (name, id) = (logon_name(&a, "alice"), alice.credentials().access_key_id.clone());
    let of_alice = [("UserPrincipalName", name.as_str()), ("UserAccessKeyId", id.as_str())];
    let given = r#"{ "Status": "Inactive", "Statements": [
        {"Value": "AllowAllVPC", "Type": "VPCWhiteList", "IPList": ["::/0", "0.0.0.0/0"]}] }"#;
    let answer = set(&a, "alice", &alice, given);
    complete("Ims", "SetAccessKeyPolicy", &answer, &[]);
    let shown = a.must("Ims", "GetAccessKeyPolicy", &of_alice);
    complete("Ims", "GetAccessKeyPolicy", &shown, &[]);
    assert_eq!((&shown["AccessKeyPolicy"], &shown["AccessKeyId"]), (&json!(given), &json!(id)));

    let none = r#"{"Version":1,"Status":"Inactive","Statements":[]}"#;
    let account = a.must("Ims", "GetAccessKeyPolicyForAccount", &[]);
    complete("Ims", "GetAccessKeyPolicyForAccount", &account, &[]);
    assert_eq!(account["AccessKeyPolicy"], none);
    let everywhere = policy("Active", &["0.0.0.0/0"]);
    let answer = a.must("Ims", "SetAccessKeyPolicyForAccount", &[("AccessKeyPolicy", &everywhere)]);
    complete("Ims", "SetAccessKeyPolicyForAccount", &answer, &[]);
    assert_eq!(a.must("Ims", "GetAccessKeyPolicyForAccount", &[])["AccessKeyPolicy"], everywhere.as_str());

    set(&a, "alice", &alice, none);
    a.client.refused("Ims", "GetAccessKeyPolicy", &of_alice, "EntityNotExist.AccessKeyPolicy");
    a.must("Ims", "SetAccessKeyPolicyForAccount", &[("AccessKeyPolicy", none)]);
    assert_eq!(a.must("Ims", "GetAccessKeyPolicyForAccount", &[])["AccessKeyPolicy"], none);
}

#[test]
fn a_key_works_where_its_policy_says_and_otherwise_where_the_accounts_says() {
    let server = server();
    let a = tenant_on(&server);
    let (alice, bob) = (a.user("alice"), a.user("bob"));
    let (office, home, here) = ("192.0.2.7", "198.51.100.9", "127.0.0.1");
    works_from(&alice, &[office, home]);
    set(&a, "alice", &alice, &policy("Active", &["192.0.2.0/24", "2001:db8::/32"]));
    works_from(&alice, &[office, "2001:db8::1"]);
    refused_from(&alice, &[home, here, "2001:db9::1"]);
    works_from(&bob, &[home]);

    let of_account = policy("Active", &["198.51.100.0/24", "127.0.0.0/8"]);
    a.must("Ims", "SetAccessKeyPolicyForAccount", &[("AccessKeyPolicy", &of_account)]);
    works_from(&bob, &[home, here]);
    refused_from(&bob, &[office]);
    refused_from(&a.client, &[office]);
    works_from(&alice, &[office]);
    refused_from(&alice, &[home]);

    // An inactive policy is none, so that the account's counts.
    set(&a, "alice", &alice, &policy("Inactive", &["192.0.2.0/24"]));
    works_from(&alice, &[home]);
    refused_from(&alice, &[office]);
    let nobody = r#"{"Version":1,"Status":"Active","Statements":[]}"#;
    set(&a, "alice", &alice, nobody);
    refused_from(&alice, &[home, office, here]);
    a.must(
        "Ims",
        "SetAccessKeyPolicyForAccount",
        &[("AccessKeyPolicy", &policy("Inactive", &["192.0.2.7"]))],
    );
    works_from(&bob, &[home, office]);
}

#[test]
fn a_stranger_with_the_key_id_alone_learns_nothing() {
    let server = server();
    let a = tenant_on(&server);
    let alice = a.user("alice");
    set(&a, "alice", &alice, &policy("Active", &["192.0.2.0/24"]));
    let wrong = argali_protocol::Secret::new("not the secret of this key".to_owned());
    let credentials = alice.credentials().clone();
    let stranger = alice.with_credentials(Credentials { access_key_secret: wrong, ..credentials });
    for address in ["192.0.2.7", "198.51.100.9"] {
        assert_eq!(asked_from(&stranger, address).unwrap_err().code, "SignatureDoesNotMatch");
    }
}

#[test]
fn sessions_are_exempt_and_can_mend_what_shut_a_key_out() {
    let server = server();
    let a = tenant_on(&server);
    let alice = a.user("alice");
    a.grant("alice", "AliyunSTSAssumeRoleAccess");
    let role = a.role("admin", &[&a.root_arn()], &["AdministratorAccess"]);
    let session = alice.assume(&role, "at-work").unwrap();
    set(&a, "alice", &alice, &policy("Active", &["192.0.2.0/24"]));
    refused_from(&alice, &["127.0.0.1"]);
    works_from(&session, &["127.0.0.1", "192.0.2.7", "198.51.100.9"]);
    assert!(alice.assume(&role, "another").is_err(), "a new session is begun with the key");
    let nobody = policy("Active", &["203.0.113.1"]);
    session.must("Ims", "SetAccessKeyPolicyForAccount", &[("AccessKeyPolicy", &nobody)]);
    a.client.refused("Ims", "GetAccessKeyPolicyForAccount", &[], "InvalidAccessKeyId.Inactive");
    let everybody = policy("Inactive", &["203.0.113.1"]);
    session.must("Ims", "SetAccessKeyPolicyForAccount", &[("AccessKeyPolicy", &everybody)]);
    a.must("Ims", "GetAccessKeyPolicyForAccount", &[]);
}

#[test]
fn nobody_shuts_out_the_key_that_the_call_is_signed_with() {
    let a = tenant();
    let elsewhere = policy("Active", &["192.0.2.0/24"]);
    let elsewhere = ("AccessKeyPolicy", elsewhere.as_str());
    let own = ("UserAccessKeyId", a.client.credentials().access_key_id.as_str());
    let code = "InvalidParameter.AccessKeyPolicy";
    a.client.refused("Ims", "SetAccessKeyPolicyForAccount", &[elsewhere], code);
    a.client.refused("Ims", "SetAccessKeyPolicy", &[own, elsewhere], code);
    a.must("Sts", "GetCallerIdentity", &[]);
    let here = policy("Active", &["127.0.0.1"]);
    a.must("Ims", "SetAccessKeyPolicy", &[own, ("AccessKeyPolicy", &here)]);
    a.must("Ims", "SetAccessKeyPolicyForAccount", &[elsewhere]);
}

#[test]
fn users_who_manage_their_own_keys_do_not_lift_the_accounts_policy() {
    let a = tenant();
    let alice = a.user("alice");
    a.must("Ims", "SetSecurityPreference", &[("AllowUserToManageAccessKeys", "true")]);
    let own = ("UserAccessKeyId", alice.credentials().access_key_id.as_str());
    let policy = policy("Active", &["0.0.0.0/0"]);
    alice.refused("Ims", "GetAccessKeyPolicy", &[own], "EntityNotExist.AccessKeyPolicy");
    alice.refused("Ims", "SetAccessKeyPolicy", &[own, ("AccessKeyPolicy", &policy)], "NoPermission");
    alice.refused("Ims", "SetAccessKeyPolicyForAccount", &[("AccessKeyPolicy", &policy)], "NoPermission");
    let resource = format!("acs:ram:*:{}:user/alice", a.id);
    a.grant_document("alice", "own-key", &allow(&["ram:SetAccessKeyPolicy"], &[&resource]));
    alice.must("Ims", "SetAccessKeyPolicy", &[own, ("AccessKeyPolicy", &policy)]);
}

#[test]
fn a_policy_goes_with_its_key_into_the_bin_and_back() {
    let server = server();
    let a = tenant_on(&server);
    let alice = a.user("alice");
    set(&a, "alice", &alice, &policy("Active", &["192.0.2.0/24"]));
    let (name, id) = (logon_name(&a, "alice"), alice.credentials().access_key_id.clone());
    let of_alice = [("UserPrincipalName", name.as_str()), ("UserAccessKeyId", id.as_str())];
    let user = a.must("Ims", "GetUser", &of_alice[..1])["User"]["UserId"].clone();
    a.must("Ims", "DeleteAccessKey", &of_alice);
    let recycled = [("UserId", user.as_str().unwrap()), of_alice[1]];
    a.must("Ims", "RestoreAccessKeyFromRecycleBin", &recycled);
    a.must("Ims", "UpdateAccessKey", &[of_alice[0], of_alice[1], ("Status", "Active")]);
    works_from(&alice, &["192.0.2.7"]);
    refused_from(&alice, &["127.0.0.1"]);
}
