//! Reading files of cases: every mistake with its line, its case and what was expected.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::{
    Answer, Attached, AttachedLayer, Case, CasePrincipal, CaseQuestion, CaseRequest, Level, Situation,
    Submission, Via,
};
use crate::{Context, Document, DocumentKind};

/// What a file of cases calls its form.
const FORMAT: &str = "argali-policy-cases/1";

/// Something in a file of cases that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseMistake {
    /// The line, from 1.
    pub line: usize,
    /// The case, if it is in one that has a name.
    pub case: Option<String>,
    /// What is wrong and what was expected.
    pub message: String,
}

impl fmt::Display for CaseMistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.case {
            Some(case) => write!(f, "case `{case}`: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

/// Reads a file of cases.
///
/// # Errors
///
/// Fails with every mistake in it: no JSON, another form, cases that lack something or say something unknown,
/// policies that no policy language accepts.
pub fn read_cases(text: &str) -> Result<Vec<Case<'_>>, Vec<CaseMistake>> {
    let of_file = |message| vec![CaseMistake { line: 1, case: None, message }];
    if text.trim_start().starts_with('[') {
        return Err(of_file("expected an object with `format` and `cases`".to_owned()));
    }
    let file: RawFile<'_> = serde_json::from_str(text).map_err(|error| vec![mistake(&error, 1, None)])?;
    if file.format != FORMAT {
        return Err(of_file(format!("`format` is `{}`: expected `{FORMAT}`", file.format)));
    }
    if let Some(count) = file.count.filter(|count| *count != file.cases.len()) {
        let found = file.cases.len();
        return Err(of_file(format!(
            "`count` is {count} and there are {found} cases: mend the one or the other"
        )));
    }
    let (mut cases, mut mistakes) = (Vec::<Case<'_>>::new(), Vec::new());
    let mut lines = BTreeMap::new();
    for raw in file.cases {
        let line = line_of(text, raw.get());
        match read_case(raw, line) {
            Ok(case) => match lines.insert(case.id.clone(), line) {
                None => cases.push(case),
                Some(before) => mistakes.push(CaseMistake {
                    line,
                    message: format!("the name is taken by the case in line {before}: give it another"),
                    case: Some(case.id),
                }),
            },
            Err(mistake) => mistakes.push(mistake),
        }
    }
    if mistakes.is_empty() { Ok(cases) } else { Err(mistakes) }
}

#[derive(Deserialize)]
struct RawFile<'t> {
    format: String,
    count: Option<usize>,
    #[serde(borrow)]
    cases: Vec<&'t RawValue>,
}

/// What lies beside these is for readers. A misspelt one shows: all that change the outcome must be there.
#[derive(Deserialize)]
struct RawCase<'t> {
    id: String,
    #[serde(default)]
    area: String,
    #[serde(default)]
    reason: String,
    kind: Kind,
    expect: Answer,
    principal: Option<CasePrincipal>,
    #[serde(borrow)]
    attached: Option<Vec<RawAttached<'t>>>,
    request: Option<RawRequest>,
    document_kind: Option<RawKind>,
    #[serde(borrow, default, deserialize_with = "even_null")]
    document: Option<&'t RawValue>,
    document_text: Option<String>,
    error: Option<String>,
    message: Option<String>,
}

#[derive(Deserialize)]
struct NamedCase {
    id: String,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Access,
    Assume,
    Validate,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum RawKind {
    Identity,
    Trust,
    Session,
    Control,
    Bucket,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAttached<'t> {
    layer: RawLayer,
    via: Option<String>,
    scope: Option<String>,
    level: Option<Level>,
    #[serde(borrow)]
    policy: &'t RawValue,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum RawLayer {
    Identity,
    Session,
    Trust,
    Resource,
    Control,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRequest {
    action: String,
    resource: OneOrMore,
    owner: String,
    resource_group: Option<String>,
    context: BTreeMap<String, OneOrMore>,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "a string or a list of strings")]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

impl OneOrMore {
    fn into_all(self) -> Vec<String> {
        match self {
            Self::One(one) => vec![one],
            Self::More(more) => more,
        }
    }
}

fn even_null<'de, D: Deserializer<'de>>(reader: D) -> Result<Option<&'de RawValue>, D::Error> {
    <&RawValue>::deserialize(reader).map(Some)
}

fn read_case(raw: &RawValue, line: usize) -> Result<Case<'_>, CaseMistake> {
    let case: RawCase<'_> = serde_json::from_str(raw.get()).map_err(|error| {
        let named = serde_json::from_str::<NamedCase>(raw.get()).ok();
        mistake(&error, line, named.map(|case| case.id))
    })?;
    let id = case.id.clone();
    convert(case, line).map_err(|message| CaseMistake { line, case: Some(id), message })
}

