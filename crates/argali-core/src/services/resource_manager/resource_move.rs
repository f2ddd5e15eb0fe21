//! Moves resources of any service between resource groups.

use serde::{Deserialize, Serialize};

use super::grouped::{move_to_group, named};
use super::resource_group::{existing_group, group_resource};
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::{ApiError, ErrorCode};
use crate::model::ResourceGroupId;
use crate::operation::{Access, Entry, Operation, Resources};
use crate::services::flat_list::FlatList;

/// The move.
pub const OPERATIONS: &[Entry] = &[Entry::of::<MoveResources>()];

/// How many resources one call may move.
// SPEC: limits, tags and resource groups.
const MOST_MOVED: usize = 10;

/// Moves resources to a group, each by itself: some may move where others do not.
///
/// Besides permission for the group, each move needs what the operation of the resource's own service needs, such as
/// `ecs:JoinResourceGroup` on an instance in the group where it is and in the one where it goes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MoveResources {
    /// Where they go.
    pub resource_group_id: ResourceGroupId,
    /// What is moved.
    pub resources: FlatList<Moved, MOST_MOVED>,
}

/// A resource that is to be moved.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Moved {
    /// The code of its service.
    pub service: String,
    /// What its type is called there.
    pub resource_type: String,
    /// Its identifier.
    pub resource_id: String,
    /// Where it is, if that is to be checked.
    pub region_id: Option<String>,
}

/// What came of each move.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Moves {
    responses: Vec<MoveResult>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct MoveResult {
    service: String,
    resource_type: String,
    resource_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    region_id: Option<String>,
    request_id: String,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_msg: Option<String>,
}

impl Operation for MoveResources {
    const NAME: &'static str = "MoveResources";
    const ACCESS: Access = Access::Resource;
    type Response = Moves;

    fn resources(&self, caller: &Caller) -> Resources {
        let group = &self.resource_group_id;
        group_resource(caller.account(), group).in_group(Some(group.clone())).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<Moves, ApiError> {
        let group = existing_group(cx, &self.resource_group_id)?.id;
        if self.resources.is_empty() {
            let message = "Resources is mandatory for this action: name at least one.";
            return Err(ApiError::new(ErrorCode::Missing("Resources".to_owned()), message));
        }
        let mut responses = Vec::new();
        for moved in self.resources.into_vec() {
            let failure = match move_one(cx, &moved, &group) {
                Ok(()) => None,
                // What is no fault of the request ends the whole of it.
                Err(error) if error.code().http_status() >= 500 => return Err(error),
                Err(error) => Some(error),
            };
            responses.push(MoveResult {
                service: moved.service,
                resource_type: moved.resource_type,
                resource_id: moved.resource_id,
                region_id: moved.region_id,
                request_id: cx.request_id().to_string(),
                status: if failure.is_none() { "SUCCESS" } else { "FAIL" },
                error_code: failure.as_ref().map(|error| error.code().wire().into_owned()),
                error_msg: failure.map(|error| error.message().to_owned()),
            });
        }
        Ok(Moves { responses })
    }
}

fn move_one(cx: &mut Context<'_>, moved: &Moved, group: &ResourceGroupId) -> Result<(), ApiError> {
    let known = named(cx, &moved.service, &moved.resource_type)?;
    move_to_group(cx, known, (&moved.resource_id, moved.region_id.as_deref()), group)
}
