//! Resource groups: what is in one, and who may do what there.

use argali_testkit::{Page, Visitor, seconds};

use crate::estate::Network;
use crate::stage::{Stage, heading};

const LIST: &str = "/console/resource-groups";
const NEW: &str = "/console/resource-groups/new";

/// Makes a group by the form, and returns its page and its address.
fn make(owner: &Visitor, name: &str, display_name: &str) -> (Page, String) {
    let sent = owner.submit(&owner.open(NEW), NEW, &[("Name", name), ("DisplayName", display_name)]);
    let path = sent.header("location").unwrap_or_else(|| panic!("{}", sent.body)).to_owned();
    (owner.follow(sent), path)
}

#[test]
fn a_group_is_made_renamed_and_deleted() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let refused = owner.submit(&owner.open(NEW), NEW, &[("Name", "1"), ("DisplayName", "One")]);
    assert!(refused.status == 400 && refused.body.contains("role=\"alert\""), "{}", refused.body);
    let (page, path) = make(&owner, "web", "Web servers");
    assert_eq!(heading(&page), "Web servers");
    assert!(page.body.contains("Nothing is in this group yet."));
    let page = owner.follow(owner.submit(&page, &path, &[("NewDisplayName", "Web and more")]));
    assert_eq!(heading(&page), "Web and more");
    let list = owner.open(LIST);
    assert!(list.body.contains("Web and more") && list.body.contains(path.rsplit('/').next().unwrap()));
    assert!(owner.open("/console/resource-groups?q=nothing").body.contains("Clear filters"));
    let delete = format!("{path}/delete");
    let refused = owner.submit(&owner.open(&delete), &delete, &[("Name", "another")]);
    assert_eq!(refused.status, 400);
    assert_eq!(owner.submit(&refused, &delete, &[("Name", "Web and more")]).header("location"), Some(LIST));
    assert!(!owner.open(LIST).body.contains("Web and more"));
}

#[test]
fn resources_are_counted_and_moved_between_groups() {
    let stage = Stage::new();
    let instance = Network::of(&stage.a).instance(&stage.a, "web-1");
    stage.server.clock().advance(seconds(3));
    let owner = stage.owner(&stage.a);
    let (_, path) = make(&owner, "web", "Web servers");
    let target = path.rsplit('/').next().unwrap();
    let list = owner.open(LIST);
    let default = list
        .body
        .split("/console/resource-groups/rg-")
        .skip(1)
        .map(|rest| format!("rg-{}", rest.split('"').next().unwrap()));
    let default = default.into_iter().find(|id| id != target).unwrap();
    let page = owner.open(&format!("{LIST}/{default}"));
    assert!(page.body.contains(&format!("/console/resources/ecs/instance/{instance}")), "{}", page.body);
    let can_be_deleted = |page: &Page| page.body.contains("/delete\"");
    assert!(
        !can_be_deleted(&page) && can_be_deleted(&owner.open(&path)),
        "every account has the default group"
    );
    let action = format!("{LIST}/{default}/~chosen");
    let none = owner.open(&format!("{action}?do=move"));
    assert_eq!((none.status, heading(&none).as_str()), (400, "Nothing is chosen"));
    let asked = owner.open(&format!(
        "{action}?do=move&on=ecs/instance/cn-hangzhou/{instance}&on=ecs/instance/cn-hangzhou/i-none"
    ));
    assert_eq!(heading(&asked), "Move 2 resources");
    let moved = owner.follow(owner.submit(&asked, &action, &[("ResourceGroupId", target)]));
    assert!(moved.body.contains(">Done<") && moved.body.contains(">Failed<"), "{}", moved.body);
    assert!(owner.open(&path).body.contains(&instance));
    let gone = owner.submit(
        &owner.open(&format!("{path}/delete")),
        &format!("{path}/delete"),
        &[("Name", "Web servers")],
    );
    assert!(gone.body.contains("DeleteConflict"), "what holds something stays: {}", gone.body);
}

/// Nothing is offered that cannot be done: in an account whose one group is the default one, nothing can be moved.
#[test]
fn moving_is_offered_where_there_is_another_group() {
    let stage = Stage::new();
    let instance = Network::of(&stage.a).instance(&stage.a, "web-1");
    stage.server.clock().advance(seconds(3));
    let owner = stage.owner(&stage.a);
    let groups = stage.a.must("ResourceManager", "ListResourceGroups", &[]);
    let default = groups["ResourceGroups"]["ResourceGroup"][0]["Id"].as_str().unwrap();
    let offers = |word: &str| {
        [format!("{LIST}/{default}"), "/console/resources/ecs/instance".to_owned()].map(|path| {
            let page = owner.open(&path);
            assert!(page.body.contains(&instance), "{}", page.body);
            page.tags().iter().any(|tag| tag.name == "button" && tag.attribute("value") == Some(word))
        })
    };
    assert_eq!((offers("move"), offers("~group")), ([false; 2], [false; 2]));
    assert_eq!(offers("DeleteInstance"), [false, true], "the bar has what else can be done");
    make(&owner, "web", "Web servers");
    assert_eq!((offers("move"), offers("~group")), ([true, false], [false, true]));
}

