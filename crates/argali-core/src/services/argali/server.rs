//! The server itself, for its operators: how it is, a backup of it, and, where it is for trying, its clock and a new
//! beginning.

use argali_store::Room;
use serde::{Deserialize, Serialize};

use super::account::require_operator;
use crate::backup::Seal;
use crate::caller::Caller;
use crate::core::{Core, Unready};
use crate::dispatch::Context;
use crate::env::MovableClock;
use crate::error::{ApiError, ErrorCode};
use crate::model::TrailDelivery;
use crate::operation::{Access, Entry, Operation, ResourceName, Resources};
use crate::time::Timestamp;

/// What operators do with the server.
pub const OPERATIONS: &[Entry] = &[
    Entry::of::<GetServerHealth>(),
    Entry::of::<MakeBackup>(),
    Entry::of::<VerifyBackup>(),
    Entry::of::<AdvanceClock>(),
    Entry::of::<ResetWorld>(),
];

/// How far the clock is moved on at once, at most, in seconds: a year.
const LONGEST_ADVANCE_S: i64 = 366 * 24 * 60 * 60;

/// Tells how the server is.
#[derive(Debug, Deserialize)]
pub struct GetServerHealth {}

/// How the server is.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ServerHealth {
    /// Whether requests should be sent here.
    ready: bool,
    /// Why not: `Store` or `Records`.
    #[serde(skip_serializing_if = "Option::is_none")]
    hindrance: Option<&'static str>,
    version: &'static str,
    start_time: Timestamp,
    time: Timestamp,
    operations: usize,
    passwords_checked: u64,
    /// Nothing where everything is in memory.
    #[serde(skip_serializing_if = "Option::is_none")]
    store: Option<StoreHealth>,
    records: RecordsHealth,
    deliveries: DeliveriesHealth,
    /// Nothing but on a server for trying.
    #[serde(skip_serializing_if = "Option::is_none")]
    trying: Option<Trying>,
}

/// How much room there is.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct StoreHealth {
    used_bytes: u64,
    free_bytes: u64,
}

/// How far records of calls have come.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct RecordsHealth {
    /// The number that the next one gets.
    next: u64,
    /// How many wait to be written.
    waiting: usize,
}

/// How trails are delivered into buckets.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct DeliveriesHealth {
    /// How many trails are.
    active: u64,
    /// How many of them cannot be at present.
    hindered: u64,
    /// When something was delivered last.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_time: Option<Timestamp>,
}

/// What a server for trying says besides.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Trying {
    /// How far its clock is ahead of the real time.
    ahead_seconds: i64,
    /// Whether there is a world to go back to.
    can_reset: bool,
}

impl Operation for GetServerHealth {
    const NAME: &'static str = "GetServerHealth";
    const ACCESS: Access = Access::Read;
    type Response = ServerHealth;

    fn resources(&self, caller: &Caller) -> Resources {
        server_resource(caller).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<ServerHealth, ApiError> {
        require_operator(cx)?;
        let core = cx.core();
        let (next, waiting) = core.trail().progress();
        Ok(ServerHealth {
            ready: core.unready().is_none(),
            hindrance: core.unready().map(|unready| match unready {
                Unready::Store => "Store",
                Unready::Trail => "Records",
            }),
            version: env!("CARGO_PKG_VERSION"),
            start_time: core.started_at(),
            time: cx.now(),
            operations: core.registry().iter().count(),
            passwords_checked: core.passwords_hashed(),
            store: core
                .store()
                .room()?
                .map(|Room { used_bytes, free_bytes }| StoreHealth { used_bytes, free_bytes }),
            records: RecordsHealth { next, waiting },
            deliveries: deliveries(cx)?,
            trying: core.env().movable_clock().map(|clock| trying(core, clock)),
        })
    }
}

/// Makes a backup of all records, to be fetched once and within a minute.
#[derive(Debug, Deserialize)]
pub struct MakeBackup {}

/// Where a backup is fetched.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct OfferedBackup {
    /// The path on this server: `/-/backup/…`. Whoever knows it can fetch the backup, for as long as the caller may.
    path: String,
}

impl Operation for MakeBackup {
    const NAME: &'static str = "MakeBackup";
    // It changes nothing, and is on record before anybody has the backup.
    const ACCESS: Access = Access::Session;
    const IS_SENSITIVE: bool = true;
    type Response = OfferedBackup;

