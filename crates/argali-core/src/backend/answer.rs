//! What a backend answered, and what its caller is told of it.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::BackendError;
use crate::audit::{beginning, shortened};
use crate::error::{ApiError, ErrorCode};

/// How long a code may be that a backend answers with, in bytes.
const LONGEST_CODE: usize = 128;
/// How much of a backend's message is passed on, in bytes.
const LONGEST_MESSAGE: usize = 4 << 10;

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

/// What was heard from the backend of a service.
#[derive(Debug)]
pub struct Heard {
    service: String,
    reply: Result<Reply, BackendError>,
}

impl Heard {
    /// What the backend of `service` answered, or why it did not.
    pub fn new(service: impl Into<String>, reply: Result<Reply, BackendError>) -> Self {
        Self { service: service.into(), reply }
    }

    /// What the record of the call says of it.
    pub(crate) fn said(&self) -> String {
        match &self.reply {
            Ok(reply) => format!("answered with status {}", reply.status),
            Err(error) => error.to_string(),
        }
    }

    /// The answer for the caller: a JSON object. Fails with the backend's own code, or one of ours if it has none.
    pub(crate) fn outcome(&self) -> Result<Value, ApiError> {
        let service = &self.service;
        match &self.reply {
            Ok(reply) if (200..300).contains(&reply.status) => answer(&reply.body)
                .map(Value::Object)
                .ok_or_else(|| self.unusable("its answer is no JSON object")),
            Ok(reply) if (400..600).contains(&reply.status) => Err(match refusal(&reply.body) {
                Some((code, message)) => {
                    ApiError::new(ErrorCode::Declared(Cow::Owned(code), reply.status), message)
                }
                None => self.unusable(&format!("it answered with status {} and no code", reply.status)),
            }),
            Ok(reply) => Err(self.unusable(&format!("it answered with status {}", reply.status))),
            Err(error @ (BackendError::Away(_) | BackendError::TooMany)) => {
                let message = format!(
                    "The backend of the service `{service}` cannot be asked now, and nothing was done; \
                     try again in a moment."
                );
                log(service, error);
                Err(ApiError::new(ErrorCode::ServiceUnavailable, message))
            }
            Err(error @ BackendError::TooSlow) => {
                let message = format!(
                    "The backend of the service `{service}` did not answer in time; \
                     look what it has done before you try again."
                );
                log(service, error);
                Err(ApiError::new(ErrorCode::ServiceTimeout, message))
            }
            Err(error @ (BackendError::BrokeOff(_) | BackendError::TooLarge)) => {
                log(service, error);
                Err(self.unusable("it broke off, or its answer is too large"))
            }
        }
    }

    /// An answer that cannot be passed on. What was done is known to the backend alone.
    fn unusable(&self, why: &str) -> ApiError {
        let message = format!(
            "The backend of the service `{}` gave no answer that can be passed on: {why}; \
             look what it has done before you try again.",
            self.service
        );
        ApiError::new(ErrorCode::ServiceUnavailable, message)
    }
}

fn log(service: &str, error: &BackendError) {
    let source = error as &dyn std::error::Error;
    tracing::warn!(service, error = source, cause = source.source(), "a backend was not asked with success");
}

/// The members of an answer but for the request id, which is ours; none where it is no object.
fn answer(body: &[u8]) -> Option<Map<String, Value>> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Some(Map::new());
    }
    let mut members: Map<String, Value> = serde_json::from_slice(body).ok()?;
    members.remove("RequestId");
    Some(members)
}

/// The code and message of a refusal, if it is written like ours.
fn refusal(body: &[u8]) -> Option<(String, String)> {
    let members = answer(body)?;
    let code = members.get("Code")?.as_str()?;
    let may_be_code = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    if code.is_empty() || code.len() > LONGEST_CODE || !code.chars().all(may_be_code) {
        return None;
    }
    let message = members.get("Message").and_then(Value::as_str).unwrap_or("The request was refused.");
    Some((shortened(code), beginning(message, LONGEST_MESSAGE).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(status: u16, body: &str) -> Result<Value, (String, u16)> {
        let heard = Heard::new("tower", Ok(Reply { status, body: body.as_bytes().to_vec() }));
        heard.outcome().map_err(|error| (error.code().wire().into_owned(), error.code().http_status()))
    }

    #[test]
    fn answers_are_objects_without_a_request_id_of_their_own() {
        assert_eq!(
            outcome(200, r#"{"RequestId":"X","TowerId":"t"}"#).unwrap(),
            serde_json::json!({"TowerId":"t"})
        );
        assert_eq!(outcome(204, " \n").unwrap(), serde_json::json!({}));
        for body in ["[]", "null", "<html>", "7", "{", "\u{0}"] {
            assert_eq!(outcome(200, body).unwrap_err().1, 503, "{body}");
        }
    }

    #[test]
    fn refusals_keep_their_code_and_status_where_they_are_ones() {
        let told = outcome(409, r#"{"Code":"IncorrectTowerStatus","Message":"It runs."}"#).unwrap_err();
        assert_eq!(told, ("IncorrectTowerStatus".to_owned(), 409));
        for (status, body) in [
            (404, "<html>"),
            (500, "{}"),
            (400, r#"{"Code":""}"#),
            (400, r#"{"Code":"a b"}"#),
            (400, r#"{"Code":7}"#),
            (302, ""),
            (101, ""),
        ] {
            let expected = ("ServiceUnavailable".to_owned(), 503);
            assert_eq!(outcome(status, body).unwrap_err(), expected, "{status} {body}");
        }
    }

    #[test]
    fn a_backend_that_does_not_answer_is_told_from_one_that_is_not_there() {
        let told = |error| Heard::new("tower", Err(error)).outcome().unwrap_err().code().http_status();
        assert_eq!(told(BackendError::TooMany), 503);
        assert_eq!(told(BackendError::Away("refused".into())), 503);
        assert_eq!(told(BackendError::TooSlow), 504);
        assert_eq!(told(BackendError::TooLarge), 503);
    }
}
