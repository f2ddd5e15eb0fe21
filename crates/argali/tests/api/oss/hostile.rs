//! Names that lead elsewhere, requests that mean two things, and many clients at once.

use std::sync::Arc;

use argali_testkit::{Engine, TestServer};

use super::Shop;
use crate::world::shared;

#[test]
fn names_that_lead_elsewhere_are_refused() {
    let shop = Shop::open();
    let long = "k".repeat(1_024);
    for key in ["..", "../a", "a/../b", "./a", "a/.", "/a", "//a", "\\a", &long, "a\u{1}b", "a\u{7}"] {
        for method in ["PUT", "GET", "DELETE"] {
            let outcome = shop.oss.call(method, &shop.bucket, key).send().outcome();
            assert_eq!(outcome, "400 InvalidObjectName", "{method} {key:?}");
        }
    }
    for target in
        ["%00", "a%00b", "%2e%2e/a", "%2E%2E%2Fa", "%2Fa", "a/%2e%2e/b", "%5Ca", "%ff", "%c0%af", "%zz", "%"]
    {
        let target = format!("/{}/{target}", shop.bucket);
        let answer = shop.anonymous().exchange("GET", &target, &[], b"");
        assert_eq!(answer.outcome(), "400 InvalidObjectName", "{target}");
    }
}

#[test]
fn a_path_whose_bucket_has_no_name_is_not_the_service() {
    let shop = Shop::open();
    for target in ["//", "//x", "///x", "//x/y"] {
        for method in ["GET", "PUT", "DELETE"] {
            let answer = shop.anonymous().exchange(method, target, &[], b"");
            assert_eq!(answer.outcome(), "400 InvalidBucketName", "{method} {target}");
        }
    }
}

#[test]
fn names_of_all_kinds_are_kept_as_they_are() {
    let shop = Shop::open();
    let longest = "运".repeat(341);
    // The first two look alike and are not the same.
    let keys = [
        "caf\u{e9}",
        "cafe\u{301}",
        "a+b c%20d",
        "%2e%2e/x",
        "...",
        "a//b",
        "a/",
        "&<>\"'",
        "tab\there",
        "🗝",
        "new\nline",
        &longest,
        "a?b#c",
        "CON",
        "~",
    ];
    for key in keys {
        shop.oss.put(&shop.bucket, key, key.as_bytes()).must();
    }
    for key in keys {
        assert_eq!(shop.oss.get(&shop.bucket, key).must().body, key.as_bytes(), "{key:?}");
    }
    let listed = shop.oss.call("GET", &shop.bucket, "").query("encoding-type", "url").send().must();
    assert_eq!(listed.elements("Key").len(), keys.len());
}

#[test]
fn bytes_lie_under_numbers_and_not_under_names() {
    let server = TestServer::builder().engine(Engine::Embedded).start();
    let shop = Shop::on(&server);
    shop.oss.put(&shop.bucket, "telling-name", b"telling bytes").must();
    let mut files = Vec::new();
    let mut folders = vec![server.folder().unwrap().join("objects")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    assert_eq!(files.len(), 1);
    let path = files[0].to_str().unwrap();
    assert!(!path.contains("telling") && !path.contains(&shop.bucket), "{path}");
    assert_eq!(std::fs::read(&files[0]).unwrap(), b"telling bytes");
}

#[test]
fn a_request_that_means_two_things_is_refused() {
    let shop = Shop::open();
    shop.oss.put(&shop.bucket, "a", b"x").must();
    let (target, headers) = shop.oss.call("GET", &shop.bucket, "a").signed();
    let with = |name: &str, value: &str| {
        let mut more = headers.clone();
        more.push((name.to_owned(), value.to_owned()));
        shop.oss.exchange("GET", &target, &more, b"").outcome()
    };
    assert_eq!(shop.oss.exchange("GET", &target, &headers, b"").outcome(), "200");
    assert_eq!(with("x-oss-date", "20250102T030405Z"), "400 InvalidArgument");
    assert_eq!(with("authorization", "OSS a:b"), "400 InvalidArgument");
    assert_eq!(with("x-oss-meta-a", "unsigned"), "403 SignatureDoesNotMatch");
    let presigned = shop.oss.call("GET", &shop.bucket, "a").presigned(60);
    assert_eq!(shop.oss.exchange("GET", &presigned, &headers, b"").outcome(), "400 InvalidArgument");
    for query in ["acl&policy", "acl&acl", "uploads&acl"] {
        let target = format!("/{}?{query}", shop.bucket);
        assert_eq!(
            shop.anonymous().exchange("GET", &target, &[], b"").outcome(),
            "400 InvalidArgument",
            "{query}"
        );
    }
    // What is not served is not taken for something else.
    for (method, query) in [
        ("PUT", "lifecycle"),
        ("PUT", "website"),
        ("DELETE", "logging"),
        ("GET", "replication"),
        ("PUT", "unheard-of"),
    ] {
        let outcome = shop.oss.call(method, &shop.bucket, "").query(query, "").send().outcome();
        assert_eq!(outcome, "501 NotImplemented", "{method} {query}");
    }
    for (method, key) in [("PATCH", "a"), ("POST", "a"), ("PATCH", ""), ("TRACE", "a")] {
        let outcome = shop.oss.call(method, &shop.bucket, key).send().status;
        assert_eq!(outcome, 405, "{method} {key}");
    }
}

#[test]
fn thirty_two_clients_at_once_get_what_they_stored() {
    let shop = Arc::new(Shop::on(shared()));
    std::thread::scope(|scope| {
        for client in 0..32_usize {
            let shop = Arc::clone(&shop);
            scope.spawn(move || {
                for round in 0..6_usize {
                    let size = 1 + (client * 7_919 + round * 104_729) % 300_000;
                    let bytes = vec![u8::try_from(client).unwrap(); size];
                    let key = format!("client-{client}/{round}");
                    shop.oss.put(&shop.bucket, &key, &bytes).must();
                    assert_eq!(shop.oss.get(&shop.bucket, &key).must().body, bytes);
                    // All write this one: whoever is last, it is whole.
                    shop.oss.put(&shop.bucket, "contested", &bytes).must();
                    let read = shop.oss.get(&shop.bucket, "contested").must();
                    assert!(read.is_whole && read.body.iter().all(|byte| *byte == read.body[0]));
                }
            });
        }
    });
    let stat = shop.oss.call("GET", &shop.bucket, "").query("stat", "").send().must();
    assert_eq!(stat.element("ObjectCount"), (32 * 6 + 1).to_string());
}
