//! Writing policies: visually and as JSON, checked while they are written, reviewed before they are saved.

use argali_testkit::{Browser, Look, Page, TestClock, TestServer, Visitor, allow};
use serde_json::{Value, json};

use crate::every_page::LARGEST;
use crate::stage::{Stage, heading};

const NEW: &str = "/console/ram/policies/new";

fn press(owner: &Visitor, page: &Page, button: &str, values: &[(&str, &str)]) -> Page {
    let all: Vec<_> = values.iter().copied().chain([("do", button)]).collect();
    owner.submit(page, NEW, &all)
}

fn value(page: &Page, name: &str) -> String {
    let form = page.form(NEW);
    let found = form.into_iter().find(|(own, _)| own == name);
    found.unwrap_or_else(|| panic!("no {name}: {}", page.body)).1
}

#[test]
fn one_document_is_written_in_two_editors() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let page = owner.get(NEW);
    for words in
        ["Visual editor", "Statement 1", "Every service", "ecs:StopInstance", "Write: change", "Conditions"]
    {
        assert!(page.body.contains(words), "{words}");
    }
    let values = [
        ("PolicyName", "stop"),
        ("more-0", "ecs:Describe*\necs:StopInstance"),
        ("resource-0", "acs:ecs:*:*:instance/i-1"),
        ("operator-0", "IpAddress"),
        ("key-0", "acs:SourceIp"),
        ("values-0", "10.0.0.0/8\n192.168.0.0/16"),
    ];
    let as_json = press(&owner, &page, "json", &values);
    let expected = json!({ "Version": "1", "Statement": [{
        "Effect": "Allow", "Action": ["ecs:Describe*", "ecs:StopInstance"], "Resource": ["acs:ecs:*:*:instance/i-1"],
        "Condition": { "IpAddress": { "acs:SourceIp": ["10.0.0.0/8", "192.168.0.0/16"] } },
    }] });
    assert_eq!(serde_json::from_str::<Value>(&value(&as_json, "PolicyDocument")).unwrap(), expected);
    assert_eq!(value(&as_json, "PolicyName"), "stop");
    let visual = press(&owner, &as_json, "visual", &[]);
    assert_eq!(value(&visual, "values-0"), "10.0.0.0/8\n192.168.0.0/16");
    assert_eq!(value(&visual, "action-0"), "ecs:StopInstance", "known actions are ticked");
    let two = press(&owner, &visual, "add", &[]);
    assert!(two.body.contains("Statement 2"), "{}", two.body);
    let one = press(&owner, &two, "drop-0", &[("service-1", "slb"), ("all-1", "true")]);
    let left = press(&owner, &one, "json", &[]);
    assert!(value(&left, "PolicyDocument").contains("slb:*"), "{}", left.body);
    let whole = press(&owner, &owner.get(NEW), "json", &[("level-0", "Write")]);
    assert!(
        value(&whole, "PolicyDocument").contains("\"ecs:RunInstances\""),
        "a level stands for its actions"
    );
}

#[test]
fn what_cannot_be_shown_visually_says_why() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let document = r#"{"Version":"1","Statement":[{"Effect":"Deny","NotAction":"ecs:*","Resource":"*"}]}"#;
    let as_json = press(&owner, &owner.get(NEW), "json", &[]);
    let page = press(&owner, &as_json, "visual", &[("PolicyDocument", document)]);
    assert!(page.body.contains("cannot be shown in the visual editor") && page.body.contains("NotAction"));
    assert_eq!(value(&page, "PolicyDocument"), document, "nothing is lost");
    let one = r#"{"Effect":"Allow","Action":"ecs:*","Resource":"*"}"#;
    let long = format!(r#"{{"Version":"1","Statement":[{}]}}"#, vec![one; 51].join(","));
    for (language, why) in [("en", "it has 51 statements"), ("zh-CN", "包含 51 条语句")] {
        let owner = stage.owner(&stage.a).reading(language);
        let page = press(
            &owner,
            &press(&owner, &owner.get(NEW), "json", &[]),
            "visual",
            &[("PolicyDocument", &long)],
        );
        assert!(page.body.contains(why), "{why}: {}", page.body);
        assert_eq!(value(&page, "PolicyDocument"), long, "nothing is lost");
    }
}

