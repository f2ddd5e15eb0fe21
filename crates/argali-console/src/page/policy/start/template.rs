//! Templates of policies: what accounts usually need, with blanks for what differs.
// SPEC: console, policies: create.

use serde_json::{Value, json};

use crate::page::policy::vocabulary::Vocabulary;
use crate::pairs::Pairs;
use crate::part::Field;
use crate::text::Text;
use crate::text::policy_start::*;

/// What names the service that a template is about.
pub(super) const SERVICE: &str = "blank-Service";
/// Operations that most services have, and that see more than one thing.
const LOOKS: [&str; 2] = ["List", "Read"];

/// A document with blanks.
pub(super) struct Template {
    /// What forms and addresses call it; the name that a policy made of it is proposed to have.
    pub(super) key: &'static str,
    pub(super) name: Text,
    /// What it is for, in a sentence.
    pub(super) about: Text,
    /// What is to be filled in.
    pub(super) blanks: &'static [Blank],
    document: fn(&Filled<'_>) -> Value,
}

/// Something that is to be filled in.
pub(super) struct Blank {
    pub(super) field: Field,
    /// What stands there first.
    pub(super) example: &'static str,
    takes: fn(&str) -> bool,
}

/// What was filled in.
pub(super) struct Filled<'a> {
    pub(super) form: &'a Pairs,
    pub(super) words: &'a Vocabulary,
}

const fn blank(
    name: &'static str,
    label: Text,
    hint: Text,
    example: &'static str,
    takes: fn(&str) -> bool,
) -> Blank {
    Blank { field: Field::text(name, label).required().longest(256).hint(hint), example, takes }
}

const A_SERVICE: Blank = blank(SERVICE, BLANK_SERVICE, BLANK_SERVICE_HINT, "ecs", is_code);
const TAG_KEY: Blank = blank("blank-Key", BLANK_KEY, BLANK_KEY_HINT, "team", is_key);
const TAG_VALUE: Blank = blank("blank-Value", BLANK_VALUE, BLANK_VALUE_HINT, "ops", is_word);
const ACCOUNT: Blank = blank("blank-Account", BLANK_ACCOUNT, BLANK_ACCOUNT_HINT, "", is_account);
const ROLE: Blank = blank("blank-Role", BLANK_ROLE, BLANK_ROLE_HINT, "", is_name);
const BUCKET: Blank = blank("blank-Bucket", BLANK_BUCKET, BLANK_BUCKET_HINT, "", is_name);
const FOLDER: Blank = blank("blank-Folder", BLANK_FOLDER, BLANK_FOLDER_HINT, "reports/", is_folder);
const ADDRESSES: Blank = blank("blank-Addresses", BLANK_ADDRESSES, BLANK_ADDRESSES_HINT, "", are_networks);
const QUEUE: Blank = blank("blank-Queue", BLANK_QUEUE, BLANK_QUEUE_HINT, "", is_name);

/// All templates.
pub(super) const TEMPLATES: &[Template] = &[
    Template {
        key: "operate-tagged-instances",
        name: TAGGED,
        about: TAGGED_WHAT,
        blanks: &[TAG_KEY, TAG_VALUE],
        document: tagged,
    },
    Template {
        key: "read-one-service",
        name: READ_ONLY,
        about: READ_ONLY_WHAT,
        blanks: &[A_SERVICE],
        document: |filled| statements(&[allow(&looks(filled), &["*"])]),
    },
    Template {
        key: "assume-one-role",
        name: ASSUME,
        about: ASSUME_WHAT,
        blanks: &[ACCOUNT, ROLE],
        document: |filled| {
            let arn = format!("acs:ram:*:{}:role/{}", filled.get(&ACCOUNT), filled.get(&ROLE));
            statements(&[allow(&["sts:AssumeRole".to_owned()], &[&arn])])
        },
    },
    Template {
        key: "one-folder",
        name: ONE_FOLDER,
        about: ONE_FOLDER_WHAT,
        blanks: &[BUCKET, FOLDER],
        document: folder,
    },
    Template { key: "one-queue", name: ONE_QUEUE, about: ONE_QUEUE_WHAT, blanks: &[QUEUE], document: queue },
    Template {
        key: "change-with-mfa",
        name: WITH_MFA,
        about: WITH_MFA_WHAT,
        blanks: &[A_SERVICE],
        document: with_mfa,
    },
    Template {
        key: "known-addresses-only",
        name: FROM_ADDRESSES,
        about: FROM_ADDRESSES_WHAT,
        blanks: &[ADDRESSES],
        document: from_addresses,
    },
    Template {
        key: "one-resource-group",
        name: IN_GROUP,
        about: IN_GROUP_WHAT,
        blanks: &[A_SERVICE],
        document: |filled| statements(&[allow(&[every(filled)], &["*"])]),
    },
];

