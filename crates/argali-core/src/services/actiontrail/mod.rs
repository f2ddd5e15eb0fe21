//! ActionTrail: who did what, looked up by either side.

use std::borrow::Cow;

use crate::error::{ApiError, ErrorCode};
use crate::identifier::AccountId;
use crate::operation::{Entry, ResourceName};

mod event;
pub mod key_use;
pub mod lookup;
pub mod region;
mod resource;
pub mod trail;
pub mod trail_list;
pub mod trail_state;

pub(crate) use event::shown;

/// Everything that it does.
pub const OPERATIONS: &[&[Entry]] = &[
    lookup::OPERATIONS,
    key_use::OPERATIONS,
    region::OPERATIONS,
    trail::OPERATIONS,
    trail_list::OPERATIONS,
    trail_state::OPERATIONS,
];

/// The region that trails are at home in, and records belong to whose calls name none.
pub(crate) const HOME_REGION: &str = "cn-hangzhou";

/// What trust policies call it.
pub(crate) const PRINCIPAL: &str = "actiontrail.aliyuncs.com";
/// The role as which it delivers where a trail names none.
pub(crate) const LINKED_ROLE: &str = "AliyunServiceRoleForActionTrail";

/// The records of an account as something that permission is needed for.
pub(in crate::services) fn all_records(account: AccountId) -> ResourceName {
    ResourceName::new(account, format!("acs:actiontrail:*:{account}:*"))
}

/// A trail, or all of them, as something that permission is needed for.
fn trail_resource(account: AccountId, name: &str) -> ResourceName {
    ResourceName::new(account, format!("acs:actiontrail:{HOME_REGION}:{account}:trail/{name}"))
}

/// A refusal with one of ActionTrail's own codes.
fn failure(code: &'static str, message: impl Into<Cow<'static, str>>) -> ApiError {
    ApiError::new(ErrorCode::Declared(code.into(), 400), message)
}

/// `InvalidQueryParameter`
fn unacceptable(message: impl Into<Cow<'static, str>>) -> ApiError {
    failure("InvalidQueryParameter", message)
}