/// Changing tabs changes no value: not one with a comma, and not an operator that the list does not have.
/// However much a document says, its editor keeps to what a page may have: what is too much for fields is JSON, unchanged.
#[test]
fn the_editor_of_a_long_document_keeps_to_the_budget() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let blank = || press(&owner, &owner.get(NEW), "json", &[]);
    let statements = |count: usize, service: &str| {
        let one = json!({ "Effect": "Allow", "Action": format!("{service}:*"), "Resource": "*" });
        json!({ "Version": "1", "Statement": vec![one; count] }).to_string()
    };
    let strings = |count: usize, name: &str| (0..count).map(|at| format!("{name}{at}")).collect::<Vec<_>>();
    let actions = json!({ "Version": "1", "Statement": [{
        "Effect": "Allow", "Action": strings(420, "ecs:No"), "Resource": "*",
    }] });
    let several = json!({ "Version": "1", "Statement": (0..50).map(|at| json!({
        "Effect": "Deny", "Action": format!("ram:No{at}"), "Resource": "&<\"",
    })).collect::<Vec<_>>() });
    for (what, document, is_visual) in [
        ("one statement", statements(1, "ecs"), true),
        ("two statements", statements(2, "ecs"), true),
        ("as many as fields are for", statements(50, "ram"), false),
        ("fifty of one that has few", statements(50, "sofa"), false),
        ("more actions than there are", actions.to_string(), true),
        ("much to find", several.to_string(), false),
    ] {
        let page = press(&owner, &blank(), "visual", &[("PolicyDocument", &document)]);
        assert_eq!(page.status, 200, "{what}");
        assert!(page.body.len() <= LARGEST, "{what}: {} bytes", page.body.len());
        assert_eq!(value(&page, "mode") == "visual", is_visual, "{what}: {} bytes", page.body.len());
        if !is_visual {
            assert!(page.body.contains("more than a page can have"), "{what}: {}", page.body);
            let kept: Value = serde_json::from_str(&value(&page, "PolicyDocument")).unwrap();
            assert_eq!(kept, serde_json::from_str::<Value>(&document).unwrap(), "{what}: nothing is lost");
        }
    }
    // Statements are added as long as there is room, and then go on as JSON.
    let (mut page, mut added) = (press(&owner, &blank(), "visual", &[]), 0);
    while value(&page, "mode") == "visual" {
        assert!(page.body.len() <= LARGEST && added < 50, "{added}: {} bytes", page.body.len());
        page = press(&owner, &page, "add", &[]);
        added += 1;
    }
    assert!(added > 1 && page.body.len() <= LARGEST, "{added}");
}

#[test]
fn values_stay_as_they_are_when_tabs_are_changed() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let document = json!({ "Version": "1", "Statement": [{
        "Effect": "Allow", "Action": ["ecs:StopInstance"], "Resource": ["*"],
        "Condition": { "StringLike": { "acs:UserAgent": ["curl, any", "wget"] }, "StringSounds": { "x": ["y"] } },
    }] });
    let as_json = press(&owner, &owner.get(NEW), "json", &[]);
    let visual = press(&owner, &as_json, "visual", &[("PolicyDocument", &document.to_string())]);
    assert!(visual.body.contains("curl, any\nwget"), "{}", visual.body);
    let back = press(&owner, &visual, "json", &[]);
    assert_eq!(serde_json::from_str::<Value>(&value(&back, "PolicyDocument")).unwrap(), document);
}

#[test]
fn a_document_is_checked_before_it_is_saved() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let as_json = press(&owner, &owner.get(NEW), "json", &[]);
    let checked = |document: &str, words: &str| {
        let page = press(
            &owner,
            &press(&owner, &owner.get(NEW), "json", &[]),
            "check",
            &[("PolicyDocument", document)],
        );
        let (_, check) = page.body.split_once("id=\"check\"").unwrap();
        assert!(check.contains(words), "{words}: {check}");
    };
    checked(&allow(&["ecs:StopInstance"], &["*"]).to_string(), "Nothing to say against it.");
    checked(&allow(&["*"], &["*"]).to_string(), "too-broad");
    checked(&allow(&["ecs:StopInstanse"], &["*"]).to_string(), "unknown-action");
    checked("{", "This is not valid JSON: look at line 1");
    checked(&allow(&[&"x".repeat(6_200)], &["*"]).to_string(), "white space between words not counted");
    let review = press(
        &owner,
        &as_json,
        "review",
        &[("PolicyName", "wide"), ("PolicyDocument", &allow(&["*"], &["*"]).to_string())],
    );
    assert_eq!(heading(&review), "Review policy wide");
    assert!(review.body.contains("too-broad") && review.body.contains("Allows <code><bdi>*</bdi></code>"));
    assert_eq!(owner.get("/console/ram/policies/Custom/wide").status, 404, "nothing is saved yet");
    let saved = owner.follow(press(&owner, &review, "save", &[]));
    assert_eq!(heading(&saved), "wide High risk", "{}", saved.body);
}

