//! Switching to a role and back, over HTTP.

use argali_testkit::{Page, minutes, trust};

use crate::stage::{Stage, heading};

const PAGE: &str = "/console/switch-role";

/// S0-59, S0-60, S1-23, S1-24, S1-25, S1-26, S1-27, S1-28, S2-30, S2-31, S2-32, S3-64, S3-65, S4-24, S4-25: the menu
/// of whoever is logged on leads to the form, and the form to the other account.
#[test]
fn a_role_is_switched_to_and_back() {
    let stage = Stage::new();
    let alice = stage.logged_on("alice");
    let home = alice.open("/console");
    assert!(home.body.contains("Switch Identity") && home.body.contains("alice@company-b"));
    let form = alice.get(PAGE);
    assert_eq!(heading(&form), "Switch Role");
    let values = [("Account", "company-a"), ("RoleName", "ecs-admin"), ("Colour", "Teal")];
    let landed = alice.submit(&form, PAGE, &values);
    assert_eq!(landed.header("location"), Some("/console/as/company-a/ecs-admin"));
    let home = alice.follow(landed);
    assert!(home.body.contains("You are <strong><bdi>ecs-admin</bdi></strong> in"), "{}", home.body);
    assert!(home.body.contains("banner colour-teal"));
    assert!(home.body.contains("<title>ecs-admin · User Center"), "the title begins with the role");
    let landed = alice.submit(&home, "/console/as/company-a/ecs-admin/switch-back", &[]);
    assert_eq!(landed.header("location"), Some("/console"));
    assert!(alice.open(PAGE).body.contains("ecs-admin"), "it is remembered");
    let asked = alice.get("/console/as/company-a/ecs-admin");
    assert_eq!(heading(&asked), "Switch to ecs-admin in company-a?");
}

/// S1-25: the alias, the default domain and the number name the same account.
#[test]
fn every_name_of_an_account_is_accepted() {
    let stage = Stage::new();
    let alice = stage.logged_on("alice");
    for account in ["company-a", "company-a.onaliyun.com", "11223344"] {
        let values = [("Account", account), ("RoleName", "ecs-admin")];
        let home = alice.follow(alice.submit(&alice.get(PAGE), PAGE, &values));
        assert!(home.body.contains("class=\"banner"), "{account}: {}", home.body);
    }
}

/// Near its end a role can be extended from any page, and one stays there; not beyond the logon.
#[test]
fn a_role_is_extended_near_its_end() {
    let stage = Stage::new();
    let alice = stage.logged_on("alice");
    let form = alice.open("/console/switch-role");
    let values = [("Account", "company-a"), ("RoleName", "ecs-admin"), ("Colour", "Teal")];
    alice.follow(alice.submit(&form, "/console/switch-role", &values));
    let (page, extend) =
        ("/console/as/company-a/ecs-admin/resources/ecs/instance", "/console/switch-role/extend");
    let offers = |page: &Page| page.body.contains(extend);
    assert!(!offers(&alice.open(page)), "it lasts for an hour");
    stage.server.clock().advance(minutes(51));
    let late = alice.open(page);
    assert!(offers(&late) && late.body.contains("Ends in 9 min"), "{}", late.body);
    let sent = alice.submit(&late, extend, &[]);
    assert_eq!(sent.header("location"), Some(page));
    let later = alice.follow(sent);
    assert!(later.body.contains("Ends in 1 h") && later.body.contains("colour-teal"), "{}", later.body);
    // What is no longer allowed is refused, in the words of switching.
    stage.server.clock().advance(minutes(51));
    let late = alice.open(page);
    let trust = trust(&[&stage.a.root_arn()]);
    stage.a.must(
        "Ram",
        "UpdateRole",
        &[("RoleName", "ecs-admin"), ("NewAssumeRolePolicyDocument", &trust.to_string())],
    );
    let refused = alice.submit(&late, extend, &[]);
    assert!(
        refused.status == 403 && refused.body.contains("You could not switch to this role"),
        "{}",
        refused.body
    );
    assert!(refused.body.contains("value=\"ecs-admin\""), "{}", refused.body);
}

