//! Lists of objects: prefixes, delimiters, pages.

use super::Shop;

const KEYS: [&str; 9] = ["a", "dir/", "dir/a", "dir/b", "dir/sub/x", "dir2/a", "z", "z z&<>", "运/维"];

fn stocked() -> Shop {
    let shop = Shop::open();
    for key in KEYS {
        shop.oss.put(&shop.bucket, key, key.as_bytes()).must();
    }
    shop
}

#[test]
fn what_lies_in_a_bucket_is_listed_in_the_order_of_the_names() {
    let shop = stocked();
    let list = |query: &[(&'static str, &'static str)]| {
        let call = query
            .iter()
            .fold(shop.oss.call("GET", &shop.bucket, ""), |call, (name, value)| call.query(name, value));
        let list = call.send().must();
        (list.elements("Key"), list.elements("Prefix"))
    };
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let all = list(&[("encoding-type", "url")]).0;
    assert_eq!(
        all,
        texts(&[
            "a",
            "dir/",
            "dir/a",
            "dir/b",
            "dir/sub/x",
            "dir2/a",
            "z",
            "z%20z%26%3C%3E",
            "%E8%BF%90/%E7%BB%B4"
        ])
    );
    assert_eq!(list(&[("prefix", "z z")]).0, texts(&["z z&amp;&lt;&gt;"]));
    // The first `Prefix` is the one that was asked for.
    let (keys, prefixes) = list(&[("delimiter", "/")]);
    assert_eq!(keys, texts(&["a", "z", "z z&amp;&lt;&gt;"]));
    assert_eq!(prefixes[1..], texts(&["dir/", "dir2/", "运/"]));
    let (keys, prefixes) = list(&[("delimiter", "/"), ("prefix", "dir/")]);
    assert_eq!((keys, &prefixes[1..]), (texts(&["dir/", "dir/a", "dir/b"]), &texts(&["dir/sub/"])[..]));
    assert_eq!(
        list(&[("marker", "dir/b")]).0,
        texts(&["dir/sub/x", "dir2/a", "z", "z z&amp;&lt;&gt;", "运/维"])
    );
    assert_eq!(list(&[("delimiter", "/"), ("marker", "dir/")]).1[1..], texts(&["dir2/", "运/"]));
    assert_eq!(list(&[("delimiter", "/"), ("marker", "dir/a")]).1[1..], texts(&["dir2/", "运/"]));
    assert_eq!(list(&[("prefix", "none")]).0, texts(&[]));
    assert_eq!(list(&[("max-keys", "0")]).0, texts(&[]));
}

#[test]
fn pages_of_any_size_make_the_whole() {
    let shop = stocked();
    for delimiter in ["", "/"] {
        let whole = shop.oss.call("GET", &shop.bucket, "").query("delimiter", delimiter).send().must();
        let mut expected = whole.elements("Key");
        expected.extend(whole.elements("Prefix").split_off(1));
        expected.sort();
        for size in ["1", "2", "3", "100"] {
            for by_token in [false, true] {
                let (mut found, mut at) = (Vec::new(), String::new());
                loop {
                    let call = shop.oss.call("GET", &shop.bucket, "");
                    let call = call.query("delimiter", delimiter).query("max-keys", size);
                    let call = match (by_token, at.as_str()) {
                        (true, "") => call.query("list-type", "2"),
                        (true, at) => call.query("list-type", "2").query("continuation-token", at),
                        (false, at) => call.query("marker", at),
                    };
                    let page = call.send().must();
                    found.extend(page.elements("Key"));
                    found.extend(page.elements("Prefix").split_off(1));
                    if page.element("IsTruncated") == "false" {
                        break;
                    }
                    let next = if by_token { "NextContinuationToken" } else { "NextMarker" };
                    at = page.element(next).replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">");
                }
                found.sort();
                assert_eq!(found, expected, "{delimiter:?} {size} {by_token}");
            }
        }
    }
}

#[test]
fn the_second_form_counts_and_seals_its_pages() {
    let shop = stocked();
    let list = |query: &[(&'static str, &str)]| {
        let mut headers = shop.oss.call("GET", &shop.bucket, "").query("list-type", "2");
        for (name, value) in query {
            headers = headers.query(name, Box::leak(value.to_string().into_boxed_str()));
        }
        headers.send()
    };
    let page = list(&[("delimiter", "/"), ("max-keys", "4")]).must();
    assert_eq!((page.element("KeyCount").as_str(), page.element("MaxKeys").as_str()), ("4", "4"));
    assert!(page.elements("Owner").is_empty());
    assert_eq!(list(&[("fetch-owner", "true")]).must().elements("Owner").len(), KEYS.len());
    assert_eq!(list(&[("start-after", "dir2/a")]).must().elements("Key").len(), 3);
    let token = page.element("NextContinuationToken");
    let cut: String = token.chars().skip(1).collect();
    assert_eq!(list(&[("continuation-token", &cut)]).outcome(), "400 InvalidArgument");
    let other = Shop::open();
    let call = other.oss.call("GET", &other.bucket, "").query("list-type", "2");
    assert_eq!(call.query("continuation-token", &token).send().outcome(), "400 InvalidArgument");
    for (name, value) in
        [("max-keys", "1001"), ("max-keys", "x"), ("encoding-type", "base64"), ("list-type", "3")]
    {
        assert_eq!(
            shop.oss.call("GET", &shop.bucket, "").query(name, value).send().status,
            400,
            "{name}={value}"
        );
    }
}
