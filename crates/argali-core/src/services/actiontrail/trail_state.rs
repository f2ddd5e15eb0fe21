//! Whether a trail is started.

use serde::{Deserialize, Serialize};

use super::trail::existing_trail;
use super::trail_resource;
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::model::{Bucket, TrailDelivery};
use crate::operation::{Access, Entry, Operation, Resources};
use crate::storage_name::BucketName;
use crate::time::Timestamp;

/// How trails are started, stopped and asked how they do.
pub const OPERATIONS: &[Entry] =
    &[Entry::of::<StartLogging>(), Entry::of::<StopLogging>(), Entry::of::<GetTrailStatus>()];

/// What is said of every delivery to a log store.
const NOT_DELIVERED: &str = "Argali delivers events to buckets alone: name one with UpdateTrail.";

/// Starts a trail.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct StartLogging {
    /// Which trail.
    pub name: String,
}

impl Operation for StartLogging {
    const NAME: &'static str = "StartLogging";
    const ACCESS: Access = Access::Resource;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        trail_resource(caller.account(), &self.name).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let mut trail = existing_trail(cx, &self.name)?;
        if !trail.is_logging {
            (trail.is_logging, trail.started_at) = (true, Some(cx.now()));
            let account = cx.account();
            trail.save(cx.tx_mut(), account);
            TrailDelivery::begin(cx.tx_mut(), account, &trail.name)?;
        }
        Ok(())
    }
}

/// Stops a trail.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct StopLogging {
    /// Which trail.
    pub name: String,
}

impl Operation for StopLogging {
    const NAME: &'static str = "StopLogging";
    const ACCESS: Access = Access::Resource;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        trail_resource(caller.account(), &self.name).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let mut trail = existing_trail(cx, &self.name)?;
        if trail.is_logging {
            (trail.is_logging, trail.stopped_at) = (false, Some(cx.now()));
            let account = cx.account();
            trail.save(cx.tx_mut(), account);
        }
        Ok(())
    }
}

/// Shows whether a trail is started, and what became of its deliveries.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetTrailStatus {
    /// Which trail.
    pub name: String,
}

/// How a trail does.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TrailStatus {
    is_logging: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_logging_time: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stop_logging_time: Option<Timestamp>,
    oss_bucket_status: bool,
    sls_log_store_status: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    latest_delivery_time: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    latest_delivery_error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    latest_delivery_log_service_error: Option<&'static str>,
}

impl Operation for GetTrailStatus {
    const NAME: &'static str = "GetTrailStatus";
    const ACCESS: Access = Access::Read;
    type Response = TrailStatus;

    fn resources(&self, caller: &Caller) -> Resources {
        trail_resource(caller.account(), &self.name).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<TrailStatus, ApiError> {
        let trail = existing_trail(cx, &self.name)?;
        let account = cx.account();
        let delivery = TrailDelivery::find(cx.tx(), account, &trail.name)?;
        let bucket: Option<BucketName> =
            trail.targets.oss_bucket_name.as_ref().and_then(|name| name.parse().ok());
        let bucket = bucket.map(|name| Bucket::find(cx.tx(), &name)).transpose()?.flatten();
        let to_log_store = trail.targets.sls_project_arn.is_some() && trail.is_logging;
        Ok(TrailStatus {
            is_logging: trail.is_logging,
            start_logging_time: trail.started_at,
            stop_logging_time: trail.stopped_at,
            oss_bucket_status: bucket.is_some_and(|bucket| bucket.owner == account),
            sls_log_store_status: false,
            latest_delivery_time: delivery.as_ref().and_then(|delivery| delivery.delivered_at),
            latest_delivery_error: delivery.and_then(|delivery| delivery.error),
            latest_delivery_log_service_error: to_log_store.then_some(NOT_DELIVERED),
        })
    }
}
