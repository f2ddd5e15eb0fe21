//! Old bytes still read: one record of each kind, as every format so far wrote it.
//!
//! `golden.txt` has a line a record: its name and its bytes. Lines are added when a format changes and never
//! changed or removed.

use std::fmt::{self, Write as _};
use std::sync::Arc;

use argali_policy::{Document, DocumentKind};
use argali_store::{Store, StoreError};

use super::record::{from_bytes, to_bytes};
use super::{
    AccessKey, Account, AccountStatus, Association, Attachment, AttachmentScope, GrantUse, Group, KeyOwner,
    LastTwo, LastUse, Membership, NetworkPolicy, NewRole, Policy, PolicyRef, PolicyVersion, Principal,
    Record, RepeatedCall, ResourceGroup, ResourceGroupId, ResourceGroupSettings, Role, Tags, TokenKeyRecord,
    User, VersionId,
};
use crate::env::{Clock, Entropy, Env};
use crate::identifier::{AccountId, GroupId, PolicyId, RoleId, UserId};
use crate::name::{KeyStatus, PolicyType, RoleVisibility};
use crate::time::Timestamp;
use crate::vault::{SecretKey, SecretText};

#[test]
fn what_every_format_wrote_reads_as_the_same() {
    let account: AccountId = "11223344".parse().unwrap();
    let env = Env::new(Arc::new(Still), Arc::new(Counting));
    let at = Timestamp::from_millis(1_750_000_000_123);
    let (user, group, role) = (UserId::generate(&env), GroupId::generate(&env), RoleId::generate(&env));
    let policy = PolicyRef { kind: PolicyType::Custom, name: "ops-policy".parse().unwrap() };
    let tags: Tags = [("team".parse().unwrap(), "ops".parse().unwrap())].into_iter().collect();

    check("AccountId", &account);
    check("Account", &example_account(account, at));
    let ended = Some(LastTwo::and(Some(LastTwo::and(None, at)), at.plus_seconds(60)));
    check(
        "Account whose sessions were ended",
        &Account { sessions_ended: ended, ..example_account(account, at) },
    );
    let owner_email = Some("owner@company-a.example".parse().unwrap());
    check("Account whose owner has an address", &Account { owner_email, ..example_account(account, at) });
    let mut key = AccessKey::seal(
        &env,
        &SecretKey::new([1; 32]),
        "LTAI5tExample".to_owned(),
        (account, KeyOwner::User(user)),
        &SecretText::new("a secret".to_owned()),
    );
    key.status = KeyStatus::Inactive;
    check("AccessKey", &key);
    key.updated_at = Some(at);
    check("AccessKey that was switched", &key);
    key.network_policy = Some(NetworkPolicy::NONE.to_owned());
    check("AccessKey with a network policy", &key);
    check("GrantUse", &GrantUse { at });
    check("LastUse", &LastUse { at, service: "Sts".to_owned() });
    for (name, tags) in [("User", Tags::new()), ("User with tags", tags.clone())] {
        check(name, &example_user(user, at, tags));
    }
    let group_called = |display_name| Group {
        id: group,
        name: "Ops".parse().unwrap(),
        comments: Some("on call".parse().unwrap()),
        created_at: at,
        updated_at: at,
        display_name,
    };
    check("Group", &group_called(None));
    check("Group with a display name", &group_called(Some("Operations".parse().unwrap())));
    check("Membership", &Membership { user, group, joined_at: at });
    for (name, tags) in [("Role", Tags::new()), ("Role with tags", tags.clone())] {
        check(name, &example_role(role, at, tags, None));
    }
    let hidden = Store::memory().transact(|tx| {
        let mut role = example_role(role, at, Tags::new(), None);
        role.set_visibility(tx, account, RoleVisibility::Hidden);
        Ok::<_, StoreError>(role)
    });
    let mut closed = example_role(role, at, Tags::new(), None);
    (closed.sessions_ended, closed.trust_written, closed.closed_to_people_at) = (ended, ended, Some(at));
    check("Role whose sessions were ended", &closed);
    check("Role that is hidden", &hidden.unwrap().0);
    let service = Some("nas.aliyuncs.com".to_owned());
    check("Role of a service", &example_role(role, at, Tags::new(), service));
    for (name, tags) in [("Policy", Tags::new()), ("Policy with tags", tags)] {
        check(name, &example_policy(PolicyId::generate(&env), at, tags));
    }
    check(
        "PolicyVersion",
        &PolicyVersion { id: VersionId::FIRST.next(), document: "{}".to_owned(), created_at: at },
    );
    for (name, principal) in [
        ("Attachment to a user", Principal::User(user)),
        ("Attachment to a group", Principal::Group(group)),
        ("Attachment to a role", Principal::Role(role)),
    ] {
        let scope = match principal {
            Principal::Role(_) => AttachmentScope::Account,
            _ => AttachmentScope::ResourceGroup(ResourceGroupId::default_of(account)),
        };
        check(name, &Attachment { principal, scope, policy: policy.clone(), attached_at: at });
    }
    check(
        "TokenKey",
        &TokenKeyRecord { id: 1, wrapped: vec![1, 2, 3], created_at: at, verify_only_since: Some(at) },
    );
    check(
        "ResourceGroup",
        &ResourceGroup {
            id: "rg-aekz25pfurj0000".parse().unwrap(),
            name: "Project-A".parse().unwrap(),
            display_name: "Project A".parse().unwrap(),
            created_at: at,
            tags: [("team".parse().unwrap(), "ops".parse().unwrap())].into_iter().collect(),
        },
    );
    let association = Association { whole: "ecs.instance".to_owned(), part: "ecs.disk".to_owned() };
    check(
        "ResourceGroupSettings",
        &ResourceGroupSettings {
            creator_as_admin: true,
            associated_transfer: true,
            stays: vec![association],
            auto_grouping: false,
            notification: false,
        },
    );
    check("RepeatedCall", &RepeatedCall { fingerprint: [7; 32], answer: "{}".to_owned(), expires_at: at });
}

