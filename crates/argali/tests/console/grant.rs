//! Granting and revoking, policies and groups.

use argali_testkit::Visitor;

use crate::stage::{Stage, heading};

const FORM: &str = "/console/ram/grants/new";

fn grant(owner: &Visitor, kind: &str, name: &str, policies: &[&str]) -> argali_testkit::Page {
    let form = owner.get(&format!("{FORM}?kind={kind}&name={name}"));
    let mut fields = form.form(FORM);
    fields.extend(policies.iter().map(|policy| ("policy".to_owned(), (*policy).to_owned())));
    owner.follow(owner.post(FORM, &fields))
}

/// S0-27, S0-28, S0-29, S0-30, S0-31, S0-33, S0-36, S0-52, S0-53, S0-54, S0-56, S3-22, S3-23, S3-24, S3-25, S3-26,
/// S3-27, S3-28, S3-29, S3-31, S3-32, S3-57, S3-58, S3-59, S3-61, S2-22, S2-28, S0-34: scope, principal and policies on one form.
#[test]
fn the_form_says_where_to_whom_and_what() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let form = owner.get(&format!("{FORM}?kind=Role&name=ecs-admin"));
    for words in [
        "Resource Scope",
        "The service must support resource groups",
        "Principal",
        "ecs-admin",
        "System policies",
        "they cannot be changed",
        "Custom policies",
        "Create a custom policy",
        "High risk",
        "Grant only what is needed",
        "AliyunExpressConnectReadOnlyAccess",
    ] {
        assert!(form.body.contains(words), "{words}");
    }
    let result =
        grant(&owner, "Role", "ecs-admin", &["System/AliyunECSFullAccess", "System/AliyunSLBFullAccess"]);
    assert_eq!(heading(&result), "Permissions granted");
    assert!(result.body.contains("Granted before") && result.body.contains("Close"), "{}", result.body);
    let page = owner.get("/console/ram/roles/ecs-admin");
    assert!(page.body.contains("AliyunSLBFullAccess"));
    let refused = grant(&owner, "Role", "ecs-admin", &[]);
    assert!(refused.body.contains("Choose at least one policy"));
}

/// S0-55, S3-60, S4-34: AliyunSTSAssumeRoleAccess is given to a user and taken back.
#[test]
fn a_policy_is_given_to_a_user_and_taken_back() {
    let stage = Stage::new();
    stage.b.user("bob");
    let owner = stage.owner(&stage.b);
    grant(&owner, "User", "bob", &["System/AliyunSTSAssumeRoleAccess"]);
    let page = owner.get("/console/ram/users/bob?tab=permissions");
    assert!(page.body.contains("AliyunSTSAssumeRoleAccess"));
    let page = owner.follow(owner.submit(&page, "/console/ram/grants/revoke", &[]));
    assert!(!page.body.contains("AliyunSTSAssumeRoleAccess"), "{}", page.body);
    assert!(owner.get("/console/ram/grants").body.contains("alice"), "others keep theirs");
}

#[test]
fn a_policy_is_made_changed_and_deleted() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let new = "/console/ram/policies/new";
    let form = owner.get(new);
    let refused =
        owner.submit(&form, new, &[("PolicyName", "mine"), ("PolicyDocument", "{"), ("mode", "json")]);
    assert_eq!(refused.status, 400, "{}", refused.body);
    assert!(refused.body.contains("value=\"mine\""), "what was entered is kept");
    let form = owner.get(new);
    let page = owner.follow(owner.submit(&form, new, &[("PolicyName", "mine")]));
    assert_eq!(heading(&page), "mine", "{}", page.body);
    let document =
        "{\"Version\":\"1\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}]}";
    let path = "/console/ram/policies/Custom/mine";
    let edit = format!("{path}/edit");
    owner.submit(&owner.get(&edit), &edit, &[("PolicyDocument", document), ("do", "save")]);
    let page = owner.get(&format!("{path}?tab=versions"));
    assert!(page.body.contains("v2") && page.body.contains("In force"), "{}", page.body);
    owner.submit(&page, &format!("{path}/versions"), &[("do", "delete"), ("VersionId", "v1")]);
    let page = owner.get(&format!("{path}/delete"));
    let landed = owner.submit(&page, &format!("{path}/delete"), &[("Name", "mine")]);
    assert_eq!(landed.header("location"), Some("/console/ram/policies"), "{}", landed.body);
}

