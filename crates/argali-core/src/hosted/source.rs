//! Reads the TOML of a service file, or of another that people write, and remembers where everything stands, so that a
//! mistake can be reported with its place. All mistakes of a file are collected, not only the first.

use std::cell::RefCell;
use std::fmt;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A mistake in a service file: where it is and what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The file as the operator named it.
    pub file: String,
    /// Where in the file.
    pub at: At,
    /// What is wrong and what would be right.
    pub message: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.at.line, self.at.column, self.message)
    }
}

/// A place in a file. Lines and columns count from 1, columns in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct At {
    /// The line.
    pub line: usize,
    /// The character in the line.
    pub column: usize,
}

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Its place.
    pub at: At,
}

/// How large a file may be.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// How many bytes it has at most.
    pub longest_file: usize,
    /// How many bytes a line has at most, so that the place of each word is soon counted.
    pub longest_line: usize,
}

impl Bounds {
    /// Of a service file: four times the largest that comes with Argali.
    pub const SERVICE: Self = Self { longest_file: 256 * 1024, longest_line: 4 * 1024 };
}

/// How many mistakes of a file are told.
const MOST_MISTAKES: usize = 100;

/// The text of one file and the mistakes found in it so far.
#[derive(Debug)]
pub struct Source<'s> {
    file: &'s str,
    text: &'s str,
    bounds: Bounds,
    /// Where each line begins, in bytes.
    lines: Vec<usize>,
    mistakes: RefCell<Vec<Mistake>>,
}

impl<'s> Source<'s> {
    /// The text of `file`.
    pub fn new(file: &'s str, text: &'s str, bounds: Bounds) -> Self {
        let ends = text.match_indices('\n').map(|(end, _)| end + 1);
        let lines = std::iter::once(0).chain(ends).collect();
        Self { file, text, bounds, lines, mistakes: RefCell::default() }
    }

    /// The root of the document. TOML that cannot be read is a mistake like any other.
    pub fn parse(&self) -> Option<Spanned<DeTable<'s>>> {
        let Bounds { longest_file, longest_line } = self.bounds;
        if self.text.len() > longest_file {
            self.report(At { line: 1, column: 1 }, format!("a file has at most {longest_file} bytes"));
            return None;
        }
        let long = |(_, line): &(usize, &str)| line.len() > longest_line;
        if let Some((index, _)) = self.text.split('\n').enumerate().find(long) {
            let at = At { line: index + 1, column: 1 };
            self.report(at, format!("a line has at most {longest_line} bytes"));
            return None;
        }
        match DeTable::parse(self.text) {
            Ok(root) => Some(root),
            Err(error) => {
                let at = self.place(error.span().unwrap_or_default());
                self.report(at, format!("this is not TOML: {}", error.message().replace('\n', ", ")));
                None
            }
        }
    }

    /// Notes a mistake.
    pub fn report(&self, at: At, message: impl Into<String>) {
        let mut mistakes = self.mistakes.borrow_mut();
        if mistakes.len() < MOST_MISTAKES {
            mistakes.push(Mistake { file: self.file.to_owned(), at, message: message.into() });
        }
    }

    /// The mistakes that were noted, in the order in which they were found.
    pub fn into_mistakes(self) -> Vec<Mistake> {
        self.mistakes.into_inner()
    }

    fn place(&self, span: Range<usize>) -> At {
        let line = self.lines.partition_point(|start| *start <= span.start);
        let start = self.lines.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let column = self.text.get(start..span.start).map_or(0, |before| before.chars().count()) + 1;
        At { line, column }
    }
}

/// A value of the document.
#[derive(Clone, Copy, Debug)]
pub struct Node<'a, 's> {
    /// Where it stands.
    pub source: &'a Source<'s>,
    /// The value.
    pub value: &'a Spanned<DeValue<'s>>,
}

impl<'a, 's> Node<'a, 's> {
    /// Where it stands.
    pub fn at(self) -> At {
        self.source.place(self.value.span())
    }

    /// Notes a mistake here.
    pub fn report(self, message: impl Into<String>) {
        self.source.report(self.at(), message);
    }

    /// The text, or a mistake that says `what` was expected.
    pub fn text(self, what: &str) -> Option<Located<String>> {
        let text = self.value.get_ref().as_str().map(str::to_owned);
        if text.is_none() {
            self.expected(what);
        }
        text.map(|value| Located { value, at: self.at() })
    }

