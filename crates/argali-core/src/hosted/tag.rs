//! Tags of resources.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::call::Call;
use super::failure::Failure;
use super::host::{Host, HostMut, Shelf};
use super::shelves;
use super::situation::Situation;
use super::token;
use crate::tag::{Flaw, MOST_TAGS, Values, flaw_of_key};

/// The size of a page of tags unless told, and at most.
const PAGE: usize = 50;

impl Call<'_> {
    /// The tags that the call names, with empty values where it names none.
    pub(super) fn tag_arguments(&self) -> impl Iterator<Item = (&str, &str)> {
        self.asked_tags().map(|(key, value)| (key, value.unwrap_or_default()))
    }

    /// The tags that the call names, each with its value if it names one.
    pub(super) fn asked_tags(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        let parameters = self.operation.tag_parameters.iter();
        let tags = parameters.filter_map(|name| self.arguments.get(name)?.as_array()).flatten();
        tags.filter_map(|tag| Some((tag.get("key")?.as_str()?, tag.get("value").and_then(Value::as_str))))
    }

    /// The tags that the call names, none of which is malformed.
    pub(super) fn checked_tags(&self) -> Result<BTreeMap<String, String>, Failure> {
        let mut tags = BTreeMap::new();
        for (key, value) in self.tag_arguments() {
            let malformed = [
                (Situation::InvalidTagKey, "Tag.N.Key", key, malformed(key, flaw_of_key(key))),
                (
                    Situation::InvalidTagValue,
                    "Tag.N.Value",
                    value,
                    malformed(value, Values::Short.flaw_of_value(value)),
                ),
            ];
            for (situation, parameter, value, reason) in malformed {
                if let Some(reason) = reason {
                    let values = [("parameter", parameter), ("value", value), ("reason", reason)];
                    return Err(self.teller().tell(situation, &values));
                }
            }
            tags.insert(key.to_owned(), value.to_owned());
        }
        if tags.len() > MOST_TAGS {
            return Err(self.teller().tell(Situation::TooManyTags, &[]));
        }
        Ok(tags)
    }

    pub(super) fn tag(&self, host: &mut dyn HostMut) -> Result<Value, Failure> {
        let tags = self.checked_tags()?;
        self.change_tags(host, |known| known.extend(tags.clone()))
    }

    pub(super) fn untag(&self, host: &mut dyn HostMut) -> Result<Value, Failure> {
        let keys = self.texts("TagKey");
        let all = keys.is_empty() && self.arguments.get("All") == Some(&Value::Bool(true));
        self.change_tags(host, |known| known.retain(|key, _| !all && !keys.contains(&key.as_str())))
    }

    fn change_tags(
        &self,
        host: &mut dyn HostMut,
        change: impl Fn(&mut BTreeMap<String, String>),
    ) -> Result<Value, Failure> {
        let Some(resource) = self.resource else { return Ok(Value::Object(Map::new())) };
        for id in self.targets(host)? {
            let record = self.target(host, resource, &id)?;
            let mut changed = record.clone();
            change(&mut changed.tags);
            if changed.tags.len() > MOST_TAGS {
                return Err(self.teller().tell(Situation::TooManyTags, &[]));
            }
            self.save_by_rule(host, resource, Some(&record), &mut changed)?;
            if let Some(group) = changed.group.filter(|group| record.group.as_ref() != Some(group)) {
                self.bring_parts_along(host, resource, &id, &group)?;
            }
        }
        self.answer(host, &Map::new(), None)
    }

    pub(super) fn list_tags(&self, host: &dyn Host) -> Result<Value, Failure> {
        let Some(resource) = self.resource else { return Ok(Value::Object(Map::new())) };
        let asked =
            self.arguments.get("MaxResults").and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
        let size = asked.unwrap_or(PAGE).clamp(1, PAGE);
        let list = self.list_name(None);
        let after = self.page_token(host, &list)?;
        let mut rows = match self.targets(host)? {
            ids if ids.is_empty() => self.tags_of_type(host, after.as_deref(), size)?,
            ids => self.tags_of(host, &ids, after.as_deref())?,
        };
        let more = rows.len() > size;
        rows.truncate(size);
        let next =
            rows.last().filter(|_| more).map(|(key, value, id)| token::write(host, &list, &[key, value, id]));
        let word = resource.words.first().map(String::as_str).unwrap_or_default();
        let items = rows
            .into_iter()
            .map(|(key, value, id)| json!({ "type": word, "id": id, "key": key, "value": value }));
        let found = Map::from_iter([
            ("items".to_owned(), items.collect()),
            ("next_token".to_owned(), next.unwrap_or_default().into()),
        ]);
        self.answer(host, &found, None)
    }

    /// The tags of some resources that are among those asked for, in the order of key, value and id, after `after`.
    fn tags_of(
        &self,
        host: &dyn Host,
        ids: &[Cow<'_, str>],
        after: Option<&[String]>,
    ) -> Result<Vec<TagRow>, Failure> {
        let Some(resource) = self.resource else { return Ok(Vec::new()) };
        let mut rows = Vec::new();
        for id in ids {
            let record = self.target(host, resource, id)?;
            let wanted = record.tags.into_iter().filter(|(key, value)| self.wants_tag(key, value));
            rows.extend(wanted.map(|(key, value)| (key, value, id.clone().into_owned())));
        }
        rows.sort_unstable();
        rows.retain(|(key, value, id)| !matches!(after, Some([k, v, i]) if (key, value, id) <= (k, v, i)));
        Ok(rows)
    }

    /// One more than a page of all tags of the type that are asked for, after `after`.
    fn tags_of_type(
        &self,
        host: &dyn Host,
        after: Option<&[String]>,
        size: usize,
    ) -> Result<Vec<TagRow>, Failure> {
        let Some(resource) = self.resource else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        let mut after: Option<Vec<String>> = after.map(<[String]>::to_vec);
        loop {
            let last: Option<Vec<&str>> =
                after.as_ref().map(|path| path.iter().map(String::as_str).collect());
            let rows = host.scan(Shelf::Tag, &[&resource.name], last.as_deref(), shelves::BATCH)?;
            let more = rows.len() == shelves::BATCH;
            after = rows.last().map(|row| row.rest.clone());
            for row in rows {
                if let [key, value, id] = row.rest.as_slice()
                    && self.wants_tag(key, value)
                    && self.find(host, resource, id)?.is_some()
                {
                    found.push((key.clone(), value.clone(), id.clone()));
                    if found.len() > size {
                        return Ok(found);
                    }
                }
            }
            if !more {
                return Ok(found);
            }
        }
    }

    /// Whether a tag is among those that the call asks for, if it asks for any.
    fn wants_tag(&self, key: &str, value: &str) -> bool {
        let mut asked = self.asked_tags().peekable();
        asked.peek().is_none()
            || asked.any(|(known, wanted)| known == key && wanted.is_none_or(|wanted| wanted == value))
    }
}

/// Key, value and resource.
type TagRow = (String, String, String);

/// Why a key or value cannot be, in words that end a sentence.
fn malformed(text: &str, flaw: Option<Flaw>) -> Option<&'static str> {
    match flaw {
        Some(Flaw::Length) => Some("it must have at most 128 characters, a key at least one"),
        Some(Flaw::Reserved(_)) => Some("it must not begin with `aliyun` or `acs:`"),
        Some(Flaw::Address) => Some("it must not contain `http://` or `https://`"),
        // A key that comes again takes the later value: the texts of these services have no code for it.
        Some(Flaw::Twice) | None => text.contains('\0').then_some("it must not contain NUL characters"),
    }
}