/// Nothing lasts longer than the logon that it stands on.
#[test]
fn a_role_that_ends_with_its_logon_is_not_extended() {
    let stage = Stage::new();
    let longest = [("RoleName", "ecs-admin"), ("NewMaxSessionDuration", "43200")];
    stage.a.must("Ram", "UpdateRole", &longest);
    let alice = stage.logged_on("alice");
    let values = [("Account", "company-a"), ("RoleName", "ecs-admin")];
    alice.follow(alice.submit(&alice.open("/console/switch-role"), "/console/switch-role", &values));
    stage.server.clock().advance(minutes(6 * 60 - 5));
    let page = alice.open("/console/as/company-a/ecs-admin");
    assert!(page.body.contains("Ends in 5 min") && !page.body.contains("extend"), "{}", page.body);
}

#[test]
fn a_link_fills_the_form_in_and_switches_nothing() {
    let stage = Stage::new();
    let alice = stage.logged_on("alice");
    let form = alice.open("/console/switch-role?account=company-a&role=ecs-admin");
    assert!(form.body.contains("value=\"company-a\"") && form.body.contains("value=\"ecs-admin\""));
    assert!(!form.body.contains("class=\"banner"));
}

#[test]
fn an_address_of_a_role_asks_and_then_goes_on() {
    let stage = Stage::new();
    let alice = stage.logged_on("alice");
    let address = "/console/as/company-a/ecs-admin/switch-role";
    let asked = alice.get(address);
    assert_eq!(heading(&asked), "Switch to ecs-admin in company-a?");
    let landed = alice.submit(&asked, PAGE, &[]);
    assert_eq!(landed.header("location"), Some(address));
}

/// S0-51: without the permission it is one's own side that refuses.
#[test]
fn each_side_is_told_its_own_reason() {
    let stage = Stage::new();
    let alice = stage.logged_on("alice");
    let refused =
        alice.submit(&alice.get(PAGE), PAGE, &[("Account", "company-a"), ("RoleName", "no-such-role")]);
    assert!(refused.body.contains("Allowed: your own account lets you"), "{}", refused.body);
    assert!(refused.body.contains("did not allow it, or the role does not exist"));
    stage.b.user("bob");
    stage.person("bob", &[]);
    let bob = stage.logged_on("bob");
    let refused = bob.submit(&bob.get(PAGE), PAGE, &[("Account", "company-a"), ("RoleName", "ecs-admin")]);
    assert!(refused.body.contains("AliyunSTSAssumeRoleAccess"), "{}", refused.body);
    assert!(refused.body.contains("Request ID"));
    // A role that is there and does not trust one is the other side's decision, as one that is not there.
    stage.b.grant("bob", "AliyunSTSAssumeRoleAccess");
    stage.a.role("closed", &["acs:ram::12345678:user/alice"], &[]);
    let refused = bob.submit(&bob.get(PAGE), PAGE, &[("Account", "company-a"), ("RoleName", "closed")]);
    assert!(refused.body.contains("Allowed: your own account lets you"), "{}", refused.body);
    assert!(refused.body.contains("did not allow it, or the role does not exist"));
}

/// What was entered behind "More options" is seen again, with what is wrong with it; a role that is not there is told
/// once, since either name may be wrong.
#[test]
fn what_was_entered_stays_in_sight_after_a_refusal() {
    let stage = Stage::new();
    let alice = stage.logged_on("alice");
    let form = alice.get(PAGE);
    assert!(!form.body.contains("<details open>"), "nothing was entered: {}", form.body);
    let values = [("Account", "company-a"), ("RoleName", "ecs-admin"), ("RoleSessionName", "no spaces")];
    let refused = alice.submit(&form, PAGE, &values);
    assert_eq!(refused.status, 400);
    for words in ["<details open>", "value=\"no spaces\"", "id=\"RoleSessionName-error\""] {
        assert!(refused.body.contains(words), "{words}: {}", refused.body);
    }
    let missing = alice.submit(&alice.get(PAGE), PAGE, &[("RoleName", "ecs-admin")]);
    assert!(missing.body.contains("id=\"Account-error\""), "{}", missing.body);
    let absent =
        alice.submit(&alice.get(PAGE), PAGE, &[("Account", "nowhere-at-all"), ("RoleName", "ecs-admin")]);
    assert!(absent.body.contains("did not allow it, or the role does not exist"), "{}", absent.body);
    assert!(
        !absent.body.contains("RoleName-error") && !absent.body.contains("acs:ram::*"),
        "{}",
        absent.body
    );
}

