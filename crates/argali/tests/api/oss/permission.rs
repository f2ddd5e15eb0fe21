//! Who may reach what: policies of identities, sessions of other accounts, ACLs, groups, conditions.

use argali_testkit::{Client, allow};
use serde_json::json;

use super::Shop;
use crate::stage::fresh;

fn detail(answer: &argali_testkit::XmlAnswer) -> [String; 3] {
    ["AuthAction", "NoPermissionType", "PolicyType"].map(|name| answer.element(name))
}

#[test]
fn a_user_may_what_its_policies_say() {
    let shop = Shop::open();
    shop.oss.put(&shop.bucket, "a", b"x").must();
    let alice = shop.by(&shop.owner.user("alice"));
    let refused = alice.get(&shop.bucket, "a");
    assert_eq!(refused.outcome(), "403 AccessDenied");
    let implicit = ["oss:GetObject", "ImplicitDeny", "AccountLevelIdentityBasedPolicy"];
    assert_eq!(detail(&refused), implicit.map(str::to_owned), "{}", refused.text());
    assert!(!refused.element("EncodedDiagnosticMessage").is_empty());
    assert_eq!(refused.header("x-oss-ec"), "0003-00000202");
    assert_eq!(alice.get(&shop.bucket, "absent").outcome(), "403 AccessDenied");
    assert_eq!(alice.get("no-such-bucket", "absent").outcome(), "403 AccessDenied");

    shop.owner.grant("alice", "AliyunOSSReadOnlyAccess");
    assert_eq!(alice.get(&shop.bucket, "a").outcome(), "200");
    assert_eq!(alice.get(&shop.bucket, "absent").outcome(), "404 NoSuchKey");
    assert_eq!(alice.get("no-such-bucket", "absent").outcome(), "404 NoSuchBucket");
    for (method, key, query) in [
        ("PUT", "b", ""),
        ("DELETE", "a", ""),
        ("PUT", "", "acl"),
        ("DELETE", "", ""),
        ("POST", "b", "uploads"),
    ] {
        let call = alice.call(method, &shop.bucket, key).header("x-oss-acl", "private");
        let call = if query.is_empty() { call } else { call.query(query, "") };
        let refused = call.send();
        assert_eq!(refused.outcome(), "403 AccessDenied", "{method} {key} {query}");
        assert_eq!(detail(&refused)[1], "ImplicitDeny");
    }
    let deny = json!({"Version": "1", "Statement": [{"Effect": "Deny", "Action": "oss:GetObject", "Resource": format!("acs:oss:*:*:{}/secret/*", shop.bucket)}]});
    shop.owner.grant_document("alice", "no-secrets", &deny);
    let refused = alice.get(&shop.bucket, "secret/a");
    assert_eq!((refused.header("x-oss-ec"), detail(&refused)[1].as_str()), ("0003-00000201", "ExplicitDeny"));
}

#[test]
fn a_policy_on_one_arn_opens_that_and_no_more() {
    let shop = Shop::open();
    let alice = shop.by(&shop.owner.user("alice"));
    let own = format!("acs:oss:*:{}:{}/home/alice/*", shop.owner.id, shop.bucket);
    shop.owner.grant_document("alice", "home", &allow(&["oss:GetObject", "oss:PutObject"], &[&own]));
    alice.put(&shop.bucket, "home/alice/a", b"x").must();
    alice.get(&shop.bucket, "home/alice/a").must();
    for key in ["home/bob/a", "home/alice", "home/alicex/a"] {
        assert_eq!(alice.put(&shop.bucket, key, b"x").outcome(), "403 AccessDenied", "{key}");
    }
    assert_eq!(alice.call("DELETE", &shop.bucket, "home/alice/a").send().outcome(), "403 AccessDenied");
    let copy = alice.call("PUT", &shop.bucket, "home/alice/b");
    let of_others = format!("/{}/home/bob/a", shop.bucket);
    assert_eq!(copy.header("x-oss-copy-source", &of_others).send().outcome(), "403 AccessDenied");
}

/// A session of a role of the shop's account, assumed by a user of another account.
fn delegate(shop: &Shop, policies: &[&str]) -> Client {
    let other = crate::world::tenant();
    let role = shop.owner.role(&fresh("role"), &[&other.root_arn()], policies);
    let user = other.user("visitor");
    other.grant("visitor", "AliyunSTSAssumeRoleAccess");
    user.assume(&role, "visit").unwrap()
}

#[test]
fn sessions_of_other_accounts_may_what_the_role_may() {
    let shop = Shop::open();
    shop.oss.put(&shop.bucket, "a", b"x").must();
    let reader = shop.by(&delegate(&shop, &["AliyunOSSReadOnlyAccess"]));
    reader.get(&shop.bucket, "a").must();
    reader.call("GET", &shop.bucket, "").send().must();
    let refused = reader.put(&shop.bucket, "b", b"x");
    assert_eq!(
        (refused.outcome().as_str(), detail(&refused)[0].as_str()),
        ("403 AccessDenied", "oss:PutObject")
    );
    let full = delegate(&shop, &["AliyunOSSFullAccess"]);
    shop.by(&full).put(&shop.bucket, "b", b"x").must();
    let elsewhere = full.call("Ecs", "DescribeInstances", &[("RegionId", "cn-hangzhou")]).unwrap_err();
    assert_eq!(elsewhere.code, "Forbidden.RAM");
    let nothing = shop.by(&delegate(&shop, &["AliyunECSFullAccess"]));
    assert_eq!(nothing.get(&shop.bucket, "a").outcome(), "403 AccessDenied");
}

