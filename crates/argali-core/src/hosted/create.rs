//! Makes resources.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use serde_json::{Map, Value};

use super::call::Call;
use super::cidr::Cidr;
use super::decode::invalid;
use super::failure::Failure;
use super::file::{IdForm, Part, ResourceType, Step};
use super::file_operation::Does;
use super::file_value::{Field, Generate, Parameter};
use super::host::{Host, HostMut};
use super::identify::ID_ALPHABET;
use super::record::Record;
use super::scope::{CallScope, RecordScope};
use super::shelves;
use super::situation::Situation;
use super::template::{Scope, Template};

/// What a new resource is made from.
pub(super) struct Plan<'a> {
    pub(super) resource: &'a ResourceType,
    /// The fields that have templates of their own, in the scope of the call.
    set: &'a BTreeMap<String, Template>,
    path: &'a [Step],
    region: &'a str,
    group: Option<&'a str>,
    tags: &'a BTreeMap<String, String>,
    /// Whether parameters set the fields of the same name; not in parts.
    from_arguments: bool,
}

/// The addresses in use, by the resource whose sharers must differ.
type Taken = BTreeMap<(String, String), BTreeSet<Ipv4Addr>>;

impl Call<'_> {
    /// Makes what the call asks for and answers about the first.
    pub(super) fn create(&self, host: &mut dyn HostMut) -> Result<Value, Failure> {
        let (Does::Create { count, set, path, .. }, Some(resource)) = (&self.operation.does, self.resource)
        else {
            return Ok(Value::Object(Map::new()));
        };
        self.check_references(host)?;
        let nothing = Map::new();
        self.check_rules(
            host,
            self.service,
            &self.operation.rules,
            &self.call_scope(host, &nothing, None),
            None,
        )?;
        let region = self.region_for_new(host)?;
        let group = self.group_for_new(host, resource)?;
        let tags = self.checked_tags()?;
        let count =
            count.as_ref().and_then(|count| self.arguments.get(count)).and_then(Value::as_u64).unwrap_or(1);
        let plan = Plan {
            resource,
            set,
            path,
            region: &region,
            group: group.as_deref(),
            tags: &tags,
            from_arguments: true,
        };
        let mut taken = Taken::new();
        let mut made = Vec::new();
        for _ in 0..count {
            let record = self.make(host, &plan, &nothing, None, &mut taken)?;
            self.make_parts(host, &plan, &record, &mut taken)?;
            made.push(record);
        }
        let ids: Value = made.iter().map(|record| Value::from(record.id.as_str())).collect();
        let found = Map::from_iter([("ids".to_owned(), ids)]);
        self.answer(host, &found, made.first().map(|record| (resource, record)))
    }

    /// Makes what a call that changes things names within another resource, and does not find.
    pub(super) fn make_within(
        &self,
        host: &mut dyn HostMut,
        resource: &ResourceType,
        set: &BTreeMap<String, Template>,
    ) -> Result<Record, Failure> {
        let nothing = Map::new();
        let scope = self.call_scope(host, &nothing, None);
        self.check_rules(host, self.service, &self.operation.rules, &scope, None)?;
        let whole = match &resource.id {
            IdForm::Within { whole, .. } => {
                self.operation.parameters.get(whole).zip(self.texts(whole).first().copied())
            }
            IdForm::Random { .. } => None,
        };
        let region = match whole {
            Some((parameter, id)) => self.region_of(host, parameter, id)?,
            None => None,
        };
        let region = region.unwrap_or_else(|| self.region_or_default().to_owned());
        let plan = Plan {
            resource,
            set,
            path: &[],
            region: &region,
            group: None,
            tags: &BTreeMap::new(),
            from_arguments: true,
        };
        self.make(host, &plan, &nothing, None, &mut Taken::new())
    }

    /// The region of what a parameter refers to.
    fn region_of(&self, host: &dyn Host, parameter: &Parameter, id: &str) -> Result<Option<String>, Failure> {
        let Some(refers) = &parameter.shape.refers else { return Ok(None) };
        Ok(shelves::load(host, &refers.value, id)?.map(|record| record.region))
    }

    /// Where a new resource is: where the call says, where what it belongs to is, or in the default region.
    pub(super) fn region_for_new(&self, host: &dyn Host) -> Result<String, Failure> {
        if let (None, Does::Create { region_of: Some(parameter), .. }) = (&self.region, &self.operation.does)
        {
            let named = self.operation.parameters.get(parameter).zip(self.texts(parameter).first().copied());
            if let Some((parameter, id)) = named
                && let Some(region) = self.region_of(host, parameter, id)?
            {
                return Ok(region);
            }
        }
        Ok(self.region_or_default().to_owned())
    }

    fn group_for_new(&self, host: &dyn Host, resource: &ResourceType) -> Result<Option<String>, Failure> {
        if !resource.groups {
            return Ok(None);
        }
        match self.texts("ResourceGroupId").first() {
            None => Ok(Some(host.default_group()?)),
            Some(group) if host.has_group(group)? => Ok(Some((*group).to_owned())),
            Some(group) => Err(self.teller().tell(Situation::UnknownGroup, &[("value", group)])),
        }
    }

    fn make_parts(
        &self,
        host: &mut dyn HostMut,
        whole: &Plan<'_>,
        record: &Record,
        taken: &mut Taken,
    ) -> Result<(), Failure> {
        for part in &whole.resource.parts {
            let Some(resource) = self.catalog.resource(&part.resource.value) else { continue };
            let plan = Plan {
                resource,
                set: &part.set,
                path: &part.path,
                group: if resource.groups { record.group.as_deref().or(whole.group) } else { None },
                from_arguments: false,
                ..*whole
            };
            for found in self.part_items(host, part)? {
                self.make(host, &plan, &found, Some((whole.resource, record)), taken)?;
            }
        }
        Ok(())
    }

    /// What is known besides the call for each part that is to be made.
    fn part_items(&self, host: &dyn Host, part: &Part) -> Result<Vec<Map<String, Value>>, Failure> {
        let Some(each) = &part.each else { return Ok(vec![Map::new()]) };
        let nothing = Map::new();
        let items = each.value(&self.call_scope(host, &nothing, None))?;
        let Some(Value::Array(items)) = items else { return Ok(Vec::new()) };
        Ok(items.into_iter().map(|item| Map::from_iter([("item".to_owned(), item)])).collect())
    }

    fn make(
        &self,
        host: &mut dyn HostMut,
        plan: &Plan<'_>,
        found: &Map<String, Value>,
        whole: Option<(&ResourceType, &Record)>,
        taken: &mut Taken,
    ) -> Result<Record, Failure> {
        let resource = plan.resource;
        let scope = self.call_scope(host, found, whole);
        let mut record = Record {
            id: self.new_id(host, plan, &scope)?,
            region: plan.region.to_owned(),
            group: plan.group.map(str::to_owned),
            tags: if resource.tags { plan.tags.clone() } else { BTreeMap::new() },
            created_ms: host.now_ms(),
            path: Vec::new(),
            fields: Map::new(),
        };
        record.set_out(plan.path, host.now_ms());
        for name in &resource.order {
            let Some(field) = resource.fields.get(name) else { continue };
            let given = self.given(plan, name, field, &scope)?;
            if let Some(value) = self.field_value(host, (resource, &record), (name, field), given, taken)? {
                record.fields.insert(name.clone(), value);
            }
        }
        let owner = self.catalog.service_of(&resource.name).unwrap_or(self.service);
        let own = RecordScope { world: self.world(host), resource, record: &record };
        self.check_rules(host, owner, &resource.rules, &own, Some((resource, &record)))?;
        self.check_quota(host, owner, resource, &record)?;
        self.save_by_rule(host, resource, None, &mut record)?;
        Ok(record)
    }

    /// What the call gives a field. An empty text or list gives nothing.
    pub(super) fn given(
        &self,
        plan: &Plan<'_>,
        name: &str,
        field: &Field,
        scope: &dyn Scope,
    ) -> Result<Option<Value>, Failure> {
        if field.value.is_some() {
            return Ok(None);
        }
        let set = plan.set.get(name).map(|template| template.fill(scope)).transpose()?.flatten();
        let argument = || if plan.from_arguments { self.arguments.get(name).cloned() } else { None };
        let empty = |value: &Value| value.as_str() == Some("") || value.as_array().is_some_and(Vec::is_empty);
        Ok(set.filter(|value| !empty(value)).or_else(argument).filter(|value| !empty(value)))
    }

    fn field_value(
        &self,
        host: &dyn Host,
        (resource, record): (&ResourceType, &Record),
        (name, field): (&str, &Field),
        given: Option<Value>,
        taken: &mut Taken,
    ) -> Result<Option<Value>, Failure> {
        let own = RecordScope { world: self.world(host), resource, record };
        let value = match (&field.generate, given) {
            (Some(Generate::Address { block, among }), given) => {
                let block = block.value(&own)?;
                self.address(host, (resource, record), (name, field), (block.as_ref(), among), given, taken)?
            }
            (_, Some(given)) => Some(given),
            (Some(generate), None) => Some(made_up(host, generate).into()),
            (None, None) => {
                let template = field.value.as_ref().or(field.default.as_ref());
                template.map(|template| template.fill(&own)).transpose()?.flatten()
            }
        };
        let Some(value) = value else {
            if field.required {
                return Err(self.teller().tell(Situation::MissingParameter, &[("parameter", name)]));
            }
            return Ok(None);
        };
        let code = field.shape.missing.as_ref().map(|code| code.value.as_str());
        self.check_existence(host, &field.shape, &value, name, code, Some(&record.region))?;
        Ok(Some(value))
    }

    /// A free address of a block: the one given, or the lowest.
    fn address(
        &self,
        host: &dyn Host,
        (resource, record): (&ResourceType, &Record),
        (name, field): (&str, &Field),
        (block, among): (Option<&Value>, &str),
        given: Option<Value>,
        taken: &mut Taken,
    ) -> Result<Option<Value>, Failure> {
        let block = block.and_then(Value::as_str).and_then(|text| text.parse::<Cidr>().ok());
        let refers = resource.fields.get(among).and_then(|field| field.shape.refers.as_ref());
        let shared = record.fields.get(among).and_then(Value::as_str);
        let (Some(block), Some(refers), Some(shared)) = (block, refers, shared) else { return Ok(given) };
        let key = (refers.value.clone(), shared.to_owned());
        if !taken.contains_key(&key) {
            let used = used_addresses(host, &refers.value, shared)?;
            taken.insert(key.clone(), used);
        }
        let used = taken.entry(key).or_default();
        let address = match &given {
            Some(given) => {
                let text = super::template::plain(given);
                let free = |address: &Ipv4Addr| block.has(*address) && !used.contains(address);
                let reason = "it must be a free address of the block";
                let address = text.parse::<Ipv4Addr>().ok().filter(free);
                address.ok_or_else(|| invalid(self.teller(), name, &field.shape, &text, reason))?
            }
            None => {
                let free = block.addresses().find(|address| !used.contains(address));
                free.ok_or_else(|| self.teller().tell(Situation::NoAddress, &[]))?
            }
        };
        used.insert(address);
        Ok(Some(address.to_string().into()))
    }

    pub(super) fn call_scope<'a>(
        &'a self,
        host: &'a dyn Host,
        found: &'a Map<String, Value>,
        of: Option<(&'a ResourceType, &'a Record)>,
    ) -> CallScope<'a> {
        CallScope {
            world: self.world(host),
            parameters: &self.operation.parameters,
            arguments: &self.arguments,
            found,
            region: self.region_or_default(),
            of,
        }
    }
}

