//! What must not be read, what may be read, and how it is answered.

use argali_protocol::{
    Credential, Credentials, Format, MAX_NONCE_CHARS, Outgoing, Placement, ProtocolError, Scheme, format_of,
    sign_v1, sign_v3,
};

use crate::Sent;

const SECRET: &str = "secret";

fn signed(sign: Scheme, placement: Placement, token: Option<&str>) -> Sent {
    let credentials = Credentials {
        access_key_id: if token.is_some() { "STS.key" } else { "LTAIkey" }.into(),
        access_key_secret: SECRET.into(),
        security_token: token.map(str::to_owned),
    };
    let call = Outgoing {
        host: "ram.example:2742",
        action: "CreateRole",
        version: "2015-05-01",
        params: &[("RoleName".into(), "ops".into()), ("Description".into(), "a b".into())],
        placement,
        method: "POST",
        timestamp_unix_s: 1_735_787_045,
        nonce: "nonce",
        format: Format::Json,
        headers: &[],
    };
    match sign {
        Scheme::V1 => sign_v1(&call, &credentials).unwrap().into(),
        Scheme::V3 => sign_v3(&call, &credentials).unwrap().into(),
        Scheme::OssV1 | Scheme::OssV4 | Scheme::Mns => {
            panic!("no call is signed as requests to data planes are")
        }
    }
}

fn v1() -> Sent {
    signed(Scheme::V1, Placement::Query, None)
}

fn v3() -> Sent {
    signed(Scheme::V3, Placement::Query, None)
}

fn with_query(sent: Sent, change: impl FnOnce(&str) -> String) -> Sent {
    Sent { target: change(&sent.target), ..sent }
}

/// `code status` of the refusal, whose message must say what to do.
fn code(sent: &Sent) -> String {
    let refusal = sent.refusal();
    assert!(refusal.message().contains(". "), "no advice: {}", refusal.message());
    format!("{} {}", refusal.code(), refusal.http_status())
}

#[track_caller]
fn refused(sent: &Sent, expected: &str) {
    assert_eq!(code(sent), expected, "{}", sent.refusal());
}

/// Whether the request reads and its signature verifies.
fn verifies(sent: &Sent) -> bool {
    sent.read(|call| match call.unwrap().credential {
        Credential::Signed(signed) => signed.verify(SECRET.as_bytes()).is_ok(),
        Credential::Anonymous => panic!("anonymous"),
    })
}

#[test]
fn other_methods_and_paths() {
    for method in ["PUT", "HEAD", "get", "", "DELETE"] {
        refused(&Sent { method: method.into(), ..v1() }, "UnsupportedHTTPMethod 403");
    }
    for path in ["//", "/a", "*", "", "ftp://ram.example/", "http://ram.example:2742/a"] {
        refused(&with_query(v1(), |target| target.replacen('/', path, 1)), "InvalidAction.NotFound 404");
    }
}

#[test]
fn hosts_that_disagree() {
    let at = |authority: &str| with_query(v3(), |target| format!("http://{authority}{target}"));
    refused(&at("other.example"), "InvalidParameter 400");
    refused(&at(""), "InvalidParameter 400");
    assert!(verifies(&at("ram.example:2742")));
    assert!(verifies(&at("RAM.example:2742")));
    let default_port = Sent::get("HTTPS://ram.example:443?Action=A&Version=V").header("host", "ram.example");
    default_port.read(|call| assert_eq!(call.unwrap().host, "ram.example"));
}

#[test]
fn repeated_parameters() {
    let twice = |target: &str| format!("{target}&RoleName=ops");
    refused(&with_query(v1(), twice), "InvalidParameter 400");
    refused(&with_query(v3(), twice), "InvalidParameter 400");
    refused(&v1().form("%52oleName=other"), "InvalidParameter 400");
    refused(&with_query(v1(), |target| format!("{target}&Signature=again")), "InvalidParameter 400");
}

#[test]
fn repeated_headers() {
    for name in ["host", "authorization", "date", "content-type", "x-acs-action", "x-acs-unknown"] {
        let twice = v3().without(name).header(name, "same").header(name, "same");
        assert_eq!(twice.refusal(), ProtocolError::RepeatedHeader(name.into()));
        refused(&twice, "InvalidParameter 400");
    }
    assert!(verifies(&v3().header("accept", "text/xml").header("via", "a").header("via", "b")));
}

