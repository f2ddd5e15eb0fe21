//! Lists: looked for, filtered, put in order, chosen from, and as files.
// SPEC: console, parts, list; users; roles; grant permission.

use argali_testkit::{Enterprise, Page, Visitor, allow, minutes};

use crate::every_page::is_sound;
use crate::stage::{PASSWORD, Stage, heading};

const USERS: &str = "/console/ram/users";
const CHOSEN_USERS: &str = "/console/ram/users/~chosen";

/// What the rows of a list are about, in their order.
fn rows(page: &Page) -> Vec<String> {
    let heads = page.body.split("<th scope=\"row\"").skip(1);
    let name = |head: &str| {
        let (_, link) = head.split_once("<a ").unwrap();
        let text = link.split_once('>').unwrap().1.split_once("</a>").unwrap().0;
        text.replace("<bdi>", "").replace("</bdi>", "")
    };
    heads.map(name).collect()
}

fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort();
    names
}

/// The cells of a file, a line each.
fn lines(page: &Page) -> Vec<Vec<String>> {
    page.body.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

fn more_users(account: &Enterprise) {
    for name in ["bob", "carol", "dave"] {
        account.must("Ram", "CreateUser", &[("UserName", name)]);
    }
    let carol = [("ResourceType", "user"), ("ResourcePrincipalName.1", "carol@12345678")];
    let tag = [("Tag.1.Key", "team"), ("Tag.1.Value", "ops")];
    account.must("Ims", "TagResources", &[carol, tag].concat());
}

/// S3-40: users are found by text, tag and what they log on with.
#[test]
fn users_are_filtered_and_put_in_order_by_the_address() {
    let stage = Stage::new();
    more_users(&stage.b);
    let owner = stage.owner(&stage.b);
    for (query, expected) in [
        ("", &["alice", "bob", "carol", "dave"][..]),
        ("q=AR", &["carol"]),
        ("tag=team", &["carol"]),
        ("tag=team%3Dops", &["carol"]),
        ("tag=team%3Ddev", &[]),
        ("keys=yes", &["alice"]),
        ("keys=no&q=a", &["carol", "dave"]),
        ("mfa=on", &[]),
        ("mfa=off&q=b", &["bob"]),
        ("order=desc", &["dave", "carol", "bob", "alice"]),
        ("sort=LastLogonDate&order=desc&q=a", &["dave", "carol", "alice"]),
        ("sort=nonsense", &["alice", "bob", "carol", "dave"]),
    ] {
        assert_eq!(rows(&owner.get(&format!("{USERS}?{query}"))), expected, "{query}");
    }
    let page = owner.get(&format!("{USERS}?q=a&order=desc"));
    for words in ["aria-sort=\"descending\"", "3 in all", "Clear filters", "value=\"a\"", "Last Logon"] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    let back = format!("{USERS}?q=a&amp;sort=UserName\"");
    assert!(page.body.contains(&back), "the head leads to the other direction: {}", page.body);
    assert!(owner.get(&format!("{USERS}?q=nobody")).body.contains("Clear filters"));
    stage.server.clock().advance(minutes(60 * 24 * 40));
    let owner = stage.owner(&stage.b);
    assert_eq!(rows(&owner.get(&format!("{USERS}?unused=30"))).len(), 4);
    let refused = owner.get(&format!("{USERS}?unused=4000"));
    assert!(refused.status == 400 && refused.body.contains("value=\"4000\""), "{}", refused.body);
}

#[test]
fn pages_follow_one_another_until_all_were_seen() {
    let stage = Stage::new();
    for number in 0..45 {
        stage.b.must("Ram", "CreateUser", &[("UserName", &format!("user-{number:02}"))]);
    }
    let owner = stage.owner(&stage.b);
    let (mut path, mut seen) = (format!("{USERS}?sort=CreateDate&q=user"), Vec::new());
    loop {
        let page = owner.get(&path);
        assert!(page.body.contains("45 in all"), "{}", page.body);
        seen.extend(rows(&page));
        let tags = page.tags();
        let next = tags.iter().find(|tag| tag.name == "a" && tag.text == "Next page");
        let Some(next) = next else { break };
        path = next.attribute("href").unwrap().to_owned();
        assert!(path.contains("q=user") && path.contains("sort=CreateDate"), "{path}");
    }
    seen.sort();
    assert_eq!(seen, (0..45).map(|number| format!("user-{number:02}")).collect::<Vec<_>>());
    assert_eq!(rows(&owner.get(&format!("{USERS}?size=50"))).len(), 46, "and alice");
    let wrong = owner.get(&format!("{USERS}?marker=x&q=user"));
    assert_eq!(wrong.header("location"), Some("/console/ram/users?q=user"), "from the first page on");
}

#[test]
fn a_list_is_a_file_of_all_that_its_filters_leave() {
    let stage = Stage::new();
    more_users(&stage.b);
    let formula = [("UserName", "bob"), ("NewDisplayName", "=HYPERLINK(1)")];
    stage.b.must("Ram", "UpdateUser", &formula);
    let owner = stage.owner(&stage.b);
    let file = owner.get(&format!("{USERS}?keys=no&size=20&csv=true"));
    assert_eq!(file.header("content-type"), Some("text/csv;charset=utf-8"));
    let kept = file.header("content-disposition").unwrap();
    assert!(kept.starts_with("attachment; filename=\"users-20") && kept.ends_with(".csv\""), "{kept}");
    let lines = lines(&file);
    let names: Vec<_> = lines.iter().map(|line| line[0].as_str()).collect();
    assert_eq!(names, ["UserName", "bob", "carol", "dave"]);
    assert_eq!(lines[1][1], "'=HYPERLINK(1)", "no program takes it for a formula");
    assert_eq!(lines[2].last().unwrap(), "team=ops");
    let alice = stage.logged_on("alice");
    assert_eq!(alice.get(&format!("{USERS}?csv=true")).status, 403, "it is as the viewer");
}

#[test]
fn what_the_viewer_may_not_read_is_left_out_and_not_looked_for() {
    let stage = Stage::new();
    more_users(&stage.b);
    stage.b.grant_document("alice", "names", &allow(&["ram:ListUsers"], &["*"]));
    let alice = stage.logged_on("alice");
    let page = alice.get(USERS);
    assert_eq!(rows(&page), ["alice", "bob", "carol", "dave"]);
    assert!(page.body.contains("Some columns are empty"), "{}", page.body);
    assert!(!page.body.contains(">Off</td>") && !page.body.contains(">Never</td>"), "{}", page.body);
    let page = alice.get(&format!("{USERS}?mfa=off"));
    assert_eq!((page.status, heading(&page).as_str()), (403, "Users"), "the filter is still there");
    assert!(page.body.contains("ram:GetUserMFAInfo") && page.body.contains("Clear filters"), "{}", page.body);
}

/// The page that a list's button leads to with these chosen.
fn ask(visitor: &Visitor, path: &str, act: &str, chosen: &[&str]) -> Page {
    let chosen: String = chosen.iter().map(|one| format!("&on={one}")).collect();
    visitor.open(&format!("{path}?do={act}{chosen}"))
}

#[test]
fn several_users_join_a_group() {
    let stage = Stage::new();
    more_users(&stage.b);
    stage.b.must("Ram", "CreateGroup", &[("GroupName", "ops")]);
    stage.b.must("Ram", "AddUserToGroup", &[("GroupName", "ops"), ("UserName", "bob")]);
    let owner = stage.owner(&stage.b);
    let list = owner.get(USERS);
    let form = list.tags().into_iter().find(|tag| tag.attribute("action") == Some(CHOSEN_USERS)).unwrap();
    assert_eq!(form.attribute("method"), Some("get"), "boxes and buttons need no script");
    let nobody = ask(&owner, CHOSEN_USERS, "group", &[]);
    assert_eq!((nobody.status, heading(&nobody).as_str()), (400, "Nothing is chosen"));
    let page = ask(&owner, CHOSEN_USERS, "group", &["alice", "bob", "nobody", "alice"]);
    assert_eq!(heading(&page), "Add 3 users to a group");
    let result = owner.follow(owner.submit(&page, CHOSEN_USERS, &[("GroupName", "ops")]));
    assert_eq!(heading(&result), "Added to ops");
    for words in ["Done", "Already so", "Failed", "does not exist"] {
        assert!(result.body.contains(words), "{words}: {}", result.body);
    }
    assert!(owner.get("/console/ram/groups/ops").body.contains("/console/ram/users/alice"));
}

#[test]
fn several_users_are_deleted_with_what_goes_with_them() {
    let stage = Stage::new();
    more_users(&stage.b);
    stage.b.must("Ram", "CreateGroup", &[("GroupName", "ops")]);
    stage.b.must("Ram", "AddUserToGroup", &[("GroupName", "ops"), ("UserName", "bob")]);
    stage.b.grant("bob", "AliyunECSFullAccess");
    stage.b.must("Ram", "CreateAccessKey", &[("UserName", "bob")]);
    stage.person("bob", &[]);
    stage.b.grant("alice", "AliyunRAMFullAccess");
    let alice = stage.logged_on("alice");
    let page = ask(&alice, CHOSEN_USERS, "delete", &["bob", "carol"]);
    assert_eq!(heading(&page), "Delete 2 users?");
    for words in
        ["LTAI", "Console Access", "ops", "AliyunECSFullAccess", "Nothing else", "Type the number of them, 2"]
    {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    let refused = alice.submit(&page, CHOSEN_USERS, &[("Count", "3")]);
    assert!(refused.status == 400 && refused.body.contains("type 2"), "{}", refused.body);
    assert_eq!(alice.get("/console/ram/users/bob").status, 200, "nothing was done");
    // Nothing is half done where somebody has to show first that it is still the same.
    stage.server.clock().advance(minutes(16));
    let page = ask(&alice, CHOSEN_USERS, "delete", &["bob", "carol"]);
    let asked = alice.submit(&page, CHOSEN_USERS, &[("Count", "2")]);
    assert_eq!(heading(&asked), "Security verification");
    assert!(stage.b.must("Ram", "ListAccessKeys", &[("UserName", "bob")]).to_string().contains("LTAI"));
    let result = alice.follow(alice.submit(&asked, "/console/verify", &[("Password", PASSWORD)]));
    assert_eq!(heading(&result), "Deleting 2 users", "{}", result.body);
    assert_eq!(result.body.matches(">Done<").count(), 2, "{}", result.body);
    assert_eq!(rows(&alice.get(USERS)), ["alice", "dave"]);
}

#[test]
fn permissions_are_given_to_several_and_taken_back() {
    let stage = Stage::new();
    more_users(&stage.b);
    let owner = stage.owner(&stage.b);
    let page = ask(&owner, CHOSEN_USERS, "grant", &["bob", "carol"]);
    assert_eq!(heading(&page), "Grant Permission");
    let form = "/console/ram/grants/new";
    let fields = [("policy", "System/AliyunECSFullAccess")];
    let result = owner.follow(owner.submit(&page, form, &fields));
    assert_eq!(result.body.matches(">Granted<").count(), 2, "{}", result.body);
    let list = owner.get("/console/ram/grants?policy=AliyunECSFullAccess");
    assert_eq!(sorted(rows(&list)), ["bob", "carol"]);
    assert!(list.body.contains("2 in all"), "{}", list.body);
    for (query, expected) in [
        ("principal=bob", &["bob"][..]),
        ("policy=None", &[]),
        ("kind=Group", &[]),
        ("type=Custom", &[]),
        ("type=System&kind=User&policy=AliyunECSFullAccess", &["bob", "carol"]),
        ("unused=1", &[]),
    ] {
        assert_eq!(sorted(rows(&owner.get(&format!("/console/ram/grants?{query}")))), expected, "{query}");
    }
    let file = owner.get("/console/ram/grants?principal=bob&csv=true");
    assert_eq!(lines(&file)[1][..3], ["bob", "User", "AliyunECSFullAccess"]);
    let chosen = "/console/ram/grants/~chosen";
    let keys = ["bob", "carol"].map(|name| format!("User/{name}/System/AliyunECSFullAccess/"));
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let page = ask(&owner, chosen, "revoke", &keys);
    assert_eq!(heading(&page), "Revoke 2 permissions?");
    stage.b.must(
        "Ram",
        "DetachPolicyFromUser",
        &[("UserName", "carol"), ("PolicyType", "System"), ("PolicyName", "AliyunECSFullAccess")],
    );
    let result = owner.follow(owner.submit(&page, chosen, &[]));
    assert!(result.body.contains(">Done<") && result.body.contains("Already so"), "{}", result.body);
    assert!(rows(&owner.get("/console/ram/grants?policy=AliyunECSFullAccess")).is_empty());
}

#[test]
fn one_user_is_deleted_with_what_goes_with_it() {
    let stage = Stage::new();
    stage.b.must("Ram", "CreateUser", &[("UserName", "bob")]);
    stage.b.grant("bob", "AliyunECSFullAccess");
    let owner = stage.owner(&stage.b);
    let path = "/console/ram/users/bob/delete";
    let page = owner.get(path);
    assert!(page.body.contains("AliyunECSFullAccess"), "{}", page.body);
    let landed = owner.submit(&page, path, &[("Name", "bob")]);
    assert_eq!(landed.header("location"), Some(USERS), "{}", landed.body);
    assert_eq!(owner.get("/console/ram/users/bob").status, 404);
    let again = stage.log_on(&Visitor::new(&stage.server), "bob@company-b", PASSWORD);
    assert_ne!(again.status, 200);
}

#[test]
fn roles_are_found_by_whom_they_trust_and_whether_they_are_used() {
    let stage = Stage::new();
    stage.a.role("own", &[&stage.a.root_arn()], &[]);
    let service = "{\"Version\":\"1\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"sts:AssumeRole\",\
                   \"Principal\":{\"Service\":[\"ecs.aliyuncs.com\"]}}]}";
    let machines = [("RoleName", "machines"), ("AssumeRolePolicyDocument", service)];
    stage.a.must("Ram", "CreateRole", &machines);
    let alice = stage.logged_on("alice");
    let form = alice.get("/console/switch-role");
    alice.submit(&form, "/console/switch-role", &[("Account", "company-a"), ("RoleName", "ecs-admin")]);
    let owner = stage.owner(&stage.a);
    let list = owner.get("/console/ram/roles");
    for words in ["company-b", "(12345678)", "ecs.aliyuncs.com", "Current Account", "Live Sessions", "Never"]
    {
        assert!(list.body.contains(words), "{words}: {}", list.body);
    }
    let link = "/console/switch-role?account=11223344&amp;role=own";
    assert!(list.body.contains(link) && list.body.contains("Copy switch link"), "{}", list.body);
    for (query, expected) in [
        ("", &["ecs-admin", "machines", "own"][..]),
        ("q=MACH", &["machines"]),
        ("kind=Account", &["ecs-admin", "own"]),
        ("kind=Service", &["machines"]),
        ("outside=only", &["ecs-admin"]),
        ("used=never", &["machines", "own"]),
        ("sort=LastAssumeDate&order=desc", &["ecs-admin", "own", "machines"]),
    ] {
        assert_eq!(rows(&owner.get(&format!("/console/ram/roles?{query}"))), expected, "{query}");
    }
    let file = owner.get("/console/ram/roles?csv=true&outside=only");
    assert_eq!(lines(&file)[1][..3], ["ecs-admin", "12345678", "1"]);
    let page = ask(&owner, "/console/ram/roles/~chosen", "grant", &["machines", "own"]);
    assert!(page.body.contains("machines") && page.body.contains("own"), "{}", page.body);
    let result = owner.follow(owner.submit(
        &page,
        "/console/ram/grants/new",
        &[("policy", "System/AliyunECSFullAccess")],
    ));
    assert_eq!(result.body.matches(">Granted<").count(), 2, "{}", result.body);
    let role = owner.get("/console/ram/roles/ecs-admin");
    assert!(role.body.contains("Last Assumed") && role.body.contains("just now"), "{}", role.body);
}

#[test]
fn roles_and_policies_have_tags() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let document = allow(&["ecs:Describe*"], &["*"]).to_string();
    stage.a.must("Ram", "CreatePolicy", &[("PolicyName", "mine"), ("PolicyDocument", &document)]);
    for (path, list) in [
        ("/console/ram/roles/ecs-admin", "/console/ram/roles"),
        ("/console/ram/policies/Custom/mine", "/console/ram/policies"),
    ] {
        let (tab, tags) = (format!("{path}?tab=tags"), format!("{path}/tags"));
        let page = owner.get(&tab);
        assert!(page.body.contains("There are no tags yet"), "{}", page.body);
        let refused = owner.submit(&page, &tags, &[("TagKey", "acs:x")]);
        assert!(refused.status == 400 && refused.body.contains("value=\"acs:x\""), "{}", refused.body);
        let page = owner.follow(owner.submit(&refused, &tags, &[("TagKey", "team"), ("TagValue", "ops")]));
        assert!(page.body.contains("team") && page.body.contains("ops"), "{}", page.body);
        assert_eq!(rows(&owner.get(&format!("{list}?tag=team%3Dops"))).len(), 1);
        assert_eq!(rows(&owner.get(&format!("{list}?tag=stage"))).len(), 0);
        let page = owner.follow(owner.submit(&page, &tags, &[]));
        assert!(page.body.contains("There are no tags yet"), "{}", page.body);
    }
    let system = owner.get("/console/ram/policies/System/AliyunECSFullAccess");
    assert!(!system.body.contains("?tab=tags"), "nobody labels what is the system's: {}", system.body);
}

#[test]
fn groups_and_policies_are_lists_like_the_others() {
    let stage = Stage::new();
    more_users(&stage.b);
    for name in ["ops", "dev"] {
        stage.b.must("Ram", "CreateGroup", &[("GroupName", name), ("Comments", &format!("The {name}"))]);
    }
    stage.b.must("Ram", "AddUserToGroup", &[("GroupName", "ops"), ("UserName", "bob")]);
    let owner = stage.owner(&stage.b);
    let groups = "/console/ram/groups";
    for (query, expected) in
        [("", &["dev", "ops"][..]), ("q=THE+O", &["ops"]), ("order=desc", &["ops", "dev"])]
    {
        assert_eq!(rows(&owner.get(&format!("{groups}?{query}"))), expected, "{query}");
    }
    assert_eq!(lines(&owner.get(&format!("{groups}?csv=true")))[2][..3], ["ops", "1", "0"]);
    let policies = "/console/ram/policies";
    let most = owner.get(&format!("{policies}?sort=AttachmentCount&order=desc"));
    assert_eq!(rows(&most)[0], "AliyunSTSAssumeRoleAccess", "alice has it");
    assert_eq!(rows(&owner.get(&format!("{policies}?q=ecsfull"))), ["AliyunECSFullAccess"]);
    assert!(owner.get(&format!("{policies}?type=Custom")).body.contains("Clear filters"));
    let all = lines(&owner.get(&format!("{policies}?csv=true"))).len();
    let first = owner.get(policies);
    assert!(first.body.contains(&format!("{} in all", all - 1)), "{all}: {}", first.body);
}

/// How many bytes a page may have.
// SPEC: console, budgets.
const LARGEST: usize = 60 << 10;

#[test]
fn full_pages_of_every_size_have_few_bytes() {
    let stage = Stage::new();
    stage.b.must("Ram", "CreateGroup", &[("GroupName", "everybody")]);
    for number in 0..101 {
        let name = format!("firstname.lastname-{number:04}");
        let display_name = format!("Firstname Lastname {number}");
        stage.b.must("Ram", "CreateUser", &[("UserName", &name), ("DisplayName", &display_name)]);
        let user = [("ResourceType", "user"), ("ResourcePrincipalName.1", &format!("{name}@12345678"))];
        let tag = [("Tag.1.Key", "department"), ("Tag.1.Value", "operations")];
        stage.b.must("Ims", "TagResources", &[user, tag].concat());
        stage.b.must("Ram", "CreateAccessKey", &[("UserName", &name)]);
        stage.b.must("Ram", "AddUserToGroup", &[("GroupName", "everybody"), ("UserName", &name)]);
        stage.b.grant(&name, "AliyunECSReadOnlyAccess");
        stage.b.role(
            &format!("role-of-firstname-{number:04}"),
            &[&stage.a.root_arn()],
            &["AliyunECSFullAccess"],
        );
    }
    for language in ["en", "zh-CN"] {
        let owner = stage.owner(&stage.b).reading(language);
        for list in ["users", "roles", "groups", "policies", "grants"] {
            for size in ["20", "50", "100"] {
                let page = owner.get(&format!("/console/ram/{list}?size={size}"));
                assert!(
                    page.status == 200 && page.body.len() <= LARGEST,
                    "{list} {size}: {}",
                    page.body.len()
                );
            }
        }
        for other in [
            "delegations",
            "sessions",
            "activity?shown=all",
            "analyzer?kind=OutsideAccessNew",
            "ram/groups/everybody",
            "ram/grants/new?kind=User&name=alice",
        ] {
            for size in ["20", "50", "100"] {
                let join = if other.contains('?') { '&' } else { '?' };
                let page = owner.get(&format!("/console/{other}{join}size={size}"));
                assert!(page.status == 200 && page.body.len() <= LARGEST, "{other}: {}", page.body.len());
            }
        }
        // The more rows, the less of each: what is done with one row is done with those that are chosen, too.
        let users = |size: u8| owner.get(&format!("/console/ram/users?size={size}"));
        let (few, some, many) = (users(20), users(50), users(100));
        assert_eq!([&few, &some, &many].map(|page| rows(page).len()), [20, 50, 100]);
        for (page, words) in
            [(&few, "/delete\""), (&some, "grants/new"), (&some, "department"), (&many, "~chosen")]
        {
            assert!(page.body.contains(words), "{words}");
        }
        assert!(!some.body.contains("/delete\"") && !many.body.contains("department"));
    }
}

/// Presses the button of a page that asks, with the number of those chosen, and verifies if that is asked.
fn carry_out(visitor: &Visitor, page: &Page, path: &str, fields: &[(&str, &str)]) -> Page {
    let landed = visitor.follow(visitor.submit(page, path, fields));
    if heading(&landed) != "Security verification" {
        return landed;
    }
    visitor.follow(visitor.submit(&landed, "/console/verify", &[("Password", PASSWORD)]))
}

#[test]
fn several_roles_groups_and_policies_are_deleted() {
    let stage = Stage::new();
    let account = &stage.b;
    for name in ["one", "two"] {
        account.role(name, &[&stage.a.root_arn()], &["AliyunECSFullAccess"]);
        account.must("Ram", "CreateGroup", &[("GroupName", name)]);
        let document = allow(&["ecs:Describe*"], &["*"]).to_string();
        account.must("Ram", "CreatePolicy", &[("PolicyName", name), ("PolicyDocument", &document)]);
    }
    account.must("Ram", "AddUserToGroup", &[("GroupName", "one"), ("UserName", "alice")]);
    let one = [("PolicyType", "Custom"), ("PolicyName", "one")];
    account.must("Ram", "AttachPolicyToGroup", &[&one[..], &[("GroupName", "two")]].concat());
    account.grant("alice", "AliyunRAMFullAccess");
    let alice = stage.logged_on("alice");
    stage.server.clock().advance(minutes(16));
    for (list, kind, prefix, first) in [
        ("/console/ram/roles", "roles", "", "detach"),
        ("/console/ram/policies", "policies", "Custom/", "detach"),
        ("/console/ram/groups", "groups", "", "empty"),
    ] {
        let chosen = format!("{list}/~chosen");
        let nobody = ask(&alice, &chosen, "delete", &[]);
        assert_eq!((nobody.status, heading(&nobody).as_str()), (400, "Nothing is chosen"), "{kind}");
        let keys = ["one", "two"].map(|name| format!("{prefix}{name}"));
        let page = ask(&alice, &chosen, "delete", &[&keys[0], &keys[1]]);
        assert_eq!(heading(&page), format!("Delete 2 {kind}?"));
        let refused = alice.submit(&page, &chosen, &[("Count", "1")]);
        assert!(refused.status == 400 && refused.body.contains("type 2"), "{kind}: {}", refused.body);
        // As strict as the operation, unless it is asked for more.
        let strict = carry_out(&alice, &refused, &chosen, &[("Count", "2")]);
        assert_eq!(heading(&strict), format!("Deleting 2 {kind}"));
        let failed = strict.body.matches(">Failed<").count();
        assert_eq!(failed, if kind == "policies" { 1 } else { 2 }, "{kind}: {}", strict.body);
        let page = ask(&alice, &chosen, "delete", &[&keys[0], &keys[1]]);
        let result = carry_out(&alice, &page, &chosen, &[("Count", "2"), (first, "true")]);
        let came = [">Done<", ">Already so<"].map(|words| result.body.matches(words).count());
        assert_eq!(came.iter().sum::<usize>(), 2, "{kind}: {}", result.body);
        assert!(rows(&alice.get(&format!("{list}?type=Custom&q=one"))).is_empty(), "{kind}");
        if kind == "policies" {
            // Somebody has it again, so that the group is not empty.
            account.must(
                "Ram",
                "AttachPolicyToGroup",
                &[("GroupName", "two"), ("PolicyType", "System"), ("PolicyName", "AliyunECSFullAccess")],
            );
        }
    }
}

#[test]
fn policies_are_granted_from_their_list_and_those_of_the_system_are_not_deleted() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.b);
    let chosen = "/console/ram/policies/~chosen";
    let keys = ["System/AliyunECSFullAccess", "System/AliyunRAMFullAccess"];
    assert_eq!(heading(&ask(&owner, chosen, "delete", &keys)), "Nothing is chosen");
    let document = allow(&["ecs:Describe*"], &["*"]).to_string();
    stage.b.must("Ram", "CreatePolicy", &[("PolicyName", "mine"), ("PolicyDocument", &document)]);
    let page = ask(&owner, chosen, "delete", &[keys[0], "Custom/mine"]);
    assert_eq!(heading(&page), "Delete 1 policy?");
    assert!(page.body.contains("1 policy of the system that you chose stays"), "{}", page.body);
    let page = ask(&owner, chosen, "grant", &[keys[0], "Custom/mine"]);
    assert_eq!(heading(&page), "Grant Permission");
    for name in [keys[0], "Custom/mine"] {
        let checked = page.tags().into_iter().any(|tag| {
            tag.attribute("value") == Some(name)
                && (tag.attribute("checked").is_some() || tag.attribute("type") == Some("hidden"))
        });
        assert!(checked, "{name}: {}", page.body);
    }
    let page = ask(&owner, "/console/ram/roles/~chosen", "link", &["one", "two"]);
    assert!(page.body.contains("role=one") && page.body.contains("role=two"), "{}", page.body);
}

