//! Activity, why, testing access, who can, and search.

use argali_testkit::{Browser, Enterprise, Look, Page, TestClock, TestServer, Visitor, allow};

use crate::estate::{IMAGE, Network};
use crate::journey::log_on;
use crate::stage::{Stage, heading};

/// The number of the last request that was refused to somebody, as its page shows it.
fn refused(visitor: &Visitor, path: &str) -> (Page, String) {
    let page = visitor.get(path);
    assert_eq!(page.status, 403, "{}", page.body);
    let why = page.tags().into_iter().find_map(|tag| {
        let href = tag.attribute("href")?.to_owned();
        href.contains("/why/").then_some(href)
    });
    let why = why.unwrap_or_else(|| panic!("no way to why: {}", page.body));
    let request = why.rsplit('/').next().unwrap().to_owned();
    (page, request)
}

fn main_of(page: &Page) -> &str {
    page.body.split_once("<main").map_or(page.body.as_str(), |(_, main)| main)
}

fn has(page: &Page, words: &[&str]) {
    for words in words {
        assert!(page.body.contains(words), "{words}: {}", main_of(page));
    }
}

fn lacks(page: &Page, words: &[&str]) {
    for words in words {
        assert!(!page.body.contains(words), "{words}: {}", main_of(page));
    }
}

/// SPEC: console, states: denials name action and resource.
#[test]
fn a_denial_names_its_action_and_resource_in_both_languages() {
    let stage = Stage::new();
    for language in ["en", "zh-CN"] {
        let denied = stage.logged_on("alice").reading(language).open("/console/ram/users");
        assert_eq!(denied.status, 403, "{language}");
        has(&denied, &["ram:ListUsers", "acs:ram:*:12345678:user/*"]);
    }
}

#[test]
fn a_refusal_leads_to_why_and_that_to_what_helps() {
    let stage = Stage::new();
    let alice = stage.logged_on("alice");
    let (_, request) = refused(&alice, "/console/ram/users");
    let why = alice.get(&format!("/console/why/{request}"));
    assert_eq!(why.status, 200, "one may ask about one's own calls: {}", why.body);
    has(
        &why,
        &["was refused", "ram:ListUsers", "acs:ram::12345678:user/alice", &format!("argali why {request}")],
    );
    has(&why, &["Policies granted in the account", "Nothing here allows it.", "AliyunRAMReadOnlyAccess"]);
    let owner = stage.owner(&stage.b);
    let grant =
        "/console/ram/grants/new?kind=User&amp;name=alice&amp;policy=System%2FAliyunRAMReadOnlyAccess";
    let why = owner.get(&format!("/console/why/{request}"));
    has(&why, &[grant]);
    let form = owner.get(&grant.replace("&amp;", "&"));
    has(&form, &["value=\"System/AliyunRAMReadOnlyAccess\" checked"]);
    owner.submit(&form, "/console/ram/grants/new", &[("policy", "System/AliyunRAMReadOnlyAccess")]);
    assert_eq!(alice.get("/console/ram/users").status, 200);
    has(&owner.get(&format!("/console/why/{request}")), &["It would be allowed now"]);
    // A stranger does not learn that there was such a call.
    let stranger = stage.owner(&stage.a).get(&format!("/console/why/{request}"));
    assert_eq!(stranger.status, 404);
}

