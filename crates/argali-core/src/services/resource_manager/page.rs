//! Pages that are asked for by their number.
// SPEC: limits, paging, Resource Management.

use argali_protocol::{Invalid, Reason};
use serde::{Deserialize, Deserializer, Serialize, de::Error};

/// How many entries a page holds at most: 1 to 100, 10 unless told.
pub type PageSize = crate::name::PageSize<100, 10>;

/// The number of a page: 1 unless told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageNumber(usize);

impl PageNumber {
    /// The number.
    pub const fn get(self) -> usize {
        self.0
    }
}

impl Default for PageNumber {
    fn default() -> Self {
        Self(1)
    }
}

impl<'de> Deserialize<'de> for PageNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match usize::try_from(i64::deserialize(deserializer)?) {
            Ok(number) if number >= 1 => Ok(Self(number)),
            _ => Err(D::Error::custom(Invalid::new(Reason::Value, "pages are numbered from 1"))),
        }
    }
}

/// What every answer says of its page.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Place {
    page_number: usize,
    page_size: usize,
    total_count: usize,
}

impl Place {
    /// The place of a page in a list of `total` entries.
    pub(super) fn of(number: PageNumber, size: PageSize, total: usize) -> Self {
        Self { page_number: number.0, page_size: size.get(), total_count: total }
    }
}

/// How many entries come before a page.
pub(super) fn before(number: PageNumber, size: PageSize) -> usize {
    (number.0 - 1).saturating_mul(size.get())
}

/// A page of a list that is there as a whole.
pub(super) fn cut<T>(all: Vec<T>, number: PageNumber, size: PageSize) -> (Vec<T>, Place) {
    let place = Place::of(number, size, all.len());
    (all.into_iter().skip(before(number, size)).take(size.get()).collect(), place)
}
