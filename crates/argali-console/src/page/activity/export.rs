//! The activity as a file: comma-separated values, or a JSON object a line.

use serde_json::Value;

use super::filter::Filter;
use crate::answer::Answer;
use crate::api::{ARGALI, items, text, texts};

use crate::page::{Outcome, Refusal};
use crate::part::csv;
use crate::visit::Visit;

/// How many records a file has at most. They are read a page at a time and sent as a whole.
pub(super) const MOST: usize = 5_000;
/// How many are read at once.
const AT_ONCE: &str = "500";
/// How many pages are read: some may be short although more follow.
const MOST_PAGES: usize = 40;

const COLUMNS: &str = "Time,Account,Name,OriginalAccount,OriginalUser,Product,Action,Resources,Result,ErrorCode,Address,RequestId,SessionId\r\n";

/// The file.
pub(super) async fn send(visit: &Visit<'_>) -> Outcome {
    let format = visit.query().get("format");
    if !matches!(format, "csv" | "jsonl") {
        return Err(Refusal::NoPage);
    }
    let filter = Filter::read(visit);
    let (mut body, mut count) = (if format == "csv" { COLUMNS.to_owned() } else { String::new() }, 0);
    let mut marker = String::new();
    for _ in 0..MOST_PAGES {
        let params = filter.params(&[("MaxItems", AT_ONCE), ("Marker", &marker)]);
        let answer = visit.call(ARGALI, "ListActivity", &params).await?;
        for event in items(&answer, "Events").take(MOST - count) {
            body.push_str(&if format == "csv" { row(event) } else { line(event) });
            count += 1;
        }
        marker = text(&answer, "Marker").to_owned();
        if marker.is_empty() || count == MOST {
            break;
        }
    }
    let first = if marker.is_empty() { String::new() } else { format!("-first-{count}") };
    let day = visit.now().to_string();
    let day = day.split('T').next().unwrap_or_default();
    let kind = if format == "csv" { "text/csv;charset=utf-8" } else { "application/x-ndjson" };
    Ok(Answer::export(kind, &format!("activity-{day}{first}.{format}"), body))
}

fn line(event: &Value) -> String {
    let raw = event.get("Event").unwrap_or(&Value::Null);
    format!("{raw}\n")
}

fn row(event: &Value) -> String {
    let caller = event.get("Caller").unwrap_or(&Value::Null);
    let resources = texts(event, "Resources").join(" ");
    let cells = [
        text(event, "Time"),
        text(caller, "AccountId"),
        text(caller, "Name"),
        text(caller, "OriginalAccountId"),
        text(caller, "OriginalUserName"),
        text(event, "Product"),
        text(event, "Action"),
        &resources,
        text(event, "Outcome"),
        text(event, "ErrorCode"),
        text(event, "SourceIp"),
        text(event, "RequestId"),
        text(event, "SessionId"),
    ];
    csv::line(cells)
}
