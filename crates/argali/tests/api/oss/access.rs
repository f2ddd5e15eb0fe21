//! Who may call what: every operation of object storage, called by every kind of caller.
//!
//! The operations come from the registry, so that none is forgotten: a new one fails here until it has an entry in
//! `stage`. What comes of each call is kept in a snapshot, where a change of access shows as a line.

use std::fmt::Write;

use argali_testkit::{Credentials, OssClient, TestServer, XmlAnswer, allow};
use serde_json::json;

use super::Shop;
use crate::stage::fresh;

const COLUMNS: [&str; 8] =
    ["anonymous", "forger", "ungranted", "session", "denied", "granted", "owner", "stranger"];

/// Calls an operation as it is meant to be called, once; what it needs is there.
fn stage(shop: &Shop, client: &OssClient, operation: &str) -> XmlAnswer {
    let bucket = shop.bucket.as_str();
    let (key, source) = (fresh("object"), format!("/{bucket}/source"));
    shop.oss.put(bucket, &key, b"x").must();
    let upload =
        || shop.oss.call("POST", bucket, &key).query("uploads", "").send().must().element("UploadId");
    let on_upload = |method: &'static str| {
        let upload = Box::leak(upload().into_boxed_str());
        let call = shop.oss.call("PUT", bucket, &key).query("uploadId", upload).query("partNumber", "1");
        call.body("part").send().must();
        client.call(method, bucket, Box::leak(key.clone().into_boxed_str())).query("uploadId", upload)
    };
    let about = |method: &'static str, sub: &'static str| client.call(method, bucket, "").query(sub, "");
    let object = |method: &'static str| client.call(method, bucket, &key);
    let policy = allow(&["oss:GetObject"], &["acs:oss:*:*:nothing/*"]);
    let policy = json!({"Version": "1", "Statement": [{"Effect": "Allow", "Action": "oss:GetObject", "Principal": ["1"], "Resource": policy["Statement"][0]["Resource"]}]}).to_string();
    let tags = "<Tagging><TagSet><Tag><Key>k</Key><Value>v</Value></Tag></TagSet></Tagging>";
    let cors = "<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration>";
    let group = "<BucketResourceGroupConfiguration><ResourceGroupId></ResourceGroupId></BucketResourceGroupConfiguration>";
    let own = |sub: &'static str, body: &str| {
        drop(shop.oss.call("PUT", bucket, "").query(sub, "").body(body).send().must())
    };
    match operation {
        "ListBuckets" => client.call("GET", "", "").send(),
        "PutBucket" => client.call("PUT", &fresh("made-"), "").send(),
        "DeleteBucket" => {
            let empty = fresh("empty-");
            shop.oss.call("PUT", &empty, "").send().must();
            client.call("DELETE", &empty, "").send()
        }
        "GetBucketInfo" => about("GET", "bucketInfo").send(),
        "GetBucketLocation" => about("GET", "location").send(),
        "GetBucketStat" => about("GET", "stat").send(),
        "GetBucketAcl" => about("GET", "acl").send(),
        "PutBucketAcl" => about("PUT", "acl").header("x-oss-acl", "private").send(),
        "PutBucketPolicy" => about("PUT", "policy").body(policy).send(),
        "GetBucketPolicy" => {
            own("policy", &policy);
            about("GET", "policy").send()
        }
        "DeleteBucketPolicy" => about("DELETE", "policy").send(),
        "PutBucketTagging" => about("PUT", "tagging").body(tags).send(),
        "GetBucketTagging" => {
            own("tagging", tags);
            about("GET", "tagging").send()
        }
        "DeleteBucketTagging" => about("DELETE", "tagging").send(),
        "PutBucketResourceGroup" => about("PUT", "resourceGroup").body(group).send(),
        "GetBucketResourceGroup" => about("GET", "resourceGroup").send(),
        "PutBucketCors" => about("PUT", "cors").body(cors).send(),
        "GetBucketCors" => {
            own("cors", cors);
            about("GET", "cors").send()
        }
        "DeleteBucketCors" => about("DELETE", "cors").send(),
        "ListObjects" => client.call("GET", bucket, "").send(),
        "ListObjectsV2" => client.call("GET", bucket, "").query("list-type", "2").send(),
        "ListMultipartUploads" => about("GET", "uploads").send(),
        "PutObject" => object("PUT").body("x").send(),
        "GetObject" => object("GET").send(),
        "HeadObject" => object("HEAD").send(),
        "GetObjectMeta" => object("GET").query("objectMeta", "").send(),
        "DeleteObject" => object("DELETE").send(),
        "DeleteMultipleObjects" => {
            about("POST", "delete").body(format!("<Delete><Object><Key>{key}</Key></Object></Delete>")).send()
        }
        "AppendObject" => client
            .call("POST", bucket, &fresh("log"))
            .query("append", "")
            .query("position", "0")
            .body("x")
            .send(),
        "CopyObject" => object("PUT").header("x-oss-copy-source", &source).send(),
        "GetObjectAcl" => object("GET").query("acl", "").send(),
        "PutObjectAcl" => object("PUT").query("acl", "").header("x-oss-object-acl", "private").send(),
        "PutObjectTagging" => object("PUT").query("tagging", "").body(tags).send(),
        "GetObjectTagging" => object("GET").query("tagging", "").send(),
        "DeleteObjectTagging" => object("DELETE").query("tagging", "").send(),
        "InitiateMultipartUpload" => object("POST").query("uploads", "").send(),
        "UploadPart" => on_upload("PUT").query("partNumber", "2").body("x").send(),
        "UploadPartCopy" => {
            on_upload("PUT").query("partNumber", "2").header("x-oss-copy-source", &source).send()
        }
        "CompleteMultipartUpload" => on_upload("POST").header("x-oss-complete-all", "yes").send(),
        "AbortMultipartUpload" => on_upload("DELETE").send(),
        "ListParts" => on_upload("GET").send(),
        other => panic!("{other} has no entry in oss/access.rs: add one"),
    }
}

