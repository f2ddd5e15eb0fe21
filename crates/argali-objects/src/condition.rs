//! Conditions and ranges of readers: what HTTP lets them say about the object that they have or want.

use std::ops::Range;

use argali_core::error::ApiError;
use argali_core::model::Object;
use argali_core::services::oss::{precondition_failed, storage_error};
use argali_protocol::parse_http_date;

/// What a reader says of the object that it wants.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Conditions<'h> {
    pub(crate) if_match: Option<&'h str>,
    pub(crate) if_none_match: Option<&'h str>,
    pub(crate) if_modified_since: Option<&'h str>,
    pub(crate) if_unmodified_since: Option<&'h str>,
}

/// What follows from the conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    /// The object is sent.
    Holds,
    /// The reader has it.
    NotModified,
}

impl Conditions<'_> {
    /// Holds the conditions against an object, in the order that HTTP gives them.
    pub(crate) fn check(&self, object: &Object) -> Result<Condition, ApiError> {
        let modified = object.modified_at.as_seconds();
        let since = |text: Option<&str>| text.and_then(parse_http_date);
        match self.if_match {
            Some(list) if !names(list, &object.etag) => return Err(precondition_failed()),
            None if since(self.if_unmodified_since).is_some_and(|since| modified > since) => {
                return Err(precondition_failed());
            }
            _ => {}
        }
        match self.if_none_match {
            Some(list) if names(list, &object.etag) => Ok(Condition::NotModified),
            None if since(self.if_modified_since).is_some_and(|since| modified <= since) => {
                Ok(Condition::NotModified)
            }
            _ => Ok(Condition::Holds),
        }
    }
}

/// Whether a list of tags, or `*`, names this one; the case of its letters does not matter.
fn names(list: &str, etag: &str) -> bool {
    list.split(',').any(|tag| {
        let tag = tag.trim();
        let tag = tag.strip_prefix("W/").unwrap_or(tag).trim_matches('"');
        tag == "*" || tag.eq_ignore_ascii_case(etag)
    })
}

/// The bytes that a `Range` header asks for; nothing if it is none that is understood, which HTTP has be ignored.
///
/// Fails if there are no such bytes.
pub(crate) fn range(header: Option<&str>, size: u64) -> Result<Option<Range<u64>>, ApiError> {
    let Some(spec) = header.and_then(|header| header.strip_prefix("bytes=")) else { return Ok(None) };
    let Some((first, last)) = spec.split_once('-').filter(|_| !spec.contains(',')) else { return Ok(None) };
    let number =
        |text: &str| text.parse::<u64>().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
    let range = match (first, last) {
        ("", last) => match number(last) {
            Some(0) => size..size,
            Some(length) => size.saturating_sub(length)..size,
            None => return Ok(None),
        },
        (first, "") => match number(first) {
            Some(first) => first..size,
            None => return Ok(None),
        },
        (first, last) => match (number(first), number(last)) {
            (Some(first), Some(last)) if first <= last => first..size.min(last.saturating_add(1)),
            _ => return Ok(None),
        },
    };
    if range.start >= size {
        let message = "The requested range cannot be satisfied: it begins after the object's last byte.";
        return Err(storage_error("InvalidRange", 416, message));
    }
    Ok(Some(range))
}

#[cfg(test)]
mod tests {
    use argali_core::model::{Description, ObjectKind};
    use argali_core::time::Timestamp;

    use super::*;

    #[test]
    fn ranges_are_those_of_http() {
        for (header, expected) in [
            ("bytes=0-9", Some(0..10)),
            ("bytes=0-0", Some(0..1)),
            ("bytes=90-200", Some(90..100)),
            ("bytes=99-", Some(99..100)),
            ("bytes=-1", Some(99..100)),
            ("bytes=-500", Some(0..100)),
            ("bytes=9-0", None),
            ("bytes=0-1,5-6", None),
            ("bytes=a-b", None),
            ("bytes=+1-2", None),
            ("bytes=-", None),
            ("items=0-1", None),
        ] {
            assert_eq!(range(Some(header), 100).unwrap(), expected, "{header}");
        }
        for header in ["bytes=100-", "bytes=100-200", "bytes=-0"] {
            assert_eq!(range(Some(header), 100).unwrap_err().code().http_status(), 416, "{header}");
        }
        assert_eq!(range(Some("bytes=0-"), 0).unwrap_err().code().http_status(), 416);
        assert_eq!(range(None, 100).unwrap(), None);
    }

    #[test]
    fn conditions_are_held_against_tag_and_date() {
        let object = Object {
            pieces: Vec::new(),
            size: 0,
            etag: "ABC".to_owned(),
            crc64: 0,
            modified_at: Timestamp::from_seconds(1_735_787_045),
            kind: ObjectKind::Normal,
            description: Description::default(),
        };
        let (at, before) = ("Thu, 02 Jan 2025 03:04:05 GMT", "Thu, 02 Jan 2025 03:04:04 GMT");
        let check = |if_match, if_none_match, if_modified_since, if_unmodified_since| {
            let conditions = Conditions { if_match, if_none_match, if_modified_since, if_unmodified_since };
            conditions.check(&object).map_err(|error| error.code().http_status())
        };
        use Condition::{Holds, NotModified};
        for (found, expected) in [
            (check(Some("\"abc\""), None, None, None), Ok(Holds)),
            (check(Some("\"x\", \"ABC\""), None, None, None), Ok(Holds)),
            (check(Some("*"), None, None, None), Ok(Holds)),
            (check(Some("\"x\""), None, None, None), Err(412)),
            (check(None, Some("\"ABC\""), None, None), Ok(NotModified)),
            (check(None, Some("\"x\""), None, None), Ok(Holds)),
            (check(None, None, Some(at), None), Ok(NotModified)),
            (check(None, None, Some(before), None), Ok(Holds)),
            (check(None, None, None, Some(at)), Ok(Holds)),
            (check(None, None, None, Some(before)), Err(412)),
            (check(None, None, Some("yesterday"), None), Ok(Holds)),
            (check(Some("\"ABC\""), None, None, Some(before)), Ok(Holds)),
            (check(None, Some("\"x\""), Some(at), None), Ok(Holds)),
        ] {
            assert_eq!(found, expected);
        }
    }
}
