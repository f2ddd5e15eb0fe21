//! Runs the corpus: policies, requests and expected decisions, as data.

use std::path::Path;
use std::sync::Arc;

use argali_policy::{
    Attachment, Context, Decision, Document, DocumentKind, Effect, Explanation, Policies, PolicyLabel,
    PolicySet, Principal, Request, Resource, evaluate, evaluate_assume_role, explain, explain_assume_role,
};
use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    id: String,
    kind: CaseKind,
    #[expect(dead_code, reason = "for readers")]
    area: String,
    #[expect(dead_code, reason = "for readers")]
    basis: Option<String>,
    principal: Option<CasePrincipal>,
    #[serde(default)]
    attached: Vec<Attached>,
    request: Option<CaseRequest>,
    document_kind: Option<String>,
    document: Option<Value>,
    document_text: Option<String>,
    expect: String,
    #[expect(dead_code, reason = "the code is the API's affair")]
    error: Option<String>,
    /// Part of the message that an author reads, for refused documents.
    message: Option<String>,
    reason: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum CaseKind {
    Access,
    Assume,
    Validate,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CasePrincipal {
    r#type: String,
    #[serde(default)]
    account: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    session: String,
    #[serde(default)]
    uid: String,
    #[serde(default)]
    service_linked: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Attached {
    layer: String,
    via: Option<String>,
    scope: Option<String>,
    level: Option<String>,
    policy: Value,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseRequest {
    action: String,
    resource: OneOrMore,
    owner: String,
    resource_group: Option<String>,
    context: std::collections::BTreeMap<String, OneOrMore>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

impl OneOrMore {
    fn all(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::More(more) => more,
        }
    }
}

#[test]
fn every_case_comes_out_as_expected() {
    let mut failures = Vec::new();
    let mut count = 0;
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for entry in std::fs::read_dir(corpus).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let cases: Vec<Case> = serde_json::from_str(&text).unwrap();
        for case in &cases {
            count += 1;
            let found = match case.kind {
                CaseKind::Validate => validate(case),
                CaseKind::Access => format!("{:?}", decide(case, evaluate, explain).effect()),
                CaseKind::Assume => {
                    format!("{:?}", decide(case, evaluate_assume_role, explain_assume_role).effect())
                }
            };
            if found != case.expect {
                failures
                    .push(format!("{}: expected {}, found {found}: {}", case.id, case.expect, case.reason));
            }
        }
    }
    assert!(failures.is_empty(), "{} of {count} cases:\n{}", failures.len(), failures.join("\n"));
    assert!(count >= 300, "the corpus is incomplete");
}

fn validate(case: &Case) -> String {
    let kind = match case.document_kind.as_deref().unwrap() {
        "identity" => DocumentKind::Identity,
        "trust" => DocumentKind::Trust,
        "session" => DocumentKind::Session,
        "control" => DocumentKind::Control,
        "bucket" => DocumentKind::Bucket,
        other => panic!("{}: document kind {other}", case.id),
    };
    let text = case.document_text.clone().unwrap_or_else(|| case.document.as_ref().unwrap().to_string());
    match Document::parse(kind, &text) {
        Ok(_) => "Valid".to_owned(),
        Err(error) => {
            let (found, wanted) = (error.to_string(), case.message.as_deref().unwrap_or_default());
            assert!(found.contains(wanted), "{}: `{wanted}` is not in: {found}", case.id);
            "Malformed".to_owned()
        }
    }
}

type Evaluate = fn(&Policies<'_>, &Request<'_>) -> Decision;
type Explain = fn(&Policies<'_>, &Request<'_>) -> Explanation;

/// Decides a case for all its resources, and checks that the explanation agrees.
fn decide(case: &Case, evaluate: Evaluate, explain: Explain) -> Decision {
    let request = case.request.as_ref().unwrap();
    let levels = ["member", "folder", "root"]
        .map(|level| pool(case, "control", |one| one.level.as_deref() == Some(level)));
    let levels: Vec<&PolicySet> = levels.iter().filter(|level| !level.is_empty()).collect();
    let account_scope = pool(case, "identity", |one| one.scope.as_deref() == Some("account"));
    let group = request.resource_group.as_deref();
    let group_scope = group.map(|group| pool(case, "identity", |one| one.scope.as_deref() == Some(group)));
    let [session, bucket, trust] = ["session", "resource", "trust"].map(|layer| single(case, layer));
    let policies = Policies {
        control: (!levels.is_empty()).then_some(&levels[..]),
        session: session.as_ref(),
        account_scope: &account_scope,
        group_scope: group_scope.as_ref(),
        bucket: bucket.as_ref(),
        trust: trust.as_ref(),
    };
    let mut context = Context::new();
    for (key, values) in &request.context {
        values.all().iter().for_each(|value| context.add(key.clone(), value));
    }
    let decide_one = |arn: &String| {
        let resource = Resource { arn, owner: &request.owner };
        let principal = principal(case.principal.as_ref().unwrap());
        let request = Request { principal, action: &request.action, resource, context: &context };
        let decision = evaluate(&policies, &request);
        let explained = explain(&policies, &request);
        assert_eq!(explained.decision, decision, "{}: the explanation differs", case.id);
        check_explanation(case, &explained);
        decision
    };
    request.resource.all().iter().map(decide_one).reduce(Decision::and_also).unwrap()
}

fn check_explanation(case: &Case, explained: &Explanation) {
    for step in &explained.steps {
        assert_eq!(step.decided_by.is_empty(), step.effect == Effect::ImplicitDeny, "{}", case.id);
        assert!(step.near_misses.is_empty() || step.effect == Effect::ImplicitDeny, "{}", case.id);
    }
    let decided_by_a_step = explained.decision.deciding().is_none_or(|deciding| {
        explained
            .steps
            .iter()
            .any(|step| step.layer == explained.decision.layer() && step.decided_by.contains(deciding))
    });
    assert!(decided_by_a_step, "{}", case.id);
}

fn principal(of: &CasePrincipal) -> Principal<'_> {
    let account = of.account.as_str();
    match of.r#type.as_str() {
        "Account" => Principal::Account { account },
        "RAMUser" => Principal::User { account, name: &of.name, id: &of.uid },
        "AssumedRole" => Principal::RoleSession {
            account,
            role: &of.name,
            session: &of.session,
            service_linked: of.service_linked,
        },
        "Service" => Principal::Service { account, name: &of.name },
        "Federated" => Principal::Federated { account, provider_arn: &of.name },
        "Anonymous" => Principal::Anonymous,
        other => panic!("principal type {other}"),
    }
}

fn pool(case: &Case, layer: &str, wanted: impl Fn(&Attached) -> bool) -> PolicySet {
    let attached = case.attached.iter().filter(|one| one.layer == layer && wanted(one));
    PolicySet::new(attached.map(|one| {
        let kind = if layer == "control" { DocumentKind::Control } else { DocumentKind::Identity };
        let attachment = match one.via.as_deref().and_then(|via| via.split_once(':')) {
            Some(("group", name)) => Attachment::Group(name.into()),
            Some(("role", _)) => Attachment::Role,
            _ => Attachment::User,
        };
        (PolicyLabel::new("policy", attachment), Arc::new(parse(case, kind, &one.policy)))
    }))
}

fn single(case: &Case, layer: &str) -> Option<Document> {
    let kind = match layer {
        "session" => DocumentKind::Session,
        "resource" => DocumentKind::Bucket,
        _ => DocumentKind::Trust,
    };
    case.attached.iter().find(|one| one.layer == layer).map(|one| parse(case, kind, &one.policy))
}

fn parse(case: &Case, kind: DocumentKind, policy: &Value) -> Document {
    Document::parse(kind, &policy.to_string()).unwrap_or_else(|error| panic!("{}: {error}", case.id))
}