/// SPEC: console, grant permission: opened from denials, filled in with who was refused and a policy that would do.
#[test]
fn a_refusal_leads_whoever_may_grant_to_the_form_that_grants() {
    let stage = Stage::new();
    stage.b.user("keeper");
    stage.b.grant("keeper", "AliyunRAMFullAccess");
    stage.person("keeper", &[]);
    let (alice, keeper) = (stage.logged_on("alice"), stage.logged_on("keeper"));
    let way = "/console/ram/grants/new?kind=User&amp;name=keeper&amp;policy=System%2FAliyun";
    // A page that cannot be shown, a part of one that cannot, and a form that was refused where it stands.
    let (page, _) = refused(&keeper, "/console/activity");
    has(&page, &[way, "Grant AliyunActionTrailReadOnlyAccess"]);
    has(
        &keeper.get("/console/ram/users/alice?tab=activity"),
        &[way, "Grant AliyunActionTrailReadOnlyAccess"],
    );
    let new = "/console/oss/new";
    let form = keeper.get(new);
    let denied = keeper.submit(&form, new, &[("bucket", "keepers-own")]);
    assert_eq!(denied.status, 403, "{}", denied.body);
    has(&denied, &[way, "Grant AliyunOSSFullAccess", "In short"]);
    let id = denied.body.split("/console/why/").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(keeper.get(&format!("/console/why/{id}")).status, 200, "its number is the one on record");
    let form =
        "/console/ram/grants/new?kind=User&name=keeper&policy=System%2FAliyunActionTrailReadOnlyAccess";
    let landed = keeper.follow(keeper.submit(&keeper.get(form), "/console/ram/grants/new", &[]));
    has(&landed, &[">Granted<"]);
    assert_eq!(keeper.get("/console/activity").status, 200);
    // Whoever may not grant is led to nothing, and the marks are nobody's business.
    let (page, request) = refused(&alice, "/console/activity");
    lacks(&page, &["grants/new?", "<!--"]);
    let why = alice.get(&format!("/console/why/{request}"));
    has(&why, &["aria-disabled=\"true\"", "ram:AttachPolicyToUser"]);
    lacks(&why, &["grants/new?"]);
    let tested = alice.get("/console/test?action=ecs:StopInstance");
    has(&tested, &["Denied: ", "aria-disabled=\"true\"", "ram:AttachPolicyToUser"]);
    has(&keeper.get("/console/test?action=ecs:StopInstance"), &[way]);
}

#[test]
fn each_side_is_told_its_own_half() {
    let stage = Stage::new();
    let alice = stage.logged_on("alice");
    let trust = argali_testkit::trust(&[]).to_string();
    stage.a.must("Ram", "UpdateRole", &[("RoleName", "ecs-admin"), ("NewAssumeRolePolicyDocument", &trust)]);
    let form = alice.get("/console/switch-role");
    let values = [("Account", "company-a"), ("RoleName", "ecs-admin")];
    alice.submit(&form, "/console/switch-role", &values);
    let answer =
        stage.b.must("Argali", "ListActivity", &[("EventName", "SwitchRole"), ("Outcome", "Denied")]);
    let request = answer["Events"][0]["RequestId"].as_str().unwrap().to_owned();
    let of_b = stage.owner(&stage.b).get(&format!("/console/why/{request}"));
    has(&of_b, &["account <code><bdi>11223344</bdi></code> decided that"]);
    lacks(&of_b, &["trust policy allows", "Edit Trust Policy"]);
    let of_a = stage.owner(&stage.a).get(&format!("/console/why/{request}"));
    has(&of_a, &["The role's trust policy", "ram/roles/ecs-admin?tab=trust"]);
    lacks(&of_a, &["AliyunSTSAssumeRoleAccess"]);
}

#[test]
fn records_are_found_by_their_values_and_shown_one_by_one() {
    let stage = Stage::new();
    let alice = stage.logged_on("alice");
    let (_, request) = refused(&alice, "/console/ram/users");
    let owner = stage.owner(&stage.b);
    let list = owner.get("/console/activity");
    has(&list, &["Denied", "SearchUsers", "?user=alice", &format!("/console/why/{request}"), "Live"]);
    for (query, is_there) in [
        ("user=alice", true),
        ("user=ALICE&shown=refused", true),
        ("event=SearchUsers&service=Argali&result=Denied", true),
        ("address=127.0.0.1&resource=user", true),
        ("q=NoPermission&since=hour", true),
        ("user=bob", false),
        ("address=10.0.0.1", false),
        ("to=2020-01-01T00:00", false),
        ("event=SearchRoles", false),
    ] {
        let page = owner.get(&format!("/console/activity?{query}"));
        assert_eq!(page.status, 200, "{query}");
        assert_eq!(page.body.contains(&request), is_there, "{query}: {}", page.body);
    }
    has(&owner.get("/console/activity?user=bob"), &["Nothing matches.", "Clear filters"]);
    let wrong = owner.get("/console/activity?from=soon");
    assert_eq!(wrong.status, 400, "{}", wrong.body);
    let event = owner.get(&format!("/console/activity/{request}"));
    has(&event, &["called", "It was refused", "&quot;eventName&quot;: &quot;SearchUsers&quot;", "This call"]);
    assert_eq!(owner.get("/console/activity/none").status, 404);
    assert_eq!(alice.get("/console/activity").status, 403);
}

