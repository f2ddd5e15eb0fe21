//! Resource Management: resource groups, and policies and roles as its API shows them.

use crate::operation::Entry;

pub mod attachment;
pub mod attachment_list;
pub mod auth_detail;
pub mod auto_grouping;
pub mod auto_grouping_list;
pub mod auto_grouping_state;
pub mod group_event;
mod grouped;
pub mod notification;
pub mod page;
pub mod policy;
pub mod principal;
mod refused;
pub mod resource;
pub mod resource_group;
pub mod resource_group_list;
pub mod resource_move;
pub mod role;
pub mod setting;
pub mod tag;
pub mod twin;

/// Everything that it does.
pub const OPERATIONS: &[&[Entry]] = &[
    resource_group::OPERATIONS,
    resource_group_list::OPERATIONS,
    attachment::OPERATIONS,
    auth_detail::OPERATIONS,
    tag::OPERATIONS,
    setting::OPERATIONS,
    notification::OPERATIONS,
    group_event::OPERATIONS,
    auto_grouping::OPERATIONS,
    auto_grouping_list::OPERATIONS,
    auto_grouping_state::OPERATIONS,
    attachment_list::OPERATIONS,
    resource::OPERATIONS,
    resource_move::OPERATIONS,
    policy::OPERATIONS,
    role::OPERATIONS,
];

pub use refused::REFUSED;
