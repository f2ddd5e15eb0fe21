//! `argali apply`, `argali export` and `argali dev --seed`: what accounts have, as one file.
//!
//! Both go by signed calls, as everything does. What an account has is read (`server`, `listed`), what the file says is compared
//! with it (`difference`, `resource`), and the plan that comes of it is carried out call by call (`plan`, `carry`). How
//! resources of declared services are made, changed and deleted follows from their service files.

mod belonging;
mod calls;
mod carry;
mod difference;
mod file;
mod listed;
mod model;
mod options;
mod plan;
mod resource;
mod seed;
mod server;
mod tags;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use argali_server::Config;
use argali_server::hosted::{At, Handling};

use carry::Carrier;
use difference::{Difference, without_credentials};
use file::{Account, World};
use model::{BUCKET, IN_GROUP, Key, Kinds, OWN_KINDS, TAGS, Thing, Things, USER};
use plan::{Plan, Step};
use server::{Caller, Reader, WithTags};
use tags::TAGGED;

pub(crate) use options::{ApplyOptions, ExportOptions};
pub(crate) use seed::seed;

use crate::cli::Connection;
use crate::client::Client;
use crate::credentials;
use crate::failure::{Exit, Failure};
use crate::output::Output;

/// How long is waited between two looks whether something can be used.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Makes an account so as a file says.
pub(crate) fn apply(options: &ApplyOptions, output: &Output) -> Result<(), Failure> {
    let handlings = handlings(options.services.as_deref())?;
    let kinds = Kinds::new(&handlings);
    let (name, world) = read_file(&options.file, &kinds)?;
    let client = connect(&options.connection)?;
    let applying = Applying {
        client: &client,
        kinds: &kinds,
        world: &world,
        file: &name,
        prune: options.prune,
        wait: &pause,
    };
    let caller = applying.reader().caller()?;
    let account = account_of(&world, &caller, &name)?;
    let (plan, carrier) = applying.plan(account, &caller)?;
    let only_looks = options.dry_run || options.check;
    let tell = |step: &Step| {
        if !output.wants_json() {
            // Whoever reads no further wants the rest done all the same.
            output.text(&format!("{step}\n")).unwrap_or_default();
        }
    };
    if only_looks {
        plan.steps.iter().for_each(tell);
    } else {
        carrier.carry_out(&plan, &tell)?;
    }
    if output.wants_json() {
        output.data(&plan.to_json(&caller.account, !only_looks))?;
    } else {
        output.text(&format!("{}\n", plan.summary(&caller.account, !only_looks)))?;
    }
    if options.check && !plan.steps.is_empty() { Err(Failure::told(Exit::No)) } else { Ok(()) }
}

/// Writes what an account has.
pub(crate) fn export(options: &ExportOptions, output: &Output) -> Result<(), Failure> {
    let handlings = handlings(options.services.as_deref())?;
    let kinds = Kinds::new(&handlings);
    let client = connect(&options.connection)?;
    let reader = Reader { client: &client };
    let caller = reader.caller()?;
    let mut things = reader.identities(WithTags::Yes)?;
    things.extend(reader.buckets()?);
    let all: Vec<&Handling> = handlings.iter().collect();
    resources(&reader, &all, None, &mut things)?;
    reader.show_more(&all, &mut things)?;
    let written = write::write(&caller, &things, &kinds);
    for left_out in &written.left_out {
        output.note(&format!("left out: {left_out}"));
    }
    match options.file.as_deref().filter(|file| *file != Path::new("-")) {
        None => output.text(&written.text),
        Some(file) => {
            let mut how = OpenOptions::new();
            how.write(true).create(true).truncate(true).create_new(!options.overwrite);
            let result = how.open(file).and_then(|mut file| file.write_all(written.text.as_bytes()));
            result.map_err(|error| {
                let message =
                    format!("cannot write `{}`: name another file, or say --overwrite", file.display());
                Failure::new(Exit::Conflict, message).because(error)
            })
        }
    }
}

