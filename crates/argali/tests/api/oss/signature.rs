//! Signatures of every kind, and what is said of those that are not good.

use argali_testkit::{Credentials, OssScheme, TestServer, minutes, seconds};

use super::Shop;

const SCHEMES: [OssScheme; 3] = [OssScheme::V1, OssScheme::V4, OssScheme::S3];

#[test]
fn each_way_of_signing_is_understood() {
    let shop = Shop::open();
    let user = shop.owner.user("alice");
    shop.owner.grant("alice", "AdministratorAccess");
    let role = shop.owner.role("worker", &[&shop.owner.root_arn()], &["AliyunOSSFullAccess"]);
    let session = user.assume(&role, "session").unwrap();
    for client in [shop.oss.clone(), shop.by(&user), shop.by(&session)] {
        for scheme in SCHEMES {
            let client = client.scheme(scheme);
            client.put(&shop.bucket, "dir/运维 1+.txt", b"x").must();
            client.get(&shop.bucket, "dir/运维 1+.txt").must();
            client.call("GET", &shop.bucket, "").query("prefix", "dir/").query("delimiter", "").send().must();
            client.call("GET", &shop.bucket, "").query("acl", "").send().must();
        }
        for scheme in [OssScheme::V1, OssScheme::V4] {
            let client = client.scheme(scheme);
            let target = client.call("GET", &shop.bucket, "dir/运维 1+.txt").presigned(600);
            assert_eq!(client.exchange("GET", &target, &[], b"").outcome(), "200", "{target}");
            assert_eq!(client.exchange("DELETE", &target, &[], b"").outcome(), "403 SignatureDoesNotMatch");
            let target = client.call("PUT", &shop.bucket, "uploaded").presigned(600);
            assert_eq!(client.exchange("PUT", &target, &[], b"by link").outcome(), "200");
            assert_eq!(client.get(&shop.bucket, "uploaded").body, b"by link");
        }
    }
}

#[test]
fn a_wrong_signature_is_told_with_what_was_to_be_signed() {
    let shop = Shop::open();
    let real = shop.owner.client.credentials();
    let forged = Credentials { access_key_secret: "wrong".into(), ..real.clone() };
    for scheme in SCHEMES {
        let forger = shop.oss.with_credentials(Some(&forged)).scheme(scheme);
        let refused = forger.put(&shop.bucket, "a", b"x");
        assert_eq!(refused.outcome(), "403 SignatureDoesNotMatch");
        assert_eq!(refused.element("OSSAccessKeyId"), real.access_key_id);
        assert!(
            !refused.element("StringToSign").is_empty() && !refused.element("SignatureProvided").is_empty()
        );
        assert_eq!(refused.element("RequestId"), refused.header("x-oss-request-id"));
        assert_eq!(refused.element("HostId"), shop.oss.address().to_string());
        let unknown = Credentials { access_key_id: "LTAI5tNobodysKey00000000".to_owned(), ..forged.clone() };
        let refused = shop.oss.with_credentials(Some(&unknown)).scheme(scheme).get(&shop.bucket, "a");
        assert_eq!(refused.outcome(), "403 InvalidAccessKeyId");
        let mut tokened = real.clone();
        tokened.security_token = Some("no token".to_owned());
        let refused = shop.oss.with_credentials(Some(&tokened)).scheme(scheme).get(&shop.bucket, "a");
        assert_eq!(refused.outcome(), "403 InvalidSecurityToken");
    }
}

#[test]
fn signatures_and_links_end() {
    let server = TestServer::start();
    let shop = Shop::on(&server);
    shop.oss.put(&shop.bucket, "a", b"x").must();
    for scheme in SCHEMES {
        let client = shop.oss.scheme(scheme);
        let (target, headers) = client.call("GET", &shop.bucket, "a").signed();
        assert_eq!(client.exchange("GET", &target, &headers, b"").outcome(), "200");
        assert_eq!(client.exchange("GET", &target, &headers, b"").outcome(), "200", "there is no nonce");
        server.clock().advance(minutes(15));
        assert_eq!(client.exchange("GET", &target, &headers, b"").outcome(), "200");
        server.clock().advance(seconds(1));
        assert_eq!(client.exchange("GET", &target, &headers, b"").outcome(), "403 RequestTimeTooSkewed");
    }
    for scheme in [OssScheme::V1, OssScheme::V4] {
        let client = shop.oss.scheme(scheme);
        let target = client.call("GET", &shop.bucket, "a").presigned(3_600);
        server.clock().advance(seconds(3_599));
        assert_eq!(client.exchange("GET", &target, &[], b"").outcome(), "200");
        server.clock().advance(seconds(1));
        let ended = client.exchange("GET", &target, &[], b"");
        assert_eq!(ended.outcome(), "403 AccessDenied");
        assert!(ended.element("Message").starts_with("Request has expired."), "{}", ended.text());
    }
    let session = {
        let user = shop.owner.user("alice");
        shop.owner.grant("alice", "AdministratorAccess");
        let role = shop.owner.role("worker", &[&shop.owner.root_arn()], &["AliyunOSSFullAccess"]);
        shop.by(&user.assume(&role, "session").unwrap())
    };
    session.get(&shop.bucket, "a").must();
    let link = session.call("GET", &shop.bucket, "a").presigned(86_400);
    server.clock().advance(minutes(61));
    assert_eq!(session.get(&shop.bucket, "a").outcome(), "403 SecurityTokenExpired");
    assert_eq!(
        session.exchange("GET", &link, &[], b"").outcome(),
        "403 SecurityTokenExpired",
        "no link outlives its session"
    );
}

#[test]
fn hosts_name_buckets_on_every_listener() {
    let server = TestServer::start();
    let shop = Shop::on(&server);
    shop.set_acl("public-read");
    shop.oss.put(&shop.bucket, "dir/a", b"by host").must();
    let host = format!("{}.oss-cn-hangzhou.aliyuncs.com", shop.bucket);
    for target in ["/dir/a", "/dir%2Fa", &format!("/{}/dir/a", shop.bucket)] {
        let lines = format!("GET {target} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
        let text = server.raw(lines.as_bytes()).text();
        assert!(text.starts_with("HTTP/1.1 200 ") && text.ends_with("by host"), "{target}: {text}");
    }
}
