//! Cases that no call can bring about, asked about with `TestAccess`: it puts any question to the engine that serves
//! requests, with the policies that are in force.

use argali_policy::case::{Answer, PrincipalKind, Situation};
use serde_json::Value;

use super::scene::Scene;

/// Whether no call has the case's circumstances: operations name resources of their caller's own account, and give an
/// instance's condition keys one value each.
pub(super) fn must_be_asked(situation: &Situation<'_>) -> bool {
    let has_lists = situation.request.context.iter().any(|(_, values)| values.len() > 1);
    has_lists
        || (situation.request.owner != situation.principal.account
            && situation.principal.kind != PrincipalKind::Anonymous)
}

/// Asks before and after the policies of the case are attached.
pub(super) fn ask(situation: &Situation<'_>) -> Result<Answer, String> {
    let request = &situation.request;
    let mut params = vec![
        ("AuthAction".to_owned(), request.action.clone()),
        ("AuthResource".to_owned(), request.resources[0].clone()),
    ];
    let given = request.context.iter().flat_map(|(key, values)| values.iter().map(move |value| (key, value)));
    for (index, (key, value)) in given.enumerate() {
        params.push((format!("Condition.{}.Key", index + 1), key.to_owned()));
        params.push((format!("Condition.{}.Value", index + 1), value.clone()));
    }
    let params: Vec<_> = params.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let scene = Scene::set(situation, None);
    let tested = || match scene.caller.call("Argali", "TestAccess", &params) {
        Ok(answer) => effect(&answer),
        Err(failure) => Err(failure.to_string()),
    };
    match tested()? {
        Answer::ImplicitDeny => {}
        other => return Err(format!("without policies the answer is {other}")),
    }
    scene.attach(situation, str::to_owned);
    scene.wait_for(situation);
    tested()
}

fn effect(answer: &Value) -> Result<Answer, String> {
    match answer["Effect"].as_str() {
        Some("Allow") => Ok(Answer::Allow),
        Some("ExplicitDeny") => Ok(Answer::ExplicitDeny),
        Some("ImplicitDeny") => Ok(Answer::ImplicitDeny),
        _ => Err(format!("no answer: {answer}")),
    }
}
