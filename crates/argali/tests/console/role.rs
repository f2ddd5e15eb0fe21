//! Roles: made, trusted, taken back.

use argali_testkit::{Page, Tag, Visitor, trust};

use crate::stage::{PASSWORD, Stage, heading};

const NEW: &str = "/console/ram/roles/new";

fn second_step(owner: &Visitor, query: &str) -> Page {
    owner.get(&format!("{NEW}?step=2&{query}"))
}

/// S0-12, S0-25, S0-26, S2-12, S3-05, S3-06, S4-27, S4-28: the navigation leads to the list, and that to the role.
#[test]
fn the_list_leads_to_roles_and_to_making_one() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let list = owner.get("/console/ram/roles");
    assert!(list.body.contains("Create Role") && list.body.contains("/console/ram/roles/ecs-admin"));
    assert!(list.body.contains("Grant Permission"));
}

/// S0-13, S0-14, S0-15, S0-16, S0-17, S0-18, S0-19, S0-20, S0-21, S0-23, S0-24, S1-08, S2-13, S2-14, S2-15, S2-18, S2-20,
/// S3-07, S3-08, S3-09, S3-10, S3-12, S3-20, S4-12, S4-13: two steps, and a result that leads on.
#[test]
fn a_role_for_another_account_is_made_in_two_steps() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let first = owner.get(NEW);
    for words in [
        "Principal Type",
        "Cloud Account",
        "Cloud Service",
        "Identity Provider",
        "Current Account",
        "Other Account",
        "Account ID",
        "Security Settings",
        "Next",
    ] {
        assert!(first.body.contains(words), "{words}");
    }
    let second = second_step(&owner, "type=account&whose=other&account=12345678");
    assert!(second.body.contains("Role Name") && second.body.contains("Description"));
    let tagged = [("RoleName", "auditor"), ("NewTagKey", "team"), ("NewTagValue", "web")];
    let mut fields = second.form(NEW);
    fields.retain(|(name, _)| !tagged.iter().any(|(own, _)| own == name));
    fields.extend(tagged.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let more = [fields.clone(), vec![("add-tag".to_owned(), "true".to_owned())]].concat();
    let more = owner.post(NEW, &more);
    assert_eq!(more.body.matches("name=\"NewTagKey\"").count(), 2, "what was entered, and one row more");
    let made = owner.follow(owner.submit(&more, NEW, &[]));
    assert_eq!(heading(&made), "Role created");
    assert!(made.body.contains("/delegations/given/auditor/12345678/invite"), "{}", made.body);
    for words in
        ["acs:ram::11223344:role/auditor", "This role has no permissions yet.", "Grant Permission", "Close"]
    {
        assert!(made.body.contains(words), "{words}");
    }
    let tags = [("ResourceType", "role"), ("ResourceNames", "[\"auditor\"]")];
    let tags = stage.a.must("Ram", "ListTagResources", &tags);
    assert_eq!(tags["TagResources"][0]["TagValue"], "web", "{tags}");
    let role = stage.a.must("Ram", "GetRole", &[("RoleName", "auditor")]);
    let document: serde_json::Value =
        serde_json::from_str(role["Role"]["AssumeRolePolicyDocument"].as_str().unwrap()).unwrap();
    assert_eq!(document, {
        let mut expected = trust(&["acs:ram::12345678:root"]);
        expected["Statement"][0]["Action"] = "sts:AssumeRole".into();
        expected
    });
}

