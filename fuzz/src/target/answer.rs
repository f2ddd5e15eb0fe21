//! Answers: what the server writes can be read again, in JSON and XML, and nothing that comes back breaks a client.

use argali_protocol::{ApiFailure, Format, decode_answer, encode_success};
use serde_json::{Map, Value};

use super::{Probe, Target, gist, outcome};
use crate::engine::{Shape, Words};

pub(super) static TARGET: Target = Target {
    name: "answer",
    shape: Shape::Json,
    words: Words::anywhere(&[
        "RequestId",
        "Code",
        "Message",
        "AccessDeniedDetail",
        "User",
        "Users",
        "a",
        "",
        "<",
        ">",
        "&",
        "]]>",
        "<!--",
        "&amp;",
        "&#0;",
        "&#x10FFFF;",
        "<a/>",
        "<?xml version=\"1.0\"?>",
        "<!DOCTYPE a>",
        "<![CDATA[x]]>",
        "\r\n",
        "\u{0}",
        "\u{FFFE}",
        "1a",
        "a b",
    ]),
    seeds: || {
        let objects = [
            r#"{"User":{"UserName":"alice","Comments":"é & <b> \r\n","Tags":[{"Key":"a"},{"Key":"b"}]}}"#,
            r#"{"Users":{"User":[{"UserName":"alice"},{"UserName":"bob"}]},"IsTruncated":false,"Total":2,"Rate":0.5}"#,
            r#"{"Code":"NoPermission","Message":"You are not authorized."}"#,
            "{}",
            r#"{"A":null,"B":[],"C":"","D":[1],"E":{"F":{"G":["x","y"]}}}"#,
        ];
        let elements = [
            "<R><RequestId>1</RequestId><User><UserName>alice</UserName></User></R>",
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><R><A>&amp;&#13;</A><A/><B><![CDATA[x]]></B></R>",
        ];
        objects.iter().chain(&elements).map(|text| text.as_bytes().to_vec()).collect()
    },
    start: || Box::new(Answers),
};

struct Answers;

impl Probe for Answers {
    fn probe(&mut self, input: &[u8]) -> u64 {
        let mut seen = Vec::new();
        for (status, kind) in [(200, "text/xml;charset=utf-8"), (200, "application/json"), (403, "text/xml")]
        {
            match decode_answer(status, kind, input) {
                Ok(value) => {
                    assert!(value.is_object());
                    seen.push(outcome(form(&value, 4)));
                }
                Err(ApiFailure { code, message, .. }) => {
                    assert!(code != ApiFailure::UNREADABLE || !message.is_empty());
                    seen.push(if code == ApiFailure::UNREADABLE { 3 } else { 4 });
                }
            }
        }
        let Ok(Value::Object(body)) = serde_json::from_slice::<Value>(input) else { return outcome(seen) };
        let members = body.clone();
        match encode_success(Format::Xml, "GetUser", "REQUEST", &body) {
            Err(error) => seen.push(outcome(gist(&error.to_string()))),
            Ok(text) => {
                let read = decode_answer(200, Format::Xml.content_type(), &text);
                let read = read.unwrap_or_else(|error| panic!("{error}: {}", text.escape_ascii()));
                if body.values().all(is_plain) && body.keys().all(|name| is_name(name) && name != "RequestId")
                {
                    let mut wanted =
                        as_xml_has_it(&Value::Object(body)).as_object().cloned().unwrap_or_default();
                    wanted.insert("RequestId".to_owned(), "REQUEST".into());
                    let wanted = Value::Object(wanted);
                    assert_eq!(read, wanted, "{}", text.escape_ascii());
                    seen.push(5);
                }
            }
        }
        // A fraction may be read one bit off.
        if !members.contains_key("RequestId") && !members.values().any(has_fraction) {
            let text = encode_success(Format::Json, "GetUser", "REQUEST", &members).unwrap();
            let mut wanted = Value::Object(members);
            wanted["RequestId"] = "REQUEST".into();
            assert_eq!(serde_json::from_slice::<Value>(&text).unwrap(), wanted);
        }
        outcome(seen)
    }
}

/// What a value is made of, down to a depth.
fn form(value: &Value, depth: usize) -> String {
    match value {
        _ if depth == 0 => String::new(),
        Value::Object(members) => {
            members.values().take(4).map(|value| form(value, depth - 1) + ",").collect()
        }
        Value::Array(list) => {
            format!("[{}", list.first().map(|value| form(value, depth - 1)).unwrap_or_default())
        }
        Value::String(text) => format!("{}", text.len().min(2)),
        _ => "x".to_owned(),
    }
}

fn has_fraction(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_f64(),
        Value::Array(list) => list.iter().any(has_fraction),
        Value::Object(members) => members.values().any(has_fraction),
        _ => false,
    }
}

/// Whether XML can carry a value so that it is the same afterwards, but for numbers being text.
fn is_plain(value: &Value) -> bool {
    match value {
        Value::Array(list) => list.iter().all(|one| !one.is_array() && !one.is_null() && is_plain(one)),
        Value::Object(members) => members.iter().all(|(name, value)| is_name(name) && is_plain(value)),
        Value::String(text) => text.chars().all(|c| c >= ' ' && !matches!(c, '\u{FFFE}' | '\u{FFFF}')),
        _ => true,
    }
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The value as it comes out of XML.
fn as_xml_has_it(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut kept = Map::new();
            for (name, value) in members {
                match value {
                    Value::Null => {}
                    Value::Array(list) if list.is_empty() => {}
                    Value::Array(list) if list.len() == 1 => {
                        kept.insert(name.clone(), as_xml_has_it(&list[0]));
                    }
                    Value::Array(list) => {
                        kept.insert(name.clone(), list.iter().map(as_xml_has_it).collect());
                    }
                    value => {
                        kept.insert(name.clone(), as_xml_has_it(value));
                    }
                }
            }
            // An element without elements in it is text.
            if kept.is_empty() { Value::String(String::new()) } else { Value::Object(kept) }
        }
        Value::String(text) => Value::String(text.clone()),
        Value::Number(number) if number.is_f64() => {
            Value::String(number.as_f64().unwrap_or_default().to_string())
        }
        other => Value::String(other.to_string()),
    }
}
