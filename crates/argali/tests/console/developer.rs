//! For those who write programs: endpoints, tools, credentials, and every operation to try.

use argali_protocol::Secret;
use argali_testkit::{Client, Credentials, Page, Visitor};

use crate::stage::{Stage, heading};

const ROLE: &str = "/console/as/company-a/ecs-admin";

fn in_role(stage: &Stage) -> Visitor {
    let alice = stage.logged_on("alice");
    let values = [("Account", "company-a"), ("RoleName", "ecs-admin")];
    alice.submit(&alice.get("/console/switch-role"), "/console/switch-role", &values);
    alice
}

fn plain(page: &Page) -> String {
    page.body.replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&")
}

#[test]
fn endpoints_and_tools_name_this_server() {
    let stage = Stage::new();
    let alice = stage.logged_on("alice");
    let page = alice.get("/console/developer");
    assert!(page.body.contains(stage.server.endpoint()) && page.body.contains("2015-05-01"));
    let tools = plain(&alice.get("/console/developer?tab=tools"));
    for words in [
        &format!("endpoint=\"{}\", protocol=\"HTTP\"", stage.server.endpoint()),
        "provider \"alicloud\"",
        "@alicloud/ram20150501",
        "com.aliyun.ram20150501",
        "tea.String(",
        "aliyun ram ListUsers --endpoint",
    ] {
        assert!(tools.contains(words), "{words}: {tools}");
    }
}

/// Credentials of the role that one is in: they work, are seen once, and end with the logon.
#[test]
fn a_role_gives_temporary_credentials_once() {
    let stage = Stage::new();
    let plain_alice = stage.logged_on("alice");
    assert!(plain_alice.get("/console/developer?tab=credentials").body.contains("Switch to a role first"));
    let alice = in_role(&stage);
    let path = format!("{ROLE}/developer/credentials");
    let form = alice.get(&format!("{ROLE}/developer?tab=credentials"));
    let landed = alice.submit(&form, &path, &[("DurationSeconds", "900")]);
    let result = landed.header("location").unwrap_or_else(|| panic!("{}", landed.body)).to_owned();
    let shown = plain(&alice.get(&result));
    let after = |name: &str| {
        shown.split_once(&format!("\"{name}\": \"")).unwrap().1.split_once('"').unwrap().0.to_owned()
    };
    assert_eq!(alice.get(&result).status, 410, "it is seen once");
    let client: Client = stage.server.client(Credentials {
        access_key_id: after("access_key_id"),
        access_key_secret: Secret::new(after("access_key_secret")),
        security_token: Some(after("sts_token")),
    });
    let identity = client.call("Sts", "GetCallerIdentity", &[]).unwrap();
    assert_eq!(identity["Arn"], "acs:ram::11223344:assumed-role/ecs-admin/alice");
    let home = alice.get("/console");
    alice.submit(&home, "/console/log-off", &[]);
    assert!(client.call("Sts", "GetCallerIdentity", &[]).is_err(), "they end with the logon");
}

/// Operations are found by product, called as the viewer, and their answers are seen once.
#[test]
fn an_operation_is_tried() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.b);
    let list = owner.get("/console/developer?tab=explorer&product=Ram");
    let path = "/console/developer/explorer/2015-05-01/GetUser";
    assert!(list.body.contains("value=\"2015-05-01/GetUser\""), "{}", list.body);
    let chosen = owner.get("/console/developer?tab=explorer&operation=2015-05-01%2FGetUser");
    assert_eq!(chosen.header("location"), Some(path));
    let form = owner.get(path);
    assert!(form.body.contains("ram:GetUser") && form.body.contains("name=\"UserName\""));
    let landed = owner.submit(&form, path, &[("UserName", "alice")]);
    let result = landed.header("location").unwrap().to_owned();
    let shown = plain(&owner.get(&result));
    assert!(
        shown.contains("\"UserName\": \"alice\"") && shown.contains("argali call ram GetUser"),
        "{shown}"
    );
    assert_eq!(owner.get(&result).status, 410);
    let alice = stage.logged_on("alice");
    let refused = alice.follow(alice.submit(&alice.get(path), path, &[("UserName", "alice")]));
    assert!(refused.body.contains("NoPermission"), "it is called as the viewer: {}", refused.body);
}

/// Parameters that are no fields are written a line each, and secrets are typed unseen.
#[test]
fn lists_and_secrets_are_sent_too() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.b);
    let path = "/console/developer/explorer/2019-08-15/CreateUser";
    let values = [
        ("UserPrincipalName", "carol@company-b.onaliyun.com"),
        ("DisplayName", "Carol"),
        ("more-parameters", "Tag.1.Key=team\nTag.1.Value=ops"),
    ];
    let made = owner.follow(owner.submit(&owner.get(path), path, &values));
    assert!(made.body.contains("carol@company-b"), "{}", made.body);
    let tags = stage.b.must(
        "Ims",
        "ListTagResources",
        &[("ResourceType", "user"), ("ResourcePrincipalName.1", "carol@company-b.onaliyun.com")],
    );
    assert!(tags.to_string().contains("team"), "{tags}");
    let form = owner.get("/console/developer/explorer/2015-05-01/CreateLoginProfile");
    let password = form.tags().into_iter().find(|tag| tag.attribute("name") == Some("Password")).unwrap();
    assert_eq!(password.attribute("type"), Some("password"));
}

/// What would take the browser's own session away from it is not among them, nor is what needs no logon.
#[test]
fn operations_of_the_session_are_not_offered() {
    let stage = Stage::new();
    let alice = stage.logged_on("alice");
    for action in ["LogOn", "VerifyIdentity", "LogOff", "SwitchRole", "Nothing"] {
        let page = alice.get(&format!("/console/developer/explorer/2026-12-01/{action}"));
        assert_eq!(page.status, 404, "{action}");
    }
    assert_eq!(heading(&alice.get("/console/developer/explorer/2026-12-01/ListSessions")), "Developer");
}