/// What is needed to make an account so as a file says.
struct Applying<'a> {
    client: &'a Client,
    kinds: &'a Kinds<'a>,
    world: &'a World,
    file: &'a str,
    /// Whether what the file does not name is deleted.
    prune: bool,
    wait: &'a dyn Fn(),
}

impl<'a> Applying<'a> {
    fn reader(&self) -> Reader<'a> {
        Reader { client: self.client }
    }

    /// What is to be done in an account, and who does it.
    fn plan(&self, account: &Account, caller: &Caller) -> Result<(Plan, Carrier<'a>), Failure> {
        let wanted = self.filled_in(account, caller)?;
        let there = self.there(&wanted)?;
        let domain = self.reader().domain().unwrap_or_default();
        let difference = Difference { kinds: self.kinds, wanted: &wanted, there: &there, domain: &domain };
        let (steps, pairs) = difference.to_make().map_err(|impossible| {
            self.mistaken(impossible.into_iter().map(|found| (found.at, found.message)))
        })?;
        let mut plan = Plan { steps, left: Vec::new() };
        for (key, thing) in difference.not_wanted(&pairs, caller.user.as_deref()) {
            if !self.prune {
                plan.left.push(key.clone());
                continue;
            }
            if key.kind == USER {
                let (keys, logs_on) = self.reader().credentials_of(&key.name)?;
                plan.steps.extend(without_credentials(key, &keys, logs_on));
            }
            match difference.delete(key, thing) {
                Ok(step) => plan.steps.push(step),
                Err(_) => plan.left.push(key.clone()),
            }
        }
        let mut ids: BTreeMap<_, _> =
            there.iter().filter_map(|(key, thing)| Some((key.clone(), thing.id.clone()?))).collect();
        // A name of the file may be that of another thing in the account.
        for (key, (_, thing)) in pairs {
            ids.extend(thing.id.clone().map(|id| (key.clone(), id)));
        }
        Ok((plan, Carrier { client: self.client, kinds: self.kinds, ids, wait: self.wait }))
    }

    /// What is wanted, with numbers of accounts in its documents.
    fn filled_in(&self, account: &Account, caller: &Caller) -> Result<Things, Failure> {
        let mut wanted = account.things.clone();
        let mut mistakes = Vec::new();
        for thing in wanted.values_mut() {
            for value in thing.properties.values_mut().filter(|value| value.is_object()) {
                match file::fill_in(value, &caller.account, self.world) {
                    Ok(filled) => *value = filled,
                    Err(message) => mistakes.push((thing.at, message)),
                }
            }
        }
        if mistakes.is_empty() { Ok(wanted) } else { Err(self.mistaken(mistakes)) }
    }

    /// What the account has of the kinds that matter: those in the file, or all if others are deleted.
    fn there(&self, wanted: &Things) -> Result<Things, Failure> {
        let reader = self.reader();
        let kinds: BTreeSet<String> = wanted.keys().map(|key| key.kind.clone()).collect();
        let mut things = Things::new();
        let in_groups = wanted.values().any(|thing| thing.properties.contains_key(IN_GROUP));
        let of_identity = |kind: &str| kind != BUCKET && kinds.contains(kind);
        if self.prune || in_groups || OWN_KINDS.into_iter().any(of_identity) {
            let are_tagged = |(key, thing): (&Key, &Thing)| {
                TAGGED.contains(&key.kind.as_str()) && thing.properties.contains_key(TAGS)
            };
            let tags = if wanted.iter().any(are_tagged) { WithTags::Yes } else { WithTags::No };
            things.extend(reader.identities(tags)?);
        }
        if self.prune || kinds.contains(BUCKET) {
            things.extend(reader.buckets()?);
        }
        if self.prune {
            let all: Vec<&Handling> = self.kinds.all().filter_map(|kind| self.kinds.handling(kind)).collect();
            resources(&reader, &all, None, &mut things)?;
        } else {
            let regions = wanted.values().filter_map(|thing| thing.region.clone()).collect();
            resources(&reader, &self.kinds.with_what_they_refer_to(kinds), Some(&regions), &mut things)?;
        }
        Ok(things)
    }

    fn mistaken(&self, mistakes: impl IntoIterator<Item = (At, String)>) -> Failure {
        let line =
            |(at, message): (At, String)| format!("{}:{}:{}: {message}", self.file, at.line, at.column);
        mistaken(mistakes.into_iter().map(line).collect())
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a server is asked again, which tells nobody when something is ready"
)]
fn pause() {
    std::thread::sleep(LOOK_EVERY);
}

