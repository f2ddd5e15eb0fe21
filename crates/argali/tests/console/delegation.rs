//! Delegations: given and received, made, offered, revoked.
// SPEC: console, delegations.

use argali_testkit::{Page, TestServer, Visitor, trust};
use serde_json::json;

use crate::stage::{PASSWORD, Stage, heading};

const HOME: &str = "/console/delegations";

/// The first address on a page that begins so, unescaped.
fn address(page: &Page, start: &str) -> String {
    let tags = page.tags();
    let mut all =
        tags.iter().filter_map(|tag| tag.attribute("data-copy")).filter(|text| text.contains(start));
    let full = all.next().unwrap_or_else(|| panic!("no address with {start}: {}", page.body));
    format!("/console{}", full.split_once("/console").unwrap().1)
}

fn switch(stage: &Stage, user: &str) -> Visitor {
    let visitor = stage.logged_on(user);
    let form = visitor.get("/console/switch-role");
    let values = [("Account", "company-a"), ("RoleName", "ecs-admin")];
    let landed = visitor.follow(visitor.submit(&form, "/console/switch-role", &values));
    assert_eq!(landed.status, 200, "{}", landed.body);
    visitor
}

/// S4-11: the three parts of a delegation's life; the map with the same facts beside it.
#[test]
fn both_sides_see_who_may_use_what() {
    let stage = Stage::new();
    let _alice = switch(&stage, "alice");
    let page = stage.owner(&stage.a).get(HOME);
    for words in [
        "company-b",
        "12345678",
        "ecs-admin",
        "every user and role that it permits",
        "Manage Elastic Compute Service",
        "now: alice",
        "company-b may use ecs-admin: 1 live session.",
        "Grant: make a role",
        "Access: users of the other account",
        "Revoke: take the other account out",
    ] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    for what in ["invite", "revoke"] {
        assert!(page.body.contains(&format!("{HOME}/given/ecs-admin/12345678/{what}")), "{what}");
    }
    let page = stage.owner(&stage.b).get(&format!("{HOME}?tab=received"));
    for words in ["company-a", "ecs-admin", "alice", "Stop using", "Grant", "switch-role?account=company-a"] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    assert!(!page.body.contains("AliyunECSFullAccess"), "what the role may do is the other side's business");
}

/// However many there are, a map is one look: the busiest roles, and the others as one box; its words say the same.
#[test]
fn a_map_of_many_roles_draws_the_busiest() {
    let stage = Stage::new();
    let names: Vec<_> = (0..30).map(|at| format!("batch-{at:02}")).collect();
    for name in &names {
        stage.a.role(name, &[&stage.b.root_arn()], &[]);
    }
    let _alice = switch(&stage, "alice");
    let map_of = |page: &Page| {
        let (_, map) = page.body.split_once("<figure class=\"card map\">").expect("a map");
        map.split_once("</figure>").expect("its end").0.to_owned()
    };
    let boxes = |map: &str| map.matches("<g class=\"node").count() / 2;
    let given = map_of(&stage.owner(&stage.a).get(&format!("{HOME}?size=10")));
    for words in ["company-b may use ecs-admin: 1 live session.", "company-b may use 25 more roles: 0 live"] {
        assert!(given.contains(words), "{words}: {given}");
    }
    assert!(!given.contains("batch-05"), "{given}");
    assert_eq!(boxes(&given), 8, "an account, six roles, and the rest as one: {given}");
    let received = map_of(&stage.owner(&stage.b).get(&format!("{HOME}?tab=received")));
    for words in [
        "This account may use ecs-admin of company-a: 1 live session.",
        "This account may use 25 more roles of company-a: 0 live sessions.",
        "now: alice",
    ] {
        assert!(received.contains(words), "{words}: {received}");
    }
    assert_eq!(boxes(&received), 8, "{received}");
}

#[test]
fn whoever_may_not_see_delegations_is_told_so() {
    let stage = Stage::new();
    let alice = stage.logged_on("alice");
    for path in ["", "?tab=received", "/given/ecs-admin/12345678/revoke", "/received/11223344/ecs-admin"] {
        let page = alice.get(&format!("{HOME}{path}"));
        assert_eq!(page.status, 403, "{path}: {}", page.body);
    }
    let owner = stage.owner(&stage.a);
    for path in
        ["/given/ecs-admin/99999999/revoke", "/given/none/12345678/invite", "/received/12345678/none", "/x"]
    {
        let page = owner.get(&format!("{HOME}{path}"));
        assert_eq!(page.status, 404, "{path}: {}", page.body);
    }
}