#[test]
fn two_credentials() {
    for parameter in ["Signature=x", "AccessKeyId=x", "AccessKeyId=", "SecurityToken=x", "BearerToken=x"] {
        refused(&with_query(v3(), |target| format!("{target}&{parameter}")), "IncompleteSignature 400");
    }
    for authorization in ["ACS3-HMAC-SHA256 Credential=a", "Basic YTpi", "OSS a:b", ""] {
        refused(&v1().header("authorization", authorization), "IncompleteSignature 400");
    }
    refused(&v3().header("x-acs-bearer-token", "x"), "IncompleteSignature 400");
    refused(&v1().header("x-acs-bearer-token", "x"), "IncompleteSignature 400");
    for parameter in ["OSSAccessKeyId=x", "x-oss-signature=x"] {
        refused(&with_query(v1(), |target| format!("{target}&{parameter}")), "IncompleteSignature 400");
        refused(&with_query(v3(), |target| format!("{target}&{parameter}")), "IncompleteSignature 400");
    }
}

#[test]
fn text_with_two_readings() {
    for value in ["%", "%4", "%zz", "%FF", "%C3%28", "%00", "%01", "%EF%BF%BF", "\u{b}", "%1b"] {
        refused(&with_query(v1(), |target| format!("{target}&X={value}")), "InvalidParameter 400");
        refused(&with_query(v3(), |target| format!("{target}&X={value}")), "InvalidParameter 400");
        refused(&v3().form(&format!("X={value}")), "InvalidParameter 400");
        refused(&v3().form(&format!("{value}=X")), "InvalidParameter 400");
    }
    let bytes = Sent { body: vec![b'X', b'=', 0xFF], ..v3().form("") };
    refused(&bytes, "InvalidParameter 400");
    for header in ["x-acs-signature-nonce", "authorization", "host"] {
        let mut sent = v3().without(header);
        sent.headers.push((header.into(), vec![b'a', 0xFF]));
        refused(&sent, "InvalidParameter 400");
        refused(&v3().edit(header, |value| format!("{value}\u{1}")), "InvalidParameter 400");
    }
}

#[test]
fn too_much() {
    let many: String = (0..300).map(|n| format!("&P{n}=")).collect();
    refused(&with_query(v1(), |target| format!("{target}{many}")), "InvalidParameter 400");
    let nonce = |length| "ü".repeat(length);
    let v3_with = |length| v3().edit("x-acs-signature-nonce", |_| nonce(length));
    refused(&v3_with(MAX_NONCE_CHARS + 1), "InvalidParameter.SignatureNonce 400");
    assert!(!verifies(&v3_with(MAX_NONCE_CHARS)));
    let v1_with = |length| with_query(v1(), |target| target.replace("nonce", &nonce(length)));
    refused(&v1_with(MAX_NONCE_CHARS + 1), "InvalidParameter.SignatureNonce 400");
    assert!(!verifies(&v1_with(MAX_NONCE_CHARS)));
}

#[test]
fn bodies_that_are_no_form() {
    for content_type in [None, Some("application/json"), Some("text/plain"), Some("application/xml")] {
        for sent in [v1(), v3(), Sent::get("/?Action=A&Version=V")] {
            let mut sent = Sent { method: "POST".into(), body: b"{}".to_vec(), ..sent };
            if let Some(content_type) = content_type {
                sent = sent.header("content-type", content_type);
            }
            refused(&sent, "InvalidParameter 400");
            // Without a body the type says nothing.
            assert!(Sent { body: Vec::new(), ..sent }.read(|call| call.is_ok()));
        }
    }
    let charset = "application/X-WWW-form-urlencoded; charset=UTF-8";
    let v1_form = signed(Scheme::V1, Placement::Form, None).edit("content-type", |_| charset.into());
    assert!(verifies(&v1_form));
    assert!(verifies(&signed(Scheme::V3, Placement::Form, None)));
}

