//! What documents tell about themselves. What is refused, and how, stands in the corpus.

use super::*;

#[test]
fn a_trust_policy_lists_whom_it_trusts() {
    let text = r#"{"Version":"1","Statement":[
        {"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"RAM":["acs:ram::1:root"],"Service":"ecs.aliyuncs.com"}},
        {"Effect":"Deny","Action":"sts:AssumeRole","Principal":{"RAM":"acs:ram::2:user/Bob"}},
        {"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Federated":["acs:ram::1:saml-provider/corp"]}}]}"#;
    let document = Document::parse(DocumentKind::Trust, text).unwrap();
    assert_eq!(document.kind(), DocumentKind::Trust);
    assert_eq!(document.statement_count(), 3);
    assert_eq!(
        document.trusted_ram_principals().collect::<Vec<_>>(),
        ["acs:ram::1:root", "acs:ram::2:user/Bob"]
    );
    assert_eq!(document.trusted_services().collect::<Vec<_>>(), ["ecs.aliyuncs.com"]);
    assert_eq!(document.trusted_providers().collect::<Vec<_>>(), ["acs:ram::1:saml-provider/corp"]);

    let identity = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    let identity = Document::parse(DocumentKind::Identity, identity).unwrap();
    assert_eq!(identity.trusted_ram_principals().count(), 0);
}

#[test]
fn errors_say_where_and_what() {
    let text = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},
        {"Effect":"Allow","Action":"*","Resource":"*","Condition":{"IpAddress":{"acs:SourceIp":["10.0.0.0/8","x"]}}}]}"#;
    let error = Document::parse(DocumentKind::Identity, text).unwrap_err();
    assert_eq!(error.path(), "Statement[1].Condition.IpAddress.acs:SourceIp");
    assert_eq!(
        error.to_string(),
        "`Statement[1].Condition.IpAddress.acs:SourceIp`: `x` is not allowed here: write an address or network such \
         as `192.0.2.1`, `192.0.2.0/24` or `2001:db8::/32`"
    );
    let error = Document::parse(DocumentKind::Identity, r#"{"Version":"1",}"#).unwrap_err();
    assert_eq!(
        (error.path(), error.to_string().as_str()),
        ("", "not JSON: trailing comma at line 1 column 16")
    );
}

#[test]
fn white_space_counts_in_strings_only() {
    let cases = [
        ("", 0),
        (" \t\r\n", 0),
        ("{ \"a b\" : \" \" }", 11),
        ("\"部 门\"", 5),
        (r#""a\" b" "c" "#, 10),
        (r#""a\\" "c d""#, 10),
        (r#"" unfinished"#, 12),
        ("\u{A0}", 1),
    ];
    for (text, length) in cases {
        assert_eq!(counted_length(text), length, "{text:?}");
    }
}

#[test]
fn compiled_statements_are_small() {
    let inline = size_of::<Statement>();
    assert!(inline <= 128, "{inline} bytes before patterns");
}
