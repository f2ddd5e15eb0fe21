//! Parameters read into operations' types.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use argali_protocol::{Invalid, ParamError, Params, Reason};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

/// A name of 1 to 4 letters, as operations declare such types.
#[derive(Debug, PartialEq)]
struct Name(String);

impl FromStr for Name {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if !matches!(text.len(), 1..=4) {
            return Err(Invalid::new(Reason::Length, "1 to 4 characters are expected"));
        }
        if !text.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            return Err(Invalid::new(Reason::InvalidChars, "letters are expected"));
        }
        Ok(Self(text.to_owned()))
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Name;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Name, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

/// The same rules by way of `String`, whose refusal comes only after the text was read.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(try_from = "String")]
struct Converted(Name);

impl TryFrom<String> for Converted {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse().map(Self)
    }
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(try_from = "i64")]
struct PageSize(i64);

impl TryFrom<i64> for PageSize {
    type Error = Invalid;

    fn try_from(size: i64) -> Result<Self, Invalid> {
        let expected = || Invalid::new(Reason::Value, "1 to 100 is expected");
        if (1..=100).contains(&size) { Ok(Self(size)) } else { Err(expected()) }
    }
}

impl Default for PageSize {
    fn default() -> Self {
        Self(50)
    }
}

#[derive(Debug, PartialEq, Deserialize)]
enum PolicyType {
    System,
    Custom,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tag {
    key: Name,
    value: Option<String>,
    weight: Option<u8>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Disk {
    size: u32,
    category: Option<String>,
    tag: Option<Vec<Tag>>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Everything {
    name: Name,
    note: Option<String>,
    other_name: Option<Name>,
    converted: Option<Converted>,
    count: Option<i64>,
    ratio: Option<f64>,
    dry_run: Option<bool>,
    #[serde(default)]
    max_items: PageSize,
    policy_type: Option<PolicyType>,
    #[serde(default)]
    resource_id: Vec<String>,
    #[serde(default)]
    names: Vec<Name>,
    #[serde(default)]
    tag: Vec<Tag>,
    system_disk: Option<Disk>,
    attribute: Option<BTreeMap<String, String>>,
}

fn read<T: DeserializeOwned>(query: &str) -> Result<T, ParamError> {
    let pair = |piece: &'static str| piece.split_once('=').unwrap();
    let query: &'static str = Box::leak(query.into());
    let pieces = query.split('&').filter(|piece| !piece.is_empty());
    Params::from_pairs(pieces.map(pair)).unwrap().deserialize()
}

/// Adds the one required parameter unless the query has it.
fn everything(query: &str) -> Result<Everything, ParamError> {
    let has_name = query.split('&').any(|piece| piece.starts_with("Name="));
    read(&if has_name { query.to_owned() } else { format!("{query}&Name=a") })
}

#[test]
fn what_is_wrong_is_said_by_its_full_name() {
    use Reason::{Format, InvalidChars, Length, Missing, Value};
    for (query, parameter, reason) in [
        ("Name=", "Name", Missing),
        ("Name=abcde", "Name", Length),
        ("Name=a1", "Name", InvalidChars),
        ("OtherName=abcde", "OtherName", Length),
        ("Converted=abcde", "Converted", Length),
        ("Converted=a1", "Converted", InvalidChars),
        ("Count=x", "Count", Value),
        ("Count=1.5", "Count", Value),
        ("Count=9223372036854775808", "Count", Value),
        ("Count= 1", "Count", Value),
        ("Ratio=x", "Ratio", Value),
        ("DryRun=yes", "DryRun", Value),
        ("DryRun=1", "DryRun", Value),
        ("MaxItems=0", "MaxItems", Value),
        ("MaxItems=x", "MaxItems", Value),
        ("PolicyType=system", "PolicyType", Value),
        ("ResourceId=x", "ResourceId", Format),
        ("ResourceId.0=x", "ResourceId.0", Format),
        ("ResourceId.01=x", "ResourceId.01", Format),
        ("ResourceId.x=x", "ResourceId.x", Format),
        ("ResourceId.=x", "ResourceId.", Format),
        ("ResourceId.99999999999=x", "ResourceId.99999999999", Format),
        ("ResourceId.1.x=x", "ResourceId.1", Format),
        ("Names.1=a&Names.3=abcde", "Names.3", Length),
        ("Names.2=", "Names.2", Length),
        ("Note.1=x", "Note", Format),
        ("Tag.1.Value=x", "Tag.1.Key", Missing),
        ("Tag.1.Key=&Tag.1.Value=x", "Tag.1.Key", Missing),
        ("Tag.2.Key=a&Tag.10.Key=a1", "Tag.10.Key", InvalidChars),
        ("Tag.2.Key=a&Tag.10.Key=b&Tag.10.Weight=300", "Tag.10.Weight", Value),
        ("Tag.1=x", "Tag.1", Format),
        ("Tag=x", "Tag", Format),
        ("Tag.Key=x", "Tag.Key", Format),
        ("SystemDisk.Category=x", "SystemDisk.Size", Missing),
        ("SystemDisk.Size=-1", "SystemDisk.Size", Value),
        ("SystemDisk.Size=1&SystemDisk.Tag.7.Value=x", "SystemDisk.Tag.7.Key", Missing),
        ("SystemDisk=x", "SystemDisk", Format),
        ("Attribute=x", "Attribute", Format),
        ("Attribute.a.b=x", "Attribute.a", Format),
    ] {
        let error = everything(query).expect_err(query);
        assert_eq!((error.parameter.as_str(), error.reason), (parameter, reason), "{query}: {error}");
        assert!(!error.message.is_empty(), "{query}");
    }
    let missing = read::<Everything>("").unwrap_err();
    assert_eq!((missing.parameter.as_str(), missing.reason), ("Name", Reason::Missing));
    assert_eq!(everything("PolicyType=x").unwrap_err().message, "one of System, Custom is expected");
}

#[test]
fn scalars() {
    let read = everything(
        "Note=text&OtherName=b&Converted=c&Count=-7&Ratio=0.5&DryRun=True&MaxItems=100&PolicyType=Custom&Unknown=1",
    )
    .unwrap();
    assert_eq!(read.note.as_deref(), Some("text"));
    assert_eq!(read.other_name, Some(Name("b".into())));
    assert_eq!(read.converted, Some(Converted(Name("c".into()))));
    assert_eq!((read.count, read.ratio, read.dry_run), (Some(-7), Some(0.5), Some(true)));
    assert_eq!((read.max_items, read.policy_type), (PageSize(100), Some(PolicyType::Custom)));
    for (text, value) in [("true", true), ("TRUE", true), ("false", false), ("False", false)] {
        assert_eq!(everything(&format!("DryRun={text}")).unwrap().dry_run, Some(value));
    }
}

#[test]
fn empty_counts_as_absent_but_for_optional_text() {
    let empty = "Note=&OtherName=&Converted=&Count=&Ratio=&DryRun=&MaxItems=&PolicyType=&ResourceId=&Tag=&SystemDisk=";
    let read = everything(empty).unwrap();
    assert_eq!(read, Everything { note: Some(String::new()), ..everything("").unwrap() });
    assert_eq!(everything("").unwrap().max_items, PageSize(50));
    assert_eq!(everything("").unwrap().note, None);
    let tag = &everything("Tag.1.Key=a&Tag.1.Value=&Tag.1.Weight=").unwrap().tag[0];
    assert_eq!((tag.value.as_deref(), tag.weight), (Some(""), None));
    // An empty text beside a list is nothing; any other is one value too many.
    assert_eq!(everything("Tag=&Tag.1.Key=a").unwrap().tag.len(), 1);
    assert_eq!(everything("Tag=x&Tag.1.Key=a").unwrap_err().reason, Reason::Format);
}

#[test]
fn lists_are_in_the_order_of_their_numbers() {
    let read =
        everything("ResourceId.10=j&ResourceId.2=b&ResourceId.1=a&ResourceId-x=no&ResourceIds.1=no").unwrap();
    assert_eq!(read.resource_id, ["a", "b", "j"]);
    assert_eq!(everything("ResourceId.2=&ResourceId.4=d").unwrap().resource_id, ["", "d"]);
    let keys: Vec<_> = (1..=120).rev().map(|n| format!("Tag.{n}.Key=k&Tag.{n}.Value={n}&")).collect();
    let read = everything(&keys.concat()).unwrap();
    let values: Vec<_> = read.tag.iter().map(|tag| tag.value.clone().unwrap()).collect();
    assert_eq!(values, (1..=120).map(|n| n.to_string()).collect::<Vec<_>>());
}

#[test]
fn structures_nest() {
    let query = "SystemDisk.Size=40&SystemDisk.Category=essd&SystemDisk.Tag.1.Key=a&SystemDisk.Tag.1.Value=b&SystemDiskX=1";
    let disk = everything(query).unwrap().system_disk.unwrap();
    let tag = Tag { key: Name("a".into()), value: Some("b".into()), weight: None };
    assert_eq!(disk, Disk { size: 40, category: Some("essd".into()), tag: Some(vec![tag]) });
    let attribute = everything("Attribute.b=2&Attribute.a=1").unwrap().attribute.unwrap();
    assert!(attribute.iter().eq([(&"a".into(), &"1".into()), (&"b".into(), &"2".into())]));
}

#[test]
fn any_shape_reads_as_json() {
    let read: serde_json::Value = read("A=1&B.1=x&B.2=y&C.1.K=v&D.F=z&E=").unwrap();
    let json = serde_json::json!({"A": "1", "B": ["x", "y"], "C": [{"K": "v"}], "D": {"F": "z"}});
    assert_eq!(read, json);
}

#[test]
fn nothing_reads_as_a_type_without_fields() {
    #[derive(Debug, Deserialize)]
    struct Nothing;
    #[derive(Debug, Deserialize)]
    struct NoFields {}
    assert!(read::<Nothing>("A=1").is_ok() && read::<NoFields>("A=1").is_ok() && read::<()>("").is_ok());
}