#[test]
fn a_change_shows_its_difference_and_whom_it_concerns() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.b);
    stage.b.grant_document("alice", "stopping", &allow(&["ecs:StopInstance"], &["*"]));
    let edit = "/console/ram/policies/Custom/stopping/edit";
    let form = owner.get(edit);
    let document = allow(&["ecs:StartInstance"], &["*"]).to_string();
    let review = owner.submit(&form, edit, &[("PolicyDocument", &document), ("do", "review")]);
    let (_, main) = review.body.split_once("<main").unwrap();
    let (added, removed) = main.split_once("Removed").unwrap();
    assert!(added.contains("ecs:StartInstance") && removed.contains("ecs:StopInstance"), "{main}");
    assert!(main.contains("href=\"/console/ram/users/alice\""), "{main}");
    owner.submit(&review, edit, &[("do", "save")]);
    let page = owner.get("/console/ram/policies/Custom/stopping");
    assert!(page.body.contains("ecs:StartInstance") && !page.body.contains("ecs:StopInstance"));
    let alice = stage.logged_on("alice").get(edit);
    assert_eq!(alice.status, 403);
}

#[test]
fn the_check_follows_what_is_typed() {
    let stage = Stage::on(TestServer::builder().clock(TestClock::real()).start());
    let browser = Browser::start(Look::default());
    let password = stage.server.give_owner_password(&stage.a);
    browser.go(&format!("http://{}/logon?form-of=owner", stage.server.endpoint()));
    browser.fill("#Owner", &stage.a.alias);
    browser.fill("#Password", &password);
    browser.click("form.stack button");
    browser.arrives("/console");
    browser.go(&format!("http://{}{NEW}", stage.server.endpoint()));
    browser.fill("#more-0", "ecs:StopInstanse");
    browser.shows("#check", "unknown-action");
}

/// Where JSON is broken, the check says the line and the column in either language.
#[test]
fn broken_json_is_located() {
    let stage = Stage::new();
    for (language, words) in [("en", "look at line 2, column 3"), ("zh-CN", "第 2 行第 3 列")] {
        let owner = stage.owner(&stage.a).reading(language);
        let form = owner.get(NEW);
        let values = [("mode", "json"), ("do", "check"), ("PolicyDocument", "{\n  broken")];
        let page = owner.submit(&form, NEW, &values);
        assert!(page.body.contains(words), "{}", page.body);
    }
}

/// Older versions are compared with what is in force, and deleting a policy that somebody has begins with taking it back.
#[test]
fn versions_are_compared_and_a_policy_is_detached_before_it_goes() {
    let stage = Stage::new();
    stage.a.user("dev");
    stage.a.grant_document("dev", "stop", &allow(&["ecs:StopInstance"], &["*"]));
    let newer = allow(&["ecs:StartInstance"], &["*"]).to_string();
    let version = [("PolicyName", "stop"), ("PolicyDocument", newer.as_str()), ("SetAsDefault", "true")];
    stage.a.must("Ram", "CreatePolicyVersion", &version);
    let owner = stage.owner(&stage.a);
    let path = "/console/ram/policies/Custom/stop";
    let page = owner.get(&format!("{path}?tab=versions&compare=v1"));
    assert!(page.body.contains("From v1 to v2"), "{}", page.body);
    let (before, added) = page.body.split_once("<ins>").unwrap();
    let (_, gone) = before.split_once("<del>").unwrap();
    assert!(gone.contains("StopInstance") && added.contains("StartInstance"), "{}", page.body);
    let page = owner.get(&format!("{path}?tab=references"));
    assert!(page.body.contains("1 in all") && page.body.contains("Grant Permission"), "{}", page.body);
    let delete = format!("{path}/delete");
    let page = owner.get(&delete);
    assert!(page.body.contains("/ram/users/dev") && page.body.contains("Detach all 1"), "{}", page.body);
    let page = owner.follow(owner.submit(&page, &delete, &[("detach", "true")]));
    assert!(!page.body.contains("Detach all") && page.body.contains("Delete all 1"), "{}", page.body);
    let page = owner.follow(owner.submit(&page, &delete, &[("versions", "true")]));
    assert!(!page.body.contains("Delete all"), "{}", page.body);
    let gone = owner.submit(&page, &delete, &[("Name", "stop")]);
    assert_eq!((gone.status, owner.get(path).status), (303, 404), "{}", gone.body);
}

