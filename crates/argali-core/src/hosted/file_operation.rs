//! What a service file says of an operation.

use std::collections::BTreeMap;

use super::file::{Rule, Situations, Step, TypeName};
use super::file_value::Parameter;
use super::source::{At, Located};
use super::template::Template;

/// One operation.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Its name on the wire.
    pub name: String,
    /// What policies call it, without the RAM code.
    pub action: String,
    /// What it does.
    pub does: Does,
    /// The type it works on, for those that work on one.
    pub resource: Option<TypeName>,
    /// The parameter that names what it works on, for those that work on what exists.
    pub target: String,
    /// The parameters, each called as a field, by whose values it is found if the one above is absent: a reference first.
    pub finds: Vec<String>,
    /// What it understands.
    pub parameters: BTreeMap<String, Parameter>,
    /// The parameters that hold tags.
    pub tag_parameters: Vec<String>,
    /// What must be allowed, all of it.
    pub checks: Vec<Check>,
    /// What must hold before it goes on, with the resource it works on as `self`.
    pub rules: Vec<Rule>,
    /// Codes of its own.
    pub situations: Situations,
    /// The answer.
    pub answer: Template,
    /// Where it stands.
    pub at: At,
}

/// Something that must be allowed.
#[derive(Clone, Debug)]
pub enum Check {
    /// The type with `*` for the identifier, in the group that the call names, with its tags requested.
    New(At),
    /// Each resource that the call works on.
    Each(At),
    /// The type with `*` for the identifier.
    All(At),
    /// Each resource that the call names, or else as `All`.
    Named(At),
    /// Each resource that a parameter names; nothing if it is absent.
    Parameter(Located<String>),
    /// What a field of each resource that the call works on refers to.
    Field(Located<String>),
    /// An ARN.
    Arn(Template),
}

/// What an operation does.
#[derive(Clone, Debug)]
pub enum Does {
    /// Makes resources.
    Create {
        /// The parameter that says how many; one if `None`.
        count: Option<String>,
        /// The parameter whose resource gives the region, if the call names none.
        region_of: Option<String>,
        /// Fields that do not come from the parameter of the same name.
        set: BTreeMap<String, Template>,
        /// The states that the new ones go through.
        path: Vec<Step>,
    },
    /// Lists resources.
    List(Listing),
    /// Shows one resource.
    Show,
    /// Changes fields.
    Modify {
        /// The states in which it may; any if empty.
        from: Vec<Located<String>>,
        /// Whether it makes what is not there.
        makes: bool,
        /// Fields that do not come from the parameter of the same name.
        set: BTreeMap<String, Template>,
    },
    /// Moves resources to another state.
    Transition {
        /// The states in which it may; any if empty.
        from: Vec<Located<String>>,
        /// The states that follow.
        path: Vec<Step>,
        /// Fields that change with it.
        set: BTreeMap<String, Template>,
        /// The parameter and its value that let some succeed where others fail.
        partial: Option<(String, String)>,
    },
    /// Deletes resources.
    Delete {
        /// The states in which it may; any if empty.
        from: Vec<Located<String>>,
        /// The parameter that lifts this.
        unless: Option<String>,
    },
    /// Adds to a list field.
    Attach(Attachment),
    /// Takes from a list field.
    Detach(Attachment),
    /// Sets tags on resources of these types.
    Tag(Vec<TypeName>),
    /// Removes tags.
    Untag(Vec<TypeName>),
    /// Lists tags.
    ListTags(Vec<TypeName>),
    /// Moves a resource to the resource group that the parameter names.
    Regroup(Vec<TypeName>, String),
    /// Lists the rows of a fixed table.
    Serve(TypeName, Listing),
}

/// What is added to or taken from a list field.
#[derive(Clone, Debug)]
pub struct Attachment {
    /// The list field.
    pub field: String,
    /// The entries.
    pub entries: Template,
    /// The member that tells entries apart, if they are tables.
    pub key: Option<String>,
    /// Whether only entries that are in the list already may be given, whose members change.
    pub known: bool,
}

/// How a list is narrowed, cut in pages and shown.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// The parameter that names identifiers.
    pub ids: Option<String>,
    /// What a parameter is compared with.
    pub filters: Vec<ListFilter>,
    /// How pages are asked for.
    pub paging: Paging,
    /// How each is shown, if not as its type says.
    pub show: Option<Template>,
}

/// A parameter that narrows a list.
#[derive(Clone, Debug)]
pub struct ListFilter {
    /// The parameter.
    pub parameter: Located<String>,
    /// The field or column.
    pub field: String,
    /// How they are compared.
    pub by: Comparison,
    /// Values that narrow nothing.
    pub ignore: Vec<String>,
}

/// How a filter compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// Equal, or equal to one of several.
    Equal,
    /// With `*` for any characters.
    Wildcard,
    /// Found anywhere in it.
    Contains,
    /// A number at least as great.
    AtLeast,
    /// A number at most as great.
    AtMost,
}

/// How pages are asked for.
#[derive(Clone, Debug)]
pub struct Paging {
    /// Whether by `PageNumber` and `PageSize`.
    pub numbers: bool,
    /// Whether by `NextToken`, and which parameter says how many.
    pub tokens: Option<String>,
    /// The size of a page unless told.
    pub size: usize,
    /// The greatest size.
    pub most: usize,
    /// Whether all matches are counted even if pages are asked for by token.
    pub counted: bool,
}

impl Default for Paging {
    fn default() -> Self {
        Self { numbers: false, tokens: None, size: usize::MAX, most: usize::MAX, counted: false }
    }
}