/// S3-63, X1: the owner of an account cannot, and is told what to do.
#[test]
fn an_account_owner_is_told_to_make_a_user() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.b);
    let page = owner.get(PAGE);
    assert!(page.body.contains("The account owner cannot assume roles"));
    let refused = owner.submit(&page, PAGE, &[("Account", "company-a"), ("RoleName", "ecs-admin")]);
    assert_ne!(refused.status, 303);
}

/// S1-07, S2-05, S4-09: the other side takes the role back, and the next page says so.
#[test]
fn a_role_that_was_taken_back_is_gone_at_the_next_page() {
    let stage = Stage::new();
    let alice = stage.logged_on("alice");
    let values = [("Account", "company-a"), ("RoleName", "ecs-admin")];
    alice.follow(alice.submit(&alice.get(PAGE), PAGE, &values));
    let document = trust(&[]).to_string();
    stage.a.must(
        "Ram",
        "UpdateRole",
        &[("RoleName", "ecs-admin"), ("NewAssumeRolePolicyDocument", &document)],
    );
    stage.server.clock().advance(minutes(3));
    let page = alice.get("/console/as/company-a/ecs-admin/switch-role");
    assert_eq!(heading(&page), "Your session as ecs-admin has ended");
    let said = plain(&page.body);
    assert!(said.contains("company-a (11223344) ended this session 3 min ago."), "{said}");
    assert_eq!(heading(&alice.open("/console")), "Welcome, alice", "she herself is still logged on");
}

/// What one's own account took away is not the other side's doing.
#[test]
fn a_session_that_ones_own_account_ended_is_not_put_down_to_the_other_side() {
    let stage = Stage::new();
    let alice = stage.logged_on("alice");
    let switch = || {
        alice.follow(alice.submit(
            &alice.get(PAGE),
            PAGE,
            &[("Account", "company-a"), ("RoleName", "ecs-admin")],
        ));
    };
    switch();
    let sessions = stage.b.must("Argali", "ListSessions", &[("Status", "Live")]);
    let id = sessions["Sessions"]["Session"][0]["SessionId"].as_str().unwrap().to_owned();
    stage.b.must("Argali", "EndSession", &[("SessionId", &id)]);
    let said = plain(&alice.get("/console/as/company-a/ecs-admin").body);
    assert!(said.contains("Your own account ended this session just now."), "{said}");
    switch();
    let policy = [("PolicyName", "AliyunSTSAssumeRoleAccess"), ("PolicyType", "System")];
    stage.b.must("Ram", "DetachPolicyFromUser", &[&[("UserName", "alice")], &policy[..]].concat());
    let said = plain(&alice.get("/console/as/company-a/ecs-admin").body);
    assert!(
        said.contains("Your own account ended this session, or does not let you use the role any more."),
        "{said}"
    );
}

/// The words of a page.
fn plain(body: &str) -> String {
    body.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text)).collect()
}

/// Two tabs hold two roles at once: the address says as whom.
#[test]
fn two_roles_are_held_side_by_side() {
    let stage = Stage::new();
    stage.a.role("auditor", &[&stage.b.root_arn()], &[]);
    let alice = stage.logged_on("alice");
    let first = alice.get(PAGE);
    let second = alice.get(PAGE);
    alice.submit(&first, PAGE, &[("Account", "company-a"), ("RoleName", "ecs-admin")]);
    let landed = alice.submit(&second, PAGE, &[("Account", "company-a"), ("RoleName", "auditor")]);
    assert_eq!(landed.status, 303, "a form that was open while the other tab switched still counts");
    for role in ["ecs-admin", "auditor"] {
        let page = alice.get(&format!("/console/as/company-a/{role}"));
        assert!(page.body.contains(&format!("You are <strong><bdi>{role}</bdi></strong>")), "{role}");
    }
}

