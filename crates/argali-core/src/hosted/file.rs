//! What a service file says, read but not yet checked against the other files.
//!
//! `docs/services.md` describes the form for those who write such files.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use super::file_operation::Operation;
use super::file_value::{Field, Shape};
use super::linked_role::LinkedRole;
use super::situation::Situation;
use super::source::{At, Located};
use super::template::{Name, Piece, Template};
use crate::backend::Backend;

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
    /// The real service that its calls are passed on to; the engine answers them if `None`.
    pub backend: Option<Arc<Backend>>,
    /// The codes it answers with.
    pub errors: BTreeMap<String, ErrorForm>,
    /// The code for each situation, where a type or operation names no other.
    pub situations: Situations,
    /// Tables that are the same for everybody.
    pub tables: BTreeMap<String, FixedTable>,
    /// The roles that are linked to the service or to parts of it, by what trust policies call that.
    pub linked_roles: BTreeMap<String, LinkedRole>,
    /// How pages name it.
    pub pages: Pages,
    /// What accounts own.
    pub resources: BTreeMap<String, ResourceType>,
    /// What can be done.
    pub operations: BTreeMap<String, Operation>,
}

/// Names by language: `en`, `zh-CN`.
pub type Names = BTreeMap<String, String>;

/// How pages name a service and what it has, where they should not make names of what the file says anyway.
#[derive(Clone, Debug, Default)]
pub struct Pages {
    /// The service.
    pub names: Names,
    /// Where it stands among the others.
    pub place: Option<u32>,
    /// Several of each type, by its key.
    pub types: BTreeMap<String, Names>,
    /// What each operation does, as its button says it.
    pub operations: BTreeMap<String, Names>,
    /// What parameters and members of answers hold.
    pub fields: BTreeMap<String, Names>,
    /// States, by what calls and answers call them.
    pub states: BTreeMap<String, Names>,
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

impl Service {
    /// The gate before it, if it says that it is closed to other accounts.
    pub(super) fn gate(&self) -> Option<&str> {
        (self.other_accounts == Gate::Closed).then_some(self.name.as_str())
    }

    /// Whether it, or a type of its, is closed to other accounts until the operator opens it.
    pub(super) fn is_gated(&self) -> bool {
        self.gate().is_some() || self.resources.values().any(|resource| resource.gate(self).is_some())
    }
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
    /// What the parameter `ResourceType` of tag and group operations calls it; answers use the first.
    pub words: Vec<String>,
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
    /// What its lists are narrowed by, as far as an index can help.
    pub indexed: BTreeSet<String>,
    /// What must hold of each.
    pub rules: Vec<Rule>,
    /// How many there may be.
    pub quota: Option<Quota>,
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

impl ResourceType {
    /// The shape of a field, or of a member of its tables: `BackendServers.ServerId`.
    pub(super) fn shape(&self, name: &str) -> Option<&Shape> {
        match name.split_once('.') {
            None => Some(&self.fields.get(name)?.shape),
            Some((field, member)) => Some(&self.fields.get(field)?.shape.kind.members()?.get(member)?.shape),
        }
    }

    /// What ARNs call the type: `instance` in `acs:ecs:{region}:{account}:instance/{id}`.
    pub(super) fn arn_word(&self) -> Option<&str> {
        let Template::Text(pieces) = &self.arn else { return None };
        let mut texts = pieces.iter().rev().filter_map(|piece| match piece {
            Piece::Text(text) => Some(text),
            Piece::Name(_) => None,
        });
        let word = texts.next()?.rsplit(':').next()?.split('/').next()?;
        Some(word).filter(|word| !word.is_empty())
    }

    /// The gate before its resources, if its service says that they are closed to other accounts.
    pub(super) fn gate<'a>(&self, service: &'a Service) -> Option<&'a str> {
        let gate = self.other_accounts.unwrap_or(service.other_accounts);
        (gate == Gate::Closed).then_some(service.name.as_str())
    }

    /// The name of its service.
    pub fn service(&self) -> &str {
        self.name.split_once('.').map_or("", |(service, _)| service)
    }
}

/// What the identifiers of a type look like.
#[derive(Clone, Debug)]
pub enum IdForm {
    /// Made up.
    Random {
        /// The parameter and member that hold one: `InstanceId`.
        parameter: String,
        /// What each begins with, in the scope of the call that makes it.
        prefix: Template,
        /// How many characters follow the prefix.
        length: usize,
    },
    /// The caller's own name for it, within another resource: a listener is its port on a load balancer.
    Within {
        /// The field and parameter that hold the other resource.
        whole: String,
        /// The field and parameter that hold the name.
        name: String,
    },
}

impl IdForm {
    /// What parts the other resource from the name in an identifier within it.
    pub const SEPARATOR: char = '/';

    /// The parameter that names one.
    pub fn parameter(&self) -> &str {
        match self {
            Self::Random { parameter, .. } => parameter,
            Self::Within { name, .. } => name,
        }
    }

    /// The identifier of what is called `name` within `whole`.
    pub fn within(whole: &str, name: &str) -> String {
        format!("{whole}{}{name}", Self::SEPARATOR)
    }
}

/// How many resources of a type there may be, in each region.
#[derive(Clone, Debug)]
pub struct Quota {
    /// The greatest number.
    pub most: usize,
    /// The field whose sharers are counted; all of the region if `None`.
    pub among: Option<String>,
    /// The code when there are so many already.
    pub error: Located<String>,
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
    /// The first block is none of the others, which may be lists, and part of none.
    Outside(Template, Vec<Template>),
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
