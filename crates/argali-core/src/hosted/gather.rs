//! Gathers what a page of a list shows, and counts the rest.

use std::collections::BTreeSet;

use super::call::Call;
use super::failure::Failure;
use super::file::ResourceType;
use super::file_operation::Listing;
use super::host::{Host, Row, Shelf};
use super::list::Page;
use super::record::Record;
use super::shelves::BATCH;
use super::span::{Member, Values};
use super::way::Way;

/// What a list has gathered.
pub(super) struct Gathered<'p> {
    page: &'p Page,
    /// How many matches there are, as far as that was counted.
    pub(super) total: usize,
    pub(super) records: Vec<Record>,
    /// Where the last of them lies.
    pub(super) place: Option<Vec<String>>,
    /// Whether more follow.
    pub(super) more: bool,
}

impl<'p> Gathered<'p> {
    pub(super) fn new(page: &'p Page) -> Self {
        Self { page, total: 0, records: Vec::new(), place: None, more: false }
    }

    /// Whether a match at a place belongs to the page, if it is the next.
    fn wants(&self, place: &[String]) -> bool {
        self.total >= self.page.skip && self.records.len() < self.page.size && self.is_new(place)
    }

    /// Whether a place lies after the page before.
    fn is_new(&self, place: &[String]) -> bool {
        self.page.after.as_ref().is_none_or(|after| place > after.as_slice())
    }

    /// Whether nothing more need be read, because nobody asks for the total.
    fn is_done(&self) -> bool {
        self.more && !self.page.counted
    }

    /// Where reading begins: what is counted is counted from the beginning.
    fn start(&self) -> Option<&[String]> {
        self.page.after.as_deref().filter(|_| !self.page.counted)
    }

    fn count(&mut self, place: &[String]) {
        self.more |= self.records.len() == self.page.size && self.is_new(place);
        self.total += 1;
    }

    fn take(&mut self, record: Record, place: Vec<String>) {
        self.total += 1;
        self.records.push(record);
        self.place = Some(place);
    }
}