#[test]
fn a_group_gathers_users() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.b);
    let new = "/console/ram/groups/new";
    let page = owner.follow(owner.submit(&owner.get(new), new, &[("GroupName", "ops")]));
    assert_eq!(heading(&page), "ops");
    let members = "/console/ram/groups/ops/members";
    // Whoever is not there is not added, and what was entered is kept beside the reason.
    let refused = owner.submit(&page, members, &[("UserName", "nobody-here")]);
    assert_eq!(refused.status, 404, "{}", refused.body);
    for words in ["role=\"alert\"", "value=\"nobody-here\"", "EntityNotExist.User"] {
        assert!(refused.body.contains(words), "{words}: {}", refused.body);
    }
    let page = owner.follow(owner.submit(&refused, members, &[("UserName", "alice")]));
    assert!(page.body.contains("/console/ram/users/alice"), "{}", page.body);
    // Its comments are written and emptied, it is called otherwise, and keeps its members.
    let edit = "/console/ram/groups/ops/edit";
    assert!(page.body.contains(&format!("href=\"{edit}\"")), "{}", page.body);
    for comments in ["on call", ""] {
        let landed = owner.submit(&owner.get(edit), edit, &[("NewComments", comments)]);
        assert_eq!(landed.header("location"), Some("/console/ram/groups/ops"), "{}", landed.body);
        let group = stage.b.must("Ram", "GetGroup", &[("GroupName", "ops")]);
        assert_eq!(group["Group"]["Comments"].as_str().unwrap_or_default(), comments);
    }
    for name in ["", "a/b"] {
        let refused =
            owner.submit(&owner.get(edit), edit, &[("NewGroupName", name), ("NewComments", "kept")]);
        assert_eq!(refused.status, 400, "{}", refused.body);
        let (summary, form) = refused.body.split_once("<form class=\"card").unwrap();
        assert!(summary.contains("href=\"#NewGroupName\""), "{summary}");
        assert!(form.contains("id=\"NewGroupName-error\"") && form.contains("value=\"kept\""), "{form}");
    }
    let landed = owner.submit(&owner.get(edit), edit, &[("NewGroupName", "night")]);
    assert_eq!(landed.header("location"), Some("/console/ram/groups/night"), "{}", landed.body);
    assert!(owner.follow(landed).body.contains("/console/ram/users/alice"));
    stage.b.must("Ram", "UpdateGroup", &[("GroupName", "night"), ("NewGroupName", "ops")]);
    // What groups give is told to users, not to groups.
    let nothing = owner.get("/console/ram/groups/ops?tab=permissions");
    assert!(nothing.body.contains("each of its members may do") && !nothing.body.contains("listed below"));
    assert!(owner.get("/console/ram/users/alice?tab=groups").body.contains("ops"));
    let page = owner.follow(owner.submit(&page, members, &[("do", "remove"), ("one", "alice")]));
    assert!(page.body.contains("Nobody is in this group yet."));
    let path = "/console/ram/groups/ops/delete";
    let landed = owner.submit(&owner.get(path), path, &[("Name", "ops")]);
    assert_eq!(landed.header("location"), Some("/console/ram/groups"));
}

