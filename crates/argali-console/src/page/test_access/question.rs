//! A question about access, as the address carries it: who, what, and under which circumstances.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use crate::api::{items, text, texts};
use crate::icon::{self, icon};

use crate::pairs::{Pairs, encode};
use crate::part::{Field, Fields, select};
use crate::text::Text;
use crate::text::policy_edit::BAD_JSON;
use crate::text::test_access::*;
use crate::visit::Visit;

/// Fields that become one condition key each.
const KEYS: [(&str, &str); 3] =
    [("address", "acs:SourceIp"), ("time", "acs:CurrentTime"), ("external", "sts:ExternalId")];
/// Fields with lines of `key=value`, and what their keys begin with.
const TAGS: [(&str, &str, Text); 3] = [
    ("resource-tags", "acs:ResourceTag/", RESOURCE_TAGS),
    ("request-tags", "acs:RequestTag/", REQUEST_TAGS),
    ("keys", "", OTHER_KEYS),
];
/// Fields that say something of the session of a role. Their names are those of the parameters.
pub(super) const SESSION_POLICY: &str = "SessionPolicy";
const ORIGIN: &str = "OriginAccountId";
/// The session's name that is asked about unless a request says another.
const SESSION: &str = "test-access";

/// About whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// Whoever looks.
    Oneself,
    /// A user.
    User,
    /// A role, whoever is in it.
    Role,
    /// A role that a user assumes.
    Through,
}

impl Subject {
    const ALL: [(Self, &str, Text); 4] = [
        (Self::Oneself, "self", MYSELF),
        (Self::User, "user", A_USER),
        (Self::Role, "role", A_ROLE),
        (Self::Through, "through", THROUGH),
    ];

    fn word(self) -> &'static str {
        Self::ALL.iter().find(|(own, ..)| *own == self).map_or("self", |(_, word, _)| word)
    }
}

/// What is wrong with what was entered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wrong<'a> {
    /// What the operation refused.
    pub(super) failure: Option<&'a ApiFailure>,
    /// What the page found wrong with the session policy.
    pub(super) policy: Option<&'a str>,
}

/// What is asked.
#[derive(Clone, Debug)]
pub(super) struct Question {
    pub(super) subject: Subject,
    pub(super) user: String,
    pub(super) role: String,
    session: String,
    pub(super) action: String,
    pub(super) resource: String,
    group: String,
    /// What the session may do at most.
    policy: String,
    /// The account that the session began in, where that is said.
    origin: String,
    /// What stands in the fields of circumstances.
    entered: Pairs,
    conditions: Vec<(String, String)>,
}

impl Question {
    pub(super) fn read(query: &Pairs) -> Self {
        let who = query.get("who");
        let subject =
            Subject::ALL.iter().find(|(_, word, _)| *word == who).map_or(Subject::Oneself, |(own, ..)| *own);
        let filled = |name: &str| query.filled(name).unwrap_or_default().to_owned();
        let mut resource = filled("resource");
        if resource.is_empty() {
            "*".clone_into(&mut resource);
        }
        Self {
            subject,
            user: filled("user"),
            role: filled("role"),
            session: SESSION.to_owned(),
            action: filled("action"),
            resource,
            group: filled("group"),
            policy: filled(SESSION_POLICY),
            origin: filled(ORIGIN),
            conditions: conditions(query),
            entered: query.clone(),
        }
    }