/// S0-28: a policy is granted in one group, and the group shows who has it.
#[test]
fn permissions_are_granted_in_a_group() {
    let stage = Stage::new();
    stage.a.user("carol");
    let owner = stage.owner(&stage.a);
    let (_, path) = make(&owner, "web", "Web servers");
    let id = path.rsplit('/').next().unwrap();
    let tab = owner.open(&format!("{path}?tab=permissions"));
    assert!(tab.body.contains("Grant here") && tab.body.contains("Nobody has been granted anything"));
    let form =
        owner.open(&format!("/console/ram/grants/new?scope=group&ResourceGroupId={id}&kind=User&name=carol"));
    let values = [("policy", "System/AliyunECSReadOnlyAccess")];
    let granted = owner.follow(owner.submit(&form, "/console/ram/grants/new", &values));
    assert!(granted.body.contains("Granted"), "{}", granted.body);
    let tab = owner.open(&format!("{path}?tab=permissions"));
    assert!(tab.body.contains("carol") && tab.body.contains("AliyunECSReadOnlyAccess"), "{}", tab.body);
    let list = owner.open(LIST);
    assert!(list.body.contains("<bdi>carol</bdi>"), "{}", list.body);
}

#[test]
fn services_say_whether_they_are_in_groups_and_how_finely_they_authorize() {
    let stage = Stage::new();
    let page = stage.logged_on("alice").open("/console/resource-groups/services");
    for words in ["ECS", "SOFAStack", "Authorization level", "Supports resource groups", "OSS"] {
        assert!(page.body.contains(words), "{words}");
    }
}

#[test]
fn whoever_may_not_see_groups_is_told_so_in_place() {
    let stage = Stage::new();
    let page = stage.logged_on("alice").open(LIST);
    assert_eq!((page.status, heading(&page).as_str()), (403, "Resource Groups"));
    assert!(
        page.body.contains("ram:ListResourceGroups") && page.body.contains("Request ID"),
        "{}",
        page.body
    );
}

/// A refusal says in place why, in the language of the page.
#[test]
fn a_refusal_says_why_in_either_language() {
    let stage = Stage::new();
    for (language, words) in [
        ("en", ["do not allow it", "The policies decide the same now.", "Attach a policy"]),
        ("zh-CN", ["未允许该操作", "按当前策略结果相同", "授予一个允许该操作的权限策略"]),
    ] {
        let refused = stage.logged_on("alice").reading(language).get("/console/resource-groups");
        let why = refused.body.split_once("<details").map_or("", |(_, why)| why);
        for words in words {
            assert!(why.contains(words), "{words}: {}", refused.body);
        }
    }
}

/// The names of a list, in their order.
fn names(page: &Page) -> Vec<String> {
    let heads = page.body.split("<th scope=\"row\"").skip(1);
    let name = |head: &str| {
        head.split_once("<a ")
            .unwrap()
            .1
            .split_once("</a>")
            .unwrap()
            .0
            .rsplit_once('>')
            .map_or("", |_| {
                let link = head
                    .split_once("<a ")
                    .unwrap()
                    .1
                    .split_once('>')
                    .unwrap()
                    .1
                    .split_once("</a>")
                    .unwrap()
                    .0;
                link.trim_start_matches("<bdi>").trim_end_matches("</bdi>")
            })
            .to_owned()
    };
    heads.map(name).collect()
}

#[test]
fn groups_and_what_they_hold_are_ordered_filed_and_deleted_together() {
    let stage = Stage::new();
    let network = Network::of(&stage.a);
    network.instance(&stage.a, "web-1");
    let owner = stage.owner(&stage.a);
    let (_, web) = make(&owner, "web", "Web");
    let (_, ops) = make(&owner, "ops", "Operations");
    for (query, expected) in [
        ("", &["default", "Operations", "Web"][..]),
        ("sort=DisplayName&order=desc", &["Web", "Operations", "default"]),
        ("sort=ResourceCount&order=desc&size=20", &["default", "Web", "Operations"]),
        ("q=Op", &["Operations"]),
    ] {
        let found = names(&owner.open(&format!("{LIST}?{query}")));
        let is_same = found == expected
            || (query.contains("ResourceCount") && found.first() == Some(&expected[0].to_owned()));
        assert!(is_same, "{query}: {found:?}");
    }
    let page = owner.open(LIST);
    assert!(page.body.contains("3 in all"), "{}", page.body);
    assert_eq!(page.body.matches("name=\"on\"").count(), 2, "the default group stays");
    let file = owner.get(&format!("{LIST}?csv=true"));
    assert!(file.body.starts_with("DisplayName,Id,ResourceCount,Holders,CreateDate"), "{}", file.body);

    let default =
        page.body.split("/console/resource-groups/rg-").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let holdings = format!("{LIST}/rg-{default}");
    let page = owner.open(&format!("{holdings}?sort=ResourceType"));
    let kinds: Vec<usize> =
        ["/instance/", "/security_group/"].map(|kind| page.body.find(kind).unwrap()).into();
    assert!(kinds[0] < kinds[1], "{}", page.body);
    let found = owner.open(&format!("{holdings}?q=INSTANCE"));
    assert!(found.body.contains("1 in all") && !found.body.contains("/security_group/sg"), "{}", found.body);
    assert!(owner.get(&format!("{holdings}?csv=true&q=instance")).body.lines().count() == 2);

    let chosen = format!("{LIST}/~chosen");
    let ids = [&web, &ops].map(|path| path.rsplit('/').next().unwrap());
    let page = owner.open(&format!("{chosen}?do=delete&on={}&on={}", ids[0], ids[1]));
    let refused = owner.submit(&page, &chosen, &[("Count", "1")]);
    assert!(refused.status == 400 && refused.body.contains("type 2"), "{}", refused.body);
    let result = owner.follow(owner.submit(&refused, &chosen, &[("Count", "2")]));
    assert_eq!(result.body.matches(">Done<").count(), 2, "{}", result.body);
    assert_eq!(names(&owner.open(LIST)), ["default"]);
}
