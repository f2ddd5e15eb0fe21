//! Deletes resources, and with them what cannot be without them.

use serde_json::{Map, Value};

use super::call::Call;
use super::failure::Failure;
use super::file::ResourceType;
use super::host::HostMut;
use super::record::Record;
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
        for id in self.targets() {
            let record = self.admitted(host, resource, id, from)?;
            self.delete_one(host, resource, &record)?;
        }
        self.answer(host, &Map::new(), None)
    }

    /// Deletes a resource and what goes with it. What else refers to it forbids this.
    fn delete_one(
        &self,
        host: &mut dyn HostMut,
        resource: &ResourceType,
        record: &Record,
    ) -> Result<(), Failure> {
        let users = shelves::referrers(host, (&resource.name, &record.id), None)?;
        for user in &users {
            let known = self.catalog.resource(&user.type_name);
            if !known.is_some_and(|known| goes_with(known, &resource.name)) {
                return Err(self.in_use(resource, &record.id, (&user.type_name, &user.id)));
            }
        }
        // Before its dependents, so that a ring of them ends.
        shelves::remove(self.catalog, host, resource, record);
        for user in &users {
            if let Some(known) = self.catalog.resource(&user.type_name)
                && let Some(dependent) = shelves::load(host, &user.type_name, &user.id)?
            {
                self.delete_one(host, known, &dependent)?;
            }
        }
        Ok(())
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

/// Whether resources of a type go when what they refer to of type `target` is deleted.
fn goes_with(resource: &ResourceType, target: &str) -> bool {
    let refers = |field: &&super::file::Field| {
        field.shape.refers.as_ref().is_some_and(|refers| refers.value == target)
    };
    let mut fields = resource.fields.values().filter(refers).peekable();
    fields.peek().is_some() && fields.all(|field| field.deleted_with)
}