/// What asks about those that are chosen is a page like any other, and so are full lists of resources.
#[test]
fn lists_of_resources_and_what_asks_about_several_are_sound() {
    let stage = Stage::new();
    let region = ("RegionId", "cn-hangzhou");
    for number in 0..101 {
        let name = format!("security-group-of-firstname-{number:04}");
        stage.a.must("Ecs", "CreateSecurityGroup", &[region, ("SecurityGroupName", &name)]);
    }
    let owner = stage.owner(&stage.a);
    let bucket = "/console/oss/new";
    owner.submit(&owner.open(bucket), bucket, &[("bucket", "pages-and-more")]);
    for (language, visitor) in [("en", &owner), ("zh-CN", &stage.owner(&stage.a).reading("zh-CN"))] {
        for path in [
            "/console/resources/ecs/security_group?size=50",
            "/console/resources/ecs/security_group?size=100&sort=SecurityGroupName",
            "/console/resources/ecs/security_group/~chosen?do=DeleteSecurityGroup&on=sg-1",
            "/console/resources/ecs/security_group/~chosen?do=~group&on=sg-1",
            "/console/resource-groups",
            "/console/oss",
            "/console/oss/pages-and-more",
            "/console/oss/~chosen?do=delete&on=pages-and-more",
            "/console/oss/pages-and-more/~chosen?do=delete&on=a.txt",
            "/console/messaging",
            "/console/messaging/topics",
            "/console/messaging/~chosen?region=cn-hangzhou&do=delete&on=orders",
            "/console/sso?tab=oidc",
            "/console/sso?tab=saml",
            "/console/sso/~chosen?tab=oidc&do=delete&on=ci",
            "/console/developer?tab=webhooks",
            "/console/analyzer?kind=OutsideWholeAccount",
            "/console/analyzer/~chosen?status=Active&on=00000000000000000000000000000000",
            "/console/delegations?sort=LastUseDate",
            "/console/delegations?tab=received&q=none",
            "/console/delegations/~chosen?do=revoke&on=ecs-admin+12345678",
            "/console/sessions?show=recent&sort=Expiration",
            "/console/ram/roles/~chosen?do=delete&on=ecs-admin",
            "/console/ram/roles/~chosen?do=link&on=ecs-admin",
        ] {
            let page = visitor.open(path);
            assert_eq!(page.status, 200, "{path}: {}", page.body);
            is_sound(path, &page, language);
        }
    }
}
