//! What keeps pages to those whom they are for.
// SPEC: security, console.

use argali_testkit::{TestServer, Visitor, minutes};

use crate::stage::{PASSWORD, Stage, heading};

#[test]
fn every_answer_has_the_headers_that_keep_it_to_itself() {
    let stage = Stage::new();
    let visitor = stage.logged_on("alice");
    for path in ["/logon", "/console", "/console/switch-role", "/console/nowhere", "/logon/nowhere"] {
        let page = visitor.get(path);
        let policy = page.header("content-security-policy").unwrap_or_default();
        assert!(
            policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        let expected = [
            ("x-frame-options", "DENY"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cache-control", "no-store"),
        ];
        for (name, value) in expected {
            assert_eq!(page.header(name), Some(value), "{path}: {name}");
        }
    }
}

/// Browsers keep cookies of a name with `__Host-` to TLS, which here only a proxy that is trusted can speak of.
#[test]
fn a_proxy_that_is_trusted_says_that_the_client_spoke_tls() {
    let forwarded = [("x-forwarded-proto", "https"), ("x-forwarded-for", "203.0.113.7")];
    let cookies = |trusted: &[&str]| {
        let trusted: Vec<_> = trusted.iter().map(|network| network.parse().unwrap()).collect();
        let server = TestServer::builder().configure(|config| config.listen.trusted_proxies = trusted);
        let server = server.start();
        let page = Visitor::new(&server).send("GET", "/logon", &forwarded, "");
        page.header("set-cookie").unwrap_or_default().to_owned()
    };
    let set = cookies(&["127.0.0.1"]);
    assert!(set.starts_with("__Host-") && set.contains("; Secure"), "{set}");
    let set = cookies(&["10.0.0.0/8"]);
    assert!(!set.is_empty() && !set.contains("Secure"), "{set}");
}

#[test]
fn pages_hold_nothing_inline() {
    let stage = Stage::new();
    let visitor = stage.logged_on("alice");
    for path in ["/logon", "/console", "/console/switch-role"] {
        for tag in visitor.get(path).tags() {
            assert_ne!(tag.name, "style", "{path}");
            assert!(tag.attribute("style").is_none(), "{path}: {tag:?}");
            assert!(
                tag.name != "script" || (tag.attribute("src").is_some() && tag.text.is_empty()),
                "{path}: {tag:?}"
            );
        }
    }
}

#[test]
fn files_are_kept_by_browsers_for_as_long_as_they_stay_the_same() {
    let server = TestServer::start();
    let visitor = Visitor::new(&server);
    let page = visitor.get("/logon");
    let files = page.tags().into_iter().filter_map(|tag| match tag.name.as_str() {
        "link" => tag.attribute("href").map(str::to_owned),
        "script" | "img" => tag.attribute("src").map(str::to_owned),
        _ => None,
    });
    let files: Vec<_> = files.collect();
    assert!(files.len() >= 3);
    for file in files {
        let answer = visitor.get(&file);
        assert_eq!(answer.status, 200, "{file}");
        assert!(answer.header("cache-control").unwrap().contains("immutable"), "{file}");
    }
    assert_eq!(visitor.get("/console/static/0000000000000000/console.css").status, 404);
}

#[test]
fn a_change_needs_the_token_of_its_browser() {
    let stage = Stage::new();
    let visitor = stage.logged_on("alice");
    let other = stage.logged_on("alice").open("/console").form("/console/log-off");
    let token =
        |value: &str| vec![("csrf".to_owned(), value.to_owned()), ("form".to_owned(), "one".to_owned())];
    for fields in [vec![], token(""), token("0"), token(&"0".repeat(64)), other] {
        let refused = visitor.post("/console/log-off", &fields);
        assert_eq!((refused.status, heading(&refused).as_str()), (403, "This form has expired"));
    }
    assert_eq!(heading(&visitor.open("/console")), "Welcome, alice", "and nothing has happened");
}

#[test]
fn a_change_must_come_from_a_page_of_this_origin() {
    let stage = Stage::new();
    let visitor = stage.logged_on("alice");
    let own = visitor.origin();
    let page = format!("{own}/console");
    let lookalike = format!("{own}.evil.example/console");
    for headers in [
        vec![],
        vec![("origin", "https://evil.example")],
        vec![("origin", "null")],
        vec![("referer", lookalike.as_str())],
        vec![("origin", "https://evil.example"), ("referer", page.as_str())],
    ] {
        let fields = visitor.open("/console").form("/console/log-off");
        let body: Vec<_> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let refused = visitor.send("POST", "/console/log-off", &headers, &body.join("&"));
        assert_eq!(refused.status, 403, "{headers:?}");
    }
    let fields = visitor.open("/console").form("/console/log-off");
    let body: Vec<_> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let sent = visitor.send("POST", "/console/log-off", &[("referer", &page)], &body.join("&"));
    assert_eq!(sent.status, 303, "a browser that names only the page before is heard");
}

#[test]
fn a_form_is_carried_out_once() {
    let stage = Stage::new();
    let visitor = stage.logged_on("alice");
    let page = visitor.open("/console/switch-role");
    let values = [("Account", "company-a"), ("RoleName", "ecs-admin")];
    assert_eq!(visitor.submit(&page, "/console/switch-role", &values).status, 303);
    let again = visitor.submit(&page, "/console/switch-role", &values);
    assert_eq!((again.status, heading(&again).as_str()), (409, "This form was sent before"));
}

/// A form that was refused did nothing: whoever goes back to it mends it and sends it again.
#[test]
fn a_form_that_was_refused_can_be_mended_and_sent_again() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.b);
    let new = "/console/ram/groups/new";
    let form = owner.open(new);
    let refused = owner.submit(&form, new, &[("GroupName", "no spaces here")]);
    assert_eq!(refused.status, 400, "{}", refused.body);
    let made = owner.submit(&form, new, &[("GroupName", "operations")]);
    assert_eq!(made.status, 303, "{}", made.body);
    let again = owner.submit(&form, new, &[("GroupName", "operations-2")]);
    assert_eq!(heading(&again), "This form was sent before");
}

