//! The columns of a list: what they are called, what their cells show, and what these are in files.

use maud::{Markup, html};
use serde_json::Value;

use crate::api::text;
use crate::moment::moment;
use crate::need::Need;
use crate::text::Text;
use crate::visit::Visit;

/// What something is called: a text of ours, or what it is called by others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Label<'a> {
    Said(Text),
    Words(&'a str),
}

impl From<Text> for Label<'_> {
    fn from(text: Text) -> Self {
        Self::Said(text)
    }
}

impl<'a> Label<'a> {
    /// In the language of the visit.
    pub(crate) fn say(self, visit: &Visit<'_>) -> &'a str {
        match self {
            Self::Said(text) => visit.say(text),
            Self::Words(words) => words,
        }
    }
}

/// What a list has of its own that shows a cell, tells something of a row, or says what is needed for it.
pub(crate) type Draws<'a> = Box<dyn Fn(&Visit<'_>, &Value) -> Markup + Send + Sync + 'a>;
pub(crate) type Tells<'a> = Box<dyn Fn(&Value) -> String + Send + Sync + 'a>;
pub(crate) type Needs<'a> = Box<dyn Fn(&Value) -> Need + Send + Sync + 'a>;

/// A column of a list.
#[derive(Clone, Copy)]
pub(crate) struct Column<'a> {
    pub(crate) label: Label<'a>,
    /// The member of a row that it shows; files call it so.
    pub(crate) name: &'a str,
    pub(crate) width: Width,
    /// What the order by it is called, if there is one.
    pub(crate) order: Option<&'a str>,
    pub(crate) cell: Cell<'a>,
    /// What the cell is in files, if not the member as it is.
    pub(crate) plain: Option<&'a (dyn Fn(&Value) -> String + Sync)>,
}

/// What a cell shows.
#[derive(Clone, Copy)]
pub(crate) enum Cell<'a> {
    /// The member, as text or number.
    Member,
    /// The member, an instant.
    Moment,
    /// Something that is made of the row.
    Drawn(&'a (dyn Fn(&Visit<'_>, &Value) -> Markup + Sync)),
}

/// Where there is room for a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Width {
    /// Everywhere.
    Always,
    /// Not on pages with many rows.
    Roomy,
    /// Where any row has something there.
    Filled,
    /// On pages alone: it takes a look-up a row.
    Page,
    /// In files alone: what pages show of it stands in another cell.
    File,
}

impl<'a> Column<'a> {
    /// A column that shows a member of a row and orders by it.
    pub(crate) const fn of(label: Text, name: &'a str) -> Self {
        Self {
            label: Label::Said(label),
            name,
            width: Width::Always,
            order: Some(name),
            cell: Cell::Member,
            plain: None,
        }
    }

    /// The same of an instant.
    pub(crate) const fn moment(label: Text, name: &'a str) -> Self {
        Self { cell: Cell::Moment, ..Self::of(label, name) }
    }

    /// The same with a cell of its own.
    pub(crate) const fn drawn(
        label: Text,
        name: &'a str,
        cell: &'a (dyn Fn(&Visit<'_>, &Value) -> Markup + Sync),
    ) -> Self {
        Self { cell: Cell::Drawn(cell), ..Self::of(label, name) }
    }

    /// The same where nothing orders by it.
    pub(crate) const fn unordered(self) -> Self {
        Self { order: None, ..self }
    }

    /// The same where there is room for it there alone.
    pub(crate) const fn where_room(self, width: Width) -> Self {
        Self { width, ..self }
    }

    /// The same that is this in files.
    pub(crate) const fn in_files(self, plain: &'a (dyn Fn(&Value) -> String + Sync)) -> Self {
        Self { plain: Some(plain), ..self }
    }

    /// What the cell of a row shows.
    pub(super) fn show(&self, visit: &Visit<'_>, row: &Value) -> Markup {
        match self.cell {
            Cell::Member => html! { bdi { (member(row, self.name)) } },
            Cell::Moment => moment(visit, text(row, self.name)),
            Cell::Drawn(draw) => draw(visit, row),
        }
    }

    /// What the cell of a row is in files.
    pub(super) fn plain(&self, row: &Value) -> String {
        self.plain.map_or_else(|| member(row, self.name), |plain| plain(row))
    }
}

/// A member of a row as text; empty if it is not there.
pub(crate) fn member(row: &Value, name: &str) -> String {
    match row.get(name) {
        None | Some(Value::Null) => String::new(),
        Some(Value::Array(all)) if all.is_empty() => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}
