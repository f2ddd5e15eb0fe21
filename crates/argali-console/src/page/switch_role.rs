//! Switching to a role, and back.
// SPEC: console, switch role; requirements S0-59 to S0-61, S1-23 to S1-28, S2-30 to S2-32, S3-63 to S3-66, S4-24, X1.

use argali_protocol::ApiFailure;
use maud::{Markup, html};

use super::{Outcome, Refusal, kept_form, manual};
use crate::answer::Answer;
use crate::api::{ARGALI, is_denied, list, text};
use crate::browser::Kept;
use crate::icon::{self, icon};
use crate::local;
use crate::moment::moment;
use crate::pairs::encode;
use crate::part::{
    Field, Fields, Weight, empty, explained, facts, heading, narrowing, notice, select, unmatched,
};
use crate::shell::{self, token};
use crate::text::Text;
use crate::text::failure::REQUEST_ID;
use crate::text::switch_role::*;
use crate::visit::{Acting, Switched, Visit};

const PATH: &str = "/switch-role";
/// How many roles are shown unless all are asked for.
const MOST_SHOWN: usize = 12;
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
    page(visit, 200, None).await
}

/// Switches, and goes on in the role.
pub(crate) async fn send(visit: &Visit<'_>) -> Outcome {
    let form = visit.form();
    let params = PARAMETERS.map(|name| (name, form.filled(name).unwrap_or_default()));
    match visit.call(ARGALI, "SwitchRole", &params).await {
        Ok(switched) => {
            let named = |name: &str| form.filled(name).unwrap_or_default().to_ascii_lowercase();
            let own = format!("/console/as/{}/", crate::pairs::segment(&named("Account")));
            let next =
                local::page(form.get("next")).filter(|next| next.to_ascii_lowercase().starts_with(&own));
            let role = Switched { account: named("Account"), ..Switched::of(&switched) };
            let answer = Answer::see(next.map_or_else(|| role.to(""), str::to_owned));
            Ok(answer.setting(Kept::Session.set(text(&switched, "Session"), visit.is_secure())))
        }
        Err(failure) => page(visit, failure.status, Some(&failure)).await,
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

/// What is shown when the role's session that the address names is over.
pub(crate) fn ended(visit: &Visit<'_>, failure: &ApiFailure) -> Answer {
    let Some(role) = visit.switched() else { return Answer::see("/console") };
    let title = visit.phrase(ENDED, &[html! { strong { bdi { (role.name()) } } }]);
    let next = kept_form::next(visit);
    let content = html! {
        div.narrow {
            h1 { (title) }
            p.lede { (visit.say(ENDED_WHAT)) }
            p { (explained(visit, failure)) }
            div.actions {
                (switch_form(visit, role, &next, "main"))
                a.button href="/console" { (visit.say(AS_YOURSELF)) }
            }
        }
    };
    Answer::page(403, shell::page_as_oneself(visit, visit.say(TITLE), &content))
}

/// The roles that somebody has switched to, the latest first.
pub(crate) async fn recent(visit: &Visit<'_>) -> Result<Vec<Switched>, ApiFailure> {
    let answer = visit.call_as_oneself(ARGALI, "ListSwitchedRoles", &[]).await?;
    Ok(list(&answer, "SwitchedRoles", "SwitchedRole").map(Switched::of).collect())
}

/// How many calls look for roles that can be used.
const MOST_CALLS: usize = 5;

/// The roles that somebody can use: those that it has switched to, the latest first, and then the others that let it in.
pub(crate) async fn usable(visit: &Visit<'_>) -> Result<Vec<Switched>, ApiFailure> {
    let mut roles = recent(visit).await?;
    let mut marker = String::new();
    for _ in 0..MOST_CALLS {
        let params = [("Marker", marker.as_str()), ("MaxItems", "100")];
        let answer = visit.call_as_oneself(ARGALI, "ListUsableRoles", &params).await?;
        for offered in list(&answer, "Roles", "Role").map(Switched::offered) {
            let is_same = |known: &Switched| {
                known.account_id == offered.account_id && known.role.eq_ignore_ascii_case(&offered.role)
            };
            if !roles.iter().any(is_same) {
                roles.push(offered);
            }
        }
        text(&answer, "Marker").clone_into(&mut marker);
        if marker.is_empty() {
            break;
        }
    }
    Ok(roles)
}

/// Roles, each with the button that switches to it.
pub(crate) fn role_list(visit: &Visit<'_>, roles: &[Switched]) -> Markup {
    html! {
        ul.role-list {
            @for role in roles {
                li {
                    span class=(format!("dot {}", role.colour_class())) {}
                    div.role-name {
                        strong { bdi { (role.name()) } }
                        span.muted {
                            @if role.name() != role.role { bdi { (role.role) } " · " }
                            bdi { (role.account) } " · "
                            @if role.until.is_empty() { (visit.say(NOT_USED_YET)) } @else { (moment(visit, &role.until)) }
                        }
                    }
                    (switch_form(visit, role, "", "small"))
                }
            }
        }
    }
}

/// One button that switches to a role as it was called before.
fn switch_form(visit: &Visit<'_>, role: &Switched, next: &str, class: &str) -> Markup {
    html! {
        form method="post" action="/console/switch-role" {
            (token(visit))
            input type="hidden" name="Account" value=(role.account);
            input type="hidden" name="RoleName" value=(role.role);
            @if let Some(name) = &role.display_name { input type="hidden" name="DisplayName" value=(name); }
            @if let Some(colour) = &role.colour { input type="hidden" name="Colour" value=(colour); }
            input type="hidden" name="next" value=(next);
            button.button.(class) { (visit.say(SWITCH)) }
        }
    }
}

async fn page(visit: &Visit<'_>, status: u16, failure: Option<&ApiFailure>) -> Outcome {
    let who = visit.who().cloned().unwrap_or_default();
    let roles = usable(visit).await?;
    let content = html! {
        (heading(&html! { (visit.say(TITLE)) }, Some(visit.say(LEDE)), &manual::link(visit, "switch-role")))
        @if visit.acting().is_some() { (notice(Weight::Info, &html! { p { (visit.say(IN_ROLE_NOTE)) } })) }
        @if who.user.is_none() { (owner(visit)) }
        @if let Some(failure) = failure.filter(|_| who.user.is_some()) { (refused(visit, failure)) }
        div.columns {
            section.card { (form(visit, failure)) }
            section.card.stack {
                h2 { (visit.say(RECENT)) }
                (choice(visit, roles))
            }
        }
    };
    Ok(Answer::page(status, shell::page(visit, visit.say(TITLE), &content)))
}

/// The roles to choose from, with a search where they are many.
fn choice(visit: &Visit<'_>, mut roles: Vec<Switched>) -> Markup {
    let (query, count) = (visit.query(), roles.len());
    if roles.is_empty() {
        return empty(visit, icon::LuVenetianMask, visit.say(RECENT_EMPTY), &html! {});
    }
    let wanted = query.get("q").trim().to_lowercase();
    roles.retain(|role| {
        [role.name(), &role.role, &role.account].iter().any(|name| name.to_lowercase().contains(&wanted))
    });
    let shown = if query.get("all").is_empty() { roles.get(..MOST_SHOWN).unwrap_or(&roles) } else { &roles };
    let kept = ["Account", "RoleName", "next"].map(|name| (name, query.get(name)));
    let all = query.with("all", "true");
    html! {
        @if count > MOST_SHOWN { (narrowing(visit, &kept, PATH)) }
        div.stack data-list {
            @if shown.is_empty() { (unmatched(visit, PATH)) } @else { (role_list(visit, shown)) }
            @if shown.len() < roles.len() {
                p { a href=(visit.to(&format!("{PATH}?{all}"))) { (visit.fill(SHOW_ALL, &[&roles.len().to_string()])) } }
            }
        }
    }
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
    html! {
        form.stack method="post" action=(visit.to("/switch-role")) {
            (token(visit))
            input type="hidden" name="next" value=(fields.value("next"));
            (fields.show(ACCOUNT_FIELD))
            (fields.show(ROLE_FIELD))
            details {
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
            div.actions { button.button.main { (visit.say(SWITCH)) } }
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
                @if let Some(id) = &failure.request_id { p.muted.small-text { (visit.say(REQUEST_ID)) " " code { (id) } } }
            }
        }
    }
}
