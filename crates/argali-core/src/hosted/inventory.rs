//! What declared services keep for an account, whatever the service: the view of Resource Management.

use std::collections::BTreeSet;

use super::call::Call;
use super::catalog::Catalog;
use super::endpoint::{check_gates, checks_of};
use super::failure::Failure;
use super::file::{ResourceType, Service};
use super::file_operation::{Does, Operation};
use super::host::{Host, Row, Shelf};
use super::record::{Record, region_of};
use super::rows::{Rows, RowsMut};
use super::shelves::{BATCH, load};
use crate::dispatch::Context;
use crate::error::{ApiError, ErrorCode};
use crate::model::{Association, ResourceGroupId};
use crate::time::Timestamp;

/// A type whose resources are in resource groups.
#[derive(Clone, Copy, Debug)]
pub struct GroupedType<'c> {
    service: &'c Service,
    resource: &'c ResourceType,
}

/// A resource, as lists over all services show it.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    /// The code of its service.
    pub service: String,
    /// What its type is called there.
    pub resource_type: String,
    /// Its identifier.
    pub id: String,
    /// Where it is.
    pub region: String,
    /// The resource group that it is in.
    pub group: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Which resources are asked for. What is left out narrows nothing.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wanted<'a> {
    /// Of this group.
    pub group: Option<&'a ResourceGroupId>,
    /// In this region.
    pub region: Option<&'a str>,
    /// With this identifier.
    pub id: Option<&'a str>,
}

/// The part of a list that is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    /// How many entries come before it.
    pub skip: usize,
    /// How many it holds at most.
    pub size: usize,
    /// Whether all entries are counted.
    pub total: bool,
}

impl Catalog {
    /// Every type whose resources are in resource groups, by service and type.
    pub fn grouped_types(&self) -> Vec<GroupedType<'_>> {
        let types = self.services().flat_map(|service| {
            let grouped = service.resources.values().filter(|resource| resource.groups);
            grouped.map(move |resource| GroupedType { service, resource })
        });
        let mut types: Vec<_> = types.collect();
        types.sort_by_key(|known| (known.service_code(), known.word()));
        types
    }
}

impl Catalog {
    /// Every type that is in resource groups and has parts that are, too, with the type of the parts.
    pub fn grouped_parts(&self) -> Vec<(GroupedType<'_>, GroupedType<'_>)> {
        let all = self.grouped_types();
        let parts = |whole: &GroupedType<'_>, part: &GroupedType<'_>| {
            whole.resource.parts.iter().any(|known| known.resource.value == part.resource.name)
        };
        let of = |whole| all.iter().filter(move |part| parts(whole, part)).map(move |part| (*whole, *part));
        all.iter().flat_map(of).collect()
    }
}

impl<'c> GroupedType<'c> {
    /// A type of a service.
    pub(super) const fn new(service: &'c Service, resource: &'c ResourceType) -> Self {
        Self { service, resource }
    }

    /// That resources of another type are parts of this one's.
    pub fn association(self, part: Self) -> Association {
        Association { whole: self.resource.name.clone(), part: part.resource.name.clone() }
    }

