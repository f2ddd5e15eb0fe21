//! Signatures computed by the official signers, checked from both sides.

use argali_protocol::{
    Credential, Credentials, Format, Outgoing, Placement, Scheme, Signed, sign_v1, sign_v3,
};
use serde_json::Value;

use crate::Sent;

#[test]
fn v1_vectors_verify() {
    for vector in vectors("v1") {
        let pairs: Vec<_> = pairs(&vector["params"]).collect();
        let signed = format!("{}&Signature={}", encode(&pairs), escape(text(&vector["signature"])));
        let method = text(&vector["method"]);
        let query = Sent { method: method.into(), ..Sent::get(&format!("/?{signed}")) };
        let form = Sent { method: method.into(), ..Sent::get("/").form(&signed) };
        // Common parameters in the query, the others in the form.
        let (common, own) = signed.split_at(signed.find('&').unwrap());
        let split = Sent {
            method: method.into(),
            ..Sent::get(&format!("/?{common}")).form(own.trim_start_matches('&'))
        };
        let mut requests = vec![query, form, split];
        if let Some(url) = vector["url"].as_str() {
            requests.push(Sent { method: method.into(), ..Sent::get(url) });
        }
        for request in requests {
            verified(&request, &vector, Scheme::V1);
        }
    }
}

#[test]
fn v3_vectors_verify() {
    for vector in vectors("v3") {
        let query: Vec<_> = pairs(&vector["query"]).collect();
        let mut request = Sent {
            method: text(&vector["method"]).into(),
            body: text(&vector["body"]).into(),
            ..Sent::get(&format!("/?{}", encode(&query)))
        };
        for (name, value) in pairs(&vector["headers"]) {
            request = request.header(&name, &value);
        }
        let request = request.header("authorization", text(&vector["authorization"]));
        verified(&request, &vector, Scheme::V3);
    }
}

#[test]
fn v1_vectors_are_what_we_sign() {
    const COMMON: [&str; 9] = [
        "AccessKeyId",
        "Action",
        "Format",
        "SecurityToken",
        "SignatureMethod",
        "SignatureNonce",
        "SignatureVersion",
        "Timestamp",
        "Version",
    ];
    for vector in vectors("v1") {
        let params: Vec<_> =
            pairs(&vector["params"]).filter(|(name, _)| !COMMON.contains(&name.as_str())).collect();
        let given = &vector["params"];
        for placement in [Placement::Query, Placement::Form] {
            let call = Outgoing {
                host: "ram.aliyuncs.com",
                action: text(&given["Action"]),
                version: text(&given["Version"]),
                params: &params,
                placement,
                method: text(&vector["method"]),
                timestamp_unix_s: unix_s(text(&given["Timestamp"])),
                nonce: text(&given["SignatureNonce"]),
                format: Format::Json,
                headers: &[],
            };
            let request = sign_v1(&call, &credentials(text(&given["AccessKeyId"]))).unwrap();
            let sent = format!("{}{}", request.target, String::from_utf8_lossy(&request.body));
            let signature = format!("&Signature={}", escape(text(&vector["signature"])));
            assert!(sent.ends_with(&signature), "{}: {sent}", vector["name"]);
            verified(&request.into(), &vector, Scheme::V1);
        }
    }
}

#[test]
fn v3_vectors_are_what_we_sign() {
    for vector in vectors("v3") {
        let header = |name: &str| text(&vector["headers"][name]);
        let body = text(&vector["body"]);
        let (placement, params): (_, Vec<_>) = if body.is_empty() {
            (Placement::Query, pairs(&vector["query"]).collect())
        } else {
            let pair =
                |piece: &str| piece.split_once('=').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
            (Placement::Form, body.split('&').map(pair).collect())
        };
        let is_further = |name: &str| matches!(name, "accept" | "user-agent");
        let further: Vec<_> = pairs(&vector["headers"]).filter(|(name, _)| is_further(name)).collect();
        let authorization = text(&vector["authorization"]);
        let key_id = authorization.split(['=', ',']).nth(1).unwrap();
        let call = Outgoing {
            host: header("host"),
            action: header("x-acs-action"),
            version: header("x-acs-version"),
            params: &params,
            placement,
            method: text(&vector["method"]),
            timestamp_unix_s: unix_s(header("x-acs-date")),
            nonce: header("x-acs-signature-nonce"),
            format: Format::Json,
            headers: &further,
        };
        let request = sign_v3(&call, &credentials(key_id)).unwrap();
        let sent = request.headers.iter().find(|(name, _)| name == "authorization").unwrap();
        assert_eq!(sent.1, authorization, "{}", vector["name"]);
        verified(&request.into(), &vector, Scheme::V3);
    }
}

