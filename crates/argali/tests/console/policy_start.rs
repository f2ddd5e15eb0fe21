//! What a new policy starts from: templates, other policies, and what calls did, with all that was typed.

use std::sync::atomic::{AtomicUsize, Ordering};

use argali_testkit::{Page, Visitor, allow};
use serde_json::{Value, json};

use crate::every_page::is_sound;
use crate::stage::{Stage, heading};

const NEW: &str = "/console/ram/policies/new";

/// Every template with what its blanks may hold.
const TEMPLATES: [(&str, &[(&str, &str)]); 8] = [
    ("operate-tagged-instances", &[("blank-Key", "team"), ("blank-Value", "ops")]),
    ("read-one-service", &[("blank-Service", "ecs")]),
    ("assume-one-role", &[("blank-Account", "1234567890123456"), ("blank-Role", "ecs-admin")]),
    ("one-folder", &[("blank-Bucket", "reports"), ("blank-Folder", "2026/")]),
    ("one-queue", &[("blank-Queue", "jobs")]),
    ("change-with-mfa", &[("blank-Service", "slb")]),
    ("known-addresses-only", &[("blank-Addresses", "203.0.113.7, 10.0.0.0/8")]),
    ("one-resource-group", &[("blank-Service", "ecs")]),
];

/// Presses a button of a page, which several tests do with one page: a form is sent once.
fn press(owner: &Visitor, page: &Page, button: &str, values: &[(&str, &str)]) -> Page {
    static SENT: AtomicUsize = AtomicUsize::new(0);
    let form = format!("sent-{}", SENT.fetch_add(1, Ordering::Relaxed));
    let all: Vec<_> = values.iter().copied().chain([("do", button), ("form", &form)]).collect();
    owner.submit(page, NEW, &all)
}

fn value(page: &Page, name: &str) -> String {
    let found = page.form(NEW).into_iter().find(|(own, _)| own == name);
    found.unwrap_or_else(|| panic!("no {name}: {}", page.body)).1
}

/// The document that stands in the editor.
fn document(owner: &Visitor, page: &Page) -> Value {
    let as_json = press(owner, page, "json", &[]);
    serde_json::from_str(&value(&as_json, "PolicyDocument")).unwrap()
}

#[test]
fn whoever_may_not_look_is_told_and_keeps_what_was_typed() {
    let stage = Stage::new();
    stage.b.grant_document("alice", "writes", &allow(&["ram:CreatePolicy"], &["*"]));
    let alice = stage.logged_on("alice");
    let editor = alice.get(NEW);
    for kind in ["start-system", "start-own", "start-activity"] {
        let page = press(&alice, &editor, kind, &[("PolicyName", "mine")]);
        assert!(page.body.contains("notice danger"), "{kind}: {}", page.body);
        assert_eq!(value(&page, "PolicyName"), "mine", "{kind}");
    }
    let page = press(&alice, &editor, "start-system", &[("PolicyName", "mine")]);
    let page = press(&alice, &page, "take", &[("choice", "System/AliyunECSReadOnlyAccess")]);
    assert_eq!((page.status, value(&page, "PolicyName").as_str()), (400, "mine"));
}

#[test]
fn a_choice_that_is_none_is_refused() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let page = press(&owner, &owner.get(NEW), "start-template", &[("PolicyName", "mine")]);
    let refused = press(&owner, &page, "take", &[]);
    assert_eq!(refused.status, 400);
    assert!(refused.body.contains("href=\"#offer\">Choose something"), "{}", refused.body);
    assert_eq!(value(&refused, "PolicyName"), "mine");
    for choice in ["Template/none", "Bucket/x"] {
        assert_eq!(press(&owner, &page, "take", &[("choice", choice)]).status, 404, "{choice}");
    }
    let gone = press(&owner, &page, "take", &[("choice", "Custom/gone")]);
    assert_eq!((gone.status, value(&gone, "PolicyName").as_str()), (400, "mine"));
    let calls = press(&owner, &owner.get(NEW), "start-activity", &[]);
    let refused = press(&owner, &calls, "take", &[]);
    assert!(refused.status == 400 && refused.body.contains("Choose calls"), "{}", refused.body);
}

