//! Lists that operations give a part at a time, in an order of their own: short ones are read as a whole, so that they
//! are counted and put in any order; of long ones a page is what the operation gives, unless another order is asked for.

use argali_protocol::ApiFailure;
use serde_json::Value;

use super::{Found, Wanted, by_member, whole};
use crate::text::list::NOT_ALL_IN_ORDER;
use crate::visit::Visit;

/// How many rows an operation is asked for at once, which a short list has at most.
const ROWS_A_CALL: usize = 1_000;
/// How much of a long list is read at most where it is put in order.
const MOST_CALLS: usize = 20;
const MOST_ROWS: usize = 5_000;

/// What gives a list a part at a time.
pub(crate) trait Parts {
    /// So many rows at most from a place on.
    fn part(
        &self,
        visit: &Visit<'_>,
        wanted: &Wanted<'_>,
        from: (&str, usize),
    ) -> impl Future<Output = Result<Found, ApiFailure>> + Send;
}

/// The part of the list that is wanted; `key` tells rows apart, in the order of the operation.
pub(crate) async fn in_parts<P: Parts + Sync>(
    visit: &Visit<'_>,
    parts: &P,
    wanted: &Wanted<'_>,
    key: fn(&Value) -> String,
) -> Result<Found, ApiFailure> {
    sifted_in_parts(visit, parts, wanted, (key, None)).await
}

/// Lets rows through.
type Keeps<'k> = &'k (dyn Fn(&Value) -> bool + Sync);

/// The same, of those rows alone that are let through, where the operation cannot look for them.
pub(crate) async fn sifted_in_parts<P: Parts + Sync>(
    visit: &Visit<'_>,
    parts: &P,
    wanted: &Wanted<'_>,
    (key, keeps): (fn(&Value) -> String, Option<Keeps<'_>>),
) -> Result<Found, ApiFailure> {
    let Found { mut rows, mut next, .. } = parts.part(visit, wanted, ("", ROWS_A_CALL)).await?;
    if !next.is_empty() && wanted.order.is_empty() && keeps.is_none() {
        return parts.part(visit, wanted, (wanted.marker, wanted.size.parse().unwrap_or(1))).await;
    }
    for _ in 1..MOST_CALLS {
        if next.is_empty() || rows.len() >= MOST_ROWS {
            break;
        }
        let more = parts.part(visit, wanted, (&next, ROWS_A_CALL)).await?;
        rows.extend(more.rows);
        next = more.next;
    }
    let note = (!next.is_empty()).then(|| visit.fill(NOT_ALL_IN_ORDER, &[&rows.len().to_string()]));
    Ok(Found {
        note,
        ..whole(wanted, rows, |row| keeps.is_none_or(|keeps| keeps(row)), (by_member(wanted), key))
    })
}

/// A part of a list whose operation counts its pages and its rows: the page of this number, of so many rows.
pub(crate) fn numbered(rows: Vec<Value>, (number, size): (usize, usize), total: i64) -> Found {
    let total = usize::try_from(total).unwrap_or_default();
    let next = if number.saturating_mul(size) < total { (number + 1).to_string() } else { String::new() };
    Found { rows, total: Some(total), next, ..Found::default() }
}
