//! Lists resources and rows of fixed tables, a page at a time.

use serde_json::{Map, Value};

use super::call::Call;
use super::failure::Failure;
use super::file::{FixedTable, ResourceType, TypeName};
use super::file_operation::Listing;
use super::host::{Host, Row, Shelf};
use super::narrow::Candidates;
use super::record::{Record, region_of};
use super::scope::{RecordScope, RowScope};
use super::shelves::BATCH;
use super::situation::Situation;
use super::template::Template;
use super::token;

/// The part of a list that is asked for.
#[derive(Debug)]
struct Page {
    /// How many entries it holds at most.
    size: usize,
    /// How many come before it.
    skip: usize,
    /// Its number, if it was asked for by number.
    number: Option<usize>,
    /// The identifier after which it begins, if it was asked for by token.
    after: Option<String>,
    /// Whether all matches are counted.
    counted: bool,
}

/// What a list has gathered.
struct Gathered<'p> {
    page: &'p Page,
    total: usize,
    records: Vec<Record>,
    more: bool,
}

impl Gathered<'_> {
    /// Whether the next match belongs to the page.
    fn wants(&self) -> bool {
        self.total >= self.page.skip && self.records.len() < self.page.size
    }

    /// Whether nothing more need be read, because nobody asks for the total.
    fn is_done(&self) -> bool {
        self.more && !self.page.counted
    }

    fn count(&mut self) {
        self.more |= self.records.len() == self.page.size;
        self.total += 1;
    }
}

