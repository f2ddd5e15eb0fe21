//! What policies can say, and what is to be said of documents.

use serde_json::{Value, json};

use crate::expect::Calls;
use crate::shape::complete;
use crate::world::tenant;

fn level(answer: &Value, action: &str) -> Value {
    let services = answer["Services"].as_array().unwrap().iter();
    let mut actions = services.flat_map(|service| service["Actions"].as_array().unwrap());
    actions.find(|known| known["Action"] == action).map_or(Value::Null, |known| known["Level"].clone())
}

#[test]
fn actions_are_listed_by_service_with_what_they_do() {
    let a = tenant();
    let nobody = a.user("nobody");
    nobody.refused("Argali", "ListActions", &[], "NoPermission");
    nobody.refused("Argali", "LintPolicy", &[("PolicyDocument", "{}")], "NoPermission");
    let answer = a.must("Argali", "ListActions", &[]);
    complete("Argali", "ListActions", &answer, &[]);
    for (action, expected) in [
        ("ram:ListUsers", "List"),
        ("ram:GetUser", "Read"),
        ("ram:CreateUser", "Permissions"),
        ("ecs:StopInstance", "Write"),
        ("ecs:DescribeInstances", "List"),
        ("oss:GetObject", "Read"),
    ] {
        assert_eq!(level(&answer, action), expected, "{action}");
    }
    let of = |code: &str| a.must("Argali", "ListActions", &[("Service", code)])["Services"].clone();
    assert_eq!(of("ecs").as_array().unwrap().len(), 1);
    assert_eq!(of("ECS")[0]["Granularity"], "Resource");
    let patterns = of("ecs")[0]["ResourcePatterns"].as_array().unwrap().clone();
    assert!(patterns.contains(&json!("acs:ecs:{region}:{account}:instance/{id}")), "{patterns:?}");
    for service in answer["Services"].as_array().unwrap() {
        let count = service["ResourcePatterns"].as_array().unwrap().len();
        assert_eq!(count > 0, service["Granularity"] == "Resource", "{service}");
    }
    assert_eq!(of("mq").as_array().map(Vec::len), Some(usize::from(of("mq")[0].is_object())));
    assert_eq!(of("nothing"), json!([]));
}

#[test]
fn documents_are_looked_through() {
    let a = tenant();
    let rules = |document: &str, kind: &str| {
        let params = [("PolicyDocument", document), ("DocumentKind", kind)];
        let answer = a.must("Argali", "LintPolicy", &params);
        let findings = answer["Findings"].as_array().unwrap().clone();
        let rules: Vec<String> =
            findings.iter().map(|finding| finding["Rule"].as_str().unwrap().to_owned()).collect();
        (answer["Valid"].as_bool().unwrap(), rules.join(" "), answer)
    };
    let statement = |action: &str, more: &str| {
        format!(
            r#"{{"Version":"1","Statement":[{{"Effect":"Allow","Action":"{action}","Resource":"*"{more}}}]}}"#
        )
    };
    let (valid, found, answer) = rules(&statement("*", ""), "Identity");
    assert_eq!((valid, found.as_str()), (true, "too-broad"));
    complete("Argali", "LintPolicy", &answer, &[]);
    for (document, expected) in [
        (statement("ecs:StopInstance", ""), (true, "")),
        (statement("ecs:StopInstanse", ""), (true, "unknown-action")),
        (
            statement("ecs:Stop*", r#","Condition":{"StringEquals":{"acs:SorceIp":"x"}}"#),
            (true, "unknown-key"),
        ),
        ("{".to_owned(), (false, "malformed")),
        (statement(&"x".repeat(6_100), ""), (false, "too-long")),
    ] {
        let (valid, found, _) = rules(&document, "Identity");
        let first = found.split(' ').next().unwrap_or_default();
        assert_eq!((valid, first), expected, "{document}");
    }
    assert!(!rules(&statement("ecs:StopInstance", ""), "Trust").0, "no principal");
    let long = "x".repeat(20_001);
    a.client.refused("Argali", "LintPolicy", &[("PolicyDocument", &long)], "InvalidParameter.PolicyDocument");
}