/// S0-32: another role, and anybody else, is chosen in the same panel; the one that was preset can be left out.
#[test]
fn other_principals_are_chosen_in_the_same_panel() {
    let stage = Stage::new();
    stage.a.role("ops", &[&stage.b.root_arn()], &[]);
    stage.a.user("carol");
    let owner = stage.owner(&stage.a);
    let open = || owner.get(&format!("{FORM}?kind=Role&name=ecs-admin"));
    let panel = open();
    let is_offered = |value: &str| panel.tags().iter().any(|tag| tag.attribute("value") == Some(value));
    assert!(
        is_offered("Role/ecs-admin") && is_offered("Role/ops") && is_offered("User/carol"),
        "{}",
        panel.body
    );
    let policy = ("policy".to_owned(), "System/AliyunSLBFullAccess".to_owned());
    let send = |principals: &[(&str, &str)]| {
        let mut fields = open().form(FORM);
        fields.retain(|(name, _)| name != "principal" && name != "others");
        let chosen = principals.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        fields.extend(chosen.chain([policy.clone()]));
        owner.follow(owner.post(FORM, &fields))
    };
    assert!(send(&[]).body.contains("Choose at least one principal."));
    let unread = send(&[("principal", "Role/ops"), ("others", "carol")]);
    assert!(unread.body.contains("carol is no principal"), "{}", unread.body);
    let granted = send(&[("principal", "Role/ops"), ("others", "user/carol, role/absent")]);
    assert_eq!(granted.body.matches("badge success").count(), 2, "{}", granted.body);
    assert!(granted.body.contains("Not granted"), "the one that does not exist");
    for (page, has) in
        [("roles/ops", true), ("users/carol?tab=permissions", true), ("roles/ecs-admin", false)]
    {
        let shown = owner.get(&format!("/console/ram/{page}"));
        assert_eq!(shown.body.contains("AliyunSLBFullAccess"), has, "{page}");
    }
}

/// One judgement of what is risky, wherever a policy is named; whoever may not list policies is still warned of those
/// that everybody knows.
#[test]
fn policies_of_high_risk_are_marked_everywhere_by_what_they_allow() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let document = argali_testkit::allow(&["ram:AttachPolicyToUser"], &["*"]).to_string();
    for (name, document) in
        [("hires", document.as_str()), ("calm", &document.replace("AttachPolicyToUser", "ListUsers"))]
    {
        stage.a.must("Ram", "CreatePolicy", &[("PolicyName", name), ("PolicyDocument", document)]);
    }
    for name in ["hires", "calm"] {
        let params = [("RoleName", "ecs-admin"), ("PolicyName", name), ("PolicyType", "Custom")];
        stage.a.must("Ram", "AttachPolicyToRole", &params);
    }
    let marked = |path: &str, name: &str| {
        let page = owner.open(path);
        let named: Vec<&str> = page.body.split(&format!(">{name}")).skip(1).collect();
        assert!(!named.is_empty(), "{name}: {}", page.body);
        named.iter().any(|after| after.find("badge warning").is_some_and(|at| at < 40))
    };
    for (path, risky, calm) in [
        ("/console/ram/policies?type=Custom", "hires", "calm"),
        ("/console/ram/policies?q=PowerUser", "PowerUserAccess", ""),
        ("/console/ram/policies/Custom/hires", "hires", ""),
        ("/console/ram/policies/System/AliyunActionTrailFullAccess", "AliyunActionTrailFullAccess", ""),
        ("/console/delegations", "hires", "calm"),
        (
            "/console/ram/grants/~chosen?on=Role%2Fecs-admin%2FCustom%2Fhires%2F&on=Role%2Fecs-admin%2FCustom%2Fcalm%2F",
            "hires",
            "calm",
        ),
    ] {
        assert!(marked(path, risky), "{path}");
        assert!(calm.is_empty() || !marked(path, calm), "{path}");
    }
    let file = owner.open("/console/ram/policies?csv=true").body;
    let row = |name: &str| file.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
    assert!(row("hires").contains(",true,") && row("calm").contains(",false,"), "{file}");
    assert!(!owner.open("/console/ram/policies/Custom/calm").body.contains("High risk"));
}

/// SPEC: console, grant permission: choosing such a policy says what it allows, and what would be narrower.
#[test]
fn choosing_a_policy_of_high_risk_says_what_it_allows() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let warning = "AdministratorAccess allows everything in this account, including changing who has access. \
                   Grant only what is needed.";
    let form = format!("{FORM}?kind=Role&name=ecs-admin");
    assert!(!owner.open(&form).body.contains(warning), "nothing is chosen yet");
    let calm = owner.open(&format!("{form}&policy=System%2FAliyunECSFullAccess"));
    assert!(!calm.body.contains("Perhaps less is enough"), "{}", calm.body);
    let found = owner.follow(press(
        &owner,
        &owner.open(&form),
        "find-policy",
        &[("policy", "System/AdministratorAccess")],
    ));
    assert!(found.body.contains(warning), "{}", found.body);
    assert!(
        found.body.contains("Perhaps less is enough: PowerUserAccess, AliyunECSFullAccess"),
        "{}",
        found.body
    );
    let owner = stage.owner(&stage.a).reading("zh-CN");
    let chinese = owner.open(&format!("{form}&policy=System%2FAliyunRAMFullAccess"));
    assert!(chinese.body.contains("AliyunRAMFullAccess 允许更改访问权限"), "{}", chinese.body);
}