impl Call<'_> {
    /// Gathers from resources with some identifiers.
    pub(super) fn look_at(
        &self,
        host: &dyn Host,
        (resource, listing): (&ResourceType, &Listing),
        ids: &BTreeSet<String>,
        gathered: &mut Gathered<'_>,
    ) -> Result<(), Failure> {
        for id in ids {
            let place = vec![id.clone()];
            if gathered.start().is_some_and(|start| place.as_slice() <= start) {
                continue;
            }
            let record = self.find(host, resource, id)?;
            self.consider(host, (resource, listing), record, place, gathered)?;
            if gathered.is_done() {
                break;
            }
        }
        Ok(())
    }

    /// Gathers from what a way leads to.
    pub(super) fn go_along(
        &self,
        host: &dyn Host,
        of: (&ResourceType, &Listing),
        way: &Way,
        gathered: &mut Gathered<'_>,
    ) -> Result<(), Failure> {
        if way.covers && way.pattern.is_none() && way.underway.is_empty() {
            return self.take_page(host, of.0, way, gathered);
        }
        let mut after = gathered.start().and_then(|start| way.member(start));
        let mut also: Vec<String> = way.underway.also.iter().cloned().collect();
        also.retain(|id| after.as_ref().is_none_or(|after| id > &after.id));
        let mut also = also.into_iter().peekable();
        loop {
            let members = host.members(&way.span, after.as_ref(), 0, BATCH)?;
            let more = members.len() == BATCH;
            after = members.last().cloned();
            for member in members {
                while let Some(id) = also.next_if(|id| *id < member.id) {
                    self.meet(host, of, way, Member { id, ..member.clone() }, gathered)?;
                }
                if member.fits(way.pattern.as_deref()) && !way.underway.without.contains(&member.id) {
                    self.meet(host, of, way, member, gathered)?;
                }
                if gathered.is_done() {
                    return Ok(());
                }
            }
            if !more {
                break;
            }
        }
        for id in also {
            self.meet(host, of, way, Member { value: String::new(), id }, gathered)?;
        }
        Ok(())
    }

    /// Takes the page out of a span all of which is shown, reading no more than the page.
    fn take_page(
        &self,
        host: &dyn Host,
        resource: &ResourceType,
        way: &Way,
        gathered: &mut Gathered<'_>,
    ) -> Result<(), Failure> {
        let page = gathered.page;
        let mut after = page.after.as_ref().and_then(|after| way.member(after));
        let mut skip = page.skip;
        loop {
            let wanted = page.size.saturating_sub(gathered.records.len()).saturating_add(1);
            let members = host.members(&way.span, after.as_ref(), skip, wanted.min(BATCH))?;
            let full = members.len() == wanted.min(BATCH);
            after = members.last().cloned();
            skip = 0;
            for member in members {
                if gathered.records.len() == page.size {
                    gathered.more = true;
                } else if let Some(record) = self.find(host, resource, &member.id)? {
                    gathered.take(record, way.place(member));
                }
            }
            if !full || gathered.more {
                break;
            }
        }
        if page.counted {
            gathered.total = host.count(&way.span)?;
        }
        Ok(())
    }

    /// Considers a member of a way. What is only counted, and certain, is not read.
    fn meet(
        &self,
        host: &dyn Host,
        (resource, listing): (&ResourceType, &Listing),
        way: &Way,
        member: Member,
        gathered: &mut Gathered<'_>,
    ) -> Result<(), Failure> {
        let certain = way.covers && !super::index::is_cut(&member.value);
        let id = member.id.clone();
        let place = way.place(member);
        if certain && !gathered.wants(&place) {
            gathered.count(&place);
            return Ok(());
        }
        let record = self.find(host, resource, &id)?;
        self.consider(host, (resource, listing), record, place, gathered)
    }

    /// Gathers from all regions.
    pub(super) fn read_all(
        &self,
        host: &dyn Host,
        (resource, listing): (&ResourceType, &Listing),
        gathered: &mut Gathered<'_>,
    ) -> Result<(), Failure> {
        let narrowed = self.is_narrowed(listing);
        let ids = self.named_ids(listing);
        if !ids.is_empty() {
            return self.look_at(host, (resource, listing), &ids, gathered);
        }
        let (shelf, prefix) = self.rows_to_read(resource, listing);
        let prefix: Vec<&str> = prefix.iter().map(String::as_str).collect();
        let mut after = gathered.start().and_then(|start| start.first().cloned());
        loop {
            let last = after.as_deref().map(|id| [id]);
            let rows = host.scan(shelf, &prefix, last.as_ref().map(|last| last.as_slice()), BATCH)?;
            let more = rows.len() == BATCH;
            after = rows.last().and_then(|row| row.rest.first().cloned());
            for row in &rows {
                let Some(id) = row.rest.first() else { continue };
                let place = vec![id.clone()];
                if !narrowed && shelf == Shelf::Resource && !gathered.wants(&place) {
                    gathered.count(&place);
                } else {
                    let record = self.record_of(host, resource, shelf, row)?;
                    self.consider(host, (resource, listing), record, place, gathered)?;
                }
                if gathered.is_done() {
                    return Ok(());
                }
            }
            if !more {
                return Ok(());
            }
        }
    }

    /// The record that a row leads to.
    fn record_of(
        &self,
        host: &dyn Host,
        resource: &ResourceType,
        shelf: Shelf,
        row: &Row,
    ) -> Result<Option<Record>, Failure> {
        let Some(id) = row.rest.first() else { return Ok(None) };
        match shelf {
            Shelf::Resource => Ok(Some(Record::from_bytes(id, &row.value)?)),
            _ => self.find(host, resource, id),
        }
    }

    fn consider(
        &self,
        host: &dyn Host,
        (resource, listing): (&ResourceType, &Listing),
        record: Option<Record>,
        place: Vec<String>,
        gathered: &mut Gathered<'_>,
    ) -> Result<(), Failure> {
        let Some(record) = record else { return Ok(()) };
        if !self.matches(host, resource, listing, &record)? {
            return Ok(());
        }
        if gathered.wants(&place) {
            gathered.take(record, place);
        } else {
            gathered.count(&place);
        }
        Ok(())
    }
}

impl Way {
    /// Where a member lies in the order of the list.
    fn place(&self, member: Member) -> Vec<String> {
        match self.span.values {
            Values::One(_) => vec![member.id],
            _ => vec![member.value, member.id],
        }
    }

    /// The member at a place.
    fn member(&self, place: &[String]) -> Option<Member> {
        match (&self.span.values, place) {
            (Values::One(value), [id]) => Some(Member { value: value.clone(), id: id.clone() }),
            (_, [value, id]) => Some(Member { value: value.clone(), id: id.clone() }),
            _ => None,
        }
    }
}