fn fill_in(owner: &Visitor, values: &[(&str, &str)]) -> Page {
    let path = format!("{HOME}/new");
    owner.submit(&owner.get(&path), &path, values)
}

#[test]
fn a_delegation_is_made_on_one_page() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    for (account, words) in [("nobody-here", "No account here is called"), ("company-a", "your own account")]
    {
        let page = fill_in(&owner, &[("account", account), ("RoleName", "ops")]);
        assert!(page.status == 400 && page.body.contains(words), "{account}: {}", page.body);
    }
    let page = fill_in(&owner, &[("account", "company-b"), ("RoleName", "bad_name"), ("only", "alice")]);
    assert!(
        page.status == 400 && page.body.contains("value=\"alice\""),
        "what was entered is kept: {}",
        page.body
    );
    let page = fill_in(&owner, &[("account", "company-b"), ("do", "generate")]);
    let form = page.form(&format!("{HOME}/new"));
    let made_up = &form.iter().find(|(name, _)| name == "external").unwrap().1;
    assert!(made_up.len() >= 16, "an external id is made up: {made_up}");

    let values = [
        ("account", "company-b"),
        ("template", "monitoring"),
        ("only", "alice, role/ops"),
        ("external", "secret-42"),
        ("mfa", "true"),
        ("until", "2099-12-31"),
        ("RoleName", "watcher"),
    ];
    let made = owner.follow(fill_in(&owner, &values));
    assert_eq!(heading(&made), "Delegation created");
    assert!(!made.body.contains("Not done"), "{}", made.body);
    let role = stage.a.must("Ram", "GetRole", &[("RoleName", "watcher")]);
    let document = role["Role"]["AssumeRolePolicyDocument"].as_str().unwrap();
    for words in [
        "acs:ram::12345678:user/alice",
        "acs:ram::12345678:role/ops",
        "secret-42",
        "acs:MFAPresent",
        "2099-12-31T23:59:59Z",
    ] {
        assert!(document.contains(words), "{words}: {document}");
    }
    let attached = stage.a.must("Ram", "ListPoliciesForRole", &[("RoleName", "watcher")]);
    assert!(attached.to_string().contains("AliyunActionTrailReadOnlyAccess"), "{attached}");
    let listed = owner.get(HOME);
    for words in ["watcher", "External ID", "with MFA", "2099-12-31"] {
        assert!(listed.body.contains(words), "{words}");
    }
    assert!(address(&made, "invitation=").contains("/console/delegations/invitation?"));
}

/// What the template for messaging gives is what the messaging that is here asks for: both ways of sending, and receiving.
#[test]
fn a_role_made_for_messaging_sends_publishes_and_receives() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let by = |client: &argali_testkit::Client| stage.server.mns_client(Some(client.credentials()));
    let messages = by(&stage.a.client);
    messages.put_queue("orders", &[]).must();
    messages.call("PUT", "/topics/news").document("Topic", &[]).send().must();
    let endpoint = format!("acs:mns:cn-hangzhou:{}:queues/orders", stage.a.id);
    let members = [("Endpoint", endpoint.as_str()), ("NotifyContentFormat", "SIMPLIFIED")];
    messages.call("PUT", "/topics/news/subscriptions/all").document("Subscription", &members).send().must();
    let carol = stage.b.user("carol");
    stage.b.grant("carol", "AliyunSTSAssumeRoleAccess");
    let role = format!("acs:ram::{}:role/", stage.a.id);
    for (template, outcome) in [("monitoring", "403 AccessDenied"), ("messaging", "201")] {
        let values = [("account", "company-b"), ("template", template), ("RoleName", template)];
        let made = owner.follow(fill_in(&owner, &values));
        assert!(!made.body.contains("Not done"), "{template}: {}", made.body);
        let session = by(&carol.assume(&format!("{role}{template}"), "alice").unwrap());
        assert_eq!(session.send_message("orders", "sent").outcome(), outcome, "{template}");
        let published = session.call("POST", "/topics/news/messages");
        let published = published.document("Message", &[("MessageBody", "published")]).send();
        assert_eq!(published.outcome(), outcome, "{template}");
    }
    let session = by(&carol.assume(&format!("{role}messaging"), "alice").unwrap());
    for body in ["sent", "published"] {
        let received = session.receive("orders", "?waitseconds=2").must();
        assert_eq!(received.element("MessageBody"), body);
        session.delete_message("orders", &received.element("ReceiptHandle")).must();
    }
}