/// SPEC: console, grant permission: "Create a custom policy" comes back with everything that was chosen, and what was made.
#[test]
fn making_a_policy_comes_back_to_the_grant_with_all_that_was_chosen() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let open = owner.open(&format!("{FORM}?kind=Role&name=ecs-admin"));
    let new = "/console/ram/policies/new";
    for next in
        ["https://evil.example/", "//evil.example", "/console/ram/users", "/console/ram/grants/newest?x=y"]
    {
        let form = owner.open(&format!("{new}?next={}", next.replace('/', "%2F").replace('?', "%3F")));
        assert!(form.form(new).iter().all(|(name, _)| name != "next"), "{next}: {}", form.body);
        let name = format!("led-{}", next.len());
        let fields = [("PolicyName", name.as_str()), ("next", next)];
        let mut sent = form.form(new);
        sent.retain(|(name, _)| name != "PolicyName");
        sent.extend(fields.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let landed = owner.post(new, &sent);
        assert_eq!(
            landed.header("location"),
            Some(&*format!("/console/ram/policies/Custom/{name}")),
            "{next}"
        );
    }
    let chosen = "System/AliyunSLBFullAccess";
    let making = owner.follow(press(&owner, &open, "create", &[("policy", chosen), ("q", "Server Load")]));
    assert_eq!(heading(&making), "Create Policy", "{}", making.body);
    let review = owner.submit(&making, new, &[("PolicyName", "small"), ("do", "review")]);
    let back = owner.submit(&review, new, &[("do", "save")]);
    assert!(
        back.header("location").unwrap().starts_with(FORM),
        "{:?} {}",
        back.header("location"),
        back.body
    );
    let form = owner.follow(back);
    assert_eq!(boxes(&form, "policy").0, [chosen, "Custom/small"]);
    assert_eq!(boxes(&form, "principal").0, ["Role/ecs-admin"]);
    assert!(form.body.contains("value=\"Server Load\""), "{}", form.body);
    assert!(form.body.contains("/console/resource-groups/services"), "{}", form.body);
    let granted = owner.follow(press(&owner, &form, "", &[]));
    assert_eq!(granted.body.matches("badge success").count(), 2, "{}", granted.body);
}

/// The values of the boxes of a form that are called so and ticked, and of those that are not.
fn boxes(page: &argali_testkit::Page, name: &str) -> (Vec<String>, Vec<String>) {
    let tags = page.tags().into_iter().filter(|tag| tag.attribute("name") == Some(name));
    let boxes = tags.filter(|tag| tag.attribute("type") == Some("checkbox"));
    let (ticked, others): (Vec<_>, Vec<_>) = boxes.partition(|tag| tag.attribute("checked").is_some());
    let values = |tags: Vec<argali_testkit::Tag>| {
        tags.iter().map(|tag| tag.attribute("value").unwrap().to_owned()).collect()
    };
    (values(ticked), values(others))
}

/// Sends the form as a browser without script does whose button `pressed` was pressed.
fn press(
    owner: &Visitor,
    page: &argali_testkit::Page,
    pressed: &str,
    more: &[(&str, &str)],
) -> argali_testkit::Page {
    let mut fields = page.form(FORM);
    fields.retain(|(name, _)| more.iter().all(|(other, _)| other != name) || name == "principal");
    fields.extend(
        more.iter().chain(&[("do", pressed)]).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
    );
    owner.post(FORM, &fields)
}