    fn resources(&self, caller: &Caller) -> Resources {
        server_resource(caller).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OfferedBackup, ApiError> {
        require_operator(cx)?;
        let watch = cx.watch(server_resource(cx.caller()))?;
        let number = cx.core().offer_backup(watch, cx.now());
        Ok(OfferedBackup { path: format!("/-/backup/{number}") })
    }
}

/// Says whether a backup was made under the master key of this server, by what stands at its end: the backup itself is not
/// sent.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VerifyBackup {
    /// What its head says of its master key, in hexadecimal digits.
    pub master_key_check: String,
    /// The sum before its end, in hexadecimal digits.
    pub sum: String,
    /// The signature at its end, in hexadecimal digits.
    pub sum_signature: String,
}

/// Whose backup it is.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct VerifiedBackup {
    /// Whether secrets in it are sealed under the master key of this server.
    is_of_this_master_key: bool,
    /// Whether whoever holds that key has signed it.
    is_signed: bool,
}

impl Operation for VerifyBackup {
    const NAME: &'static str = "VerifyBackup";
    const ACCESS: Access = Access::Read;
    type Response = VerifiedBackup;

    fn resources(&self, caller: &Caller) -> Resources {
        server_resource(caller).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<VerifiedBackup, ApiError> {
        require_operator(cx)?;
        let Self { master_key_check, sum, sum_signature: signature } = self;
        let vault = cx.core().vault();
        Ok(VerifiedBackup {
            is_of_this_master_key: master_key_check == hex::encode(vault.check_value()),
            is_signed: Seal { master_key_check, sum, signature }.is_of(vault.backup_key()),
        })
    }
}

/// Moves the clock of a server for trying on: what ends by time ends, and what takes time is done.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdvanceClock {
    /// By how much.
    pub seconds: i64,
}

/// How far the clock has come.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdvancedClock {
    time: Timestamp,
    #[serde(flatten)]
    trying: Trying,
}

impl Operation for AdvanceClock {
    const NAME: &'static str = "AdvanceClock";
    const ACCESS: Access = Access::Session;
    type Response = AdvancedClock;

    fn resources(&self, caller: &Caller) -> Resources {
        server_resource(caller).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<AdvancedClock, ApiError> {
        require_operator(cx)?;
        let clock = movable_clock(cx)?;
        if !(1..=LONGEST_ADVANCE_S).contains(&self.seconds) {
            let message = format!("Move the clock by 1 to {LONGEST_ADVANCE_S} seconds: it never goes back.");
            return Err(ApiError::invalid("Seconds", message));
        }
        clock.advance(self.seconds);
        Ok(AdvancedClock { time: cx.env().now(), trying: trying(cx.core(), clock) })
    }
}

/// Puts the world of a server for trying back as it was made, and ends every session. The clock stays where it is.
#[derive(Debug, Deserialize)]
pub struct ResetWorld {}

/// The world is as it was.
#[derive(Debug, Serialize)]
pub struct WorldReset {}

impl Operation for ResetWorld {
    const NAME: &'static str = "ResetWorld";
    // The records are replaced in a transaction of its own, which this one's would be part of.
    const ACCESS: Access = Access::Session;
    const IS_SENSITIVE: bool = true;
    type Response = WorldReset;

    fn resources(&self, caller: &Caller) -> Resources {
        server_resource(caller).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<WorldReset, ApiError> {
        require_operator(cx)?;
        movable_clock(cx)?;
        cx.core().reset_world()?;
        Ok(WorldReset {})
    }
}

fn server_resource(caller: &Caller) -> ResourceName {
    let owner = caller.account();
    ResourceName::new(owner, format!("acs:argali:*:{owner}:server"))
}

/// The clock, on a server for trying. Others have none that could be moved.
fn movable_clock<'a>(cx: &Context<'a>) -> Result<&'a dyn MovableClock, ApiError> {
    cx.env().movable_clock().ok_or_else(|| {
        let message = "Time goes its own way here: only a server that `argali dev` started is for trying.";
        ApiError::new(ErrorCode::NotSupportServer, message)
    })
}

fn trying(core: &Core, clock: &dyn MovableClock) -> Trying {
    Trying { ahead_seconds: clock.ahead_s(), can_reset: core.can_reset() }
}

fn deliveries(cx: &Context<'_>) -> Result<DeliveriesHealth, ApiError> {
    const AT_ONCE: usize = 1_000;
    let (mut health, mut after) = (DeliveriesHealth::default(), None);
    loop {
        let (found, next) = TrailDelivery::some(cx.tx(), after.as_deref(), AT_ONCE)?;
        for delivery in found.iter().filter(|delivery| delivery.is_active) {
            health.active += 1;
            health.hindered += u64::from(delivery.error.is_some());
            health.last_time = health.last_time.max(delivery.delivered_at);
        }
        match next {
            Some(_) => after = next,
            None => return Ok(health),
        }
    }
}