/// Whoever is asked for the password and goes back may send the form anew, and it is carried out once.
#[test]
fn a_form_that_waited_twice_is_carried_out_once() {
    let stage = Stage::new();
    stage.b.grant("alice", "AdministratorAccess");
    let alice = stage.logged_on("alice");
    stage.server.clock().advance(minutes(20));
    let new = "/console/ram/users/new";
    let form = alice.open(new);
    let values = [("UserName", "carol")];
    let asked = [alice.submit(&form, new, &values), alice.submit(&form, new, &values)];
    let shown = |page: &argali_testkit::Page| {
        alice.submit(page, "/console/verify", &[("Password", crate::stage::PASSWORD)])
    };
    for (at, asked) in asked.iter().enumerate() {
        assert_eq!(
            (asked.status, heading(asked).as_str()),
            (403, "Security verification"),
            "{at}: {}",
            asked.body
        );
    }
    assert_eq!(shown(&asked[0]).status, 303);
    let again = shown(&asked[1]);
    assert_eq!(heading(&again), "This form was sent before", "{}", again.body);
    let again = alice.submit(&form, new, &[("UserName", "dave")]);
    assert_eq!(heading(&again), "This form was sent before", "{}", again.body);
}

#[test]
fn whoever_logs_on_gets_cookies_that_nobody_knew_before() {
    let stage = Stage::new();
    let visitor = Visitor::new(&stage.server);
    visitor.plant("argali-session", "known-to-somebody-else");
    visitor.plant("argali-browser", "known-to-somebody-else");
    stage.log_on(&visitor, "alice@company-b", PASSWORD);
    for cookie in ["argali-session", "argali-browser"] {
        assert_ne!(visitor.cookie(cookie).unwrap(), "known-to-somebody-else", "{cookie}");
    }
    let before = visitor.cookie("argali-session").unwrap();
    let page = visitor.open("/console/switch-role");
    visitor.submit(&page, "/console/switch-role", &[("Account", "company-a"), ("RoleName", "ecs-admin")]);
    assert_ne!(visitor.cookie("argali-session").unwrap(), before, "and another with a role");
    let thief = Visitor::new(&stage.server);
    thief.plant("argali-session", &before);
    assert!(thief.open("/console").body.contains("Your session has ended"));
}

