//! Trails: made, changed and removed. How their events come into buckets is in `delivery`.

use serde::{Deserialize, Serialize};

use super::{HOME_REGION, failure, trail_resource, unacceptable};
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::model::{RoleUse, Trail, TrailDelivery, TrailTargets};
use crate::operation::{Access, Check, Entry, Operation, ResourceName, Resources};

/// Everything that can be done to a trail.
pub const OPERATIONS: &[Entry] =
    &[Entry::of::<CreateTrail>(), Entry::of::<UpdateTrail>(), Entry::of::<DeleteTrail>()];

/// How many trails an account has at most.
// SPEC: limits, ActionTrail.
const MOST_TRAILS: usize = 5;

/// What a trail can be told.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Wishes {
    /// Which trail.
    pub name: String,
    /// `Write`, `Read` or `All`.
    #[serde(rename = "EventRW")]
    pub event_rw: Option<EventRw>,
    /// The region whose events it wants, or `All`.
    pub trail_region: Option<String>,
    /// Whether it is of a whole organisation; there are none here.
    #[serde(default)]
    pub is_organization_trail: bool,
    /// A bucket.
    pub oss_bucket_name: Option<String>,
    /// What names of objects in it begin with.
    pub oss_key_prefix: Option<String>,
    /// The role that writes to it.
    pub oss_write_role_arn: Option<String>,
    /// A project of the log service.
    pub sls_project_arn: Option<String>,
    /// The role that writes to it.
    pub sls_write_role_arn: Option<String>,
    /// A project of MaxCompute.
    pub max_compute_project_arn: Option<String>,
    /// The role that writes to it.
    pub max_compute_write_role_arn: Option<String>,
}

/// Which events a trail wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum EventRw {
    /// Those of changes.
    Write,
    /// Those of reads.
    Read,
    /// All.
    All,
}

/// A trail as the operations that change it answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TrailView {
    name: String,
    #[serde(rename = "EventRW")]
    event_rw: String,
    home_region: &'static str,
    trail_region: String,
    #[serde(flatten)]
    targets: TargetsView,
}

/// Where a trail's events shall go.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct TargetsView {
    #[serde(skip_serializing_if = "Option::is_none")]
    oss_bucket_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    oss_key_prefix: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    oss_write_role_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sls_project_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sls_write_role_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_compute_project_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_compute_write_role_arn: Option<String>,
}

impl From<TrailTargets> for TargetsView {
    fn from(targets: TrailTargets) -> Self {
        Self {
            oss_bucket_name: targets.oss_bucket_name,
            oss_key_prefix: targets.oss_key_prefix,
            oss_write_role_arn: targets.oss_write_role_arn,
            sls_project_arn: targets.sls_project_arn,
            sls_write_role_arn: targets.sls_write_role_arn,
            max_compute_project_arn: targets.max_compute_project_arn,
            max_compute_write_role_arn: targets.max_compute_write_role_arn,
        }
    }
}

impl From<Trail> for TrailView {
    fn from(trail: Trail) -> Self {
        Self {
            name: trail.name,
            event_rw: trail.event_rw,
            home_region: HOME_REGION,
            trail_region: trail.region,
            targets: trail.targets.into(),
        }
    }
}

/// Makes a trail. It is not started.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct CreateTrail(Wishes);

impl Operation for CreateTrail {
    const NAME: &'static str = "CreateTrail";
    const ACCESS: Access = Access::Resource;
    type Response = TrailView;

    fn resources(&self, caller: &Caller) -> Resources {
        trail_resource(caller.account(), "*").into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<TrailView, ApiError> {
        let account = cx.account();
        let (name, now) = (checked_name(&self.0.name)?.to_owned(), cx.now());
        let mut trail = Trail {
            name,
            event_rw: String::from("Write"),
            region: String::from("All"),
            targets: TrailTargets::default(),
            created_at: now,
            updated_at: now,
            started_at: None,
            stopped_at: None,
            is_logging: false,
        };
        self.0.apply(cx, &mut trail)?;
        if Trail::find(cx.tx(), account, &trail.name)?.is_some() {
            let message = format!("The trail `{}` already exists: choose another name.", trail.name);
            return Err(failure("TrailAlreadyExistsException", message));
        }
        if Trail::all(cx.tx(), account)?.len() >= MOST_TRAILS {
            let message =
                format!("The account has {MOST_TRAILS} trails, which is its limit: delete one first.");
            return Err(failure("MaximumNumberOfTrailsExceededException", message));
        }
        trail.save(cx.tx_mut(), account);
        Ok(trail.into())
    }
}

/// Changes a trail. What is left out stays as it is.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct UpdateTrail(Wishes);

impl Operation for UpdateTrail {
    const NAME: &'static str = "UpdateTrail";
    const ACCESS: Access = Access::Resource;
    type Response = TrailView;

    fn resources(&self, caller: &Caller) -> Resources {
        trail_resource(caller.account(), &self.0.name).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<TrailView, ApiError> {
        let mut trail = existing_trail(cx, &self.0.name)?;
        trail.updated_at = cx.now();
        self.0.apply(cx, &mut trail)?;
        let account = cx.account();
        trail.save(cx.tx_mut(), account);
        Ok(trail.into())
    }
}

/// Removes a trail. The events stay.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteTrail {
    /// Which trail.
    pub name: String,
}

impl Operation for DeleteTrail {
    const NAME: &'static str = "DeleteTrail";
    const ACCESS: Access = Access::Resource;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        trail_resource(caller.account(), &self.name).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let account = cx.account();
        existing_trail(cx, &self.name)?.delete(cx.tx_mut(), account);
        TrailDelivery::delete(cx.tx_mut(), account, &self.name);
        Ok(())
    }
}

