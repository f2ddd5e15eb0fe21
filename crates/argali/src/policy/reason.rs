//! A decision in sentences: what decided, and what nearly did otherwise.

use argali_policy::case::Decided;
use argali_policy::{Attachment, Effect, Explanation, Layer, NearMiss, PolicyLabel, StatementRef};

/// How many statements that nearly allowed a request are shown.
const MOST_NEAR_MISSES: usize = 3;

/// Why a resource was decided as it was, and what came nearest to allowing it.
pub(crate) fn of(decided: &Decided) -> Vec<String> {
    let Explanation { decision, steps } = &decided.explanation;
    let verb = if decision.is_allowed() { "allowed" } else { "denied" };
    let Some(deciding) = decision.deciding() else {
        let mut lines = vec![format!(
            "{verb} on `{}`: {}",
            decided.resource,
            undecided(decision.effect(), decision.layer())
        )];
        let silent = steps.iter().filter(|step| step.effect == Effect::ImplicitDeny);
        let near = silent.flat_map(|step| step.near_misses.iter().map(|miss| nearly(step.layer, miss)));
        lines.extend(near.take(MOST_NEAR_MISSES));
        return lines;
    };
    vec![format!("{verb} on `{}` by {}", decided.resource, statement(decision.layer(), deciding))]
}

/// Why nothing decided.
fn undecided(effect: Effect, layer: Layer) -> &'static str {
    match (effect, layer) {
        (_, Layer::Exempt) => "the operation needs no permission",
        (Effect::Allow, _) => "an account may do everything on what it owns",
        (_, Layer::Owner) => "an account assumes no role",
        (_, Layer::Control) => "a level of control policies does not allow it",
        (_, Layer::Session) => "the session policy does not allow it",
        (_, Layer::AccountScope | Layer::GroupScope) => "no identity policy allows it",
        (_, Layer::Bucket) => "the bucket policy does not allow it",
        (_, Layer::Trust) => "the trust policy does not let the caller in",
        (_, Layer::Default) => "no policy applies, as on a resource of another account",
    }
}

fn nearly(layer: Layer, miss: &NearMiss) -> String {
    format!("{} would allow it, but {}", statement(layer, &miss.statement), miss.mismatch)
}

/// A statement by its place.
fn statement(layer: Layer, StatementRef { policy, statement }: &StatementRef) -> String {
    let place = match policy {
        Some(label) => labelled(label),
        None => match layer {
            Layer::Session => "the session policy".to_owned(),
            Layer::Bucket => "the bucket policy".to_owned(),
            _ => "the trust policy".to_owned(),
        },
    };
    format!("Statement[{statement}] of {place}")
}

fn labelled(label: &PolicyLabel) -> String {
    match label.attachment() {
        Attachment::Group(name) => format!("{} (of the group `{name}`)", label.policy()),
        Attachment::Target(level) => format!("{} (control policy, {level})", label.policy()),
        Attachment::User | Attachment::Role => label.policy().to_owned(),
    }
}