#[test]
fn cookies_are_out_of_reach_of_scripts_and_other_sites() {
    let stage = Stage::new();
    let visitor = Visitor::new(&stage.server);
    let form = visitor.get("/logon?LogonName=alice@company-b");
    let landed = visitor.submit(&form, "/logon", &[("Password", PASSWORD)]);
    let cookies: Vec<_> = landed.headers.iter().filter(|(name, _)| name == "set-cookie").collect();
    assert_eq!(cookies.len(), 4);
    for (_, cookie) in cookies {
        assert!(cookie.contains("; Path=/; HttpOnly; SameSite=Lax"), "{cookie}");
    }
}

#[test]
fn nobody_is_led_to_another_site() {
    let stage = Stage::new();
    for next in [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/console//evil.example",
        "/console/../../evil",
        "javascript:alert(1)",
        "/console/log-off",
    ] {
        let visitor = Visitor::new(&stage.server);
        let form = visitor.get("/logon?LogonName=alice@company-b");
        let landed = visitor.submit(&form, "/logon", &[("Password", PASSWORD), ("next", next)]);
        assert_eq!(landed.header("location"), Some("/console"), "{next}");
        let page = visitor.open("/console");
        let landed = visitor.submit(&page, "/logon/preferences", &[("back", next), ("theme", "dark")]);
        assert_eq!(landed.header("location"), Some("/console"), "{next}");
        let page = visitor.open("/console/switch-role");
        let values = [("Account", "company-a"), ("RoleName", "ecs-admin"), ("next", next)];
        let landed = visitor.submit(&page, "/console/switch-role", &values);
        assert_eq!(landed.header("location"), Some("/console/as/company-a/ecs-admin"), "{next}");
    }
}

#[test]
fn in_clear_only_this_machine_is_served() {
    let server = TestServer::start();
    for (host, status) in
        [("argali.example", 403), ("10.1.2.3:2742", 403), ("localhost:2742", 200), ("[::1]:2742", 200)]
    {
        let page = server
            .raw(format!("GET /logon HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").as_bytes());
        assert_eq!(page.status(), Some(status), "{host}");
        let text = page.text();
        assert_eq!(text.contains("https is needed here"), status == 403, "{host}");
        assert_eq!(text.contains("<form class=\"stack\""), status == 200, "{host}");
    }
}

/// Names may hold anything; pages show it as text.
#[test]
fn hostile_names_are_text() {
    let stage = Stage::new();
    let visitor = stage.logged_on("alice");
    let hostile = "<script>alert(1)</script>\u{202e}\"'&";
    let page = visitor.open("/console/switch-role");
    let values = [("Account", "company-a"), ("RoleName", "ecs-admin"), ("DisplayName", hostile)];
    let home = visitor.follow(visitor.submit(&page, "/console/switch-role", &values));
    assert_eq!(home.status, 200);
    assert!(!home.body.contains("<script>alert"), "{}", home.body);
    assert!(home.body.contains("&lt;script&gt;alert(1)"));
    let title = home.body.split_once("<title>").unwrap().1.split_once("</title>").unwrap().0;
    assert!(!title.contains('\u{202e}'), "nothing turns the title around");
    let refused = visitor.submit(
        &visitor.open("/console/switch-role"),
        "/console/switch-role",
        &[("Account", hostile), ("RoleName", hostile)],
    );
    assert!(!refused.body.contains("<script>alert"), "{}", refused.body);
}