    /// The number, or a mistake that says `what` was expected.
    pub fn integer(self, what: &str) -> Option<i64> {
        let number = match self.value.get_ref() {
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        if number.is_none() {
            self.expected(what);
        }
        number
    }

    /// `true` or `false`, or a mistake that says `what` was expected.
    pub fn boolean(self, what: &str) -> Option<bool> {
        let truth = self.value.get_ref().as_bool();
        if truth.is_none() {
            self.expected(what);
        }
        truth
    }

    /// The elements of an array.
    pub fn list(self, what: &str) -> Vec<Node<'a, 's>> {
        match self.value.get_ref() {
            DeValue::Array(elements) => {
                elements.iter().map(|value| Node { source: self.source, value }).collect()
            }
            _ => {
                self.expected(what);
                Vec::new()
            }
        }
    }

    /// The table, to be read key by key.
    pub fn table(self, what: &str) -> Option<Table<'a, 's>> {
        match self.value.get_ref() {
            DeValue::Table(table) => Some(Table::new(self.source, table, self.at())),
            _ => {
                self.expected(what);
                None
            }
        }
    }

    /// The value as JSON, for literals.
    pub fn json(self) -> serde_json::Value {
        match self.value.get_ref() {
            DeValue::String(text) => serde_json::Value::from(text.as_ref()),
            DeValue::Integer(_) => self.integer("a number").into(),
            DeValue::Float(number) => number.as_str().parse::<f64>().ok().into(),
            DeValue::Boolean(truth) => serde_json::Value::from(*truth),
            DeValue::Datetime(date) => serde_json::Value::from(date.to_string()),
            DeValue::Array(_) => self.list("").into_iter().map(Node::json).collect(),
            DeValue::Table(table) => Table::new(self.source, table, self.at())
                .entries()
                .map(|(key, node)| (key.value, node.json()))
                .collect(),
        }
    }

    fn expected(self, what: &str) {
        let found = match self.value.get_ref() {
            DeValue::String(text) => format!("the text `{text}`"),
            DeValue::Array(_) => "an array".to_owned(),
            DeValue::Table(_) => "a table".to_owned(),
            DeValue::Boolean(truth) => format!("`{truth}`"),
            DeValue::Integer(number) => format!("the number `{}`", number.as_str()),
            other => format!("a {}", other.type_str()),
        };
        self.report(format!("expected {what}, found {found}"));
    }
}

/// A table that is read key by key, so that keys nobody asked for can be reported.
#[derive(Debug)]
pub struct Table<'a, 's> {
    /// Where it stands.
    pub source: &'a Source<'s>,
    /// Where it begins.
    pub at: At,
    table: &'a DeTable<'s>,
    asked: RefCell<Vec<&'static str>>,
}

impl<'a, 's> Table<'a, 's> {
    /// A table that begins at `at`.
    pub fn new(source: &'a Source<'s>, table: &'a DeTable<'s>, at: At) -> Self {
        Self { source, at, table, asked: RefCell::default() }
    }

    /// Notes a mistake where the table begins.
    pub fn report(&self, message: impl Into<String>) {
        self.source.report(self.at, message);
    }

    /// What stands at `key`.
    pub fn get(&self, key: &'static str) -> Option<Node<'a, 's>> {
        self.asked.borrow_mut().push(key);
        self.table.get(key).map(|value| Node { source: self.source, value })
    }

    /// Whether something stands at `key`.
    pub fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// The text at `key`.
    pub fn text(&self, key: &'static str, what: &str) -> Option<Located<String>> {
        self.get(key)?.text(what)
    }

    /// The text at `key`, which must be there.
    pub fn required_text(&self, key: &'static str, what: &str) -> Located<String> {
        if !self.has(key) {
            self.report(format!("`{key}` is missing: expected {what}"));
        }
        self.text(key, what).unwrap_or_else(|| Located { value: String::new(), at: self.at })
    }

    /// Whether `key` says `true`.
    pub fn flag(&self, key: &'static str) -> bool {
        self.get(key).and_then(|node| node.boolean("`true` or `false`")).unwrap_or_default()
    }

    /// The number at `key`.
    pub fn integer(&self, key: &'static str, what: &str) -> Option<i64> {
        self.get(key)?.integer(what)
    }

    /// The texts of the array at `key`.
    pub fn texts(&self, key: &'static str, what: &str) -> Vec<Located<String>> {
        let what_all = format!("an array of {what}");
        let nodes = self.get(key).map(|node| node.list(&what_all)).unwrap_or_default();
        nodes.into_iter().filter_map(|node| node.text(what)).collect()
    }

    /// The table at `key`.
    pub fn table(&self, key: &'static str, what: &str) -> Option<Table<'a, 's>> {
        self.get(key)?.table(what)
    }

    /// The tables of an array of tables.
    pub fn tables(&self, key: &'static str, what: &str) -> Vec<Table<'a, 's>> {
        let what_all = format!("an array of tables, each {what}");
        let nodes = self.get(key).map(|node| node.list(&what_all)).unwrap_or_default();
        nodes.into_iter().filter_map(|node| node.table(what)).collect()
    }

    /// Every entry with its name, for tables whose keys are names of the author's choice.
    pub fn entries(&self) -> impl Iterator<Item = (Located<String>, Node<'a, 's>)> {
        self.table.iter().map(|(key, value)| {
            let at = self.source.place(key.span());
            (Located { value: key.get_ref().to_string(), at }, Node { source: self.source, value })
        })
    }

    /// Reports the keys that nobody asked for.
    pub fn finish(self) {
        let mut asked = self.asked.into_inner();
        asked.sort_unstable();
        asked.dedup();
        for (key, value) in self.table {
            if !asked.contains(&key.get_ref().as_ref()) {
                let expected = asked.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
                let at = self.source.place(key.span());
                let kind = value.get_ref().type_str();
                self.source.report(
                    at,
                    format!("the {kind} `{}` is not known here: expected {expected}", key.get_ref()),
                );
            }
        }
    }
}
