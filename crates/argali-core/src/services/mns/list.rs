//! Pages of lists: a prefix of the names, and a marker where the page before ended.
// SPEC: security, requests, R10: page markers are sealed to account and list.

use super::error::invalid_argument;
use crate::dispatch::DataContext;
use crate::error::ApiError;
use crate::model::{Key, Page};

/// How many entries a page has at most.
const LARGEST_PAGE: usize = 1_000;

/// Which part of a list is wanted.
#[derive(Clone, Debug, Default)]
pub struct WantedPage {
    /// What names begin with.
    pub prefix: String,
    /// What the page before said; empty for the first.
    pub marker: String,
    /// How many entries at most, 1 to 1,000.
    pub size: Option<i64>,
}

/// A part of a list.
#[derive(Debug)]
pub struct ListPage<T> {
    /// The entries, in the order of their names.
    pub entries: Vec<T>,
    /// What leads to the next page, if there is one.
    pub next: Option<String>,
}

impl WantedPage {
    /// The page of the list whose part with these names lies at `list`, as `page` finds it.
    pub(super) fn of<T>(
        &self,
        cx: &DataContext<'_>,
        list: &Key,
        page: impl FnOnce(Option<&[u8]>, usize) -> Result<Page<T>, argali_store::StoreError>,
    ) -> Result<ListPage<T>, ApiError> {
        let size = self.size.map_or(Some(LARGEST_PAGE), |size| usize::try_from(size).ok());
        let size = size.filter(|size| (1..=LARGEST_PAGE).contains(size)).ok_or_else(|| {
            invalid_argument(format!("The value of x-mns-ret-number should be between 1 and {LARGEST_PAGE}."))
        })?;
        let after = match self.marker.as_str() {
            "" => None,
            marker => Some(cx.open_marker(list, marker).map_err(|_| {
                invalid_argument(
                    "x-mns-marker is not one of this list: send the NextMarker of the page before.",
                )
            })?),
        };
        let Page { records, next } = page(after.as_deref(), size)?;
        Ok(ListPage { entries: records, next: next.map(|next| cx.seal_marker(list, &next)) })
    }

    /// Refuses prefixes that no name begins with, so that they cannot lead into another part of the store.
    pub(super) fn check(&self) -> Result<(), ApiError> {
        if self.prefix.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
            return Ok(());
        }
        Err(invalid_argument("x-mns-prefix is of letters, digits and `-`, as names are."))
    }
}
