//! Events of trails on their way into buckets: what is due, who may put it there, and how far it has come.
//!
//! What is delivered is read from the audit trail, the one truth, after the last record that was delivered. The objects
//! become visible in the transaction that writes down how far delivery has come, so that neither is ever there without
//! the other: whatever ends in between is done again, and nothing is delivered twice. Whoever moves the bytes asks for
//! batches, one after the other, in the background: no request waits for any of this.
// SPEC: the ActionTrail reference, storage paths of events in buckets.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::audit::{Draft, Event, Facets, Order, Position, Query};
use crate::core::Core;
use crate::dispatch::ServiceAct;
use crate::error::ApiError;
use crate::model::{Account, AccountStatus, Bucket, Description, Trail, TrailDelivery};
use crate::operation::{Check, ResourceName};
use crate::services::actiontrail::{HOME_REGION, LINKED_ROLE, PRINCIPAL, shown};
use crate::services::oss::{NewBytes, no_such_bucket};
use crate::storage_name::{BucketName, ObjectKey};
use crate::time::Timestamp;

/// How long events are gathered before they are delivered, in seconds.
// SPEC: the ActionTrail reference: the events of five minutes are in one file.
const GATHERED_S: i64 = 300;
/// How many events a batch has at most: so many are delivered at once.
const MOST_EVENTS: usize = 1_000;
/// How many deliveries are looked at in one go.
const AT_ONCE: usize = 100;
/// Where what a service did by itself is said to come from. Such records are delivered by no trail: each delivery would
/// be followed by another.
// SPEC: the ActionTrail reference, samples of events of OSS.
pub(crate) const INTERNAL: &str = "Internal";

/// Events of a trail that are due, by the file that they belong in.
#[derive(Debug)]
pub struct Batch {
    delivery: TrailDelivery,
    trail: Trail,
    /// Where it ends.
    position: Position,
    /// The files.
    pub files: Vec<EventFile>,
}

/// Events of one region and one day.
#[derive(Debug)]
pub struct EventFile {
    region: String,
    first: Timestamp,
    count: usize,
    /// What the file says: a JSON array.
    pub text: Vec<u8>,
}

impl Core {
    /// Trails for which there may be something to deliver, a few at a time, and where to go on.
    ///
    /// # Errors
    ///
    /// Fails if the records cannot be read.
    pub fn deliveries(
        &self,
        after: Option<&[u8]>,
    ) -> Result<(Vec<TrailDelivery>, Option<Vec<u8>>), ApiError> {
        let (mut found, next) = TrailDelivery::some(self.store().read()?.as_ref(), after, AT_ONCE)?;
        found.retain(|delivery| delivery.is_active);
        Ok((found, next))
    }

    /// What of a trail is to be delivered now. It is written down if nothing may be; that blocks while records are read.
    ///
    /// # Errors
    ///
    /// Fails if the records cannot be read or written.
    pub fn next_batch(&self, delivery: &TrailDelivery) -> Result<Option<Batch>, ApiError> {
        let snapshot = self.store().read()?;
        let tx = snapshot.as_ref();
        let Some(delivery) = TrailDelivery::find(tx, delivery.account, &delivery.trail)? else {
            return Ok(None);
        };
        let Some(trail) = Trail::find(tx, delivery.account, &delivery.trail)? else { return Ok(None) };
        let is_open = Account::find(tx, delivery.account)?
            .is_some_and(|account| account.status != AccountStatus::Closed);
        if !is_open || trail.targets.oss_bucket_name.is_none() {
            return Ok(None);
        }
        drop(snapshot);
        let query = due(&trail, &delivery);
        let found = self.trail().reader().look_up(&query).map_err(ApiError::internal)?;
        let Some(position) = found.next.or(found.last) else {
            self.rest(&trail, &delivery)?;
            return Ok(None);
        };
        let now = self.env().now();
        let oldest = found.events.first().map(|event| Timestamp::from_millis(event.time_ms));
        let is_due = found.next.is_some()
            || !trail.is_logging
            || oldest.is_some_and(|oldest| oldest.plus_seconds(GATHERED_S) <= now);
        if !is_due {
            return Ok(None);
        }
        let files = files(&found.events, &delivery);
        Ok(Some(Batch { delivery, trail, position, files }))
    }

    /// Whether a batch may be delivered, before its bytes are stored. What is in the way is written down.
    ///
    /// # Errors
    ///
    /// Fails if the records cannot be read or written.
    pub fn may_deliver(&self, batch: &Batch) -> Result<bool, ApiError> {
        let snapshot = self.store().read()?;
        let judged = batch.files.iter().try_for_each(|file| {
            let key = file.key(&batch.trail, &NewBytes::NOTHING)?;
            batch.judge(self, snapshot.as_ref(), &key, self.env().now()).map(drop)
        });
        drop(snapshot);
        match judged {
            Ok(()) => Ok(true),
            Err(error) => {
                self.note_hindrance(&batch.delivery, &error)?;
                Ok(false)
            }
        }
    }