impl Template {
    /// The template that is called so.
    pub(super) fn find(key: &str) -> Option<&'static Self> {
        TEMPLATES.iter().find(|template| template.key == key)
    }

    /// The document with its blanks filled; otherwise the first blank that cannot be filled so.
    pub(super) fn fill(&self, filled: &Filled<'_>) -> Result<Value, &'static Blank> {
        match self.blanks.iter().find(|blank| !(blank.takes)(filled.get(blank))) {
            Some(blank) => Err(blank),
            None => Ok((self.document)(filled)),
        }
    }
}

impl Filled<'_> {
    fn get(&self, blank: &Blank) -> &str {
        self.form.get(blank.field.name).trim()
    }
}

fn tagged(filled: &Filled<'_>) -> Value {
    let operate = ["Start", "Stop", "Reboot"].map(|verb| format!("ecs:{verb}Instance"));
    let mut operates = allow(&operate, &["acs:ecs:*:*:instance/*"]);
    let key = format!("acs:ResourceTag/{}", filled.get(&TAG_KEY));
    on_condition(&mut operates, json!({ "StringEquals": { key: [filled.get(&TAG_VALUE)] } }));
    // SPEC: service authorization, notes: lists carry no tag, so that one condition would let nobody see any.
    statements(&[operates, allow(&["ecs:Describe*".to_owned()], &["*"])])
}

fn folder(filled: &Filled<'_>) -> Value {
    let (bucket, folder) = (filled.get(&BUCKET), filled.get(&FOLDER).trim_end_matches('/'));
    let mut lists = allow(&["oss:ListObjects".to_owned()], &[&format!("acs:oss:*:*:{bucket}")]);
    let prefixes = json!({ "StringLike": { "oss:Prefix": [format!("{folder}/*"), format!("{folder}/")] } });
    on_condition(&mut lists, prefixes);
    let objects = ["Get", "Put", "Delete"].map(|verb| format!("oss:{verb}Object"));
    statements(&[lists, allow(&objects, &[&format!("acs:oss:*:*:{bucket}/{folder}/*")])])
}

fn queue(filled: &Filled<'_>) -> Value {
    let queue = format!("acs:mns:*:*:/queues/{}", filled.get(&QUEUE));
    let messages = ["SendMessage", "ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility"];
    let messages = messages.map(|name| format!("mns:{name}"));
    let sees = allow(&["mns:GetQueueAttributes".to_owned()], &[&queue]);
    statements(&[sees, allow(&messages, &[&format!("{queue}/messages")])])
}

/// Changes are allowed where a device was shown. A Deny for where none was would not hold for keys, whose calls do not
/// have the condition key at all.
fn with_mfa(filled: &Filled<'_>) -> Value {
    let mut changes = allow(&[every(filled)], &["*"]);
    on_condition(&mut changes, json!({ "Bool": { "acs:MFAPresent": ["true"] } }));
    statements(&[allow(&looks(filled), &["*"]), changes])
}

fn from_addresses(filled: &Filled<'_>) -> Value {
    let mut refuses = json!({ "Effect": "Deny", "Action": ["*"], "Resource": ["*"] });
    let addresses: Vec<&str> = networks(filled.get(&ADDRESSES)).collect();
    on_condition(&mut refuses, json!({ "NotIpAddress": { "acs:SourceIp": addresses } }));
    statements(&[refuses])
}

fn statements(statements: &[Value]) -> Value {
    json!({ "Version": "1", "Statement": statements })
}

fn allow(actions: &[String], resources: &[&str]) -> Value {
    json!({ "Effect": "Allow", "Action": actions, "Resource": resources })
}

fn on_condition(statement: &mut Value, condition: Value) {
    if let Some(members) = statement.as_object_mut() {
        members.insert("Condition".to_owned(), condition);
    }
}

/// Every action of the service.
fn every(filled: &Filled<'_>) -> String {
    format!("{}:*", filled.get(&A_SERVICE))
}

