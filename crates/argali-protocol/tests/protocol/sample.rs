//! Requests captured from the official clients.

use argali_protocol::{Credential, Format, Scheme};

use crate::Sent;

const SECRET: &[u8] = b"ExampleSecret0000000000000000a";

#[test]
fn captured_requests_verify() {
    let samples = samples();
    assert_eq!(samples.len(), 20);
    for (name, sample) in samples {
        sample.read(|call| {
            let call = call.unwrap_or_else(|error| panic!("{name}: {error}"));
            let Credential::Signed(signed) = &call.credential else { panic!("{name}: anonymous") };
            signed.verify(SECRET).unwrap_or_else(|error| panic!("{name}: {}", error.message()));
            assert!(name.contains("V3") == (signed.scheme == Scheme::V3), "{name}");
            assert_eq!(call.host, "127.0.0.1:8080", "{name}");
            assert_eq!(call.format, Format::Json, "{name}");
            assert_eq!(signed.access_key_id, "LTAI5tEXAMPLEKEYID000001", "{name}");
            assert_eq!(signed.security_token.is_some(), name.contains("token"), "{name}");
            let timestamp = signed.timestamp.unwrap();
            assert!((1_795_321_522..=1_795_321_528).contains(&timestamp), "{name}: {timestamp}");
            // `AssumeRole (GET)` and the like: the second word of the capture's title is the operation.
            let action = name.split(": ").nth(1).and_then(|title| title.split(' ').nth(1)).unwrap();
            assert!(call.action.eq_ignore_ascii_case(action) || action == "IMS", "{name}: {}", call.action);
        });
    }
}

#[test]
fn absolute_targets_are_read_alike() {
    for (name, sample) in samples() {
        let target = format!("http://127.0.0.1:8080{}", sample.target);
        let through_proxy = Sent { target, ..sample };
        through_proxy.read(|call| match call.unwrap().credential {
            Credential::Signed(signed) => signed.verify(SECRET).unwrap_or_else(|_| panic!("{name}")),
            Credential::Anonymous => panic!("{name}"),
        });
    }
}

#[test]
fn a_captured_form_and_query_are_one_list() {
    let (_, sample) = samples().into_iter().find(|(name, _)| name.contains("CommonRequest")).unwrap();
    sample.read(|call| {
        let call = call.unwrap();
        assert_eq!((call.action.as_ref(), call.version.as_ref()), ("CreateUser", "2019-08-15"));
        assert_eq!(call.params.get("UserPrincipalName"), Some("alice@1000000000000001.onaliyun.com"));
        assert_eq!(call.params.get("RegionId"), Some("cn-hangzhou"));
        assert_eq!(call.params.get("SignatureType"), Some(""));
    });
}

/// Parses the raw HTTP text of the captures.
fn samples() -> Vec<(String, Sent)> {
    let text = include_str!("../data/samples.http");
    text.split("### ").filter(|sample| !sample.is_empty()).map(sample).collect()
}

fn sample(text: &str) -> (String, Sent) {
    let (head, body) = text.split_once("\n\n").unwrap();
    let mut lines = head.lines();
    let name = lines.next().unwrap().to_owned();
    let mut request = lines.next().unwrap().split(' ');
    let mut sent = Sent {
        method: request.next().unwrap().into(),
        target: request.next().unwrap().into(),
        headers: Vec::new(),
        body: body.trim_end().into(),
    };
    for line in lines {
        let (header, value) = line.split_once(':').unwrap();
        sent = sent.header(&header.to_lowercase(), value);
    }
    (name, sent)
}
