//! Switching to a role, and back.
// SPEC: console, switch role; requirements S0-59 to S0-61, S1-23 to S1-28, S2-30 to S2-32, S3-63 to S3-66, S4-24, X1.

mod ended;
mod roles;

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

pub(crate) use self::ended::ended;
use self::roles::{recent, switch_form};
pub(crate) use self::roles::{role_list, usable};
use super::{Outcome, Refusal, kept_form, manual};
use crate::answer::Answer;
use crate::api::{ARGALI, is_absent, is_denied, text};
use crate::browser::Kept;
use crate::icon::{self, icon};
use crate::local;
use crate::pairs::encode;
use crate::part::{
    Field, Fields, Weight, copyable, explained, facts, heading, help_place, notice, select, show_api, summary,
};
use crate::shell::{self, token};
use crate::text::Text;
use crate::text::failure::REQUEST_ID;
use crate::text::switch_role::*;
use crate::visit::{Acting, Switched, Visit};

const PATH: &str = "/switch-role";
const ACCOUNT_FIELD: Field = Field::text("Account", ACCOUNT).required().longest(64);
const ROLE_FIELD: Field = Field::text("RoleName", ROLE_NAME).required().longest(64);
const SESSION_FIELD: Field = Field::text("RoleSessionName", SESSION_NAME).longest(64).hint(SESSION_NAME_HINT);
const EXTERNAL_FIELD: Field = Field::text("ExternalId", EXTERNAL_ID).longest(1224).hint(EXTERNAL_ID_HINT);
const NAME_FIELD: Field = Field::text("DisplayName", DISPLAY_NAME).longest(128);
const COLOURS: [(&str, Text); 7] = [
    ("Blue", BLUE),
    ("Teal", TEAL),
    ("Green", GREEN),
    ("Orange", ORANGE),
    ("Red", RED),
    ("Purple", PURPLE),
    ("Grey", GREY),
];
/// What the form sends to the operation.
const PARAMETERS: [&str; 7] =
    ["Account", "RoleName", "RoleSessionName", "DurationSeconds", "ExternalId", "DisplayName", "Colour"];

/// The page. What the address names is filled in; nothing is switched by it.
pub(crate) async fn show(visit: &Visit<'_>) -> Outcome {
    // Links are short: `?account=&role=`.
    let query = visit.query();
    if query.filled("account").or(query.filled("role")).is_some() {
        let next = query.get("next");
        let filled = [("Account", query.get("account")), ("RoleName", query.get("role")), ("next", next)];
        let filled = encode(filled.into_iter().filter(|(_, value)| !value.is_empty()));
        return Ok(Answer::see(visit.to(&format!("/switch-role?{filled}"))));
    }
    page(visit, 200, None, &html! {}).await
}

/// Switches, and goes on in the role.
pub(crate) async fn send(visit: &Visit<'_>) -> Outcome {
    let form = visit.form();
    let params = PARAMETERS.map(|name| (name, form.filled(name).unwrap_or_default()));
    go_on(visit, visit.call(ARGALI, "SwitchRole", &params).await).await
}

/// Begins a role anew before it ends, and stays where that was asked.
pub(crate) async fn extend(visit: &Visit<'_>) -> Outcome {
    let params = ["Account", "RoleName"].map(|name| (name, visit.form().get(name)));
    go_on(visit, visit.call(ARGALI, "ExtendRole", &params).await).await
}

/// Leads on in the role, or says why nobody is in it.
async fn go_on(visit: &Visit<'_>, came: Result<Value, ApiFailure>) -> Outcome {
    let form = visit.form();
    match came {
        Ok(switched) => {
            let named = |name: &str| form.filled(name).unwrap_or_default().to_ascii_lowercase();
            let own = format!("/console/as/{}/", crate::pairs::segment(&named("Account")));
            let next =
                local::page(form.get("next")).filter(|next| next.to_ascii_lowercase().starts_with(&own));
            let role = Switched { account: named("Account"), ..Switched::of(&switched) };
            let answer = Answer::see(next.map_or_else(|| role.to(""), str::to_owned));
            Ok(answer.setting(Kept::Session.set(text(&switched, "Session"), visit.is_secure())))
        }
        Err(failure) => {
            let is_user = visit.who().is_some_and(|who| who.user.is_some());
            let said = if is_user {
                refused(visit, &failure)
            } else {
                html! {}
            };
            page(visit, failure.status, Some(&failure), &said).await
        }
    }
}