/// Adds the resources of some types, in some regions or in all.
fn resources(
    reader: &Reader<'_>,
    handlings: &[&Handling],
    regions: Option<&BTreeSet<String>>,
    things: &mut Things,
) -> Result<(), Failure> {
    for handling in handlings {
        let all = || handling.regions.iter().flat_map(|regions| regions.all.iter().cloned()).collect();
        let regions = regions.cloned().unwrap_or_else(all);
        let whole = handling.list.among.as_ref().and_then(|field| handling.fields.get(field)?.refers.clone());
        let within = |field: &String| handling.fields.get(field)?.refers.clone();
        let whole = whole.or_else(|| match &handling.identity {
            argali_server::hosted::Identity::Within { whole, .. } => within(whole),
            argali_server::hosted::Identity::Field(_) => None,
        });
        let wholes: Things = things
            .iter()
            .filter(|(key, _)| Some(&key.kind) == whole.as_ref())
            .map(|(key, thing)| (key.clone(), thing.clone()))
            .collect();
        things.extend(reader.resources(handling, &regions, &wholes)?);
    }
    Ok(())
}

/// The account of the file that the caller is signed in to.
fn account_of<'w>(world: &'w World, caller: &Caller, file: &str) -> Result<&'w Account, Failure> {
    let is_own = |(name, account): &(&String, &Account)| match &account.id {
        Some(id) => *id == caller.account,
        None => **name == caller.account || Some(*name) == caller.alias.as_ref(),
    };
    if let Some((_, account)) = world.iter().find(is_own) {
        return Ok(account);
    }
    match world.iter().next() {
        Some((_, only)) if world.len() == 1 && only.id.is_none() => Ok(only),
        _ => {
            let named: Vec<String> = world
                .iter()
                .map(|(name, account)| {
                    let id = account.id.as_ref().map(|id| format!(" ({id})")).unwrap_or_default();
                    format!("`{name}`{id}")
                })
                .collect();
            let message = format!(
                "`{file}` is about {}, and you are signed in to account {}: use the credentials of one of those, or leave out its `id`",
                named.join(", "),
                caller.account
            );
            Err(Failure::new(Exit::Usage, message))
        }
    }
}

fn read_file(path: &Path, kinds: &Kinds<'_>) -> Result<(String, World), Failure> {
    let name = path.display().to_string();
    let text = fs::read_to_string(path)
        .map_err(|error| Failure::new(Exit::Usage, format!("cannot read `{name}`")).because(error))?;
    let world = file::read(&name, &text, kinds)
        .map_err(|mistakes| mistaken(mistakes.iter().map(ToString::to_string).collect()))?;
    Ok((name, world))
}

fn mistaken(lines: Vec<String>) -> Failure {
    Failure::new(
        Exit::Usage,
        format!("the file cannot be applied, and nothing was changed\n{}", lines.join("\n")),
    )
}

fn connect(connection: &Connection) -> Result<Client, Failure> {
    let credentials = credentials::find(connection.profile.as_deref())?;
    Client::new(&connection.endpoint, credentials)
}

/// How resources are handled: of the services that come with Argali, and of those in a folder.
fn handlings(services: Option<&Path>) -> Result<Vec<Handling>, Failure> {
    let mut config = Config::load(None, std::env::vars())?;
    if let Some(folder) = services {
        config.services.dir = folder.to_owned();
    }
    Ok(argali_server::handlings(&config)?)
}
