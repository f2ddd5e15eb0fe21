//! Lists that people live in: looked for, filtered, put in order, chosen from, a page at a time, and as a file.
//!
//! A page says what its list is of and where the rows come from ([`List`]); everything else is the same for all. What
//! is looked for, the order and the place stand in the address. All works without script: the list is a form, whose
//! boxes say what is chosen and whose buttons lead to the pages that ask again.
// SPEC: console, parts, list; budgets.

mod body;
mod file;
mod filter;
mod gather;
mod whole;

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

pub(crate) use body::{SEVERAL, row_link, tick_all};
pub(crate) use filter::{Filter, tag_params};
pub(crate) use gather::Gathering;
pub(crate) use whole::whole;

use super::{denied, empty, heading, page_size, summary, unmatched};
use crate::answer::Answer;
use crate::api::{RAM, is_denied, items, number, text};
use crate::icon::{self, Icon, icon};

use crate::need::{Need, needing};
use crate::page::{Outcome, Refusal};
use crate::pairs::Pairs;
use crate::shell;
use crate::text::Text;
use crate::text::list::*;
use crate::visit::Visit;

/// What boxes of lists are called in addresses and forms.
pub(crate) const CHOSEN: &str = "on";
/// How many can be chosen at once: as many as the longest page has.
const MOST_CHOSEN: usize = 100;

/// A list of something.
pub(crate) trait List {
    /// What it is of.
    fn about(&self) -> About<'_>;

    /// Reads a page of it, narrowed as the address says.
    fn fetch(
        &self,
        visit: &Visit<'_>,
        wanted: &Wanted<'_>,
    ) -> impl Future<Output = Result<Found, ApiFailure>> + Send;
}

/// What a list is of.
pub(crate) struct About<'a> {
    /// Its address.
    pub(crate) path: &'static str,
    /// What it is called, and what it is for.
    pub(crate) title: Text,
    pub(crate) lede: Text,
    /// What its file is called, without the date.
    pub(crate) file: &'static str,
    /// What stands in its field for texts, if it has one.
    pub(crate) search: Option<Text>,
    pub(crate) filters: Vec<Filter<'a>>,
    /// Its columns; the first names what a row is about.
    pub(crate) columns: &'static [Column],
    /// What can be done with one row, which pages with many rows leave to the bar.
    pub(crate) actions: Option<Actions>,
    /// What can be done with those that are chosen, and what the box of a row says of it.
    pub(crate) acts: &'static [Act],
    pub(crate) key: fn(&Value) -> String,
    /// Where one more is made, if anywhere.
    pub(crate) create: Option<Creation>,
    /// What stands where there is nothing yet.
    pub(crate) empty: (&'static Icon, Text),
}

/// What can be done with one row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Actions {
    /// What is done most.
    pub(crate) most: fn(&Visit<'_>, &Value) -> Markup,
    /// Whatever else.
    pub(crate) others: fn(&Visit<'_>, &Value) -> Markup,
}

/// A column of a list.
pub(crate) struct Column {
    pub(crate) label: Text,
    /// What it is called in files.
    pub(crate) name: &'static str,
    pub(crate) width: Width,
    /// What the order by it is called, if there is one.
    pub(crate) order: Option<&'static str>,
    pub(crate) cell: fn(&Visit<'_>, &Value) -> Markup,
    /// What the cell is in files.
    pub(crate) plain: fn(&Value) -> String,
}

/// Where there is room for a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Width {
    /// Everywhere.
    Always,
    /// Not on pages with many rows.
    Roomy,
    /// In files alone: what pages show of it stands in another cell.
    File,
}

/// Something that is done with all that are chosen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Act {
    /// What the address calls it.
    pub(crate) word: &'static str,
    pub(crate) label: Text,
    /// What it needs for one of them.
    pub(crate) need: fn(&Value) -> Need,
}

/// The way to what makes one more.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Creation {
    /// The address of the form.
    pub(crate) path: &'static str,
    pub(crate) label: Text,
    /// The operations of RAM of which it needs one.
    pub(crate) needs: &'static [&'static str],
}

/// Which part of a list is wanted.
#[derive(Clone, Debug)]
pub(crate) struct Wanted<'a> {
    pub(crate) query: &'a Pairs,
    /// How many rows, as operations take it.
    pub(crate) size: &'a str,
    /// Where the part before ended.
    pub(crate) marker: &'a str,
    /// What it is ordered by; empty for the usual order.
    pub(crate) order: &'a str,
    /// Whether the last come first.
    pub(crate) descending: bool,
}

/// A part of a list.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) rows: Vec<Value>,
    /// How many there are in all.
    pub(crate) total: Option<usize>,
    /// Where the next part begins; empty if there is none.
    pub(crate) next: String,
    /// What is to be known of it.
    pub(crate) note: Option<String>,
}

impl Found {
    /// What an operation answered that searches, pages and counts by itself; `member` is what it calls the rows.
    pub(crate) fn of_search(answer: &Value, member: &str, note: Option<String>) -> Self {
        Self {
            rows: items(answer, member).cloned().collect(),
            total: usize::try_from(number(answer, "TotalCount")).ok(),
            next: text(answer, "Marker").to_owned(),
            note,
        }
    }
}

