//! A refusal where it happened: what was refused, under which number, and why.
// SPEC: console, resources and states: denials name action and Why in place.

use argali_protocol::ApiFailure;
use maud::{Markup, html};

use super::{copyable, explained, facts, original, summary};
use crate::api::{ARGALI, is_denied, text};
use crate::icon::{self, icon};
use crate::page::{path_to_why, ways_to_grant, why_in_short};
use crate::text::activity::RESOURCE;
use crate::text::failure::*;
use crate::visit::Visit;

/// What a page shows of a failure: of a refusal, also why.
pub(crate) async fn denial(visit: &Visit<'_>, failure: &ApiFailure) -> Markup {
    if !is_denied(failure) {
        return summary(visit, failure);
    }
    let id = failure.request_id.as_deref().unwrap_or_default();
    let why = visit.call(ARGALI, "Why", &[("RequestId", id)]).await;
    let action = failure.access_denied_detail.as_ref().map(|detail| detail.auth_action.as_str());
    let action = action.map(|action| (visit.say(NEEDED_ACTION), html! { code { (action) } }));
    // Some services do not say on what.
    let words = explained(visit, failure);
    let on =
        why.as_ref().ok().and_then(|why| why.get("Refusal")).map(|refusal| text(refusal, "AuthResource"));
    let on = on.filter(|on| !on.is_empty() && !words.contains(on));
    let on = on.map(|on| (visit.say(RESOURCE), html! { code { bdi { (on) } } }));
    let known = [Some((visit.say(REQUEST_ID), copyable(visit, id))), action, on];
    html! {
        div.notice.danger role="alert" tabindex="-1" autofocus {
            (icon(icon::LuCircleAlert))
            div {
                p { strong { (visit.say(DENIED)) } }
                p { (words) }
                (original(visit, failure))
                (facts(&known.into_iter().flatten().collect::<Vec<_>>()))
                @if !id.is_empty() {
                    p {
                        a href=(visit.to(&path_to_why(id))) { (visit.say(WHY)) }
                        @if let Ok(why) = &why { @for way in ways_to_grant(visit, why) { " · " (way) } }
                    }
                }
                @if let Ok(why) = why {
                    details {
                        summary { (icon(icon::LuChevronRight)) (visit.say(IN_SHORT)) }
                        div.plain { (why_in_short(visit, &why)) }
                    }
                }
            }
        }
    }
}