#[test]
fn v1_parts_missing() {
    for (name, expected) in [
        ("Action", "MissingAction 400"),
        ("Version", "MissingVersion 400"),
        ("AccessKeyId", "MissingAccessKeyId 400"),
        ("Signature", "IncompleteSignature 400"),
        ("SignatureMethod", "MissingSignatureMethod 400"),
        ("SignatureVersion", "MissingSignatureVersion 400"),
        ("SignatureNonce", "MissingSignatureNonce 400"),
        ("Timestamp", "MissingTimestamp 400"),
        ("SecurityToken", "MissingSecurityToken 400"),
    ] {
        let whole = signed(Scheme::V1, Placement::Query, Some("token"));
        let pieces: Vec<_> = whole.target.trim_start_matches("/?").split('&').collect();
        let is_it = |piece: &&&str| piece.starts_with(&format!("{name}="));
        assert_eq!(pieces.iter().filter(is_it).count(), 1);
        let absent: Vec<_> = pieces.iter().filter(|piece| !is_it(piece)).copied().collect();
        refused(&Sent::get(&format!("/?{}", absent.join("&"))), expected);
        refused(&Sent::get(&format!("/?{}&{name}=", absent.join("&"))), expected);
    }
}

#[test]
fn v1_other_schemes() {
    for (from, to, expected) in [
        ("SignatureMethod=HMAC-SHA1", "SignatureMethod=HMAC-SHA256", "InvalidSignatureMethod 400"),
        ("SignatureMethod=HMAC-SHA1", "SignatureMethod=SHA256withRSA", "InvalidSignatureMethod 400"),
        ("SignatureMethod=HMAC-SHA1", "SignatureMethod=hmac-sha1", "InvalidSignatureMethod 400"),
        ("SignatureVersion=1.0", "SignatureVersion=2.0", "IncompleteSignature 400"),
        ("Format=JSON", "Format=JSON&SignatureType=PRIVATEKEY", "InvalidSignatureMethod 400"),
        ("Format=JSON", "Format=JSON&SignatureType=BEARERTOKEN", "InvalidAccessKeyId.NotFound 404"),
        ("Format=JSON", "Format=JSON&BearerToken=x", "InvalidAccessKeyId.NotFound 404"),
        ("Format=JSON", "Format=YAML", "InvalidParameter.Format 400"),
    ] {
        refused(&with_query(v1(), |target| target.replace(from, to)), expected);
    }
    refused(&Sent::get("/?Action=A&Version=V&SignatureType=BEARERTOKEN"), "InvalidAccessKeyId.NotFound 404");
    refused(
        &Sent::get("/?Action=A&Version=V").header("x-acs-bearer-token", "x"),
        "InvalidAccessKeyId.NotFound 404",
    );
}

#[test]
fn v3_parts_missing() {
    let whole = || signed(Scheme::V3, Placement::Query, Some("token"));
    for (name, expected) in [
        ("x-acs-action", "MissingAction 400"),
        ("x-acs-version", "MissingVersion 400"),
        ("x-acs-date", "MissingTimestamp 400"),
        ("x-acs-signature-nonce", "MissingSignatureNonce 400"),
        ("x-acs-security-token", "MissingSecurityToken 400"),
    ] {
        refused(&whole().without(name), expected);
        refused(&whole().edit(name, |_| " ".into()), expected);
    }
    for name in ["host", "x-acs-content-sha256", "x-acs-accesskey-id"] {
        refused(&whole().without(name), "IncompleteSignature 400");
    }
}

#[test]
fn v3_signs_all_that_counts() {
    let whole = || signed(Scheme::V3, Placement::Query, Some("token"));
    for name in [
        "host;",
        "x-acs-action;",
        "x-acs-content-sha256;",
        "x-acs-date;",
        "x-acs-security-token;",
        "x-acs-signature-nonce;",
        ";x-acs-version",
    ] {
        let unsigned = whole().edit("authorization", |text| text.replace(name, ""));
        refused(&unsigned, "IncompleteSignature 400");
        assert!(unsigned.refusal().message().contains(name.trim_matches(';')));
    }
    refused(&v3().header("x-acs-security-token", ""), "IncompleteSignature 400");
    refused(&v3().header("x-acs-security-token", "unsigned"), "IncompleteSignature 400");
    assert!(verifies(&v3().header("x-acs-accesskey-id", "unsigned").header("x-acs-other", "unsigned")));
    refused(&whole().edit("x-acs-accesskey-id", |_| "STS.other".into()), "IncompleteSignature 400");
}

