//! By which way a list finds what it shows: the index that leads to the fewest resources.

use std::collections::BTreeSet;

use argali_store::StoreError;

use super::call::Call;
use super::failure::Failure;
use super::file::ResourceType;
use super::file_operation::{Comparison, ListFilter, Listing};
use super::host::Host;
use super::index::{self, Underway};
use super::narrow::{quantity, wildcard};
use super::shelves::BATCH;
use super::span::{Member, Span, Values};

/// Something that must hold of what a list shows, as the index by value says it.
#[derive(Debug)]
pub(super) struct Wish {
    field: String,
    values: Wanted,
    /// Whether all that it leads to has what is asked for.
    exact: bool,
}

/// Values of a field.
#[derive(Debug)]
enum Wanted {
    /// One of these.
    Any(Vec<String>),
    /// What has the form of a pattern, which begins with a text.
    Like { start: String, pattern: String },
    /// From one to another.
    Between(String, String),
}

/// A way to all that a list shows.
#[derive(Debug)]
pub(super) struct Way {
    pub(super) span: Span,
    /// The pattern that the values of the span must have the form of, if not all do.
    pub(super) pattern: Option<String>,
    /// What the index by state does not know yet.
    pub(super) underway: Underway,
    /// Whether all that it leads to is shown.
    pub(super) covers: bool,
}

/// What a list goes through.
#[derive(Debug)]
pub(super) enum Search {
    /// These resources, in the order of their identifiers.
    Ids(BTreeSet<String>),
    /// A span, in its order.
    Along(Way),
}

impl Member {
    /// Whether its value may have the form of a pattern.
    pub(super) fn fits(&self, pattern: Option<&str>) -> bool {
        pattern.is_none_or(|pattern| index::is_cut(&self.value) || wildcard(&self.value, pattern))
    }
}

impl Search {
    /// The field whose values the order follows, if it does not follow identifiers alone. It depends on nothing but
    /// what is asked, so that every page of a list has the same order.
    pub(super) fn order(&self) -> Option<&str> {
        match self {
            Self::Along(Way { span, .. }) if !matches!(span.values, Values::One(_)) => Some(&span.field),
            _ => None,
        }
    }
}

impl Wish {
    fn any(field: impl Into<String>, values: &[&str]) -> Self {
        let exact = values.iter().all(|value| index::text(value) == **value);
        let values = values.iter().map(|value| index::text(value).into_owned()).collect();
        Self { field: field.into(), values: Wanted::Any(values), exact }
    }

    fn spans(&self, (type_name, region): (&str, &str)) -> Vec<Span> {
        let values = match &self.values {
            Wanted::Any(values) => values.iter().cloned().map(Values::One).collect(),
            Wanted::Like { start, .. } => vec![Values::Beginning(start.clone())],
            Wanted::Between(from, to) => vec![Values::Between(from.clone(), to.clone())],
        };
        let span = |values| Span {
            type_name: type_name.to_owned(),
            region: region.to_owned(),
            field: self.field.clone(),
            values,
        };
        values.into_iter().map(span).collect()
    }

    /// The pattern that what lies in the span need not have.
    fn pattern(&self) -> Option<&str> {
        match &self.values {
            Wanted::Like { start, pattern } if pattern.strip_prefix(start.as_str()) != Some("*") => {
                Some(pattern)
            }
            _ => None,
        }
    }

    fn is_of_single_values(&self) -> bool {
        matches!(self.values, Wanted::Any(_))
    }
}

