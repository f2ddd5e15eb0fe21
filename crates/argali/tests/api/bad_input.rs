//! Input that means nothing, or two things: refused with a code, a sentence and a request id, and nothing changed.
// SPEC: security, requests; wire protocol, success responses and errors.

use std::sync::Arc;

use argali_protocol::SignedRequest;
use argali_testkit::{Client, Enterprise, Format, PanickingEntropy, Signing, TestServer};
use serde_json::Value;

use crate::expect::{Calls, is_request_id};
use crate::ram::state;
use crate::stage::fresh;
use crate::wire::{Reply, bytes, send, send_bytes};
use crate::world::{shared, tenant, tenant_on};

const JSON: &str = "application/json;charset=utf-8";
const XML: &str = "text/xml;charset=utf-8";

/// A request that would succeed.
fn good(a: &Enterprise) -> SignedRequest {
    a.client.sign("Sts", "GetCallerIdentity", &[])
}

/// A request with something changed in its bytes.
#[track_caller]
fn bent(a: &Enterprise, from: &str, to: &str) -> Reply {
    let request = String::from_utf8(bytes(&good(a))).unwrap();
    assert!(request.contains(from), "`{from}` is not in {request}");
    send_bytes(shared(), request.replacen(from, to, 1).as_bytes())
}

/// What every answer must be, whether it says yes or no.
#[track_caller]
fn sound(reply: &Reply) {
    let id = reply.header("x-acs-request-id");
    assert!(is_request_id(id), "{reply:?}");
    assert!(reply.body.contains(id), "header and body name one request: {reply:?}");
    assert_eq!(reply.header("x-content-type-options"), "nosniff");
    assert_eq!(reply.header("access-control-allow-origin"), "*");
    assert_eq!(reply.header("access-control-expose-headers"), "*");
    let content_type = reply.header("content-type");
    let begins = match content_type {
        JSON => "{",
        XML => "<?xml version=\"1.0\" encoding=\"UTF-8\"?><",
        other => panic!("the content type `{other}`"),
    };
    assert!(reply.body.starts_with(begins), "{reply:?}");
}

/// A refusal with this status and code.
#[track_caller]
fn refused(reply: &Reply, status: u16, code: &str) {
    assert_eq!((reply.status, reply.code().as_str()), (status, code), "{reply:?}");
    sound(reply);
}

#[test]
fn what_is_not_there_cannot_be_called() {
    let a = tenant();
    for (version, action, expected) in [
        ("2015-05-01", "DoNothing", "InvalidAction.NotFound"),
        ("2015-05-01", "createuser", "InvalidAction.NotFound"),
        ("2015-05-01", "AssumeRole", "InvalidAction.NotFound"),
        ("2015-05-01", "../ListUsers", "InvalidAction.NotFound"),
        ("2015-05-02", "ListUsers", "InvalidVersion"),
        ("latest", "ListUsers", "InvalidVersion"),
    ] {
        // Before the signature is looked at: a signed request and an unsigned one are told the same.
        let status = if expected == "InvalidVersion" { 400 } else { 404 };
        let mut request = good(&a);
        for (name, value) in &mut request.headers {
            match name.as_str() {
                "x-acs-action" => action.clone_into(value),
                "x-acs-version" => version.clone_into(value),
                _ => {}
            }
        }
        refused(&send(shared(), &request), status, expected);
        request.headers.retain(|(name, _)| name != "authorization");
        refused(&send(shared(), &request), status, expected);
    }
}

#[test]
fn other_methods_and_paths_are_none() {
    let a = tenant();
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "MADE-UP", "post"] {
        refused(&bent(&a, "POST / ", &format!("{method} / ")), 403, "UnsupportedHTTPMethod");
    }
    for path in ["/index.html", "//", "/./", "/%2e", "/ram/"] {
        refused(&bent(&a, "POST / ", &format!("POST {path} ")), 404, "InvalidAction.NotFound");
    }
}

