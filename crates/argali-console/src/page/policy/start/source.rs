//! What was chosen to start from: its document, and what a policy made of it is proposed to be called.

use serde_json::Value;

use super::template::{Blank, Filled, Template};
use super::{Kind, said};
use crate::api::{RAM, text};
use crate::page::Refusal;
use crate::page::policy::vocabulary::Vocabulary;
use crate::page::policy::{described, from_activity};
use crate::text::Text;
use crate::text::policy_start::*;
use crate::visit::Visit;

/// How many characters the name of a policy has at most.
const LONGEST_NAME: usize = 128;

/// What a new policy starts from.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Origin {
    pub(super) document: String,
    /// What it may be called; empty where nothing can be said.
    pub(super) name: String,
    pub(super) description: String,
}

/// What came of a choice.
pub(super) enum Chosen {
    This(Origin),
    /// Something is to be filled in first; or it was, and this is wrong.
    Blanks(&'static Template, Option<&'static Blank>),
    /// Nothing was chosen, or nothing that can be used.
    Nothing(Text),
}

/// What the visit chose.
pub(super) async fn chosen(visit: &Visit<'_>, kind: Kind) -> Result<Chosen, Refusal> {
    if kind == Kind::Activity {
        let found = from_activity::document(visit, said(visit)).await?;
        return Ok(match found {
            Some(document) => Chosen::This(Origin { document, ..Origin::default() }),
            None => Chosen::Nothing(CHOOSE_CALLS),
        });
    }
    let Some((from, name)) = said(visit).get("choice").split_once('/') else {
        return Ok(Chosen::Nothing(CHOOSE));
    };
    match from {
        "System" | "Custom" => Ok(Chosen::This(copy(visit, (from, name)).await?)),
        "Template" => Ok(of_template(visit, Template::find(name).ok_or(Refusal::NoPage)?).await),
        _ => Err(Refusal::NoPage),
    }
}

/// Another policy as it is in force.
async fn copy(visit: &Visit<'_>, (policy_type, name): (&str, &str)) -> Result<Origin, Refusal> {
    let answer = visit.call(RAM, "GetPolicy", &[("PolicyType", policy_type), ("PolicyName", name)]).await?;
    let none = Value::Null;
    let policy = answer.get("Policy").unwrap_or(&none);
    let version = answer.get("DefaultPolicyVersion").unwrap_or(&none);
    let name = text(policy, "PolicyName");
    let description = described(visit, (policy_type, name), text(policy, "Description"));
    Ok(Origin {
        document: text(version, "PolicyDocument").to_owned(),
        name: name_of_copy(name),
        description: description.to_owned(),
    })
}

fn name_of_copy(name: &str) -> String {
    const ENDING: &str = "-copy";
    let kept: String = name.chars().take(LONGEST_NAME - ENDING.len()).collect();
    format!("{kept}{ENDING}")
}

async fn of_template(visit: &Visit<'_>, template: &'static Template) -> Chosen {
    let form = said(visit);
    // A blank that is not there yet was not shown yet.
    let is_asked = |blank: &Blank| form.all(blank.field.name).next().is_some();
    if !template.blanks.iter().all(is_asked) {
        return Chosen::Blanks(template, None);
    }
    let words = Vocabulary::of(visit).await;
    match template.fill(&Filled { form, words: &words }) {
        Err(blank) => Chosen::Blanks(template, Some(blank)),
        Ok(document) => Chosen::This(Origin {
            document: document.to_string(),
            name: template.key.to_owned(),
            description: visit.say(template.name).to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_has_a_name_that_policies_may_have() {
        assert_eq!(name_of_copy("ops"), "ops-copy");
        let long = name_of_copy(&"x".repeat(LONGEST_NAME));
        assert_eq!(long.len(), LONGEST_NAME);
        assert!(long.ends_with("x-copy"));
    }
}
