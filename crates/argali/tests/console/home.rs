//! Home: what one can use, how the account is, and how to begin.

use argali_testkit::{Page, allow};

use crate::stage::Stage;

const GIVING: &str = "Let another enterprise work on your resources";
const RECEIVING: &str = "Work on another enterprise's resources";

fn steps_done(page: &Page) -> usize {
    page.tags().iter().filter(|tag| tag.name == "li" && tag.attribute("class") == Some("done")).count()
}

#[test]
fn the_list_of_the_owning_side_ticks_itself_and_goes() {
    let stage = Stage::new();
    let c = stage.server.account("company-c", "33445566");
    let owner = stage.owner(&c);
    c.must("Ram", "ClearAccountAlias", &[]);
    let home = owner.open("/console");
    assert!(home.body.contains(GIVING) && home.body.contains("/console/ram/roles/new"), "{}", home.body);
    assert_eq!(steps_done(&home), 0);
    c.must("Ram", "SetAccountAlias", &[("AccountAlias", "company-c")]);
    assert_eq!(steps_done(&owner.get("/console")), 1, "the alias");
    let arn = c.role("ops", &[&stage.b.root_arn()], &[]);
    let home = owner.get("/console");
    assert_eq!(steps_done(&home), 2, "the role");
    assert!(
        home.body.contains("/console/ram/grants/new?kind=Role&amp;name=ops"),
        "the next step leads to its form"
    );
    let params = [("RoleName", "ops"), ("PolicyName", "AliyunECSFullAccess"), ("PolicyType", "System")];
    c.must("Ram", "AttachPolicyToRole", &params);
    assert_eq!(steps_done(&owner.get("/console")), 3, "the grant");
    let bob = stage.b.user("bob");
    stage.b.grant("bob", "AliyunSTSAssumeRoleAccess");
    bob.assume(&arn, "bob").unwrap();
    let home = owner.get("/console");
    assert!(!home.body.contains(GIVING), "all is done");
    let session = ["ops</bdi></strong>", "← <bdi>bob"];
    assert!(session.iter().all(|words| home.body.contains(words)), "the live session: {}", home.body);
}

#[test]
fn the_list_of_the_other_side_ticks_itself_and_goes() {
    let stage = Stage::new();
    let b = stage.server.account("company-d", "55667788");
    let arn = stage.a.role("for-d", &[&b.root_arn()], &["AliyunECSFullAccess"]);
    let owner = stage.owner(&b);
    let home = owner.open("/console");
    assert!(home.body.contains(RECEIVING), "{}", home.body);
    assert_eq!(steps_done(&home), 1, "the alias");
    let dora = b.user("dora");
    assert_eq!(steps_done(&owner.get("/console")), 2, "the user");
    b.grant("dora", "AliyunSTSAssumeRoleAccess");
    assert_eq!(steps_done(&owner.get("/console")), 3, "it may assume roles");
    dora.assume(&arn, "dora").unwrap();
    assert!(!owner.get("/console").body.contains(RECEIVING), "all is done");
}

/// Whoever looks after nothing sees the roles to use first, nothing of the account, and leaves no refusals on record.
#[test]
fn others_see_the_roles_that_they_can_use_first() {
    let stage = Stage::new();
    let alice = stage.logged_on("alice");
    let form = alice.get("/console/switch-role");
    alice.submit(&form, "/console/switch-role", &[("Account", "company-a"), ("RoleName", "ecs-admin")]);
    let home = alice.open("/console");
    let at = |words: &str| home.body.find(words).unwrap_or_else(|| panic!("{words}: {}", home.body));
    assert!(at("Roles you can use") < at("This account"));
    assert!(home.body.contains("company-a"), "the role that was used");
    for absent in ["In this account", "Live sessions", "Findings", "Latest changes", GIVING, RECEIVING] {
        assert!(!home.body.contains(absent), "{absent}");
    }
    let denied = stage.b.must("Argali", "ListActivity", &[("Outcome", "Denied")]);
    assert_eq!(denied["Events"].as_array().map(Vec::len), Some(0), "{denied}");
}

/// What somebody may see stands there, and nothing else.
#[test]
fn each_part_is_for_whoever_may_see_it() {
    let stage = Stage::new();
    let policy = allow(&["argali:ListFindings", "argali:ListSessions"], &["*"]);
    stage.b.grant_document("alice", "look", &policy);
    let home = stage.logged_on("alice").open("/console");
    assert!(home.body.contains("Live sessions") && home.body.contains("Findings"), "{}", home.body);
    assert!(!home.body.contains("In this account") && !home.body.contains("Latest changes"));
    let home = stage.owner(&stage.b).open("/console");
    for words in
        ["In this account", "1</a> of 5000", "Live sessions", "Findings", "Latest changes and refusals"]
    {
        assert!(home.body.contains(words), "{words}: {}", home.body);
    }
}

/// Findings are there without script, and got apart where the account is large, as they take long then.
#[test]
fn findings_are_counted_and_of_large_accounts_on_a_page_of_their_own() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let apart = "data-load=\"/console/analyzer/counts\"";
    let home = owner.get("/console");
    assert!(home.body.contains("kind=OutsideWholeAccount") && !home.body.contains(apart), "{}", home.body);
    for number in 0..500 {
        stage.a.must("Ram", "CreateUser", &[("UserName", &format!("user-{number}"))]);
    }
    let home = owner.get("/console");
    assert!(home.body.contains(apart) && !home.body.contains("kind=OutsideWholeAccount"), "{}", home.body);
    let counts = owner.get("/console/analyzer/counts");
    assert!(counts.body.contains("id=\"findings\"") && counts.body.contains("A whole account is trusted"));
    assert!(counts.body.contains("kind=OutsideWholeAccount"), "{}", counts.body);
    assert_eq!(stage.logged_on("alice").get("/console/analyzer/counts").status, 403);
}