#[test]
fn what_has_two_readings_has_none() {
    let a = tenant();
    let with_query = |query: &str| bent(&a, "POST / ", &format!("POST /?{query} "));
    for query in [
        "a=%",
        "a=%2",
        "a=%zz",
        "a=%ff",
        "a=%c3%28",
        "a=%00",
        "%00=a",
        "a=b%00c",
        "=a",
        "a=1&a=2",
        "a=%ed%a0%80",
    ] {
        refused(&with_query(query), 400, "InvalidParameter");
    }
    // `;` separates nothing: this is one parameter, which was not signed.
    refused(&with_query("a=1;a=2"), 400, "SignatureDoesNotMatch");
    let many: Vec<_> = (0..301).map(|number| format!("p{number}=x")).collect();
    refused(&with_query(&many.join("&")), 400, "InvalidParameter");
    refused(&with_query("Format=YAML"), 400, "SignatureDoesNotMatch");
    let v1 = |from: &str, to: &str| {
        let request = a.client.signing(Signing::V1Query).sign("Sts", "GetCallerIdentity", &[]);
        let request = String::from_utf8(bytes(&request)).unwrap();
        send_bytes(shared(), request.replacen(from, to, 1).as_bytes())
    };
    refused(&v1("Format=JSON", "Format=YAML"), 400, "InvalidParameter.Format");
    // Two hosts: one in the target, one in the header.
    refused(&bent(&a, "POST / ", "POST http://ram.example.com/ "), 400, "InvalidParameter");
}

#[test]
fn control_characters_are_refused_wherever_they_are() {
    let a = tenant();
    let before = state(&a);
    for text in ["a\0b", "a\u{1}b", "\u{1b}[31m", "a\u{7}"] {
        for signing in [Signing::V1Form, Signing::V3Form, Signing::V3Query] {
            let params = [("UserName", "alice"), ("Comments", text)];
            let result = a.client.signing(signing);
            // The client itself refuses to sign what a server must refuse, so the text is put in afterwards.
            let mut request = result.sign("Ram", "CreateUser", &[params[0], ("Comments", "PLACE")]);
            let encoded: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
            request.target = request.target.replace("PLACE", &encoded);
            request.body = String::from_utf8(request.body).unwrap().replace("PLACE", &encoded).into_bytes();
            refused(&send(shared(), &request), 400, "InvalidParameter");
        }
    }
    assert_eq!(state(&a), before);
}

#[test]
fn too_much_is_too_much() {
    let a = tenant();
    let before = state(&a);
    let form = |length: usize| format!("UserName=eve&Comments={}", "x".repeat(length));
    let post = |body: &str, headers: &str| {
        let head = format!(
            "POST / HTTP/1.1\r\nhost: h\r\nx-acs-action: CreateUser\r\nx-acs-version: 2015-05-01\r\n\
             content-type: application/x-www-form-urlencoded\r\n{headers}connection: close\r\n\r\n"
        );
        send_bytes(shared(), format!("{head}{body}").as_bytes())
    };
    let large = form(1 << 20);
    refused(&post(&large, &format!("content-length: {}\r\n", large.len())), 413, "RequestBodyTooLarge");
    // It need not be sent to be refused.
    refused(&post("", "content-length: 99999999999\r\n"), 413, "RequestBodyTooLarge");
    for coding in ["gzip", "br", "deflate", "identity, gzip", "x-made-up"] {
        let headers = format!("content-encoding: {coding}\r\ncontent-length: 4\r\n");
        refused(&post("1234", &headers), 415, "UnsupportedContentEncoding");
    }
    let long = format!("POST /?a={} ", "x".repeat(32 << 10));
    assert_eq!(bent(&a, "POST / ", &long).status, 414);
    let mut many = good(&a);
    many.headers.extend((0..120).map(|number| (format!("x-more-{number}"), "x".to_owned())));
    assert!((400..500).contains(&send(shared(), &many).status));
    assert_eq!(state(&a), before);
}

