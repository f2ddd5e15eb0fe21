//! The macro that makes configuration structs, their defaults and their documentation from one list.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// One key of the configuration.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Its section.
    pub section: &'static str,
    /// Its name in the section.
    pub name: &'static str,
    /// What it decides, a line an entry.
    pub doc: &'static [&'static str],
}

impl Key {
    /// The environment variable that overrides it.
    pub fn variable(&self) -> String {
        format!("ARGALI_{}_{}", self.section, self.name).to_ascii_uppercase()
    }
}

/// Declares [`Config`](super::Config): sections, each with its struct; keys, each with its default.
macro_rules! sections {
    ($(
        $(#[doc = $doc:literal])*
        $section:ident: $struct:ident {
            $($(#[doc = $key_doc:literal])* $key:ident: $type:ty = $default:expr;)*
        }
    )*) => {
        /// Everything that can be configured.
        #[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
        #[serde(default)]
        pub struct Config {
            $($(#[doc = $doc])* pub $section: $struct,)*
        }

        $(
            $(#[doc = $doc])*
            #[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
            #[serde(default)]
            pub struct $struct {
                $($(#[doc = $key_doc])* pub $key: $type,)*
            }

            impl Default for $struct {
                fn default() -> Self {
                    Self { $($key: $default,)* }
                }
            }
        )*

        impl Config {
            /// The sections with what they are about, in the order of the example file.
            pub const SECTIONS: &'static [(&'static str, &'static [&'static str])] =
                &[$((stringify!($section), &[$($doc),*]),)*];

            /// The keys, in the order of the example file.
            pub const KEYS: &'static [Key] = &[$($(
                Key { section: stringify!($section), name: stringify!($key), doc: &[$($key_doc),*] },
            )*)*];

            /// The value of a key, as TOML writes it.
            pub(super) fn value(&self, key: &Key) -> String {
                match (key.section, key.name) {
                    $($((stringify!($section), stringify!($key)) => $crate::config::declare::written(&self.$section.$key),)*)*
                    _ => String::new(),
                }
            }

            /// Sets a key to what a variable says. Fails with what is wrong with the text.
            pub(super) fn set(&mut self, key: &Key, text: &str) -> Result<(), String> {
                match (key.section, key.name) {
                    $($((stringify!($section), stringify!($key)) => {
                        self.$section.$key = $crate::config::declare::read(text)?;
                    })*)*
                    _ => {}
                }
                Ok(())
            }
        }
    };
}

pub(super) use sections;

/// A value as TOML writes it: for the kinds in use, that is how JSON does.
pub(super) fn written(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// A value from a variable: as TOML writes it, or a text without quotes, or several with commas between.
pub(super) fn read<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    #[derive(serde::Deserialize)]
    struct Line<T> {
        value: T,
    }
    let quoted = |text: &str| serde_json::to_string(text).unwrap_or_default();
    let list: Vec<_> = text.split(',').map(|part| quoted(part.trim())).collect();
    let as_text = format!("value = {}", quoted(text));
    let parse = |line: &str| toml::from_str::<Line<T>>(line).map(|line| line.value);
    parse(&format!("value = {text}"))
        .or_else(|_| parse(&as_text))
        .or_else(|error| parse(&format!("value = [{}]", list.join(", "))).map_err(|_| error))
        .map_err(|error| error.message().to_owned())
}
