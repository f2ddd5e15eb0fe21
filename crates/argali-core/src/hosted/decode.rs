//! Reads the parameters of a call into typed values.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use serde_json::{Map, Value};

use super::cidr::Cidr;
use super::failure::{Failure, Teller};
use super::file_value::{Kind, Parameter, Shape};
use super::situation::Situation;

/// How many elements a list may have if its shape does not say.
const MOST_ELEMENTS: usize = 100;

/// The parameters of a call as they came, by name.
pub(super) type Sent<'a> = BTreeMap<&'a str, &'a str>;

/// Reads parameters against what an operation understands.
pub(super) struct Decoder<'a> {
    pub(super) teller: Teller<'a>,
    pub(super) sent: &'a Sent<'a>,
}

impl Decoder<'_> {
    /// Every parameter that was sent or has a default. What an operation does not know is passed over.
    pub(super) fn read(
        &self,
        parameters: &BTreeMap<String, Parameter>,
        prefix: &str,
    ) -> Result<Map<String, Value>, Failure> {
        let mut values = Map::new();
        for (name, parameter) in parameters {
            let wire = format!("{prefix}{name}");
            match self.value(&wire, &parameter.shape)?.or_else(|| parameter.default.clone()) {
                Some(value) if !(parameter.required && is_empty(&value)) => {
                    values.insert(name.clone(), value);
                }
                _ if parameter.required => return Err(self.missing(&wire)),
                _ => {}
            }
        }
        Ok(values)
    }

    pub(super) fn missing(&self, parameter: &str) -> Failure {
        self.teller.tell(Situation::MissingParameter, &[("parameter", parameter)])
    }

    fn value(&self, wire: &str, shape: &Shape) -> Result<Option<Value>, Failure> {
        let value = match &shape.kind {
            Kind::TextList => self.list(wire),
            Kind::Tags => self.tags(wire)?,
            Kind::Filters => self.filters(wire),
            Kind::Struct(members) => self.structure(wire, members)?,
            Kind::Structs(members) => self.structures(wire, members)?,
            _ => match self.sent.get(wire) {
                Some(text) => self.scalar(wire, shape, text)?,
                None => None,
            },
        };
        if let Some(value) = &value {
            self.limits(wire, shape, value)?;
        }
        Ok(value)
    }

    fn scalar(&self, wire: &str, shape: &Shape, text: &str) -> Result<Option<Value>, Failure> {
        // Only a text may be empty; everything else then counts as absent.
        if text.is_empty() && shape.kind != Kind::Text {
            return Ok(None);
        }
        let invalid = |reason: &str| self.invalid(wire, shape, text, reason);
        Ok(Some(match &shape.kind {
            Kind::Integer => text.parse::<i64>().map_err(|_| invalid("expected a whole number"))?.into(),
            Kind::Number => match text.parse::<f64>() {
                Ok(number) if number.is_finite() => number.into(),
                _ => return Err(invalid("expected a number")),
            },
            Kind::Boolean if text.eq_ignore_ascii_case("true") => true.into(),
            Kind::Boolean if text.eq_ignore_ascii_case("false") => false.into(),
            Kind::Boolean => return Err(invalid("expected `true` or `false`")),
            Kind::CommaList => text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect(),
            Kind::JsonList => json_list(text).ok_or_else(|| invalid("expected a JSON array of texts"))?,
            Kind::JsonTags => json_tags(text).ok_or_else(|| invalid("expected a JSON object of tags"))?,
            Kind::Json => json(text).ok_or_else(|| invalid("expected JSON"))?,
            Kind::JsonStructs(members) => json_structs(text, members).map_err(|reason| invalid(&reason))?,
            // SPEC: VPC, CreateRouteEntry: an address without a mask is a block of that address.
            Kind::Cidr if text.parse::<Ipv4Addr>().is_ok() && shape.admits_addresses() => {
                format!("{text}/32").into()
            }
            _ => text.into(),
        }))
    }

    /// `Name.1`, `Name.2`, with gaps tolerated; a value under the bare name is a list of one.
    fn list(&self, wire: &str) -> Option<Value> {
        let indexed = self
            .indexes(wire)
            .into_iter()
            .filter_map(|index| self.sent.get(format!("{wire}.{index}").as_str()));
        let elements: Vec<&str> =
            indexed.chain(self.sent.get(wire)).copied().filter(|text| !text.is_empty()).collect();
        if elements.is_empty() { None } else { Some(elements.into_iter().collect()) }
    }

    fn structures(
        &self,
        wire: &str,
        members: &BTreeMap<String, Parameter>,
    ) -> Result<Option<Value>, Failure> {
        let mut elements = Vec::new();
        for index in self.indexes(wire) {
            elements.push(Value::Object(self.read(members, &format!("{wire}.{index}."))?));
        }
        Ok(if elements.is_empty() { None } else { Some(elements.into()) })
    }

    fn structure(&self, wire: &str, members: &BTreeMap<String, Parameter>) -> Result<Option<Value>, Failure> {
        let prefix = format!("{wire}.");
        if !self.sent.keys().any(|name| name.starts_with(&prefix)) {
            return Ok(None);
        }
        Ok(Some(self.read(members, &prefix)?.into()))
    }

    fn tags(&self, wire: &str) -> Result<Option<Value>, Failure> {
        let mut tags = Vec::new();
        for index in self.indexes(wire) {
            let member = |name: &str| {
                let long = format!("{wire}.{index}.Tag{name}");
                let short = format!("{wire}.{index}.{name}");
                self.sent.get(short.as_str()).or_else(|| self.sent.get(long.as_str())).copied()
            };
            let Some(key) = member("Key").filter(|key| !key.is_empty()) else {
                return Err(self.missing(&format!("{wire}.{index}.Key")));
            };
            let mut tag = Map::from_iter([("key".to_owned(), Value::from(key))]);
            if let Some(value) = member("Value") {
                tag.insert("value".to_owned(), value.into());
            }
            tags.push(Value::Object(tag));
        }
        Ok(if tags.is_empty() { None } else { Some(tags.into()) })
    }

    /// Values by name: an object of lists. What has no value narrows nothing.
    fn filters(&self, wire: &str) -> Option<Value> {
        let mut filters = Map::new();
        for index in self.indexes(wire) {
            let values = self.list(&format!("{wire}.{index}.Value"));
            let key = self.sent.get(format!("{wire}.{index}.Key").as_str()).filter(|key| !key.is_empty());
            if let (Some(key), Some(values)) = (key, values) {
                filters.insert((*key).to_owned(), values);
            }
        }
        if filters.is_empty() { None } else { Some(filters.into()) }
    }

    /// The numbers that follow `wire.` in the names that were sent, ascending.
    fn indexes(&self, wire: &str) -> Vec<u32> {
        let prefix = format!("{wire}.");
        let after = self.sent.range(prefix.as_str()..).map(|(name, _)| *name);
        let under = after.map_while(|name| name.strip_prefix(prefix.as_str()));
        let mut indexes: Vec<u32> = under
            .filter_map(|rest| rest.split('.').next()?.parse().ok())
            .filter(|index| *index > 0)
            .collect();
        indexes.sort_unstable();
        indexes.dedup();
        indexes
    }

    fn limits(&self, wire: &str, shape: &Shape, value: &Value) -> Result<(), Failure> {
        let text = super::template::plain(value);
        let invalid = |reason: &str| Err(self.invalid(wire, shape, &text, reason));
        match unmet(shape, value) {
            Some(reason) => invalid(&reason),
            None => Ok(()),
        }
    }

    fn invalid(&self, wire: &str, shape: &Shape, value: &str, reason: &str) -> Failure {
        invalid(self.teller, wire, shape, value, reason)
    }
}