impl Wishes {
    /// Has a trail be as is wished, if that can be.
    fn apply(self, cx: &mut Context<'_>, trail: &mut Trail) -> Result<(), ApiError> {
        if self.is_organization_trail {
            return Err(unacceptable("There are no organisations here: leave IsOrganizationTrail out."));
        }
        if let Some(event_rw) = self.event_rw {
            trail.event_rw = format!("{event_rw:?}");
        }
        trail.region = self.trail_region.unwrap_or_else(|| trail.region.clone());
        let bucket = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        check("OssBucketName", self.oss_bucket_name.as_deref(), 3..=63, bucket)?;
        let prefix = |c: char| c.is_ascii_alphanumeric() || "_/-".contains(c);
        check("OssKeyPrefix", self.oss_key_prefix.as_deref(), 6..=32, prefix)?;
        if self
            .oss_key_prefix
            .as_ref()
            .is_some_and(|text| !text.starts_with(|c: char| c.is_ascii_alphabetic()))
        {
            return Err(unacceptable("OssKeyPrefix begins with a letter."));
        }
        for role in [&self.oss_write_role_arn, &self.sls_write_role_arn, &self.max_compute_write_role_arn] {
            require_passable(cx, role.as_deref())?;
        }
        let targets = &mut trail.targets;
        for (place, wish) in [
            (&mut targets.oss_bucket_name, self.oss_bucket_name),
            (&mut targets.oss_key_prefix, self.oss_key_prefix),
            (&mut targets.oss_write_role_arn, self.oss_write_role_arn),
            (&mut targets.sls_project_arn, self.sls_project_arn),
            (&mut targets.sls_write_role_arn, self.sls_write_role_arn),
            (&mut targets.max_compute_project_arn, self.max_compute_project_arn),
            (&mut targets.max_compute_write_role_arn, self.max_compute_write_role_arn),
        ] {
            *place = wish.or_else(|| place.take());
        }
        let somewhere =
            [&targets.oss_bucket_name, &targets.sls_project_arn, &targets.max_compute_project_arn];
        if somewhere.iter().all(|place| place.is_none()) {
            return Err(unacceptable(
                "Say where events go: send OssBucketName, SlsProjectArn or MaxComputeProjectArn.",
            ));
        }
        Ok(())
    }
}

/// Whoever has a trail write as a role must be allowed to hand that role on.
// SPEC: service authorization, actiontrail, also_needs.
fn require_passable(cx: &mut Context<'_>, role: Option<&str>) -> Result<(), ApiError> {
    let Some(role) = role else { return Ok(()) };
    let account = cx.account();
    let own = format!("acs:ram::{account}:role/");
    let Some(name) = role.strip_prefix(&own).filter(|name| !name.is_empty()) else {
        return Err(unacceptable(format!("A trail writes as a role of its own account: `{own}<name>`.")));
    };
    let resource = ResourceName::ram(account, format!("role/{name}"));
    cx.authorize_check(&Check { action: "ram:PassRole".into(), resource, conditions: Default::default() })
}

fn check(
    parameter: &str,
    text: Option<&str>,
    length: std::ops::RangeInclusive<usize>,
    allowed: impl Fn(char) -> bool,
) -> Result<(), ApiError> {
    let fits = |text: &str| length.contains(&text.len()) && text.chars().all(&allowed);
    if text.is_none_or(fits) {
        return Ok(());
    }
    let (least, most) = (length.start(), length.end());
    Err(unacceptable(format!(
        "{parameter} has {least} to {most} characters, of those that the reference allows."
    )))
}

/// The name of a trail, if it can be one.
// SPEC: limits, names: 6 to 36 of `a-z 0-9 _ -`.
fn checked_name(name: &str) -> Result<&str, ApiError> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-');
    if (6..=36).contains(&name.len()) && name.chars().all(allowed) {
        return Ok(name);
    }
    let message = "A trail's name has 6 to 36 lower-case letters, digits, `_` and `-`.";
    Err(failure("InvalidTrailNameException", message))
}

/// The trails that deliver as a role, which is the one of all that name none.
pub(in crate::services) fn use_of_role(cx: &Context<'_>, arn: &str) -> Result<Option<RoleUse>, ApiError> {
    let account = cx.account();
    let trails = Trail::all(cx.tx(), account)?.into_iter().filter(|trail| delivers_as(&trail.targets, arn));
    let resources: Vec<String> =
        trails.map(|trail| trail_resource(account, &trail.name).arn.into_owned()).collect();
    Ok((!resources.is_empty()).then(|| RoleUse { region: HOME_REGION.to_owned(), resources }))
}

fn delivers_as(targets: &TrailTargets, arn: &str) -> bool {
    let pairs = [
        (&targets.oss_bucket_name, &targets.oss_write_role_arn),
        (&targets.sls_project_arn, &targets.sls_write_role_arn),
        (&targets.max_compute_project_arn, &targets.max_compute_write_role_arn),
    ];
    pairs.iter().any(|(target, role)| {
        target.is_some() && role.as_ref().is_none_or(|role| role.eq_ignore_ascii_case(arn))
    })
}

/// The trail of this name, or `TrailNotFoundException`.
pub(super) fn existing_trail(cx: &Context<'_>, name: &str) -> Result<Trail, ApiError> {
    let found = Trail::find(cx.tx(), cx.account(), checked_name(name)?)?;
    found.ok_or_else(|| {
        failure("TrailNotFoundException", format!("The trail `{name}` does not exist: check Name."))
    })
}
