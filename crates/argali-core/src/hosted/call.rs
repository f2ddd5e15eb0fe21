//! A call of a declared operation: read, checked, run.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::catalog::Catalog;
use super::decode::Decoder;
use super::failure::{Failure, Teller};
use super::file::{IdForm, ResourceType, Service, TypeName};
use super::file_operation::{Does, Operation};
use super::host::{Host, HostMut};
use super::record::Record;
use super::scope::{CallScope, World};
use super::shelves;
use super::situation::Situation;
use super::template::plain;

/// A call whose parameters have been read.
#[derive(Debug)]
pub struct Call<'c> {
    pub(super) catalog: &'c Catalog,
    pub(super) service: &'c Service,
    pub(super) operation: &'c Operation,
    /// The type that it works on, if it works on one.
    pub(super) resource: Option<&'c ResourceType>,
    pub(super) arguments: Map<String, Value>,
    /// The region that the call names, if it does.
    pub(super) region: Option<String>,
    dry_run: bool,
}

impl<'c> Call<'c> {
    /// Reads the parameters of a call of `operation`, which is one of `service`.
    ///
    /// # Errors
    ///
    /// Fails with the code that the service names for what is missing or cannot be.
    pub fn read<'p>(
        catalog: &'c Catalog,
        service: &'c Service,
        operation: &'c Operation,
        parameters: impl IntoIterator<Item = (&'p str, &'p str)>,
    ) -> Result<Self, Failure> {
        let sent: BTreeMap<&str, &str> = parameters.into_iter().collect();
        let teller = Teller { service, operation };
        let decoder = Decoder { teller, sent: &sent };
        let arguments = decoder.read(&operation.parameters, "")?;
        let mut call = Self {
            catalog,
            service,
            operation,
            resource: operation.resource.as_ref().and_then(|name| catalog.resource(&name.value)),
            dry_run: arguments.get("DryRun") == Some(&Value::Bool(true)),
            arguments,
            region: None,
        };
        if let Some(region) = &service.region {
            let named = sent.get(region.parameter.as_str()).filter(|name| !name.is_empty());
            let known = catalog.table(&region.table.value);
            if let Some(name) = named
                && !known.is_some_and(|table| table.rows.contains_key(*name))
            {
                return Err(teller
                    .tell(Situation::UnknownRegion, &[("value", name), ("parameter", &region.parameter)]));
            }
            call.region = named.map(|name| (*name).to_owned());
        }
        call.check_finds()?;
        if matches!(operation.does, Does::Tag(_) | Does::Untag(_) | Does::ListTags(_) | Does::Regroup(..)) {
            call.resource = Some(call.named_type()?);
        }
        Ok(call)
    }

    /// Runs it, once everything that [`Call::checks`] lists is allowed. The answer is a JSON object without the
    /// request id.
    ///
    /// # Errors
    ///
    /// Fails with a code of the service. The host's changes must then be dropped; a dry run ends so, too.
    pub fn run(&self, host: &mut dyn HostMut) -> Result<Value, Failure> {
        let answer = match &self.operation.does {
            Does::Create { .. } => self.create(host)?,
            Does::List(listing) => self.list(host, listing)?,
            Does::Serve(table, listing) => self.serve(host, table, listing)?,
            Does::Show => self.show(host)?,
            Does::Modify { from, makes, set } => self.modify(host, from, *makes, set)?,
            Does::Transition { from, path, set, partial } => {
                self.transition(host, (from, path, set), partial.as_ref())?
            }
            Does::Delete { from, unless } => self.delete(host, from, unless.as_deref())?,
            Does::Attach(attachment) => self.attach(host, attachment)?,
            Does::Detach(attachment) => self.detach(host, attachment)?,
            Does::Tag(_) => self.tag(host)?,
            Does::Untag(_) => self.untag(host)?,
            Does::ListTags(_) => self.list_tags(host)?,
            Does::Regroup(_, group) => self.regroup(host, group)?,
        };
        // A dry run fails last, so that it fails as the call would.
        if self.dry_run { Err(self.teller().tell(Situation::DryRun, &[])) } else { Ok(answer) }
    }

    /// The name of its operation.
    pub fn name(&self) -> &str {
        &self.operation.name
    }

    /// Whether it changes anything.
    pub fn is_change(&self) -> bool {
        self.operation.is_change()
    }

    pub(super) fn teller(&self) -> Teller<'c> {
        Teller { service: self.service, operation: self.operation }
    }

    pub(super) fn world<'a>(&self, host: &'a dyn Host) -> World<'a>
    where
        'c: 'a,
    {
        World { catalog: self.catalog, host, depth: 0 }
    }

    /// The region of what a call makes or looks up without naming one.
    pub(super) fn region_or_default(&self) -> &str {
        let default = self.service.region.as_ref().map_or("*", |region| region.default.as_str());
        self.region.as_deref().unwrap_or(default)
    }

    /// The answer, with what was found and the resource that it is about.
    pub(super) fn answer(
        &self,
        host: &dyn Host,
        found: &Map<String, Value>,
        of: Option<(&ResourceType, &Record)>,
    ) -> Result<Value, Failure> {
        let region = self.region_or_default();
        let scope = CallScope {
            world: self.world(host),
            parameters: &self.operation.parameters,
            arguments: &self.arguments,
            found,
            region,
            of,
        };
        Ok(self.operation.answer.fill(&scope)?.unwrap_or_else(|| Value::Object(Map::new())))
    }

    /// The value of a parameter, or of one of several that a parameter holds by name: `Filter.Status`.
    pub(super) fn argument(&self, name: &str) -> Option<&Value> {
        match name.split_once('.') {
            Some((parameter, member)) => self.arguments.get(parameter)?.get(member),
            None => self.arguments.get(name),
        }
    }

    /// The texts of a parameter: none, one or several.
    pub(super) fn texts(&self, parameter: &str) -> Vec<&str> {
        texts(self.argument(parameter))
    }

    /// The identifiers of what it works on, each once. What is not found by its values has one that nothing has.
    pub(super) fn targets(&self, host: &dyn Host) -> Result<Vec<Cow<'_, str>>, Failure> {
        let named = self.named_targets();
        match (self.resource, self.operation.finds.as_slice()) {
            (Some(resource), [among, rest @ ..]) if named.is_empty() => {
                Ok(vec![self.found_by(host, resource, among, rest)?.into()])
            }
            _ => Ok(named),
        }
    }

    /// The identifier of what shares the reference `among`, and the values of `rest`, with the parameters of these names.
    fn found_by(
        &self,
        host: &dyn Host,
        resource: &ResourceType,
        among: &str,
        rest: &[String],
    ) -> Result<String, Failure> {
        let shared = self.texts(among).first().copied().unwrap_or_default();
        let refers = resource.fields.get(among).and_then(|field| field.shape.refers.as_ref());
        if let Some(refers) = refers {
            for user in shelves::referrers(host, (&refers.value, shared), Some(&resource.name))? {
                let record = shelves::load(host, &resource.name, &user.id)?;
                let same = |record: &Record, name| record.fields.get(name) == self.arguments.get(name);
                if record.is_some_and(|record| rest.iter().all(|name| same(&record, name.as_str()))) {
                    return Ok(user.id);
                }
            }
        }
        // No identifier holds a space, so that nothing is called so.
        let values = rest.iter().filter_map(|name| self.arguments.get(name).map(plain));
        Ok(std::iter::once(shared.to_owned()).chain(values).collect::<Vec<_>>().join(" "))
    }

    fn named_targets(&self) -> Vec<Cow<'_, str>> {
        let parameter = self.operation.named_target();
        let mut ids: Vec<Cow<'_, str>> = match self.resource.map(|resource| &resource.id) {
            Some(IdForm::Within { whole, name }) if name == parameter => {
                let whole = self.texts(whole).first().copied().unwrap_or_default();
                let names = match self.arguments.get(name) {
                    Some(Value::Array(names)) => names.iter().map(plain).collect(),
                    one => one.map(plain).into_iter().collect::<Vec<_>>(),
                };
                names.iter().map(|name| IdForm::within(whole, name).into()).collect()
            }
            _ => self.texts(parameter).into_iter().map(Cow::Borrowed).collect(),
        };
        let mut seen = BTreeSet::new();
        ids.retain(|id| seen.insert(id.clone()));
        ids
    }

    /// A resource that it works on, or the failure to find it.
    pub(super) fn target(
        &self,
        host: &dyn Host,
        resource: &ResourceType,
        id: &str,
    ) -> Result<Record, Failure> {
        match self.find(host, resource, id)? {
            Some(record) => Ok(record),
            None => Err(self.not_found(resource, id)),
        }
    }

    /// A resource in the region that the call names, if it names one.
    pub(super) fn find(
        &self,
        host: &dyn Host,
        resource: &ResourceType,
        id: &str,
    ) -> Result<Option<Record>, Failure> {
        let record = shelves::load(host, &resource.name, id)?;
        Ok(record.filter(|record| self.region.as_ref().is_none_or(|region| *region == record.region)))
    }

    pub(super) fn not_found(&self, resource: &ResourceType, id: &str) -> Failure {
        let values = [("value", id), ("parameter", resource.id.parameter())];
        self.tell_of(resource, Situation::NotFound, &values)
    }

    /// The failure for a situation of a type.
    pub(super) fn tell_of(
        &self,
        resource: &ResourceType,
        situation: Situation,
        values: &[(&str, &str)],
    ) -> Failure {
        let owner = self.catalog.service_of(&resource.name).unwrap_or(self.service);
        self.teller().tell_of(owner, resource, situation, values)
    }

    /// Fails if neither what it works on is named, nor all of the values are given by which it is found.
    fn check_finds(&self) -> Result<(), Failure> {
        let given = |name: &str| self.argument(name).is_some_and(|value| value.as_str() != Some(""));
        let parameter = self.operation.named_target();
        if self.operation.finds.iter().all(|name| given(name)) || given(parameter) {
            return Ok(());
        }
        Err(self.teller().tell(Situation::MissingParameter, &[("parameter", parameter)]))
    }

    /// The type that the parameter `ResourceType` names.
    fn named_type(&self) -> Result<&'c ResourceType, Failure> {
        let types: &[TypeName] = match &self.operation.does {
            Does::Tag(types) | Does::Untag(types) | Does::ListTags(types) | Does::Regroup(types, _) => types,
            _ => &[],
        };
        let word = self.arguments.get("ResourceType").and_then(Value::as_str).unwrap_or_default();
        let mut resources = types.iter().filter_map(|name| self.catalog.resource(&name.value));
        if word.is_empty()
            && let ([_], Some(only)) = (types, resources.clone().next())
        {
            return Ok(only);
        }
        let found =
            resources.find(|resource| resource.words.iter().any(|known| known.eq_ignore_ascii_case(word)));
        found.ok_or_else(|| {
            self.teller().tell(Situation::UnknownType, &[("value", word), ("parameter", "ResourceType")])
        })
    }
}

impl Operation {
    /// The parameters that no record may keep.
    pub(super) fn secrets(&self) -> impl Iterator<Item = &str> {
        let secret = self.parameters.iter().filter(|(_, parameter)| parameter.shape.secret);
        secret.map(|(name, _)| name.as_str())
    }

    /// The parameter that names what it works on.
    pub(super) fn named_target(&self) -> &str {
        match self.does {
            Does::Tag(_) | Does::Untag(_) | Does::ListTags(_) | Does::Regroup(..)
                if self.target.is_empty() =>
            {
                "ResourceId"
            }
            _ => &self.target,
        }
    }

    /// Whether it changes anything.
    pub fn is_change(&self) -> bool {
        !matches!(self.does, Does::List(_) | Does::Serve(..) | Does::Show | Does::ListTags(_))
    }
}

/// The texts of a value: none, one or several.
pub(super) fn texts(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::Array(elements)) => elements.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(text)) if !text.is_empty() => vec![text],
        _ => Vec::new(),
    }
}
