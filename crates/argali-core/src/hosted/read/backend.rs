//! Reads where a service's calls are passed on to.

use std::time::Duration;

use super::super::source::{Node, Table};
use crate::backend::Backend;

const WHAT: &str = "a URL, or a table with `url` and how long a call may take";

/// Reads `"http://…"`, or `{ url = "http://…", connect_timeout_ms = 2000, timeout_ms = 10000 }`.
pub(super) fn read(node: Node<'_, '_>) -> Option<Backend> {
    if node.value.get_ref().is_str() {
        return at(node, Backend::CONNECT_TIMEOUT, Backend::TIMEOUT);
    }
    let table = node.table(WHAT)?;
    let connect_timeout = timeout(&table, "connect_timeout_ms", Backend::CONNECT_TIMEOUT);
    let all = timeout(&table, "timeout_ms", Backend::TIMEOUT);
    let url = table.get("url");
    if url.is_none() {
        table.report("`url` is missing: expected where calls are passed on to");
    }
    table.finish();
    at(url?, connect_timeout, all)
}

fn at(node: Node<'_, '_>, connect_timeout: Duration, timeout: Duration) -> Option<Backend> {
    let text = node.text("a URL")?;
    match text.value.parse() {
        Ok(url) => Some(Backend { url, connect_timeout, timeout }),
        Err(invalid) => {
            node.report(format!("`{}` is no address of a backend: {}", text.value, invalid.message));
            None
        }
    }
}

fn timeout(table: &Table<'_, '_>, key: &'static str, usual: Duration) -> Duration {
    let longest = Backend::LONGEST_TIMEOUT.as_millis();
    let what = format!("milliseconds, 1 to {longest}");
    let Some(node) = table.get(key) else { return usual };
    let milliseconds = node.integer(&what).and_then(|number| u64::try_from(number).ok());
    match milliseconds {
        Some(number) if (1..=longest).contains(&u128::from(number)) => Duration::from_millis(number),
        Some(_) => {
            node.report(format!("`{key}` must be {what}"));
            usual
        }
        None => usual,
    }
}
