//! Which pages of other origins browsers let ask: the rules, and the headers that follow from them.

use argali_core::error::ApiError;
use argali_core::model::CorsRule;
use argali_core::services::oss::{DeleteBucketCors, GetBucketCors, PutBucketCors, access_denied, cors_rules};
use argali_protocol::OssRequest;
use bytes::Bytes;
use hyper::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};

use crate::answer::{Answer, document, empty, set};
use crate::storage::ObjectStorage;
use crate::visit::Visit;
use crate::xml;

#[derive(Debug, Deserialize, Serialize)]
struct Configuration {
    #[serde(rename = "CORSRule", default)]
    rules: Vec<Rule>,
    #[serde(rename = "ResponseVary", default)]
    vary: bool,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Rule {
    #[serde(default)]
    allowed_origin: Vec<String>,
    #[serde(default)]
    allowed_method: Vec<String>,
    #[serde(default)]
    allowed_header: Vec<String>,
    #[serde(default)]
    expose_header: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_age_seconds: Option<u32>,
}

pub(crate) async fn put<B>(visit: Visit<'_>, body: B) -> Result<Answer, ApiError>
where
    B: http_body::Body<Data = Bytes> + Send + Unpin,
    B::Error: std::fmt::Display,
{
    let wanted: Configuration = xml::parse("CORSConfiguration", &xml::read_whole(body).await?)?;
    let rule = |rule: Rule| CorsRule {
        allowed_origins: rule.allowed_origin,
        allowed_methods: rule.allowed_method,
        allowed_headers: rule.allowed_header,
        expose_headers: rule.expose_header,
        max_age_s: rule.max_age_seconds,
    };
    let rules = wanted.rules.into_iter().map(rule).collect();
    visit.change(&PutBucketCors { bucket: visit.bucket()?, rules, vary: wanted.vary }).await?;
    Ok(empty(StatusCode::OK))
}

pub(crate) async fn get(visit: Visit<'_>) -> Result<Answer, ApiError> {
    let bucket = visit.read(&GetBucketCors { bucket: visit.bucket()? }).await?;
    let rule = |rule: CorsRule| Rule {
        allowed_origin: rule.allowed_origins,
        allowed_method: rule.allowed_methods,
        allowed_header: rule.allowed_headers,
        expose_header: rule.expose_headers,
        max_age_seconds: rule.max_age_s,
    };
    let rules = bucket.cors.into_iter().map(rule).collect();
    document("CORSConfiguration", &Configuration { rules, vary: bucket.cors_vary })
}

pub(crate) async fn delete(visit: Visit<'_>) -> Result<Answer, ApiError> {
    visit.change(&DeleteBucketCors { bucket: visit.bucket()? }).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}

/// Answers a browser that asks whether a page may send a request.
pub(crate) fn preflight(visit: Visit<'_>) -> Result<Answer, ApiError> {
    let message = "CORSResponse: This CORS request is not allowed: no rule of the bucket allows this origin, method and headers.";
    let refused = || access_denied(message);
    let request = visit.request;
    let method = request.plain_header("access-control-request-method").ok_or_else(refused)?;
    let asked = request.plain_header("access-control-request-headers").unwrap_or_default();
    let rule = rule_for(visit.storage, request, method, asked)?.ok_or_else(refused)?.0;
    let mut answer = empty(StatusCode::OK);
    let headers = answer.headers_mut();
    set(headers, "access-control-allow-methods", &rule.allowed_methods.join(", "))?;
    if !asked.is_empty() {
        set(headers, "access-control-allow-headers", asked)?;
    }
    Ok(answer)
}

/// Lets the page that asked look at an answer, if a rule of the bucket does.
pub(crate) fn allow(
    storage: &ObjectStorage,
    headers: &mut HeaderMap,
    request: &OssRequest<'_>,
) -> Result<(), ApiError> {
    let Some(origin) = request.plain_header("origin") else { return Ok(()) };
    let method = request.plain_header("access-control-request-method");
    let method = method.unwrap_or(request.method);
    let Some((rule, vary)) = rule_for(storage, request, method, "")? else { return Ok(()) };
    let any = rule.allowed_origins.iter().any(|allowed| allowed == "*");
    set(headers, "access-control-allow-origin", if any { "*" } else { origin })?;
    if !rule.expose_headers.is_empty() {
        set(headers, "access-control-expose-headers", &rule.expose_headers.join(", "))?;
    }
    if let Some(age) = rule.max_age_s {
        set(headers, "access-control-max-age", &age.to_string())?;
    }
    if vary || !any {
        set(headers, "vary", "Origin")?;
    }
    Ok(())
}

/// The first rule of the bucket that allows a request, and whether answers always depend on the origin.
fn rule_for(
    storage: &ObjectStorage,
    request: &OssRequest<'_>,
    method: &str,
    asked: &str,
) -> Result<Option<(CorsRule, bool)>, ApiError> {
    let Some(origin) = request.plain_header("origin") else { return Ok(None) };
    let Some(bucket) = request.bucket.as_deref().and_then(|name| name.parse().ok()) else { return Ok(None) };
    let (rules, vary) = cors_rules(storage.core(), &bucket)?;
    let found = rules.into_iter().find(|rule| allows(rule, origin, method, asked));
    Ok(found.map(|rule| (rule, vary)))
}

fn allows(rule: &CorsRule, origin: &str, method: &str, asked: &str) -> bool {
    let mut asked =
        asked.split(',').map(|header| header.trim().to_ascii_lowercase()).filter(|header| !header.is_empty());
    rule.allowed_origins.iter().any(|pattern| fits(pattern, origin))
        && rule.allowed_methods.iter().any(|allowed| allowed == method)
        && asked.all(|header| {
            rule.allowed_headers.iter().any(|pattern| fits(&pattern.to_ascii_lowercase(), &header))
        })
}

/// Whether a text is a pattern's, which has at most one `*`.
fn fits(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, end)) => {
            text.len() >= start.len() + end.len() && text.starts_with(start) && text.ends_with(end)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_allow_what_fits() {
        let rule = CorsRule {
            allowed_origins: vec!["https://*.example.com".to_owned(), "http://localhost".to_owned()],
            allowed_methods: vec!["GET".to_owned(), "PUT".to_owned()],
            allowed_headers: vec!["x-oss-*".to_owned(), "Content-Type".to_owned()],
            ..CorsRule::default()
        };
        for (origin, method, asked, expected) in [
            ("https://a.example.com", "GET", "", true),
            ("https://a.example.com", "PUT", "x-oss-date, content-type", true),
            ("http://localhost", "GET", "X-Oss-Meta-A", true),
            ("https://example.com", "GET", "", false),
            ("https://a.example.com.evil.com", "GET", "", false),
            ("https://a.example.com", "DELETE", "", false),
            ("https://a.example.com", "GET", "authorization", false),
        ] {
            assert_eq!(allows(&rule, origin, method, asked), expected, "{origin} {method} {asked}");
        }
        assert!(!fits("ab*ba", "aba"), "both ends, and not one for two");
    }
}
