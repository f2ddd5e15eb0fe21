//! Look-ups find exactly what going through all records would find, whatever lies in indexes, memory or files.

use std::sync::Arc;

use proptest::prelude::*;

use super::event::{CallerRecord, Event};
use super::index::{Marks, Wanted};
use super::look_up::{By, Facets, Found, Order, Query};
use super::segment::files;
use super::segments::{Record, Segments};
use crate::identifier::AccountId;
use crate::time::Timestamp;

fn account(number: u8) -> AccountId {
    format!("1000{number}").parse().unwrap()
}

fn event(number: usize, seed: u8) -> Event {
    let pick = |words: &[&str], by: u8| words[usize::from(by) % words.len()].to_owned();
    let accounts = match seed % 4 {
        0 => vec![account(1)],
        1 => vec![account(2)],
        2 => vec![account(1), account(2)],
        _ => Vec::new(),
    };
    let caller = CallerRecord {
        account: account(1),
        kind: "SubUser".into(),
        principal_id: String::new(),
        arn: format!("acs:ram::10001:user/{}", pick(&["alice", "bob"], seed / 4)),
        began_ms: None,
        mfa_present: None,
        chain: Vec::new(),
    };
    Event {
        request_id: format!("R-{number}"),
        time_ms: 1_000_000 + number as i64 * 700,
        action: pick(&["ListUsers", "CreateUser", "AssumeRole"], seed / 8),
        write: seed / 8 % 3 == 1,
        product: Some(pick(&["Ram", "Sts"], seed / 32)),
        access_key_id: Some(pick(&["LTAI1", "LTAI2", "STS.3"], seed / 64)),
        caller: Some(Arc::new(caller)),
        accounts,
        ..Event::default()
    }
}

fn append(segments: &mut Segments, events: &[Event]) {
    for event in events {
        let text = serde_json::to_vec(event).unwrap();
        segments.append(&[Record { text, marks: Marks::of(event), again: None }]).unwrap();
    }
}

fn look_up(segments: &Segments, query: &Query) -> Found {
    let (closed, open) = segments.parts(&Wanted::of(query));
    query.run(&closed, open).unwrap()
}

/// All pages of a look-up.
fn all_pages(segments: &Segments, make: &dyn Fn() -> Query) -> Vec<String> {
    let mut query = make();
    let mut found = Vec::new();
    loop {
        let page = look_up(segments, &query);
        assert!(page.events.len() <= query.at_most);
        found.extend(page.events.into_iter().map(|event| event.request_id));
        match page.next {
            Some(next) => query = Query { after: Some(next), ..make() },
            None => return found,
        }
    }
}

fn by_looking_at_all(events: &[Event], query: &Query) -> Vec<String> {
    let user = |event: &Event| event.caller.as_ref().unwrap().user_name().into_owned();
    let mut found: Vec<_> = events
        .iter()
        .filter(|event| event.accounts.contains(&query.account))
        .filter(|event| (query.from..query.until).contains(&Timestamp::from_millis(event.time_ms)))
        .filter(|event| match &query.by {
            By::Account => true,
            By::Request(id) => event.request_id == *id,
            By::AccessKey(id) => event.access_key_id.as_ref() == Some(id),
            By::Session(_) => false,
        })
        .filter(|event| query.facets.action.as_ref().is_none_or(|action| event.action == *action))
        .filter(|event| query.facets.product.as_ref().is_none_or(|name| event.product.as_ref() == Some(name)))
        .filter(|event| query.facets.write.is_none_or(|write| event.write == write))
        .filter(|event| !query.facets.notable || event.write || event.refusal.is_some())
        .filter(|event| query.facets.user.as_ref().is_none_or(|name| user(event) == *name))
        .map(|event| event.request_id.clone())
        .collect();
    if query.order == Order::NewestFirst {
        found.reverse();
    }
    found
}

#[derive(Clone, Debug)]
struct Asked {
    account: u8,
    from: i64,
    until: i64,
    newest_first: bool,
    by: By,
    facets: Facets,
    at_most: usize,
}

impl Asked {
    fn query(&self) -> Query {
        Query {
            from: Timestamp::from_millis(self.from),
            until: Timestamp::from_millis(self.until),
            order: if self.newest_first { Order::NewestFirst } else { Order::OldestFirst },
            by: self.by.clone(),
            facets: self.facets.clone(),
            at_most: self.at_most,
            ..Query::of(account(self.account))
        }
    }
}