    /// The code of the service, as Resource Management and policies spell it.
    pub fn service_code(self) -> &'c str {
        &self.service.ram_code
    }

    /// What the type is called there.
    pub fn word(self) -> String {
        let key = || self.resource.name.rsplit('.').next().unwrap_or_default().replace('_', "");
        self.resource.arn_word().map_or_else(key, str::to_lowercase)
    }

    /// Whether it is the type that a request names; what is left out matches all.
    pub fn is_called(self, service: Option<&str>, word: Option<&str>) -> bool {
        service.is_none_or(|service| service.eq_ignore_ascii_case(self.service_code()))
            && word.is_none_or(|word| word.eq_ignore_ascii_case(&self.word()))
    }

    /// The operation that moves it between groups, with its service, which may be another file of the product.
    fn mover(self, catalog: &Catalog) -> Option<(&Service, &Operation, &str)> {
        catalog.operations().find_map(|(service, operation)| match &operation.does {
            Does::Regroup(types, group) if types.iter().any(|known| known.value == self.resource.name) => {
                Some((service, operation, group.as_str()))
            }
            _ => None,
        })
    }

    /// The operation of its service that lists it.
    fn lister(self) -> Option<&'c Operation> {
        self.service.operations.values().find(|operation| {
            matches!(operation.does, Does::List(_))
                && operation.resource.as_ref().is_some_and(|known| known.value == self.resource.name)
        })
    }

    /// The parameter that names a region, with this one or the service's usual one.
    fn region_parameter<'p>(self, region: Option<&'p str>) -> Option<(&'p str, &'p str)>
    where
        'c: 'p,
    {
        let known = self.service.region.as_ref()?;
        Some((&known.parameter, region.unwrap_or(&known.default)))
    }

    fn item(self, record: Record) -> Item {
        Item {
            service: self.service_code().to_owned(),
            resource_type: self.word(),
            id: record.id,
            region: record.region,
            group: record.group.unwrap_or_default(),
            created_at: Timestamp::from_millis(record.created_ms),
        }
    }
}

/// Every type whose resources are in resource groups, without those whose service is closed to the caller.
pub(crate) fn types_open_to<'a>(cx: &Context<'a>) -> Vec<GroupedType<'a>> {
    let mut types = cx.core().registry().catalog().grouped_types();
    let gates = |known: &GroupedType<'a>| known.resource.gate(known.service);
    let place = (cx.core().registry().catalog(), cx.tx());
    let is_closed = |gate: &&str| check_gates(place, cx.caller(), &[gate]).is_err();
    let closed: BTreeSet<&str> = types.iter().filter_map(gates).filter(is_closed).collect();
    types.retain(|known| gates(known).is_none_or(|gate| !closed.contains(gate)));
    types
}