#[test]
fn a_body_that_is_no_form_is_refused() {
    let a = tenant();
    for content_type in ["application/json", "text/plain", "multipart/form-data; boundary=x", ""] {
        let mut request = a.client.signing(Signing::V3Form).sign("Ram", "CreateUser", &[("UserName", "eve")]);
        for (name, value) in &mut request.headers {
            if name == "content-type" {
                content_type.clone_into(value);
            }
        }
        refused(&send(shared(), &request), 400, "InvalidParameter");
    }
    let mut unsaid = a.client.signing(Signing::V1Form).sign("Ram", "CreateUser", &[("UserName", "eve")]);
    unsaid.headers.retain(|(name, _)| name != "content-type");
    let reply = send(shared(), &unsaid);
    assert_eq!((reply.status, reply.code().as_str()), (400, "InvalidParameter"));
    a.client.refused("Ram", "GetUser", &[("UserName", "eve")], "EntityNotExist.User");
}

/// One call as `format`, good or refused.
fn exchange(client: &Client, format: Format, name: &str) -> Reply {
    send(shared(), &client.format(format).sign("Ram", "GetUser", &[("UserName", name)]))
}

#[test]
fn answers_are_json_or_xml_to_the_letter() {
    let a = tenant();
    a.must("Ram", "CreateUser", &[("UserName", "alice"), ("Comments", "<b>&\"'")]);
    for signing in Signing::ALL {
        let client = a.client.signing(signing);
        for (format, content_type) in [(Format::Json, JSON), (Format::Xml, XML)] {
            for (name, status) in [("alice", 200), ("nobody", 404)] {
                let reply = exchange(&client, format, name);
                assert_eq!(
                    (reply.status, reply.header("content-type")),
                    (status, content_type),
                    "{signing:?}"
                );
                sound(&reply);
            }
        }
    }
    let xml = exchange(&a.client, Format::Xml, "alice");
    assert!(xml.body.contains("?><GetUserResponse><RequestId>"), "{xml:?}");
    assert!(
        xml.body.contains("<Comments>&lt;b&gt;&amp;") && xml.body.ends_with("</GetUserResponse>"),
        "{xml:?}"
    );
    assert_eq!(xml.decoded().unwrap()["User"]["Comments"], "<b>&\"'");
    let error = exchange(&a.client, Format::Xml, "nobody");
    assert!(error.body.contains("?><Error><RequestId>") && error.body.ends_with("</Error>"), "{error:?}");

    let error = exchange(&a.client, Format::Json, "nobody");
    let members: Value = serde_json::from_str(&error.body).unwrap();
    assert_eq!(members["Code"], "EntityNotExist.User");
    assert_eq!(members["HostId"], shared().endpoint());
    assert_eq!(members["RequestId"], error.header("x-acs-request-id"));
    assert!(members["Recommend"].as_str().unwrap().ends_with("EntityNotExist.User"));
    // A member `Code` in a success would be taken for a failure.
    let success = exchange(&a.client, Format::Json, "alice");
    assert_eq!(serde_json::from_str::<Value>(&success.body).unwrap().get("Code"), None);
}

#[test]
fn the_form_of_an_answer_is_chosen_as_clients_expect() {
    let a = tenant();
    let v1 = |format: &str| {
        let request = a.client.signing(Signing::V1Query).sign("Ram", "DoNothing", &[]);
        let request = String::from_utf8(bytes(&request)).unwrap().replacen("Format=JSON", format, 1);
        send_bytes(shared(), request.as_bytes())
    };
    for (format, content_type) in [
        ("Format=JSON", JSON),
        ("Format=json", JSON),
        ("Format=XML", XML),
        ("Format=xml", XML),
        ("Format=", XML),
        ("Other=JSON", XML),
    ] {
        assert_eq!(v1(format).header("content-type"), content_type, "{format}");
    }
    let v3 = |accept: &str| bent(&a, "accept: application/json", accept);
    for (accept, content_type) in [
        ("accept: application/json", JSON),
        ("accept: text/xml", XML),
        ("accept: application/xml", XML),
        ("accept: */*", JSON),
        ("accept: text/html", JSON),
        ("x-other: x", JSON),
    ] {
        assert_eq!(v3(accept).header("content-type"), content_type, "{accept}");
    }
}

