//! The table of a list, what can be done with a row and with those that are chosen, and the ways on.

use maud::{Markup, html};
use serde_json::Value;

use super::{About, Act, Actions, CHOSEN, Column, Found, Wanted, Width, address};
use crate::icon::{Icon, icon};
use crate::need::{Need, needing};
use crate::pairs::Pairs;
use crate::part::table::{MANY_ROWS, class_of, class_of_name, inside, pager_of_total};
use crate::text::Text;
use crate::text::list::*;
use crate::text::shell::ACTIONS;
use crate::visit::Visit;

/// From how many rows on a page has of what is done with one row only what is done most, and leaves it to the script to
/// label cells in narrow windows; and from how many on it leaves all to the bar below, and has fewer columns: a page has
/// few bytes.
// SPEC: console, budgets.
const SOME: usize = MANY_ROWS;
const MANY: usize = 51;
/// How many columns that need not be there such a page has: for those of declared services its name and its state.
const FEW_FILLED: usize = 2;

pub(super) fn show(visit: &Visit<'_>, about: &About<'_>, wanted: &Wanted<'_>, found: &Found) -> Markup {
    html! {
        @if about.acts.is_empty() {
            (table(visit, about, wanted, found))
        } @else {
            form.stack method="get" action=(visit.to(&format!("{}/{SEVERAL}", about.path))) {
                @for (name, value) in super::whereabouts(about) { input type="hidden" name=(name) value=(value); }
                (table(visit, about, wanted, found))
                div.bulk {
                    (tick_all(visit))
                    span.muted { (visit.say(WITH_CHOSEN)) }
                    @for act in &about.acts { (bulk(visit, act, found)) }
                }
            }
        }
        (pager_of_total(visit, about.path, &found.next, (found.total, about.sizes)))
    }
}

/// The box of a bar that ticks all of the list above it; the script shows it, as it is of use with that alone. Where the
/// head of the list has such a box, too, this one is for windows without room for heads.
pub(crate) fn tick_all(visit: &Visit<'_>) -> Markup {
    html! { label.tick hidden { input type="checkbox" data-all; (visit.say(CHOOSE_ALL)) } }
}

/// The button of what can be done with those that are chosen: of use if it can be done with any.
fn bulk(visit: &Visit<'_>, act: &Act<'_>, found: &Found) -> Markup {
    let button = html! { button.button.small name="do" value=(act.word) { (act.label.say(visit)) } };
    needing(visit, Need::any(found.rows.iter().map(|row| (act.need)(row))), &button)
}

/// Where buttons for several lead: no name of anything is written so.
pub(crate) const SEVERAL: &str = "~chosen";

/// Something that is done with one row, as a picture with its name: what is done most has words.
pub(crate) fn row_link(visit: &Visit<'_>, path: &str, picture: &Icon, label: Text) -> Markup {
    html! {
        a.icon-button href=(visit.to(path)) title=(visit.say(label)) aria-label=(visit.say(label)) { (icon(picture)) }
    }
}

/// How much a table shows of each row.
struct Extent<'a> {
    columns: Vec<&'a Column<'a>>,
    actions: Option<Actions>,
    /// Whether there is room for all that is done with a row.
    has_all_actions: bool,
    /// Whether each cell says what it is, for narrow windows.
    has_labels: bool,
}

impl<'a> Extent<'a> {
    fn of(about: &'a About<'a>, found: &Found) -> Self {
        let rows = found.rows.len();
        let is_long = rows >= MANY;
        let mut filled = 0;
        let has_room = |column: &&Column<'_>| match column.width {
            Width::Always | Width::Page => true,
            Width::Filled => {
                let is_filled = found.rows.iter().any(|row| !column.plain(row).is_empty());
                filled += usize::from(is_filled);
                is_filled && (!is_long || filled <= FEW_FILLED)
            }
            Width::Roomy => !is_long,
            Width::File => false,
        };
        Self {
            columns: about.columns.iter().filter(has_room).collect(),
            actions: about.actions.filter(|_| !is_long),
            has_all_actions: rows < SOME,
            has_labels: rows < SOME,
        }
    }
}

fn table(visit: &Visit<'_>, about: &About<'_>, wanted: &Wanted<'_>, found: &Found) -> Markup {
    let extent = Extent::of(about, found);
    html! {
        div.table tabindex="0" role="region" aria-label=(about.title.say(visit)) {
            table {
                caption.hidden { (about.title.say(visit)) }
                thead { tr {
                    @for (at, column) in extent.columns.iter().enumerate() {
                        (head(visit, about, wanted, column, at == 0 && !about.acts.is_empty()))
                    }
                    @if extent.actions.is_some() { th scope="col" { (visit.say(ACTIONS)) } }
                } }
                tbody { @for row in &found.rows { (line(visit, about, row, &extent)) } }
            }
        }
    }
}

/// The head of a column, with the way to put the list in its order, or in the other direction.
fn head(
    visit: &Visit<'_>,
    about: &About<'_>,
    wanted: &Wanted<'_>,
    column: &Column<'_>,
    has_boxes: bool,
) -> Markup {
    let label = column.label.say(visit);
    // Of use with the script alone, which shows it.
    let all = html! {
        @if has_boxes { input type="checkbox" data-all hidden aria-label=(visit.say(CHOOSE_ALL)); }
    };
    let Some(order) = column.order else { return html! { th scope="col" { (all) (label) } } };
    // Without a word the list is in the order of its first column.
    let usual = wanted.order.is_empty()
        && !about.is_given_in_order
        && about.columns.first().and_then(|first| first.order) == Some(order);
    let direction = (usual || wanted.order == order).then_some(wanted.descending);
    let rest = wanted.query.without(&["sort", "order", "marker"]);
    let rest = Pairs::read(&rest.with("sort", order));
    let to = rest.with("order", if direction == Some(false) { "desc" } else { "" });
    let (sort, arrow) = match direction {
        None => (None, ""),
        Some(false) => (Some("ascending"), " ↑"),
        Some(true) => (Some("descending"), " ↓"),
    };
    html! {
        th scope="col" aria-sort=[sort] {
            (all)
            a href=(visit.to(&address(about, &to))) { (label) @if !arrow.is_empty() { span aria-hidden="true" { (arrow) } } }
        }
    }
}

fn line(visit: &Visit<'_>, about: &About<'_>, row: &Value, extent: &Extent<'_>) -> Markup {
    let key = (about.key)(row);
    let label = |column: &Column<'_>| extent.has_labels.then(|| column.label.say(visit).to_owned());
    html! {
        tr {
            @for (at, column) in extent.columns.iter().enumerate() {
                @let cell = column.show(visit, row);
                @if at == 0 {
                    th scope="row" class=[class_of_name(&cell)] {
                        @if !about.acts.is_empty() && !key.is_empty() {
                            input type="checkbox" name=(CHOSEN) value=(key) aria-label=(visit.fill(CHOOSE, &[&column.plain(row)]));
                        }
                        (cell)
                    }
                } @else {
                    td data-label=[label(column)] class=[class_of(&cell)] { @if let Some(inside) = inside(&cell) { (inside) } }
                }
            }
            @if let Some(actions) = extent.actions {
                td data-label=[extent.has_labels.then(|| visit.say(ACTIONS))] {
                    div.row-actions {
                        ((actions.most)(visit, row))
                        @if extent.has_all_actions { ((actions.others)(visit, row)) }
                    }
                }
            }
        }
    }
}