#[test]
fn activity_is_exported_as_it_is_filtered() {
    let stage = Stage::new();
    refused(&stage.logged_on("alice"), "/console/ram/users");
    let owner = stage.owner(&stage.b);
    let csv = owner.get("/console/activity/export?format=csv&user=alice");
    assert_eq!(csv.header("content-type"), Some("text/csv;charset=utf-8"));
    let name = csv.header("content-disposition").unwrap();
    assert!(name.starts_with("attachment; filename=\"activity-") && name.ends_with(".csv\""), "{name}");
    let lines: Vec<&str> = csv.body.lines().collect();
    assert!(lines[0].starts_with("Time,Account,Name,"), "{}", lines[0]);
    assert!(lines.len() > 1 && lines[1..].iter().all(|line| line.contains(",alice,")), "{}", csv.body);
    let lines = owner.get("/console/activity/export?format=jsonl&user=alice&event=SearchUsers");
    let events: Vec<serde_json::Value> =
        lines.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((events.len(), &events[0]["eventName"]), (1, &"SearchUsers".into()));
    assert_eq!(owner.get("/console/activity/export?format=exe").status, 404);
    assert_eq!(stage.logged_on("alice").get("/console/activity/export?format=csv").status, 403);
}

#[test]
fn a_policy_is_made_of_chosen_calls() {
    let stage = Stage::new();
    let (_, request) = refused(&stage.logged_on("alice"), "/console/ram/users");
    let owner = stage.owner(&stage.b);
    let form = owner.get(&format!("/console/ram/policies/new?event={request}"));
    let document = form.form("/console/ram/policies/new");
    let document = &document.iter().find(|(name, _)| name == "PolicyDocument").unwrap().1;
    let document: serde_json::Value = serde_json::from_str(document).unwrap();
    assert_eq!(document["Statement"][0]["Action"], serde_json::json!(["ram:ListUsers"]));
}

#[test]
fn access_is_tested_before_anybody_tries() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.b);
    let ask = |query: &str| owner.get(&format!("/console/test?{query}"));
    let form = ask("");
    has(&form, &["Test Access", "list=\"actions\"", "value=\"ecs:StopInstance\"", "Circumstances"]);
    let denied = ask("who=user&user=alice&action=ecs:StopInstance&resource=*");
    has(
        &denied,
        &["Denied: ", "user/alice", "Grant Permission", "argali can-i ecs:StopInstance '*' --as user/alice"],
    );
    stage.b.grant("alice", "AliyunECSFullAccess");
    let allowed = ask("who=user&user=alice&action=ecs:StopInstance");
    has(&allowed, &["Allowed: ", "system policy", "/console/ram/policies/System/AliyunECSFullAccess"]);
    // A condition that holds only with a second factor is a near miss without.
    let mut document = allow(&["slb:*"], &["*"]);
    document["Statement"][0]["Condition"] = serde_json::json!({ "Bool": { "acs:MFAPresent": "true" } });
    stage.b.grant_document("alice", "with-mfa", &document);
    let query = "who=user&user=alice&action=slb:DeleteLoadBalancer&resource=*";
    has(
        &ask(&format!("{query}&mfa=false")),
        &["matches but for Condition", "acs:MFAPresent", "Edit with-mfa"],
    );
    has(&ask(&format!("{query}&mfa=true")), &["Allowed: "]);
    let wrong = ask("who=user&user=nobody&action=ecs:StopInstance");
    assert_eq!(wrong.status, 404, "{}", wrong.body);
    assert_eq!(ask("who=self&action=nonsense").status, 400);
    // Whoever may ask nothing of others may ask about itself.
    let alice = stage.logged_on("alice");
    assert_eq!(alice.get("/console/test?who=user&user=bob&action=ecs:StopInstance").status, 403);
    has(&alice.get("/console/test?action=ecs:StopInstance"), &["Allowed: "]);
}