fn convert(case: RawCase<'_>, line: usize) -> Result<Case<'_>, String> {
    let documents = matches!(case.expect, Answer::Valid | Answer::Malformed);
    if documents != (case.kind == Kind::Validate) {
        let expected =
            if documents { "`Allow`, `ExplicitDeny` or `ImplicitDeny`" } else { "`Valid` or `Malformed`" };
        return Err(format!(
            "`expect` is `{}`, which its kind cannot come to: expected {expected}",
            case.expect
        ));
    }
    let RawCase { id, area, reason, expect, .. } = case;
    let question = match case.kind {
        Kind::Validate => CaseQuestion::Validate(Submission {
            kind: case.document_kind.map(Into::into).ok_or("`document_kind` is missing")?,
            text: match (case.document, case.document_text) {
                (Some(document), None) => Cow::Borrowed(document.get()),
                (None, Some(text)) => Cow::Owned(text),
                _ => return Err("expected either `document` or `document_text`".to_owned()),
            },
            error: case.error,
            message: case.message,
        }),
        Kind::Access | Kind::Assume => {
            let situation = Situation {
                principal: case.principal.ok_or("`principal` is missing")?,
                attached: attached(
                    case.attached.ok_or("`attached` is missing: a list, if only an empty one")?,
                )?,
                request: request(case.request.ok_or("`request` is missing")?)?,
            };
            if case.kind == Kind::Access {
                CaseQuestion::Access(situation)
            } else {
                CaseQuestion::Assume(situation)
            }
        }
    };
    Ok(Case { id, area, reason, line, expect, question })
}

fn attached(raw: Vec<RawAttached<'_>>) -> Result<Vec<Attached<'_>>, String> {
    for layer in [RawLayer::Session, RawLayer::Trust, RawLayer::Resource] {
        if raw.iter().filter(|one| one.layer == layer).count() > 1 {
            return Err("`attached` has two policies of a layer of which there is one at most".to_owned());
        }
    }
    let numbered = raw.into_iter().enumerate();
    numbered
        .map(|(number, one)| attached_one(one).map_err(|message| format!("`attached[{number}]`: {message}")))
        .collect()
}

fn attached_one(one: RawAttached<'_>) -> Result<Attached<'_>, String> {
    let layer = match one.layer {
        RawLayer::Identity => {
            let scope = one.scope.ok_or("`scope` is missing: `account`, or a resource group")?;
            AttachedLayer::Identity {
                via: via(one.via.as_deref())?,
                group: Some(scope).filter(|scope| scope != "account"),
            }
        }
        RawLayer::Control => {
            AttachedLayer::Control(one.level.ok_or("`level` is missing: `member`, `folder` or `root`")?)
        }
        RawLayer::Session => AttachedLayer::Session,
        RawLayer::Trust => AttachedLayer::Trust,
        RawLayer::Resource => AttachedLayer::Resource,
    };
    let kind = match one.layer {
        RawLayer::Identity => DocumentKind::Identity,
        RawLayer::Session => DocumentKind::Session,
        RawLayer::Trust => DocumentKind::Trust,
        RawLayer::Resource => DocumentKind::Bucket,
        RawLayer::Control => DocumentKind::Control,
    };
    let text = one.policy.get();
    let document = Document::parse(kind, text).map_err(|error| error.to_string())?;
    Ok(Attached { layer, text, document: Arc::new(document) })
}

fn via(text: Option<&str>) -> Result<Via, String> {
    match text.and_then(|text| text.split_once(':')) {
        Some(("user", name)) => Ok(Via::User(name.to_owned())),
        Some(("group", name)) => Ok(Via::Group(name.to_owned())),
        Some(("role", name)) => Ok(Via::Role(name.to_owned())),
        _ => Err("`via` must say whom it is attached to: `user:x`, `group:x` or `role:x`".to_owned()),
    }
}

fn request(raw: RawRequest) -> Result<CaseRequest, String> {
    let mut context = Context::new();
    for (key, values) in raw.context {
        values.into_all().into_iter().for_each(|value| context.add(key.clone(), value));
    }
    let resources = raw.resource.into_all();
    if resources.is_empty() {
        return Err("`request.resource` is empty: name one resource at least".to_owned());
    }
    let RawRequest { action, owner, resource_group, .. } = raw;
    Ok(CaseRequest { action, resources, owner, resource_group, context })
}

impl From<RawKind> for DocumentKind {
    fn from(kind: RawKind) -> Self {
        match kind {
            RawKind::Identity => Self::Identity,
            RawKind::Trust => Self::Trust,
            RawKind::Session => Self::Session,
            RawKind::Control => Self::Control,
            RawKind::Bucket => Self::Bucket,
        }
    }
}

/// What a reader of JSON says of a text that begins on `line`.
fn mistake(error: &serde_json::Error, line: usize, case: Option<String>) -> CaseMistake {
    let said = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let message = said.strip_suffix(&place).unwrap_or(&said).to_owned();
    CaseMistake { line: line + error.line().saturating_sub(1), case, message }
}

/// The line on which `part`, a stretch of `text`, begins.
fn line_of(text: &str, part: &str) -> usize {
    let before = (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    1 + text.bytes().take(before).filter(|byte| *byte == b'\n').count()
}
