//! A slow, obvious evaluator: the rules written down, with nothing done for speed.

use argali_policy::Effect;

/// A statement, as the oracle reads it.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) deny: bool,
    pub(crate) actions: (bool, Vec<String>),
    pub(crate) resources: (bool, Vec<String>),
    pub(crate) principal: Option<String>,
    pub(crate) conditions: Vec<Condition>,
}

/// One operator on one key, with the values listed.
#[derive(Debug, Clone)]
pub(crate) struct Condition {
    pub(crate) operator: String,
    pub(crate) key: String,
    pub(crate) listed: Vec<String>,
}

/// A question.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) own_resource: bool,
    pub(crate) action: String,
    pub(crate) resource: String,
    pub(crate) context: Vec<(String, String)>,
    /// What a rule's principal must be for it to be about the caller.
    pub(crate) principals: Vec<String>,
}

/// The policies of all kinds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Everything {
    pub(crate) control: Vec<Vec<Rule>>,
    pub(crate) session: Option<Vec<Rule>>,
    pub(crate) account_scope: Vec<Rule>,
    pub(crate) group_scope: Option<Vec<Rule>>,
    pub(crate) bucket: Option<Vec<Rule>>,
    pub(crate) trust: Vec<Rule>,
}

/// One policy type: a Deny, else an Allow, else neither.
fn step(rules: &[Rule], asked: &Asked) -> Effect {
    let matching: Vec<&Rule> = rules.iter().filter(|rule| rule.matches(asked)).collect();
    match () {
        () if matching.iter().any(|rule| rule.deny) => Effect::ExplicitDeny,
        () if !matching.is_empty() => Effect::Allow,
        () => Effect::ImplicitDeny,
    }
}

impl Everything {
    pub(crate) fn ordinary(&self, asked: &Asked) -> Effect {
        if let Some(refused) = self.filtered(asked) {
            return refused;
        }
        let held = if asked.own_resource { self.identity(asked) } else { Effect::ImplicitDeny };
        let bucket = self.bucket.as_ref().map_or(Effect::ImplicitDeny, |bucket| step(bucket, asked));
        let both = [held, bucket];
        [Effect::ExplicitDeny, Effect::Allow]
            .into_iter()
            .find(|one| both.contains(one))
            .unwrap_or(Effect::ImplicitDeny)
    }

    pub(crate) fn assume_role(&self, asked: &Asked) -> Effect {
        if let Some(refused) = self.filtered(asked) {
            return refused;
        }
        match [self.identity(asked), step(&self.trust, asked)] {
            both if both.contains(&Effect::ExplicitDeny) => Effect::ExplicitDeny,
            [Effect::Allow, Effect::Allow] => Effect::Allow,
            _ => Effect::ImplicitDeny,
        }
    }

    fn filtered(&self, asked: &Asked) -> Option<Effect> {
        let filters = self.control.iter().chain(&self.session);
        filters.map(|rules| step(rules, asked)).find(|effect| *effect != Effect::Allow)
    }

    fn identity(&self, asked: &Asked) -> Effect {
        match (step(&self.account_scope, asked), &self.group_scope) {
            (Effect::ImplicitDeny, Some(group)) => step(group, asked),
            (decided, _) => decided,
        }
    }
}

impl Rule {
    fn matches(&self, asked: &Asked) -> bool {
        let action = asked.action.to_lowercase();
        let any_action = self.actions.1.iter().any(|pattern| glob(&pattern.to_lowercase(), &action));
        let any_resource = self.resources.1.iter().any(|pattern| resource_matches(pattern, &asked.resource));
        let concerned = self.principal.as_ref().is_none_or(|principal| asked.principals.contains(principal));
        any_action != self.actions.0
            && any_resource != self.resources.0
            && concerned
            && self.conditions.iter().all(|condition| condition.holds(asked))
    }
}

impl Condition {
    fn holds(&self, asked: &Asked) -> bool {
        let values = asked.context.iter().filter(|(name, _)| *name == self.key).map(|(_, value)| value);
        let mut pairs = values.flat_map(|value| self.listed.iter().map(move |one| (one, value)));
        match self.operator.as_str() {
            "StringEquals" => pairs.any(|(one, value)| one == value),
            "StringNotEquals" => !pairs.any(|(one, value)| one == value),
            "StringLike" => pairs.any(|(one, value)| glob(one, value)),
            "StringNotLike" => !pairs.any(|(one, value)| glob(one, value)),
            "NumericLessThan" => {
                pairs.any(|(one, value)| value.parse::<i64>().unwrap() < one.parse().unwrap())
            }
            "Bool" => pairs.any(|(one, value)| one.to_lowercase() == value.to_lowercase()),
            other => panic!("operator {other}"),
        }
    }
}

fn resource_matches(pattern: &str, name: &str) -> bool {
    let mut parts: Vec<&str> = name.splitn(4, ':').collect();
    if parts.len() == 4 && parts[2] == "*" {
        parts[2] = "";
    }
    let name = parts.join(":");
    match name.to_ascii_lowercase().starts_with("acs:ram:") {
        true => glob(&pattern.to_ascii_lowercase(), &name.to_ascii_lowercase()),
        false => glob(pattern, &name),
    }
}

/// Whether the pattern covers the text: a table over all prefixes of both.
fn glob(pattern: &str, text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let mut covers = vec![false; text.len() + 1];
    covers[0] = true;
    for wanted in pattern.chars() {
        let before = covers.clone();
        for end in 0..=text.len() {
            covers[end] = match wanted {
                '*' => before[..=end].contains(&true),
                '?' => end > 0 && before[end - 1],
                _ => end > 0 && before[end - 1] && text[end - 1] == wanted,
            };
        }
    }
    covers[text.len()]
}