#[test]
fn the_other_side_opens_an_invitation_and_lets_users_use_the_role() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    stage.b.user("carol");
    stage.person("carol", &[]);
    let page = owner.get(&format!("{HOME}/given/ecs-admin/12345678/invite"));
    let invitation = address(&page, "invitation=");
    assert_eq!(owner.get(&invitation).status, 404, "it is for the other account alone");
    let administrator = stage.owner(&stage.b);
    let page = administrator.get(&invitation);
    for words in [
        "company-a",
        "lets you use a role",
        "acs:ram::11223344:role/ecs-admin",
        "Manage Elastic Compute Service",
        "acs:ram::11223344:root",
        "Let these users use it",
    ] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    let path = format!("{HOME}/received/11223344/ecs-admin/use");
    let none = administrator.submit(&page, &path, &[]);
    assert!(none.status == 400 && none.body.contains("Choose at least one"), "{}", none.body);
    let page = administrator.get(&invitation);
    let found =
        administrator.submit(&page, &path, &[("q", "CAR"), ("do", "find"), ("principal", "User/bob")]);
    for (words, is_there) in
        [("value=\"User/carol\"", true), ("value=\"User/bob\" checked", true), ("User/alice", false)]
    {
        assert_eq!(found.body.contains(words), is_there, "{words}: {}", found.body);
    }
    let done = administrator.follow(administrator.submit(&found, &path, &[("principal", "User/carol")]));
    assert!(done.body.contains("Done") && !done.body.contains("Not done"), "{}", done.body);
    // The policy is for just this role.
    let policies = stage.b.must("Ram", "ListPoliciesForUser", &[("UserName", "carol")]);
    let name = policies["Policies"]["Policy"][0]["PolicyName"].as_str().unwrap();
    let policy = stage.b.must("Ram", "GetPolicy", &[("PolicyType", "Custom"), ("PolicyName", name)]);
    let document = policy["DefaultPolicyVersion"]["PolicyDocument"].as_str().unwrap();
    assert!(
        document.contains("acs:ram:*:11223344:role/ecs-admin") && !document.contains("\"*\""),
        "{document}"
    );
    let carol = switch(&stage, "carol");
    // Once more changes nothing, and says so.
    let page = administrator.get(&format!("{HOME}/received/11223344/ecs-admin"));
    let again = administrator.follow(administrator.submit(&page, &path, &[("principal", "User/carol")]));
    assert!(again.body.contains("Granted before"), "{}", again.body);

    let stop = format!("{HOME}/received/11223344/ecs-admin/stop");
    let page = administrator.get(&stop);
    assert!(page.body.contains("carol") && page.body.contains("for any role: alice"), "{}", page.body);
    let record = administrator.follow(administrator.submit(&page, &stop, &[]));
    assert!(!record.body.contains("Not done"), "{}", record.body);
    let ended = carol.get("/console/as/company-a/ecs-admin");
    assert_eq!(heading(&ended), "Your session as ecs-admin has ended");
    stage.b.client.call("Ram", "GetPolicy", &[("PolicyType", "Custom"), ("PolicyName", name)]).unwrap_err();
}

/// S4-25, S4-26, S4-30 to S4-34: revoked with one button, and a record is left.
#[test]
fn access_is_revoked_and_the_record_says_what_was_done() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let alice = switch(&stage, "alice");
    let path = format!("{HOME}/given/ecs-admin/12345678/revoke");
    let page = owner.get(&path);
    for words in ["Every user and role of", "1 live session ends with it", "alice", "Detach the policies"] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    let mut nothing = page.form(&path);
    nothing.retain(|(name, _)| name == "csrf" || name == "form");
    let refused = owner.post(&path, &nothing);
    assert!(refused.status == 400 && refused.body.contains("Tick what is to be done"), "{}", refused.body);
    assert_eq!(alice.get("/console/as/company-a/ecs-admin").status, 200, "nothing was done");

    let page = owner.get(&path);
    let record = owner.follow(owner.submit(&page, &path, &[("delete", "true")]));
    assert_eq!(heading(&record), "Access revoked");
    for words in
        ["removed from the trust policy", "AliyunECSFullAccess detached", "Role ecs-admin deleted", "alice"]
    {
        assert!(record.body.contains(words), "{words}: {}", record.body);
    }
    // The record names the events under which the same stands in the trail.
    let events = record.tags().into_iter().filter(|tag| tag.name == "code").map(|tag| tag.text);
    let mut found = 0;
    for event in events.filter(|text| text.len() == 36) {
        let params = [("LookupAttribute.1.Key", "EventId"), ("LookupAttribute.1.Value", event.as_str())];
        let answer = stage.a.must("Actiontrail", "LookupEvents", &params);
        found += answer["Events"].as_array().unwrap().len();
    }
    assert_eq!(found, 3, "{}", record.body);
    let ended = alice.get("/console/as/company-a/ecs-admin");
    assert_eq!(heading(&ended), "Your session as ecs-admin has ended");
    stage.a.client.call("Ram", "GetRole", &[("RoleName", "ecs-admin")]).unwrap_err();
    let left = stage.owner(&stage.b).get(&format!("{HOME}?tab=received"));
    assert!(left.body.contains("Withdrawn"), "{}", left.body);
}

