//! Lists that people live in: looked for, filtered, put in order, chosen from, a page at a time, and as a file.
//!
//! A page says what its list is of and where the rows come from ([`List`]); everything else is the same for all. What
//! is looked for, the order and the place stand in the address. All works without script: the list is a form, whose
//! boxes say what is chosen and whose buttons lead to the pages that ask again.
// SPEC: console, parts, list; budgets.

mod body;
mod column;
mod file;
mod filter;
mod gather;
mod parts;
mod whole;

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

pub(crate) use body::{SEVERAL, row_link, tick_all};
pub(crate) use column::{Cell, Column, Draws, Label, Needs, Tells, Width, member};
pub(crate) use filter::{Filter, tag_params};
pub(crate) use gather::{Gathering, has_time};
pub(crate) use parts::{Parts, in_parts, numbered, sifted_in_parts};
pub(crate) use whole::{by_member, whole};

use super::table::{SIZES, Sizes};
use super::{denied, empty, heading, page_size_of, summary, unmatched};
use crate::answer::Answer;
use crate::api::{RAM, is_denied, items, number, text};
use crate::icon::{self, Icon, icon};

use crate::need::{Need, needing};
use crate::page::{Outcome, Refusal};
use crate::pairs::{Pairs, encode};
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

    /// What a page shows of each row besides, which files do without: what takes a look-up a row.
    fn look_closer(&self, _: &Visit<'_>, rows: Vec<Value>) -> impl Future<Output = Vec<Value>> + Send {
        async { rows }
    }

    /// What stands on its page beside the title, besides the way to make one more.
    fn actions(&self, _: &Visit<'_>) -> Markup {
        html! {}
    }

    /// What stands on its page above the fields that narrow it.
    fn above(&self, _: &Visit<'_>) -> Markup {
        html! {}
    }

    /// What stands there below it.
    fn below(&self, _: &Visit<'_>) -> Markup {
        html! {}
    }

    /// What is said in its place where it may not be read; without, there is no page.
    fn refused(&self, _: &Visit<'_>, _: &ApiFailure) -> impl Future<Output = Option<Markup>> + Send {
        async { None }
    }
}

/// What a list is of.
pub(crate) struct About<'a> {
    /// Its address.
    pub(crate) path: &'a str,
    /// What its address says besides, however it is narrowed.
    pub(crate) kept: Vec<(&'a str, &'a str)>,
    /// What it is called, and what it is for.
    pub(crate) title: Label<'a>,
    pub(crate) lede: Label<'a>,
    /// What its file is called, without the date.
    pub(crate) file: &'a str,
    /// What stands in its field for texts, if it has one.
    pub(crate) search: Option<Text>,
    pub(crate) filters: Vec<Filter<'a>>,
    /// Its columns; the first names what a row is about.
    pub(crate) columns: Vec<Column<'a>>,
    /// The column that it is ordered by unless asked, and whether the last come first; else the first one.
    pub(crate) usual: Option<(&'a str, bool)>,
    /// Whether it comes in an order of its own unless asked, which is that of no column.
    pub(crate) is_given_in_order: bool,
    /// How many rows its pages can have.
    pub(crate) sizes: Sizes,
    /// What can be done with one row, which pages with many rows leave to the bar.
    pub(crate) actions: Option<Actions>,
    /// What can be done with those that are chosen, and what the box of a row says of it.
    pub(crate) acts: Vec<Act<'a>>,
    pub(crate) key: &'a (dyn Fn(&Value) -> String + Sync),
    /// Where one more is made, if anywhere.
    pub(crate) create: Option<Creation>,
    /// What stands where there is nothing yet, with what leads on if nothing is made there.
    pub(crate) empty: (&'a Icon, Text),
    pub(crate) onward: Markup,
}

impl Default for About<'_> {
    fn default() -> Self {
        Self {
            path: "",
            kept: Vec::new(),
            title: Label::Words(""),
            lede: Label::Words(""),
            file: "list",
            search: None,
            filters: Vec::new(),
            columns: Vec::new(),
            usual: None,
            is_given_in_order: false,
            sizes: SIZES,
            actions: None,
            acts: Vec::new(),
            key: &|_| String::new(),
            create: None,
            empty: (icon::LuSearch, crate::text::shell::NOTHING_MATCHES),
            onward: html! {},
        }
    }
}

/// What can be done with one row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Actions {
    /// What is done most.
    pub(crate) most: fn(&Visit<'_>, &Value) -> Markup,
    /// Whatever else.
    pub(crate) others: fn(&Visit<'_>, &Value) -> Markup,
}

/// Something that is done with all that are chosen.
#[derive(Clone, Copy)]
pub(crate) struct Act<'a> {
    /// What the address calls it.
    pub(crate) word: &'a str,
    pub(crate) label: Label<'a>,
    /// What it needs for one of them.
    pub(crate) need: &'a (dyn Fn(&Value) -> Need + Sync),
}

impl<'a> Act<'a> {
    pub(crate) fn new(
        word: &'a str,
        label: impl Into<Label<'a>>,
        need: &'a (dyn Fn(&Value) -> Need + Sync),
    ) -> Self {
        Self { word, label: label.into(), need }
    }
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
    /// Whether there is more that was not looked at, because the list is put in order: without an order it is.
    pub(crate) is_cut: bool,
}

impl Found {
    /// What an operation answered that searches, pages and counts by itself; `member` is what it calls the rows.
    pub(crate) fn of_search(answer: &Value, member: &str, note: Option<String>) -> Self {
        Self {
            rows: items(answer, member).cloned().collect(),
            total: usize::try_from(number(answer, "TotalCount")).ok(),
            next: text(answer, "Marker").to_owned(),
            note,
            is_cut: false,
        }
    }
}

