//! Objects: stored, read and deleted.

use super::Shop;

/// The CRC-64 (ECMA) and MD5 of `123456789`, as the catalogues have them.
const DIGITS: &[u8] = b"123456789";
const DIGITS_CRC64: &str = "11051210869376104954";
const DIGITS_MD5: &str = "\"25F9E794323B453885F5181F1B624D0B\"";

#[test]
fn an_object_is_what_was_stored() {
    let shop = Shop::open();
    assert_eq!(shop.oss.get(&shop.bucket, "dir/a.txt").outcome(), "404 NoSuchKey");
    let put = shop.oss.call("PUT", &shop.bucket, "dir/a.txt");
    let put = put
        .header("content-type", "text/plain")
        .header("cache-control", "no-cache")
        .header("x-oss-meta-author", "alice")
        .header("x-oss-storage-class", "IA")
        .header("content-md5", "JfnnlDI7RTiF9RgfG2JNCw==")
        .body(DIGITS);
    let stored = put.send().must();
    assert_eq!((stored.header("etag"), stored.header("x-oss-hash-crc64ecma")), (DIGITS_MD5, DIGITS_CRC64));
    assert_eq!(stored.header("x-oss-request-id").len(), 24);
    for method in ["GET", "HEAD"] {
        let read = shop.oss.call(method, &shop.bucket, "dir/a.txt").send().must();
        for (name, value) in [
            ("content-type", "text/plain"),
            ("cache-control", "no-cache"),
            ("x-oss-meta-author", "alice"),
            ("x-oss-storage-class", "IA"),
            ("x-oss-object-type", "Normal"),
            ("etag", DIGITS_MD5),
            ("x-oss-hash-crc64ecma", DIGITS_CRC64),
            ("content-length", "9"),
            ("accept-ranges", "bytes"),
            ("content-security-policy", "sandbox"),
            ("x-content-type-options", "nosniff"),
        ] {
            assert_eq!(read.header(name), value, "{method} {name}");
        }
        assert_eq!(read.body, if method == "GET" { DIGITS } else { b"" });
    }
    let meta = shop.oss.call("HEAD", &shop.bucket, "dir/a.txt").query("objectMeta", "").send().must();
    assert_eq!((meta.header("etag"), meta.header("x-oss-meta-author")), (DIGITS_MD5, ""));
    assert_eq!(shop.oss.call("DELETE", &shop.bucket, "dir/a.txt").send().outcome(), "204");
    assert_eq!(shop.oss.call("DELETE", &shop.bucket, "dir/a.txt").send().outcome(), "204");
    let gone = shop.oss.call("HEAD", &shop.bucket, "dir/a.txt").send();
    assert_eq!((gone.status, gone.body.len()), (404, 0));
    assert!(!gone.header("x-oss-err").is_empty() && !gone.header("x-oss-ec").is_empty());
}

#[test]
fn what_does_not_arrive_as_it_was_sent_is_not_stored() {
    let shop = Shop::open();
    let put = || shop.oss.call("PUT", &shop.bucket, "a").body(DIGITS);
    for (header, value, refused) in [
        ("content-md5", "1B2M2Y8AsgTpgAmY7PhCfg==", "400 InvalidDigest"),
        ("content-md5", "no base64", "400 InvalidDigest"),
        ("x-oss-storage-class", "Glacier", "400 InvalidArgument"),
        ("x-oss-object-acl", "everybody", "400 InvalidArgument"),
        ("x-oss-tagging", "a=1&a=2", "400 InvalidTag"),
    ] {
        assert_eq!(put().header(header, value).send().outcome(), refused, "{header}");
    }
    assert_eq!(shop.oss.get(&shop.bucket, "a").outcome(), "404 NoSuchKey");
    put().send().must();
    let kept = put().header("x-oss-forbid-overwrite", "true").send();
    assert_eq!(kept.outcome(), "409 FileAlreadyExists");
    put().header("x-oss-forbid-overwrite", "false").send().must();
}

#[test]
fn any_range_can_be_read() {
    let shop = Shop::open();
    let bytes: Vec<u8> = (0..=255).cycle().take(700_001).collect();
    shop.oss.put(&shop.bucket, "a", &bytes).must();
    assert_eq!(shop.oss.get(&shop.bucket, "a").body, bytes);
    for (range, first, last) in [
        ("bytes=0-0", 0, 0),
        ("bytes=262143-262145", 262_143, 262_145),
        ("bytes=700000-", 700_000, 700_000),
        ("bytes=-10", 699_991, 700_000),
        ("bytes=5-9999999", 5, 700_000),
    ] {
        let read = shop.oss.call("GET", &shop.bucket, "a").header("range", range).send();
        assert_eq!(read.status, 206, "{range}");
        assert_eq!(read.header("content-range"), format!("bytes {first}-{last}/700001"));
        assert_eq!(read.body, bytes[first..=last], "{range}");
    }
    let whole = shop.oss.call("GET", &shop.bucket, "a").header("range", "bytes=5-1").send();
    assert_eq!((whole.status, whole.body.len()), (200, 700_001));
    let past = shop.oss.call("GET", &shop.bucket, "a").header("range", "bytes=700001-").send();
    assert_eq!(past.outcome(), "416 InvalidRange");
    shop.oss.put(&shop.bucket, "empty", b"").must();
    let empty = shop.oss.get(&shop.bucket, "empty").must();
    assert_eq!((empty.body.len(), empty.header("content-length")), (0, "0"));
    let past = shop.oss.call("GET", &shop.bucket, "empty").header("range", "bytes=0-").send();
    assert_eq!(past.outcome(), "416 InvalidRange");
}

