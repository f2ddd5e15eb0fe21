//! Changes resources that exist: fields, states, attachments, resource groups.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::call::Call;
use super::failure::Failure;
use super::file::{ResourceType, Step};
use super::file_operation::Attachment;
use super::host::{Host, HostMut};
use super::record::Record;
use super::scope::RecordScope;
use super::shelves;
use super::situation::Situation;
use super::source::Located;
use super::template::{Template, plain};

impl Call<'_> {
    pub(super) fn show(&self, host: &dyn Host) -> Result<Value, Failure> {
        let Some(resource) = self.resource else { return Ok(empty()) };
        self.check_references(host)?;
        let id = self.targets(host)?.into_iter().next().unwrap_or_default();
        let record = self.admitted(host, resource, &id, &[])?;
        self.answer(host, &Map::new(), Some((resource, &record)))
    }

    pub(super) fn modify(
        &self,
        host: &mut dyn HostMut,
        from: &[Located<String>],
        makes: bool,
        set: &BTreeMap<String, Template>,
    ) -> Result<Value, Failure> {
        let Some(resource) = self.resource else { return Ok(empty()) };
        self.check_references(host)?;
        let mut last = None;
        for id in self.targets(host)? {
            if makes && self.find(host, resource, &id)?.is_none() {
                last = Some(self.make_within(host, resource, set)?);
                continue;
            }
            let record = self.admitted(host, resource, &id, from)?;
            let mut changed = record.clone();
            for (name, value) in &self.arguments {
                if resource.fields.get(name).is_some_and(|field| field.value.is_none()) {
                    changed.fields.insert(name.clone(), value.clone());
                }
            }
            self.set_fields(host, resource, (&record, &mut changed), set)?;
            self.finish(host, resource, &record, &mut changed)?;
            last = Some(changed);
        }
        self.answer(host, &Map::new(), last.as_ref().map(|record| (resource, record)))
    }

    pub(super) fn transition(
        &self,
        host: &mut dyn HostMut,
        (from, path, set): (&[Located<String>], &[Step], &BTreeMap<String, Template>),
        partial: Option<&(String, String)>,
    ) -> Result<Value, Failure> {
        let Some(resource) = self.resource else { return Ok(empty()) };
        self.check_references(host)?;
        let may_fail = partial.is_some_and(|(name, value)| self.texts(name) == [value.as_str()]);
        let now = host.now_ms();
        let mut results = Vec::new();
        let mut last = None;
        for id in self.targets(host)? {
            let record = match self.admitted(host, resource, &id, from) {
                Err(Failure::Told { code, message, .. }) if may_fail => {
                    let state = self.find(host, resource, &id)?.map(|record| record.state(now).to_owned());
                    results.push(json!({ "id": id, "code": code, "message": message, "previous": state, "state": state }));
                    continue;
                }
                record => record?,
            };
            let mut changed = record.clone();
            changed.set_out(path, now);
            self.set_fields(host, resource, (&record, &mut changed), set)?;
            self.finish(host, resource, &record, &mut changed)?;
            results.push(json!({
                "id": id, "code": "200", "message": "success",
                "previous": record.state(now), "state": changed.state(now),
            }));
            last = Some(changed);
        }
        let found = Map::from_iter([("results".to_owned(), Value::Array(results))]);
        self.answer(host, &found, last.as_ref().map(|record| (resource, record)))
    }

    pub(super) fn attach(&self, host: &mut dyn HostMut, attachment: &Attachment) -> Result<Value, Failure> {
        let key = attachment.key.as_deref();
        self.change_list(host, attachment, |list, entries| {
            for entry in entries {
                match (list.iter_mut().find(|known| same_entry(key, known, &entry)), entry) {
                    (Some(Value::Object(known)), Value::Object(entry)) if attachment.known => {
                        known.extend(entry)
                    }
                    (Some(known), entry) => *known = entry,
                    (None, entry) if attachment.known => return Err(self.not_attached(key, &entry)),
                    (None, entry) => list.push(entry),
                }
            }
            Ok(())
        })
    }

    fn not_attached(&self, key: Option<&str>, entry: &Value) -> Failure {
        let named = key.and_then(|key| entry.get(key)).unwrap_or(entry);
        self.teller()
            .tell(Situation::NotAttached, &[("value", &plain(named)), ("parameter", key.unwrap_or_default())])
    }

    pub(super) fn detach(&self, host: &mut dyn HostMut, attachment: &Attachment) -> Result<Value, Failure> {
        self.change_list(host, attachment, |list, entries| {
            list.retain(|known| {
                !entries.iter().any(|entry| same_entry(attachment.key.as_deref(), known, entry))
            });
            Ok(())
        })
    }

    pub(super) fn regroup(&self, host: &mut dyn HostMut, parameter: &str) -> Result<Value, Failure> {
        let Some(resource) = self.resource else { return Ok(empty()) };
        let group = self.texts(parameter).first().copied().unwrap_or_default();
        if !host.has_group(group)? {
            return Err(self.teller().tell(Situation::UnknownGroup, &[("value", group)]));
        }
        for id in self.targets(host)? {
            let record = self.target(host, resource, &id)?;
            self.put_in_group(host, resource, &record, group)?;
            self.bring_parts_along(host, resource, &id, group)?;
        }
        self.answer(host, &Map::new(), None)
    }

    /// Moves the parts of a resource after it, as far as the account wants that.
    pub(super) fn bring_parts_along(
        &self,
        host: &mut dyn HostMut,
        resource: &ResourceType,
        id: &str,
        group: &str,
    ) -> Result<(), Failure> {
        for part in &resource.parts {
            self.bring_along(host, (&resource.name, id), &part.resource.value, group)?;
        }
        Ok(())
    }

    fn bring_along(
        &self,
        host: &mut dyn HostMut,
        (whole, id): (&str, &str),
        part: &str,
        group: &str,
    ) -> Result<(), Failure> {
        let Some(resource) = self.catalog.resource(part).filter(|resource| resource.groups) else {
            return Ok(());
        };
        if !host.moves_parts(whole, part)? {
            return Ok(());
        }
        for user in shelves::referrers(host, (whole, id), Some(part))? {
            if let Some(record) = shelves::load(host, part, &user.id)? {
                self.put_in_group(host, resource, &record, group)?;
            }
        }
        Ok(())
    }

    fn put_in_group(
        &self,
        host: &mut dyn HostMut,
        resource: &ResourceType,
        record: &Record,
        group: &str,
    ) -> Result<(), Failure> {
        let changed = Record { group: Some(group.to_owned()), ..record.clone() };
        Ok(shelves::save(self.catalog, host, resource, Some(record), &changed)?)
    }

    /// A resource in one of the states `from`, of which the operation's rules hold.
    pub(super) fn admitted(
        &self,
        host: &dyn Host,
        resource: &ResourceType,
        id: &str,
        from: &[Located<String>],
    ) -> Result<Record, Failure> {
        let record = self.target(host, resource, id)?;
        let state = record.state(host.now_ms());
        if !from.is_empty() && !from.iter().any(|known| known.value == state) {
            return Err(self.tell_of(resource, Situation::WrongState, &[("value", id), ("state", state)]));
        }
        let nothing = Map::new();
        let scope = self.call_scope(host, &nothing, Some((resource, &record)));
        self.check_rules(host, self.service, &self.operation.rules, &scope, Some((resource, &record)))?;
        Ok(record)
    }

    /// Sets fields from templates in the scope of the call, with the resource as it was as `self`.
    fn set_fields(
        &self,
        host: &dyn Host,
        resource: &ResourceType,
        (before, changed): (&Record, &mut Record),
        set: &BTreeMap<String, Template>,
    ) -> Result<(), Failure> {
        let nothing = Map::new();
        let scope = self.call_scope(host, &nothing, Some((resource, before)));
        for (name, template) in set {
            if let Some(value) = template.fill(&scope)? {
                changed.fields.insert(name.clone(), value);
            }
        }
        Ok(())
    }

    fn change_list(
        &self,
        host: &mut dyn HostMut,
        attachment: &Attachment,
        change: impl Fn(&mut Vec<Value>, Vec<Value>) -> Result<(), Failure>,
    ) -> Result<Value, Failure> {
        let Some(resource) = self.resource else { return Ok(empty()) };
        self.check_references(host)?;
        let mut last = None;
        for id in self.targets(host)? {
            let record = self.admitted(host, resource, &id, &[])?;
            let nothing = Map::new();
            let scope = self.call_scope(host, &nothing, Some((resource, &record)));
            let entries = match attachment.entries.fill(&scope)? {
                Some(Value::Array(entries)) => entries,
                one => one.into_iter().collect(),
            };
            let mut changed = record.clone();
            let mut list = match changed.fields.remove(&attachment.field) {
                Some(Value::Array(list)) => list,
                _ => Vec::new(),
            };
            change(&mut list, entries)?;
            changed.fields.insert(attachment.field.clone(), list.into());
            self.finish(host, resource, &record, &mut changed)?;
            last = Some(changed);
        }
        self.answer(host, &Map::new(), last.as_ref().map(|record| (resource, record)))
    }

    /// Computes what follows from other fields, checks what must hold, and saves.
    fn finish(
        &self,
        host: &mut dyn HostMut,
        resource: &ResourceType,
        before: &Record,
        changed: &mut Record,
    ) -> Result<(), Failure> {
        for name in &resource.order {
            let Some(field) = resource.fields.get(name) else { continue };
            if let Some(template) = &field.value {
                let own = RecordScope { world: self.world(host), resource, record: changed };
                match template.fill(&own)? {
                    Some(value) => changed.fields.insert(name.clone(), value),
                    None => changed.fields.remove(name),
                };
            }
            let value = changed.fields.get(name);
            if let Some(value) = value.filter(|value| before.fields.get(name) != Some(value)) {
                let code = field.shape.missing.as_ref().map(|code| code.value.as_str());
                self.check_existence(host, &field.shape, value, name, code, Some(&changed.region))?;
            }
            if field.required
                && super::call::texts(value).is_empty()
                && value.is_none_or(|value| value.is_array() || value.is_string())
            {
                return Err(self.teller().tell(Situation::MissingParameter, &[("parameter", name)]));
            }
        }
        let owner = self.catalog.service_of(&resource.name).unwrap_or(self.service);
        let own = RecordScope { world: self.world(host), resource, record: changed };
        self.check_rules(host, owner, &resource.rules, &own, Some((resource, changed)))?;
        shelves::save(self.catalog, host, resource, Some(before), changed)?;
        Ok(())
    }
}

fn empty() -> Value {
    Value::Object(Map::new())
}

fn same_entry(key: Option<&str>, a: &Value, b: &Value) -> bool {
    let part = |value: &Value| {
        key.map_or_else(|| value.clone(), |key| value.get(key).cloned().unwrap_or_else(|| value.clone()))
    };
    part(a) == part(b)
}