fn outcome(answer: &XmlAnswer) -> String {
    match answer.status {
        200..300 => "ok".to_owned(),
        // An answer to HEAD has no body.
        403 if answer.body.is_empty() => "AccessDenied".to_owned(),
        _ => answer.element("Code"),
    }
}

#[test]
fn of_object_storage() {
    let server = TestServer::start();
    let shop = Shop::on(&server);
    shop.oss.put(&shop.bucket, "source", b"x").must();
    let forged = Credentials { access_key_secret: "wrong".into(), ..shop.owner.client.credentials().clone() };
    let role = shop.owner.role("without-rights", &[&shop.owner.root_arn()], &[]);
    let assumer = shop.owner.user("assumer");
    shop.owner.grant("assumer", "AliyunSTSAssumeRoleAccess");
    let ungranted = shop.by(&shop.owner.user("ungranted"));
    let session = shop.by(&assumer.assume(&role, "session").unwrap());
    let denied = shop.by(&shop.owner.user("denied"));
    shop.owner.grant("denied", "AdministratorAccess");
    let granted = shop.by(&shop.owner.user("granted"));
    let stranger = Shop::on(&server);
    let callers = [
        shop.anonymous(),
        shop.oss.with_credentials(Some(&forged)),
        ungranted,
        session,
        denied,
        granted,
        shop.oss.clone(),
        stranger.oss,
    ];
    let mut table = format!("{:26}", "");
    COLUMNS.iter().for_each(|column| write!(table, "{column:22}").unwrap());
    let of_storage = server.core().registry().of_data_plane().filter(|operation| operation.product == "Oss");
    for operation in of_storage {
        let name = operation.name();
        let actions = match name {
            "CopyObject" | "UploadPartCopy" => vec![operation.action, "oss:GetObject"],
            _ => vec![operation.action],
        };
        write!(table, "\n{name:26}").unwrap();
        let mut row = Vec::new();
        for (column, caller) in COLUMNS.iter().zip(&callers) {
            let policy = match *column {
                "denied" => Some(
                    json!({"Version": "1", "Statement": [{"Effect": "Deny", "Action": actions, "Resource": "*"}]}),
                ),
                "granted" => Some(allow(&actions, &["*"])),
                _ => None,
            };
            let policy = policy.map(|document| {
                let policy = fresh("only");
                shop.owner.grant_document(column, &policy, &document);
                policy
            });
            row.push(outcome(&stage(&shop, caller, name)));
            write!(table, "{:22}", row.last().unwrap()).unwrap();
            if let Some(policy) = policy {
                let params = [("UserName", *column), ("PolicyName", &policy), ("PolicyType", "Custom")];
                shop.owner.must("Ram", "DetachPolicyFromUser", &params);
                shop.owner.must("Ram", "DeletePolicy", &params[1..2]);
            }
        }
        let [anonymous, forger, ungranted, session, denied, granted, owner, stranger] =
            row.try_into().unwrap();
        assert_eq!([anonymous.as_str(), &ungranted, &session, &denied], ["AccessDenied"; 4], "{name}");
        assert!(forger == "SignatureDoesNotMatch" || name == "HeadObject", "{name}: {forger}");
        assert_eq!([granted.as_str(), &owner], ["ok"; 2], "{name}");
        // Everybody has buckets of their own.
        let own = ["ListBuckets", "PutBucket"].contains(&name);
        assert_eq!(stranger, if own { "ok" } else { "AccessDenied" }, "{name}");
    }
    insta::assert_snapshot!(table.lines().map(str::trim_end).collect::<Vec<_>>().join("\n"));
}