#[test]
fn readers_say_what_they_have() {
    let shop = Shop::open();
    let stored = shop.oss.put(&shop.bucket, "a", DIGITS).must();
    let etag = stored.header("etag").to_owned();
    let date = shop.oss.call("HEAD", &shop.bucket, "a").send().header("last-modified").to_owned();
    for (header, value, expected) in [
        ("if-match", etag.as_str(), 200),
        ("if-match", "\"other\"", 412),
        ("if-none-match", etag.as_str(), 304),
        ("if-none-match", "\"other\"", 200),
        ("if-modified-since", date.as_str(), 304),
        ("if-modified-since", "Thu, 01 Jan 1970 00:00:00 GMT", 200),
        ("if-unmodified-since", date.as_str(), 200),
        ("if-unmodified-since", "Thu, 01 Jan 1970 00:00:00 GMT", 412),
    ] {
        for method in ["GET", "HEAD"] {
            let read = shop.oss.call(method, &shop.bucket, "a").header(header, value).send();
            assert_eq!(read.status, expected, "{method} {header}: {value}");
        }
    }
}

#[test]
fn whoever_signs_chooses_headers_of_the_answer() {
    let shop = Shop::open();
    shop.set_acl("public-read");
    shop.oss.put(&shop.bucket, "a", DIGITS).must();
    let asked = |client: &argali_testkit::OssClient| {
        let call = client.call("GET", &shop.bucket, "a").query("response-content-type", "text/csv");
        call.query("response-content-disposition", "attachment; filename=a.csv").send()
    };
    let read = asked(&shop.oss).must();
    assert_eq!(read.header("content-type"), "text/csv");
    assert_eq!(read.header("content-disposition"), "attachment; filename=a.csv");
    assert_eq!(asked(&shop.anonymous()).outcome(), "403 AccessDenied");
}

#[test]
fn many_are_deleted_at_once_or_none() {
    let shop = Shop::open();
    for key in ["a", "b", "运维 <1>&"] {
        shop.oss.put(&shop.bucket, key, b"x").must();
    }
    let delete = |body: &str| shop.oss.call("POST", &shop.bucket, "").query("delete", "").body(body).send();
    let gone = delete(
        "<Delete><Object><Key>a</Key></Object><Object><Key>运维 &lt;1&gt;&amp;</Key></Object><Object><Key>never</Key></Object></Delete>",
    );
    assert_eq!(gone.must().elements("Key"), ["a", "运维 &lt;1&gt;&amp;", "never"]);
    assert_eq!(shop.oss.get(&shop.bucket, "a").status, 404);
    for (body, refused) in [
        ("<Delete></Delete>", "400 MalformedXML"),
        ("<Delete><Object><Key>../b</Key></Object></Delete>", "400 InvalidObjectName"),
        ("<!DOCTYPE x><Delete><Object><Key>b</Key></Object></Delete>", "400 MalformedXML"),
        ("b", "400 MalformedXML"),
    ] {
        assert_eq!(delete(body).outcome(), refused, "{body}");
    }
    let quiet = delete("<Delete><Quiet>true</Quiet><Object><Key>b</Key></Object></Delete>").must();
    assert_eq!(quiet.body.len(), 0);
    assert_eq!(shop.oss.get(&shop.bucket, "b").status, 404);
}

#[test]
fn an_object_is_added_to_at_its_end() {
    let shop = Shop::open();
    let append = |position: &str, bytes: &[u8]| {
        let call = shop.oss.call("POST", &shop.bucket, "log").query("append", "").query("position", position);
        call.body(bytes).send()
    };
    let first = append("0", b"12345").must();
    assert_eq!(first.header("x-oss-next-append-position"), "5");
    let wrong = append("0", b"6789");
    assert_eq!(wrong.outcome(), "409 PositionNotEqualToLength");
    assert_eq!(wrong.header("x-oss-next-append-position"), "5");
    let second = append("5", b"6789").must();
    assert_eq!(second.header("x-oss-hash-crc64ecma"), DIGITS_CRC64);
    let read = shop.oss.get(&shop.bucket, "log").must();
    assert_eq!((read.body.as_slice(), read.header("x-oss-object-type")), (DIGITS, "Appendable"));
    let middle = shop.oss.call("GET", &shop.bucket, "log").header("range", "bytes=3-6").send();
    assert_eq!(middle.body, b"4567");
    shop.oss.put(&shop.bucket, "normal", b"x").must();
    let call = shop.oss.call("POST", &shop.bucket, "normal").query("append", "").query("position", "1");
    assert_eq!(call.body("y").send().outcome(), "409 ObjectNotAppendable");
}