    /// Makes a batch visible in its bucket, a file each for `stored`, and writes down how far that is. Says whether it
    /// was: what was changed meanwhile is delivered as it is then, the next time.
    ///
    /// # Errors
    ///
    /// Fails if the records cannot be read or written.
    pub fn deliver(&self, batch: &Batch, stored: &[NewBytes]) -> Result<bool, ApiError> {
        let now = self.env().now();
        let delivered = self.store().transact(|tx| {
            let Some(mut delivery) = batch.is_current(tx)? else { return Ok(None) };
            let mut drafts = Vec::new();
            for (file, bytes) in batch.files.iter().zip(stored) {
                let key = file.key(&batch.trail, bytes)?;
                let (bucket, decided_by) = batch.judge(self, tx, &key, now)?;
                let mut draft = Draft::by_itself(self.env(), PRINCIPAL, "PutObject");
                draft.concerns(bucket.owner);
                draft.decided(&put_check(&bucket, &key).resource.arn, true, decided_by);
                draft.note("trail", batch.trail.name.clone());
                bytes.described(described(), now).replace(tx, &bucket, &key, now)?;
                self.trail().enlist(tx, &mut draft);
                drafts.push(draft);
            }
            delivery.has_come_to(batch.position);
            delivery.error = None;
            if !batch.files.is_empty() {
                delivery.delivered_at = Some(now);
            }
            delivery.save(tx);
            Ok::<_, ApiError>(Some(drafts))
        });
        match delivered {
            Ok((Some(drafts), durable)) => {
                durable.wait()?;
                drafts.into_iter().for_each(|draft| self.trail().enlisted(draft));
                Ok(true)
            }
            Ok((None, _)) => Ok(false),
            Err(error) => {
                self.note_hindrance(&batch.delivery, &error)?;
                Ok(false)
            }
        }
    }

    /// Has a trail that was stopped rest once everything before that is delivered.
    fn rest(&self, trail: &Trail, delivery: &TrailDelivery) -> Result<(), ApiError> {
        let settled = |stopped: Timestamp| stopped.plus_seconds(GATHERED_S) <= self.env().now();
        if trail.is_logging || !trail.stopped_at.is_some_and(settled) {
            return Ok(());
        }
        self.change_delivery(delivery, |known| known.is_active = false)
    }

    fn note_hindrance(&self, delivery: &TrailDelivery, error: &ApiError) -> Result<(), ApiError> {
        let text = format!("{}: {}", error.code().wire(), error.message());
        if delivery.error.as_ref() == Some(&text) {
            return Ok(());
        }
        tracing::info!(account = %delivery.account, trail = delivery.trail, error = text, "a trail cannot be delivered");
        self.change_delivery(delivery, |known| known.error = Some(text.clone()))
    }

    /// Changes a delivery, if nobody has meanwhile.
    fn change_delivery(
        &self,
        delivery: &TrailDelivery,
        change: impl Fn(&mut TrailDelivery),
    ) -> Result<(), ApiError> {
        let ((), durable) = self.store().transact(|tx| {
            let found = TrailDelivery::find(tx, delivery.account, &delivery.trail)?;
            if let Some(mut known) = found.filter(|found| found == delivery) {
                change(&mut known);
                known.save(tx);
            }
            Ok::<_, ApiError>(())
        })?;
        Ok(durable.wait()?)
    }
}

impl Batch {
    /// The delivery as it is, if neither it nor the trail has changed since the batch was made.
    fn is_current(&self, tx: &dyn argali_store::Transaction) -> Result<Option<TrailDelivery>, ApiError> {
        let trail = Trail::find(tx, self.delivery.account, &self.trail.name)?;
        let same = trail.is_some_and(|trail| {
            trail.targets == self.trail.targets && trail.updated_at == self.trail.updated_at
        });
        let delivery = TrailDelivery::find(tx, self.delivery.account, &self.trail.name)?;
        Ok(delivery.filter(|delivery| same && delivery.position() == self.delivery.position()))
    }