impl<'a> Wanted<'a> {
    fn read(visit: &'a Visit<'_>, about: &About<'_>) -> Self {
        let query = visit.query();
        let orders = about.columns.iter().filter_map(|column| column.order);
        Self {
            query,
            size: page_size(visit),
            marker: query.get("marker"),
            order: orders.into_iter().find(|order| *order == query.get("sort")).unwrap_or_default(),
            descending: query.get("order") == "desc",
        }
    }

    /// What an operation takes that can order and page by itself.
    pub(crate) fn params(&self) -> [(&'a str, &'a str); 4] {
        [
            ("OrderBy", self.order),
            ("Descending", if self.descending { "true" } else { "" }),
            ("Marker", self.marker),
            ("MaxItems", self.size),
        ]
    }
}

/// The list as a page, or as a file if the address asks for one.
pub(crate) async fn show<L: List>(visit: &Visit<'_>, list: &L) -> Outcome {
    let about = list.about();
    if visit.query().is_ticked("csv") {
        return file::send(visit, list, &about).await;
    }
    let wanted = Wanted::read(visit, &about);
    match list.fetch(visit, &wanted).await {
        Ok(found) => Ok(page(visit, &about, &wanted, 200, &shown(visit, &about, &wanted, &found))),
        Err(failure) if failure.code == "InvalidParameter.Marker" => {
            Ok(Answer::see(visit.to(&address(&about, &visit.query().with("marker", "")))))
        }
        // What the viewer may not look for, or looks for in a way that is none: the fields stay.
        Err(failure) if is_narrowed(visit, &about) && is_denied(&failure) => {
            Ok(page(visit, &about, &wanted, failure.status, &denied(visit, &failure)))
        }
        Err(failure) if failure.code.starts_with("InvalidParameter") => {
            Ok(page(visit, &about, &wanted, failure.status, &summary(visit, &failure)))
        }
        Err(failure) => Err(failure.into()),
    }
}

fn page(visit: &Visit<'_>, about: &About<'_>, wanted: &Wanted<'_>, status: u16, part: &Markup) -> Answer {
    let content = html! {
        (heading(&html! { (visit.say(about.title)) }, Some(visit.say(about.lede)), &actions(visit, about)))
        (filter::form(visit, about, wanted))
        div.stack #list data-list { (part) }
    };
    Answer::page(status, shell::page(visit, visit.say(about.title), &content))
}

fn actions(visit: &Visit<'_>, about: &About<'_>) -> Markup {
    let csv = Pairs::read(&visit.query().with("marker", "")).with("csv", "true");
    html! {
        a.button href=(visit.to(&address(about, &csv))) download { (icon(icon::LuDownload)) (visit.say(EXPORT)) }
        (create(visit, about))
    }
}

fn create(visit: &Visit<'_>, about: &About<'_>) -> Markup {
    html! {
        @if let Some(Creation { path, label, needs }) = about.create {
            @let link = html! { a.button.main href=(visit.to(path)) data-new { (icon(icon::LuPlus)) (visit.say(label)) } };
            (needing(visit, Need::any(needs.iter().map(|action| Need::somehow(RAM, action))), &link))
        }
    }
}

fn shown(visit: &Visit<'_>, about: &About<'_>, wanted: &Wanted<'_>, found: &Found) -> Markup {
    html! {
        @if found.rows.is_empty() {
            section.card { (nothing(visit, about)) }
        } @else {
            (body::show(visit, about, wanted, found))
        }
        @if let Some(note) = &found.note { p.muted.small-text { (note) } }
    }
}

fn nothing(visit: &Visit<'_>, about: &About<'_>) -> Markup {
    if is_narrowed(visit, about) || visit.query().filled("marker").is_some() {
        return unmatched(visit, about.path);
    }
    let (picture, text) = about.empty;
    empty(visit, picture, visit.say(text), &create(visit, about))
}

/// Whether the address narrows the list.
fn is_narrowed(visit: &Visit<'_>, about: &About<'_>) -> bool {
    let filters = about.filters.iter().map(Filter::name);
    let searched = about.search.map(|_| "q");
    filters.chain(searched).any(|name| visit.query().filled(name).is_some())
}

/// The list's address with a query, which may be empty.
fn address(about: &About<'_>, query: &str) -> String {
    if query.is_empty() { about.path.to_owned() } else { format!("{}?{query}", about.path) }
}

/// Those that are chosen, each once; there is no page without any.
pub(crate) fn chosen(pairs: &Pairs) -> Result<Vec<&str>, Refusal> {
    let mut chosen: Vec<&str> = Vec::new();
    for one in pairs.all(CHOSEN).filter(|one| !one.is_empty()).take(MOST_CHOSEN) {
        if !chosen.contains(&one) {
            chosen.push(one);
        }
    }
    if chosen.is_empty() { Err(Refusal::NoneChosen) } else { Ok(chosen) }
}