#[test]
fn a_session_policy_bounds_the_session() {
    let shop = Shop::open();
    shop.set_acl("public-read-write");
    shop.oss.put(&shop.bucket, "a", b"x").must();
    let user = shop.owner.user("alice");
    shop.owner.grant("alice", "AliyunSTSAssumeRoleAccess");
    let role = shop.owner.role(&fresh("role"), &[&shop.owner.root_arn()], &["AliyunOSSFullAccess"]);
    let policy = allow(&["oss:GetObject"], &["*"]).to_string();
    let params = [("RoleArn", role.as_str()), ("RoleSessionName", "narrow"), ("Policy", &policy)];
    let answer = user.call("Sts", "AssumeRole", &params).unwrap();
    let text = |name: &str| answer["Credentials"][name].as_str().unwrap().to_owned();
    let credentials = argali_testkit::Credentials {
        access_key_id: text("AccessKeyId"),
        access_key_secret: text("AccessKeySecret").into(),
        security_token: Some(text("SecurityToken")),
    };
    let narrow = shop.oss.with_credentials(Some(&credentials));
    narrow.get(&shop.bucket, "a").must();
    let refused = narrow.put(&shop.bucket, "a", b"y");
    assert_eq!(refused.outcome(), "403 AccessDenied", "not even what the ACL lets everybody do");
    assert_eq!(refused.element("Message"), "Access denied by authorizer's policy.");
}

#[test]
fn acls_open_objects_and_nothing_else() {
    let shop = Shop::open();
    shop.oss.put(&shop.bucket, "a", b"x").must();
    let stranger = Shop::open();
    let callers = [shop.anonymous(), stranger.oss, shop.by(&shop.owner.user("ungranted"))];
    let outcomes = |acl: &str| {
        shop.set_acl(acl);
        callers.each_ref().map(|caller| {
            let of = |method, key| caller.call(method, &shop.bucket, key).send().status;
            [of("GET", "a"), of("PUT", "b"), of("DELETE", "b"), of("GET", ""), of("DELETE", "")]
        })
    };
    assert_eq!(outcomes("private"), [[403; 5]; 3]);
    assert_eq!(outcomes("public-read"), [[200, 403, 403, 403, 403]; 3]);
    assert_eq!(outcomes("public-read-write"), [[200, 200, 204, 403, 403]; 3]);
    // An object's own ACL comes before its bucket's.
    shop.oss
        .call("PUT", &shop.bucket, "a")
        .query("acl", "")
        .header("x-oss-object-acl", "private")
        .send()
        .must();
    for caller in &callers {
        assert_eq!(caller.get(&shop.bucket, "a").outcome(), "403 AccessDenied");
        assert_eq!(caller.put(&shop.bucket, "a", b"y").outcome(), "403 AccessDenied");
        let opened = caller.call("PUT", &shop.bucket, "c").header("x-oss-object-acl", "public-read");
        assert_eq!(opened.send().outcome(), "403 AccessDenied", "only bytes are open to all");
    }
    shop.set_acl("private");
    shop.oss
        .call("PUT", &shop.bucket, "a")
        .query("acl", "")
        .header("x-oss-object-acl", "public-read")
        .send()
        .must();
    for caller in &callers {
        assert_eq!(caller.get(&shop.bucket, "a").outcome(), "200");
        assert_eq!(caller.put(&shop.bucket, "a", b"y").outcome(), "403 AccessDenied");
    }
    assert_eq!(shop.anonymous().get("no-such-bucket", "a").outcome(), "403 AccessDenied");
}

