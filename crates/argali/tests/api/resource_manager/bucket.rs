//! Buckets as Resource Management sees them: listed, counted and moved with what declared services keep.

use argali_testkit::{Client, Enterprise, TestServer, allow};
use serde_json::{Value, json};

use super::{default_group, resource_group};
use crate::expect::Calls;
use crate::oss::Shop;
use crate::shape::complete;
use crate::stage::text;

const RM: &str = "ResourceManager";

/// What came of moving a bucket: `SUCCESS`, or the code.
fn moved(client: &Client, bucket: &str, group: &str) -> String {
    let params = [
        ("ResourceGroupId", group),
        ("Resources.1.Service", "oss"),
        ("Resources.1.ResourceType", "bucket"),
        ("Resources.1.ResourceId", bucket),
    ];
    let answer = client.must(RM, "MoveResources", &params);
    let outcome = &answer["Responses"][0];
    outcome["ErrorCode"].as_str().or(outcome["Status"].as_str()).unwrap().to_owned()
}

fn listed(owner: &Enterprise, params: &[(&str, &str)]) -> Value {
    owner.must(RM, "ListResources", params)["Resources"]["Resource"].clone()
}

#[test]
fn a_bucket_moves_as_its_own_service_and_its_policy_allow() {
    let server = TestServer::start();
    let shop = Shop::on(&server);
    let (a, bucket) = (&shop.owner, shop.bucket.as_str());
    let (group, default) = (resource_group(a), default_group(a));
    let mover = a.user("mover");
    a.grant("mover", "AliyunResourceGroupFullAccess");
    assert_eq!(moved(&mover, bucket, &group), "NoPermission");
    // In one of the groups alone it is not enough.
    a.grant_document("mover", "moves", &allow(&["oss:PutBucketResourceGroup"], &["*"]));
    let everywhere = [("UserName", "mover"), ("PolicyName", "moves"), ("PolicyType", "Custom")];
    a.must("Ram", "DetachPolicyFromUser", &everywhere);
    for place in [&default, &group] {
        let here = [&everywhere[..], &[("ResourceGroupId", place.as_str())]].concat();
        a.must("Ram", "AttachPolicyToUser", &here);
        assert_eq!(moved(&mover, bucket, &group), "NoPermission");
        a.must("Ram", "DetachPolicyFromUser", &here);
    }
    a.must("Ram", "AttachPolicyToUser", &everywhere);
    // The bucket's own policy has a say.
    let denial = json!({"Version": "1", "Statement": [{
        "Effect": "Deny", "Action": ["oss:PutBucketResourceGroup"], "Principal": ["*"],
        "Resource": [format!("acs:oss:*:{}:{bucket}", a.id)],
    }]});
    shop.set_policy(&denial);
    assert_eq!(moved(&mover, bucket, &group), "NoPermission");
    shop.oss.call("DELETE", bucket, "").query("policy", "").send().must();
    let stranger = Shop::on(&server);
    for absent in ["no-such-bucket", "No Bucket", &stranger.bucket] {
        assert_eq!(moved(&mover, absent, &group), "NoSuchBucket", "{absent}");
    }
    assert_eq!(listed(a, &[("ResourceId", bucket)])[0]["ResourceGroupId"], *default);
    assert_eq!(moved(&mover, bucket, &group), "SUCCESS");
    assert_eq!(listed(a, &[("ResourceId", bucket)])[0]["ResourceGroupId"], *group);
}

#[test]
fn buckets_are_listed_and_counted_and_keep_their_group() {
    let server = TestServer::start();
    let shop = Shop::on(&server);
    let (a, bucket) = (&shop.owner, shop.bucket.as_str());
    let group = resource_group(a);
    let in_group = [("ResourceGroupId", group.as_str())];
    assert_eq!(listed(a, &in_group), json!([]));
    assert_eq!(moved(&a.client, bucket, &group), "SUCCESS");
    let all = a.must(RM, "ListResources", &in_group);
    complete(RM, "ListResources", &all, &[]);
    let shown = &all["Resources"]["Resource"][0];
    let known = ["Service", "ResourceType", "ResourceId", "RegionId"].map(|name| text(&shown[name]));
    assert_eq!(known, ["oss", "bucket", bucket, "cn-hangzhou"]);
    for (params, found) in [
        (&[("Service", "oss")][..], 1),
        (&[("Service", "oss"), ("ResourceType", "bucket"), ("ResourceId", bucket)], 1),
        (&[("Service", "ecs")], 0),
        (&[("Region", "cn-beijing")], 0),
        (&[("Region", "cn-hangzhou"), ("Count", "false")], 1),
        (&[("ResourceId", "another")], 0),
    ] {
        assert_eq!(listed(a, params).as_array().unwrap().len(), found, "{params:?}");
    }
    let counted = a.must(RM, "GetResourceGroupResourceCounts", &[("GroupByKey", "ResourceType")]);
    assert_eq!(counted["ResourceCounts"], json!([{ "GroupByKey": "oss:bucket", "Count": 1 }]));
    // A page begins where the types before it end.
    let region = ("RegionId", "cn-hangzhou");
    a.must("Vpc", "CreateVpc", &[region]);
    let pages = ["1", "2", "3"].map(|number| {
        let page = listed(a, &[("PageSize", "1"), ("PageNumber", number)]);
        page[0]["Service"].as_str().unwrap_or("none").to_owned()
    });
    assert_eq!(pages, ["oss", "vpc", "none"]);
    // The group stays for as long as the bucket is in it.
    a.client.refused(RM, "DeleteResourceGroup", &in_group, "DeleteConflict.ResourceGroup.Resource");
    shop.oss.call("DELETE", bucket, "").send().must();
    a.must(RM, "DeleteResourceGroup", &in_group);
}