/// Each is filled in, has nothing said against it, and can be saved as it is.
#[test]
fn every_template_is_a_good_policy() {
    let stage = Stage::new();
    for language in ["en", "zh-CN"] {
        let owner = stage.owner(&stage.a).reading(language);
        let offered = press(&owner, &owner.get(NEW), "start-template", &[]);
        is_sound("start-template", &offered, language);
        for (key, blanks) in TEMPLATES {
            assert!(offered.body.contains(&format!("Template/{key}")), "{key}");
            let asks = press(&owner, &offered, "take", &[("choice", &format!("Template/{key}"))]);
            is_sound(key, &asks, language);
            let taken = press(&owner, &asks, "take", blanks);
            assert_eq!(value(&taken, "PolicyName"), key, "{}", taken.body);
            let good = if language == "en" { "Nothing to say against it." } else { "未发现问题。" };
            assert!(taken.body.contains(good), "{key}: {}", taken.body);
            let saved = press(&owner, &taken, "save", &[("PolicyName", &format!("{key}-{language}"))]);
            assert_eq!(saved.status, 303, "{key}: {}", saved.body);
        }
        assert_eq!(offered.body.matches("value=\"Template/").count(), TEMPLATES.len(), "one has no test");
    }
}

#[test]
fn a_blank_that_cannot_be_filled_so_is_named_beside_it() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let page = press(&owner, &owner.get(NEW), "start-template", &[]);
    let asks = press(&owner, &page, "take", &[("choice", "Template/assume-one-role")]);
    let values = [("blank-Account", "company-b"), ("blank-Role", "<b>ops")];
    let refused = press(&owner, &asks, "take", &values);
    assert_eq!(refused.status, 400);
    assert!(refused.body.contains("href=\"#blank-Account\"") && !refused.body.contains("<b>ops"));
    assert_eq!(value(&refused, "blank-Role"), "<b>ops");
    let good = [("blank-Account", "1234"), ("blank-Role", "ops")];
    let taken = press(&owner, &refused, "take", &good);
    let expected =
        json!([{ "Effect": "Allow", "Action": ["sts:AssumeRole"], "Resource": ["acs:ram:*:1234:role/ops"] }]);
    assert_eq!(document(&owner, &taken)["Statement"], expected);
}

#[test]
fn what_was_typed_stays_or_is_asked_about() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let typed = [("PolicyName", "mine"), ("Description", "for us"), ("more-0", "ecs:StopInstance")];
    let page = press(&owner, &owner.get(NEW), "start-system", &typed);
    assert!(page.body.contains("There is a document in the editor already"), "{}", page.body);
    let choice = ("choice", "System/AliyunRAMReadOnlyAccess");
    let added = press(&owner, &page, "take", &[choice, ("how", "add")]);
    assert_eq!((value(&added, "PolicyName"), value(&added, "Description")), ("mine".into(), "for us".into()));
    let both = document(&owner, &added);
    let statements = both["Statement"].as_array().unwrap();
    assert!(
        statements.len() >= 2 && statements[0]["Action"].to_string().contains("ecs:StopInstance"),
        "{both}"
    );
    let replaced = press(&owner, &page, "take", &[choice, ("how", "replace")]);
    assert!(!document(&owner, &replaced).to_string().contains("ecs:StopInstance"));
    let back = press(&owner, &page, "visual", &[]);
    assert!(back.body.contains("ecs:StopInstance") && value(&back, "PolicyName") == "mine");
    let untouched = press(&owner, &owner.get(NEW), "start-system", &[]);
    assert!(!untouched.body.contains("There is a document"), "{}", untouched.body);
    let as_json = press(&owner, &owner.get(NEW), "json", &[]);
    let broken = press(&owner, &as_json, "start-system", &[("PolicyDocument", "{ broken")]);
    assert!(broken.body.contains("it is replaced"), "{}", broken.body);
    assert_eq!(value(&press(&owner, &broken, "json", &[]), "PolicyDocument"), "{ broken");
}