#[test]
fn a_role_through_a_user_is_two_questions() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.b);
    stage.b.role("ops", &[&stage.b.root_arn()], &["AliyunECSFullAccess"]);
    let query = "/console/test?who=through&user=alice&role=ops&action=ecs:StopInstance";
    has(&owner.get(query), &["First: may", "Then: may the role do it?", "Allowed: "]);
    stage.b.user("bob");
    let bob = owner.get(&query.replace("alice", "bob"));
    has(&bob, &["cannot assume the role", "Denied: "]);
}

#[test]
fn a_refusal_is_asked_again() {
    let stage = Stage::new();
    let (_, request) = refused(&stage.logged_on("alice"), "/console/ram/users");
    let page = stage.owner(&stage.b).get(&format!("/console/test?request={request}"));
    has(
        &page,
        &["This is what request", "Denied: ", "value=\"ram:ListUsers\"", "value=\"alice\"", "127.0.0.1"],
    );
}

#[test]
fn those_who_can_are_listed_with_what_lets_them() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.b);
    stage.b.must("Ram", "CreateGroup", &[("GroupName", "ops")]);
    stage.b.must("Ram", "AddUserToGroup", &[("UserName", "alice"), ("GroupName", "ops")]);
    let attached = [("GroupName", "ops"), ("PolicyName", "AliyunECSFullAccess"), ("PolicyType", "System")];
    stage.b.must("Ram", "AttachPolicyToGroup", &attached);
    stage.b.role("reader", &[&stage.b.root_arn()], &["AliyunECSReadOnlyAccess"]);
    let page = owner.get("/console/test?tab=who&action=ecs:StopInstance&resource=*");
    has(
        &page,
        &[
            "/console/ram/users/alice",
            "AliyunECSFullAccess",
            "through the group <bdi>ops</bdi>",
            "It owns what",
        ],
    );
    lacks(&page, &["/console/ram/roles/reader"]);
    let refused = stage.logged_on("alice").get("/console/test?tab=who&action=ecs:StopInstance");
    assert_eq!(refused.status, 403, "{}", refused.body);
}

/// A call looks at 200 identities; the page goes on by itself while there is time, and the clock of tests stands still.
#[test]
fn the_search_for_who_can_goes_through_all_of_a_large_account() {
    let stage = Stage::new();
    for number in 0..1_401 {
        stage.a.must("Ram", "CreateUser", &[("UserName", &format!("user-{number:04}"))]);
    }
    let may = |name: &str| {
        let params =
            [("UserName", name), ("PolicyName", "AliyunSTSAssumeRoleAccess"), ("PolicyType", "System")];
        stage.a.must("Ram", "AttachPolicyToUser", &params);
    };
    let owner = stage.owner(&stage.a);
    let role = format!("acs:ram:*:{}:role/theirs", stage.b.id);
    let ask = || owner.get(&format!("/console/test?tab=who&action=sts:AssumeRole&resource={role}"));
    let page = ask();
    has(&page, &["Nobody of this account can."]);
    lacks(&page, &["Look further", "Next page"]);
    for number in [3, 500, 1_400] {
        may(&format!("user-{number:04}"));
    }
    let page = ask();
    has(&page, &["user-0003", "user-0500", "user-1400"]);
    lacks(&page, &["Look further", "Next page"]);
}

/// A call is found by its request whatever it did; results can be chosen, and rows lead to their calls.
#[test]
fn calls_are_narrowed_to_a_request_and_to_a_result() {
    let stage = Stage::new();
    let (_, request) = refused(&stage.logged_on("alice"), "/console/ram/users");
    let owner = stage.owner(&stage.b);
    let page = owner.open(&format!("/console/activity?request={request}"));
    has(&page, &[&format!("href=\"/console/activity/{request}\" title=\"{request}\""), "Request ID"]);
    lacks(&owner.open("/console/activity?request=00000000-0000-0000-0000-000000000000"), &[&request]);
    lacks(
        &stage.owner(&stage.a).open(&format!("/console/activity?request={request}")),
        &[&format!("activity/{request}")],
    );
    let page = owner.open("/console/activity?shown=all&result=Succeeded");
    has(&page, &["<select id=\"result\"", "value=\"Succeeded\" selected"]);
    lacks(&page, &[&format!("activity/{request}\"")]);
    has(
        &owner.reading("zh-CN").open("/console/activity?result=Denied"),
        &["value=\"Denied\" selected", "请求 ID"],
    );
}