/// Many roles are searched, and only some are shown unless all are asked for.
#[test]
fn many_roles_are_searched() {
    let stage = Stage::new();
    for at in 0..20 {
        stage.a.role(&format!("batch-{at:02}"), &[&stage.b.root_arn()], &[]);
    }
    let alice = stage.logged_on("alice");
    let roles = |path: &str| alice.open(path).body.matches("class=\"dot").count();
    assert_eq!(roles(PAGE), 12);
    let all = alice.open(PAGE).body.contains("switch-role?all=true\">Show all 21</a>");
    assert!(all && roles(&format!("{PAGE}?all=true")) == 21);
    assert_eq!(roles(&format!("{PAGE}?q=BATCH-1")), 10);
    // Enter looks for what was typed, and Enter switches then: the first that was found has the focus.
    let found = alice.get(&format!("{PAGE}?q=BATCH-1"));
    assert_eq!(found.body.matches("data-first").count(), 1, "{}", found.body);
    assert!(!alice.get(PAGE).body.contains("data-first"), "unless nothing was looked for");
    let none = alice.open(&format!("{PAGE}?q=nobody&Account=company-a"));
    assert!(none.body.contains("value=\"company-a\""), "what was filled in is kept: {}", none.body);
    assert!(none.body.contains("Nothing") && roles(&format!("{PAGE}?q=nobody")) == 0, "{}", none.body);
}

/// Favourites stand first, and are marked and unmarked where they are listed.
#[test]
fn favourites_come_before_all_other_roles() {
    let stage = Stage::new();
    for name in ["auditor", "zebra"] {
        stage.a.role(name, &[&stage.b.root_arn()], &[]);
    }
    let alice = stage.logged_on("alice");
    let favourite = format!("{PAGE}/favourite");
    let order = |page: &Page| -> Vec<String> {
        let (_, list) = page.body.split_once("data-list").unwrap();
        let names = list.split("<strong><bdi>").skip(1);
        names.map(|rest| rest.split_once('<').unwrap().0.to_owned()).collect()
    };
    let page = alice.open(PAGE);
    assert_eq!(order(&page), ["auditor", "ecs-admin", "zebra"]);
    assert!(
        !page.body.contains("<h3>Favourites</h3>")
            && page.body.matches("aria-pressed=\"false\"").count() >= 3
    );
    let mark = |page: &Page, role: &str, what: &str| {
        let role = format!("11223344/{role}");
        let values = [(what, role.as_str()), ("next", "/console/switch-role?all=true")];
        let landed = alice.submit(page, &favourite, &values);
        assert_eq!(landed.header("location"), Some("/console/switch-role?all=true"), "{}", landed.body);
        alice.follow(landed)
    };
    let page = mark(&page, "zebra", "add");
    assert_eq!(order(&page), ["zebra", "auditor", "ecs-admin"]);
    assert!(
        page.body.contains("<h3>Favourites</h3>") && page.body.contains("<h3>Others</h3>"),
        "{}",
        page.body
    );
    let marked = "name=\"remove\" value=\"11223344/zebra\" aria-pressed=\"true\" title=\"Remove from favourites\" aria-label=\"Favourite: zebra\"";
    assert!(page.body.contains(marked), "{}", page.body);
    // Home has them first, too; and so has the menu, of the roles that one is in.
    let home = alice.open("/console").body;
    let (_, home) = home.split_once("Roles you can use").unwrap();
    assert!(home.find("zebra").unwrap() < home.find("auditor").unwrap());
    for role in ["zebra", "auditor"] {
        let values = [("Account", "company-a"), ("RoleName", role)];
        alice.follow(alice.submit(&alice.get(PAGE), PAGE, &values));
    }
    let menu = alice.open("/console/settings").body;
    let (_, menu) = menu.split_once("id=\"identity\"").unwrap();
    assert!(menu.find("as/company-a/zebra").unwrap() < menu.find("as/company-a/auditor").unwrap());
    let page = mark(&alice.open(PAGE), "zebra", "remove");
    assert_eq!(order(&page), ["auditor", "zebra", "ecs-admin"], "the latest first");
    mark(&page, "zebra", "remove");
    // Nothing but a page of ours is gone back to, and what cannot be marked is said.
    let values = [("add", "11223344/zebra"), ("next", "https://example.com/")];
    assert_eq!(alice.submit(&alice.open(PAGE), &favourite, &values).header("location"), Some(PAGE));
    let refused = alice.submit(&alice.open(PAGE), &favourite, &[("add", "11223344/none")]);
    assert_eq!(refused.status, 404);
    assert!(refused.body.contains("You have not switched to this role"), "{}", refused.body);
    let owner = stage.owner(&stage.a);
    assert!(!owner.open(PAGE).body.contains(&favourite));
}