    /// The bucket, if it is the account's and ActionTrail may store this object there; and what decided that.
    fn judge(
        &self,
        core: &Core,
        tx: &dyn argali_store::Transaction,
        key: &ObjectKey,
        now: Timestamp,
    ) -> Result<(Bucket, Option<String>), ApiError> {
        let account = self.delivery.account;
        let targets = &self.trail.targets;
        // Another account's bucket is one that is not there: strangers learn nothing.
        let name: Option<BucketName> = targets.oss_bucket_name.as_ref().and_then(|name| name.parse().ok());
        let bucket = name.map(|name| Bucket::find(tx, &name)).transpose()?.flatten();
        let bucket = bucket.filter(|bucket| bucket.owner == account).ok_or_else(no_such_bucket)?;
        let arn = targets.oss_write_role_arn.as_deref();
        let role = arn.map_or(Some(LINKED_ROLE), |arn| arn.rsplit('/').next()).unwrap_or_default();
        let role = role.parse().map_err(ApiError::internal)?;
        let act = ServiceAct { service: PRINCIPAL, session: "ActionTrail", account, role: &role, now };
        let decided_by = act.judge(core, tx, &put_check(&bucket, key), &bucket)?;
        Ok((bucket, decided_by))
    }
}

impl EventFile {
    /// What the object is called, once its bytes are known.
    fn key(&self, trail: &Trail, bytes: &NewBytes) -> Result<ObjectKey, ApiError> {
        let Self { region, first, count, .. } = self;
        let time: String = first.to_string().chars().filter(char::is_ascii_digit).collect();
        let day = first.to_string().chars().take("2015-01-23".len()).collect::<String>().replace('-', "/");
        let prefix = trail.targets.oss_key_prefix.as_deref().unwrap_or_default().trim_end_matches('/');
        let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
        let (size, md5) = (bytes.piece.size, hex::encode(bytes.md5));
        let name = format!(
            "{prefix}AliyunLogs/Actiontrail/{region}/{day}/Actiontrail_{region}_{time}_1002_{count}_{size}_{md5}.gz"
        );
        name.parse().map_err(ApiError::internal)
    }
}

/// Asks for what follows the last delivery, oldest first: of the time since the trail was started last.
fn due(trail: &Trail, delivery: &TrailDelivery) -> Query {
    let (region, write) = (
        trail.region.clone(),
        match trail.event_rw.as_str() {
            "Write" => Some(true),
            "Read" => Some(false),
            _ => None,
        },
    );
    let stopped = trail.stopped_at.filter(|_| !trail.is_logging);
    Query {
        from: trail.started_at.unwrap_or(trail.created_at),
        until: stopped.map_or(Timestamp::from_millis(i64::MAX), |stopped| {
            Timestamp::from_millis(stopped.as_millis() + 1)
        }),
        order: Order::OldestFirst,
        facets: Facets { write, ..Facets::default() },
        keep: Box::new(move |event| {
            let wanted = region == "All" || !event.parameters.contains_key("RegionId");
            event.source_ip != INTERNAL && (wanted || region_of(event) == region)
        }),
        after: delivery.position(),
        at_most: MOST_EVENTS,
        ..Query::of(delivery.account)
    }
}

/// The files that events belong in, each as their account may see it.
fn files(events: &[Event], delivery: &TrailDelivery) -> Vec<EventFile> {
    let mut groups: BTreeMap<(String, i64), Vec<&Event>> = BTreeMap::new();
    for event in events {
        let day = event.time_ms.div_euclid(24 * 60 * 60 * 1_000);
        groups.entry((region_of(event), day)).or_default().push(event);
    }
    let file = |((region, _), events): ((String, i64), Vec<&Event>)| {
        let first = events.iter().map(|event| event.time_ms).min().map(Timestamp::from_millis);
        let shown: Value = events.iter().map(|event| shown(event, delivery.account)).collect();
        let text = shown.to_string().into_bytes();
        EventFile { region, first: first.unwrap_or_default(), count: events.len(), text }
    };
    groups.into_iter().map(file).collect()
}

/// The region of an event. A name that none could have is the caller's alone, and in no path.
fn region_of(event: &Event) -> String {
    let can_be = |name: &&String| {
        (1..=32).contains(&name.len())
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    event.parameters.get("RegionId").filter(can_be).map_or(HOME_REGION, String::as_str).to_owned()
}

fn put_check(bucket: &Bucket, key: &ObjectKey) -> Check {
    let arn = format!("acs:oss:*:{}:{}/{}", bucket.owner, bucket.name, key.as_str());
    let resource = ResourceName::new(bucket.owner, arn).in_group(Some(bucket.group.clone()));
    let mut conditions = argali_policy::Context::new();
    for (name, value) in &bucket.tags {
        conditions.set(format!("oss:BucketTag/{name}"), value.as_str());
    }
    Check { action: "oss:PutObject".into(), resource, conditions }
}

fn described() -> Description {
    let headers = BTreeMap::from([("content-type".to_owned(), "application/gzip".to_owned())]);
    Description { headers, ..Description::default() }
}
