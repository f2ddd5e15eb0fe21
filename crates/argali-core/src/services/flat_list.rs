//! Lists as requests carry them one by one: `Name.1`, `Name.2`, `Name.1.Member`.

use argali_protocol::{Invalid, Reason};
use serde::{Deserialize, Deserializer, de::Error};

/// At most `MOST` values.
#[derive(Clone, Debug)]
pub struct FlatList<T, const MOST: usize>(Vec<T>);

impl<T, const MOST: usize> FlatList<T, MOST> {
    /// The values, in the order of their numbers.
    pub fn into_vec(self) -> Vec<T> {
        self.0
    }

    /// The values, in the order of their numbers.
    pub fn as_slice(&self) -> &[T] {
        &self.0
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T, const MOST: usize> Default for FlatList<T, MOST> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>, const MOST: usize> Deserialize<'de> for FlatList<T, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let list = Vec::deserialize(deserializer)?;
        if list.len() > MOST {
            let message = format!("it may hold {MOST} entries, not {}", list.len());
            return Err(D::Error::custom(Invalid::new(Reason::Value, message)));
        }
        Ok(Self(list))
    }
}
