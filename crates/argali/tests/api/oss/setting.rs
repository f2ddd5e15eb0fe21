//! What is set of buckets and objects: ACLs and labels.

use super::Shop;

const TAGS: &str = "<Tagging><TagSet><Tag><Key>team</Key><Value>ops</Value></Tag><Tag><Key>运</Key><Value></Value></Tag></TagSet></Tagging>";

#[test]
fn acls_are_shown_as_they_were_set() {
    let shop = Shop::open();
    shop.oss.put(&shop.bucket, "a", b"x").must();
    let get = |key: &str| {
        let shown = shop.oss.call("GET", &shop.bucket, key).query("acl", "").send().must();
        assert_eq!(shown.element("ID"), shop.owner.id);
        shown.element("Grant")
    };
    assert_eq!((get(""), get("a")), ("private".to_owned(), "default".to_owned()));
    shop.set_acl("public-read");
    for acl in ["public-read-write", "private", "default"] {
        shop.oss
            .call("PUT", &shop.bucket, "a")
            .query("acl", "")
            .header("x-oss-object-acl", acl)
            .send()
            .must();
        assert_eq!((get(""), get("a")), ("public-read".to_owned(), acl.to_owned()));
    }
    for (key, header, value) in
        [("", "x-oss-acl", "everybody"), ("", "x-oss-other", ""), ("a", "x-oss-object-acl", "no")]
    {
        let call = shop.oss.call("PUT", &shop.bucket, key).query("acl", "").header(header, value);
        assert_eq!(call.send().outcome(), "400 InvalidArgument", "{key} {value}");
    }
    let absent =
        shop.oss.call("PUT", &shop.bucket, "b").query("acl", "").header("x-oss-object-acl", "private").send();
    assert_eq!(absent.outcome(), "404 NoSuchKey");
}

#[test]
fn labels_are_shown_as_they_were_put() {
    let shop = Shop::open();
    shop.oss.put(&shop.bucket, "a", b"x").must();
    for key in ["", "a"] {
        let call = |method: &'static str| shop.oss.call(method, &shop.bucket, key).query("tagging", "");
        let none = call("GET").send();
        assert_eq!(none.outcome(), if key.is_empty() { "404 NoSuchTagSet" } else { "200" });
        call("PUT").body(TAGS).send().must();
        let shown = call("GET").send().must();
        assert_eq!(
            (shown.elements("Key"), shown.elements("Value")),
            (vec!["team".into(), "运".into()], vec!["ops".to_owned(), String::new()])
        );
        let twice = TAGS.replace("运", "team");
        let nameless = TAGS.replace("team", "");
        for wrong in [twice, nameless, TAGS.replace("ops", &"x".repeat(257))] {
            assert_eq!(call("PUT").body(wrong).send().outcome(), "400 InvalidTag");
        }
        assert_eq!(call("PUT").body("<Tagging>").send().outcome(), "400 MalformedXML");
        assert_eq!(call("DELETE").send().outcome(), "204");
        assert!(call("GET").send().elements("Key").is_empty());
    }
    let many: String = (0..11).map(|n| format!("<Tag><Key>{n}</Key><Value/></Tag>")).collect();
    let many = format!("<Tagging><TagSet>{many}</TagSet></Tagging>");
    let put = |key: &str| {
        shop.oss.call("PUT", &shop.bucket, key).query("tagging", "").body(many.as_str()).send().outcome()
    };
    assert_eq!((put(""), put("a")), ("200".to_owned(), "400 InvalidTag".to_owned()));
    let headed =
        shop.oss.call("PUT", &shop.bucket, "b").header("x-oss-tagging", "k1=v%201&k2=").body("x").send();
    assert_eq!(headed.outcome(), "200");
    let shown = shop.oss.call("GET", &shop.bucket, "b").query("tagging", "").send().must();
    assert_eq!(
        (shown.elements("Key"), shown.elements("Value")),
        (vec!["k1".into(), "k2".into()], vec!["v 1".to_owned(), String::new()])
    );
}
