//! The operator's pages: for people of the operators' account alone.

use argali_server::config::OptionalAccount;
use argali_testkit::{TestServer, Visitor};

use crate::stage::{PASSWORD, Stage, heading};

/// A stage whose operators are the people of company-b.
pub(crate) fn stage() -> Stage {
    let account = OptionalAccount(Some("12345678".parse().unwrap()));
    let builder = TestServer::builder().configure(|config| config.identity.operator_account = account);
    Stage::on(builder.start())
}

/// The values of the copy buttons of a page, in their order.
fn copied(page: &argali_testkit::Page) -> Vec<String> {
    page.tags().into_iter().filter_map(|tag| tag.attribute("data-copy").map(str::to_owned)).collect()
}

#[test]
fn nobody_else_sees_them() {
    let stage = stage();
    for visitor in [stage.owner(&stage.a), stage.logged_on("alice")] {
        for path in [
            "/console/operator",
            "/console/operator?tab=server",
            "/console/operator?tab=backup",
            "/console/operator?tab=trying",
            "/console/operator/reset",
            "/console/operator/accounts/11223344",
        ] {
            assert_eq!(visitor.get(path).status, 403, "{path}");
        }
        for (path, value) in
            [("backup", ("", "")), ("clock", ("Seconds", "60")), ("reset", ("Word", "reset"))]
        {
            // What another form of the same browser carries.
            let mut fields = visitor.get("/console/me").form("/logon/preferences");
            fields.push((value.0.to_owned(), value.1.to_owned()));
            let path = format!("/console/operator/{path}");
            let sent = visitor.post(&path, &fields);
            assert_eq!(sent.status, 403, "{path}: {}", sent.body);
        }
    }
    assert!(!stage.owner(&stage.a).get("/console").body.contains("/console/operator"));
    assert!(stage.owner(&stage.b).get("/console").body.contains("/console/operator"));
    let without = Stage::new();
    assert!(!without.owner(&without.b).get("/console").body.contains("/console/operator"));
}

#[test]
fn an_account_is_made_and_its_secrets_are_seen_once() {
    let stage = stage();
    let operator = stage.owner(&stage.b);
    let path = "/console/operator/new";
    let taken = operator.submit(&operator.get(path), path, &[("AccountAlias", "company-a")]);
    assert_eq!(taken.status, 409, "{}", taken.body);
    let values = [
        ("AccountName", "Third"),
        ("AccountAlias", "third-company"),
        ("OwnerEmail", "owner@third.example"),
        ("AccountId", "77665544"),
    ];
    let landed = operator.submit(&taken, path, &values);
    let result = landed.header("location").unwrap().to_owned();
    let made = operator.get(&result);
    assert_eq!(heading(&made), "Account created");
    let [id, _, password, ..] = copied(&made).try_into().map(|all: [String; 5]| all).unwrap();
    assert_eq!(id, "77665544");
    assert_eq!(operator.get(&result).status, 410);
    let owner = Visitor::new(&stage.server);
    let form = owner.get("/logon?form-of=owner&Owner=OWNER@third.example");
    let home = owner.follow(owner.submit(&form, "/logon", &[("Password", &password)]));
    assert_eq!(heading(&home), "Welcome, Account owner");
    let details = operator.get("/console/operator/accounts/77665544");
    assert!(details.body.contains("owner@third.example"), "{}", details.body);
    let without = operator.get("/console/operator/accounts/11223344");
    assert!(without.body.contains("<dd><span class=\"muted\">–</span></dd>"), "no e-mail: {}", without.body);
    let list = operator.get("/console/operator?q=third");
    assert!(list.body.contains("77665544") && !list.body.contains("11223344"), "{}", list.body);
}

#[test]
fn an_account_is_closed_and_opened_and_its_owner_gets_a_new_password() {
    let stage = stage();
    let (operator, other) = (stage.owner(&stage.b), stage.owner(&stage.a));
    let path = "/console/operator/accounts/11223344";
    let act = |what: &str| {
        let page = operator.get(path);
        operator.follow(operator.submit(&page, &format!("{path}/{what}"), &[]))
    };
    assert!(act("close").body.contains("Closed"));
    assert!(other.open("/console").body.contains("Log on"), "its sessions have ended");
    assert!(act("open").body.contains("Open"));
    let made = act("password");
    assert_eq!(heading(&made), "The owner has a new password");
    let own = operator.get("/console/operator/accounts/12345678");
    assert!(own.body.contains("cannot be closed here") && !own.body.contains("12345678/close"));
}

