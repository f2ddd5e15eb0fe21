//! The browser of object storage.
// SPEC: console, resources, OSS.

use argali_testkit::{Page, Visitor};

use crate::stage::{Stage, heading};

const LIST: &str = "/console/oss";
const NEW: &str = "/console/oss/new";
const BUCKET: &str = "/console/oss/pages-and-more";

/// Makes a bucket by the form.
fn bucket(visitor: &Visitor) -> Page {
    let sent = visitor.submit(&visitor.open(NEW), NEW, &[("bucket", "pages-and-more")]);
    assert_eq!(sent.header("location"), Some(BUCKET), "{}", sent.body);
    visitor.follow(sent)
}

/// Sends a file as a browser does.
fn upload(visitor: &Visitor, page: &Page, prefix: &str, (name, content): (&str, &str)) -> Page {
    let action = format!("{BUCKET}/upload");
    let mut body = String::new();
    for (field, value) in
        page.form(&action).into_iter().filter(|(field, _)| field != "prefix" && field != "file")
    {
        body += &format!("--mark\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
    }
    body += &format!("--mark\r\nContent-Disposition: form-data; name=\"prefix\"\r\n\r\n{prefix}\r\n");
    body += &format!(
        "--mark\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/html\r\n\r\n{content}\r\n--mark--\r\n"
    );
    let origin = visitor.origin();
    let headers = [("origin", origin.as_str()), ("content-type", "multipart/form-data; boundary=mark")];
    visitor.send("POST", &action, &headers, &body)
}

#[test]
fn a_bucket_is_made_set_up_and_deleted() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    assert!(owner.open(LIST).body.contains("There are no buckets yet."));
    let refused = owner.submit(&owner.open(NEW), NEW, &[("bucket", "NO")]);
    assert!(refused.status == 400 && refused.body.contains("role=\"alert\""), "{}", refused.body);
    let page = bucket(&owner);
    assert_eq!(heading(&page), "pages-and-more");
    assert!(owner.open(LIST).body.contains(BUCKET));
    // Names are shared by all accounts.
    let other = stage.owner(&stage.b);
    let refused = other.submit(&other.open(NEW), NEW, &[("bucket", "pages-and-more")]);
    assert!(refused.status == 409 && refused.body.contains("BucketAlreadyExists"), "{}", refused.body);
    let settings = format!("{BUCKET}/settings");
    let change = |what: &str, field: &str, value: &str| {
        let mut fields = owner.open(&settings).form(&settings);
        fields.retain(|(name, _)| name == "csrf" || name == "form");
        fields.extend([("what".to_owned(), what.to_owned()), (field.to_owned(), value.to_owned())]);
        owner.follow(owner.post(&settings, &fields))
    };
    for (what, typed) in [("policy", "{ no policy"), ("tags", "=nameless")] {
        let values = [("what", what), (what, typed), ("made-from", "")];
        let refused = owner.submit(&owner.open(&settings), &settings, &values);
        assert!(
            refused.status == 400 && refused.body.contains(&format!(">{typed}</textarea>")),
            "{}",
            refused.body
        );
    }
    let mut rehearsed = owner.open(&settings).form(&settings);
    rehearsed.extend(
        [("show-api", "true"), ("acl", "public-read")]
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    owner.post(&settings, &rehearsed);
    assert!(
        !owner.open(&settings).body.contains("value=\"public-read\" selected"),
        "what is only to be shown is not done"
    );
    let page = change("acl", "acl", "public-read");
    assert!(page.body.contains("value=\"public-read\" selected"), "{}", page.body);
    let page = change("tags", "tags", "team=web\nempty=");
    assert!(page.body.contains("team=web"), "{}", page.body);
    let page = change("policy", "policy", "{}");
    assert!(page.status == 400 && page.body.contains("InvalidPolicyDocument"), "{}", page.body);
    let policy = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":["oss:GetObject"],"Principal":["12345678"],"Resource":["acs:oss:*:11223344:pages-and-more/*"]}]}"#;
    let page = change("policy", "policy", policy);
    assert!(page.status == 200 && page.body.contains("oss:GetObject"), "{}", page.body);
    let page = change("policy", "policy", "");
    assert!(!page.body.contains("oss:GetObject"), "{}", page.body);
    assert!(!change("tags", "tags", "").body.contains("team=web"));
    let delete = format!("{BUCKET}/delete");
    let gone = owner.submit(&owner.open(&delete), &delete, &[("Name", "pages-and-more")]);
    assert_eq!(gone.header("location"), Some(LIST));
    assert_eq!(owner.open(BUCKET).status, 404);
}

#[test]
fn objects_are_uploaded_found_fetched_and_deleted() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let page = bucket(&owner);
    let content = "<script>alert(1)</script>";
    let sent = upload(&owner, &page, "reports/2026", ("年 & 1.html", content));
    assert_eq!(
        sent.header("location"),
        Some("/console/oss/pages-and-more?prefix=reports%2F2026%2F"),
        "{}",
        sent.body
    );
    let inside = owner.follow(sent);
    assert!(inside.body.contains("年 &amp; 1.html"), "{}", inside.body);
    upload(&owner, &owner.open(BUCKET), "", ("top.txt", "top"));
    let top = owner.open(BUCKET);
    assert!(top.body.contains("<bdi>reports/</bdi>") && top.body.contains("top.txt"), "{}", top.body);
    assert!(!top.body.contains("1.html"), "a folder shows what is in it alone");
    let found = owner.open(&format!("{BUCKET}?prefix=to"));
    assert!(found.body.contains("top.txt") && !found.body.contains("<bdi>reports/"), "{}", found.body);
    let object = format!("{BUCKET}/object?key=reports%2F2026%2F%E5%B9%B4%20%26%201.html");
    let page = owner.open(&object);
    for words in ["25 bytes", "text/html", "Normal"] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    // What somebody stored is never a page of this site.
    let file = owner.get(&object.replace("/object?", "/download?"));
    assert_eq!((file.status, file.body.as_str()), (200, content));
    assert_eq!(file.header("content-type"), Some("application/octet-stream"));
    let disposition = file.header("content-disposition").unwrap();
    assert!(disposition.starts_with("attachment; filename*=UTF-8''%E5%B9%B4"), "{disposition}");
    assert!(file.header("content-security-policy").unwrap().starts_with("default-src 'none'"));
    let action = format!("{BUCKET}/~chosen");
    let asked = owner.open(&format!("{action}?on=top.txt&on=reports%2F2026%2F%E5%B9%B4%20%26%201.html"));
    assert_eq!(heading(&asked), "Delete 2 objects?");
    assert!(owner.open(BUCKET).body.contains("top.txt"), "asking deletes nothing");
    owner.follow(owner.post(&action, &asked.form(&action)));
    assert!(owner.open(BUCKET).body.contains("Nothing is here yet."));
    assert_eq!(owner.open(&object).status, 404);
}

/// What the rows of a list are about, in their order.
fn rows(page: &Page) -> Vec<String> {
    let heads = page.body.split("<th scope=\"row\"").skip(1);
    let text = |head: &str| {
        let link = head.split_once("<a ").unwrap().1.split_once('>').unwrap().1.split_once("</a>").unwrap().0;
        link.rsplit("<bdi")
            .next()
            .unwrap()
            .rsplit_once('>')
            .map_or(link, |_| {
                let after = link.rsplit("<bdi").next().unwrap().split_once('>').unwrap().1;
                after.split('<').next().unwrap()
            })
            .to_owned()
    };
    heads.map(text).collect()
}

#[test]
fn buckets_are_made_with_labels_found_by_them_and_deleted_together() {
    let stage = Stage::new();
    let made =
        stage.a.must("ResourceManager", "CreateResourceGroup", &[("Name", "web"), ("DisplayName", "Web")]);
    let group = made["ResourceGroup"]["Id"].as_str().unwrap();
    let owner = stage.owner(&stage.a);
    let page = owner.open(NEW);
    let more =
        owner.submit(&page, NEW, &[("bucket", "logs-one"), ("add-tag", "true"), ("NewTagKey", "team")]);
    assert!(
        more.body.contains("value=\"logs-one\"") && more.body.matches("name=\"NewTagKey\"").count() == 2,
        "{}",
        more.body
    );
    let tagged = [("bucket", "logs-one"), ("group", group), ("NewTagKey", "team"), ("NewTagValue", "ops")];
    let shown = owner.submit(&page, NEW, &[&tagged[..], &[("show-api", "true")]].concat());
    assert!(shown.body.contains("PutBucketTagging") && shown.body.contains(group), "{}", shown.body);
    assert!(owner.open(LIST).body.contains("There are no buckets yet."));
    let sent = owner.submit(&owner.open(NEW), NEW, &tagged);
    assert_eq!(sent.header("location"), Some("/console/oss/logs-one"), "{}", sent.body);
    let long = "k".repeat(200);
    let wrong = [("bucket", "logs-bad"), ("NewTagKey", long.as_str())];
    let refused = owner.submit(&owner.open(NEW), NEW, &wrong);
    assert!(refused.status == 400 && refused.body.contains(&format!("{long}=")), "{}", refused.body);
    assert!(refused.body.contains("role=\"alert\""), "it is made, and says what is not: {}", refused.body);
    bucket(&owner);
    for (query, expected) in [
        ("", &["logs-bad", "logs-one", "pages-and-more"][..]),
        ("sort=Name&order=desc", &["pages-and-more", "logs-one", "logs-bad"]),
        ("q=ONE", &["logs-one"]),
        ("tag=team", &["logs-one"]),
        ("tag=team%3Dops", &["logs-one"]),
        ("tag=team%3Ddev", &[]),
        ("acl=public-read", &[]),
        ("region=cn-hangzhou&q=logs", &["logs-bad", "logs-one"]),
        (&format!("group={group}"), &["logs-one"]),
    ] {
        assert_eq!(rows(&owner.open(&format!("{LIST}?{query}"))), expected, "{query}");
    }
    let page = owner.open(LIST);
    for words in ["3 in all", "cn-hangzhou", ">Web<", "team", "Clear"] {
        assert!(page.body.contains(words) || words == "Clear", "{words}: {}", page.body);
    }
    let file = owner.get(&format!("{LIST}?tag=team&csv=true"));
    assert!(file.body.starts_with("Name,Acl,StorageClass,Region,ResourceGroupId"), "{}", file.body);
    assert!(file.body.lines().nth(1).unwrap().ends_with("team=ops"), "{}", file.body);

    upload(&owner, &owner.open(BUCKET), "", ("top.txt", "top"));
    let chosen = format!("{LIST}/~chosen");
    let page = owner.open(&format!("{chosen}?do=delete&on=logs-one&on=pages-and-more"));
    let refused = owner.submit(&page, &chosen, &[("Count", "3")]);
    assert!(refused.status == 400 && refused.body.contains("type 2"), "{}", refused.body);
    let result = owner.follow(owner.submit(&refused, &chosen, &[("Count", "2")]));
    assert!(
        result.body.contains(">Done<") && result.body.contains(">Failed<"),
        "one holds something: {}",
        result.body
    );
    assert_eq!(rows(&owner.open(LIST)), ["logs-bad", "pages-and-more"]);
}

#[test]
fn objects_are_put_in_order_and_filed() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    bucket(&owner);
    for (name, content) in [("b.txt", "bb"), ("a.txt", "a"), ("c.txt", "cccccccccc")] {
        assert_eq!(upload(&owner, &owner.open(BUCKET), "logs", (name, content)).status, 303);
    }
    let list = format!("{BUCKET}?prefix=logs%2F");
    for (query, expected) in [
        ("", ["a.txt", "b.txt", "c.txt"]),
        ("&sort=Size&order=desc", ["c.txt", "b.txt", "a.txt"]),
        ("&sort=Key&order=desc", ["c.txt", "b.txt", "a.txt"]),
    ] {
        assert_eq!(rows(&owner.open(&format!("{list}{query}"))), expected, "{query}");
    }
    let page = owner.open(&format!("{list}&q=b"));
    assert_eq!(rows(&page), ["b.txt"]);
    assert!(page.body.contains("1 in all") && page.body.contains("Clear filters"), "{}", page.body);
    let file = owner.get(&format!("{list}&csv=true"));
    assert_eq!(file.body.lines().next(), Some("Key,Size,StorageClass,LastModified"));
    assert!(file.body.contains("logs/c.txt,10,"), "{}", file.body);
    let nobody = owner.open(&format!("{BUCKET}/~chosen?do=delete"));
    assert_eq!((nobody.status, heading(&nobody).as_str()), (400, "Nothing is chosen"));
}

#[test]
fn an_upload_must_come_from_a_form_of_ours_and_be_of_bearable_size() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let page = bucket(&owner);
    let large = "x".repeat(3 << 20);
    let sent = upload(&owner, &page, "", ("large.txt", &large));
    assert_eq!(sent.status, 303, "more than other forms may have: {}", sent.body);
    // Whoever is not logged on may not send that much.
    let stranger = Visitor::new(&stage.server);
    let head = format!(
        "POST {BUCKET}/upload HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}\r\n\r\n",
        large.len()
    );
    assert_eq!(stage.server.raw(head.as_bytes()).status(), Some(413));
    let refused = upload(&stranger, &page, "", ("small.txt", "small"));
    assert_eq!(refused.status, 403, "without the token of its own browser");
    let none = owner.send(
        "POST",
        &format!("{BUCKET}/upload"),
        &[("content-type", "multipart/form-data; boundary=mark")],
        "--mark--",
    );
    assert_eq!(none.status, 403);
    let refused = upload(&owner, &owner.open(BUCKET), "a/../b", ("x.txt", "x"));
    assert!(refused.status == 400 && refused.body.contains("InvalidObjectName"), "{}", refused.body);
    let refused = upload(&owner, &owner.open(BUCKET), "", ("", "x"));
    assert!(refused.body.contains("Choose a file."), "{}", refused.body);
}

/// A link is shown once, reads the object without any logon, and ends with the session that signed it.
#[test]
fn a_link_reads_one_object_for_as_long_as_its_session_lasts() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let page = bucket(&owner);
    upload(&owner, &page, "", ("top.txt", "the top"));
    let object = owner.open(&format!("{BUCKET}/object?key=top.txt"));
    assert!(object.body.contains("switch to a role first"), "an owner has no key to sign with");
    stage.a.role("oss-reader", &[&stage.b.root_arn()], &["AliyunOSSReadOnlyAccess"]);
    let alice = stage.logged_on("alice");
    let form = alice.get("/console/switch-role");
    alice.follow(alice.submit(
        &form,
        "/console/switch-role",
        &[("Account", "company-a"), ("RoleName", "oss-reader")],
    ));
    let base = "/console/as/company-a/oss-reader/oss/pages-and-more";
    let action = format!("{base}/link");
    let form = alice.open(&format!("{base}/object?key=top.txt"));
    let sent = alice.submit(&form, &action, &[("minutes", "5")]);
    let result = sent.header("location").unwrap().to_owned();
    let page = alice.get(&result);
    let link = page.tags().into_iter().find_map(|tag| tag.attribute("data-copy").map(str::to_owned)).unwrap();
    assert_eq!(alice.get(&result).status, 410, "it is shown once");
    let at = link.strip_prefix(&format!("http://{}", stage.server.oss()));
    let target =
        at.unwrap_or_else(|| panic!("it leads to object storage itself, and to nobody else: {link}"));
    let read = || {
        let answer = stage.server.oss_client(None).exchange("GET", target, &[], &[]);
        (answer.status, answer.text().contains("the top"))
    };
    assert_eq!(read(), (200, true));
    let page = alice.open(base);
    alice.submit(&page, "/console/as/company-a/oss-reader/switch-back", &[]);
    stage.a.must(
        "Ram",
        "DetachPolicyFromRole",
        &[("RoleName", "oss-reader"), ("PolicyType", "System"), ("PolicyName", "AliyunOSSReadOnlyAccess")],
    );
    assert_eq!(read(), (403, false));
}

/// A session in a role does what the role may, and is told what it may not.
#[test]
fn a_role_sees_its_own_account_and_no_more_than_it_may() {
    let stage = Stage::new();
    bucket(&stage.owner(&stage.a));
    stage.a.role("oss-reader", &[&stage.b.root_arn()], &["AliyunOSSReadOnlyAccess"]);
    let alice = stage.logged_on("alice");
    let form = alice.get("/console/switch-role");
    alice.follow(alice.submit(
        &form,
        "/console/switch-role",
        &[("Account", "company-a"), ("RoleName", "oss-reader")],
    ));
    let base = "/console/as/company-a/oss-reader/oss";
    let list = alice.open(base);
    assert!(list.body.contains(&format!("{base}/pages-and-more")), "{}", list.body);
    let page = alice.open(&format!("{base}/pages-and-more"));
    assert_eq!(page.status, 200);
    let action = format!("{base}/new");
    let refused = alice.submit(&alice.open(&action), &action, &[("bucket", "another-one")]);
    assert!(
        refused.status == 403
            && refused.body.contains("You may not do this")
            && refused.body.contains("oss:PutBucket"),
        "{}",
        refused.body
    );
    // Herself she has nothing to do with it.
    let page = alice.open("/console/oss/pages-and-more");
    assert!(page.status == 403 && page.body.contains("You may not do this"), "{}", page.body);
    let page = alice.open(LIST);
    assert_eq!((page.status, heading(&page).as_str()), (403, "OSS"));
}
