//! Lists: a table with what is looked for above and the way to the next page below.
// SPEC: console, parts, list.

use maud::{Markup, html};

use crate::icon::{self, icon};
use crate::text::Text;
use crate::text::list::TOTAL;
use crate::text::shell::*;
use crate::visit::Visit;

/// How many rows a page can have, the first unless asked.
pub(crate) type Sizes = &'static [&'static str];

pub(super) const SIZES: Sizes = &["20", "50", "100"];
/// Those of lists whose rows say much or have forms: a page has few bytes.
// SPEC: console, budgets.
pub(crate) const SHORT_SIZES: Sizes = &["20", "50"];
/// From how many rows on it is left to the script to label cells in narrow windows.
pub(super) const MANY_ROWS: usize = 21;

/// Cells that show nothing: a text which is empty, or a dash.
const NOTHING: [&str; 3] = ["<bdi></bdi>", "–", "<span class=\"muted\">–</span>"];

/// What stands in a cell. One with nothing in it is empty: the style sheet shows a dash, or no cell in narrow windows.
pub(super) fn inside(cell: &Markup) -> Option<&Markup> {
    (!NOTHING.contains(&cell.0.as_str())).then_some(cell)
}

/// A table. The first cell of a row names what the row is about.
#[derive(Debug)]
pub(crate) struct Table<'a> {
    /// What it lists.
    pub(crate) caption: Text,
    /// What its columns are.
    pub(crate) columns: &'a [Text],
    /// Its rows.
    pub(crate) rows: Vec<Vec<Markup>>,
}

impl Table<'_> {
    /// As a page shows it.
    pub(crate) fn show(&self, visit: &Visit<'_>) -> Markup {
        let columns: Vec<&str> = self.columns.iter().map(|column| visit.say(*column)).collect();
        grid(visit.say(self.caption), &columns, &self.rows)
    }
}

/// A table whose columns are called as an answer calls its members.
pub(crate) fn grid(caption: &str, columns: &[&str], rows: &[Vec<Markup>]) -> Markup {
    html! {
        div.table tabindex="0" role="region" aria-label=(caption) {
            table {
                caption.hidden { (caption) }
                thead { tr { @for column in columns { th scope="col" { (column) } } } }
                tbody { @for row in rows { (grid_row(columns, row, rows.len() < MANY_ROWS)) } }
            }
        }
    }
}

/// How many characters stand in a cell without a place to break, before it breaks them anywhere.
const LONGEST_WORD: usize = 34;

/// How many stand in one line of what names a row, if it is more than one word, and of a name in another column.
const LONGEST_NAME: usize = 28;

/// The class of a cell that has a word as wide as no column should be, or nothing but a short name with hyphens.
pub(super) fn class_of(cell: &Markup) -> Option<&'static str> {
    let widths = Widths::of(cell);
    match widths {
        Widths { word, .. } if word > LONGEST_WORD => Some("long"),
        Widths { word, name, all } if word < name && name == all && name <= LONGEST_NAME => Some("nowrap"),
        _ => None,
    }
}

/// The class of a cell that names a row, if it is longer than a line: a name of ordinary length is not broken, though
/// what stands beside it may go to the next line.
pub(super) fn class_of_name(cell: &Markup) -> Option<&'static str> {
    match Widths::of(cell) {
        Widths { word, name, .. } if word > LONGEST_WORD || name > LONGEST_WORD => Some("long"),
        Widths { name, all, .. } if all > LONGEST_NAME && all > name => Some("words"),
        _ => None,
    }
}

/// How wide the text of a cell is, in characters; Chinese ones are twice as wide.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Widths {
    /// The longest part that browsers do not break.
    word: usize,
    /// The longest part without a space.
    name: usize,
    all: usize,
}

impl Widths {
    fn of(cell: &Markup) -> Self {
        let (mut in_tag, mut word, mut name, mut widths) = (false, 0, 0, Self::default());
        for c in cell.0.chars() {
            match c {
                '<' => in_tag = true,
                '>' => in_tag = false,
                _ if in_tag => {}
                _ => {
                    widths.all += if c.is_ascii() { 1 } else { 2 };
                    word = if matches!(c, ' ' | '-') { 0 } else { word + 1 };
                    name = if c == ' ' { 0 } else { name + 1 };
                    widths.word = widths.word.max(word);
                    widths.name = widths.name.max(name);
                }
            }
        }
        widths
    }
}

