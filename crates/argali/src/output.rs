//! Where everything that is printed goes through: data to standard output, the rest to standard error.

use std::io::{self, IsTerminal, Write};

use comfy_table::{Table, presets};
use serde_json::{Map, Value};

use crate::cli::Form;
use crate::failure::{Exit, Failure};

/// How many columns a table has at most, so that it fits a terminal.
const MOST_COLUMNS: usize = 7;

/// The program's two streams.
#[derive(Debug)]
pub(crate) struct Output {
    form: Form,
    paint: Paint,
    paint_notes: Paint,
}

impl Output {
    /// Writes in `form`; if none is asked for, as standard output wants it.
    pub(crate) fn new(form: Option<Form>) -> Self {
        let on_terminal = if io::stdout().is_terminal() { Form::Table } else { Form::Json };
        Self {
            form: form.unwrap_or(on_terminal),
            paint: Paint::on(io::stdout().is_terminal()),
            paint_notes: Paint::on(io::stderr().is_terminal()),
        }
    }

    /// Whether data is written for people.
    pub(crate) fn is_for_people(&self) -> bool {
        self.form == Form::Table
    }

    /// Colours for standard output.
    pub(crate) fn paint(&self) -> Paint {
        self.paint
    }

    /// Writes data.
    pub(crate) fn data(&self, value: &Value) -> Result<(), Failure> {
        match self.form {
            Form::Table => self.text(&format!("{}\n", table(value))),
            Form::Json => {
                let text = serde_json::to_string_pretty(value).unwrap_or_default();
                self.text(&format!("{text}\n"))
            }
        }
    }

    /// Writes text as it is.
    pub(crate) fn text(&self, text: &str) -> Result<(), Failure> {
        let mut stdout = io::stdout().lock();
        match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
            // Whoever read has enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            Err(error) => Err(Failure::new(Exit::Server, "cannot write to standard output").because(error)),
            Ok(()) => Ok(()),
        }
    }

    /// Says something that is no data.
    pub(crate) fn note(&self, text: &str) {
        // There is nowhere left to complain to.
        io::stderr().lock().write_all(format!("{text}\n").as_bytes()).unwrap_or_default();
    }

    /// Says why the program ends.
    pub(crate) fn complain(&self, failure: &Failure) {
        self.note(&format!("{} {failure}", self.paint_notes.red("error:")));
    }
}

/// Colours, on a terminal and unless NO_COLOR is set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paint(bool);

impl Paint {
    fn on(terminal: bool) -> Self {
        let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self(terminal && !unwanted)
    }

    fn with(self, code: &str, text: &str) -> String {
        if self.0 { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    pub(crate) fn bold(self, text: &str) -> String {
        self.with("1", text)
    }

    pub(crate) fn dim(self, text: &str) -> String {
        self.with("2", text)
    }

    pub(crate) fn red(self, text: &str) -> String {
        self.with("31", text)
    }

    pub(crate) fn green(self, text: &str) -> String {
        self.with("32", text)
    }

    pub(crate) fn yellow(self, text: &str) -> String {
        self.with("33", text)
    }

    pub(crate) fn cyan(self, text: &str) -> String {
        self.with("36", text)
    }

    pub(crate) fn magenta(self, text: &str) -> String {
        self.with("35", text)
    }
}

/// A table of an answer: of its list if it has one, else of its fields.
fn table(value: &Value) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY);
    match list_in(value) {
        Some(rows) => {
            let columns = columns(rows);
            table.set_header(columns.clone());
            for row in rows {
                let cells = columns.iter().map(|column| cell(row.get(column).unwrap_or(row)));
                table.add_row(cells.collect::<Vec<_>>());
            }
        }
        None => {
            let mut fields = Vec::new();
            flatten("", value, &mut fields);
            for (name, value) in fields {
                table.add_row([name, value]);
            }
        }
    }
    table
}

/// The first list in an answer that has one, such as `Users.User`.
fn list_in(value: &Value) -> Option<&Vec<Value>> {
    match value {
        Value::Array(rows) => Some(rows),
        Value::Object(fields) => fields.values().find_map(list_in),
        _ => None,
    }
}

/// What the entries of a list have in common that fits a cell.
fn columns(rows: &[Value]) -> Vec<String> {
    let mut columns: Vec<String> = Vec::new();
    for fields in rows.iter().filter_map(Value::as_object) {
        for (name, value) in fields {
            let fits = !value.is_object() && !value.is_array();
            if fits && columns.len() < MOST_COLUMNS && !columns.contains(name) {
                columns.push(name.clone());
            }
        }
    }
    if columns.is_empty() { vec!["Value".to_owned()] } else { columns }
}

fn flatten(prefix: &str, value: &Value, fields: &mut Vec<(String, String)>) {
    let empty = Map::new();
    for (name, value) in value.as_object().unwrap_or(&empty) {
        let name = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        match value {
            Value::Object(_) => flatten(&name, value, fields),
            other => fields.push((name, cell(other))),
        }
    }
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => shown(text),
        Value::Object(_) => String::new(),
        other => other.to_string(),
    }
}

/// Text from a server, without what a terminal would obey.
pub(crate) fn shown(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn answers_with_a_list_become_its_rows() {
        let answer = json!({ "RequestId": "R", "Users": { "User": [
            { "UserName": "alice", "Comments": "a\u{1b}[31m", "Tags": [1] }, { "UserName": "bob", "UserId": 7 },
        ] } });
        let text = table(&answer).to_string();
        for word in ["UserName", "UserId", "alice", "bob", "a [31m", "7"] {
            assert!(text.contains(word), "{word}: {text}");
        }
        assert!(!text.contains("Tags") && !text.contains('\u{1b}'), "{text}");
    }

    #[test]
    fn other_answers_become_their_fields() {
        let text = table(&json!({ "User": { "UserName": "alice", "Id": null }, "Done": true })).to_string();
        for word in ["User.UserName", "alice", "Done", "true"] {
            assert!(text.contains(word), "{word}: {text}");
        }
    }

    #[test]
    fn lists_of_texts_and_empty_lists_are_tables_too() {
        assert!(table(&json!({ "Ids": ["i-1", "i-2"] })).to_string().contains("i-2"));
        assert!(table(&json!({ "Users": { "User": [] } })).to_string().contains("Value"));
    }
}
