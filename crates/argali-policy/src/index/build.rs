//! Files the statements of a pool.

use std::collections::BTreeMap;
use std::hash::BuildHasherDefault;

use smallvec::SmallVec;

use super::key::{Place, Stretch, action_stretch, resource_stretches};
use super::{AlreadyHashed, Bucket, Index, PlaceLengths, Policies, Posting};
use crate::statement::{Saying, Selection, Statement};

#[expect(clippy::disallowed_types, reason = "only looked up, never gone through")]
type Counts = std::collections::HashMap<u64, u32, BuildHasherDefault<AlreadyHashed>>;

/// Stretches under which a statement may be filed: one of the inner list for each of its patterns.
type Choices = SmallVec<[SmallVec<[Stretch; 5]>; 2]>;

/// A statement to be filed.
struct Filing {
    posting: Posting,
    saying: Saying,
    /// By action; by resource. `None` if a pattern says nothing literally where it could be looked up.
    choices: [Option<Choices>; 2],
}

pub(super) fn index(policies: &Policies) -> Index {
    let filings = filings(policies);
    let mut counts = Counts::default();
    for stretch in filings.iter().flat_map(|filing| &filing.choices).flatten().flatten().flatten() {
        *counts.entry(stretch.key).or_default() += 1;
    }
    let mut shelves = Shelves::default();
    for filing in &filings {
        let stretches = filing.choices.iter().flatten().map(|choices| rarest(choices, &counts));
        match stretches.min_by_key(|(cost, _)| *cost) {
            Some((_, stretches)) => shelves.file(filing, &stretches),
            None => shelves.rest.push(filing),
        }
    }
    shelves.close()
}

fn filings(policies: &Policies) -> Vec<Filing> {
    let mut filings = Vec::new();
    for (policy, (_, document)) in (0..).zip(policies) {
        for (number, statement) in (0..).zip(document.statements()) {
            let Statement { signature, saying, .. } = *statement;
            let by_action =
                choices(&statement.action, |pattern| action_stretch(pattern).into_iter().collect());
            let by_resource = choices(&statement.resource, resource_stretches);
            filings.push(Filing {
                posting: Posting { signature, policy, statement: number },
                saying,
                choices: [by_action, by_resource],
            });
        }
    }
    filings
}

fn choices(
    selection: &Selection,
    stretches: impl Fn(&crate::pattern::Pattern) -> SmallVec<[Stretch; 5]>,
) -> Option<Choices> {
    if selection.except {
        return None;
    }
    let choices =
        selection.patterns.iter().map(|pattern| Some(stretches(pattern)).filter(|some| !some.is_empty()));
    choices.collect()
}

/// For each pattern the stretch that fewest share, and how many share them altogether.
fn rarest(choices: &Choices, counts: &Counts) -> (u64, SmallVec<[Stretch; 4]>) {
    let count = |stretch: &Stretch| counts.get(&stretch.key).copied().unwrap_or_default();
    let rarest: SmallVec<[Stretch; 4]> = choices
        .iter()
        .filter_map(|stretches| stretches.iter().min_by_key(|stretch| count(stretch)))
        .copied()
        .collect();
    (rarest.iter().map(|stretch| u64::from(count(stretch))).sum(), rarest)
}

/// What has been filed so far.
#[derive(Default)]
struct Shelves<'f> {
    buckets: BTreeMap<u64, Vec<&'f Filing>>,
    rest: Vec<&'f Filing>,
    places: BTreeMap<Place, (BTreeMap<u16, ()>, bool)>,
}

impl<'f> Shelves<'f> {
    fn file(&mut self, filing: &'f Filing, stretches: &[Stretch]) {
        for stretch in stretches {
            self.buckets.entry(stretch.key).or_default().push(filing);
            let (beginnings, whole) = self.places.entry(stretch.place).or_default();
            if stretch.whole {
                *whole = true;
            } else {
                beginnings.insert(stretch.length, ());
            }
        }
    }

    fn close(self) -> Index {
        let mut postings = Vec::new();
        let rest = lay_out(&self.rest, &mut postings);
        let buckets =
            self.buckets.iter().map(|(key, filings)| (*key, lay_out(filings, &mut postings))).collect();
        let places = self.places.into_iter().map(|(place, (beginnings, whole))| PlaceLengths {
            place,
            beginnings: beginnings.into_keys().collect(),
            whole,
        });
        Index { places: places.collect(), buckets, rest, postings: postings.into() }
    }
}

/// Appends the postings of a bucket: Deny, then Allow.
fn lay_out(filings: &[&Filing], postings: &mut Vec<Posting>) -> Bucket {
    let end = |postings: &Vec<Posting>| u32::try_from(postings.len()).unwrap_or(u32::MAX);
    let mut append = |saying| {
        postings.extend(filings.iter().filter(|filing| filing.saying == saying).map(|filing| filing.posting));
        end(postings)
    };
    let deny = append(Saying::Deny);
    let allow = append(Saying::Allow);
    let denies = filings.iter().filter(|filing| filing.saying == Saying::Deny).count();
    Bucket { start: deny - u32::try_from(denies).unwrap_or(u32::MAX), allow: deny, end: allow }
}