/// ARNs are put together from fields, several of them, and what was typed elsewhere stays.
#[test]
fn arns_are_built_from_fields() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a).reading("en");
    let account = stage.a.id.to_string();
    let page = owner.get(NEW);
    assert_eq!(value(&page, "arn-account-0"), account, "the own account");
    let instance = "acs:ecs:{region}:{account}:instance/{id}";
    let typed = [("PolicyName", "mine"), ("more-0", "ecs:StopInstance"), ("service-type-0", instance)];
    let bad = [("arn-region-0", "cn:1"), ("arn-id-0", "i-1")];
    let refused = press(&owner, &page, "arn-0", &[&typed[..], &bad[..]].concat());
    assert_eq!(refused.status, 400);
    assert!(refused.body.contains("href=\"#arn-region-0\""), "{}", refused.body);
    assert_eq!((value(&refused, "arn-region-0"), value(&refused, "resource-0")), ("cn:1".into(), "*".into()));
    let one = press(&owner, &refused, "arn-0", &[("arn-region-0", "cn-hangzhou")]);
    let first = format!("acs:ecs:cn-hangzhou:{account}:instance/i-1");
    assert_eq!(value(&one, "resource-0"), first, "beside * no ARN narrows anything");
    assert_eq!((value(&one, "PolicyName"), value(&one, "service-type-0")), ("mine".into(), instance.into()));
    let two = press(&owner, &one, "arn-0", &[("arn-region-0", ""), ("arn-id-0", "i-2")]);
    let both = format!("{first}\nacs:ecs:*:{account}:instance/i-2");
    assert_eq!(value(&two, "resource-0"), both);
    let again = press(&owner, &two, "arn-0", &[("resource-0", &format!("{both}\nacs:ecs:*:*:disk/d-1"))]);
    assert_eq!(value(&again, "resource-0").lines().count(), 3, "one stands there once, and own text stays");
    let oss = press(&owner, &again, "visual", &[("service-0", "oss")]);
    let object = "acs:oss:*:{account}:{bucket}/{object}";
    let fields = press(&owner, &oss, "visual", &[("service-type-0", object)]);
    assert!(fields.body.contains("for=\"arn-bucket-0\"") && fields.body.contains("for=\"arn-object-0\""));
    let whole = press(&owner, &fields, "visual", &[("service-0", "sofa")]);
    assert!(whole.body.contains("only * counts here") && !whole.body.contains("arn-account-0"));
    let second = press(&owner, &owner.get(NEW), "add", &[("arn-id-0", "gone")]);
    let second = press(&owner, &second, "add", &[("arn-id-1", "kept")]);
    let dropped = press(&owner, &second, "drop-0", &[]);
    assert_eq!(value(&dropped, "arn-id-0"), "kept", "fields go with their statement");
}

/// A service that is chosen stays chosen before any of its actions is, and what was typed for another goes.
#[test]
fn another_service_is_chosen_before_its_actions() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a).reading("en");
    let slb = press(&owner, &owner.get(NEW), "visual", &[("service-0", "slb")]);
    assert_eq!((value(&slb, "service-0").as_str(), value(&slb, "more-0").as_str()), ("slb", ""));
    assert!(slb.body.contains("value=\"slb:CreateLoadBalancer\""), "{}", slb.body);
    let typed = press(&owner, &slb, "visual", &[("more-0", "oss:Get*\nslb:Describe*")]);
    assert!(typed.body.contains("names actions of several services"), "{}", typed.body);
    let added = press(&owner, &owner.get(NEW), "add", &[]);
    let added = press(&owner, &added, "add", &[("service-1", "oss")]);
    assert_eq!((value(&added, "service-1").as_str(), value(&added, "service-2").as_str()), ("oss", "ecs"));
}