impl Call<'_> {
    /// What a list in a region goes through.
    pub(super) fn search(
        &self,
        host: &dyn Host,
        resource: &ResourceType,
        listing: &Listing,
        region: &str,
    ) -> Result<Search, Failure> {
        let ids = self.named_ids(listing);
        if !ids.is_empty() {
            return Ok(Search::Ids(ids));
        }
        let place = (resource.name.as_str(), region);
        let (mut wishes, left) = self.wishes(resource, listing);
        let covers = left == 0 && wishes.len() < 2 && wishes.iter().all(|wish| wish.exact);
        if !wishes.iter().any(Wish::is_of_single_values) {
            if !wishes.is_empty() {
                let wish = wishes.swap_remove(0);
                return Ok(Search::Along(self.along(host, place, &wish, covers)?));
            }
            wishes.push(Wish::any(index::ALL, &[""]));
        }
        let mut best: Option<(usize, Wish)> = None;
        for wish in wishes {
            let spans = wish.spans(place);
            let size = spans.iter().try_fold(0, |sum, span| Ok::<_, StoreError>(sum + host.count(span)?))?;
            if best.as_ref().is_none_or(|(least, _)| size < *least) {
                best = Some((size, wish));
            }
        }
        let Some((_, wish)) = best else { return Ok(Search::Ids(BTreeSet::new())) };
        match &wish.values {
            Wanted::Any(values) if values.len() == 1 => {
                Ok(Search::Along(self.along(host, place, &wish, covers)?))
            }
            _ => Ok(Search::Ids(self.ids(host, place, &wish)?)),
        }
    }

    /// The identifiers that the call asks for, if it names any.
    pub(super) fn named_ids(&self, listing: &Listing) -> BTreeSet<String> {
        let named = listing.ids.as_ref().map(|ids| self.texts(ids)).unwrap_or_default();
        if !named.is_empty() {
            return named.into_iter().map(str::to_owned).collect();
        }
        let by_id = |filter: &&ListFilter| filter.by == Comparison::Equal && filter.field == "id";
        let mut asked = listing.filters.iter().filter(by_id).map(|filter| self.asked(filter));
        asked.find(|ids| !ids.is_empty()).unwrap_or_default().into_iter().collect()
    }

    fn along(&self, host: &dyn Host, place: (&str, &str), wish: &Wish, covers: bool) -> Result<Way, Failure> {
        let underway = match &wish.values {
            Wanted::Any(states) if wish.field == index::STATE => Underway::read(host, place, states)?,
            _ => Underway::default(),
        };
        let span = wish.spans(place).swap_remove(0);
        Ok(Way { span, pattern: wish.pattern().map(str::to_owned), underway, covers })
    }

    /// All that a wish leads to.
    fn ids(&self, host: &dyn Host, place: (&str, &str), wish: &Wish) -> Result<BTreeSet<String>, Failure> {
        let mut ids = BTreeSet::new();
        for span in wish.spans(place) {
            let mut after: Option<Member> = None;
            loop {
                let members = host.members(&span, after.as_ref(), 0, BATCH)?;
                let more = members.len() == BATCH;
                after = members.last().cloned();
                let fits = members.into_iter().filter(|member| member.fits(wish.pattern()));
                ids.extend(fits.map(|member| member.id));
                if !more {
                    break;
                }
            }
        }
        if let (index::STATE, Wanted::Any(states)) = (wish.field.as_str(), &wish.values) {
            let underway = Underway::read(host, place, states)?;
            ids.retain(|id| !underway.without.contains(id));
            ids.extend(underway.also);
        }
        Ok(ids)
    }

    /// What the call asks for that the index knows, and how many things it asks for besides.
    fn wishes(&self, resource: &ResourceType, listing: &Listing) -> (Vec<Wish>, usize) {
        let mut wishes = Vec::new();
        let mut left = 0;
        if resource.groups
            && let [group, ..] = self.texts("ResourceGroupId").as_slice()
        {
            wishes.push(Wish::any(index::GROUP, &[group]));
        }
        for (key, value) in self.asked_tags() {
            wishes.push(match value {
                Some(value) => {
                    let wish = Wish::any(index::tag(key), &[value]);
                    Wish { exact: wish.exact && !index::is_cut(&wish.field), ..wish }
                }
                None => Wish::any(index::TAGS, &[key]),
            });
        }
        let mut made = Made::default();
        for filter in &listing.filters {
            let asked = self.asked(filter);
            let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
            if asked.is_empty() || (resource.is_indexed(filter) && made.narrow(filter.by, &asked)) {
                continue;
            }
            match wish_of(resource, filter, &asked) {
                Some(wish) => wishes.push(wish),
                None => left += 1,
            }
        }
        wishes.extend(made.wish());
        (wishes, left)
    }
}

/// Between which instants something must have been made.
#[derive(Default)]
struct Made {
    from_ms: Option<i64>,
    to_ms: Option<i64>,
}

impl Made {
    /// Takes a bound, if a filter is one.
    fn narrow(&mut self, by: Comparison, asked: &[&str]) -> bool {
        let [one] = asked else { return false };
        let Some(instant) = quantity(one).filter(|instant| !instant.is_nan()) else { return false };
        match by {
            Comparison::AtLeast => self.from_ms = self.from_ms.max(Some(as_ms(instant.ceil()))),
            Comparison::AtMost => {
                let to_ms = as_ms(instant.floor());
                self.to_ms = Some(self.to_ms.map_or(to_ms, |known| known.min(to_ms)));
            }
            _ => return false,
        }
        true
    }

    fn wish(&self) -> Option<Wish> {
        if self.from_ms.is_none() && self.to_ms.is_none() {
            return None;
        }
        let from = index::instant(self.from_ms.unwrap_or_default());
        let to = index::instant(self.to_ms.unwrap_or(i64::MAX));
        Some(Wish { field: index::CREATED.to_owned(), values: Wanted::Between(from, to), exact: true })
    }
}

/// What the index knows of a filter with values.
fn wish_of(resource: &ResourceType, filter: &ListFilter, asked: &[&str]) -> Option<Wish> {
    if !resource.is_indexed(filter) {
        return None;
    }
    match (filter.by, asked) {
        (Comparison::Equal, values) => Some(Wish::any(&filter.field, values)),
        (Comparison::Wildcard, values) if !values.iter().any(|value| value.contains('*')) => {
            Some(Wish::any(&filter.field, values))
        }
        (Comparison::Wildcard, [pattern]) => {
            let whole = pattern.split('*').next().unwrap_or_default();
            let start = index::beginning(whole).to_owned();
            let exact = start == whole;
            let values = Wanted::Like { start, pattern: (*pattern).to_owned() };
            Some(Wish { field: filter.field.clone(), values, exact })
        }
        _ => None,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "what no instant can be ends at the bounds")]
fn as_ms(number: f64) -> i64 {
    number as i64
}
