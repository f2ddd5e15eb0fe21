//! Reads the configuration, and writes the example file.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use super::{Config, Key};

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read `{}`", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// The refusal.
        source: std::io::Error,
    },
    /// A line of the file says nothing that can be understood.
    #[error("{}:{line}: {message}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong, and what would be right.
        message: String,
    },
    /// An environment variable cannot be understood.
    #[error("the variable `{variable}`: {message}")]
    Variable {
        /// Its name.
        variable: String,
        /// What is wrong, and what would be right.
        message: String,
    },
}

impl Config {
    /// Reads `file`, if one is given, and lets `variables` override it.
    ///
    /// # Errors
    ///
    /// Fails on a file that cannot be read, and on the first key or value that means nothing. Variables are looked
    /// at only if they begin with `ARGALI_` and the name of a section.
    pub fn load(
        file: Option<&Path>,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut config = match file {
            None => Self::default(),
            Some(file) => {
                let text = std::fs::read_to_string(file)
                    .map_err(|source| ConfigError::Read { file: file.to_owned(), source })?;
                Self::parse(file, &text)?
            }
        };
        for (variable, text) in variables {
            config.override_by(&variable, &text)?;
        }
        Ok(config)
    }

    /// Reads the text of `file`.
    ///
    /// # Errors
    ///
    /// As [`Config::load`] does.
    pub fn parse(file: &Path, text: &str) -> Result<Self, ConfigError> {
        let wrong = |at: usize, message: String| {
            let line = text.get(..at).unwrap_or(text).matches('\n').count() + 1;
            ConfigError::File { file: file.to_owned(), line, message }
        };
        let not_understood = |error: toml::de::Error| {
            wrong(error.span().unwrap_or_default().start, error.message().replace('\n', ", "))
        };
        let root = DeTable::parse(text).map_err(not_understood)?;
        for (section, keys) in root.get_ref().iter() {
            let at = section.span().start;
            let (section, keys) = (section.get_ref().as_ref(), keys.get_ref());
            let known = || Self::SECTIONS.iter().map(|(name, _)| *name);
            if !known().any(|name| name == section) {
                return Err(wrong(at, unknown("section", section, known())));
            }
            let DeValue::Table(keys) = keys else {
                return Err(wrong(at, format!("`{section}` is a section: write `[{section}]`")));
            };
            for (key, _) in keys.iter() {
                let known = || Self::KEYS.iter().filter(|key| key.section == section).map(|key| key.name);
                if !known().any(|name| name == key.get_ref()) {
                    return Err(wrong(key.span().start, unknown("key", key.get_ref(), known())));
                }
            }
        }
        toml::from_str(text).map_err(not_understood)
    }

    /// The example file: every key with its documentation and default.
    pub fn example() -> String {
        let mut text = "# Argali's configuration: every key with its default. Each can also be set by the\n\
                        # environment variable named beside it. Generated from the program; do not edit.\n"
            .to_owned();
        let defaults = Self::default();
        for (section, doc) in Self::SECTIONS {
            text.push('\n');
            for line in *doc {
                _ = writeln!(text, "#{line}");
            }
            _ = writeln!(text, "[{section}]");
            for key in Self::KEYS.iter().filter(|key| key.section == *section) {
                text.push('\n');
                for line in key.doc {
                    _ = writeln!(text, "#{line}");
                }
                _ = writeln!(text, "# {}", key.variable());
                _ = writeln!(text, "{} = {}", key.name, defaults.value(key));
            }
        }
        text
    }

    fn override_by(&mut self, variable: &str, text: &str) -> Result<(), ConfigError> {
        let wrong = |message| ConfigError::Variable { variable: variable.to_owned(), message };
        if let Some(key) = Self::KEYS.iter().find(|key| key.variable() == variable) {
            return self.set(key, text).map_err(wrong);
        }
        let of_a_section = |(section, _): &(&str, _)| {
            let prefix = format!("ARGALI_{}_", section.to_ascii_uppercase());
            variable.starts_with(&prefix)
        };
        if Self::SECTIONS.iter().any(of_a_section) {
            let known: Vec<_> = Self::KEYS.iter().map(Key::variable).collect();
            return Err(wrong(unknown("variable", variable, known.iter().map(String::as_str))));
        }
        Ok(())
    }
}

fn unknown<'k>(kind: &str, name: &str, known: impl Iterator<Item = &'k str>) -> String {
    let nearest = known.min_by_key(|known| distance(name, known)).unwrap_or_default();
    format!("there is no {kind} `{name}`: did you mean `{nearest}`?")
}

/// How many letters must be changed, added or left out to make `b` from `a`.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        let mut next = vec![left];
        for (to, above) in b.chars().zip(row.iter().skip(1)) {
            left = (diagonal + usize::from(from != to)).min(left + 1).min(above + 1);
            diagonal = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}