/// The failure for a value that its shape does not admit.
pub(super) fn invalid(teller: Teller<'_>, name: &str, shape: &Shape, value: &str, reason: &str) -> Failure {
    let value = if shape.secret { "" } else { value };
    let values = [("parameter", name), ("value", value), ("reason", reason)];
    match &shape.invalid {
        Some(code) => Failure::told(teller.service, &code.value, &values),
        None => teller.tell(Situation::InvalidParameter, &values),
    }
}

/// The limit of a shape that a value does not meet. An empty text meets all, since it takes a value away.
fn unmet(shape: &Shape, value: &Value) -> Option<String> {
    if value.as_str().is_some_and(str::is_empty) {
        return None;
    }
    let length = value.as_str().map(|text| text.chars().count()).or_else(|| value.as_array().map(Vec::len));
    let most = if value.is_array() { MOST_ELEMENTS } else { usize::MAX };
    let (least, most) = shape.length.unwrap_or((0, most));
    if length.is_some_and(|length| length < least || length > most) {
        return Some(format!("its length must be {least} to {most}"));
    }
    if shape.kind == Kind::Cidr {
        return unmet_by_block(shape, value);
    }
    if let (Some((least, most)), Some(number)) = (shape.range, value.as_f64()) {
        #[expect(clippy::cast_precision_loss, reason = "limits are small")]
        let within = number >= least as f64 && number <= most as f64;
        return if within { None } else { Some(format!("it must be {least} to {most}")) };
    }
    if value.as_str().is_some_and(|text| kinds_of_characters(text) < shape.mix) {
        let what = "upper-case letters, lower-case letters, digits and other characters";
        return Some(format!("it must have {} of {what}", shape.mix));
    }
    let known = |text: &str| shape.values.is_empty() || shape.values.iter().any(|value| value == text);
    match value.as_str() {
        Some(text) if !known(text) => Some(format!("it must be one of {}", shape.values.join(", "))),
        _ => None,
    }
}

