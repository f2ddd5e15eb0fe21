//! Old bytes of what lies in recycle bins and of reports still read, as those of other records do in `golden`.

use std::sync::Arc;

use argali_store::{Store, Transaction};

use super::credential_report::CredentialReportPart;
use super::golden::{Counting, Still, check, example_user};
use super::{
    AccessKey, ArchivedFinding, CredentialReport, GovernanceColumn, GovernanceFinding, GovernanceReport,
    GovernanceValue, KeyOwner, RecycledKey, RecycledUser, Tags, empty_recycle_bins,
};
use crate::env::Env;
use crate::identifier::UserId;
use crate::name::{GovernanceItem, GovernanceValueKind};
use crate::time::Timestamp;
use crate::vault::{SecretKey, SecretText};

const AT: Timestamp = Timestamp::from_millis(1_750_000_000_123);

fn recycled_key(id: &str, user: UserId) -> RecycledKey {
    let env = Env::new(Arc::new(Still), Arc::new(Counting));
    let owner = ("11223344".parse().unwrap(), KeyOwner::User(user));
    let secret = SecretText::new("a secret".to_owned());
    let mut key = AccessKey::seal(&env, &SecretKey::new([1; 32]), id.to_owned(), owner, &secret);
    key.sessions_not_before = Some(7);
    RecycledKey { key, recycled_at: AT, expires_at: AT.plus_seconds(60) }
}

#[test]
fn what_every_format_wrote_of_bins_and_reports_reads_as_the_same() {
    let user = UserId::generate(&Env::new(Arc::new(Still), Arc::new(Counting)));
    let recycled = RecycledUser {
        user: example_user(user, AT, Tags::new()),
        recycled_at: AT,
        expires_at: AT.plus_seconds(60),
    };
    check("RecycledUser", &recycled);
    check("RecycledKey", &recycled_key("LTAI5tExample", user));
    check("CredentialReport", &CredentialReport { generated_at: AT, rows: 2 });
    let finding = GovernanceFinding {
        item: GovernanceItem::RecentAccountLoginTimes,
        metric: GovernanceValue::Number(1),
        columns: [("LoginTime", GovernanceValueKind::String), ("MFAPresent", GovernanceValueKind::Boolean)]
            .map(GovernanceColumn::from)
            .into(),
        rows: vec![vec![GovernanceValue::String("2025-06-15T15:06:40Z".to_owned()), false.into()]],
    };
    check("GovernanceReport", &GovernanceReport { generated_at: AT, findings: vec![finding] });
    let reason = "the auditor needs it".to_owned();
    check(
        "ArchivedFinding",
        &ArchivedFinding { reason, by: "acs:ram::11223344:user/alice".to_owned(), at: AT },
    );
    check(
        "CredentialReportPart",
        &CredentialReportPart { rows: vec!["<root>,TRUE".to_owned(), "a@b".to_owned()] },
    );
}

#[test]
fn keys_in_the_bin_are_found_by_their_user_until_they_are_gone() {
    let (store, env) = (Store::memory(), Env::system());
    let account = "11223344".parse().unwrap();
    let (alice, bob) = (UserId::generate(&env), UserId::generate(&env));
    let change = |body: &dyn Fn(&mut dyn Transaction)| {
        let changed = store.transact(|tx| {
            body(tx);
            Ok::<_, argali_store::StoreError>(())
        });
        changed.unwrap().1.wait().unwrap();
    };
    let ids = |user| {
        let found = RecycledKey::of_user(store.read().unwrap().as_ref(), account, user).unwrap();
        found.into_iter().map(|recycled| recycled.key.id).collect::<Vec<_>>()
    };
    change(&|tx| {
        for (id, user) in [("A1", alice), ("A2", alice), ("B1", bob)] {
            recycled_key(id, user).save(tx);
        }
    });
    assert_eq!([ids(alice), ids(bob)], [vec!["A1".to_owned(), "A2".to_owned()], vec!["B1".to_owned()]]);
    change(&|tx| recycled_key("A1", alice).delete(tx));
    assert_eq!(ids(alice), ["A2"]);
    change(&|tx| assert_eq!(empty_recycle_bins(tx, AT.plus_seconds(61), 10).unwrap(), 2));
    let left = store.read().unwrap().scan(&[0], &[0xff], usize::MAX).unwrap();
    assert!(left.is_empty(), "{left:?}");
}