#[test]
fn a_system_policy_is_searched_and_copied() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a).reading("zh-CN");
    let page = press(&owner, &owner.get(NEW), "start-system", &[("q", "ecsreadonly")]);
    is_sound("start-system", &page, "zh-CN");
    assert!(page.body.contains("System/AliyunECSReadOnlyAccess"), "{}", page.body);
    assert!(!page.body.contains("System/AliyunOSSFullAccess"), "{}", page.body);
    let taken = press(&owner, &page, "take", &[("choice", "System/AliyunECSReadOnlyAccess")]);
    assert_eq!(value(&taken, "PolicyName"), "AliyunECSReadOnlyAccess-copy");
    assert!(!value(&taken, "Description").is_empty());
    let nothing = press(&owner, &page, "start-system", &[("q", "no such policy")]);
    assert!(!nothing.body.contains("value=\"System/"), "{}", nothing.body);
    let kept = press(
        &owner,
        &page,
        "start-system",
        &[("q", "nothing"), ("choice", "System/AliyunECSReadOnlyAccess")],
    );
    assert_eq!(value(&kept, "choice"), "System/AliyunECSReadOnlyAccess", "a choice outlives a search");
}

#[test]
fn a_policy_of_the_account_is_copied_as_it_is_in_force() {
    let stage = Stage::new();
    stage.a.user("dev");
    stage.a.grant_document("dev", "stop", &allow(&["ecs:StopInstance"], &["*"]));
    let newer = allow(&["ecs:StartInstance"], &["*"]).to_string();
    let version = [("PolicyName", "stop"), ("PolicyDocument", newer.as_str()), ("SetAsDefault", "true")];
    stage.a.must("Ram", "CreatePolicyVersion", &version);
    let owner = stage.owner(&stage.a);
    let page = press(&owner, &owner.get(NEW), "start-own", &[("q", "STO")]);
    is_sound("start-own", &page, "en");
    let taken = press(&owner, &page, "take", &[("choice", "Custom/stop")]);
    assert_eq!(value(&taken, "PolicyName"), "stop-copy");
    assert_eq!(document(&owner, &taken)["Statement"][0]["Action"], json!(["ecs:StartInstance"]));
    // The page of a policy leads to the same.
    let shown = owner.get("/console/ram/policies/Custom/stop");
    let link = "/console/ram/policies/new?start=copy&amp;choice=Custom%2Fstop";
    assert!(shown.body.contains(link), "{}", shown.body);
    let begun = owner.get(&link.replace("&amp;", "&"));
    assert_eq!((heading(&begun), value(&begun, "PolicyName")), ("Create Policy".into(), "stop-copy".into()));
    let called = owner.submit(&page, NEW, &[("choice", "Custom/stop"), ("show-api", "true")]);
    assert!(
        called.body.contains("CreatePolicy") && called.body.contains("ecs:StartInstance"),
        "{}",
        called.body
    );
}

#[test]
fn recorded_calls_become_statements() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    stage.a.must("Ram", "CreateUser", &[("UserName", "recorded")]);
    let page = press(&owner, &owner.get(NEW), "start-activity", &[("q", "recorded")]);
    is_sound("start-activity", &page, "en");
    let (_, event) = page.body.split_once("name=\"event\" value=\"").unwrap();
    let request = event.split_once('"').unwrap().0.to_owned();
    let kept = press(&owner, &page, "start-activity", &[("q", "nothing like it"), ("event", &request)]);
    assert!(kept.body.contains("chosen before"), "{}", kept.body);
    let taken = press(&owner, &kept, "take", &[]);
    assert_eq!(document(&owner, &taken)["Statement"][0]["Action"], json!(["ram:CreateUser"]));
}