/// A filter that cannot be read says so beside its field, with all that was filled in, also where the script gets the
/// list anew; results count among refusals too, and chips say everything that narrows, in the language of the page.
#[test]
fn filters_say_what_is_wrong_with_them_and_results_win_over_refusals() {
    let stage = Stage::new();
    let (_, request) = refused(&stage.logged_on("alice"), "/console/ram/users");
    let mut owner = stage.owner(&stage.b);
    for (language, filter, field, words) in [
        ("en", "session=abc", "session", "32 hexadecimal digits"),
        ("en", "from=yesterday", "from", "This is no date with a time"),
        ("en", "from=2026-12-02T00:00&to=2026-12-01T00:00", "to", "The end is before the beginning"),
        ("zh-CN", "to=2026-13-01T00:00", "to", "时间格式不正确"),
        ("zh-CN", "from=2026-12-02T00:00&to=2026-12-01T00:00", "to", "结束时间早于开始时间"),
    ] {
        owner = owner.reading(language);
        let page = owner.open(&format!("/console/activity?service=Ram&{filter}"));
        assert_eq!(page.status, 400, "{filter}: {}", main_of(&page));
        let (at, beside) = (format!("href=\"#{field}\""), format!("id=\"{field}-error\""));
        has(
            &page,
            &[
                words,
                &at,
                &beside,
                "name=\"service\" type=\"text\" value=\"Ram\"",
                "data-list",
                "<details open>",
            ],
        );
    }
    let other = owner.open("/console/activity?shown=refused&result=Succeeded");
    lacks(&other, &[&format!("activity/{request}\"")]);
    has(&other, &["name=\"shown\" value=\"all\""]);
    has(&owner.open("/console/activity?shown=refused&result=Denied"), &[&format!("activity/{request}\"")]);
    let chips =
        owner.reading("zh-CN").open("/console/activity?since=day&result=Denied&from=2026-01-01T00:00");
    let chips = chips.body.split_once("class=\"chips\"").unwrap().1.split_once("</ul>").unwrap().0.to_owned();
    for words in ["<bdi>被拒绝</bdi>", "<bdi>最近 1 天</bdi>", "<bdi>2026-01-01T00:00</bdi>"] {
        assert!(chips.contains(words), "{words}: {chips}");
    }
}

/// Lists narrow while somebody types: the script finds the field and the part of the page that it puts anew.
#[test]
fn lists_narrow_while_somebody_types() {
    let stage = crate::operator::stage();
    let operator = stage.owner(&stage.b);
    for path in [
        "/activity",
        "/sessions",
        "/sessions?show=recent",
        "/resource-groups",
        "/resources/ecs/instance",
        "/oss",
        "/messaging",
        "/messaging/topics",
        "/operator",
        "/ram/users",
    ] {
        let page = operator.open(&format!("/console{path}"));
        assert_eq!(page.body.matches(" data-narrows").count(), 1, "{path}");
        assert_eq!(page.body.matches(" data-list").count(), 1, "{path}");
    }
}

/// S0-11: older names lead to the page as it is called now.
#[test]
fn everything_is_found_by_its_name() {
    let stage = Stage::new();
    let (_, request) = refused(&stage.logged_on("alice"), "/console/ram/users");
    let owner = stage.owner(&stage.b);
    let find = |wanted: &str| owner.get(&format!("/console/search?q={wanted}"));
    has(&owner.get("/console"), &["action=\"/console/search\"", "aria-keyshortcuts=\"/\""]);
    has(&find("RAM+Roles"), &["also RAM Roles", "href=\"/console/ram/roles\""]);
    has(&find("RAM+%E8%A7%92%E8%89%B2"), &["href=\"/console/ram/roles\""]);
    has(&find("ALI"), &["/console/ram/users/alice", "AliyunECSFullAccess"]);
    has(&find(&request), &[&format!("/console/why/{request}")]);
    has(&find("no-such-thing"), &["Nothing here is called so."]);
    assert_eq!(heading(&find("%3Cscript%3E")), "Found for &lt;script&gt;");
    stage.a.role("billing", &[&stage.a.root_arn()], &[]);
    has(&stage.owner(&stage.a).get("/console/search?q=bill"), &["/console/ram/roles/billing"]);
    lacks(&find("bill"), &["/console/ram/roles/billing"]);
    // What may not be seen is not found, and is no failure.
    let alice = stage.logged_on("alice").get("/console/search?q=ali");
    assert_eq!(alice.status, 200);
    lacks(&alice, &["/console/ram/users/alice"]);
}

