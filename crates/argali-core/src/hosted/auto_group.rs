//! Puts resources into the groups that an account's rules say, when they are made or labelled.

use super::call::Call;
use super::failure::Failure;
use super::file::ResourceType;
use super::host::HostMut;
use super::inventory::GroupedType;
use super::record::Record;
use super::shelves;
use crate::model::Groupable;

impl Call<'_> {
    /// Saves a resource that is new or labelled anew, in the group where a rule of the account puts it.
    pub(super) fn save_by_rule(
        &self,
        host: &mut dyn HostMut,
        resource: &ResourceType,
        before: Option<&Record>,
        record: &mut Record,
    ) -> Result<(), Failure> {
        if let Some(group) = &record.group {
            let service = self.catalog.service_of(&resource.name).unwrap_or(self.service);
            let known = GroupedType::new(service, resource);
            let moved = host.move_by_rule(&Groupable {
                service: known.service_code(),
                resource_type: &known.word(),
                id: &record.id,
                region: &record.region,
                group,
                tags: &record.tags,
            })?;
            if moved.is_some() {
                record.group = moved;
            }
        }
        shelves::save(self.catalog, host, resource, before, record)?;
        Ok(())
    }
}
