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
    asked_for: Option<Form>,
    paint: Paint,
    paint_notes: Paint,
}

impl Output {
    /// Writes in `form`; if none is asked for, as standard output wants it.
    pub(crate) fn new(form: Option<Form>) -> Self {
        let on_terminal = if io::stdout().is_terminal() { Form::Table } else { Form::Json };
        Self {
            form: form.unwrap_or(on_terminal),
            asked_for: form,
            paint: Paint::on(io::stdout().is_terminal()),
            paint_notes: Paint::on(io::stderr().is_terminal()),
        }
    }

    /// Whether data is written for people.
    pub(crate) fn is_for_people(&self) -> bool {
        self.form == Form::Table
    }

    /// Whether JSON was asked for, not only taken to be wanted in a pipe: reports are read by people there, too.
    pub(crate) fn wants_json(&self) -> bool {
        self.asked_for == Some(Form::Json)
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
        if failure.is_told() {
            return;
        }
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
fn table(value: &Value) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    match list_in("", value) {
        Some((_, [])) => return "(none)".to_owned(),
        Some((of, rows)) => {
            let columns = columns(of, rows);
            table.set_header(columns.iter().map(|column| column.to_uppercase()));
            for row in rows {
                let cells = columns.iter().map(|column| cell(row.get(column).unwrap_or(row)));
                table.add_row(cells);
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
    table.trim_fmt()
}

/// The first list in an answer that has one, such as `Users.User`, and what it is a list of.
fn list_in<'a>(of: &'a str, value: &'a Value) -> Option<(&'a str, &'a [Value])> {
    match value {
        Value::Array(rows) => Some((of, rows)),
        Value::Object(fields) => fields.iter().find_map(|(name, value)| list_in(name, value)),
        _ => None,
    }
}

/// What a list is shown by: what fits a cell and is not empty throughout, what tells most first.
fn columns(of: &str, rows: &[Value]) -> Vec<String> {
    let mut columns: Vec<&String> = Vec::new();
    for fields in rows.iter().filter_map(Value::as_object) {
        for (name, value) in fields {
            if !cell(value).is_empty() && !columns.contains(&name) {
                columns.push(name);
            }
        }
    }
    columns.sort_by_key(|name| rank(of, name));
    columns.truncate(MOST_COLUMNS);
    if columns.is_empty() { vec!["Value".to_owned()] } else { columns.into_iter().cloned().collect() }
}

/// How much a column tells about an entry of a list, the least number for the most.
fn rank(of: &str, name: &str) -> usize {
    let own = name.strip_prefix(of).filter(|_| !of.is_empty());
    match own.unwrap_or(name) {
        "Name" | "Id" => 0,
        "Status" | "State" | "Type" => 1,
        "Expiration" => 3,
        "AccessKeyId" => 6,
        _ if name.ends_with("Name") => 2,
        _ if name.ends_with("Status") || name.ends_with("Type") => 3,
        _ if name.ends_with("Id") => 4,
        _ => 5,
    }
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
        Value::Object(_) | Value::Array(_) => String::new(),
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
        let text = table(&answer);
        assert!(
            text.starts_with(" USERID") || text.starts_with(" USERNAME"),
            "what tells most comes first: {text}"
        );
        for word in ["USERNAME", "USERID", "alice", "bob", "a [31m", "7"] {
            assert!(text.contains(word), "{word}: {text}");
        }
        assert!(!text.contains("TAGS") && !text.contains('\u{1b}'), "{text}");
    }

    #[test]
    fn sessions_are_shown_with_what_one_ends_them_by() {
        let session = json!({
            "AccessKeyId": "STS.x", "AccountId": "11223344", "Expiration": "2026-12-01T00:00:00Z",
            "IssueDate": "2026-12-01T00:00:00Z", "OriginalUserName": "alice", "RoleId": "3", "RoleName": "ops",
            "SessionId": "00", "SessionName": "at-work", "SourceIp": "::1", "Status": "Live",
        });
        let header = table(&json!({ "Sessions": { "Session": [session] } }));
        let columns: Vec<_> = header.lines().next().unwrap_or_default().split_whitespace().collect();
        let expected =
            ["SESSIONID", "SESSIONNAME", "STATUS", "ORIGINALUSERNAME", "ROLENAME", "EXPIRATION", "ACCOUNTID"];
        assert_eq!(columns, expected);
    }

    #[test]
    fn other_answers_become_their_fields() {
        let text = table(&json!({ "User": { "UserName": "alice", "Id": null }, "Done": true }));
        for word in ["User.UserName", "alice", "Done", "true"] {
            assert!(text.contains(word), "{word}: {text}");
        }
    }

    #[test]
    fn lists_of_texts_and_empty_lists_are_tables_too() {
        assert!(table(&json!({ "Ids": ["i-1", "i-2"] })).contains("i-2"));
        assert_eq!(table(&json!({ "Users": { "User": [] } })), "(none)");
    }
}