/// S0-11: what can be gone to is found in both languages; what only operators have is found by them alone.
#[test]
fn pages_of_services_settings_and_operators_are_found() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let find = |visitor: &Visitor, wanted: &str| visitor.open(&format!("/console/search?q={wanted}"));
    lacks(&find(&owner, "operator"), &["href=\"/console/operator\""]);
    for (wanted, path) in [
        ("Security+Settings", "/settings"),
        ("password+policy", "/settings"),
        ("My+security", "/me"),
        ("MFA", "/me"),
        ("identity+providers", "/sso"),
        ("OpenAPI", "/developer"),
        ("object+storage", "/oss"),
        ("New+delegation", "/delegations/new"),
        ("Services", "/resource-groups/services"),
        ("ECS", "/resources/ecs"),
        ("disks", "/resources/ecs/disk"),
        ("rds", "/resources/rds"),
        ("express+connect", "/resources/expressconnect"),
        // In the other language, too.
        ("%E4%BA%91%E6%9C%8D%E5%8A%A1%E5%99%A8", "/resources/ecs"),
    ] {
        has(&find(&owner, wanted), &[&format!("href=\"/console{path}\"")]);
    }
    let reader = owner.reading("zh-CN");
    has(&find(&reader, "%E5%AE%89%E5%85%A8%E8%AE%BE%E7%BD%AE"), &["href=\"/console/settings\"", "安全设置"]);
    has(&find(&reader, "SLB"), &["href=\"/console/resources/slb\"", "负载均衡 SLB"]);
}

/// An instance in another region than the usual one.
fn elsewhere(enterprise: &Enterprise, name: &str) -> String {
    let region = ("RegionId", "cn-beijing");
    let made = |product, action, params: &[(&str, &str)], id: &str| {
        let params = [&[region], params].concat();
        enterprise.must(product, action, &params)[id].as_str().unwrap_or_default().to_owned()
    };
    let vpc = made("Vpc", "CreateVpc", &[("CidrBlock", "10.0.0.0/8")], "VpcId");
    let zone = ("ZoneId", "cn-beijing-h");
    let switch =
        made("Vpc", "CreateVSwitch", &[("VpcId", &vpc), ("CidrBlock", "10.1.0.0/16"), zone], "VSwitchId");
    let group = made("Ecs", "CreateSecurityGroup", &[("VpcId", &vpc)], "SecurityGroupId");
    let params = [
        region,
        ("ImageId", IMAGE),
        ("InstanceType", "ecs.g6.large"),
        ("SecurityGroupId", &group),
        ("VSwitchId", &switch),
        ("InstanceName", name),
    ];
    let made = enterprise.must("Ecs", "RunInstances", &params);
    made["InstanceIdSets"]["InstanceIdSet"][0].as_str().unwrap().to_owned()
}

/// S0-11: resources are found by identifier in any region, and by name where their lists find names; each leads to its
/// page. Whoever may not list them finds none, and leaves no refusals of lists behind.
#[test]
fn resources_are_found_by_identifier_and_by_name() {
    let stage = Stage::new();
    let network = Network::of(&stage.a);
    let web = network.instance(&stage.a, "web-1");
    let far = elsewhere(&stage.a, "archive");
    let page = format!("/console/resources/ecs/instance/{web}?region=cn-hangzhou");
    let find = |visitor: &Visitor, wanted: &str| visitor.open(&format!("/console/search?q={wanted}"));
    let stranger = stage.owner(&stage.b);
    lacks(&find(&stranger, &web), &[&page]);
    lacks(&find(&stranger, "web"), &[&page]);
    let alice = stage.logged_on("alice");
    lacks(&find(&alice, "web"), &[&page]);
    let refusals = alice.open("/console/activity?shown=refused");
    lacks(&refusals, &["DescribeInstances", "DescribeDisks"]);
    let owner = stage.owner(&stage.a);
    has(&find(&owner, &web), &[&page]);
    has(&find(&owner, "web"), &[&page, ">web-1<"]);
    has(&find(&owner, "archive"), &[&format!("/instance/{far}?region=cn-beijing"), ">archive<"]);
    has(&find(&owner, &network.security_group), &[&format!("/security_group/{}", network.security_group)]);
    lacks(&find(&owner, "db-"), &["/instance/i-"]);
}