/// SPEC: console, rules that hold everywhere: pages are addresses, and work without script.
#[test]
fn what_was_chosen_is_kept_while_policies_are_looked_for() {
    let stage = Stage::new();
    stage.a.user("carol");
    let owner = stage.owner(&stage.a);
    let open = owner.get(&format!("{FORM}?kind=Role&name=ecs-admin"));
    let chosen = ["System/AliyunRDSFullAccess", "System/AliyunVPCFullAccess"];
    let entered = [
        ("principal", "User/carol"),
        ("others", "role/ops, nonsense"),
        ("policy", chosen[0]),
        ("policy", chosen[1]),
        ("q", "Server Load"),
    ];
    let landed = press(&owner, &open, "find-policy", &entered);
    assert_eq!(landed.status, 303, "what was found has an address: {}", landed.body);
    let found = owner.follow(landed);
    let (ticked, others) = boxes(&found, "policy");
    assert_eq!(
        (&ticked[..], &others[..]),
        (&chosen.map(str::to_owned)[..], &["System/AliyunSLBFullAccess".to_owned()][..])
    );
    let first = found.tags().into_iter().find(|tag| tag.attribute("name") == Some("policy")).unwrap();
    assert!(first.attribute("checked").is_some(), "those that are chosen come first");
    assert_eq!(boxes(&found, "principal").0, ["Role/ecs-admin", "User/carol", "Role/ops"]);
    assert!(found.body.contains("value=\"nonsense\"") && found.body.contains("value=\"Server Load\""));
    let nothing = owner.follow(press(&owner, &found, "find-policy", &[("q", "no such policy")]));
    assert_eq!(boxes(&nothing, "policy"), (ticked, vec![]), "what is chosen is seen whatever is looked for");
    assert!(nothing.body.contains("Nothing matches."), "{}", nothing.body);
    let granted = owner.follow(press(&owner, &nothing, "", &[("others", "")]));
    assert_eq!(granted.body.matches("badge success").count(), 4, "{}", granted.body);
}

#[test]
fn as_many_policies_are_offered_as_somebody_reads_and_more_if_asked() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let open = owner.get(&format!("{FORM}?kind=Role&name=ecs-admin"));
    assert_eq!(boxes(&open, "policy").1.len(), 20);
    assert!(open.body.contains("20 of 37 are shown") && open.body.contains("Show more"), "{}", open.body);
    let more = press(&owner, &open, "more", &[("policy", "System/AliyunRDSFullAccess")]);
    let more = owner.follow(more);
    let (ticked, others) = boxes(&more, "policy");
    assert_eq!((ticked, others.len()), (vec!["System/AliyunRDSFullAccess".to_owned()], 36));
    assert!(!more.body.contains("Show more"), "{}", more.body);
    // Nothing is lost where an address cannot hold it.
    let names: Vec<String> = (0..90).map(|at| format!("Role/{}{at}", "a".repeat(60))).collect();
    let many: Vec<_> = names.iter().map(|name| ("principal", name.as_str())).collect();
    let shown = press(&owner, &more, "find-policy", &many);
    assert_eq!(shown.status, 200, "{}", shown.body);
    assert_eq!(boxes(&shown, "principal").0.len(), 91);
}

/// SPEC: console, grant permission: tabs System and Custom; what is chosen in one is seen in the other.
#[test]
fn each_kind_of_policies_has_a_tab_and_what_is_chosen_stays() {
    let stage = Stage::new();
    let document = argali_testkit::allow(&["ecs:*"], &["*"]).to_string();
    stage.a.must("Ram", "CreatePolicy", &[("PolicyName", "own"), ("PolicyDocument", &document)]);
    let owner = stage.owner(&stage.a);
    let open = owner.get(&format!("{FORM}?kind=Role&name=ecs-admin"));
    assert!(!boxes(&open, "policy").1.contains(&"Custom/own".to_owned()), "a tab has one kind");
    let chosen = "System/AliyunSLBFullAccess";
    let landed = press(&owner, &open, "Custom", &[("policy", chosen)]);
    let address = landed.header("location").unwrap().to_owned();
    assert!(address.ends_with("#policies"), "{address}");
    let custom = owner.follow(landed);
    assert_eq!(boxes(&custom, "policy"), (vec![chosen.to_owned()], vec!["Custom/own".to_owned()]));
    let pressed = |page: &argali_testkit::Page| {
        let tags = page.tags().into_iter();
        let tab = tags
            .filter(|tag| tag.name == "button")
            .find(|tag| tag.attribute("aria-pressed") == Some("true") && tag.attribute("name") == Some("do"));
        tab.unwrap().attribute("value").unwrap().to_owned()
    };
    assert_eq!((pressed(&open), pressed(&custom)), ("System".to_owned(), "Custom".to_owned()));
    let both = [("policy", chosen), ("policy", "Custom/own")];
    let system = owner.follow(press(&owner, &custom, "System", &both));
    assert_eq!(
        (pressed(&system), boxes(&system, "policy").0),
        ("System".to_owned(), both.map(|(_, key)| key.to_owned()).to_vec())
    );
    let found = owner.follow(press(
        &owner,
        &owner.get(address.trim_end_matches("#policies")),
        "find-policy",
        &[("policy", chosen), ("q", "own")],
    ));
    assert_eq!(pressed(&found), "Custom", "searching stays where it is");
    assert!(found.body.contains("Custom policies<span class=\"muted\">1</span>"), "{}", found.body);
    let granted = owner.follow(press(&owner, &system, "", &[]));
    assert_eq!(granted.body.matches("badge success").count(), 2, "{}", granted.body);
}

