//! Testing access with what a session may do at most, and with what gates say.

use argali_testkit::{Gate, allow};

use crate::every_page::is_sound;
use crate::stage::Stage;

const PLACE: &str = "/console/test";

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// What is wrong with a session policy stands beside it, with line and column where it is no JSON; what was entered stays.
#[test]
fn a_session_policy_narrows_and_is_told_where_it_is_wrong() {
    let stage = Stage::new();
    for (language, broken, malformed) in [
        ("en", "look at line 2, column 3", "The session policy is not valid"),
        ("zh-CN", "第 2 行第 3 列", "会话策略"),
    ] {
        let owner = stage.owner(&stage.a).reading(language);
        let ask = |policy: &str| {
            let question = "who=role&role=ecs-admin&action=ecs:StopInstance&resource=*";
            owner.get(&format!("{PLACE}?{question}&SessionPolicy={}", encoded(policy)))
        };
        for (policy, words) in [("{\n  broken<b>", broken), ("[]", malformed)] {
            let page = ask(policy);
            assert_eq!(page.status, 400, "{}", page.body);
            assert!(
                page.body.contains("href=\"#SessionPolicy\"") && page.body.contains(words),
                "{}",
                page.body
            );
            assert!(page.body.contains("id=\"SessionPolicy-error\"") && !page.body.contains("broken<b>"));
            is_sound(PLACE, &page, language);
        }
        let narrowed = ask(&allow(&["ecs:StartInstance"], &["*"]).to_string());
        let words = if language == "en" { "Session policy" } else { "会话策略" };
        assert!(narrowed.body.contains(words) && narrowed.body.contains("argali call argali TestAccess"));
        assert!(
            narrowed.body.contains("role=\"status\"") && narrowed.body.contains("notice danger"),
            "{}",
            narrowed.body
        );
    }
}

/// What somebody else asked is not asked for the viewer: a wrong answer is worse than none. What one's own role was
/// asked is asked again as a session that began in the other account, at the time of then.
#[test]
fn a_request_is_asked_again_only_for_whoever_made_it() {
    let stage = Stage::new();
    stage.a.role("closed", &["acs:ram::12345678:user/bob"], &[]);
    let alice = stage.logged_on("alice");
    let switch = |role: &str| {
        let values = [("Account", "company-a"), ("RoleName", role)];
        alice.submit(&alice.get("/console/switch-role"), "/console/switch-role", &values)
    };
    let request_of = |page: &argali_testkit::Page| {
        let (_, rest) = page.body.split_once("data-copy=\"").unwrap_or_else(|| panic!("{}", page.body));
        rest.split('"').next().unwrap().to_owned()
    };
    let request = request_of(&switch("closed"));
    let mut owner = stage.owner(&stage.a);
    for (language, words) in [("en", "as whom you cannot ask"), ("zh-CN", "您无法以该身份重新测试")]
    {
        owner = owner.reading(language);
        let page = owner.open(&format!("{PLACE}?request={request}"));
        assert!(page.body.contains(words), "{}", page.body);
        assert!(page.body.contains(&format!("/console/why/{request}")), "{}", page.body);
        assert!(page.body.contains("value=\"sts:AssumeRole\"") && !page.body.contains("role=\"status\""));
        is_sound(PLACE, &page, language);
    }
    let why = stage.owner(&stage.a).open(&format!("/console/why/{request}"));
    assert!(why.body.contains("trust policy does not allow it."), "{}", why.body);
    switch("ecs-admin");
    let denied = alice.open("/console/as/company-a/ecs-admin/ram/users");
    let request = request_of(&denied);
    let page = stage.owner(&stage.a).open(&format!("{PLACE}?request={request}"));
    let origin = page.tags().into_iter().find(|tag| tag.attribute("name") == Some("OriginAccountId"));
    assert_eq!(origin.unwrap().attribute("value"), Some(stage.b.id.as_str()));
    let time = page.tags().into_iter().find(|tag| tag.attribute("type") == Some("datetime-local")).unwrap();
    let time = time.attribute("value").unwrap();
    assert!(time.len() == 19 && !time.ends_with('Z'), "a browser shows no time with a zone: {time}");
    assert!(page.body.contains("Denied: "), "{}", page.body);
}

/// Another account's session stands before the gate of a closed service; that of the own account does not.
#[test]
fn gates_are_the_last_of_the_checks() {
    let stage = Stage::new();
    stage.a.role("connect", &[&stage.b.root_arn()], &["AliyunExpressConnectFullAccess"]);
    let owner = stage.owner(&stage.a);
    let ask = |action: &str, origin: &str| {
        let question = format!("who=role&role=connect&resource=*&action={action}");
        owner.get(&format!("{PLACE}?{question}&OriginAccountId={origin}"))
    };
    let action = "vpc:DescribePhysicalConnections";
    let closed = ask(action, &stage.b.id);
    for words in [
        "Account and service gates",
        "closed to other accounts, whatever the policies say",
        "Ask the operator",
    ] {
        assert!(closed.body.contains(words), "{words}: {}", closed.body);
    }
    assert!(closed.body.contains("Denied: "), "{}", closed.body);
    assert!(ask(action, "").body.contains("Allowed: "));
    let refused = ask(action, "99887766");
    assert_eq!(refused.status, 400);
    assert!(refused.body.contains("href=\"#OriginAccountId\""), "{}", refused.body);
    assert!(ask("vpc:DescribeVpcs", &stage.b.id).body.contains("none is in the way"));
    stage.server.gate(&stage.a.id, "expressconnect", Gate::Open);
    let open = ask(action, &stage.b.id);
    assert!(
        open.body.contains("Allowed: ") && open.body.contains("The service lets it through"),
        "{}",
        open.body
    );
}
