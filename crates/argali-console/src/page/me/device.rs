//! One's own MFA device: a user's, or that of the account's owner.

use argali_protocol::ApiFailure;
use maud::{Markup, html};

use super::own_name;
use crate::page::user::device::{self, Whose};
use crate::text::me::*;
use crate::visit::Visit;

/// Whoever is logged on.
pub(super) fn own<'v>(visit: &'v Visit<'_>) -> Whose<'v> {
    Whose::Own(own_name(visit))
}

/// The tab.
pub(super) async fn part(visit: &Visit<'_>) -> Result<Markup, ApiFailure> {
    let device = device::part(visit, own(visit)).await?;
    Ok(html! {
        section.card.stack.narrow {
            p.muted { (visit.say(DEVICE_LEDE)) }
            @if own_name(visit).is_none() { p.muted { (visit.say(OWNER_DEVICE)) } }
            (device)
        }
    })
}