/// The addresses of everything that refers to a resource.
fn used_addresses(host: &dyn Host, target: &str, id: &str) -> Result<BTreeSet<Ipv4Addr>, Failure> {
    let users = shelves::referrers(host, (target, id), None)?;
    let texts = users.iter().filter_map(|user| std::str::from_utf8(&user.addresses).ok());
    Ok(texts.flat_map(|text| text.split(',')).filter_map(|text| text.parse().ok()).collect())
}

fn made_up(host: &dyn Host, generate: &Generate) -> String {
    match generate {
        Generate::Id { prefix, length } => format!("{prefix}{}", host.random(ID_ALPHABET, *length)),
        Generate::Uuid => {
            let digits = host.random(b"0123456789abcdef", 32);
            let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default().to_owned();
            [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
        }
        Generate::Mac => {
            let digits = host.random(b"0123456789abcdef", 8);
            let pairs: Vec<&str> =
                [0, 2, 4, 6].iter().filter_map(|from| digits.get(*from..from + 2)).collect();
            format!("00:16:{}", pairs.join(":"))
        }
        Generate::RandomAddress(block) => {
            let number = u32::from_str_radix(&host.random(b"0123456789abcdef", 8), 16).unwrap_or_default();
            block.address(number).to_string()
        }
        Generate::Address { .. } => String::new(),
    }
}