/// Marks a role as a favourite, or takes its mark, and goes back to where that was asked.
pub(crate) async fn mark(visit: &Visit<'_>) -> Outcome {
    let form = visit.form();
    let removed = form.filled("remove");
    let removes = removed.is_some();
    let action = if removes { "RemoveFavouriteRole" } else { "AddFavouriteRole" };
    let (account, role) = removed.unwrap_or(form.get("add")).split_once('/').unwrap_or_default();
    match visit.call_as_oneself(ARGALI, action, &[("Account", account), ("RoleName", role)]).await {
        // Another tab was first.
        Err(failure) if !(removes && is_absent(&failure)) => {
            page(visit, failure.status, None, &summary(visit, &failure)).await
        }
        _ => {
            let back = local::page(form.get("next")).map(str::to_owned);
            Ok(Answer::see(back.unwrap_or_else(|| visit.to(PATH))))
        }
    }
}

/// Switches back.
pub(crate) async fn back(visit: &Visit<'_>) -> Outcome {
    let Some(Acting { account, role }) = visit.acting() else { return Err(Refusal::NoPage) };
    let params = [("Account", account.as_str()), ("RoleName", role.as_str())];
    visit.call_as_oneself(ARGALI, "SwitchBack", &params).await?;
    Ok(Answer::see("/console"))
}

/// What is shown at an address of a role that nobody has switched to.
pub(crate) async fn ask(visit: &Visit<'_>) -> Outcome {
    let Some(Acting { account, role }) = visit.acting() else { return Err(Refusal::NoPage) };
    let strong = |text: &str| html! { strong { bdi { (text) } } };
    let title = visit.phrase(ASK, &[strong(role.as_str()), strong(account)]);
    let known = recent(visit).await?.into_iter().find(|recent| {
        recent.role.eq_ignore_ascii_case(role.as_str()) && recent.account.eq_ignore_ascii_case(account)
    });
    let next = kept_form::next(visit);
    let known = known.unwrap_or_else(|| Switched {
        account_id: String::new(),
        account: account.clone(),
        role: role.to_string(),
        display_name: None,
        colour: None,
        is_favourite: false,
        from: None,
        until: String::new(),
    });
    let content = html! {
        div.narrow {
            h1 { (title) }
            p.lede { (visit.say(ASK_WHAT)) }
            div.actions {
                (switch_form(visit, &known, &next, "main"))
                a.button href="/console" { (visit.say(AS_YOURSELF)) }
            }
        }
    };
    Ok(Answer::page(200, shell::page(visit, visit.say(TITLE), &content)))
}

/// The page with what is said of a form that was refused.
async fn page(visit: &Visit<'_>, status: u16, failure: Option<&ApiFailure>, said: &Markup) -> Outcome {
    let who = visit.who().cloned().unwrap_or_default();
    let roles = usable(visit).await?;
    let content = html! {
        (heading(&html! { (visit.say(TITLE)) }, Some(visit.say(LEDE)), &manual::link(visit, "switch-role")))
        @if visit.acting().is_some() { (notice(Weight::Info, &html! { p { (visit.say(IN_ROLE_NOTE)) } })) }
        @if who.user.is_none() { (owner(visit)) }
        (said)
        div.columns {
            // Of a role that is not there either name may be wrong: what is said of both sides says so.
            section.card { (form(visit, failure.filter(|failure| !is_absent(failure)))) }
            section.card.stack {
                h2 { (visit.say(RECENT)) }
                (roles::choice(visit, roles))
            }
        }
    };
    Ok(Answer::page(status, shell::page(visit, visit.say(TITLE), &content)))
}

