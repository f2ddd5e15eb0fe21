//! What a service file says of values: of fields and of parameters.

use std::collections::BTreeMap;

use serde_json::Value;

use super::cidr::Cidr;
use super::file::{Step, TypeName};
use super::source::{At, Located};
use super::template::{Name, Template};

/// What is kept of a resource.
#[derive(Clone, Debug)]
pub struct Field {
    /// The form of its values.
    pub shape: Shape,
    /// Whether there must be a value.
    pub required: bool,
    /// The value if the call gives none.
    pub default: Option<Template>,
    /// The value in any case: the field cannot be set.
    pub value: Option<Template>,
    /// How a value is made up if the call gives none.
    pub generate: Option<Generate>,
    /// What becomes of the resource when what it refers to is deleted.
    pub without: Without,
    /// Where it stands.
    pub at: At,
}

/// What becomes of a resource when something that a field refers to is deleted.
#[derive(Clone, Debug, Default)]
pub struct Without {
    /// Whether it is deleted, too.
    pub deleted: Deleted,
    /// Whether it stays and loses the reference, if it is not deleted; otherwise the deletion is refused.
    pub released: Option<Release>,
}

/// Whether a resource is deleted with what it refers to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Deleted {
    /// It is not.
    #[default]
    Never,
    /// It is.
    Always,
    /// It is if this field says so.
    If(String),
}

/// What else changes when a resource loses a reference.
#[derive(Clone, Debug, Default)]
pub struct Release {
    /// The states that it goes through.
    pub path: Vec<Step>,
    /// Fields that change, in the scope of the resource.
    pub set: BTreeMap<String, Template>,
}

/// The form of a value.
#[derive(Clone, Debug)]
pub struct Shape {
    /// What it is.
    pub kind: Kind,
    /// Least and greatest length of a text or list.
    pub length: Option<(usize, usize)>,
    /// Least and greatest number; of a block, least and greatest number of bits.
    pub range: Option<(i64, i64)>,
    /// The only values; empty if any will do.
    pub values: Vec<String>,
    /// How many kinds of characters a text has at least, of upper case, lower case, digits and others.
    pub mix: usize,
    /// Whether no record, log or answer may show it.
    pub secret: bool,
    /// The resource or table row it names.
    pub refers: Option<TypeName>,
    /// Whether what it refers to may be in another region.
    pub anywhere: bool,
    /// The code if it is none of this.
    pub invalid: Option<Located<String>>,
    /// The code if it names what does not exist.
    pub missing: Option<Located<String>>,
}

/// What a value is and how it comes over the wire.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// Text.
    Text,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// An IPv4 block.
    Cidr,
    /// Texts: `Name.1`, `Name.2`.
    TextList,
    /// An array of texts as JSON.
    JsonList,
    /// Texts joined with commas.
    CommaList,
    /// Any JSON.
    Json,
    /// Tags: `Name.1.Key`, `Name.1.Value`.
    Tags,
    /// Tags as JSON: an object of keys and values, or an array of objects as above.
    JsonTags,
    /// Values by name: `Name.1.Key`, and `Name.1.Value` or `Name.1.Value.1`.
    Filters,
    /// `Name.Member`.
    Struct(BTreeMap<String, Parameter>),
    /// `Name.1.Member`.
    Structs(BTreeMap<String, Parameter>),
    /// An array of tables as JSON.
    JsonStructs(BTreeMap<String, Parameter>),
}

impl Kind {
    /// The members of a table or of each table of a list.
    pub fn members(&self) -> Option<&BTreeMap<String, Parameter>> {
        match self {
            Self::Struct(members) | Self::Structs(members) | Self::JsonStructs(members) => Some(members),
            _ => None,
        }
    }
}

/// How a value is made up.
#[derive(Clone, Debug)]
pub enum Generate {
    /// A random identifier.
    Id {
        /// What it begins with.
        prefix: String,
        /// How many characters follow.
        length: usize,
    },
    /// A random UUID.
    Uuid,
    /// A random MAC address.
    Mac,
    /// A random address of a block.
    RandomAddress(Cidr),
    /// The lowest free address of a block. A value that the call gives must be free and in the block.
    Address {
        /// The block.
        block: Name,
        /// The field whose sharers must have different addresses.
        among: String,
    },
}

/// A parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// The form of its values.
    pub shape: Shape,
    /// Whether it must be given.
    pub required: bool,
    /// The value if it is not.
    pub default: Option<Value>,
}

impl PartialEq for Shape {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind && self.refers == other.refers
    }
}
