//! Lists in an order that no table has: everything is put in its place, and a page is what follows the last one.

use crate::dispatch::Context;
use crate::error::ApiError;
use crate::model::{AccountTable, Key};
use crate::time::Timestamp;

/// Where something stands in a list: first by what it is ordered by, then by its name.
///
/// A page begins after a place rather than after a number of entries, so that nothing is missed or seen twice when
/// entries come and go meanwhile.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    by: Vec<u8>,
    name: String,
}

impl Place {
    /// By its name alone.
    pub(super) fn named(name: String) -> Self {
        Self { by: Vec::new(), name }
    }

    /// By a text, whatever the case of its letters.
    pub(super) fn by_text(text: &str, name: String) -> Self {
        Self { by: text.to_lowercase().into_bytes(), name }
    }

    /// By an instant: what never was comes before everything that was.
    pub(super) fn by_time(time: Option<Timestamp>, name: String) -> Self {
        let millis = time.map(|time| u64::try_from(time.as_millis()).unwrap_or_default());
        Self { by: millis.map(|millis| millis.to_be_bytes().to_vec()).unwrap_or_default(), name }
    }

    fn to_bytes(&self) -> Vec<u8> {
        let length = u32::try_from(self.by.len()).unwrap_or(u32::MAX);
        [&length.to_be_bytes(), self.by.as_slice(), self.name.as_bytes()].concat()
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (length, rest) = bytes.split_first_chunk()?;
        let (by, name) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
        Some(Self { by: by.to_vec(), name: String::from_utf8(name.to_vec()).ok()? })
    }
}

/// Which page of a list is wanted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<'a> {
    /// What is listed.
    pub(super) table: AccountTable,
    /// What it is ordered by, as a number that no other order of the table has.
    pub(super) order: u64,
    /// Whether the last come first.
    pub(super) descending: bool,
    /// Where the page before ended.
    pub(super) marker: Option<&'a str>,
    /// How many entries it has at most.
    pub(super) size: usize,
}

/// A page of a list.
#[derive(Debug)]
pub(super) struct RankedPage<T> {
    pub(super) entries: Vec<T>,
    /// How many there are on all pages.
    pub(super) total: usize,
    pub(super) marker: Option<String>,
}

/// The page of `entries` that is wanted.
pub(super) fn page<T>(
    cx: &Context<'_>,
    mut entries: Vec<(Place, T)>,
    wanted: Wanted<'_>,
) -> Result<RankedPage<T>, ApiError> {
    // A marker is good for this list in this order alone.
    let list = Key::account(cx.account(), wanted.table).text("search").number(wanted.order);
    let list = list.number(u64::from(wanted.descending));
    let after = wanted.marker.map(|marker| cx.open_marker(&list, marker)).transpose()?;
    let after = after.as_deref().and_then(Place::from_bytes);
    entries.sort_unstable_by(
        |(one, _), (other, _)| {
            if wanted.descending { other.cmp(one) } else { one.cmp(other) }
        },
    );
    let total = entries.len();
    if let Some(after) = after {
        entries.retain(|(place, _)| if wanted.descending { *place < after } else { *place > after });
    }
    let is_last = entries.len() <= wanted.size;
    entries.truncate(wanted.size);
    let last = entries.last().filter(|_| !is_last);
    let marker = last.map(|(place, _)| cx.seal_marker(&list, &place.to_bytes()));
    Ok(RankedPage { entries: entries.into_iter().map(|(_, entry)| entry).collect(), total, marker })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_ordered_and_read_again() {
        let name = || "bob".to_owned();
        let time = |seconds| Place::by_time(Some(Timestamp::from_seconds(seconds)), name());
        let places = [Place::by_time(None, name()), time(1), time(256), time(1 << 40)];
        assert!(places.is_sorted());
        assert!(Place::by_text("Álice", name()) < Place::by_text("álice", "carol".to_owned()));
        for place in places.into_iter().chain([Place::named(name()), Place::by_text("用户", name())]) {
            assert_eq!(Place::from_bytes(&place.to_bytes()), Some(place));
        }
        for bytes in [&[][..], &[0, 0, 0], &[0, 0, 0, 9, 1], &[0, 0, 0, 0, 0xff]] {
            assert_eq!(Place::from_bytes(bytes), None);
        }
    }
}