#[test]
fn an_answer_never_repeats_a_secret_of_the_request() {
    let a = tenant();
    let secret = "Tr0ub4dor-and-3";
    let params = [("UserName", "alice"), ("Password", secret), ("Comments", "x")];
    for signing in Signing::ALL {
        for request in [
            a.client.signing(signing).sign("Ram", "GetUser", &params),
            a.client.signing(signing).sign("Ram", "DoNothing", &params),
        ] {
            let reply = send(shared(), &request);
            assert!(reply.status >= 400 && !reply.body.contains(secret), "{reply:?}");
        }
    }
}

#[test]
fn hostile_texts_come_back_as_they_were_sent() {
    let a = tenant();
    for text in [
        "</Comments><Comments>",
        "]]>",
        "{\"Code\":\"x\"}",
        "%00%2e",
        "' OR 1=1 --",
        "${jndi:ldap://x}",
        "a\u{202e}b",
        "+ &=?#",
        "\u{1f600}",
    ] {
        let name = fresh("hostile");
        a.must("Ram", "CreateUser", &[("UserName", &name), ("Comments", text)]);
        for signing in Signing::ALL {
            for format in [Format::Json, Format::Xml] {
                let shown =
                    a.client.signing(signing).format(format).must("Ram", "GetUser", &[("UserName", &name)]);
                assert_eq!(shown["User"]["Comments"], text, "{signing:?} {format:?}");
            }
        }
    }
}

#[test]
fn a_panic_ends_its_own_request_alone() {
    let entropy = Arc::new(PanickingEntropy::new(7));
    let server = TestServer::builder().entropy(Arc::clone(&entropy) as _).start();
    let a = tenant_on(&server);
    a.must("Ram", "CreateUser", &[("UserName", "alice")]);
    let before = state(&a);
    let params = [("UserName", "alice")];
    for format in [Format::Json, Format::Xml] {
        entropy.arm();
        let client = a.client.format(format);
        let failure = client.refused("Ram", "CreateAccessKey", &params, "InternalError");
        assert!(!failure.message.contains("bug that a test asked for"), "{failure}");
        assert_eq!(state(&a), before, "a call that panicked changes nothing");
    }
    // Others do not notice, not even those that change things at the same time.
    entropy.arm();
    let results: Vec<_> = std::thread::scope(|scope| {
        let callers: Vec<_> = (0..20)
            .map(|number| {
                let a = &a;
                scope.spawn(move || match number % 4 {
                    0 => a.client.call("Ram", "CreateAccessKey", &params),
                    1 => a.client.call("Ram", "CreateGroup", &[("GroupName", &fresh("group"))]),
                    _ => a.client.call("Ram", "GetUser", &params),
                })
            })
            .collect();
        callers.into_iter().map(|caller| caller.join().unwrap()).collect()
    });
    let codes =
        results.iter().filter_map(|result| result.as_ref().err()).map(|failure| failure.code.as_str());
    let (panicked, others): (Vec<_>, Vec<_>) = codes.partition(|code| *code == "InternalError");
    assert_eq!(panicked.len(), 1, "{panicked:?} {others:?}");
    // The rest of the five keys but two are too many, whether it was a key or a group that met with the bug.
    assert!(others.iter().all(|code| *code == "LimitExceeded.User.AccessKey"), "{others:?}");
    let keys = a.must("Ram", "ListAccessKeys", &params);
    assert_eq!(keys["AccessKeys"]["AccessKey"].as_array().unwrap().len(), 2);
    assert_eq!(server.page("/-/healthz").0, 200);
}