/// Several at once: a role that trusts two accounts loses both, what is refused is told beside it, and the others go on.
#[test]
fn several_are_revoked_together_and_each_says_what_came_of_it() {
    let stage = Stage::new();
    let document = trust(&[&stage.b.root_arn(), "acs:ram::99999999:user/eve"]).to_string();
    for role in ["both", "kept"] {
        let params = [("RoleName", role), ("AssumeRolePolicyDocument", &document)];
        stage.a.must("Ram", "CreateRole", &params);
    }
    let alice = switch(&stage, "alice");
    let path = format!("{HOME}/~chosen");
    let asked = |visitor: &Visitor, keys: &[&str]| {
        let on: String = keys.iter().map(|key| format!("&on={key}")).collect();
        visitor.get(&format!("{path}?do=revoke{on}"))
    };
    let owner = stage.owner(&stage.a);
    let bar = owner.get(HOME);
    assert!(bar.body.contains("value=\"ecs-admin 12345678\""), "{}", bar.body);
    assert_eq!(heading(&asked(&owner, &[])), "Nothing is chosen");
    for wrong in ["ecs-admin", "ecs-admin+99999999", "none+12345678"] {
        assert_eq!(asked(&owner, &[wrong]).status, 404, "{wrong}");
    }
    let page = asked(&owner, &["ecs-admin+12345678", "both+12345678", "both+99999999"]);
    assert_eq!(heading(&page), "Revoke 3 delegations?");
    for words in ["every user and role that it permits", "eve", "Manage Elastic Compute Service", "alice"] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    assert_eq!(alice.get("/console/as/company-a/ecs-admin").status, 200, "asking changes nothing");

    // Somebody else was quicker with one.
    let alone = format!("{HOME}/given/both/99999999/revoke");
    owner.follow(owner.submit(&owner.get(&alone), &alone, &[]));
    let record = owner.follow(owner.submit(&page, &path, &[]));
    assert_eq!(heading(&record), "Access revoked");
    assert_eq!(
        record.body.matches("removed from the trust policy").count(),
        4,
        "two, and as text: {}",
        record.body
    );
    assert!(record.body.contains(">Already so<") && record.body.contains("alice"), "{}", record.body);
    let ended = alice.get("/console/as/company-a/ecs-admin");
    assert_eq!(heading(&ended), "Your session as ecs-admin has ended");
    for role in ["both", "ecs-admin"] {
        let role = stage.a.must("Ram", "GetRole", &[("RoleName", role)]);
        let document = role["Role"]["AssumeRolePolicyDocument"].as_str().unwrap();
        assert!(!document.contains("12345678") && !document.contains("99999999"), "{document}");
    }

    // A role loses one account after the other, and what is refused is said without the rest being left undone.
    stage.a.role("closed", &[&stage.b.root_arn()], &[]);
    let statement = |effect: &str, action: &str, resource: &str| json!({ "Effect": effect, "Action": action, "Resource": resource });
    let policy = json!({ "Version": "1", "Statement": [
        statement("Allow", "*", "*"), statement("Deny", "ram:UpdateRole", "acs:ram:*:*:role/closed"),
    ] });
    stage.a.must("Ram", "CreatePolicy", &[("PolicyName", "most"), ("PolicyDocument", &policy.to_string())]);
    stage.a.user("carol");
    let params = [("PolicyName", "most"), ("PolicyType", "Custom"), ("UserName", "carol")];
    stage.a.must("Ram", "AttachPolicyToUser", &params);
    stage.a.must("Ram", "CreateLoginProfile", &[("UserName", "carol"), ("Password", PASSWORD)]);
    let carol = Visitor::new(&stage.server);
    stage.log_on(&carol, "carol@company-a", PASSWORD);
    let page = asked(&carol, &["closed+12345678", "kept+12345678", "kept+99999999"]);
    let mut sent = carol.submit(&page, &path, &[]);
    if sent.body.contains("/console/verify") {
        sent = carol.submit(&sent, "/console/verify", &[("Password", PASSWORD)]);
    }
    let record = carol.follow(sent);
    assert_eq!(heading(&record), "Access was not wholly revoked");
    assert_eq!(record.body.matches(">Not done<").count(), 1, "{}", record.body);
    assert_eq!(record.body.matches(">Done<").count(), 2, "{}", record.body);
    let left = stage.a.must("Argali", "ListDelegations", &[]).to_string();
    assert!(left.contains("closed") && !left.contains("\"kept\""), "{left}");
}