/// S3-13, S3-14, S3-17: guard rails, and the policy itself in the same form.
#[test]
fn trust_is_narrowed_while_the_role_is_made() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let query = "type=account&whose=other&account=12345678&only=user%2Falice&external=secret-42&mfa=true";
    let second = second_step(&owner, query);
    for words in
        ["acs:ram::12345678:user/alice", "sts:ExternalId", "acs:MFAPresent", "Switch to Policy Editor"]
    {
        assert!(second.body.contains(words), "{words}: {}", second.body);
    }
    let refused = owner.submit(&second, NEW, &[("RoleName", "bad_name")]);
    assert_eq!(refused.status, 400);
    assert!(refused.body.contains("secret-42"), "what was entered is kept: {}", refused.body);
    // Back has the first step as it was filled in, from the second step and after a refusal.
    for page in [&second, &refused] {
        let back = page
            .tags()
            .into_iter()
            .find(|tag| tag.attribute("href").is_some_and(|href| href.starts_with(&format!("{NEW}?"))));
        let first = owner.get(&back.unwrap().attribute("href").unwrap().replace("&amp;", "&"));
        for (name, value) in [("account", "12345678"), ("only", "user/alice"), ("external", "secret-42")] {
            let is_entered =
                |tag: &Tag| tag.attribute("name") == Some(name) && tag.attribute("value") == Some(value);
            assert!(first.tags().iter().any(is_entered), "{name}: {}", first.body);
        }
    }
    // What is wrong stands first, takes focus, and leads to the field, which says it again.
    let is_led = |page: &Page| {
        let (_, rest) = page.body.split_once("role=\"alert\" tabindex=\"-1\" autofocus").unwrap();
        rest.contains("<a href=\"#RoleName\">") && rest.contains("id=\"RoleName-error\"")
    };
    assert!(is_led(&refused), "{}", refused.body);
    for language in ["en", "zh-CN"] {
        let owner = stage.owner(&stage.a).reading(language);
        let taken = owner.submit(&second_step(&owner, query), NEW, &[("RoleName", "ecs-admin")]);
        assert_eq!(taken.status, 409);
        assert!(is_led(&taken), "{}", taken.body);
    }
}

/// What would make a role that nobody can assume is said at the first step, where it can be mended, and what was entered stays.
#[test]
fn a_first_step_that_lets_in_nobody_does_not_go_on() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    for (query, field, words) in [
        ("type=service&service=", "service", "Give the service"),
        ("type=provider&service=", "service", "Give the service"),
        ("whose=other&account=company-x", "account", "No account here is called so"),
        ("whose=other&account=12345678&until=2020-01-01", "until", "This day is past"),
    ] {
        let page = second_step(&owner, query);
        assert_eq!(page.status, 400, "{query}");
        let led = page.body.contains(&format!("<a href=\"#{field}\">{words}"));
        assert!(led && page.body.contains(&format!("id=\"{field}-error\"")), "{query}: {}", page.body);
        let last = query.rsplit_once('=').unwrap().1;
        assert!(page.body.contains(&format!("value=\"{last}\"")), "{query}: {}", page.body);
    }
    // An account elsewhere is nobody that could be looked up; its ID is enough. The last day itself still counts.
    let today = stage.server.clock().now().to_string();
    let fine = format!("whose=other&account=9988776655&until={}", today.get(..10).unwrap());
    assert_eq!(second_step(&owner, &fine).status, 200);
}

/// Of the own account those are chosen who are meant, found by what they are called; of another they are named.
#[test]
fn of_the_own_account_users_and_roles_are_picked() {
    let stage = Stage::new();
    for name in ["bob", "bobby", "carol"] {
        stage.a.user(name);
    }
    for (language, unclear, open) in [
        ("en", "Choose those who are meant", "Give the account that is trusted."),
        ("zh-CN", "请勾选具体的用户或角色", "请填写受信任的账号。"),
    ] {
        let owner = stage.owner(&stage.a).reading(language);
        let is_refused = |page: &Page, field: &str, words: &str| {
            assert_eq!(page.status, 400);
            let led = page.body.contains(&format!("<a href=\"#{field}\">{words}"));
            assert!(led && page.body.contains(&format!("id=\"{field}-error\"")), "{field}: {}", page.body);
        };
        // Going on would let in the whole account, which nobody has said.
        let typed = second_step(&owner, "whose=current&own=bob");
        is_refused(&typed, "own", unclear);
        assert!(
            typed.body.contains("id=\"own\" type=\"search\" name=\"own\" value=\"bob\""),
            "{}",
            typed.body
        );
        is_refused(&second_step(&owner, "whose=other&account=+"), "account", open);

        let found =
            second_step(&owner, "whose=current&own=BOB&do=find&principal=Role%2Fecs-admin&external=x42");
        assert_eq!(found.status, 200);
        for part in
            ["value=\"Role/ecs-admin\" checked", "value=\"User/bob\">", "value=\"User/bobby\">", "x42"]
        {
            assert!(found.body.contains(part), "{part}: {}", found.body);
        }
        assert!(!found.body.contains("User/carol"), "{}", found.body);
        let chosen =
            "whose=current&principal=User%2Fbob&principal=Role%2Fecs-admin&only=zoe&account=12345678";
        let second = second_step(&owner, chosen);
        for arn in ["acs:ram::11223344:user/bob", "acs:ram::11223344:role/ecs-admin"] {
            assert!(second.body.contains(arn), "{arn}: {}", second.body);
        }
        assert!(!second.body.contains(":user/zoe") && !second.body.contains(":root"), "{}", second.body);
        let name = format!("picked-{}", language.to_lowercase());
        assert_eq!(owner.follow(owner.submit(&second, NEW, &[("RoleName", &name)])).status, 200);
        let whole = second_step(&owner, "whose=current");
        assert!(whole.body.contains("acs:ram::11223344:root"), "{}", whole.body);
        let written = second_step(&owner, "whose=other&do=editor");
        assert!(written.status == 200 && !written.body.contains(":root"), "{}", written.body);
    }
}

