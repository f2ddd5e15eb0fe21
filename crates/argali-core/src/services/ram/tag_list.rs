//! Tags as requests carry them, JSON text, and as answers show them.
// SPEC: wire protocol, value encoding, JSON; limits, names and tags.

use std::fmt;

use argali_policy::Context as Conditions;
use argali_protocol::{Invalid, Reason};
use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer, Serialize};

use crate::error::{ApiError, ErrorCode};
use crate::model::Tags;
use crate::name::{TagKey, TagValue};
use crate::tag::{Flaw, Half, MOST_TAGS, SHORT_VALUE, Values};

/// At most `MOST` values that came as the JSON text of a list.
#[derive(Clone, Debug)]
pub struct JsonList<T, const MOST: usize>(Vec<T>);

impl<T, const MOST: usize> JsonList<T, MOST> {
    /// The values, in the order in which they came.
    pub fn into_vec(self) -> Vec<T> {
        self.0
    }

    /// The values, in the order in which they came.
    pub fn as_slice(&self) -> &[T] {
        &self.0
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'de, T: DeserializeOwned, const MOST: usize> Deserialize<'de> for JsonList<T, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let list: Vec<T> = serde_json::from_str(&text).map_err(|error| {
            D::Error::custom(Invalid::new(Reason::Value, format!("it must be a list as JSON text: {error}")))
        })?;
        if list.len() > MOST {
            let message = format!("it may hold {MOST} entries, not {}", list.len());
            return Err(D::Error::custom(Invalid::new(Reason::Value, message)));
        }
        Ok(Self(list))
    }
}

/// Tags of a request: `[{"Key":"team","Value":"ops"}]`.
pub type TagList = JsonList<RequestTag, MOST_TAGS>;

/// One tag of a request.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RequestTag {
    key: TagKey,
    value: Option<TagValue>,
}

impl TagList {
    /// See [`checked_tags`].
    pub(super) fn into_tags(self) -> Result<Tags, ApiError> {
        checked_tags(self.0)
    }

    /// See [`has_tags`].
    pub(super) fn matches(&self, tags: &Tags) -> bool {
        has_tags(tags, &self.0)
    }
}

/// Tags of a request as labels of a role or policy; a value that was left out is empty.
///
/// Fails with `InvalidParameter.Tag` on a key that is given twice, on too many, and on what is reserved.
pub(in crate::services) fn checked_tags(given: Vec<RequestTag>) -> Result<Tags, ApiError> {
    checked(given, Values::Long)
}

/// The same of a user or resource group, whose values are as short as keys, and hold no more than keys do.
// SPEC: the IMS and Resource Management APIs, Tag.
pub(in crate::services) fn checked_short_tags(given: Vec<RequestTag>) -> Result<Tags, ApiError> {
    checked(given, Values::ShortUnreserved)
}

fn checked(given: Vec<RequestTag>, values: Values) -> Result<Tags, ApiError> {
    if given.len() > MOST_TAGS {
        let message = format!("A request names at most {MOST_TAGS} tags, not {}.", given.len());
        return Err(ApiError::invalid("Tag", message));
    }
    let texts = given.iter().map(|tag| (tag.key.as_str(), tag.value.as_ref().map_or("", TagValue::as_str)));
    if let Some((at, half, flaw)) = values.flaw(texts) {
        let key = given.get(at).map_or("", |tag| tag.key.as_str());
        return Err(ApiError::invalid("Tag", told(key, half, flaw)));
    }
    Ok(given.into_iter().map(|tag| (tag.key, tag.value.unwrap_or_default())).collect())
}

/// What is wrong with the tag of this key, in words.
fn told(key: &str, half: Half, flaw: Flaw) -> String {
    match (half, flaw) {
        (_, Flaw::Address) => format!("The tag `{key}` holds `http://` or `https://`: leave it out."),
        (_, Flaw::Twice) => format!("The tag key `{key}` is given twice."),
        (Half::Key, Flaw::Reserved(prefix)) => {
            format!("The tag key `{key}` begins with `{prefix}`, which is reserved.")
        }
        // Keys of a wrong length, and values that nothing has, are refused where they come in.
        (Half::Key, Flaw::Length) | (Half::Value, _) => {
            format!(
                "A tag's value has at most {SHORT_VALUE} characters and does not begin with `aliyun` or `acs:`."
            )
        }
    }
}

/// Puts tags on what has `tags`. A key that is there takes the new value; `name` says whose they are.
///
/// Fails with `InvalidParameter.Tag` if there would be more than there may be.
pub(in crate::services) fn put_tags(
    tags: &mut Tags,
    new: &Tags,
    name: impl fmt::Display,
) -> Result<(), ApiError> {
    tags.extend(new.clone());
    if tags.len() <= MOST_TAGS {
        return Ok(());
    }
    let message = format!("`{name}` would have more than {MOST_TAGS} tags: take some off first.");
    Err(ApiError::invalid("Tag", message))
}

/// Fails with `Missing<parameter>` if a list is empty that must not be.
pub(in crate::services) fn require_some(is_absent: bool, parameter: &str) -> Result<(), ApiError> {
    if !is_absent {
        return Ok(());
    }
    let message = format!("{parameter} is mandatory for this action: name at least one.");
    Err(ApiError::new(ErrorCode::Missing(parameter.to_owned()), message))
}

/// The condition keys that tags of a request fill: `acs:RequestTag/<key>`.
// SPEC: policy language, condition keys.
pub(in crate::services) fn tag_conditions<'a>(
    tags: impl IntoIterator<Item = &'a RequestTag>,
    conditions: &mut Conditions,
) {
    for RequestTag { key, value } in tags {
        let value = value.as_ref().map_or("", TagValue::as_str);
        conditions.set(format!("acs:RequestTag/{key}"), value);
    }
}

/// Whether `tags` has all that are `wanted`; a value that was left out matches any.
pub(in crate::services) fn has_tags(tags: &Tags, wanted: &[RequestTag]) -> bool {
    wanted.iter().all(|wanted| {
        let found = tags.get(&wanted.key);
        found.is_some_and(|value| wanted.value.as_ref().is_none_or(|wanted| wanted == value))
    })
}

/// Tags of a thing in a listing.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TagViews {
    tag: Vec<TagView>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct TagView {
    tag_key: TagKey,
    tag_value: TagValue,
}

impl TagViews {
    /// What a listing shows of `tags`: nothing where there are none.
    pub(in crate::services) fn of(tags: Tags) -> Option<Self> {
        let tag: Vec<_> =
            tags.into_iter().map(|(tag_key, tag_value)| TagView { tag_key, tag_value }).collect();
        (!tag.is_empty()).then_some(Self { tag })
    }
}