/// Others whom the role trusts stay.
#[test]
fn revoking_one_account_leaves_the_others() {
    let stage = Stage::new();
    let document = trust(&[&stage.b.root_arn(), "acs:ram::99999999:user/eve"]).to_string();
    let change = [("RoleName", "ecs-admin"), ("NewAssumeRolePolicyDocument", document.as_str())];
    stage.a.must("Ram", "UpdateRole", &change);
    let owner = stage.owner(&stage.a);
    let path = format!("{HOME}/given/ecs-admin/12345678/revoke");
    let page = owner.get(&path);
    assert!(page.body.contains("acs:ram::99999999:user/eve"), "{}", page.body);
    owner.follow(owner.submit(&page, &path, &[]));
    let role = stage.a.must("Ram", "GetRole", &[("RoleName", "ecs-admin")]);
    let document = role["Role"]["AssumeRolePolicyDocument"].as_str().unwrap();
    assert!(document.contains("eve") && !document.contains("12345678"), "{document}");
}

/// Where issued tokens run on, ending them is a box of its own.
#[test]
fn where_tokens_run_on_their_sessions_are_ended_by_hand() {
    let server = TestServer::builder()
        .configure(|config| config.identity.session_revocation = argali_server::config::Revocation::Upstream)
        .start();
    let stage = Stage::on(server);
    let owner = stage.owner(&stage.a);
    let alice = switch(&stage, "alice");
    let path = format!("{HOME}/given/ecs-admin/12345678/revoke");
    let page = owner.get(&path);
    assert!(page.body.contains("issued tokens run on") && page.body.contains("End its live sessions now"));
    let record = owner.follow(owner.submit(&page, &path, &[]));
    assert!(record.body.contains("Session alice ended"), "{}", record.body);
    let ended = alice.get("/console/as/company-a/ecs-admin");
    assert_eq!(heading(&ended), "Your session as ecs-admin has ended");
}

#[test]
fn both_lists_are_ordered_found_and_filed() {
    let stage = Stage::new();
    stage.a.role("auditors", &[&stage.b.root_arn()], &["AliyunRAMReadOnlyAccess"]);
    let (a, b) = (stage.owner(&stage.a), stage.owner(&stage.b));
    // Which role's row comes first in the table below the map.
    let roles = |visitor: &Visitor, query: &str| {
        let page = visitor.get(&format!("{HOME}?{query}"));
        let table = page.body.rsplit_once("<tbody>").map(|(_, table)| table.to_owned()).unwrap_or_default();
        let mut found: Vec<_> = ["auditors", "ecs-admin"]
            .into_iter()
            .filter_map(|role| Some((table.find(&format!("<bdi>{role}</bdi>"))?, role)))
            .collect();
        found.sort_unstable();
        found.into_iter().map(|(_, role)| role).collect::<Vec<_>>()
    };
    for (visitor, tab) in [(&a, "tab=given"), (&b, "tab=received")] {
        for (query, expected) in [
            ("sort=RoleName", &["auditors", "ecs-admin"][..]),
            ("sort=RoleName&order=desc", &["ecs-admin", "auditors"]),
            ("q=AUDIT", &["auditors"]),
            ("q=nothing", &[]),
        ] {
            assert_eq!(roles(visitor, &format!("{tab}&{query}")), expected, "{tab} {query}");
        }
        let page = visitor.get(&format!("{HOME}?{tab}&q=audit"));
        assert!(page.body.contains("1 in all") && page.body.contains("Clear filters"), "{}", page.body);
        let file = visitor.get(&format!("{HOME}?{tab}&q=audit&csv=true"));
        assert!(file.body.lines().count() == 2 && file.body.contains("auditors"), "{}", file.body);
    }
    // The file says who exactly is let in, as the list does.
    let file = a.get(&format!("{HOME}?tab=given&q=audit&csv=true"));
    assert!(
        file.body.starts_with("AccountId,Principals,RoleName,") && file.body.contains(",root,auditors,"),
        "{}",
        file.body
    );
}