#[test]
fn a_grant_in_a_resource_group_reaches_its_buckets() {
    let shop = Shop::open();
    let group = shop.owner.must(
        "ResourceManager",
        "CreateResourceGroup",
        &[("Name", "storage"), ("DisplayName", "storage")],
    );
    let group = group["ResourceGroup"]["Id"].as_str().unwrap().to_owned();
    let alice = shop.by(&shop.owner.user("alice"));
    let principal = format!("alice@{}.onaliyun.com", shop.owner.alias);
    shop.owner.must(
        "ResourceManager",
        "AttachPolicy",
        &[
            ("ResourceGroupId", &group),
            ("PolicyType", "System"),
            ("PolicyName", "AliyunOSSFullAccess"),
            ("PrincipalType", "IMSUser"),
            ("PrincipalName", &principal),
        ],
    );
    assert_eq!(alice.put(&shop.bucket, "a", b"x").outcome(), "403 AccessDenied");
    let inside = fresh("inside-");
    let made = alice.call("PUT", &inside, "").header("x-oss-resource-group-id", &group).send();
    assert_eq!(made.outcome(), "200", "{}", made.text());
    alice.put(&inside, "a", b"x").must();
    assert_eq!(alice.call("PUT", &fresh("outside-"), "").send().outcome(), "403 AccessDenied");
    assert_eq!(alice.call("GET", "", "").send().outcome(), "403 AccessDenied");
    let listed = alice.call("GET", "", "").header("x-oss-resource-group-id", &group).send().must();
    assert_eq!(listed.elements("Name"), [inside.as_str()]);
    // Moved into the group, it can be reached; whoever may only use the group cannot take it there.
    let body = format!(
        "<BucketResourceGroupConfiguration><ResourceGroupId>{group}</ResourceGroupId></BucketResourceGroupConfiguration>"
    );
    let moves = |client: &argali_testkit::OssClient| {
        client.call("PUT", &shop.bucket, "").query("resourceGroup", "").body(body.as_str()).send().outcome()
    };
    assert_eq!(moves(&alice), "403 AccessDenied");
    assert_eq!(moves(&shop.oss), "200");
    alice.put(&shop.bucket, "a", b"x").must();
    let shown = shop.oss.call("GET", &shop.bucket, "").query("resourceGroup", "").send().must();
    assert_eq!(shown.element("ResourceGroupId"), group);
}

#[test]
fn conditions_ask_for_what_a_request_brings() {
    let shop = Shop::open();
    shop.oss.put(&shop.bucket, "a", b"x").must();
    let tagging = "<Tagging><TagSet><Tag><Key>team</Key><Value>ops</Value></Tag></TagSet></Tagging>";
    shop.oss.call("PUT", &shop.bucket, "").query("tagging", "").body(tagging).send().must();
    shop.oss.call("PUT", &shop.bucket, "a").query("tagging", "").body(tagging).send().must();
    let may = |key: &str, operator: &str, value: &str, act: &dyn Fn(&argali_testkit::OssClient) -> u16| {
        let name = fresh("user");
        let client = shop.by(&shop.owner.user(&name));
        let mut document = allow(&["oss:*"], &["*"]);
        document["Statement"][0]["Condition"] = json!({ operator: { key: value } });
        shop.owner.grant_document(&name, &name, &document);
        act(&client) < 300
    };
    let list = |client: &argali_testkit::OssClient| {
        client.call("GET", &shop.bucket, "").query("prefix", "home/").send().status
    };
    let get = |client: &argali_testkit::OssClient| client.get(&shop.bucket, "a").status;
    let put = |client: &argali_testkit::OssClient| {
        client
            .call("PUT", &shop.bucket, "b")
            .header("x-oss-tagging", "k=v")
            .header("x-oss-object-acl", "private")
            .body("x")
            .send()
            .status
    };
    assert!(may("oss:Prefix", "StringEquals", "home/", &list));
    assert!(!may("oss:Prefix", "StringEquals", "other/", &list));
    assert!(may("oss:Delimiter", "StringEquals", "", &list));
    assert!(may("oss:BucketTag/team", "StringEquals", "ops", &get));
    assert!(!may("oss:BucketTag/team", "StringEquals", "dev", &get));
    assert!(may("oss:ExistingObjectTag/team", "StringEquals", "ops", &get));
    assert!(!may("oss:ExistingObjectTag/team", "StringEquals", "dev", &get));
    assert!(may("oss:RequestObjectTag/k", "StringEquals", "v", &put));
    assert!(!may("oss:RequestObjectTag/k", "StringEquals", "w", &put));
    assert!(may("oss:x-oss-object-acl", "StringEquals", "private", &put));
    assert!(!may("oss:x-oss-object-acl", "StringEquals", "public-read", &put));
    assert!(may("acs:SourceIp", "IpAddress", "127.0.0.0/8", &get));
    assert!(!may("acs:SecureTransport", "Bool", "true", &get));
    assert!(may("acs:AccessId", "StringLike", "LTAI*", &get));
}

#[test]
fn each_call_is_on_record_with_what_decided() {
    let server = argali_testkit::TestServer::start();
    let shop = Shop::on(&server);
    let id = shop.oss.put(&shop.bucket, "dir/a", b"x").must().header("x-oss-request-id").to_owned();
    let refused = shop.anonymous().get(&shop.bucket, "dir/a").header("x-oss-request-id").to_owned();
    let events = server.core().trail().events().unwrap();
    let event =
        |id: &str| events.iter().find(|event| event.request_id == id).unwrap_or_else(|| panic!("{id}"));
    let put = event(&id);
    assert_eq!((put.action.as_str(), put.product.as_deref(), put.write), ("PutObject", Some("Oss"), true));
    assert_eq!(put.resources[0].arn, format!("acs:oss:*:{}:{}/dir/a", shop.owner.id, shop.bucket));
    assert!(put.resources[0].allowed && put.error_code.is_none());
    assert_eq!(put.parameters["Key"], "dir/a");
    let refused = event(&refused);
    assert_eq!(refused.error_code.as_deref(), Some("AccessDenied"));
    assert!(!refused.resources[0].allowed);
    assert_eq!(refused.accounts[0].to_string(), shop.owner.id, "whose bucket it is may read of it");
}
