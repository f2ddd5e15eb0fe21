//! The engine beside an ordered map.

use std::collections::BTreeMap;
use std::ops::Bound;

use super::{Subject, change};
use crate::dice::Dice;
use crate::{Pair, Store};

/// Whatever is done to it, in any order. A seed that fails is named.
pub fn it_behaves_like_an_ordered_map(subject: &Subject) {
    for seed in 0..20 {
        let store = subject.open();
        change(&store, |transaction| {
            let all = transaction.scan(b"\0", &[0xff; 5], usize::MAX).unwrap();
            all.iter().for_each(|(key, _)| transaction.delete(key));
        });
        let mut dice = Dice::new(seed);
        let mut map = BTreeMap::new();
        for step in 0..60 {
            random_transaction(&store, &mut map, &mut dice)
                .unwrap_or_else(|difference| panic!("seed {seed}, step {step}: {difference}"));
        }
    }
}

fn random_transaction(
    store: &Store,
    map: &mut BTreeMap<Vec<u8>, Vec<u8>>,
    dice: &mut Dice,
) -> Result<(), String> {
    let mut draft = map.clone();
    let mut transaction = store.write().unwrap();
    for _ in 0..dice.below(8) {
        let key = self::key(dice);
        match dice.below(4) {
            0 => {
                transaction.delete(&key);
                draft.remove(&key);
            }
            1 => same("get", &transaction.get(&key).unwrap(), &draft.get(&key).cloned())?,
            2 => {
                let (end, limit) = (self::key(dice), index(dice, 6));
                let found = transaction.scan(&key, &end, limit).unwrap();
                same("scan", &found, &page_of(&draft, &key, &end, limit))?;
            }
            _ => {
                let value = vec![byte(dice); index(dice, 40)];
                transaction.put(&key, &value);
                draft.insert(key, value);
            }
        }
    }
    match dice.below(4) {
        0 => drop(transaction),
        1 => {
            drop(transaction.commit().unwrap());
            *map = draft;
        }
        _ => {
            transaction.commit().unwrap().wait().unwrap();
            *map = draft;
            let reader = store.read().unwrap();
            let all = reader.scan(b"\0", &[0xff; 5], usize::MAX).unwrap();
            same("the whole", &all, &page_of(map, b"\0", &[0xff; 5], usize::MAX))?;
        }
    }
    Ok(())
}

fn page_of(map: &BTreeMap<Vec<u8>, Vec<u8>>, start: &[u8], end: &[u8], limit: usize) -> Vec<Pair> {
    if start >= end {
        return vec![];
    }
    let range = map.range::<[u8], _>((Bound::Included(start), Bound::Excluded(end)));
    range.take(limit).map(|(key, value)| (key.clone(), value.clone())).collect()
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, found: &T, expected: &T) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("{what}: {found:?} instead of {expected:?}")) }
}

/// Few and alike, so that they meet.
fn key(dice: &mut Dice) -> Vec<u8> {
    (0..=dice.below(3)).map(|_| [0, b'a', b'b', 0xff][index(dice, 4)]).collect()
}

fn index(dice: &mut Dice, end: u64) -> usize {
    usize::try_from(dice.below(end)).unwrap()
}

fn byte(dice: &mut Dice) -> u8 {
    u8::try_from(dice.below(256)).unwrap()
}
