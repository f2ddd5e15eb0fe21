//! Accounts, users, keys and policies as the requirements want them.

use argali_testkit::{TestServer, allow};

use crate::expect::Calls;
use crate::stage::text;
use crate::world::tenant;

/// S0-06, S0-07, S2-23, S3-30: the system policies that the documents name.
#[test]
fn the_system_policies_of_the_documents_exist() {
    let a = tenant();
    for (name, part) in [
        ("AliyunExpressConnectFullAccess", "vpc:"),
        ("AliyunExpressConnectReadOnlyAccess", "vpc:"),
        ("AliyunECSFullAccess", "ecs:*"),
        ("AliyunSTSAssumeRoleAccess", "sts:AssumeRole"),
        ("AdministratorAccess", r#""*""#),
        ("AliyunRAMFullAccess", "ram:*"),
    ] {
        let shown = a.must("Ram", "GetPolicy", &[("PolicyName", name), ("PolicyType", "System")]);
        let document = text(&shown["DefaultPolicyVersion"]["PolicyDocument"]);
        assert!(document.contains(part), "{name}: {document}");
        let reads = !name.contains("ReadOnly") || !document.contains("vpc:Create");
        assert!(reads, "{name} allows more than reading: {document}");
    }
}

/// S0-35: where no system policy fits, a custom one does.
#[test]
fn a_custom_policy_takes_the_place_of_a_system_policy() {
    let a = tenant();
    let alice = a.user("alice");
    alice.refused("Ram", "ListUsers", &[], "NoPermission");
    a.grant_document("alice", "lists-users", &allow(&["ram:ListUsers"], &["*"]));
    alice.must("Ram", "ListUsers", &[]);
    alice.refused("Ram", "ListRoles", &[], "NoPermission");
}

/// S1-13, S3-37, S3-38: names of users, and what people read.
#[test]
fn users_have_names_of_64_characters_and_display_names_of_128() {
    let a = tenant();
    let create = |name: &str, display: &str| {
        a.client.call("Ram", "CreateUser", &[("UserName", name), ("DisplayName", display)])
    };
    create(&"a".repeat(64), &"d".repeat(128)).unwrap();
    create("A.b-c_9", "Alice, at company-b").unwrap();
    let failed = |name: &str, display: &str| create(name, display).unwrap_err().code;
    assert_eq!(failed(&"a".repeat(65), "d"), "InvalidParameter.UserName.Length");
    assert_eq!(failed("with space", "d"), "InvalidParameter.UserName.InvalidChars");
    assert_eq!(failed("a@b", "d"), "InvalidParameter.UserName.InvalidChars");
    assert_eq!(failed("b", &"d".repeat(129)), "InvalidParameter.DisplayName.Length");
}

/// S3-51, S3-52: the secret of a key is in the answer that made it and nowhere else.
#[test]
fn the_secret_of_a_key_is_shown_once() {
    let a = tenant();
    a.must("Ram", "CreateUser", &[("UserName", "bot")]);
    let user = [("UserName", "bot")];
    let made = a.must("Ram", "CreateAccessKey", &user);
    let secret = text(&made["AccessKey"]["AccessKeySecret"]);
    assert_eq!(secret.len(), 30);
    let listed = a.must("Ram", "ListAccessKeys", &user);
    assert_eq!(listed["AccessKeys"]["AccessKey"][0]["AccessKeyId"], made["AccessKey"]["AccessKeyId"]);
    assert!(!listed.to_string().contains(&secret));
}

/// S2-11, S4-10: account ids of eight and of sixteen digits, and aliases.
#[test]
fn account_ids_have_eight_or_sixteen_digits() {
    let server = TestServer::start();
    for (alias, id) in [("company-a", "11223344"), ("company-b", "12345678"), ("c", "1234567890123456")] {
        let account = server.account(if alias == "c" { "company-c" } else { alias }, id);
        assert_eq!(account.must("Sts", "GetCallerIdentity", &[])["AccountId"], id);
        assert_eq!(account.role("ops", &[], &[]), format!("acs:ram::{id}:role/ops"));
    }
}
