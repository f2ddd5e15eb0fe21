//! `argali dev --seed`: all accounts of a file, on a server that has none.

use std::path::Path;

use serde_json::Value;

use crate::client::{Client, RAM};
use crate::failure::Failure;

use super::model::{Kinds, USER};
use super::server::Reader;
use super::{Applying, handlings, read_file};

/// An account that was made, and the keys of its users.
#[derive(Debug)]
pub(crate) struct Seeded {
    pub(crate) name: String,
    pub(crate) id: String,
    /// Each user with its AccessKey as it was answered.
    pub(crate) users: Vec<(String, Value)>,
}

/// Makes an account by its name and number, and returns its owner's client and its number.
pub(crate) type Open<'o> = dyn FnMut(&str, Option<&str>) -> Result<(Client, String), Failure> + 'o;

/// Makes every account of a file: `open` makes one, and `wait` lets time go by.
pub(crate) fn seed(
    file: &Path,
    services: Option<&Path>,
    open: &mut Open<'_>,
    wait: &dyn Fn(),
) -> Result<Vec<Seeded>, Failure> {
    let handlings = handlings(services)?;
    let kinds = Kinds::new(&handlings);
    let (name, mut world) = read_file(file, &kinds)?;
    let mut owners = Vec::new();
    // All accounts are there, with their numbers, before one speaks of another.
    for (name, account) in &mut world {
        let (client, id) = open(name, account.id.as_deref())?;
        account.id = Some(id.clone());
        owners.push((name.clone(), client, id));
    }
    let mut seeded = Vec::new();
    for (account, client, id) in owners {
        let applying =
            Applying { client: &client, kinds: &kinds, world: &world, file: &name, prune: false, wait };
        let caller = Reader { client: &client }.caller()?;
        let Some(wanted) = world.get(&account) else { continue };
        let (plan, carrier) = applying.plan(wanted, &caller)?;
        carrier.carry_out(&plan, &|_| {})?;
        let mut users = Vec::new();
        for user in wanted.things.keys().filter(|key| key.kind == USER) {
            let own = [("UserName".to_owned(), user.name.clone())];
            let answer = client.call(RAM, "CreateAccessKey", &own)?;
            users.push((user.name.clone(), answer.get("AccessKey").cloned().unwrap_or_default()));
        }
        seeded.push(Seeded { name: account, id, users });
    }
    Ok(seeded)
}