/// SPEC: console, grant permission: description and document on demand.
#[test]
fn a_document_is_shown_where_somebody_chooses() {
    let stage = Stage::new();
    let document = argali_testkit::allow(&["ecs:<b>"], &["*"]).to_string();
    let words = "Long words. ".repeat(80);
    let params =
        [("PolicyName", "own"), ("PolicyDocument", document.as_str()), ("Description", words.trim())];
    stage.a.must("Ram", "CreatePolicy", &params);
    let owner = stage.owner(&stage.a);
    let open = owner.get(&format!("{FORM}?kind=Role&name=ecs-admin&tab=Custom"));
    assert!(!open.body.contains("<pre") && !open.body.contains(words.trim()), "not before it is asked for");
    let chosen = ("policy", "System/AliyunSLBFullAccess");
    let landed = press(&owner, &open, "document:Custom/own", &[chosen, ("q", "")]);
    assert!(landed.header("location").unwrap().ends_with("#document"), "{:?}", landed.headers);
    let shown = owner.follow(landed);
    for part in
        ["<details id=\"document\" open", "ecs:&lt;b&gt;", words.trim(), "/console/ram/policies/Custom/own"]
    {
        assert!(shown.body.contains(part), "{part}: {}", shown.body);
    }
    assert_eq!(boxes(&shown, "policy").0, [chosen.1]);
    let gone = owner.follow(press(&owner, &shown, "document:Custom/gone", &[chosen]));
    assert_eq!((gone.status, boxes(&gone, "policy").0), (200, vec![chosen.1.to_owned()]));
}

/// SPEC: console, grant permission: count against the quota; limits: each scope counts on its own.
#[test]
fn what_is_chosen_is_counted_against_the_quota() {
    let stage = Stage::new();
    stage.a.user("carol");
    let owner = stage.owner(&stage.a);
    let form = format!("{FORM}?kind=Role&name=ecs-admin");
    let chosen = "policy=System%2FAliyunECSFullAccess&policy=System%2FAliyunSLBFullAccess";
    assert!(!owner.get(&form).body.contains("Against the quota"), "nothing is chosen");
    let counted = owner.get(&format!("{form}&principal=User%2Fcarol&principal=User%2Fnobody&{chosen}")).body;
    // The role has one of the two already.
    assert!(counted.contains("1 + 1 of 20") && counted.contains("0 + 0 of 10"), "{counted}");
    assert!(counted.contains("0 + 2 of 20") && !counted.contains("Too many"), "{counted}");
    let group =
        stage.a.must("ResourceManager", "CreateResourceGroup", &[("Name", "blue"), ("DisplayName", "Blue")]);
    let id = group["ResourceGroup"]["Id"].as_str().unwrap();
    let elsewhere = owner.get(&format!("{form}&scope=group&ResourceGroupId={id}&{chosen}")).body;
    assert!(elsewhere.contains("0 + 2 of 20"), "{elsewhere}");
    let document = argali_testkit::allow(&["ecs:*"], &["*"]).to_string();
    let mut many = String::new();
    for number in 0..11 {
        let name = format!("own-{number}");
        stage.a.must("Ram", "CreatePolicy", &[("PolicyName", &name), ("PolicyDocument", &document)]);
        many.push_str(&format!("&policy=Custom%2F{name}"));
    }
    let over = owner.get(&format!("{form}{many}")).body;
    assert!(over.contains("0 + 11 of 10") && over.contains("Too many"), "{over}");
}

