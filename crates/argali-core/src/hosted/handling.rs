//! How resources of a declared type are found, made, changed and deleted by calls, for whoever keeps them as a list
//! says: it follows from the service file, as everything else does.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::file_value::Kind;

/// Members that lead to a value, from the outside in.
pub type Path = Vec<String>;

/// How resources of one type are handled.
#[derive(Clone, Debug)]
pub struct Handling {
    /// The type, with its service: `vpc.vpc`.
    pub resource: String,
    /// The product code of its API.
    pub product: String,
    /// The API version.
    pub version: String,
    /// What one is known by.
    pub identity: Identity,
    /// Its regions, if its service has any.
    pub regions: Option<Regions>,
    /// What a list shows and a creating call takes, by field.
    pub fields: BTreeMap<String, Shown>,
    /// Where a list shows the identifier, state, resource group and region of one.
    pub id: Option<Path>,
    /// See `id`.
    pub state: Option<Path>,
    /// See `id`.
    pub group: Option<Path>,
    /// Where a list shows its tags.
    pub tags: Option<TagPath>,
    /// How all are listed.
    pub list: ListCall,
    /// How one is shown with what lists leave out of what making one takes, if that is shown anywhere.
    pub show: Option<ShowCall>,
    /// How one is made, in each way that there is.
    pub makes: Vec<MakeCall>,
    /// How fields of one are changed.
    pub changes: Vec<ChangeCall>,
    /// How one is deleted, if it can be.
    pub delete: Option<ChangeCall>,
    /// How one comes into another resource group.
    pub regroup: Option<MarkCall>,
    /// How tags are set.
    pub tag: Option<MarkCall>,
    /// How tags are removed.
    pub untag: Option<MarkCall>,
}

/// What a resource is known by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identity {
    /// By the value of a field that people choose.
    Field(String),
    /// By its own name within another resource.
    Within {
        /// The field of the other.
        whole: String,
        /// The field of the name.
        name: String,
    },
}

/// How regions are named.
#[derive(Clone, Debug)]
pub struct Regions {
    /// The parameter.
    pub parameter: String,
    /// All of them.
    pub all: Vec<String>,
    /// That of a call that names none.
    pub default: String,
}

/// A field as lists show it.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Where; nowhere if `None`.
    pub path: Option<Path>,
    /// What it is.
    pub kind: Kind,
    /// The type that it refers to, if it refers to resources.
    pub refers: Option<String>,
    /// Whether a value is made up where none is given.
    pub made_up: bool,
    /// The value where none is given, if that is always the same.
    pub usual: Option<Value>,
}

/// Where tags are shown.
#[derive(Clone, Debug)]
pub struct TagPath {
    /// The list of them.
    pub list: Path,
    /// The member of the key.
    pub key: String,
    /// The member of the value.
    pub value: String,
}

/// How resources are listed.
#[derive(Clone, Debug)]
pub struct ListCall {
    /// The operation.
    pub action: String,
    /// Where the answer has them.
    pub items: Path,
    /// How many a page has at most, if they come in pages by number.
    pub page: Option<usize>,
    /// The field whose value must be given.
    pub among: Option<String>,
}

/// How one resource is shown.
#[derive(Clone, Debug)]
pub struct ShowCall {
    /// The operation.
    pub action: String,
    /// The parameter of the identifier.
    pub target: String,
    /// Where the answer has what lists leave out, by parameter of the calls that make one. A way may lead through a list,
    /// which then has one element.
    pub more: BTreeMap<String, Path>,
}

/// How a resource is made.
#[derive(Clone, Debug)]
pub struct MakeCall {
    /// The operation.
    pub action: String,
    /// What it takes, but for the region.
    pub parameters: BTreeMap<String, Kind>,
    /// What it must be given, but for the region.
    pub required: BTreeSet<String>,
    /// Fields that it sets to one value.
    pub fixed: BTreeMap<String, Value>,
    /// Where the answer has the identifier.
    pub id: Option<Path>,
    /// The state in which the new one settles, if it takes a while.
    pub settles: Option<String>,
}

/// How a resource is changed or deleted.
#[derive(Clone, Debug)]
pub struct ChangeCall {
    /// The operation.
    pub action: String,
    /// The parameter of the identifier; those of the whole and the name for what is within another.
    pub targets: Vec<String>,
    /// What it takes besides.
    pub parameters: BTreeMap<String, Kind>,
    /// The parameter that lifts conditions on the state.
    pub force: Option<String>,
}

/// How a resource is labelled or moved to a group.
#[derive(Clone, Debug)]
pub struct MarkCall {
    /// The operation.
    pub action: String,
    /// The parameter of the identifier, `.1` included where it is a list.
    pub target: String,
    /// What `ResourceType` says, where there is such a parameter.
    pub word: Option<String>,
    /// The parameter of what it is marked with.
    pub with: String,
}