fn grid_row(columns: &[&str], cells: &[Markup], has_labels: bool) -> Markup {
    html! {
        tr {
            @for (at, (cell, column)) in cells.iter().zip(columns).enumerate() {
                @if at == 0 {
                    th scope="row" class=[class_of_name(cell)] { (cell) }
                } @else {
                    td data-label=[has_labels.then_some(column)] class=[class_of(cell)] { @if let Some(inside) = inside(cell) { (inside) } }
                }
            }
        }
    }
}

/// How many rows the address asks for.
pub(crate) fn page_size(visit: &Visit<'_>) -> &'static str {
    page_size_of(visit, SIZES)
}

/// The same where pages have other sizes.
pub(crate) fn page_size_of(visit: &Visit<'_>, sizes: Sizes) -> &'static str {
    chosen(visit.query().get("size"), sizes)
}

fn chosen(asked: &str, sizes: Sizes) -> &'static str {
    let known = sizes.iter().find(|size| **size == asked).or(sizes.first());
    known.copied().unwrap_or_default()
}

/// The field that a list is searched with, which narrows while somebody types.
pub(crate) fn narrowing(visit: &Visit<'_>, fields: &[(&str, &str)], path: &str) -> Markup {
    html! {
        form.search method="get" action=(visit.to(path)) role="search" data-narrows {
            @for (name, value) in fields { @if !value.is_empty() { input type="hidden" name=(name) value=(value); } }
            (icon(icon::LuSearch))
            input type="search" name="q" value=(visit.query().get("q")) maxlength="64" placeholder=(visit.say(SEARCH_NAMES))
                aria-label=(visit.say(SEARCH_NAMES));
            button.hidden { (visit.say(SEARCH)) }
        }
    }
}

/// The ways on from a page of a list, whose next one begins at `marker`.
pub(crate) fn pager(visit: &Visit<'_>, path: &str, marker: &str) -> Markup {
    pager_of(visit, path, marker, SIZES)
}

/// The same of a list whose length is known, if it is.
pub(crate) fn pager_counting(
    visit: &Visit<'_>,
    path: &str,
    marker: &str,
    total: Option<impl ToString>,
) -> Markup {
    pager_of_total(visit, path, marker, (total, SIZES))
}

/// The same where pages have other sizes.
pub(super) fn pager_of_total(
    visit: &Visit<'_>,
    path: &str,
    marker: &str,
    (total, sizes): (Option<impl ToString>, Sizes),
) -> Markup {
    let total = total.map(|total| visit.fill(TOTAL, &[&total.to_string()]));
    html! {
        div.pages {
            @if let Some(total) = total { span.muted role="status" { (total) } }
            (pager_of(visit, path, marker, sizes))
        }
    }
}

/// The same of a list whose pages have other sizes.
pub(crate) fn pager_of(visit: &Visit<'_>, path: &str, marker: &str, sizes: Sizes) -> Markup {
    let size_now = chosen(visit.query().get("size"), sizes);
    let query = visit.query();
    let to =
        |query: String| visit.to(&if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") });
    html! {
        nav.pager aria-label=(visit.say(PER_PAGE)) {
            span.muted { (visit.say(PER_PAGE)) }
            @for size in sizes {
                a href=(to(query.with("size", size))) aria-current=[(*size == size_now).then_some("true")] { (size) }
            }
            span.space {}
            @if query.filled("marker").is_some() {
                a.button.small href=(to(query.with("marker", ""))) { (visit.say(FIRST_PAGE)) }
            }
            @if !marker.is_empty() {
                a.button.small href=(to(query.with("marker", marker))) { (visit.say(NEXT_PAGE)) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_ordinary_length_are_not_broken() {
        let long = "finance-department-readonly-auditors";
        for (cell, row, column) in [
            (html! { a href="/x" { "ecs-admin" } }, None, Some("nowrap")),
            (
                html! { a { "AliyunExpressConnectFullAccess" } " " span.badge { "High risk" } },
                Some("words"),
                None,
            ),
            (html! { a { "ops" } " " span.badge { "High risk" } }, None, None),
            (html! { (long) }, Some("long"), None),
            (html! { (long.repeat(2).replace('-', "")) }, Some("long"), Some("long")),
            (html! { "two words" }, None, None),
        ] {
            assert_eq!((class_of_name(&cell), class_of(&cell)), (row, column), "{}", cell.0);
        }
    }
}
