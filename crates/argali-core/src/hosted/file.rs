//! What a service file says, read but not yet checked against the other files.
//!
//! `docs/services.md` describes the form for those who write such files.

use std::collections::BTreeMap;

use serde_json::Value;

use super::file_operation::Operation;
use super::linked_role::LinkedRole;
use super::situation::Situation;
use super::source::{At, Located};
use super::template::{Name, Template};

/// A resource type or fixed table with its service: `ecs.instance`.
pub type TypeName = Located<String>;

/// One service, from one file.
#[derive(Clone, Debug)]
pub struct Service {
    /// The file, as the operator named it.
    pub file: String,
    /// The name that other files and the gate use: `ecs`.
    pub name: String,
    /// The name for people.
    pub title: String,
    /// The product code of the API.
    pub product: String,
    /// The API version.
    pub version: String,
    /// What actions and ARNs call the service.
    pub ram_code: String,
    /// How finely policies can tell its resources apart.
    pub level: Level,
    /// Whether sessions that began in another account are let in.
    pub other_accounts: Gate,
    /// How regions are named, unless the service has none.
    pub region: Option<Region>,
    /// The codes it answers with.
    pub errors: BTreeMap<String, ErrorForm>,
    /// The code for each situation, where a type or operation names no other.
    pub situations: Situations,
    /// Tables that are the same for everybody.
    pub tables: BTreeMap<String, FixedTable>,
    /// The roles that are linked to the service or to parts of it, by what trust policies call that.
    pub linked_roles: BTreeMap<String, LinkedRole>,
    /// What accounts own.
    pub resources: BTreeMap<String, ResourceType>,
    /// What can be done.
    pub operations: BTreeMap<String, Operation>,
}

/// How finely policies can tell a service's resources apart. Below `Resource`, only a statement on
/// the resource `*` has effect.
// SPEC: evaluation, service notes, granularity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// The service as a whole.
    Service,
    /// Its operations.
    Operation,
    /// Its resources.
    Resource,
}

/// Whether sessions that began in another account are let in before the operator says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// They are, as far as policies allow.
    Open,
    /// They are not.
    Closed,
}

/// How a service names regions.
#[derive(Clone, Debug)]
pub struct Region {
    /// The parameter.
    pub parameter: String,
    /// The table of those that exist.
    pub table: TypeName,
    /// The region of a call that names none.
    pub default: String,
}

/// A code with what goes with it.
#[derive(Clone, Debug)]
pub struct ErrorForm {
    /// HTTP status.
    pub status: u16,
    /// What the caller reads. `{parameter}`, `{value}` and the like are set in.
    pub message: String,
}

/// Codes by situation.
pub type Situations = BTreeMap<Situation, Located<String>>;

/// A table that is the same for everybody: regions, zones, instance types.
#[derive(Clone, Debug)]
pub struct FixedTable {
    /// Its full name.
    pub name: String,
    /// The column that identifies a row.
    pub key: String,
    /// The ARN of a row, where policies can name one.
    pub arn: Option<Template>,
    /// The rows by key.
    pub rows: BTreeMap<String, Value>,
    /// The keys in the order of the file.
    pub order: Vec<String>,
    /// How a row is shown; as it is unless told.
    pub view: Option<Template>,
    /// Where it stands.
    pub at: At,
}

/// Something that accounts own.
#[derive(Clone, Debug)]
pub struct ResourceType {
    /// Its full name.
    pub name: String,
    /// What identifiers look like.
    pub id: IdForm,
    /// The ARN of one.
    pub arn: Template,
    /// What the parameter `ResourceType` of tag and group operations calls it.
    pub word: Option<String>,
    /// Whether each is in a resource group.
    pub groups: bool,
    /// Whether each can have tags.
    pub tags: bool,
    /// The condition keys that carry its tags, without `/<tag key>`.
    pub tag_keys: Vec<String>,
    /// Whether sessions that began in another account are let in, if not as the service says.
    pub other_accounts: Option<Gate>,
    /// Every state there is; empty if it has none.
    pub states: Vec<String>,
    /// What is kept of each.
    pub fields: BTreeMap<String, Field>,
    /// The fields in an order in which each can be computed from those before it.
    pub order: Vec<String>,
    /// What must hold of each.
    pub rules: Vec<Rule>,
    /// What is made together with one.
    pub parts: Vec<Part>,
    /// How one is shown.
    pub view: Template,
    /// Codes of its own.
    pub situations: Situations,
    /// The code when one is still referred to, by the type that does.
    pub in_use_by: Vec<(TypeName, Located<String>)>,
    /// Where it stands.
    pub at: At,
}

/// What the identifiers of a type look like.
#[derive(Clone, Debug)]
pub struct IdForm {
    /// The parameter and member that hold one: `InstanceId`.
    pub parameter: String,
    /// What each begins with.
    pub prefix: String,
    /// How many characters follow the prefix.
    pub length: usize,
}

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
    /// Whether the resource goes when what it refers to is deleted.
    pub deleted_with: bool,
    /// Where it stands.
    pub at: At,
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
    /// The resource or table row it names.
    pub refers: Option<TypeName>,
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
    /// The lowest free address of a block. A value that the call gives must be free and in the block.
    Address {
        /// The block.
        block: Name,
        /// The field whose sharers must have different addresses.
        among: String,
    },
}

/// What must hold. Names without value make a rule hold.
#[derive(Clone, Debug)]
pub struct Rule {
    /// What.
    pub kind: RuleKind,
    /// The code if it does not.
    pub error: Located<String>,
    /// The message, if not the code's own.
    pub message: Option<String>,
    /// Where it stands.
    pub at: At,
}

/// The kinds of rules.
#[derive(Clone, Debug)]
pub enum RuleKind {
    /// All values, those of lists one by one, are the same.
    Equal(Vec<Template>),
    /// All values, those of lists one by one, differ.
    Different(Vec<Template>),
    /// At least one has a value.
    Given(Vec<Name>),
    /// The first block lies in the second, and is not all of it.
    Inside(Name, Name),
    /// The field's block overlaps with none of the others that share the value of `among`.
    Apart {
        /// The field.
        field: String,
        /// The reference that is shared.
        among: String,
    },
    /// No other that shares the value of `among` has this value of the field.
    Unique {
        /// The field.
        field: String,
        /// The reference that is shared.
        among: String,
    },
}

/// A resource that is made together with another.
#[derive(Clone, Debug)]
pub struct Part {
    /// Its type.
    pub resource: TypeName,
    /// The list parameter, one of which is made for each element (`item`); one in any case if `None`.
    pub each: Option<Name>,
    /// Its fields, in the scope of the call, with the new resource as `self`.
    pub set: BTreeMap<String, Template>,
    /// The states it goes through.
    pub path: Vec<Step>,
}

/// A stay in a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The state.
    pub state: String,
    /// How long it lasts; the last step of a path has none.
    pub seconds: Option<u32>,
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
