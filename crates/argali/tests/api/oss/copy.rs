//! Copies: of objects, of what is told with them, and of ranges as parts.

use super::Shop;

#[test]
fn a_copy_is_the_object_with_what_is_told_of_it() {
    let shop = Shop::open();
    let put = shop.oss.call("PUT", &shop.bucket, "dir/运维 +1");
    let put = put
        .header("content-type", "text/plain")
        .header("x-oss-meta-author", "alice")
        .header("x-oss-tagging", "team=ops");
    let etag = put.body("12345").send().must().header("etag").to_owned();
    let source = format!("/{}/dir/%E8%BF%90%E7%BB%B4%20+1", shop.bucket);
    let copy = |key: &'static str, headers: &[(&'static str, &'static str)]| {
        let call = shop.oss.call("PUT", &shop.bucket, key).header("x-oss-copy-source", &source);
        headers.iter().fold(call, |call, (name, value)| call.header(name, value)).send()
    };
    let head = |key: &str| shop.oss.call("HEAD", &shop.bucket, key).send().must();
    let copied = copy("copy", &[]).must();
    assert_eq!(copied.element("ETag"), etag);
    let told = head("copy");
    assert_eq!((told.header("content-type"), told.header("x-oss-meta-author")), ("text/plain", "alice"));
    assert_eq!(told.header("x-oss-tagging-count"), "1");
    assert_eq!(shop.oss.get(&shop.bucket, "copy").body, b"12345");
    copy(
        "other",
        &[
            ("x-oss-metadata-directive", "REPLACE"),
            ("content-type", "text/csv"),
            ("x-oss-tagging-directive", "Replace"),
        ],
    )
    .must();
    let told = head("other");
    assert_eq!(
        (told.header("content-type"), told.header("x-oss-meta-author"), told.header("x-oss-tagging-count")),
        ("text/csv", "", "")
    );
    for (headers, refused) in [
        (&[("x-oss-copy-source-if-match", "\"other\"")][..], "412 PreconditionFailed"),
        (
            &[("x-oss-copy-source-if-modified-since", "Thu, 01 Jan 2099 00:00:00 GMT")],
            "412 PreconditionFailed",
        ),
        (&[("x-oss-metadata-directive", "KEEP")], "400 InvalidArgument"),
        (&[("x-oss-forbid-overwrite", "true")], "409 FileAlreadyExists"),
    ] {
        assert_eq!(copy("copy", headers).outcome(), refused, "{headers:?}");
    }
    for source in ["nothing", "/ab/x", "/bucket/../x"] {
        let outcome =
            shop.oss.call("PUT", &shop.bucket, "x").header("x-oss-copy-source", source).send().status;
        assert_eq!(outcome, 400, "{source}");
    }
    let absent = format!("/{}/absent", shop.bucket);
    let outcome =
        shop.oss.call("PUT", &shop.bucket, "x").header("x-oss-copy-source", &absent).send().outcome();
    assert_eq!(outcome, "404 NoSuchKey");
}

#[test]
fn copying_needs_both_sides() {
    let (from, to) = (Shop::open(), Shop::open());
    from.oss.put(&from.bucket, "a", b"x").must();
    let source = format!("/{}/a", from.bucket);
    let copy = || to.oss.call("PUT", &to.bucket, "b").header("x-oss-copy-source", &source).send().outcome();
    assert_eq!(copy(), "403 AccessDenied");
    from.set_acl("public-read");
    assert_eq!(copy(), "200");
    let back = format!("/{}/b", to.bucket);
    let copy = to.oss.call("PUT", &from.bucket, "c").header("x-oss-copy-source", &back).send().outcome();
    assert_eq!(copy, "403 AccessDenied");
}

#[test]
fn a_range_becomes_a_part() {
    let shop = Shop::open();
    let bytes: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    shop.oss.put(&shop.bucket, "source", &bytes).must();
    let upload =
        shop.oss.call("POST", &shop.bucket, "made").query("uploads", "").send().must().element("UploadId");
    let source = format!("/{}/source", shop.bucket);
    let mut parts = String::new();
    for (number, range) in [("1", "bytes=100-150099"), ("2", "bytes=0-9")] {
        let call =
            shop.oss.call("PUT", &shop.bucket, "made").query("uploadId", &upload).query("partNumber", number);
        let copied =
            call.header("x-oss-copy-source", &source).header("x-oss-copy-source-range", range).send().must();
        parts.push_str(&format!(
            "<Part><PartNumber>{number}</PartNumber><ETag>{}</ETag></Part>",
            copied.element("ETag")
        ));
    }
    let body = format!("<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>");
    shop.oss.call("POST", &shop.bucket, "made").query("uploadId", &upload).body(body).send().must();
    assert_eq!(shop.oss.get(&shop.bucket, "made").body, [&bytes[100..150_100], &bytes[..10]].concat());
}