/// SPEC: console, grant permission: chosen policies of services that do not support resource groups are marked.
#[test]
fn policies_that_allow_nothing_in_a_group_are_marked() {
    let stage = Stage::new();
    let document = argali_testkit::allow(&["ram:GetUser", "mns:*", "ecs:*"], &["*"]).to_string();
    stage.a.must("Ram", "CreatePolicy", &[("PolicyName", "mixed"), ("PolicyDocument", &document)]);
    let owner = stage.owner(&stage.a);
    let form = format!(
        "{FORM}?kind=Role&name=ecs-admin&policy=System%2FAliyunECSFullAccess&policy=System%2FAliyunMNSFullAccess\
         &policy=System%2FAdministratorAccess&policy=Custom%2Fmixed"
    );
    let account = owner.get(&form);
    assert!(!account.body.contains("No resource groups"), "{}", account.body);
    let group =
        stage.a.must("ResourceManager", "CreateResourceGroup", &[("Name", "blue"), ("DisplayName", "Blue")]);
    let id = group["ResourceGroup"]["Id"].as_str().unwrap();
    let marked = owner.get(&format!("{form}&scope=group&ResourceGroupId={id}"));
    assert_eq!(marked.body.matches(">No resource groups<").count(), 2, "{}", marked.body);
    for words in ["AliyunMNSFullAccess is of a service", "(mns)", "mixed is of a service", "(mns, ram)"] {
        assert!(marked.body.contains(words), "{words}: {}", marked.body);
    }
}

/// SPEC: console, states: errors beside the field and in a linked summary that takes focus; input is kept.
#[test]
fn a_form_that_lacks_something_says_where_and_keeps_the_rest() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let open = owner.get(FORM);
    let bare = press(&owner, &open, "", &[("scope", "group"), ("ResourceGroupId", ""), ("q", "RDS")]);
    assert_eq!(bare.status, 400);
    for part in [
        "<a href=\"#others\">Choose at least one principal.</a>",
        "<a href=\"#policy\">Choose at least one policy.</a>",
        "<a href=\"#ResourceGroupId\">Choose a resource group",
        "id=\"others-error\"",
        "id=\"policy-error\"",
        "id=\"ResourceGroupId-error\"",
        "role=\"alert\" tabindex=\"-1\" autofocus",
        "value=\"RDS\"",
    ] {
        assert!(bare.body.contains(part), "{part}: {}", bare.body);
    }
    let chosen = ("policy", "System/AliyunRDSFullAccess");
    let unread = press(&owner, &owner.get(FORM), "", &[("others", "user/carol, nonsense"), chosen]);
    assert_eq!((unread.status, boxes(&unread, "policy").0), (400, vec![chosen.1.to_owned()]));
    assert!(unread.body.contains("<a href=\"#others\">nonsense is no principal"), "{}", unread.body);
    assert!(unread.body.contains("value=\"user/carol, nonsense\"") && !unread.body.contains("policy-error"));
    // Never the whole account in place of a group that is not said.
    let granted = press(&owner, &unread, "", &[("others", "role/ecs-admin"), ("scope", "group"), chosen]);
    assert!(
        granted.status == 400
            && !owner.get("/console/ram/roles/ecs-admin").body.contains("AliyunRDSFullAccess")
    );
}

/// SPEC: console, grant permission: what choosing a policy of high risk means is said at once; the script asks for it.
#[test]
fn what_is_to_be_said_of_a_choice_is_asked_for_while_one_chooses() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let open = owner.get(&format!("{FORM}?kind=Role&name=ecs-admin"));
    let form = open.tags().into_iter().find(|tag| tag.attribute("action") == Some(FORM)).unwrap();
    assert!(form.attribute("data-checked").is_some() && open.body.contains("id=\"check\""));
    let checked = press(&owner, &open, "check", &[("policy", "System/AdministratorAccess")]);
    assert_eq!(checked.status, 200);
    let (_, check) = checked.body.split_once("id=\"check\"").unwrap();
    assert!(check.contains("AdministratorAccess allows everything in this account"), "{check}");
    assert!(check.contains("1 + 1 of 20"), "{check}");
    assert!(!owner.get("/console/ram/roles/ecs-admin").body.contains("AdministratorAccess"));
}