/// "Switch to Policy Editor" opens the trust editor with what was entered, and nothing of it is lost on the way.
#[test]
fn trust_is_written_in_the_editor_while_the_role_is_made() {
    let stage = Stage::new();
    for (language, button, broken) in
        [("en", "Switch to Policy Editor", "line 1, column 3"), ("zh-CN", "切换为脚本编辑", "第 1 行第 3 列")]
    {
        let owner = stage.owner(&stage.a).reading(language);
        let name = format!("edited-{}", language.to_lowercase());
        let first = owner.get(NEW);
        assert!(first.body.contains(button), "{}", first.body);
        let query =
            "type=account&whose=other&account=company-b&only=alice&external=secret-42&mfa=true&do=editor";
        let opened = second_step(&owner, query);
        let has = |page: &Page, name: &str, value: &str| {
            page.form(NEW).contains(&(name.to_owned(), value.to_owned()))
        };
        assert!(has(&opened, "account-0", "12345678") && has(&opened, "name-0", "alice"), "{}", opened.body);
        assert!(has(&opened, "values-0", "secret-42"), "{}", opened.body);
        let entered = [("RoleName", name.as_str()), ("Description", "kept"), ("do", "json")];
        let json = owner.submit(&opened, NEW, &entered);
        assert!(has(&json, "RoleName", &name) && has(&json, "Description", "kept"), "{}", json.body);
        let (_, text) = json.form(NEW).into_iter().find(|(name, _)| name == "Document").unwrap();
        assert!(text.contains("user/alice") && text.contains("secret-42"), "{text}");
        // What is broken is refused with its place, and stays to be mended.
        let refused = owner.submit(&json, NEW, &[("Document", "{ x")]);
        assert_eq!(refused.status, 400);
        assert!(refused.body.contains(broken) && has(&refused, "Document", "{ x"), "{}", refused.body);
        let visual = owner.submit(&refused, NEW, &[("Document", &text), ("do", "visual")]);
        assert!(has(&visual, "name-0", "alice"), "{}", visual.body);
        let two = owner.submit(&visual, NEW, &[("do", "add")]);
        let one = owner.submit(&two, NEW, &[("do", "drop-1")]);
        let made = owner.follow(owner.submit(&one, NEW, &[("name-0", "bob")]));
        assert_eq!(made.status, 200, "{}", made.body);
        let role = stage.a.must("Ram", "GetRole", &[("RoleName", &name)]);
        let document = role["Role"]["AssumeRolePolicyDocument"].as_str().unwrap();
        assert!(document.contains("user/bob") && document.contains("secret-42"), "{document}");
        assert_eq!(role["Role"]["Description"], "kept");
    }
    // The second step has the same way, with a name that was typed already.
    let owner = stage.owner(&stage.a);
    let second = second_step(&owner, "whose=other&account=12345678");
    let opened = owner.submit(&second, NEW, &[("RoleName", "typed"), ("do", "editor")]);
    assert!(
        opened.body.contains("value=\"typed\"") && opened.body.contains("name=\"account-0\""),
        "{}",
        opened.body
    );
    // Whoever may not make roles can look at the form, and is told what is missing when it is sent.
    stage.a.user("viewer");
    stage.a.grant("viewer", "AliyunRAMReadOnlyAccess");
    stage.a.must("Ram", "CreateLoginProfile", &[("UserName", "viewer"), ("Password", PASSWORD)]);
    let viewer = Visitor::new(&stage.server);
    stage.log_on(&viewer, "viewer@company-a", PASSWORD);
    let opened = second_step(&viewer, "whose=other&account=12345678&do=editor");
    let denied = viewer.submit(&opened, NEW, &[("RoleName", "theirs")]);
    assert_eq!(denied.status, 403);
}

