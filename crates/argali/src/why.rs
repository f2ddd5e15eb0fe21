//! `argali why`: what became of a call, and why.

use serde_json::Value;

use crate::cli::WhyOptions;
use crate::client::{ARGALI, Client};
use crate::credentials;
use crate::explained::{kind, line, list, steps, text};
use crate::failure::Failure;
use crate::output::{Output, Paint};

pub(crate) fn run(options: &WhyOptions, output: &Output) -> Result<(), Failure> {
    let credentials = credentials::find(options.connection.profile.as_deref())?;
    let client = Client::new(&options.connection.endpoint, credentials)?;
    let params = [("RequestId".to_owned(), options.request_id.clone())];
    let answer = client.call(ARGALI, "Why", &params)?;
    if output.is_for_people() { output.text(&page(&answer, output.paint())) } else { output.data(&answer) }
}

fn page(answer: &Value, paint: Paint) -> String {
    let part = |name: &str| answer.get(name).unwrap_or(&Value::Null);
    let outcome = match text(answer, "Outcome").as_str() {
        "Succeeded" => paint.green("succeeded:"),
        "Denied" => paint.red("denied:"),
        _ => paint.yellow("failed:"),
    };
    let mut page = format!("{outcome} {}\n", text(answer, "Message"));
    let call = part("Call");
    let what = [text(call, "Product"), text(call, "Action"), text(call, "ErrorCode")];
    line(&mut page, paint, "call", what.join(" ").trim());
    line(&mut page, paint, "request", &text(call, "RequestId"));
    line(&mut page, paint, "time", &format!("{} from {}", text(call, "Time"), text(call, "SourceIp")));
    line(&mut page, paint, "caller", &text(part("Caller"), "Arn"));
    for link in list(part("Caller"), "Chain").iter().skip(1) {
        let who = match text(link, "SessionName").as_str() {
            "" => format!("user {}", text(link, "PrincipalId")),
            session => format!("role {}, session {session}", text(link, "PrincipalId")),
        };
        line(&mut page, paint, "for", &format!("{who} of account {}", text(link, "AccountId")));
    }
    for asked in list(answer, "Permissions") {
        line(&mut page, paint, "allowed on", &text(asked, "AuthResource"));
    }
    refusal(&mut page, paint, part("Refusal"));
    let now = part("Now");
    line(&mut page, paint, "now", &text(now, "Message"));
    steps(&mut page, paint, now);
    page
}

/// What was refused, and by whose policies.
fn refusal(page: &mut String, paint: Paint, refusal: &Value) {
    if refusal.is_null() {
        return;
    }
    line(
        page,
        paint,
        "refused",
        &format!("{} on {}", text(refusal, "AuthAction"), text(refusal, "AuthResource")),
    );
    let kind = kind(&text(refusal, "PolicyType"));
    line(page, paint, "by", &format!("{kind} of account {}", text(refusal, "AccountId")));
    line(page, paint, "", &paint.dim(&text(refusal.get("Statement").unwrap_or(&Value::Null), "Text")));
    for condition in list(refusal, "AuthConditions") {
        let values: Vec<String> =
            list(condition, "ConditionValues").iter().filter_map(Value::as_str).map(str::to_owned).collect();
        let shown =
            format!("{} = {}", text(condition, "ConditionKey"), crate::output::shown(&values.join(", ")));
        line(page, paint, "with", &shown);
    }
}
