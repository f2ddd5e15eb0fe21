//! Where requests go by their host.

use argali_testkit::{Signing, TestServer};

fn get(target: &str, lines: &str) -> Vec<u8> {
    format!("GET {target} HTTP/1.1\r\nconnection: close\r\n{lines}\r\n").into_bytes()
}

#[test]
fn who_names_two_hosts_is_refused_wherever_they_lead() {
    let server = TestServer::start();
    let oss = "oss-cn-hangzhou.aliyuncs.com";
    let action = "/?Action=GetCallerIdentity&Version=2015-04-01";
    for (target, lines) in [
        (format!("http://ram.aliyuncs.com{action}"), "host: sts.aliyuncs.com\r\n".to_owned()),
        (format!("http://{oss}{action}"), "host: ram.aliyuncs.com\r\n".to_owned()),
        (format!("http://ram.aliyuncs.com{action}"), format!("host: {oss}\r\n")),
        (action.to_owned(), format!("host: {oss}\r\nhost: ram.aliyuncs.com\r\n")),
        (action.to_owned(), format!("host: ram.aliyuncs.com\r\nhost: {oss}\r\n")),
    ] {
        let answer = server.raw(&get(&target, &lines));
        assert_eq!(answer.status(), Some(400), "{target} {lines}: {}", answer.text());
        assert!(!answer.text().contains("x-oss-request-id"), "{}", answer.text());
    }
}

#[test]
fn object_storage_has_hosts_of_its_own() {
    let server =
        TestServer::builder().configure(|config| config.listen.oss_domain = "OSS.example".to_owned()).start();
    for (target, host) in [
        ("/", "oss-cn-hangzhou.aliyuncs.com"),
        ("/-/healthz", "logs.oss-cn-hangzhou.aliyuncs.com"),
        ("/?Action=GetUser&Version=2015-05-01", "LOGS.OSS-cn-hangzhou.aliyuncs.com:80"),
        ("http://logs.oss.example/a/b", "logs.oss.example"),
        ("/abc%2Fb", "oss.example:2742"),
    ] {
        let text = server.raw(&get(target, &format!("host: {host}\r\n"))).text();
        assert!(text.starts_with("HTTP/1.1 403 "), "{text}");
        assert!(text.contains("content-type: application/xml\r\n"), "{text}");
        assert!(text.contains("x-oss-request-id: "), "{text}");
        assert!(text.contains("<Code>AccessDenied</Code>"), "{text}");
        assert!(text.contains(&format!("<HostId>{host}</HostId>")), "{text}");
    }
    // What could break out of the answer is escaped.
    let text = server.raw(&get("/", "host: <a>&.oss-cn-hangzhou.aliyuncs.com\r\n")).text();
    assert!(text.contains("<HostId>&lt;a&gt;&amp;.oss-cn-hangzhou.aliyuncs.com</HostId>"), "{text}");
}

#[test]
fn all_other_hosts_lead_to_the_same_api() {
    let server = TestServer::start();
    let a = server.account("company-a", "11223344");
    for host in ["ram.aliyuncs.com", "sts.aliyuncs.com", "ecs.cn-hangzhou.aliyuncs.com", "argali", "a:1"] {
        let signed = a.client.signing(Signing::V1Query).sign("Sts", "GetCallerIdentity", &[]);
        let line = format!("host: {host}\r\n");
        let relative = server.raw(&get(&signed.target, &line));
        assert_eq!(relative.status(), Some(200), "{host}: {}", relative.text());
        let signed = a.client.signing(Signing::V1Query).sign("Sts", "GetCallerIdentity", &[]);
        let absolute = server.raw(&get(&format!("http://{host}{}", signed.target), &line));
        assert_eq!(absolute.status(), Some(200), "{host}: {}", absolute.text());
    }
}
