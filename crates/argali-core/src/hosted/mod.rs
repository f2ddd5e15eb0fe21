//! Services that are declared in files: the form of the files, their check, and the engine that turns
//! them into operations. No product is known here by name.

mod catalog;
mod check;
mod check_names;
mod cidr;
mod failure;
mod file;
mod filter;
mod read;
mod source;
mod template;

pub use catalog::Catalog;
pub use failure::Failure;
pub use file::*;
pub use source::{At, Located, Mistake};
pub use template::{Name, Piece, Scope, Template, member, plain};

#[cfg(test)]
mod tests;