/// S0-09, X12: the gate before Express Connect is turned for one account.
#[test]
fn a_gate_is_turned() {
    let stage = stage();
    let operator = stage.owner(&stage.b);
    let path = "/console/operator/accounts/11223344";
    let page = operator.get(path);
    assert!(page.body.contains("expressconnect") && page.body.contains("Closed to other accounts"));
    let page = operator.follow(operator.submit(&page, &format!("{path}/gate"), &[]));
    assert!(page.body.contains("Open to other accounts"), "{}", page.body);
    let page = operator.follow(operator.submit(&page, &format!("{path}/gate"), &[]));
    assert!(page.body.contains("Closed to other accounts"), "{}", page.body);
}

#[test]
fn the_server_is_shown() {
    let stage = stage();
    let operator = stage.owner(&stage.b);
    let page = operator.get("/console/operator?tab=server");
    for words in
        ["Ready", env!("CARGO_PKG_VERSION"), "/-/metrics", "End at the next request", "In memory", "waiting"]
    {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    let licences = operator.get("/console/operator?tab=licences");
    assert!(
        licences.body.contains("Apache License") && licences.body.contains("maud 0."),
        "{}",
        licences.body
    );
    let notices = operator.get("/console/operator/notices");
    assert_eq!(notices.header("content-disposition"), Some("attachment; filename=\"argali-notices.txt\""));
    assert!(notices.body.contains("The other licences follow") && notices.body.contains("MIT License"));
    assert_eq!(stage.owner(&stage.a).get("/console/operator/notices").status, 403);
}

#[test]
fn a_backup_is_made_after_verification_and_fetched_once() {
    let stage = stage();
    stage.b.grant("alice", "AdministratorAccess");
    let operator = stage.logged_on("alice");
    let page = operator.get("/console/operator?tab=backup");
    assert!(page.body.contains("argali restore copies/argali.backup"), "{}", page.body);
    stage.server.clock().advance(argali_testkit::minutes(16));
    let asked = operator.submit(&page, "/console/operator/backup", &[]);
    assert_eq!((asked.status, heading(&asked).as_str()), (403, "Security verification"));
    let ready = operator.follow(operator.submit(&asked, "/console/verify", &[("Password", PASSWORD)]));
    assert_eq!(heading(&ready), "The backup is ready");
    let links = ready.tags().into_iter().filter(|tag| tag.attribute("download").is_some());
    let path = links.filter_map(|tag| tag.attribute("href").map(str::to_owned)).next().unwrap();
    let (status, bytes) = stage.server.fetch(&path);
    assert!(status == 200 && argali_testkit::backup::check(bytes.as_slice()).is_ok());
    assert_eq!(stage.server.fetch(&path).0, 404);
}

/// Sends a file to be verified.
fn verified(operator: &Visitor, name: &str, content: &[u8]) -> argali_testkit::Page {
    let action = "/console/operator/backup/verify";
    let mut body = Vec::new();
    for (field, value) in operator.get("/console/operator?tab=backup").form(action) {
        if field != "file" {
            let part =
                format!("--mark\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
            body.extend(part.bytes());
        }
    }
    let part =
        format!("--mark\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
    body.extend(part.bytes());
    body.extend(content);
    body.extend(b"\r\n--mark--\r\n");
    let origin = operator.origin();
    let headers = [("origin", origin.as_str()), ("content-type", "multipart/form-data; boundary=mark")];
    operator.follow(operator.send_bytes("POST", action, &headers, &body))
}

#[test]
fn a_backup_is_verified_and_the_command_that_restores_it_names_it() {
    let stage = stage();
    stage.b.grant("alice", "AdministratorAccess");
    let operator = stage.logged_on("alice");
    let mut whole = Vec::new();
    stage.server.core().write_backup(&mut whole).unwrap();
    let page = verified(&operator, "argali-2026.backup", &whole);
    for words in [
        "The backup is whole, and of this server",
        "argali restore copies/argali-2026.backup --data NEW",
        &whole.len().to_string(),
    ] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    let cut = &whole[..whole.len() - 10];
    let mut flipped = whole.clone();
    let middle = whole.len() / 2;
    flipped[middle] ^= 1;
    for (content, words) in [
        (b"something else altogether".as_slice(), "this is no backup of Argali"),
        (cut, "the backup was cut off in its part"),
        (&flipped, "the backup is damaged in its part"),
        (b"", "this is no backup of Argali"),
    ] {
        let page = verified(&operator, "a.backup", content);
        assert!(page.body.contains("This backup must not be restored"), "{}", page.body);
        assert!(page.body.contains(words) && !page.body.contains("argali restore"), "{words}: {}", page.body);
    }
    let page = verified(&operator.reading("zh-CN"), "a.backup", b"something else altogether");
    assert!(page.body.contains("这不是 Argali 的备份"), "{}", page.body);
}

#[test]
fn nobody_else_has_a_backup_verified() {
    let stage = stage();
    let owner = stage.owner(&stage.a);
    let token = owner.get("/console/settings").form("/console/log-off");
    let page = owner.post("/console/operator/backup/verify", &token);
    assert_eq!(page.status, 403, "{}", page.body);
}

#[test]
fn the_clock_is_moved_on_and_the_world_put_back() {
    let stage = stage();
    let operator = stage.owner(&stage.b);
    let tab = "/console/operator?tab=trying";
    assert!(operator.get(tab).body.contains("There is nothing to go back to"));
    let mut seed = Vec::new();
    stage.server.core().write_backup(&mut seed).unwrap();
    stage.server.core().keep_seed(&seed).unwrap();
    let before = stage.server.clock().now();
    let page = operator.get(tab);
    let moved = operator.follow(operator.submit(&page, "/console/operator/clock", &[("Seconds", "60")]));
    assert_eq!(stage.server.clock().now(), before.plus_seconds(60));
    assert!(moved.body.contains(&stage.server.clock().now().to_string()), "{}", moved.body);
    stage.b.user("made-since");
    let path = "/console/operator/reset";
    let page = operator.get(path);
    let objected = operator.submit(&page, path, &[("Word", "rest")]);
    assert!(objected.status == 400 && objected.body.contains("Type reset"), "{}", objected.body);
    let landed = operator.submit(&objected, path, &[("Word", "reset")]);
    assert_eq!(landed.header("location"), Some("/logon"), "{}", landed.body);
    assert!(operator.open("/console").body.contains("Log on"), "its session has ended");
    let users = stage.b.must("Ram", "ListUsers", &[]);
    assert!(!users.to_string().contains("made-since"), "{users}");
    assert_eq!(heading(&stage.logged_on("alice").get("/console")), "Welcome, alice");
}

#[test]
fn accounts_are_ordered_found_filed_and_closed_together() {
    let stage = stage();
    let operator = stage.owner(&stage.b);
    let make = "/console/operator/new";
    for (alias, id) in [("third-company", "77665544"), ("fourth-company", "88776655")] {
        operator.submit(&operator.get(make), make, &[("AccountAlias", alias), ("AccountId", id)]);
    }
    let list = "/console/operator";
    let shown = |query: &str| {
        let page = operator.get(&format!("{list}?tab=accounts&{query}"));
        let rows = page.body.split("<th scope=\"row\"").skip(1);
        let ids =
            rows.map(|row| row.split_once("<code>").unwrap().1.split_once("</code>").unwrap().0.to_owned());
        ids.collect::<Vec<_>>()
    };
    for (query, expected) in [
        ("", &["11223344", "12345678", "77665544", "88776655"][..]),
        ("sort=AccountAlias&order=desc", &["77665544", "88776655", "12345678", "11223344"]),
        ("q=FOURTH", &["88776655"]),
        ("status=Closed", &[]),
    ] {
        assert_eq!(shown(query), expected, "{query}");
    }
    let page = operator.get(list);
    assert!(page.body.contains("4 in all"), "{}", page.body);
    assert_eq!(page.body.matches("name=\"on\"").count(), 3, "not the operators' own");
    assert_eq!(operator.get(&format!("{list}?tab=accounts&csv=true")).body.lines().count(), 5);
    let chosen = "/console/operator/~chosen";
    assert_eq!(stage.owner(&stage.a).get(&format!("{list}?csv=true")).status, 403);
    let page = operator.get(&format!("{chosen}?do=close&on=77665544&on=88776655"));
    let refused = operator.submit(&page, chosen, &[("Count", "1")]);
    assert!(refused.status == 400 && refused.body.contains("type 2"), "{}", refused.body);
    let result = operator.follow(operator.submit(&refused, chosen, &[("Count", "2")]));
    assert_eq!(result.body.matches(">Done<").count(), 2, "{}", result.body);
    assert_eq!(shown("status=Closed"), ["77665544", "88776655"]);
    let page = operator.get(&format!("{chosen}?do=open&on=77665544"));
    operator.follow(operator.submit(&page, chosen, &[]));
    assert_eq!(shown("status=Closed"), ["88776655"]);
    assert_eq!(operator.get(&format!("{chosen}?do=delete&on=77665544")).status, 404);
}
