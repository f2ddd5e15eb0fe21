//! Pages for people and machines that look after the server.

use argali_testkit::TestServer;

#[test]
fn the_pages_are_there() {
    let server = TestServer::start();
    assert_eq!(server.page("/-/healthz"), (200, "ok\n".to_owned()));
    assert_eq!(server.page("/-/readyz"), (200, "ready\n".to_owned()));
    for (path, status) in [
        // It leads to the console, and that to logging on.
        ("/", 200),
        ("/-/", 404),
        ("/-/nothing", 404),
        ("/-/help/", 404),
        ("/-/help/%3Cb%3E", 404),
        ("/-/help/NoPermission", 200),
    ] {
        assert_eq!(server.page(path).0, status, "{path}");
    }
    assert_eq!(
        server.raw(b"POST /-/metrics HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").status(),
        Some(405)
    );
}

#[test]
fn an_error_leads_to_its_page() {
    let server = TestServer::start();
    let a = server.account("company-a", "11223344");
    let failure = a.client.call("Ram", "GetUser", &[("UserName", "nobody")]).unwrap_err();
    let link = failure.recommend.unwrap();
    let path = link.strip_prefix(&format!("http://{}", server.endpoint())).unwrap();
    let (status, text) = server.page(path);
    assert_eq!(status, 200);
    assert!(text.starts_with("EntityNotExist.User\nHTTP status: 404\n"), "{text}");
}

#[test]
fn calls_are_counted() {
    let server = TestServer::start();
    let a = server.account("company-a", "11223344");
    a.must("Ram", "CreateUser", &[("UserName", "alice")]);
    a.client.call("Ram", "CreateUser", &[("UserName", "alice")]).unwrap_err();
    let (status, text) = server.page("/-/metrics");
    assert_eq!(status, 200);
    for class in ["2xx", "4xx"] {
        let line = format!(
            "argali_requests_total{{product=\"Ram\",operation=\"CreateUser\",class=\"{class}\"}} 1\n"
        );
        assert!(text.contains(&line), "{text}");
    }
    assert!(!text.contains("alice"), "no tenant's text in metrics");
}

#[test]
fn calls_of_object_storage_are_counted_by_operation() {
    let server = TestServer::start();
    let a = server.account("company-a", "11223344");
    let oss = server.oss_client(Some(a.client.credentials()));
    oss.call("PUT", "counted", "").send().must();
    oss.put("counted", "a", b"x").must();
    assert_eq!(oss.get("counted", "absent").outcome(), "404 NoSuchKey");
    let (_, text) = server.page("/-/metrics");
    for (operation, class) in [("PutBucket", "2xx"), ("PutObject", "2xx"), ("GetObject", "4xx")] {
        let line = format!(
            "argali_requests_total{{product=\"Oss\",operation=\"{operation}\",class=\"{class}\"}} 1\n"
        );
        assert!(text.contains(&line), "{text}");
    }
    let (status, text) = server.page("/-/help/NoSuchKey");
    assert!(status == 200 && text.starts_with("NoSuchKey\nHTTP status: 404\n"), "{text}");
}