impl Call<'_> {
    pub(super) fn list(&self, host: &dyn Host, listing: &Listing) -> Result<Value, Failure> {
        let Some(resource) = self.resource else { return Ok(Value::Object(Map::new())) };
        self.check_references(host)?;
        let page = self.page(host, listing)?;
        let gathered = self.gather(host, resource, listing, &page)?;
        let show = listing.show.as_ref().unwrap_or(&resource.view);
        let mut items = Vec::with_capacity(gathered.records.len());
        for record in &gathered.records {
            items.extend(show.fill(&RecordScope { world: self.world(host), resource, record })?);
        }
        let last = gathered.records.last().filter(|_| gathered.more);
        let last = last.map(|record| token::write(host, &self.list_name(), &[&record.id]));
        self.answer_page(host, items, &page, gathered.total, last)
    }

    pub(super) fn serve(
        &self,
        host: &dyn Host,
        name: &TypeName,
        listing: &Listing,
    ) -> Result<Value, Failure> {
        let Some(table) = self.catalog.table(&name.value) else { return Ok(Value::Object(Map::new())) };
        let page = self.page(host, listing)?;
        let asked = listing.ids.as_ref().map(|ids| self.texts(ids)).unwrap_or_default();
        let after = page.after.as_ref().and_then(|after| table.order.iter().position(|id| id == after));
        let ids = table.order.iter().skip(after.map_or(0, |index| index + 1));
        let matches: Vec<&String> = ids
            .filter(|id| asked.is_empty() || asked.contains(&id.as_str()))
            .filter(|id| table.rows.get(*id).is_some_and(|row| self.row_matches(row, &listing.filters)))
            .collect();
        let shown: Vec<&String> = matches.iter().skip(page.skip).take(page.size).copied().collect();
        let mut items = Vec::with_capacity(shown.len());
        for id in &shown {
            items.extend(self.show_row(host, table, id, listing.show.as_ref())?);
        }
        let more = matches.len() > page.skip.saturating_add(page.size);
        let last = shown.last().filter(|_| more).map(|id| token::write(host, &self.list_name(), &[id]));
        self.answer_page(host, items, &page, matches.len(), last)
    }

    fn answer_page(
        &self,
        host: &dyn Host,
        items: Vec<Value>,
        page: &Page,
        total: usize,
        next: Option<String>,
    ) -> Result<Value, Failure> {
        let mut found =
            Map::from_iter([("count".to_owned(), items.len().into()), ("items".to_owned(), items.into())]);
        match page.number {
            Some(number) => {
                found.insert("total".to_owned(), total.into());
                found.insert("page_number".to_owned(), number.into());
                found.insert("page_size".to_owned(), page.size.into());
            }
            None => {
                if page.counted {
                    found.insert("total".to_owned(), total.into());
                    found.insert("page_size".to_owned(), page.size.into());
                }
                found.insert("next_token".to_owned(), next.unwrap_or_default().into());
            }
        }
        self.answer(host, &found, None)
    }

    /// Reads which page is asked for.
    fn page(&self, host: &dyn Host, listing: &Listing) -> Result<Page, Failure> {
        let paging = &listing.paging;
        let number = |name: &str| self.arguments.get(name).and_then(Value::as_i64);
        let bounded = |name: &str| match number(name) {
            None => Ok(paging.size),
            Some(size) => {
                usize::try_from(size).ok().filter(|size| (1..=paging.most).contains(size)).ok_or_else(|| {
                    self.invalid(name, &size.to_string(), &format!("it must be 1 to {}", paging.most))
                })
            }
        };
        if let Some(results) = &paging.tokens
            && (!paging.numbers
                || self.arguments.contains_key(results)
                || !self.texts("NextToken").is_empty())
        {
            let after = self.page_token(host)?.and_then(|path| path.into_iter().next());
            let (size, counted) = (bounded(results)?, paging.counted);
            return Ok(Page { size, skip: 0, number: None, after, counted });
        }
        if !paging.numbers {
            return Ok(Page { size: usize::MAX, skip: 0, number: None, after: None, counted: true });
        }
        let size = bounded("PageSize")?;
        let number = match number("PageNumber") {
            None => 1,
            Some(number) => usize::try_from(number)
                .ok()
                .filter(|number| *number >= 1)
                .ok_or_else(|| self.invalid("PageNumber", &number.to_string(), "it must be at least 1"))?,
        };
        Ok(Page {
            size,
            skip: (number - 1).saturating_mul(size),
            number: Some(number),
            after: None,
            counted: true,
        })
    }

    /// The path in the call's page token, if it has one.
    pub(super) fn page_token(&self, host: &dyn Host) -> Result<Option<Vec<String>>, Failure> {
        let Some(text) = self.texts("NextToken").first().copied() else { return Ok(None) };
        let path = token::read(host, &self.list_name(), text);
        path.map(Some).ok_or_else(|| {
            self.invalid("NextToken", text, "send the NextToken of the page before, unchanged")
        })
    }

    /// What the call's page tokens are good for. Filters do not matter: a page goes on after its place.
    pub(super) fn list_name(&self) -> String {
        let of = self.resource.map_or("", |resource| resource.name.as_str());
        format!("{} {} {of}", self.service.name, self.operation.name)
    }

    fn invalid(&self, parameter: &str, value: &str, reason: &str) -> Failure {
        self.teller().tell(
            Situation::InvalidParameter,
            &[("parameter", parameter), ("value", value), ("reason", reason)],
        )
    }

    fn gather<'p>(
        &self,
        host: &dyn Host,
        resource: &ResourceType,
        listing: &Listing,
        page: &'p Page,
    ) -> Result<Gathered<'p>, Failure> {
        let mut gathered = Gathered { page, total: 0, records: Vec::new(), more: false };
        let narrowed = self.is_narrowed(listing);
        let candidates = self.candidates(resource, listing);
        let (shelf, prefix) = match candidates {
            Candidates::Ids(ids) => {
                for id in ids.into_iter().filter(|id| page.after.as_deref().is_none_or(|after| *id > after)) {
                    let record = self.find(host, resource, id)?;
                    self.consider(host, resource, listing, record, &mut gathered)?;
                }
                return Ok(gathered);
            }
            Candidates::Index(shelf, prefix) => (shelf, prefix),
        };
        let prefix: Vec<&str> = prefix.iter().map(String::as_str).collect();
        let mut after = page.after.clone();
        loop {
            let last = after.as_deref().map(|after| [after]);
            let rows = host.scan(shelf, &prefix, last.as_ref().map(|last| last.as_slice()), BATCH)?;
            let more = rows.len() == BATCH;
            after = rows.last().and_then(|row| row.rest.first().cloned());
            for row in rows {
                match self.candidate(host, resource, shelf, &row, narrowed || gathered.wants())? {
                    Candidate::Elsewhere => {}
                    Candidate::Unread => gathered.count(),
                    Candidate::Read(record) => {
                        self.consider(host, resource, listing, Some(record), &mut gathered)?;
                    }
                }
                if gathered.is_done() {
                    return Ok(gathered);
                }
            }
            if !more {
                return Ok(gathered);
            }
        }
    }

    /// A row of a scan as a record, if it is in the region of the call; unread unless `needed`.
    fn candidate(
        &self,
        host: &dyn Host,
        resource: &ResourceType,
        shelf: Shelf,
        row: &Row,
        needed: bool,
    ) -> Result<Candidate, Failure> {
        let Some(id) = row.rest.first() else { return Ok(Candidate::Elsewhere) };
        if shelf != Shelf::Resource {
            return Ok(self.find(host, resource, id)?.map_or(Candidate::Elsewhere, Candidate::Read));
        }
        let region = region_of(&row.value)?;
        if self.region.as_ref().is_some_and(|asked| asked != region) {
            return Ok(Candidate::Elsewhere);
        }
        Ok(if needed { Candidate::Read(Record::from_bytes(id, &row.value)?) } else { Candidate::Unread })
    }

    fn consider(
        &self,
        host: &dyn Host,
        resource: &ResourceType,
        listing: &Listing,
        record: Option<Record>,
        gathered: &mut Gathered<'_>,
    ) -> Result<(), Failure> {
        let Some(record) = record else { return Ok(()) };
        if !self.matches(host, resource, listing, &record)? {
            return Ok(());
        }
        let wanted = gathered.wants();
        if wanted {
            gathered.total += 1;
            gathered.records.push(record);
        } else {
            gathered.count();
        }
        Ok(())
    }

    fn show_row(
        &self,
        host: &dyn Host,
        table: &FixedTable,
        id: &str,
        show: Option<&Template>,
    ) -> Result<Option<Value>, Failure> {
        let Some(row) = table.rows.get(id) else { return Ok(None) };
        match show.or(table.view.as_ref()) {
            Some(view) => {
                view.fill(&RowScope { table, row, region: self.region_or_default(), account: host.account() })
            }
            None => Ok(Some(row.clone())),
        }
    }
}

/// A row that may be part of a list.
enum Candidate {
    /// In another region.
    Elsewhere,
    /// In the right region; nobody needs to know more.
    Unread,
    /// In the right region.
    Read(Record),
}
