//! `kill -9` while receivers are told: every change that was acknowledged is told, in order, though some twice.
// SPEC: security, storage, S1.

use std::collections::BTreeSet;
use std::time::Duration;

use argali_testkit::{Client, Receiver};

use crate::expect::Calls;
use crate::process::Installation;
use crate::stage::text;

const ROUNDS: usize = 3;
/// How often it is looked whether something has come, and how many times.
const LOOK_EVERY: Duration = Duration::from_millis(5);
const LOOKS: usize = 12_000;

/// Makes groups until the server is gone: the ids of the calls that were acknowledged.
fn write(owner: &Client, round: usize) -> Vec<String> {
    let mut acknowledged = Vec::new();
    loop {
        let name = format!("g-{round}-{}", acknowledged.len());
        match owner.attempt("Ram", "CreateGroup", &[("GroupName", &name)]) {
            Ok(made) => acknowledged.push(text(&made.unwrap()["RequestId"])),
            Err(_) => return acknowledged,
        }
    }
}

fn wait_until(mut reached: impl FnMut() -> bool, what: &str) {
    for _ in 0..LOOKS {
        if reached() {
            return;
        }
        std::thread::park_timeout(LOOK_EVERY);
    }
    panic!("{what}");
}

/// The ids of all events that were taken, each where it came first.
fn taken(receiver: &Receiver) -> Vec<String> {
    let mut known = BTreeSet::new();
    let ids = receiver.taken().into_iter().map(|told| text(&told["event"]["eventId"]));
    ids.filter(|id| known.insert(id.clone())).collect()
}

#[test]
fn a_killed_server_tells_everything_in_the_end() {
    let (installation, receiver) = (Installation::new(), Receiver::start());
    let settings = [("ARGALI_WEBHOOKS_ALLOWED_ADDRESSES", "127.0.0.0/8"), ("ARGALI_QUOTA_GROUPS", "100000")];
    let mut process = installation.serve_with("info", &settings);
    let owner = installation.create_account("company-a", "11223344");
    let params = [("WebhookName", "Alarm"), ("Url", &receiver.url()), ("AuthActions", "ram:CreateGroup")];
    process.client(owner.clone()).must("Argali", "CreateWebhook", &params);
    let mut acknowledged = Vec::new();
    for round in 0..ROUNDS {
        let (client, before) = (process.client(owner.clone()), receiver.received().len());
        let ids = std::thread::scope(|scope| {
            let writer = scope.spawn(|| write(&client, round));
            wait_until(|| receiver.received().len() > before + 2, "nothing is told");
            process.kill();
            writer.join().unwrap()
        });
        acknowledged.extend(ids);
        process = installation.serve_with("info", &settings);
    }
    let last = acknowledged.last().unwrap().clone();
    wait_until(|| receiver.taken().iter().any(|told| told["event"]["eventId"] == last), "something is lost");
    let (all, told) = (acknowledged.iter().collect::<BTreeSet<_>>(), taken(&receiver));
    let told: Vec<_> = told.iter().filter(|id| all.contains(id)).collect();
    assert!(
        told.into_iter().eq(&acknowledged),
        "all that was acknowledged, in the order in which it was done"
    );
}