/// SPEC: console, budgets: a form has few bytes however long names and descriptions are.
#[test]
fn the_form_has_few_bytes_whatever_policies_are_called() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let actions: Vec<String> = (0..380).map(|number| format!("ecs:Act{number}")).collect();
    let actions: Vec<&str> = actions.iter().map(String::as_str).collect();
    let document = argali_testkit::allow(&actions, &["*"]).to_string();
    let mut chosen = String::new();
    for number in 0..60 {
        let name = format!("{}-{number:03}", "n".repeat(124));
        let words = "管".repeat(1_024);
        let params = [("PolicyName", name.as_str()), ("PolicyDocument", &document), ("Description", &words)];
        stage.a.must("Ram", "CreatePolicy", &params);
        stage.a.must("Ram", "CreateUser", &[("UserName", &format!("{}-{number:03}", "u".repeat(60)))]);
        stage.a.role(&format!("{}-{number:03}", "r".repeat(60)), &[&stage.b.root_arn()], &[]);
        if number < 10 {
            chosen.push_str(&format!("&policy=Custom%2F{name}"));
        }
    }
    let open = "document=Custom%2F".to_owned() + &format!("{}-059", "n".repeat(124));
    for more in ["", "&shown=40", &format!("&shown=20&{open}"), &format!("&{open}{chosen}")] {
        let page = owner.get(&format!("{FORM}?kind=Role&name=ecs-admin&tab=Custom{more}"));
        assert!(page.status == 200 && page.body.len() <= 60 << 10, "{more}: {}", page.body.len());
    }
}

/// S0-35: policies of the system are described in the reader's language.
#[test]
fn policies_of_the_system_are_described_in_the_reader_s_language() {
    let stage = Stage::new();
    let document = argali_testkit::allow(&["ecs:*"], &["*"]).to_string();
    let own = [("PolicyName", "own"), ("PolicyDocument", document.as_str()), ("Description", "In own words")];
    stage.a.must("Ram", "CreatePolicy", &own);
    let owner = stage.owner(&stage.a).reading("zh-CN");
    let (list, words) = ("/console/ram/policies", "管理云服务器（ECS）的权限");
    for path in [
        &format!("{list}?q=ecs"),
        &format!("{list}?q=云服务器"),
        &format!("{list}/System/AliyunECSFullAccess"),
        &format!("{FORM}?q=云服务器"),
        "/console/ram/roles/ecs-admin",
        "/console/delegations?tab=given",
    ] {
        let page = owner.open(path);
        assert!(page.body.contains(words), "{path}: {}", page.body);
        assert!(!page.body.contains("Elastic Compute Service"), "{path}");
    }
    assert!(
        owner.open(&format!("{list}?q=own")).body.contains("In own words"),
        "what an account wrote stays"
    );
    let owner = owner.reading("en");
    assert!(owner.open(&format!("{list}?q=ecs")).body.contains("Manage Elastic Compute Service"));
}

/// SPEC: console, parts, picker: principals of any kind are found by what they are called, beside those that were chosen.
#[test]
fn principals_are_found_by_name_beside_those_chosen() {
    let stage = Stage::new();
    stage.a.user("carol");
    stage.a.user("dave");
    let owner = stage.owner(&stage.a);
    let open = owner.get(&format!("{FORM}?kind=Role&name=ecs-admin"));
    let chosen = ("policy", "System/AliyunSLBFullAccess");
    // What a browser sends first would be looked for.
    assert_eq!(open.form(FORM).iter().filter(|(name, _)| name == "who").count(), 1);
    let found = owner.follow(press(&owner, &open, "find", &[("who", "CAR"), chosen]));
    assert_eq!(
        boxes(&found, "principal"),
        (vec!["Role/ecs-admin".to_owned()], vec!["User/carol".to_owned()])
    );
    assert_eq!(boxes(&found, "policy").0, [chosen.1]);
    let both = [("principal", "Role/ecs-admin"), ("principal", "User/carol")];
    let granted = owner.follow(press(&owner, &found, "", &both));
    assert!(granted.body.contains("carol") && granted.body.contains("ecs-admin"), "{}", granted.body);
}