/// Checks that a request reads and verifies, and that another secret yields the vector's own text to sign.
fn verified(request: &Sent, vector: &Value, scheme: Scheme) {
    let name = &vector["name"];
    request.read(|call| {
        let call = call.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(call.format, Format::Json, "{name}");
        let signed = match &call.credential {
            Credential::Signed(signed) => signed,
            Credential::Anonymous => panic!("{name}: anonymous"),
        };
        assert_eq!(signed.scheme, scheme, "{name}");
        assert_eq!(signed.security_token.is_some(), signed.access_key_id.starts_with("STS."), "{name}");
        signed.verify(secret(&signed.access_key_id).as_bytes()).unwrap_or_else(|_| panic!("{name}"));
        mismatched(signed, vector);
    });
}

fn mismatched(signed: &Signed<'_>, vector: &Value) {
    let mismatch = signed.verify(b"another secret").expect_err("must not verify");
    assert_eq!(mismatch.string_to_sign(), text(&vector["string_to_sign"]));
    assert_eq!(mismatch.canonical_request(), vector["canonical_request"].as_str());
    let told = "Specified signature is not matched with our calculation. server string to sign is:";
    assert_eq!(mismatch.message(), format!("{told}{}", mismatch.string_to_sign()));
    assert_eq!((mismatch.code(), mismatch.http_status()), ("SignatureDoesNotMatch", 400));
    assert!(!format!("{mismatch} {mismatch:?}").contains("Action"));
}

pub(crate) fn vectors(scheme: &str) -> Vec<Value> {
    let data: Value = serde_json::from_str(include_str!("../data/signature-vectors.json")).unwrap();
    let list = data[scheme].as_array().unwrap().clone();
    assert!(list.len() >= 5);
    list
}

pub(crate) fn credentials(access_key_id: &str) -> Credentials {
    let token = || "CAISTestSecurityToken+/=0123456789".to_owned();
    Credentials {
        access_key_id: access_key_id.to_owned(),
        access_key_secret: secret(access_key_id).into(),
        security_token: access_key_id.starts_with("STS.").then(token),
    }
}

pub(crate) fn secret(access_key_id: &str) -> &'static str {
    match access_key_id {
        "LTAI5tTestAccessKeyId01" => "testSecretForArgaliVectors0000",
        "STS.NTestStsAccessKeyId01" => "testStsSecretForArgali000000000",
        "testid" => "testsecret",
        "YourAccessKeyId" => "YourAccessKeySecret",
        other => panic!("{other}"),
    }
}

fn pairs(object: &Value) -> impl Iterator<Item = (String, String)> {
    object.as_object().unwrap().iter().map(|(name, value)| (name.clone(), text(value).to_owned()))
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value}"))
}

fn unix_s(text: &str) -> i64 {
    match text {
        "2015-08-18T03:15:45Z" => 1_439_867_745,
        "2023-10-26T10:22:32Z" => 1_698_315_752,
        "2025-01-02T03:04:05Z" => 1_735_787_045,
        other => panic!("{other}"),
    }
}

fn encode(pairs: &[(String, String)]) -> String {
    let pieces: Vec<_> = pairs.iter().map(|(name, value)| format!("{name}={}", escape(value))).collect();
    pieces.join("&")
}

/// Escapes every byte but letters and digits, unlike the encoder under test.
fn escape(text: &str) -> String {
    let escaped = |byte: u8| match byte {
        b' ' => "+".to_owned(),
        _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(escaped).collect()
}