impl<'a> Wanted<'a> {
    fn read(visit: &'a Visit<'_>, about: &About<'a>) -> Self {
        let query = visit.query();
        let mut orders = about.columns.iter().filter_map(|column| column.order);
        let asked = orders.find(|order| *order == query.get("sort"));
        let usual = about.usual.filter(|_| asked.is_none());
        Self {
            query,
            size: page_size_of(visit, about.sizes),
            marker: query.get("marker"),
            order: asked.or(usual.map(|(order, _)| order)).unwrap_or_default(),
            descending: usual.map_or_else(|| query.get("order") == "desc", |(_, descending)| descending),
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

/// A list as a part of a page.
pub(crate) enum Part {
    /// What narrows it and a page of it, with the ways to its file and to one more.
    Shown { status: u16, actions: Markup, content: Markup },
    /// Something else than a page: its file, or the way to another address.
    Instead(Answer),
}

/// The list as a page, or as a file if the address asks for one.
pub(crate) async fn show<L: List + Sync>(visit: &Visit<'_>, list: &L) -> Outcome {
    let (status, actions, content) = match part(visit, list).await? {
        Part::Instead(answer) => return Ok(answer),
        Part::Shown { status, actions, content } => (status, actions, content),
    };
    let about = list.about();
    let title = about.title.say(visit);
    let lede = Some(about.lede.say(visit)).filter(|lede| !lede.is_empty());
    let content = html! {
        (heading(&html! { (title) }, lede, &actions))
        (list.above(visit))
        (content)
        (list.below(visit))
    };
    Ok(Answer::page(status, shell::page(visit, title, &content)))
}

/// The list as a part of a page that has more.
pub(crate) async fn part<L: List + Sync>(visit: &Visit<'_>, list: &L) -> Result<Part, Refusal> {
    let about = list.about();
    if visit.query().is_ticked("csv") {
        return Ok(Part::Instead(file::send(visit, list, &about).await?));
    }
    let wanted = Wanted::read(visit, &about);
    let (status, shown) = match list.fetch(visit, &wanted).await {
        Ok(mut found) => {
            found.rows = list.look_closer(visit, found.rows).await;
            (200, shown(visit, &about, &wanted, &found))
        }
        Err(failure) if failure.code == "InvalidParameter.Marker" => {
            let first = address(&about, &visit.query().with("marker", ""));
            return Ok(Part::Instead(Answer::see(visit.to(&first))));
        }
        // What the viewer may not look for, or looks for in a way that is none: the fields stay.
        Err(failure) if is_narrowed(visit, &about) && is_denied(&failure) => {
            (failure.status, denied(visit, &failure))
        }
        Err(failure) if failure.code.starts_with("InvalidParameter") => {
            (failure.status, summary(visit, &failure))
        }
        Err(failure) => match list.refused(visit, &failure).await {
            Some(words) => (failure.status, words),
            None => return Err(failure.into()),
        },
    };
    let csv = Pairs::read(&visit.query().with("marker", "")).with("csv", "true");
    let actions = html! {
        // What cannot be read as a page cannot be had as a file.
        @if status == 200 {
            a.button href=(visit.to(&address(&about, &csv))) download { (icon(icon::LuDownload)) (visit.say(EXPORT)) }
        }
        (list.actions(visit))
        (create(visit, &about))
    };
    let content = html! {
        (filter::form(visit, &about, &wanted))
        div.stack #list data-list { (shown) }
    };
    Ok(Part::Shown { status, actions, content })
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
            section.card {
                @if found.is_cut || !found.next.is_empty() { (nothing_yet(visit, about, found)) } @else { (nothing(visit, about)) }
            }
        } @else {
            (body::show(visit, about, wanted, found))
        }
        @if let Some(note) = &found.note { p.muted.small-text { (note) } }
    }
}

/// What stands where nothing was found although not all was looked through.
fn nothing_yet(visit: &Visit<'_>, about: &About<'_>, found: &Found) -> Markup {
    let query = visit.query();
    let unordered = found.is_cut.then(|| query.without(&["sort", "order"]));
    let further = address(about, &unordered.as_ref().unwrap_or(query).with("marker", &found.next));
    let on = html! { a.button.main href=(visit.to(&further)) { (visit.say(LOOK_FURTHER)) } };
    empty(visit, icon::LuSearch, visit.say(NOTHING_YET), &on)
}

fn nothing(visit: &Visit<'_>, about: &About<'_>) -> Markup {
    if is_narrowed(visit, about) || visit.query().filled("marker").is_some() {
        return unmatched(visit, &whole_address(about));
    }
    let (picture, text) = about.empty;
    empty(visit, picture, visit.say(text), &html! { (create(visit, about)) (about.onward) })
}

/// Whether the address narrows the list.
fn is_narrowed(visit: &Visit<'_>, about: &About<'_>) -> bool {
    let filters = about.filters.iter().filter(|filter| filter.narrows()).map(Filter::name);
    let searched = about.search.map(|_| "q");
    filters.chain(searched).any(|name| visit.query().filled(name).is_some())
}

/// The list's address with a query, which may be empty.
fn address(about: &About<'_>, query: &str) -> String {
    if query.is_empty() { about.path.to_owned() } else { format!("{}?{query}", about.path) }
}

/// What the address of the list says although nothing narrows it: where it is.
fn whereabouts<'w>(about: &'w About<'_>) -> impl Iterator<Item = (&'w str, &'w str)> {
    let places = about.filters.iter().filter_map(Filter::place);
    about.kept.iter().copied().chain(places).filter(|(_, value)| !value.is_empty())
}

/// The address of all of the list.
fn whole_address(about: &About<'_>) -> String {
    address(about, &encode(whereabouts(about)))
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
