//! Objects in parts.

use argali_testkit::XmlAnswer;

use super::Shop;

impl Shop {
    fn begin(&self, key: &str) -> String {
        self.oss.call("POST", &self.bucket, key).query("uploads", "").send().must().element("UploadId")
    }

    fn part(&self, key: &str, upload: &str, number: &str, bytes: &[u8]) -> XmlAnswer {
        let call = self.oss.call("PUT", &self.bucket, key).query("uploadId", upload);
        call.query("partNumber", number).body(bytes).send()
    }

    fn complete(&self, key: &str, upload: &str, parts: &[(&str, &str)]) -> XmlAnswer {
        let named = parts.iter().map(|(number, etag)| {
            format!("<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>")
        });
        let body =
            format!("<CompleteMultipartUpload>{}</CompleteMultipartUpload>", named.collect::<String>());
        self.oss.call("POST", &self.bucket, key).query("uploadId", upload).body(body).send()
    }
}

#[test]
fn parts_make_an_object() {
    let shop = Shop::open();
    let bytes: Vec<u8> = (0..=255).cycle().take(350_000).collect();
    shop.oss.put(&shop.bucket, "plain", &bytes).must();
    let crc64 = shop.oss.call("HEAD", &shop.bucket, "plain").send().header("x-oss-hash-crc64ecma").to_owned();
    let call = shop.oss.call("POST", &shop.bucket, "made").query("uploads", "").header("x-oss-meta-a", "b");
    let upload = call.header("content-type", "text/plain").send().must().element("UploadId");
    let etag = |answer: XmlAnswer| answer.must().header("etag").to_owned();
    let third = etag(shop.part("made", &upload, "30", &bytes[300_000..]));
    let _replaced = etag(shop.part("made", &upload, "1", b"not these"));
    let first = etag(shop.part("made", &upload, "1", &bytes[..150_000]));
    let second = etag(shop.part("made", &upload, "2", &bytes[150_000..300_000]));
    let _unused = etag(shop.part("made", &upload, "31", b"unused"));
    assert_eq!(shop.oss.get(&shop.bucket, "made").outcome(), "404 NoSuchKey", "not before it is complete");

    let list = |query: &[(&'static str, &'static str)]| {
        let call = shop.oss.call("GET", &shop.bucket, "made").query("uploadId", &upload);
        query.iter().fold(call, |call, (name, value)| call.query(name, value)).send().must()
    };
    assert_eq!(list(&[]).elements("PartNumber"), ["1", "2", "30", "31"]);
    let page = list(&[("max-parts", "2"), ("part-number-marker", "1")]);
    assert_eq!(page.elements("PartNumber"), ["2", "30"]);
    assert_eq!(
        (page.element("NextPartNumberMarker"), page.element("IsTruncated")),
        ("30".into(), "true".to_owned())
    );

    let named = [("1", first.as_str()), ("2", second.as_str()), ("30", third.as_str())];
    let done = shop.complete("made", &upload, &named).must();
    assert!(done.element("ETag").ends_with("-3\""), "{}", done.text());
    let read = shop.oss.get(&shop.bucket, "made").must();
    assert_eq!(read.body, bytes);
    assert_eq!(read.header("x-oss-hash-crc64ecma"), crc64);
    assert_eq!(
        (read.header("x-oss-object-type"), read.header("x-oss-meta-a"), read.header("content-type")),
        ("Multipart", "b", "text/plain")
    );
    let middle = shop.oss.call("GET", &shop.bucket, "made").header("range", "bytes=149999-300001").send();
    assert_eq!(middle.body, bytes[149_999..300_002]);
    assert_eq!(shop.complete("made", &upload, &named).outcome(), "404 NoSuchUpload");
}

#[test]
fn an_object_of_parts_is_what_was_named_or_nothing() {
    let shop = Shop::open();
    let upload = shop.begin("made");
    let large = vec![1; 102_400];
    let first = shop.part("made", &upload, "1", &large).must().header("etag").to_owned();
    let second = shop.part("made", &upload, "2", b"small").must().header("etag").to_owned();
    let (first, second) = (first.as_str(), second.as_str());
    let last = shop.part("made", &upload, "3", b"last").must().header("etag").to_owned();
    for (parts, refused) in [
        (&[("2", second), ("1", first)][..], "400 InvalidPartOrder"),
        (&[("1", first), ("1", first)], "400 InvalidPartOrder"),
        (&[("1", second)], "400 InvalidPart"),
        (&[("1", first), ("4", second)], "400 InvalidPart"),
        (&[("1", first), ("2", second), ("3", &last)], "400 EntityTooSmall"),
        (&[], "400 MalformedXML"),
    ] {
        assert_eq!(shop.complete("made", &upload, parts).outcome(), refused, "{parts:?}");
    }
    for number in ["0", "10001", "-1", "x"] {
        assert_eq!(shop.part("made", &upload, number, b"x").outcome(), "400 InvalidArgument", "{number}");
    }
    for (key, upload) in
        [("other", upload.as_str()), ("made", "0123456789ABCDEF0123456789ABCDEF"), ("made", "x")]
    {
        assert_eq!(shop.part(key, upload, "1", b"x").outcome(), "404 NoSuchUpload");
    }
    shop.complete("made", &upload, &[("1", first), ("2", second)]).must();
    assert_eq!(shop.oss.get(&shop.bucket, "made").body.len(), 102_405);
    // All that there are, without their names.
    let upload = shop.begin("all");
    shop.part("all", &upload, "7", b"seven").must();
    let call = shop
        .oss
        .call("POST", &shop.bucket, "all")
        .query("uploadId", &upload)
        .header("x-oss-complete-all", "yes");
    call.send().must();
    assert_eq!(shop.oss.get(&shop.bucket, "all").body, b"seven");
}

#[test]
fn uploads_are_listed_until_they_end() {
    let shop = Shop::open();
    let mut uploads: Vec<(String, String)> = Vec::new();
    for key in ["a", "a", "dir/b", "dir/c", "z"] {
        uploads.push((key.to_owned(), shop.begin(key)));
    }
    uploads.sort();
    let list = |query: &[(&'static str, &str)]| {
        let call = shop.oss.call("GET", &shop.bucket, "").query("uploads", "");
        query.iter().fold(call, |call, (name, value)| call.query(name, value)).send().must()
    };
    let found = |page: &XmlAnswer| {
        page.elements("Key").into_iter().zip(page.elements("UploadId")).collect::<Vec<_>>()
    };
    assert_eq!(found(&list(&[])), uploads);
    let grouped = list(&[("delimiter", "/")]);
    assert_eq!(
        (grouped.elements("Key").len(), grouped.elements("Prefix")[1..].to_vec()),
        (3, vec!["dir/".to_owned()])
    );
    let (mut all, mut at) = (Vec::new(), (String::new(), String::new()));
    loop {
        let page = list(&[("max-uploads", "1"), ("key-marker", &at.0), ("upload-id-marker", &at.1)]);
        all.extend(found(&page));
        if page.element("IsTruncated") == "false" {
            break;
        }
        at = (page.element("NextKeyMarker"), page.element("NextUploadIdMarker"));
    }
    assert_eq!(all, uploads);
    shop.part("z", &uploads[4].1, "1", b"x").must();
    let abort =
        || shop.oss.call("DELETE", &shop.bucket, "z").query("uploadId", &uploads[4].1).send().outcome();
    assert_eq!((abort(), abort()), ("204".to_owned(), "404 NoSuchUpload".to_owned()));
    assert_eq!(list(&[("prefix", "z")]).elements("Key"), Vec::<String>::new());
}
