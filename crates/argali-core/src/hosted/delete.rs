//! Deletes resources, and with them what cannot be without them.

use serde_json::{Map, Value};

use super::call::Call;
use super::failure::Failure;
use super::file::ResourceType;
use super::file_value::{Deleted, Shape};
use super::host::HostMut;
use super::record::{Record, gather_references};
use super::scope::RecordScope;
use super::shelves;
use super::situation::Situation;
use super::source::Located;

impl Call<'_> {
    pub(super) fn delete(
        &self,
        host: &mut dyn HostMut,
        from: &[Located<String>],
        unless: Option<&str>,
    ) -> Result<Value, Failure> {
        let Some(resource) = self.resource else { return Ok(Value::Object(Map::new())) };
        let lifted =
            unless.is_some_and(|parameter| self.arguments.get(parameter) == Some(&Value::Bool(true)));
        let from = if lifted { &[] } else { from };
        self.check_references(host)?;
        let mut last = None;
        for id in self.targets(host)? {
            let record = self.admitted(host, resource, &id, from)?;
            self.delete_one(host, resource, &record)?;
            last = Some(record);
        }
        self.answer(host, &Map::new(), last.as_ref().map(|record| (resource, record)))
    }

    /// Deletes a resource and what goes with it. What else refers to it forbids this, or stays without the reference.
    fn delete_one(
        &self,
        host: &mut dyn HostMut,
        resource: &ResourceType,
        record: &Record,
    ) -> Result<(), Failure> {
        let target = (resource.name.as_str(), record.id.as_str());
        let mut users = Vec::new();
        for user in shelves::referrers(host, target, None)? {
            let Some(known) = self.catalog.resource(&user.type_name) else {
                return Err(self.in_use(resource, &record.id, (&user.type_name, &user.id)));
            };
            let Some(user) = shelves::load(host, &user.type_name, &user.id)? else { continue };
            match fate(known, &user, target) {
                Fate::Forbids => return Err(self.in_use(resource, &record.id, (&known.name, &user.id))),
                fate => users.push((known, user.id, fate)),
            }
        }
        // Before its dependents, so that a ring of them ends.
        shelves::remove(self.catalog, host, resource, record)?;
        for (known, id, fate) in users {
            // One that refers to it twice, or to another of them, may be gone already.
            let Some(user) = shelves::load(host, &known.name, &id)? else { continue };
            match fate {
                Fate::Goes => self.delete_one(host, known, &user)?,
                _ => self.release(host, known, &user, target)?,
            }
        }
        Ok(())
    }

    /// Takes the references to `target` from a resource, and changes what changes with that.
    fn release(
        &self,
        host: &mut dyn HostMut,
        resource: &ResourceType,
        record: &Record,
        target: (&str, &str),
    ) -> Result<(), Failure> {
        let mut changed = record.clone();
        for (name, field) in &resource.fields {
            let Some(release) = &field.without.released else { continue };
            if !refers_to(&field.shape, record.fields.get(name), target) {
                continue;
            }
            forget(&field.shape, &mut changed.fields, name, target);
            if !release.path.is_empty() {
                changed.set_out(&release.path, host.now_ms());
            }
            for (name, template) in &release.set {
                let own = RecordScope { world: self.world(host), resource, record };
                match template.fill(&own)? {
                    Some(value) => changed.fields.insert(name.clone(), value),
                    None => changed.fields.remove(name),
                };
            }
        }
        Ok(shelves::save(self.catalog, host, resource, Some(record), &changed)?)
    }

    fn in_use(&self, resource: &ResourceType, id: &str, (user_type, user): (&str, &str)) -> Failure {
        let values = [("value", id), ("user", user)];
        let owner = self.catalog.service_of(&resource.name).unwrap_or(self.service);
        match resource.in_use_by.iter().find(|(known, _)| known.value == user_type) {
            Some((_, code)) => Failure::told(owner, &code.value, &values),
            None => self.tell_of(resource, Situation::InUse, &values),
        }
    }
}

/// What becomes of a resource when something that it refers to is deleted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Nothing may be deleted.
    Forbids,
    /// It stays without the reference.
    Stays,
    /// It is deleted, too.
    Goes,
}

/// What the fields say that refer to `target`: one that forbids outweighs one by which it goes, which outweighs others.
fn fate(resource: &ResourceType, record: &Record, target: (&str, &str)) -> Fate {
    let mut fate = Fate::Stays;
    let fields = resource.fields.iter();
    for (_, field) in fields.filter(|(name, field)| refers_to(&field.shape, record.fields.get(*name), target))
    {
        let goes = match &field.without.deleted {
            Deleted::Never => false,
            Deleted::Always => true,
            Deleted::If(flag) => record.fields.get(flag) == Some(&Value::Bool(true)),
        };
        match (goes, &field.without.released) {
            (true, _) => fate = Fate::Goes,
            (false, Some(_)) => {}
            (false, None) => return Fate::Forbids,
        }
    }
    fate
}

fn refers_to(shape: &Shape, value: Option<&Value>, target: (&str, &str)) -> bool {
    let mut references = Vec::new();
    if let Some(value) = value {
        gather_references(shape, value, &mut references);
    }
    references.contains(&target)
}

/// Takes what refers to `target` from a field: the elements of a list, or all of it.
fn forget(shape: &Shape, fields: &mut Map<String, Value>, name: &str, target: (&str, &str)) {
    match fields.get_mut(name) {
        // An element refers as a list of it alone does.
        Some(Value::Array(elements)) => {
            elements.retain(|element| !refers_to(shape, Some(&Value::Array(vec![element.clone()])), target));
        }
        _ => {
            fields.remove(name);
        }
    }
}