#[test]
fn v3_authorization_malformed() {
    let fields = "Credential=a,SignedHeaders=host,Signature=b";
    for text in [
        "ACS3-HMAC-SHA256",
        "ACS3-HMAC-SHA256 ",
        "ACS3-HMAC-SHA256 Credential=a",
        "ACS3-HMAC-SHA256 Credential=,SignedHeaders=host,Signature=b",
        "ACS3-HMAC-SHA256 Credential=a,SignedHeaders=host,Signature=",
        "ACS3-HMAC-SHA256 Credential=a,SignedHeaders=,Signature=b",
        &format!("ACS3-HMAC-SHA256 {fields},Signature=b"),
        &format!("ACS3-HMAC-SHA256 {fields},Other=b"),
        &format!("ACS3-HMAC-SHA256 {fields},"),
        "ACS3-HMAC-SHA256 Credential=a;SignedHeaders=host;Signature=b",
    ] {
        refused(&v3().edit("authorization", |_| text.to_owned()), "IncompleteSignature 400");
    }
    for (from, to) in [
        ("host;x-acs-action", "x-acs-action;host"),
        ("host;x-acs-action", "host;host;x-acs-action"),
        ("host;x-acs-action", "host;;x-acs-action"),
        ("host;x-acs-action", "Host;x-acs-action"),
        ("host;x-acs-action", "absent;host;x-acs-action"),
    ] {
        refused(&v3().edit("authorization", |text| text.replace(from, to)), "IncompleteSignature 400");
    }
    for scheme in ["ACS3-RSA-SHA256", "ACS3-HMAC-SM3", "acs3-hmac-sha256", "Bearer", "acs", "OSS"] {
        let other = v3().edit("authorization", |text| text.replace("ACS3-HMAC-SHA256", scheme));
        refused(&other, "InvalidSignatureMethod 400");
    }
    let spaced = v3().edit("authorization", |text| text.replace(',', ", "));
    assert!(verifies(&spaced));
}

#[test]
fn signatures_match_as_exact_text() {
    assert!(verifies(&v1()) && verifies(&v3()));
    let upper = |text: &str| {
        let (fields, signature) = text.rsplit_once('=').unwrap();
        format!("{fields}={}", signature.to_uppercase())
    };
    assert!(!verifies(&v3().edit("authorization", upper)));
    assert!(!verifies(&v3().edit("authorization", |text| format!("{text}0"))));
    assert!(!verifies(&v3().edit("authorization", |text| text.split_at(text.len() - 1).0.to_owned())));
    assert!(!verifies(&with_query(v1(), |target| target.replace("%3D", "%3D%3D"))));
    assert!(!verifies(&with_query(v1(), |target| target.replace("%3D", ""))));
}

#[test]
fn a_body_must_be_the_one_that_was_hashed() {
    let form = || signed(Scheme::V3, Placement::Form, None);
    assert!(verifies(&form()));
    assert!(!verifies(&Sent { body: b"RoleName=other".to_vec(), ..form() }));
    assert!(!verifies(&Sent { body: Vec::new(), ..form() }));
    for hash in ["UNSIGNED-PAYLOAD", "", "00"] {
        assert!(!verifies(&form().edit("x-acs-content-sha256", |_| hash.into())));
    }
    assert!(!verifies(&form().edit("x-acs-content-sha256", str::to_uppercase)));
}

#[test]
fn a_bad_timestamp_is_left_to_the_caller_to_report() {
    let bad_v3 = v3().edit("x-acs-date", |_| "yesterday".into());
    let bad_v1 = with_query(v1(), |target| target.replace("2025-01-02T", "2025-01-02+"));
    for sent in [bad_v1, bad_v3] {
        sent.read(|call| {
            let Credential::Signed(signed) = call.unwrap().credential else { panic!("anonymous") };
            let bad = signed.timestamp.unwrap_err();
            assert_eq!((bad.code(), bad.http_status()), ("InvalidTimeStamp.Format", 400));
        });
    }
}

