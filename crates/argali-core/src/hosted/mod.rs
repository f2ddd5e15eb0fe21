//! Services that are declared in files: the form of the files, their check, and the engine that turns
//! them into operations. No product is known here by name.

mod authorize;
mod auto_group;
mod call;
mod catalog;
mod change;
mod check;
mod check_backend;
mod check_names;
mod check_operation;
mod check_resource;
mod cidr;
mod counted;
mod create;
mod decode;
mod delete;
mod endpoint;
mod failure;
mod file;
mod file_operation;
mod file_value;
mod filter;
mod gather;
mod handling;
mod handling_derive;
mod host;
mod identify;
mod index;
#[cfg(test)]
mod index_tests;
pub(crate) mod inventory;
mod linked_role;
mod list;
mod narrow;
pub mod outline;
mod read;
mod record;
mod reindex;
mod repeat;
mod rows;
mod rules;
mod scope;
mod shelves;
mod situation;
mod source;
mod span;
mod tag;
mod template;
mod template_read;
mod token;
mod way;

pub use authorize::Permission;
pub use call::Call;
pub use catalog::Catalog;
pub use cidr::Cidr;
pub(crate) use endpoint::{check_gates, closed, closed_gate};
pub use failure::Failure;
pub use file::*;
pub use file_operation::*;
pub use file_value::*;
pub use handling::{
    ChangeCall, Handling, Identity, ListCall, MakeCall, MarkCall, Path, Regions, Shown, TagPath,
};
pub use host::{Host, HostMut, Moved, Row, Shelf};
pub use linked_role::{LINKED_ROLE_PREFIX, LinkedRole};
pub use record::Record;
pub use situation::Situation;
pub use source::{At, Bounds, Located, Mistake, Node, Source, Table};
pub use span::{Member, Span, Values};
pub use template::{Choose, Condition, Each, Name, Piece, Scope, Template, member, plain};

#[cfg(test)]
mod engine_tests;
#[cfg(test)]
mod guide_tests;
#[cfg(test)]
mod tests;