/// Policies are looked for beyond the first thousand.
#[test]
fn policies_are_found_beyond_the_first_page() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let document = allow(&["ecs:*"], &["*"]).to_string();
    for at in 0..1_000 {
        let params = [("PolicyName", &*format!("some-{at}")), ("PolicyDocument", document.as_str())];
        stage.a.must("Ram", "CreatePolicy", &params);
    }
    let params = [("PolicyName", "zz-last-of-all"), ("PolicyDocument", document.as_str())];
    stage.a.must("Ram", "CreatePolicy", &params);
    has(&owner.open("/console/search?q=last-of"), &["/console/ram/policies/Custom/zz-last-of-all"]);
}

/// Keys lead to the search and to their list, choose rows, and can be turned off.
#[test]
fn keys_find_choose_and_can_be_turned_off() {
    const ENTER: &str = "\u{e007}";
    let stage = Stage::on(TestServer::builder().clock(TestClock::real()).start());
    stage.b.grant("alice", "AliyunActionTrailReadOnlyAccess");
    let browser = Browser::start(Look::default());
    let go = |path: &str| browser.go(&format!("http://{}{path}", stage.server.endpoint()));
    log_on(&browser, &stage, "alice@company-b");
    browser.press(&format!("/roles{ENTER}"));
    browser.arrives("/console/search?q=roles");
    go("/console/activity?shown=all");
    browser.shows("tbody", "LogOn");
    browser.press("jx");
    assert_eq!(browser.look("return document.querySelectorAll('tbody :checked').length"), 1);
    browser.press("?");
    browser.shows("#key-list", "Keyboard shortcuts");
    browser.click("#key-list [data-keys-on]");
    browser.click("#key-list form button");
    browser.press("gs");
    assert!(browser.url().ends_with("/console/activity?shown=all"), "they are off");
}

/// What happens shows by itself where one wishes it.
#[test]
fn activity_can_be_followed_live() {
    let stage = Stage::on(TestServer::builder().clock(TestClock::real()).start());
    stage.b.grant("alice", "AliyunActionTrailReadOnlyAccess");
    let browser = Browser::start(Look::default());
    log_on(&browser, &stage, "alice@company-b");
    browser.go(&format!("http://{}/console/activity", stage.server.endpoint()));
    browser.click("[data-live]");
    stage.b.must("Ram", "CreateGroup", &[("GroupName", "born-meanwhile")]);
    browser.shows("#events", "CreateGroup");
    assert_eq!(browser.look("return document.querySelector('[data-live]').ariaPressed"), "true");
}

/// Times are read in the zone that the script has told, and the page says which that is; without it they are of UTC.
#[test]
fn times_are_read_in_the_zone_of_the_viewer() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.b);
    stage.b.must("Ram", "CreateGroup", &[("GroupName", "zoned")]);
    let now = stage.server.clock().now();
    // A minute ago by a clock of UTC.
    let local = now.plus_seconds(-60).to_string();
    let local = local.get(..16).unwrap();
    let since = |visitor: &Visitor| {
        visitor.get(&format!("/console/activity?shown=all&event=CreateGroup&from={local}"))
    };
    let plain = since(&owner);
    let has_it = |page: &Page| page.body.contains("class=\"choose\"");
    assert!(plain.body.contains("From (UTC)") && has_it(&plain), "{}", plain.body);
    owner.plant("argali-zone", "-05:30");
    let west = since(&owner);
    assert!(west.body.contains("From (UTC-05:30)"), "{}", west.body);
    assert!(
        !west.body.contains("group/zoned") && !west.body.contains(">zoned<"),
        "there it is later: {}",
        west.body
    );
    owner.plant("argali-zone", "+08:00");
    assert!(has_it(&since(&owner)));
    owner.plant("argali-zone", "<b>");
    assert!(since(&owner).body.contains("From (UTC)"), "what is no zone is none");
}