/// All lines of `name` read as `record`, and what is written today is one of them.
pub(super) fn check<R: Record + fmt::Debug>(name: &str, record: &R) {
    let lines = include_str!("golden.txt").lines().filter_map(|line| line.split_once(": "));
    let of_name: Vec<_> = lines.filter(|(other, _)| *other == name).map(|(_, bytes)| bytes).collect();
    for bytes in &of_name {
        let read: R = from_bytes(&unhex(bytes)).unwrap();
        assert_eq!(format!("{read:?}"), format!("{record:?}"), "{name}: {bytes}");
    }
    let today = hex(&to_bytes(record));
    assert!(of_name.contains(&today.as_str()), "a new format; if it is meant, add\n{name}: {today}");
}

fn example_account(id: AccountId, at: Timestamp) -> Account {
    Account {
        id,
        alias: Some("company-a".parse().unwrap()),
        name: "Company A".to_owned(),
        status: AccountStatus::Closed,
        created_at: at,
        wrapped_data_key: vec![9; 4],
        sessions_not_before: 7,
        open_gates: vec!["vpc".to_owned()],
        sessions_ended: None,
        owner_email: None,
    }
}

pub(super) fn example_user(id: UserId, at: Timestamp, tags: Tags) -> User {
    User {
        id,
        name: "Alice".parse().unwrap(),
        display_name: Some("Alice A.".parse().unwrap()),
        mobile_phone: Some("86-18600000000".parse().unwrap()),
        email: Some("alice@example.com".parse().unwrap()),
        comments: None,
        created_at: at,
        updated_at: at,
        sessions_not_before: 3,
        tags,
    }
}

fn example_role(id: RoleId, at: Timestamp, tags: Tags, linked_to: Option<String>) -> Role {
    let text = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"RAM":"acs:ram::12345678:root"}}]}"#;
    let trust = Document::parse(DocumentKind::Trust, text).unwrap();
    Role::from(NewRole {
        id,
        name: "ecs-admin".parse().unwrap(),
        description: Some("for company B".parse().unwrap()),
        trust: (text.to_owned(), &trust),
        max_session_duration_s: 7_200,
        allow_console_login: true,
        tags,
        linked_to,
        at,
    })
}

fn example_policy(id: PolicyId, at: Timestamp, tags: Tags) -> Policy {
    Policy {
        id,
        name: "ops-policy".parse().unwrap(),
        description: None,
        default_version: VersionId::FIRST,
        latest_version: VersionId::FIRST.next(),
        created_at: at,
        updated_at: at,
        tags,
    }
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        write!(text, "{byte:02x}").unwrap();
    }
    text
}

fn unhex(text: &str) -> Vec<u8> {
    let digits = text.as_bytes().chunks_exact(2).map(|pair| std::str::from_utf8(pair).unwrap());
    digits.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}

#[derive(Debug)]
pub(super) struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_750_000_000_123)
    }
}

/// Always the same bytes, so that sealed secrets are the same, too.
#[derive(Debug)]
pub(super) struct Counting;

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for (byte, number) in bytes.iter_mut().zip(0..=u8::MAX) {
            *byte = number;
        }
    }
}