/// The resources of `types` that are wanted, by type and identifier, and how many there are if that is asked for.
///
/// # Errors
///
/// Fails if the store cannot be read.
pub(crate) fn items(
    cx: &Context<'_>,
    types: &[GroupedType<'_>],
    wanted: &Wanted<'_>,
    window: Window,
) -> Result<(Vec<Item>, usize), ApiError> {
    let mut gathered = Gathered { window, seen: 0, items: Vec::new() };
    for known in types {
        gathered.look(&Rows::of(cx), *known, wanted)?;
        if gathered.is_done() {
            break;
        }
    }
    Ok((gathered.items, gathered.seen))
}

/// What a list over several types has gathered.
struct Gathered {
    window: Window,
    seen: usize,
    items: Vec<Item>,
}

impl Gathered {
    fn is_done(&self) -> bool {
        !self.window.total && self.items.len() >= self.window.size
    }

    /// Whether the next match is shown.
    fn wants(&self) -> bool {
        self.seen >= self.window.skip && self.items.len() < self.window.size
    }

    fn take(&mut self, known: GroupedType<'_>, record: Record) {
        if self.wants() {
            self.items.push(known.item(record));
        }
        self.seen += 1;
    }

    fn look(&mut self, host: &dyn Host, known: GroupedType<'_>, wanted: &Wanted<'_>) -> Result<(), Failure> {
        let name = known.resource.name.as_str();
        if let Some(id) = wanted.id {
            if let Some(record) = load(host, name, id)?.filter(|record| matches(record, wanted)) {
                self.take(known, record);
            }
            return Ok(());
        }
        let (shelf, prefix) = match wanted.group {
            Some(group) => (Shelf::Group, vec![group.as_str(), name]),
            None => (Shelf::Resource, vec![name]),
        };
        let mut after: Option<String> = None;
        loop {
            let last = after.as_deref().map(|after| [after]);
            let rows = host.scan(shelf, &prefix, last.as_ref().map(|last| last.as_slice()), BATCH)?;
            let more = rows.len() == BATCH;
            after = rows.last().and_then(|row| row.rest.first().cloned());
            for row in &rows {
                self.consider(host, known, wanted, (shelf, row))?;
                if self.is_done() {
                    return Ok(());
                }
            }
            if !more {
                return Ok(());
            }
        }
    }

    /// Takes what a row leads to, if it is wanted. What is only counted is not read.
    fn consider(
        &mut self,
        host: &dyn Host,
        known: GroupedType<'_>,
        wanted: &Wanted<'_>,
        (shelf, row): (Shelf, &Row),
    ) -> Result<(), Failure> {
        let Some(id) = row.rest.first() else { return Ok(()) };
        if shelf == Shelf::Resource {
            if wanted.region.is_some_and(|region| region_of(&row.value).is_ok_and(|found| found != region)) {
                return Ok(());
            }
            if !self.wants() {
                self.seen += 1;
                return Ok(());
            }
            self.take(known, Record::from_bytes(id, &row.value)?);
        } else if wanted.region.is_none() && !self.wants() {
            self.seen += 1;
        } else if let Some(record) = load(host, &known.resource.name, id)?
            && matches(&record, wanted)
        {
            self.take(known, record);
        }
        Ok(())
    }
}

fn matches(record: &Record, wanted: &Wanted<'_>) -> bool {
    wanted.region.is_none_or(|region| record.region == region)
        && wanted.group.is_none_or(|group| record.group.as_deref() == Some(group.as_str()))
}

/// Moves a resource to a group as the operation of its own service does, if the caller may call that.
///
/// # Errors
///
/// Fails as that operation does.
pub(crate) fn move_to_group(
    cx: &mut Context<'_>,
    known: GroupedType<'_>,
    (id, region): (&str, Option<&str>),
    group: &ResourceGroupId,
) -> Result<(), ApiError> {
    let catalog = cx.core().registry().catalog();
    let Some((service, operation, parameter)) = known.mover(catalog) else {
        let message = format!("No operation moves resources of the type `{}` to a group.", known.word());
        return Err(ApiError::new(ErrorCode::UnsupportedResourceType, message));
    };
    // Where it is, is found out for whoever does not say so, and told to nobody.
    let found = load(&Rows::of(cx), &known.resource.name, id)?.map(|record| record.region);
    let region = known.region_parameter(region.or(found.as_deref()));
    let word = known.resource.words.first().map(String::as_str).unwrap_or_default();
    let target = operation.named_target();
    let parameters = [("ResourceType", word), (target, id), (parameter, group.as_str())];
    let call = Call::read(catalog, service, operation, parameters.into_iter().chain(region))?;
    for check in checks_of(cx, &call)? {
        cx.authorize_check(&check)?;
    }
    RowsMut::change(cx, |rows| call.run(rows))?;
    Ok(())
}

/// Whether the caller may list resources of a type: everywhere in the account, or in a group.
///
/// # Errors
///
/// Fails if the store cannot be read.
pub(crate) fn may_list(
    cx: &Context<'_>,
    known: GroupedType<'_>,
    region: Option<&str>,
    group: Option<&ResourceGroupId>,
) -> Result<bool, ApiError> {
    let Some(operation) = known.lister() else { return Ok(false) };
    let group = group.map(|group| ("ResourceGroupId", group.as_str()));
    let parameters = group.into_iter().chain(known.region_parameter(region));
    let catalog = cx.core().registry().catalog();
    let call = match Call::read(catalog, known.service, operation, parameters) {
        Ok(call) => call,
        Err(Failure::Told { .. }) => return Ok(false),
        Err(failure) => return Err(failure.into()),
    };
    match checks_of(cx, &call) {
        Ok(checks) => Ok(checks.iter().all(|check| cx.allows(check))),
        Err(error) if error.code().http_status() < 500 => Ok(false),
        Err(error) => Err(error),
    }
}