fn form(visit: &Visit<'_>, failure: Option<&ApiFailure>) -> Markup {
    let fields = Fields::new(visit).refused(failure);
    let durations = [
        ("", DURATION_DEFAULT),
        ("900", DURATION_QUARTER),
        ("3600", DURATION_1),
        ("14400", DURATION_4),
        ("43200", DURATION_12),
    ];
    let durations = durations.map(|(value, label)| (value, visit.say(label).to_owned()));
    let chosen = if fields.value("Colour").is_empty() { "Blue" } else { fields.value("Colour") };
    let more = ["DisplayName", "RoleSessionName", "DurationSeconds", "ExternalId"];
    let has_more = chosen != "Blue" || more.iter().any(|name| !fields.value(name).is_empty());
    html! {
        form.stack method="post" action=(visit.to("/switch-role")) {
            (token(visit))
            input type="hidden" name="next" value=(fields.value("next"));
            (fields.show(ACCOUNT_FIELD))
            (fields.show(ROLE_FIELD))
            details open[has_more] {
                summary { (icon(icon::LuChevronRight)) (visit.say(MORE)) }
                div.stack {
                    (fields.show(NAME_FIELD))
                    fieldset.colours {
                        legend { (visit.say(COLOUR)) }
                        @for (colour, label) in COLOURS {
                            label title=(visit.say(label)) {
                                input type="radio" name="Colour" value=(colour) checked[colour == chosen];
                                span class=(format!("swatch colour-{}", colour.to_ascii_lowercase())) {}
                                span.hidden { (visit.say(label)) }
                            }
                        }
                    }
                    (fields.show(SESSION_FIELD))
                    (select(visit, ("DurationSeconds", DURATION), fields.value("DurationSeconds"), &durations))
                    (fields.show(EXTERNAL_FIELD))
                }
            }
            div.actions { button.button.main { (visit.say(SWITCH)) } (show_api(visit)) }
        }
    }
}

fn owner(visit: &Visit<'_>) -> Markup {
    notice(
        Weight::Warning,
        &html! {
            p { strong { (visit.say(OWNER)) } }
            p { (visit.say(OWNER_WHAT)) }
        p { a href=(visit.to("/ram/users/new")) { (visit.say(CREATE_USER)) } }
        },
    )
}

/// What refusals call trust policies.
const TRUST_POLICY: &str = "AssumeRolePolicy";

/// Why it did not work, each side apart: what the other side decides in detail is its own affair.
fn refused(visit: &Visit<'_>, failure: &ApiFailure) -> Markup {
    let account = visit.form().filled("Account").unwrap_or_default();
    // What the other side said no with is a trust policy.
    let names_own_policies =
        failure.access_denied_detail.as_ref().is_some_and(|detail| detail.policy_type != TRUST_POLICY);
    let own_side_denied = is_denied(failure) && names_own_policies;
    let other = || visit.phrase(THEIR_SIDE_DENIED, &[html! { strong { bdi { (account) } } }]);
    let is_known = failure.code == "NoPermission" || failure.code.starts_with("EntityNotExist");
    let sides = if is_known {
        let (own, other) = if own_side_denied {
            (html! { (visit.say(YOUR_SIDE_DENIED)) }, html! { (visit.say(THEIR_SIDE_UNKNOWN)) })
        } else {
            (html! { (visit.say(YOUR_SIDE_OK)) }, other())
        };
        facts(&[(visit.say(YOUR_SIDE), own), (visit.say(THEIR_SIDE), other)])
    } else {
        html! { p { (explained(visit, failure)) } }
    };
    html! {
        div.notice.danger role="alert" tabindex="-1" autofocus {
            (icon(icon::LuCircleAlert))
            div {
                p { strong { (visit.say(FAILED)) } }
                (sides)
                @if let Some(id) = &failure.request_id { p.muted.small-text { (visit.say(REQUEST_ID)) " " (copyable(visit, id)) @if own_side_denied { (help_place(failure)) } } }
            }
        }
    }
}