/// S2-16, S2-17, S2-21, S4-14, S4-15, S4-16, S4-29: what the role is, and whom it trusts in words.
#[test]
fn the_details_of_a_role_say_whom_it_trusts() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let page = owner.get("/console/ram/roles/ecs-admin");
    for words in [
        "acs:ram::11223344:role/ecs-admin",
        "AliyunECSFullAccess",
        "Trust Policy",
        "switch-role?account=11223344",
    ] {
        assert!(page.body.contains(words), "{words}");
    }
    let page = owner.get("/console/ram/roles/ecs-admin?tab=trust");
    assert!(page.body.contains("Every user and role of") && page.body.contains("12345678"), "{}", page.body);
    assert!(page.body.contains("A whole account is trusted"));
}

/// What is unticked when a role is made, and what the page of the role changes.
#[test]
fn a_role_is_shown_to_the_account_that_it_trusts_unless_it_is_hidden() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let alice = stage.logged_on("alice");
    let finds = || alice.open("/console/switch-role").body.contains("<strong><bdi>quiet</bdi>");
    let second = second_step(&owner, "type=account&whose=other&account=12345678");
    assert!(second.body.contains("name=\"Shown\" value=\"true\" checked"), "{}", second.body);
    let mut fields = second.form(NEW);
    fields.retain(|(name, _)| name != "RoleName" && name != "Shown");
    fields.push(("RoleName".to_owned(), "quiet".to_owned()));
    let again = owner.post(NEW, &[fields.clone(), vec![("add-tag".to_owned(), "true".to_owned())]].concat());
    assert!(!again.body.contains("name=\"Shown\" value=\"true\" checked"), "what was unticked stays so");
    let mut fields = again.form(NEW);
    fields.retain(|(name, _)| name != "Shown");
    let asked = owner.post(NEW, &[fields.clone(), vec![("show-api".to_owned(), "true".to_owned())]].concat());
    assert!(asked.body.contains("SetRoleVisibility"), "{}", asked.body);
    let made = owner.follow(owner.post(NEW, &fields));
    assert_eq!(heading(&made), "Role created");
    assert!(!finds());
    let (page, path) = ("/console/ram/roles/quiet", "/console/ram/roles/quiet/visibility");
    let role = owner.get(page);
    assert!(role.body.contains("No: listed there only once it was used"), "{}", role.body);
    let role = owner.follow(owner.submit(&role, path, &[]));
    assert!(!role.body.contains("No: listed there only") && finds(), "{}", role.body);
    owner.follow(owner.submit(&role, path, &[]));
    assert!(!finds());
    // Whoever may look at roles, and not change them, finds the button disabled.
    stage.a.user("viewer");
    stage.a.grant("viewer", "AliyunRAMReadOnlyAccess");
    let profile = [("UserName", "viewer"), ("Password", PASSWORD)];
    stage.a.must("Ram", "CreateLoginProfile", &profile);
    let viewer = Visitor::new(&stage.server);
    stage.log_on(&viewer, "viewer@company-a", PASSWORD);
    let page = viewer.open(page);
    let form = page.body.split_once("quiet/visibility").unwrap().1.split_once("</form>").unwrap().0;
    assert!(form.contains("disabled"), "{form}");
}