/// What sees things of the service: by the first words of its actions where all that begin so only look, such as
/// `ecs:Describe*`, and one by one where not.
fn looks(filled: &Filled<'_>) -> Vec<String> {
    let service = filled.get(&A_SERVICE);
    let changes: Vec<&str> =
        ["Write", "Permissions"].iter().flat_map(|level| filled.words.of_level(service, level)).collect();
    let verbs = LOOKS.iter().flat_map(|level| filled.words.of_level(service, level)).map(|action| {
        let verb = verb(action);
        match changes.iter().any(|change| change.starts_with(verb)) {
            true => action.to_owned(),
            false => format!("{verb}*"),
        }
    });
    let mut actions: Vec<String> = verbs.collect();
    actions.sort();
    actions.dedup();
    // Whoever may not know the actions of a service can still write what most of them are called.
    if actions.is_empty() {
        actions = ["Describe*", "Get*", "List*"].map(|verb| format!("{service}:{verb}")).into();
    }
    actions
}

/// The service of an action and the first word of its name.
fn verb(action: &str) -> &str {
    let name = action.find(':').map_or(0, |at| at + 1);
    let capitals = action.char_indices().filter(|(at, c)| *at > name && c.is_ascii_uppercase());
    let end = capitals.map(|(at, _)| at).next().unwrap_or(action.len());
    action.get(..end).unwrap_or(action)
}

fn is_code(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

fn is_account(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_digit())
}

/// A name as resources have them, or a pattern of such names.
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.*?".contains(c))
}

fn is_folder(text: &str) -> bool {
    !text.trim_matches('/').is_empty() && !text.starts_with('/') && is_word(text)
}

fn is_key(text: &str) -> bool {
    is_word(text) && !text.contains(['/', ' '])
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && !text.chars().any(char::is_control)
}

fn networks(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', '\n', ' ', '，']).map(str::trim).filter(|part| !part.is_empty())
}

/// Addresses, or networks as `10.0.0.0/8`.
fn are_networks(text: &str) -> bool {
    let is_network = |part: &str| {
        let (address, bits) = part.split_once('/').unwrap_or((part, "0"));
        let most = match address.parse::<std::net::IpAddr>() {
            Ok(std::net::IpAddr::V4(_)) => 32,
            Ok(std::net::IpAddr::V6(_)) => 128,
            Err(_) => return false,
        };
        bits.parse::<u8>().is_ok_and(|bits| bits <= most)
    };
    networks(text).next().is_some() && networks(text).all(is_network)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;
    use crate::pairs::encode;

    #[test]
    fn blanks_take_what_policies_can_say() {
        for (blank, good, bad) in [
            (&A_SERVICE, vec!["ecs"], vec!["", "ecs:", "e cs"]),
            (&TAG_KEY, vec!["team", "部门"], vec!["", "a/b", "a b"]),
            (&ACCOUNT, vec!["1234"], vec!["", "company-a", "12 34"]),
            (&ROLE, vec!["ops", "ops-*"], vec!["", "a/b", "a:b"]),
            (&FOLDER, vec!["a", "a/b/", "a b"], vec!["", "/", "/a"]),
            (
                &ADDRESSES,
                vec!["10.0.0.1", "10.0.0.0/8, fd00::/8\n192.168.0.1"],
                vec!["", ",", "10.0.0.0/33", "ten", "10.0.0.0/"],
            ),
        ] {
            for text in good {
                assert!((blank.takes)(text), "{}: {text}", blank.field.name);
            }
            for text in bad {
                assert!(!(blank.takes)(text), "{}: {text}", blank.field.name);
            }
        }
    }

    #[test]
    fn what_is_not_filled_in_is_named() {
        let words = Vocabulary::default();
        let form = Pairs::read(&encode([("blank-Account", "1234"), ("blank-Role", "a/b")]));
        let assume = Template::find("assume-one-role").unwrap();
        let wrong = assume.fill(&Filled { form: &form, words: &words }).err().unwrap();
        assert_eq!(wrong.field.name, "blank-Role");
    }

    #[test]
    fn every_template_is_told_in_both_languages_and_its_key_can_name_a_policy() {
        for template in TEMPLATES {
            for language in [Language::English, Language::Chinese] {
                let about = template.about.in_language(language);
                assert!(about.ends_with(['.', '。']), "{about}");
                assert!(!template.name.in_language(language).is_empty());
            }
            assert!(template.key.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", template.key);
        }
        assert_ne!(TAGGED.in_language(Language::English), TAGGED.in_language(Language::Chinese));
    }

    #[test]
    fn a_verb_is_the_first_word_of_an_action() {
        for (action, first) in
            [("ecs:DescribeInstances", "ecs:Describe"), ("ram:GetUser", "ram:Get"), ("oss:list", "oss:list")]
        {
            assert_eq!(verb(action), first);
        }
    }
}
