//! Buckets: made, shown and deleted.

use super::Shop;
use crate::stage::fresh;

#[test]
fn names_are_unique_among_all_accounts() {
    let (a, b) = (Shop::open(), Shop::open());
    assert_eq!(b.oss.call("PUT", &a.bucket, "").send().outcome(), "409 BucketAlreadyExists");
    assert_eq!(a.oss.call("PUT", &a.bucket, "").send().outcome(), "200", "one's own is as good as made");
    for name in ["ab", "Upper", "under_score", "-start", "end-", "dot.ted"] {
        assert_eq!(a.oss.call("PUT", name, "").send().outcome(), "400 InvalidBucketName", "{name}");
    }
}

#[test]
fn a_bucket_is_shown_as_it_was_made() {
    let shop = Shop::open();
    let name = fresh("made-");
    let body = "<CreateBucketConfiguration><StorageClass>IA</StorageClass><DataRedundancyType>ZRS</DataRedundancyType></CreateBucketConfiguration>";
    shop.oss.call("PUT", &name, "").header("x-oss-acl", "public-read").body(body).send().must();
    let info = shop.oss.call("GET", &name, "").query("bucketInfo", "").send().must();
    assert_eq!(info.header("content-type"), "application/xml");
    for (element, value) in [
        ("Name", name.as_str()),
        ("Location", "oss-cn-hangzhou"),
        ("StorageClass", "IA"),
        ("DataRedundancyType", "ZRS"),
        ("Grant", "public-read"),
        ("ID", &shop.owner.id),
        ("ExtranetEndpoint", "oss-cn-hangzhou.aliyuncs.com"),
        ("IntranetEndpoint", "oss-cn-hangzhou-internal.aliyuncs.com"),
    ] {
        assert_eq!(info.element(element), value, "{}", info.text());
    }
    assert!(info.element("CreationDate").ends_with(".000Z"));
    let location = shop.oss.call("GET", &name, "").query("location", "").send().must();
    assert_eq!(location.element("LocationConstraint"), "oss-cn-hangzhou");
    let wrong = "<CreateBucketConfiguration><StorageClass>Glacier</StorageClass></CreateBucketConfiguration>";
    let refused = shop.oss.call("PUT", &fresh("made-"), "").body(wrong).send();
    assert_eq!(refused.outcome(), "400 InvalidArgument");
}

#[test]
fn a_bucket_goes_when_nothing_is_in_it() {
    let shop = Shop::open();
    let delete = || shop.oss.call("DELETE", &shop.bucket, "").send().outcome();
    shop.oss.put(&shop.bucket, "a", b"x").must();
    assert_eq!(delete(), "409 BucketNotEmpty");
    shop.oss.call("DELETE", &shop.bucket, "a").send().must();
    let upload =
        shop.oss.call("POST", &shop.bucket, "b").query("uploads", "").send().must().element("UploadId");
    assert_eq!(delete(), "409 BucketNotEmpty");
    shop.oss.call("DELETE", &shop.bucket, "b").query("uploadId", &upload).send().must();
    assert_eq!(delete(), "204");
    assert_eq!(delete(), "404 NoSuchBucket");
    assert_eq!(shop.oss.get(&shop.bucket, "a").outcome(), "404 NoSuchBucket");
}

#[test]
fn an_account_lists_its_buckets_and_no_other() {
    let shop = Shop::open();
    let other = Shop::open();
    let mut names: Vec<String> = (0..3).map(|n| format!("{}-{n}", shop.bucket)).collect();
    for name in &names {
        shop.oss.call("PUT", name, "").send().must();
    }
    names.insert(0, shop.bucket.clone());
    let all = shop.oss.call("GET", "", "").send().must();
    assert_eq!(all.elements("Name"), names);
    assert!(!all.text().contains(&format!(">{}<", other.bucket)));
    let page = shop.oss.call("GET", "", "").query("max-keys", "2").send().must();
    assert_eq!((page.elements("Name"), page.element("IsTruncated").as_str()), (names[..2].to_vec(), "true"));
    let marker = page.element("NextMarker");
    let next = shop.oss.call("GET", "", "").query("marker", &marker).send().must();
    assert_eq!(next.elements("Name"), names[2..]);
    let prefix = format!("{}-", shop.bucket);
    let some = shop.oss.call("GET", "", "").query("prefix", &prefix).send().must();
    assert_eq!(some.elements("Name"), names[1..]);
    assert_eq!(shop.anonymous().call("GET", "", "").send().outcome(), "403 AccessDenied");
}

#[test]
fn what_lies_in_a_bucket_is_counted() {
    let shop = Shop::open();
    let stat = || {
        let stat = shop.oss.call("GET", &shop.bucket, "").query("stat", "").send().must();
        ["Storage", "ObjectCount", "MultipartUploadCount"].map(|name| stat.element(name)).join(" ")
    };
    assert_eq!(stat(), "0 0 0");
    shop.oss.put(&shop.bucket, "a", b"12345").must();
    shop.oss.put(&shop.bucket, "b", b"123").must();
    shop.oss.put(&shop.bucket, "a", b"1").must();
    assert_eq!(stat(), "4 2 0");
    shop.oss.call("POST", &shop.bucket, "c").query("uploads", "").send().must();
    shop.oss.call("DELETE", &shop.bucket, "b").send().must();
    assert_eq!(stat(), "1 1 1");
}