/// Every whole hour is offered, and what is none is not rounded.
#[test]
fn the_longest_session_is_chosen_and_told_exactly() {
    let stage = Stage::new();
    let change = [("RoleName", "ecs-admin"), ("NewMaxSessionDuration", "5400")];
    stage.a.must("Ram", "UpdateRole", &change);
    for (language, said, hours) in [("en", "1 h 30 min", "11 h"), ("zh-CN", "1 小时 30 分钟", "11 小时")]
    {
        let owner = stage.owner(&stage.a).reading(language);
        let page = owner.get("/console/ram/roles/ecs-admin");
        assert!(page.body.contains(said), "{said}: {}", page.body);
        let form = second_step(&owner, "whose=other&account=12345678");
        assert!(form.body.contains(&format!(">{hours}<")), "{hours}: {}", form.body);
        assert_eq!(
            form.body
                .split_once("id=\"MaxSessionDuration\"")
                .unwrap()
                .1
                .split_once("</select>")
                .unwrap()
                .0
                .matches("<option")
                .count(),
            12
        );
    }
}

/// What a role is like is changed later, too; a length between two hours stays what it was; nothing is saved over unseen.
#[test]
fn what_a_role_is_like_is_changed_later() {
    let stage = Stage::new();
    let path = "/console/ram/roles/ecs-admin/edit";
    let set = |name: &str, value: &str| {
        stage.a.must("Ram", "UpdateRole", &[("RoleName", "ecs-admin"), (name, value)])
    };
    set("NewMaxSessionDuration", "5400");
    set("NewDescription", "<script>alert(1)</script>");
    // Whoever may not change it is told what is missing, beside a button that is disabled.
    stage.a.user("reader");
    stage.a.grant("reader", "AliyunRAMReadOnlyAccess");
    stage.a.must("Ram", "CreateLoginProfile", &[("UserName", "reader"), ("Password", PASSWORD)]);
    let reader = Visitor::new(&stage.server);
    stage.log_on(&reader, "reader@company-a", PASSWORD);
    assert!(!reader.get("/console/ram/roles/ecs-admin").body.contains(&format!("href=\"{path}\"")));
    let refused = reader.submit(&reader.get(path), path, &[("NewDescription", "mine")]);
    assert_eq!(refused.status, 403);
    assert!(
        refused.body.contains("value=\"mine\"") && refused.body.contains("ram:UpdateRole"),
        "{}",
        refused.body
    );

    let owner = stage.owner(&stage.a);
    assert!(owner.get("/console/ram/roles/ecs-admin").body.contains(&format!("href=\"{path}\"")));
    let form = owner.get(path);
    assert!(form.body.contains("value=\"5400\" selected>1 h 30 min<"), "{}", form.body);
    assert!(form.body.contains("value=\"&lt;script&gt;alert(1)&lt;/script&gt;\""), "{}", form.body);
    let long = "x".repeat(1025);
    let refused = owner.submit(&form, path, &[("NewDescription", &long)]);
    assert_eq!(refused.status, 400);
    assert!(
        refused.body.contains("<a href=\"#NewDescription\">")
            && refused.body.contains("NewDescription-error")
    );
    let saved =
        owner.submit(&refused, path, &[("NewDescription", "On duty"), ("NewMaxSessionDuration", "7200")]);
    assert_eq!(saved.header("location"), Some("/console/ram/roles/ecs-admin"), "{}", saved.body);
    let role = stage.a.must("Ram", "GetRole", &[("RoleName", "ecs-admin")]);
    assert_eq!(role["Role"]["Description"], "On duty");
    assert_eq!(role["Role"]["MaxSessionDuration"], 7200);
    assert_eq!(role["Role"]["AllowConsoleLogin"], true, "what was not touched stays");

    // Somebody else comes first: both are shown, and saving again is meant.
    let mut mine = owner.get(path).form(path);
    mine.retain(|(name, _)| !["NewDescription", "NewAllowConsoleLogin"].contains(&name.as_str()));
    mine.push(("NewDescription".to_owned(), String::new()));
    set("NewDescription", "Off duty");
    let both = owner.post(path, &mine);
    assert_eq!(both.status, 409, "{}", both.body);
    for words in ["Off duty", "No: programs alone assume it", "Nothing of yours is saved yet"] {
        assert!(both.body.contains(words), "{words}: {}", both.body);
    }
    let mut again = both.form(path);
    again.retain(|(name, _)| name != "NewAllowConsoleLogin");
    assert_eq!(owner.post(path, &again).status, 303);
    let role = stage.a.must("Ram", "GetRole", &[("RoleName", "ecs-admin")]);
    assert_eq!(role["Role"]["Description"].as_str().unwrap_or_default(), "", "it can be emptied");
    assert_eq!(role["Role"]["AllowConsoleLogin"], false);
}

