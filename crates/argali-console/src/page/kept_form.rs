//! A form that was sent when its sender's session had ended: kept, and shown again after logging on, not sent.
// SPEC: console, states, expired session.

use super::{Outcome, Refusal};
use crate::guard;
use crate::local;
use crate::visit::{Visit, Who};

/// Where somebody goes on who has to log on or switch first: to the page that was asked for, or to the form that was
/// sent, which is kept. Empty if that is nowhere.
pub(super) fn next(visit: &Visit<'_>) -> String {
    if visit.is_post() { keep(visit) } else { local::page(visit.target()).unwrap_or_default().to_owned() }
}

/// Keeps the form, and returns where it is shown again. Nothing for what no page has sent.
fn keep(visit: &Visit<'_>) -> String {
    if visit.form().get("sender").is_empty() {
        return String::new();
    }
    let (key, kept) = (visit.random(), visit.to_keep());
    let place = kept.shown_at(&key);
    visit.console().once.keep_form((key, visit.browser().to_owned()), visit.now(), kept);
    place
}

/// Goes to the page of a form that waits, filled in as it was. Nobody sees what somebody else has filled in.
pub(super) fn show_again(visit: &mut Visit<'_>, key: &str) -> Result<(), Refusal> {
    let (browser, form) = visit.console().once.form_of_any(key, visit.now()).ok_or(Refusal::NoPage)?;
    let name = visit.who().map(Who::name).unwrap_or_default();
    if form.sender() != guard::person(&browser, &name) {
        return Err(Refusal::NoPage);
    }
    visit.show_again(form);
    Ok(())
}

/// The page that the form is on: that of its address, or one that it is part of.
pub(super) async fn page(visit: &mut Visit<'_>) -> Outcome {
    loop {
        match super::of_somebody(visit).await {
            Err(Refusal::NoPage) if visit.goes_up() => {}
            outcome => return outcome,
        }
    }
}