    /// What a refused call asked, as `Why` tells it to an account, and whether the account can ask it for whoever did.
    /// What the account is not told stays as it is now.
    pub(super) fn of_refusal(why: &Value, account: &str, is_owner: bool) -> (Self, bool) {
        let refusal = why.get("Refusal").unwrap_or(&Value::Null);
        let arn = why.get("Caller").map(|caller| text(caller, "Arn")).unwrap_or_default();
        let relative = arn.strip_prefix("acs:ram::").and_then(|rest| rest.strip_prefix(account));
        let mut parts = relative.unwrap_or_default().trim_start_matches(':').split('/');
        let (who, name, session) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
        let (who, field) = if who == "assumed-role" { ("role", "role") } else { (who, "user") };
        // Identities of other accounts are judged there; the owner is nobody whom others can name.
        let is_ours = matches!(who, "user" | "role") || who == "root" && is_owner;
        let chain = why.get("Caller").map(|caller| items(caller, "Chain")).into_iter().flatten();
        let origin = chain.last().map(|link| text(link, "AccountId")).filter(|origin| *origin != account);
        let mut pairs = vec![
            ("who".to_owned(), who.to_owned()),
            (field.to_owned(), name.unwrap_or_default().to_owned()),
            ("action".to_owned(), text(refusal, "AuthAction").to_owned()),
            ("resource".to_owned(), text(refusal, "AuthResource").to_owned()),
            ("group".to_owned(), text(refusal, "ResourceGroupId").to_owned()),
        ];
        // A session that began elsewhere stands before other gates.
        pairs.extend(origin.filter(|_| who == "role").map(|origin| (ORIGIN.to_owned(), origin.to_owned())));
        let mut others = String::new();
        for condition in items(refusal, "AuthConditions") {
            let key = text(condition, "ConditionKey");
            for value in texts(condition, "ConditionValues") {
                match KEYS.iter().find(|(_, own)| own.eq_ignore_ascii_case(key)) {
                    // Fields for a time show none that says its zone; this one is in UTC.
                    Some((field @ "time", _)) => {
                        pairs.push(((*field).to_owned(), value.trim_end_matches('Z').to_owned()));
                    }
                    Some((field, _)) => pairs.push(((*field).to_owned(), value.to_owned())),
                    None if key.eq_ignore_ascii_case("acs:MFAPresent") => {
                        pairs.push(("mfa".to_owned(), value.to_owned()));
                    }
                    None => others.push_str(&format!("{key}={value}\n")),
                }
            }
        }
        pairs.push(("keys".to_owned(), others));
        let query = encode(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let question = Self::read(&Pairs::read(&query));
        (Self { session: session.unwrap_or(SESSION).to_owned(), ..question }, is_ours)
    }

    /// Whether enough is said to answer.
    pub(super) fn is_whole(&self) -> bool {
        let named = match self.subject {
            Subject::Oneself => true,
            Subject::User => !self.user.is_empty(),
            Subject::Role => !self.role.is_empty(),
            Subject::Through => !self.user.is_empty() && !self.role.is_empty(),
        };
        named && !self.action.is_empty()
    }

    /// About whom, as operations take it.
    pub(super) fn principal(&self) -> String {
        match self.subject {
            Subject::Oneself => String::new(),
            Subject::User => format!("user/{}", self.user),
            Subject::Role => format!("role/{}/{}", self.role, self.session),
            Subject::Through => format!("role/{}/{}", self.role, self.user),
        }
    }

    /// Whether the user may assume the role.
    pub(super) fn of_assuming(&self, account: &str) -> Self {
        Self {
            subject: Subject::User,
            action: "sts:AssumeRole".to_owned(),
            resource: format!("acs:ram:*:{account}:role/{}", self.role),
            group: String::new(),
            policy: String::new(),
            origin: String::new(),
            ..self.clone()
        }
    }

    /// The same in a session that began in the own account, as that of a user who is named does.
    pub(super) fn within_the_account(&self) -> Self {
        Self { origin: String::new(), ..self.clone() }
    }

    /// Where the session policy is no JSON, in words.
    pub(super) fn broken_policy(&self, visit: &Visit<'_>) -> Option<String> {
        let error = serde_json::from_str::<Value>(&self.policy).err().filter(|_| !self.policy.is_empty())?;
        Some(visit.fill(BAD_JSON, &[&error.line().to_string(), &error.column().to_string()]))
    }

    /// The parameters that it becomes, but for whom it is about.
    pub(super) fn params(&self) -> Vec<(String, String)> {
        let mut params = vec![
            ("AuthAction".to_owned(), self.action.clone()),
            ("AuthResource".to_owned(), self.resource.clone()),
            ("ResourceGroupId".to_owned(), self.group.clone()),
        ];
        let of_session = [(SESSION_POLICY, &self.policy), (ORIGIN, &self.origin)];
        let of_session = of_session.into_iter().filter(|(_, value)| !value.is_empty());
        params.extend(of_session.map(|(name, value)| (name.to_owned(), value.clone())));
        for (number, (key, value)) in (1..).zip(&self.conditions) {
            params.push((format!("Condition.{number}.Key"), key.clone()));
            params.push((format!("Condition.{number}.Value"), value.clone()));
        }
        params
    }

    /// The same as words of a command.
    pub(super) fn command(&self, principal: &str) -> Vec<String> {
        if !self.policy.is_empty() || !self.origin.is_empty() {
            return self.call(principal);
        }
        let mut words = vec!["can-i".to_owned(), self.action.clone(), self.resource.clone()];
        let mut option = |name: &str, value: String| {
            if !value.is_empty() {
                words.extend([name.to_owned(), value]);
            }
        };
        option("--as", principal.to_owned());
        option("--resource-group", self.group.clone());
        for (key, value) in &self.conditions {
            option("--condition", format!("{key}={value}"));
        }
        words
    }

    /// The same as a call, where the command for people has no word for all of it.
    fn call(&self, principal: &str) -> Vec<String> {
        let mut params = self.params();
        params.push(("AuthPrincipal".to_owned(), principal.to_owned()));
        let params = params.into_iter().filter(|(_, value)| !value.is_empty());
        let words = ["call", "argali", "TestAccess"].map(str::to_owned);
        words.into_iter().chain(params.map(|(name, value)| format!("{name}={value}"))).collect()
    }

    /// The fields of who and what.
    pub(super) fn fields(&self, visit: &Visit<'_>) -> Markup {
        let fields = Fields::of(visit, self.as_pairs());
        let kinds: Vec<_> =
            Subject::ALL.iter().map(|(_, word, label)| (*word, visit.say(*label).to_owned())).collect();
        html! {
            div.stack.asks {
                (select(visit, ("who", WHO), self.subject.word(), &kinds))
                // The style sheet shows those that the choice needs.
                div.pair {
                    (fields.show(Field::text("user", USER).longest(128).offering("users")))
                    (fields.show(Field::text("role", ROLE).longest(64).offering("roles")))
                }
            }
            (self.what(visit))
        }
    }

    /// The fields of what alone.
    pub(super) fn what(&self, visit: &Visit<'_>) -> Markup {
        let fields = Fields::of(visit, self.as_pairs());
        html! {
            (fields.show(Field::text("action", ACTION).required().longest(256).hint(ACTION_HINT).offering("actions")))
            (fields.show(Field::text("resource", RESOURCE).longest(2_048).hint(RESOURCE_HINT)))
        }
    }

    /// The fields of circumstances: what is left empty is as in the viewer's own session.
    pub(super) fn circumstances(&self, visit: &Visit<'_>, wrong: Wrong<'_>) -> Markup {
        let fields = Fields::of(visit, self.entered.clone()).refused(wrong.failure);
        let fields = fields.wrong(SESSION_POLICY, wrong.policy);
        let says_of_session = !self.policy.is_empty() || !self.origin.is_empty();
        let factors = [("", AS_NOW), ("true", WITH), ("false", WITHOUT)];
        let factors: Vec<_> =
            factors.iter().map(|(value, label)| (*value, visit.say(*label).to_owned())).collect();
        html! {
            details open[!self.conditions.is_empty() || !self.group.is_empty() || says_of_session] {
                summary { (icon(icon::LuChevronRight)) (visit.say(CIRCUMSTANCES)) }
                div.stack {
                    (fields.show(Field::text("address", ADDRESS).longest(45)))
                    (fields.show(Field::text("time", TIME).kind("datetime-local", "off")))
                    (select(visit, ("mfa", MFA), self.entered.get("mfa"), &factors))
                    (fields.show(Field::text("external", EXTERNAL_ID)))
                    (fields.show(Field::text("group", RESOURCE_GROUP).longest(64)))
                    (fields.show(Field::text(SESSION_POLICY, SESSION_POLICY_LABEL).longest(8_192).hint(SESSION_POLICY_HINT).kind("textarea", "off")))
                    (fields.show(Field::text(ORIGIN, ORIGIN_LABEL).longest(32).hint(ORIGIN_HINT)))
                    @for (name, _, label) in TAGS {
                        (fields.show(Field::text(name, label).longest(2_048).hint(TAGS_HINT).kind("textarea", "off")))
                    }
                }
            }
        }
    }

    fn as_pairs(&self) -> Pairs {
        Pairs::read(&encode([
            ("user", self.user.as_str()),
            ("role", &self.role),
            ("action", &self.action),
            ("resource", &self.resource),
        ]))
    }
}

/// The condition keys that the fields say.
fn conditions(query: &Pairs) -> Vec<(String, String)> {
    let mut conditions = Vec::new();
    for (field, key) in KEYS {
        if let Some(value) = query.filled(field) {
            let value = if field == "time" { instant(value) } else { value.to_owned() };
            conditions.push((key.to_owned(), value));
        }
    }
    if let Some(mfa) = query.filled("mfa") {
        conditions.push(("acs:MFAPresent".to_owned(), mfa.to_owned()));
    }
    for (field, prefix, _) in TAGS {
        let lines = query.get(field).lines().filter_map(|line| line.trim().split_once('='));
        conditions
            .extend(lines.map(|(key, value)| (format!("{prefix}{}", key.trim()), value.trim().to_owned())));
    }
    conditions
}

/// A date and a time as conditions compare them.
fn instant(local: &str) -> String {
    match local.len() {
        16 => format!("{local}:00Z"),
        19 => format!("{local}Z"),
        _ => local.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_entered_becomes_condition_keys() {
        let query = Pairs::read(&encode([
            ("who", "through"),
            ("user", "alice"),
            ("role", "ops"),
            ("action", "ecs:StopInstance"),
            ("address", "10.0.0.1"),
            ("time", "2026-12-01T08:30"),
            ("mfa", "false"),
            ("resource-tags", "team=red\n\nbroken\n env = prod "),
        ]));
        let question = Question::read(&query);
        assert!(question.is_whole());
        assert_eq!((question.principal().as_str(), question.resource.as_str()), ("role/ops/alice", "*"));
        let shown: Vec<String> =
            question.conditions.iter().map(|(key, value)| format!("{key}={value}")).collect();
        assert_eq!(
            shown,
            [
                "acs:SourceIp=10.0.0.1",
                "acs:CurrentTime=2026-12-01T08:30:00Z",
                "acs:MFAPresent=false",
                "acs:ResourceTag/team=red",
                "acs:ResourceTag/env=prod",
            ]
        );
        assert_eq!(question.command("role/ops/alice").len(), 15);
    }
}