/// The sessions of a role come a page at a time, and the end of the first leads on.
#[test]
fn the_sessions_of_a_role_come_in_pages() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let worker = stage.b.user("worker");
    stage.b.grant("worker", "AliyunSTSAssumeRoleAccess");
    for at in 0..21 {
        worker.assume("acs:ram::11223344:role/ecs-admin", &format!("work-{at:02}")).unwrap();
    }
    let tab = "/console/ram/roles/ecs-admin?tab=sessions";
    let first = owner.get(tab);
    assert_eq!(first.body.matches("work-").count(), 20, "{}", first.body);
    let (_, rest) = first.body.split_once("marker=").unwrap();
    let marker = rest.split_once('"').unwrap().0.replace("&amp;", "&");
    let last = owner.get(&format!("{tab}&marker={marker}"));
    assert_eq!(last.body.matches("work-").count(), 1, "{}", last.body);
    assert!(last.body.contains("First page") && !last.body.contains("Next page"), "{}", last.body);
    let owner = owner.reading("zh-CN");
    assert!(owner.get(tab).body.contains("下一页"));
}

/// S4-26, S4-30, S4-31: the other account is taken out of the trust policy, which may then be empty.
#[test]
fn trust_is_taken_back_and_sessions_end() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let alice = stage.logged_on("alice");
    let form = alice.get("/console/switch-role");
    alice.submit(&form, "/console/switch-role", &[("Account", "company-a"), ("RoleName", "ecs-admin")]);
    let sessions = owner.get("/console/ram/roles/ecs-admin?tab=sessions");
    assert!(sessions.body.contains("alice"), "{}", sessions.body);
    let path = "/console/ram/roles/ecs-admin/trust";
    let page = owner.get(&format!("{path}?mode=json"));
    let refused = owner.submit(&page, path, &[("do", "review"), ("Document", "{ broken")]);
    assert!(refused.status == 400 && refused.body.contains("{ broken"), "{}", refused.body);
    let page = owner.get(&format!("{path}?mode=json"));
    let document = trust(&[]).to_string();
    let review = owner.submit(&page, path, &[("do", "review"), ("Document", &document)]);
    assert!(review.body.contains("1 live session ends the moment this is saved"), "{}", review.body);
    assert_eq!(alice.get("/console/as/company-a/ecs-admin").status, 200, "nothing was saved yet");
    let page = owner.follow(owner.submit(&review, path, &[("do", "save")]));
    assert!(page.body.contains("Nobody can assume this role."), "{}", page.body);
    let ended = alice.get("/console/as/company-a/ecs-admin");
    assert_eq!(heading(&ended), "Your session as ecs-admin has ended");
}

/// S4-32, S4-33: a role is deleted step by step.
#[test]
fn a_role_is_deleted_step_by_step() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let path = "/console/ram/roles/ecs-admin/delete";
    let page = owner.get(path);
    assert!(page.body.contains("AliyunECSFullAccess") && page.body.contains("Detach all 1"), "{}", page.body);
    let token = page.form(path);
    let mut refused = token.clone();
    refused.retain(|(name, _)| name == "csrf" || name == "form");
    refused.push(("Name".to_owned(), "ecs-admin".to_owned()));
    assert_eq!(owner.post(path, &refused).status, 409, "policies are attached");
    let page = owner.follow(owner.submit(&owner.get(path), path, &[("detach", "true")]));
    assert!(!page.body.contains("Detach all"), "{}", page.body);
    let landed = owner.submit(&page, path, &[("Name", "ecs-admin")]);
    assert_eq!(landed.header("location"), Some("/console/ram/roles"), "{}", landed.body);
}