fn kinds_of_characters(text: &str) -> usize {
    let kinds: [fn(char) -> bool; 4] =
        [char::is_uppercase, char::is_lowercase, char::is_numeric, |c| !c.is_alphanumeric()];
    kinds.into_iter().filter(|kind| text.chars().any(kind)).count()
}

/// The bits that the mask of a block has, unless its shape says otherwise.
const ANY_MASK: (i64, i64) = (0, 32);

impl Shape {
    /// Whether a block may be one address.
    fn admits_addresses(&self) -> bool {
        self.range.unwrap_or(ANY_MASK).1 == ANY_MASK.1
    }
}

fn unmet_by_block(shape: &Shape, value: &Value) -> Option<String> {
    let Some(block) = value.as_str().and_then(|text| text.parse::<Cidr>().ok()) else {
        return Some("expected an IPv4 block such as 192.168.0.0/24".to_owned());
    };
    let (least, most) = shape.range.unwrap_or(ANY_MASK);
    let within = (least..=most).contains(&i64::from(block.bits()));
    if within { None } else { Some(format!("the mask must have {least} to {most} bits")) }
}

fn is_empty(value: &Value) -> bool {
    value.as_str().is_some_and(str::is_empty) || value.as_array().is_some_and(Vec::is_empty)
}

/// JSON, also as python prints lists: some clients send `['i-1']`.
fn json(text: &str) -> Option<Value> {
    let value = serde_json::from_str(text).or_else(|_| serde_json::from_str(&text.replace('\'', "\"")));
    value.ok()
}

/// `{"team": "web"}` or `[{"TagKey": "team", "TagValue": "web"}]`, as the kind `tags` reads them.
fn json_tags(text: &str) -> Option<Value> {
    let tag = |key: &str, value: Option<&str>| match value {
        Some(value) => serde_json::json!({ "key": key, "value": value }),
        None => serde_json::json!({ "key": key }),
    };
    match json(text)? {
        Value::Object(tags) => {
            Some(tags.iter().map(|(key, value)| tag(key, value.as_str().filter(|v| !v.is_empty()))).collect())
        }
        Value::Array(tags) => {
            let member = |of: &Value, short: &str, long: &str| {
                of.get(short).or_else(|| of.get(long)).and_then(Value::as_str).map(str::to_owned)
            };
            let read = |of: &Value| {
                let key = member(of, "TagKey", "Key").filter(|key| !key.is_empty())?;
                Some(tag(&key, member(of, "TagValue", "Value").as_deref()))
            };
            tags.iter().map(read).collect()
        }
        _ => None,
    }
}

fn json_list(text: &str) -> Option<Value> {
    let Value::Array(elements) = json(text)? else { return None };
    if elements.iter().all(Value::is_string) { Some(elements.into()) } else { None }
}

/// An array of objects, whose known members become what their shapes say, or why it is none.
fn json_structs(text: &str, members: &BTreeMap<String, Parameter>) -> Result<Value, String> {
    let Some(Value::Array(elements)) = json(text) else {
        return Err("expected a JSON array of objects".to_owned());
    };
    elements.iter().map(|element| json_struct(element, members)).collect()
}

fn json_struct(element: &Value, members: &BTreeMap<String, Parameter>) -> Result<Value, String> {
    let Value::Object(object) = element else { return Err("expected a JSON array of objects".to_owned()) };
    let mut known = Map::new();
    for (name, member) in members {
        let shape = &member.shape;
        let value = match object.get(name) {
            Some(value) => match json_member(&shape.kind, value) {
                None => return Err(format!("`{name}` is of another kind")),
                Some(value) => match unmet(shape, &value) {
                    Some(reason) => return Err(format!("`{name}`: {reason}")),
                    None => Some(value),
                },
            },
            None => member.default.clone(),
        };
        match value {
            Some(value) if !(member.required && is_empty(&value)) => {
                known.insert(name.clone(), value);
            }
            _ if member.required => return Err(format!("`{name}` is missing")),
            _ => {}
        }
    }
    Ok(known.into())
}

/// Numbers and texts stand for each other in what clients send.
fn json_member(kind: &Kind, value: &Value) -> Option<Value> {
    match (kind, value) {
        (Kind::Integer, Value::String(text)) => Some(text.parse::<i64>().ok()?.into()),
        (Kind::Integer, Value::Number(number)) => number.as_i64().map(Value::from),
        (Kind::Text, Value::Number(number)) => Some(number.to_string().into()),
        (Kind::Text, Value::String(_)) | (Kind::Boolean, Value::Bool(_)) | (Kind::Json, _) => {
            Some(value.clone())
        }
        (Kind::Boolean, Value::String(text)) => Some(text.parse::<bool>().ok()?.into()),
        _ => None,
    }
}