fn asked() -> impl Strategy<Value = Asked> {
    let by = prop_oneof![
        4 => Just(By::Account),
        1 => (0..60).prop_map(|number| By::Request(format!("R-{number}"))),
        2 => prop_oneof!["LTAI1", "LTAI2", "STS.3", "LTAI4"].prop_map(By::AccessKey),
    ];
    let facets = (
        proptest::option::of(prop_oneof!["Ram", "Sts", "Ecs"]),
        proptest::option::of(prop_oneof!["ListUsers", "CreateUser", "AssumeRole"]),
        proptest::option::of(prop_oneof!["alice", "bob"]),
        proptest::option::of(any::<bool>()),
        any::<bool>(),
    );
    let facets = facets.prop_map(|(product, action, user, write, notable)| Facets {
        product,
        action,
        user,
        write,
        begins_session: false,
        notable,
    });
    let span = prop_oneof![Just((i64::MIN, i64::MAX)), (990_000..1_040_000_i64, 990_000..1_050_000_i64)];
    (1..4_u8, span, any::<bool>(), by, facets, 1..7_usize).prop_map(
        |(account, (from, until), newest_first, by, facets, at_most)| Asked {
            account,
            from,
            until,
            newest_first,
            by,
            facets,
            at_most,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn look_ups_find_what_going_through_all_would(
        seeds in proptest::collection::vec(any::<u8>(), 0..60),
        questions in proptest::collection::vec(asked(), 1..12),
        longest in 300..20_000_u64,
    ) {
        let events: Vec<_> = seeds.iter().enumerate().map(|(number, seed)| event(number, *seed)).collect();
        let folder = tempfile::tempdir().unwrap();
        let mut in_files = Segments::open(folder.path(), longest, None).unwrap();
        append(&mut in_files, &events);
        let mut in_memory = Segments::default();
        append(&mut in_memory, &events);
        let opened_again = Segments::open(folder.path(), longest, Some(in_files.head())).unwrap();
        for asked in &questions {
            let expected = by_looking_at_all(&events, &asked.query());
            for segments in [&in_files, &in_memory, &opened_again] {
                prop_assert_eq!(&all_pages(segments, &|| asked.query()), &expected, "{:?}", asked);
            }
        }
    }
}

#[test]
fn an_index_that_is_damaged_or_gone_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let mut segments = Segments::open(folder.path(), 1_000, None).unwrap();
    let events: Vec<_> = (0..40).map(|number| event(number, 2)).collect();
    append(&mut segments, &events);
    let query = || Query { at_most: 100, ..Query::of(account(2)) };
    let expected = by_looking_at_all(&events, &query());
    assert_eq!(all_pages(&segments, &query), expected);
    let indexes: Vec<_> = files(folder.path())
        .unwrap()
        .iter()
        .map(|file| file.with_extension("index"))
        .filter(|i| i.exists())
        .collect();
    assert!(indexes.len() > 3);
    let good = std::fs::read(&indexes[0]).unwrap();
    for at in 0..good.len() {
        let mut bent = good.clone();
        bent[at] ^= 0x10;
        std::fs::remove_file(&indexes[0]).unwrap();
        std::fs::write(&indexes[0], &bent).unwrap();
        let again = Segments::open(folder.path(), 1_000, Some(segments.head())).unwrap();
        assert_eq!(all_pages(&again, &query), expected, "byte {at}");
        assert_eq!(std::fs::read(&indexes[0]).unwrap(), good, "byte {at}");
    }
    std::fs::remove_file(&indexes[1]).unwrap();
    let again = Segments::open(folder.path(), 1_000, Some(segments.head())).unwrap();
    assert!(!again.is_indexed());
    assert_eq!(all_pages(&again, &query), expected);
}

#[test]
fn a_look_up_that_reads_much_is_gone_on_with() {
    let mut segments = Segments::default();
    let events: Vec<_> = (0..10_050).map(|number| event(number, 0)).collect();
    append(&mut segments, &events);
    let query = |after| Query {
        keep: Box::new(|event| event.request_id == "R-3"),
        after,
        at_most: 10,
        ..Query::of(account(1))
    };
    let first = look_up(&segments, &query(None));
    assert!(first.events.is_empty() && first.next.is_some(), "it looked at the newest ten thousand");
    let second = look_up(&segments, &query(first.next));
    assert_eq!((second.events[0].request_id.as_str(), second.next), ("R-3", None));
}

#[test]
fn old_segments_are_forgotten_together_with_their_files() {
    let folder = tempfile::tempdir().unwrap();
    let mut segments = Segments::open(folder.path(), 1_000, None).unwrap();
    let events: Vec<_> = (0..40).map(|number| event(number, 0)).collect();
    append(&mut segments, &events);
    let before = files(folder.path()).unwrap();
    let first = segments.seam_after(1).unwrap().unwrap();
    let (oldest, _) = segments.parts(&Wanted::request("R-0"));
    segments.forget_before(first);
    for segment in &oldest[..2] {
        segment.keep_index().unwrap();
        segment.remove().unwrap();
    }
    assert_eq!(files(folder.path()).unwrap(), before[2..]);
    let query = || Query { at_most: 100, ..Query::of(account(1)) };
    let left: Vec<_> =
        events[usize::try_from(first.number).unwrap()..].iter().rev().map(|e| e.request_id.clone()).collect();
    assert_eq!(all_pages(&segments, &query), left);
    // Whoever still has the removed ones at hand finds nothing in them.
    assert!(query().run(&oldest[..2], None).unwrap().events.is_empty());
    let again = Segments::open(folder.path(), 1_000, Some(segments.head())).unwrap();
    assert_eq!(all_pages(&again, &query), left);
}
