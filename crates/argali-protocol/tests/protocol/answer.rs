//! Answers as clients get and read them.

use std::collections::BTreeMap;

use argali_protocol::{
    AccessDeniedDetail, ApiFailure, EncodeError, ErrorBody, Format, decode_answer, encode_error,
    encode_success,
};
use serde::Serialize;
use serde_json::{Value, json};

const ID: &str = "4C467B38-3910-447D-87BC-AC049166F216";
const XML: &str = r#"<?xml version="1.0" encoding="UTF-8"?>"#;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListUsers {
    users: Users,
    is_truncated: bool,
    marker: Option<String>,
    total: Option<i64>,
    kind: Kind,
}

#[derive(Serialize)]
struct Users {
    #[serde(rename = "User")]
    list: Vec<User>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct User {
    user_name: &'static str,
    comments: String,
}

#[derive(Serialize)]
enum Kind {
    Custom,
}

fn page(names: &[&'static str]) -> ListUsers {
    let user = |name: &&'static str| User { user_name: name, comments: "a<b>&\"c\"".into() };
    let users = Users { list: names.iter().map(user).collect() };
    ListUsers { users, is_truncated: false, marker: None, total: Some(-1), kind: Kind::Custom }
}

fn success<T: Serialize>(format: Format, body: &T) -> String {
    String::from_utf8(encode_success(format, "ListUsers", ID, body).unwrap()).unwrap()
}

#[test]
fn bodies_that_are_no_object() {
    for format in [Format::Json, Format::Xml] {
        for body in [json!([1]), json!("text"), json!(1), json!(true)] {
            let refused = encode_success(format, "A", ID, &body);
            assert!(matches!(refused, Err(EncodeError::NotAnObject)), "{format:?} {body}");
        }
    }
}

#[test]
fn json_success() {
    let user = |name| format!(r#"{{"UserName":"{name}","Comments":"a<b>&\"c\""}}"#);
    let expected = format!(
        r#"{{"RequestId":"{ID}","Users":{{"User":[{},{}]}},"IsTruncated":false,"Marker":null,"Total":-1,"Kind":"Custom"}}"#,
        user("alice"),
        user("bob")
    );
    assert_eq!(success(Format::Json, &page(&["alice", "bob"])), expected);
    let empty = format!(r#"{{"RequestId":"{ID}"}}"#);
    assert_eq!(success(Format::Json, &()), empty);
    assert_eq!(success(Format::Json, &json!({})), empty);
    assert_eq!(success(Format::Json, &json!({"n": null})), format!(r#"{{"RequestId":"{ID}","n":null}}"#));
}

#[test]
fn xml_success() {
    let user =
        |name| format!("<User><UserName>{name}</UserName><Comments>a&lt;b&gt;&amp;\"c\"</Comments></User>");
    let tail = "<IsTruncated>false</IsTruncated><Total>-1</Total><Kind>Custom</Kind></ListUsersResponse>";
    let head = format!("{XML}<ListUsersResponse><RequestId>{ID}</RequestId>");
    let two = format!("{head}<Users>{}{}</Users>{tail}", user("alice"), user("bob"));
    assert_eq!(success(Format::Xml, &page(&["alice", "bob"])), two);
    assert_eq!(success(Format::Xml, &page(&[])), format!("{head}<Users></Users>{tail}"));
    assert_eq!(success(Format::Xml, &()), format!("{head}</ListUsersResponse>"));
    let flat = json!({"TagResources": [{"TagKey": "a"}, {"TagKey": "b"}], "Nothing": null, "Empty": ""});
    let expected = "<Empty></Empty><TagResources><TagKey>a</TagKey></TagResources>\
                    <TagResources><TagKey>b</TagKey></TagResources></ListUsersResponse>";
    assert_eq!(success(Format::Xml, &flat), format!("{head}{expected}"));
}

#[test]
fn the_shapes_of_serde_agree_in_both_formats() {
    #[derive(Serialize)]
    struct Wrapped(&'static str);
    #[derive(Serialize)]
    enum Either {
        Left(u8),
    }
    #[derive(Serialize)]
    struct Shapes {
        wrapped: Wrapped,
        either: Either,
        pair: (bool, char),
        map: BTreeMap<i32, f64>,
        some: Option<()>,
    }
    let map = BTreeMap::from([(1, 0.5)]);
    let shapes =
        Shapes { wrapped: Wrapped("w"), either: Either::Left(7), pair: (true, 'c'), map, some: Some(()) };
    let json = success(Format::Json, &shapes);
    let members = r#""wrapped":"w","either":{"Left":7},"pair":[true,"c"],"map":{"1":0.5},"some":null"#;
    assert!(json.ends_with(&format!("{members}}}")), "{json}");
    let xml = success(Format::Xml, &shapes);
    let elements = "<wrapped>w</wrapped><either><Left>7</Left></either><pair>true</pair><pair>c</pair>\
                    <map><_1>0.5</_1></map></ListUsersResponse>";
    assert!(xml.ends_with(elements), "{xml}");
}

#[test]
fn xml_carries_any_text_and_key() {
    let text = "\u{0}\u{1}\u{B}\u{FFFE}\u{FFFF}\t\n\r]]>运😀";
    let body = BTreeMap::from([("a b<c>", text), ("1", "x"), ("", "y"), ("运", "z")]);
    let answer = success(Format::Xml, &body);
    let expected = "<_>y</_><_1>x</_1>\
                    <a_b_c_>\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\t\n&#13;]]&gt;运😀</a_b_c_><_>z</_>";
    assert!(answer.contains(expected), "{answer}");
    let read = decode_answer(200, Format::Xml.content_type(), answer.as_bytes()).unwrap();
    assert_eq!(read["a_b_c_"], "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\t\n\r]]>运😀");
}

fn error() -> ErrorBody {
    ErrorBody {
        request_id: ID.into(),
        host_id: "ram.aliyuncs.com".into(),
        code: "EntityNotExist.User".into(),
        message: "The user <b> & \"c\" does not exist.".into(),
        recommend: None,
        access_denied_detail: None,
    }
}

fn denied() -> ErrorBody {
    ErrorBody {
        code: "NoPermission".into(),
        recommend: Some("https://help.example/?a=1&b=2".into()),
        access_denied_detail: Some(AccessDeniedDetail {
            auth_action: "ecs:StopInstance".into(),
            auth_principal_type: "AssumedRoleUser".into(),
            auth_principal_owner_id: "1234567890123456".into(),
            auth_principal_display_name: "ops-role:alice".into(),
            no_permission_type: "ImplicitDeny".into(),
            policy_type: "AccountLevelIdentityBasedPolicy".into(),
            encoded_diagnostic_message: None,
        }),
        ..error()
    }
}

#[test]
fn errors_as_text() {
    let json = String::from_utf8(encode_error(Format::Json, &error())).unwrap();
    let expected = format!(
        r#"{{"RequestId":"{ID}","HostId":"ram.aliyuncs.com","Code":"EntityNotExist.User","Message":"The user <b> & \"c\" does not exist."}}"#
    );
    assert_eq!(json, expected);
    let xml = String::from_utf8(encode_error(Format::Xml, &error())).unwrap();
    let expected = format!(
        "{XML}<Error><RequestId>{ID}</RequestId><HostId>ram.aliyuncs.com</HostId><Code>EntityNotExist.User</Code>\
         <Message>The user &lt;b&gt; &amp; \"c\" does not exist.</Message></Error>"
    );
    assert_eq!(xml, expected);
    let json: Value = serde_json::from_slice(&encode_error(Format::Json, &denied())).unwrap();
    let members: Vec<_> = json["AccessDeniedDetail"].as_object().unwrap().keys().collect();
    let expected = [
        "AuthAction",
        "AuthPrincipalDisplayName",
        "AuthPrincipalOwnerId",
        "AuthPrincipalType",
        "NoPermissionType",
        "PolicyType",
    ];
    assert_eq!(members, expected);
}

#[test]
fn content_types_are_exact() {
    assert_eq!(Format::Json.content_type(), "application/json;charset=utf-8");
    assert_eq!(Format::Xml.content_type(), "text/xml;charset=utf-8");
}

#[test]
fn answers_that_are_none() {
    let deep = "<a>".repeat(1_000) + &"</a>".repeat(1_000);
    for (status, content_type, body) in [
        (200, "application/json", ""),
        (200, "application/json", "[]"),
        (200, "application/json", "<html>"),
        (200, "text/html", "<html></html>"),
        (302, "application/json", "{}"),
        (500, "application/json", r#"{"Message":"no code"}"#),
        (502, "text/html", "<html>Bad gateway</html>"),
        (200, "text/xml", ""),
        (200, "text/xml", "<a>"),
        (200, "text/xml", "<a></b>"),
        (200, "text/xml", "<a/><b/>"),
        (200, "text/xml", "text"),
        (200, "text/xml", "<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>"),
        (200, "text/xml", "<a>&unknown;</a>"),
        (200, "text/xml", &deep),
    ] {
        let failure = decode_answer(status, content_type, body.as_bytes()).expect_err(body);
        assert_eq!((failure.code.as_str(), failure.status), (ApiFailure::UNREADABLE, status), "{body}");
    }
    assert!(decode_answer(200, "text/xml", b"<a>\xFF</a>").is_err());
}

#[test]
fn what_is_written_is_read() {
    for format in [Format::Json, Format::Xml] {
        let answer = success(format, &page(&["alice", "bob"]));
        let read = decode_answer(200, format.content_type(), answer.as_bytes()).unwrap();
        assert_eq!(read["RequestId"], ID);
        assert_eq!(read["Users"]["User"][1]["UserName"], "bob");
        assert_eq!(read["Users"]["User"][0]["Comments"], "a<b>&\"c\"");

        let failure =
            decode_answer(403, format.content_type(), &encode_error(format, &denied())).unwrap_err();
        let ErrorBody { code, message, recommend, access_denied_detail, .. } = denied();
        let expected = ApiFailure {
            code,
            message,
            request_id: Some(ID.into()),
            status: 403,
            recommend,
            access_denied_detail: access_denied_detail.map(Box::new),
        };
        assert_eq!(failure, expected, "{format:?}");
    }
}
