//! Taking policies back: one at once, or several after asking.

use maud::html;

use super::{Grant, Kind, LIST, Risks};
use crate::answer::Answer;
use crate::need::{Need, submit};
use crate::page::several::{Came, results};
use crate::page::{Outcome, Refusal};
use crate::pairs::Pairs;
use crate::part::list::{CHOSEN, SEVERAL, chosen};
use crate::part::{Table, Weight, notice, show_api};
use crate::shell::{self, token};
use crate::text::grant::*;
use crate::text::shell::CANCEL;
use crate::visit::Visit;

/// Takes one policy back.
pub(super) async fn send(visit: &Visit<'_>) -> Outcome {
    let form = visit.form();
    let member = |name| form.get(name).to_owned();
    let grant = Grant {
        kind: Kind::of(form.get("kind")).ok_or(Refusal::NoPage)?,
        name: form.filled("name").ok_or(Refusal::NoPage)?.to_owned(),
        policy_type: member("PolicyType"),
        policy: member("PolicyName"),
        group: member("ResourceGroupId"),
    };
    grant.revoke(visit).await?;
    Ok(Answer::see(visit.to(&format!("{}?tab=permissions", grant.kind.page_of(&grant.name)))))
}

fn grants(pairs: &Pairs) -> Result<Vec<Grant>, Refusal> {
    chosen(pairs)?.into_iter().map(|key| Grant::of_key(key).ok_or(Refusal::NoPage)).collect()
}

/// Where the grants were chosen: on the page of whom they are all for, or in the list of all.
fn back(grants: &[Grant]) -> String {
    match grants.first() {
        Some(first) if grants.iter().all(|grant| (grant.kind, &grant.name) == (first.kind, &first.name)) => {
            format!("{}?tab=permissions", first.kind.page_of(&first.name))
        }
        _ => LIST.to_owned(),
    }
}

/// Asks whether several grants are really to be revoked.
pub(super) async fn ask(visit: &Visit<'_>) -> Outcome {
    let grants = grants(visit.query())?;
    let custom = grants.iter().filter(|grant| grant.policy_type == "Custom");
    let risks = Risks::named(visit, custom.map(|grant| grant.policy.as_str())).await;
    let row = |grant: &Grant| {
        let scope = if grant.group.is_empty() { visit.say(SCOPE_ACCOUNT) } else { &grant.group };
        vec![
            html! { bdi { (grant.name) } },
            html! { (visit.say(grant.kind.label())) },
            html! { (grant.policy(visit)) (risks.mark(visit, &grant.policy_type, &grant.policy)) },
            html! { (scope) },
        ]
    };
    let rows = grants.iter().map(row).collect();
    let need = Need::any(grants.iter().map(Grant::revocation_need));
    let title = visit.fill(REVOKE_SEVERAL, &[&grants.len().to_string()]);
    let content = html! {
        div.narrow {
            h1 { (title) }
            (notice(Weight::Warning, &html! { p { (visit.say(REVOKE_WHAT)) } }))
            (Table { caption: GRANTS, columns: &[PRINCIPAL, KIND, POLICY, SCOPE], rows }.show(visit))
            form.stack method="post" action=(visit.to(&format!("{LIST}/{SEVERAL}"))) {
                (token(visit))
                @for grant in &grants { input type="hidden" name=(CHOSEN) value=(grant.key()); }
                div.actions {
                    (submit(visit, need, ("button danger", REVOKE)))
                    a.button href=(visit.to(&back(&grants))) { (visit.say(CANCEL)) }
                    (show_api(visit))
                }
            }
        }
    };
    Ok(Answer::page(200, shell::page(visit, &title, &content)))
}

/// Revokes several grants, and tells what came of each.
pub(super) async fn send_for_several(visit: &Visit<'_>) -> Outcome {
    let grants = grants(visit.form())?;
    let mut rows = Vec::new();
    for grant in &grants {
        let came = Came::of_removing(grant.revoke(visit).await)?;
        rows.push((html! { bdi { (grant.name) } " · " (grant.policy) }, came));
    }
    Ok(results(visit, visit.say(REVOKED), &rows, &back(&grants)))
}
