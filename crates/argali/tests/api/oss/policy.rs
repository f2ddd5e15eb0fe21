//! Bucket policies: what they open to others and close to one's own.

use serde_json::{Value, json};

use super::Shop;
use crate::world::tenant;

fn statement(effect: &str, actions: &[&str], principals: &[&str], resource: &str) -> Value {
    json!({ "Effect": effect, "Action": actions, "Principal": principals, "Resource": [format!("acs:oss:*:*:{resource}")] })
}

fn policy(statements: &[Value]) -> Value {
    json!({ "Version": "1", "Statement": statements })
}

#[test]
fn a_policy_is_shown_as_it_was_put() {
    let shop = Shop::open();
    let call = |method: &'static str| shop.oss.call(method, &shop.bucket, "").query("policy", "");
    assert_eq!(call("GET").send().outcome(), "404 NoSuchBucketPolicy");
    let document = policy(&[statement("Allow", &["oss:GetObject"], &["*"], &format!("{}/*", shop.bucket))]);
    shop.set_policy(&document);
    let shown = call("GET").send().must();
    assert_eq!(serde_json::from_slice::<Value>(&shown.body).unwrap(), document);
    assert_eq!(shown.header("content-type"), "application/json");
    for wrong in [
        "",
        "{}",
        "not json",
        r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"oss:*","Resource":"*"}]}"#,
    ] {
        assert_eq!(call("PUT").body(wrong).send().outcome(), "400 InvalidPolicyDocument", "{wrong}");
    }
    assert_eq!(call("DELETE").send().outcome(), "204");
    assert_eq!(call("GET").send().outcome(), "404 NoSuchBucketPolicy");
}

#[test]
fn other_accounts_come_in_by_the_bucket_policy_alone() {
    let shop = Shop::open();
    shop.oss.put(&shop.bucket, "shared/a", b"x").must();
    let other = tenant();
    let user = other.user("visitor");
    other.grant("visitor", "AdministratorAccess");
    let id = other.must("Ram", "GetUser", &[("UserName", "visitor")])["User"]["UserId"]
        .as_str()
        .unwrap()
        .to_owned();
    let (root, visitor) = (shop.by(&other.client), shop.by(&user));
    let of = |client: &argali_testkit::OssClient, method, key| {
        client.call(method, &shop.bucket, key).send().status
    };
    for client in [&root, &visitor] {
        assert_eq!(
            [of(client, "GET", "shared/a"), of(client, "GET", "")],
            [403, 403],
            "whatever their own policies say"
        );
    }
    let shared = format!("{}/shared/*", shop.bucket);
    shop.set_policy(&policy(&[statement("Allow", &["oss:GetObject"], &[&id], &shared)]));
    assert_eq!(
        [of(&visitor, "GET", "shared/a"), of(&visitor, "PUT", "shared/a"), of(&visitor, "GET", "b")],
        [200, 403, 403]
    );
    assert_eq!(of(&root, "GET", "shared/a"), 403, "a user is not its account");
    shop.set_policy(&policy(&[statement(
        "Allow",
        &["oss:GetObject", "oss:PutObject"],
        &[&other.id],
        &shared,
    )]));
    assert_eq!(
        [of(&root, "PUT", "shared/b"), of(&visitor, "GET", "shared/a")],
        [200, 403],
        "nor an account its users"
    );
    let role = other.role("runner", &[&other.root_arn()], &[]);
    let session = shop.by(&user.assume(&role, "job-1").unwrap());
    assert_eq!(of(&session, "GET", "shared/a"), 403);
    let sessions = format!("arn:sts::{}:assumed-role/runner/*", other.id);
    shop.set_policy(&policy(&[
        statement("Allow", &["oss:GetObject"], &[&sessions], &shared),
        statement("Allow", &["oss:ListObjects"], &[&sessions], &shop.bucket),
    ]));
    assert_eq!(
        [of(&session, "GET", "shared/a"), of(&session, "GET", ""), of(&session, "DELETE", "shared/a")],
        [200, 200, 403]
    );
}

#[test]
fn everybody_is_everybody_but_the_owner() {
    let shop = Shop::open();
    shop.oss.put(&shop.bucket, "a", b"x").must();
    let all = format!("{}/*", shop.bucket);
    shop.set_policy(&policy(&[statement("Allow", &["oss:GetObject"], &["*"], &all)]));
    assert_eq!(shop.anonymous().get(&shop.bucket, "a").status, 200);
    assert_eq!(shop.anonymous().put(&shop.bucket, "a", b"y").status, 403);
    let mut deny = statement("Deny", &["oss:GetObject"], &["*"], &all);
    shop.set_policy(&policy(&[deny.clone()]));
    shop.set_acl("public-read");
    let alice = shop.by(&shop.owner.user("alice"));
    shop.owner.grant("alice", "AdministratorAccess");
    let refused = alice.get(&shop.bucket, "a");
    assert_eq!(
        (refused.outcome().as_str(), refused.header("x-oss-ec")),
        ("403 AccessDenied", "0003-00000101")
    );
    assert_eq!(refused.element("Message"), "Access denied by bucket policy.");
    assert_eq!(
        shop.anonymous().get(&shop.bucket, "a").outcome(),
        "403 AccessDenied",
        "an ACL opens nothing that is denied"
    );
    assert_eq!(shop.oss.get(&shop.bucket, "a").status, 200, "the owner");
    deny["Condition"] = json!({ "Bool": { "acs:SecureTransport": "false" } });
    shop.set_policy(&policy(&[deny]));
    assert_eq!(
        shop.oss.get(&shop.bucket, "a").outcome(),
        "403 AccessDenied",
        "a condition reaches the owner, too"
    );
    shop.oss.call("DELETE", &shop.bucket, "").query("policy", "").send().must();
    assert_eq!(shop.oss.get(&shop.bucket, "a").status, 200);
}

#[test]
fn a_closed_account_serves_nobody() {
    let server = argali_testkit::TestServer::start();
    let shop = Shop::on(&server);
    shop.set_acl("public-read");
    shop.oss.put(&shop.bucket, "a", b"x").must();
    assert_eq!(shop.anonymous().get(&shop.bucket, "a").status, 200);
    let (_, durable) = server
        .core()
        .set_account_status(&shop.owner.id, argali_testkit::model::AccountStatus::Closed)
        .unwrap();
    durable.wait().unwrap();
    assert_eq!(shop.anonymous().get(&shop.bucket, "a").outcome(), "403 AccessDenied");
    assert_eq!(shop.oss.get(&shop.bucket, "a").outcome(), "403 InvalidAccessKeyId");
}