#[test]
fn no_credential_is_anonymous() {
    let v1_style = "/?Action=AssumeRoleWithOIDC&Version=2015-04-01&Format=JSON&Timestamp=x&SignatureNonce=y";
    let v3_style = Sent::get("/?Format=json")
        .header("x-acs-action", "AssumeRoleWithOIDC")
        .header("x-acs-version", "2015-04-01")
        .header("x-acs-date", "x");
    let disagreeing = Sent::get(v1_style).header("x-acs-action", "DeleteRole").header("x-acs-version", "1");
    for sent in
        [Sent::get(v1_style), v3_style, disagreeing, Sent::get("/").form(v1_style.trim_start_matches("/?"))]
    {
        sent.read(|call| {
            let call = call.unwrap();
            assert!(matches!(call.credential, Credential::Anonymous));
            assert_eq!((call.action.as_ref(), call.version.as_ref()), ("AssumeRoleWithOIDC", "2015-04-01"));
            assert_eq!((call.format, call.host), (Format::Json, ""));
        });
    }
    refused(&Sent::get("/"), "MissingAction 400");
    refused(&Sent::get("/?Action=A"), "MissingVersion 400");
    refused(&Sent::get("/?Action=&Version=V"), "MissingAction 400");
    refused(&Sent::get("/?Version=V").header("x-acs-action", "A"), "MissingVersion 400");
}

#[test]
fn v1_ignores_the_headers_of_v3() {
    let both = v1().header("x-acs-action", "DeleteRole").header("x-acs-security-token", "x");
    both.read(|call| {
        let call = call.unwrap();
        let Credential::Signed(signed) = &call.credential else { panic!("anonymous") };
        assert_eq!((call.action.as_ref(), signed.scheme), ("CreateRole", Scheme::V1));
        assert!(signed.security_token.is_none() && signed.verify(SECRET.as_bytes()).is_ok());
    });
}

#[test]
fn format_follows_the_scheme() {
    let plain_v1 = || with_query(v1(), |target| target.replace("&Format=JSON", ""));
    let v3_accepting = |accept: &str| v3().edit("accept", |_| accept.into());
    for (sent, format) in [
        (v1(), Format::Json),
        (plain_v1(), Format::Xml),
        (plain_v1().header("x-acs-action", "A").header("accept", "application/json"), Format::Xml),
        (with_query(v1(), |target| target.replace("JSON", "json")), Format::Json),
        (with_query(v1(), |target| target.replace("JSON", "%6ason")), Format::Json),
        (with_query(v1(), |target| target.replace("JSON", "Xml")), Format::Xml),
        (with_query(v1(), |target| target.replace("JSON", "")), Format::Xml),
        (v3().without("accept"), Format::Json),
        (v3_accepting("*/*"), Format::Json),
        (v3_accepting("text/xml, */*"), Format::Json),
        (v3_accepting("application/xml;q=0.9,text/xml"), Format::Xml),
        (with_query(v3(), |target| format!("{target}&Format=XML")), Format::Xml),
        (with_query(v3(), |target| format!("{target}&Format=other")), Format::Json),
        (Sent::get("/?Action=A&Version=V"), Format::Xml),
        (Sent::get("/").header("x-acs-action", "A").header("x-acs-version", "V"), Format::Json),
        (Sent::get("/").form("Action=A&Version=V&Format=json"), Format::Json),
    ] {
        sent.read(|call| assert_eq!(call.unwrap().format, format, "{}", sent.target));
        assert_eq!(sent.with(format_of), format, "{}", sent.target);
        // What cannot be read is answered in the same format.
        let undecodable =
            with_query(sent, |target| format!("{target}{}X=%", if target == "/" { "?" } else { "&" }));
        undecodable.refusal();
        assert_eq!(undecodable.with(format_of), format, "{}", undecodable.target);
    }
}

#[test]
fn a_wrong_secret_is_told_nothing_but_the_text() {
    let sent = signed(Scheme::V1, Placement::Query, Some("the-token"));
    sent.read(|call| {
        let call = call.unwrap();
        let shown = format!("{call:?}");
        for hidden in ["the-token", "a b", "Signature\":", SECRET] {
            assert!(!shown.contains(hidden), "{shown}");
        }
        let Credential::Signed(signed) = &call.credential else { panic!("anonymous") };
        let mismatch = signed.verify(b"wrong").unwrap_err();
        assert!(mismatch.string_to_sign().contains("the-token"));
        assert!(!format!("{mismatch:?} {mismatch}").contains("the-token"));
    });
    sent.with(|request| assert!(!format!("{request:?}").contains("the-token")));
}
