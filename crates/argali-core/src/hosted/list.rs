//! Lists resources and rows of fixed tables, a page at a time.

use serde_json::{Map, Value};

use super::call::Call;
use super::failure::Failure;
use super::file::{FixedTable, TypeName};
use super::file_operation::Listing;
use super::gather::Gathered;
use super::host::Host;
use super::scope::{RecordScope, RowScope};
use super::situation::Situation;
use super::template::Template;
use super::token;
use super::way::Search;

/// The part of a list that is asked for.
#[derive(Debug)]
pub(super) struct Page {
    /// How many entries it holds at most.
    pub(super) size: usize,
    /// How many come before it.
    pub(super) skip: usize,
    /// Its number, if it was asked for by number.
    number: Option<usize>,
    /// Where the page before it ended, if it was asked for by token.
    pub(super) after: Option<Vec<String>>,
    /// Whether all matches are counted.
    pub(super) counted: bool,
}

impl Call<'_> {
    pub(super) fn list(&self, host: &dyn Host, listing: &Listing) -> Result<Value, Failure> {
        let Some(resource) = self.resource else { return Ok(Value::Object(Map::new())) };
        self.check_references(host)?;
        let search = match self.region.as_deref().or(self.service.region.is_none().then_some("*")) {
            Some(region) => Some(self.search(host, resource, listing, region)?),
            None => None,
        };
        let name = self.list_name(search.as_ref().and_then(Search::order));
        let page = self.page(host, listing, &name)?;
        let mut gathered = Gathered::new(&page);
        match search {
            Some(Search::Ids(ids)) => self.look_at(host, (resource, listing), &ids, &mut gathered)?,
            Some(Search::Along(way)) => self.go_along(host, (resource, listing), &way, &mut gathered)?,
            None => self.read_all(host, (resource, listing), &mut gathered)?,
        }
        let show = listing.show.as_ref().unwrap_or(&resource.view);
        let mut items = Vec::with_capacity(gathered.records.len());
        for record in &gathered.records {
            items.extend(show.fill(&RecordScope { world: self.world(host), resource, record })?);
        }
        let last = gathered.place.as_ref().filter(|_| gathered.more).map(|place| {
            let path: Vec<&str> = place.iter().map(String::as_str).collect();
            token::write(host, &name, &path)
        });
        self.answer_page(host, items, &page, gathered.total, last)
    }

    pub(super) fn serve(
        &self,
        host: &dyn Host,
        name: &TypeName,
        listing: &Listing,
    ) -> Result<Value, Failure> {
        let Some(table) = self.catalog.table(&name.value) else { return Ok(Value::Object(Map::new())) };
        let list = self.list_name(None);
        let page = self.page(host, listing, &list)?;
        let asked = listing.ids.as_ref().map(|ids| self.texts(ids)).unwrap_or_default();
        let after = page.after.as_ref().and_then(|path| path.first());
        let after = after.and_then(|after| table.order.iter().position(|id| id == after));
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
        let last = shown.last().filter(|_| more).map(|id| token::write(host, &list, &[id]));
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
    fn page(&self, host: &dyn Host, listing: &Listing, list: &str) -> Result<Page, Failure> {
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
            let (after, size) = (self.page_token(host, list)?, bounded(results)?);
            let counted = paging.counted;
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

    /// The path in the call's page token, if it has one of the list.
    pub(super) fn page_token(&self, host: &dyn Host, list: &str) -> Result<Option<Vec<String>>, Failure> {
        let Some(text) = self.texts("NextToken").first().copied() else { return Ok(None) };
        let path = token::read(host, list, text);
        path.map(Some).ok_or_else(|| {
            self.invalid("NextToken", text, "send the NextToken of the page before, unchanged")
        })
    }

    /// What the call's page tokens are good for: a list in an order. Filters do not matter, unless the order is theirs:
    /// a page goes on after its place.
    pub(super) fn list_name(&self, order: Option<&str>) -> String {
        let of = self.resource.map_or("", |resource| resource.name.as_str());
        let list = format!("{} {} {of}", self.service.name, self.operation.name);
        order.map_or(list.clone(), |order| format!("{list} by {order}"))
    }

    fn invalid(&self, parameter: &str, value: &str, reason: &str) -> Failure {
        self.teller().tell(
            Situation::InvalidParameter,
            &[("parameter", parameter), ("value", value), ("reason", reason)],
        )
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
