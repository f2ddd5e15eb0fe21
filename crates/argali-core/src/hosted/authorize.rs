//! What must be allowed before a call runs.

use std::borrow::Cow;

use serde_json::Value;

use super::call::Call;
use super::failure::Failure;
use super::file::{FixedTable, Level, ResourceType};
use super::file_operation::{Check, Does};
use super::host::Host;
use super::record::Record;
use super::scope::{ANY, BareScope, CallScope, RecordScope, RowScope};
use super::template::Scope;

/// Something that must be allowed before a call runs. Everything in it belongs to the account that owns the resources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permission {
    /// The action, such as `ecs:RunInstances`.
    pub action: String,
    /// The ARN; `*` for services whose resources policies cannot tell apart.
    pub arn: String,
    /// The resource group in which it is judged, if its type supports them and one is known.
    pub group: Option<String>,
    /// Condition keys and values: tags of the resource and of the request.
    pub conditions: Vec<(String, String)>,
    /// The service whose gate must be open for sessions that began in another account.
    pub gate: Option<String>,
}

impl Call<'_> {
    /// What must be allowed, every one of it. Never empty.
    ///
    /// It reads what the call names, and tells nothing of what it finds: whoever lacks the permission must not
    /// learn whether a resource exists.
    ///
    /// # Errors
    ///
    /// Fails if the store cannot be read.
    pub fn checks(&self, host: &dyn Host) -> Result<Vec<Permission>, Failure> {
        let mut permissions = Vec::new();
        for check in &self.operation.checks {
            match check {
                Check::New(_) => {
                    permissions.extend(self.resource.map(|r| self.any_of(host, r, true)).transpose()?)
                }
                Check::All(_) => permissions.push(self.all(host)?),
                Check::Named(_) => self.named(host, &mut permissions)?,
                Check::Each(_) => self.each(host, &mut permissions)?,
                Check::Parameter(name) => self.of_parameter(host, &name.value, &mut permissions)?,
                Check::Field(name) => self.of_field(host, &name.value, &mut permissions)?,
                Check::Arn(template) => {
                    let found = serde_json::Map::new();
                    let arn = template.fill_as_text(&self.bare_scope(host, &found))?;
                    permissions.push(self.permission(arn, None, Vec::new(), self.gate()));
                }
            }
        }
        // Nothing may run unasked, whatever a call leaves out.
        if permissions.is_empty() {
            permissions.push(self.all(host)?);
        }
        Ok(permissions)
    }

    fn bare_scope<'a>(
        &'a self,
        host: &'a dyn Host,
        found: &'a serde_json::Map<String, Value>,
    ) -> CallScope<'a> {
        CallScope {
            world: self.world(host),
            parameters: &self.operation.parameters,
            arguments: &self.arguments,
            found,
            region: self.region_or_default(),
            of: None,
        }
    }

    fn each(&self, host: &dyn Host, permissions: &mut Vec<Permission>) -> Result<(), Failure> {
        let Some(resource) = self.resource else { return Ok(()) };
        let targets = self.targets(host)?;
        if targets.is_empty() {
            permissions.push(self.any_of(host, resource, false)?);
        }
        for id in targets {
            let permission =
                self.one(host, resource, &id, matches!(self.operation.does, Does::ListTags(_)))?;
            // Whoever moves a resource to another group must be allowed to use it there, too.
            if let Does::Regroup(_, group) = &self.operation.does
                && let Some(group) = self.texts(group).first()
                && permission.group.as_deref() != Some(group)
            {
                permissions.push(Permission { group: Some((*group).to_owned()), ..permission.clone() });
            }
            permissions.push(permission);
        }
        Ok(())
    }

    fn named(&self, host: &dyn Host, permissions: &mut Vec<Permission>) -> Result<(), Failure> {
        let ids = match &self.operation.does {
            Does::List(listing) | Does::Serve(_, listing) => {
                let ids = listing.ids.as_ref().map(|ids| self.texts(ids)).unwrap_or_default();
                ids.into_iter().map(Cow::Borrowed).collect()
            }
            _ => self.targets(host)?,
        };
        if ids.is_empty() {
            permissions.push(self.all(host)?);
        }
        for id in ids {
            match (self.resource, self.served()) {
                // SPEC: service authorization, notes: lists carry no resource tags.
                (Some(resource), _) => permissions.push(self.one(host, resource, &id, true)?),
                (None, Some(table)) => permissions.extend(self.row(host, table, &id)?),
                (None, None) => {}
            }
        }
        Ok(())
    }

    /// What a field of each resource that the call works on refers to; any of the type if it is not known.
    fn of_field(
        &self,
        host: &dyn Host,
        name: &str,
        permissions: &mut Vec<Permission>,
    ) -> Result<(), Failure> {
        let Some(resource) = self.resource else { return Ok(()) };
        let refers = resource.fields.get(name).and_then(|field| field.shape.refers.as_ref());
        let Some(whole) = refers.and_then(|refers| self.catalog.resource(&refers.value)) else {
            return Ok(());
        };
        for id in self.targets(host)? {
            let record = self.find(host, resource, &id)?;
            let known = record.as_ref().and_then(|record| record.fields.get(name)).and_then(Value::as_str);
            permissions.push(match known.or_else(|| self.texts(name).first().copied()) {
                Some(id) => self.one(host, whole, id, false)?,
                None => self.any_of(host, whole, false)?,
            });
        }
        Ok(())
    }

    fn of_parameter(
        &self,
        host: &dyn Host,
        path: &str,
        permissions: &mut Vec<Permission>,
    ) -> Result<(), Failure> {
        let (name, member) = path.split_once('.').map_or((path, None), |(name, member)| (name, Some(member)));
        let Some(parameter) = self.operation.parameters.get(name) else { return Ok(()) };
        let (shape, values): (_, Vec<&Value>) = match (member, self.arguments.get(name)) {
            (_, None) => return Ok(()),
            (None, Some(value)) => (&parameter.shape, vec![value]),
            (Some(member), Some(value)) => {
                let Some(inner) = parameter.shape.kind.members().and_then(|members| members.get(member))
                else {
                    return Ok(());
                };
                let tables = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
                (&inner.shape, tables.iter().filter_map(|table| table.get(member)).collect())
            }
        };
        let Some(refers) = &shape.refers else { return Ok(()) };
        for id in values.into_iter().flat_map(|value| super::call::texts(Some(value))) {
            if let Some(resource) = self.catalog.resource(&refers.value) {
                permissions.push(self.one(host, resource, id, false)?);
            } else if let Some(table) = self.catalog.table(&refers.value) {
                permissions.extend(self.row(host, table, id)?);
            }
        }
        Ok(())
    }

    /// One resource, whether or not it exists.
    fn one(
        &self,
        host: &dyn Host,
        resource: &ResourceType,
        id: &str,
        listed: bool,
    ) -> Result<Permission, Failure> {
        let record = self.find(host, resource, id)?;
        let arn = match &record {
            Some(record) => {
                resource.arn.fill_as_text(&RecordScope { world: self.world(host), resource, record })?
            }
            None => resource.arn.fill_as_text(&BareScope {
                id,
                form: Some(&resource.id),
                region: self.region_or_default(),
                account: host.account(),
            })?,
        };
        let group = record.as_ref().and_then(|record| record.group.clone());
        let tags = record
            .as_ref()
            .filter(|_| !listed)
            .map(|record| tag_conditions(resource, record))
            .unwrap_or_default();
        Ok(self.permission(arn, group, tags, self.gate_of(resource)))
    }

    /// Any of a type: in the group that the call names, or for a new one the default group.
    fn any_of(&self, host: &dyn Host, resource: &ResourceType, new: bool) -> Result<Permission, Failure> {
        let region = match &self.region {
            Some(region) => region.clone(),
            None if new => self.region_for_new(host)?,
            None => "*".to_owned(),
        };
        let bare = BareScope { id: ANY, form: None, region: &region, account: host.account() };
        let arn = resource.arn.fill_as_text(&bare)?;
        let named = self.texts("ResourceGroupId").first().map(|group| (*group).to_owned());
        let group = match (resource.groups, named) {
            (false, _) => None,
            (true, None) if new => Some(host.default_group()?),
            (true, named) => named,
        };
        Ok(self.permission(arn, group, Vec::new(), self.gate_of(resource)))
    }

    fn all(&self, host: &dyn Host) -> Result<Permission, Failure> {
        if let Some(resource) = self.resource {
            return self.any_of(host, resource, false);
        }
        let bare =
            BareScope { id: ANY, form: None, region: self.region_or_default(), account: host.account() };
        let arn = match self.served().and_then(|table| table.arn.as_ref()) {
            Some(template) => template.fill_as_text(&bare)?,
            None => format!("acs:{}:*:{}:*", self.service.ram_code, host.account()),
        };
        Ok(self.permission(arn, None, Vec::new(), self.gate()))
    }

    /// A row of a fixed table, if policies can name it.
    fn row(&self, host: &dyn Host, table: &FixedTable, id: &str) -> Result<Option<Permission>, Failure> {
        let Some(template) = &table.arn else { return Ok(None) };
        let (region, account) = (self.region_or_default(), host.account());
        let bare = BareScope { id, form: None, region, account };
        let row = table.rows.get(id).map(|row| RowScope { table, row, region, account });
        let arn = template.fill_as_text(row.as_ref().map_or(&bare as &dyn Scope, |row| row))?;
        Ok(Some(self.permission(arn, None, Vec::new(), self.gate())))
    }

    fn permission(
        &self,
        arn: String,
        group: Option<String>,
        mut conditions: Vec<(String, String)>,
        gate: Option<String>,
    ) -> Permission {
        if matches!(self.operation.does, Does::Create { .. } | Does::Tag(_)) {
            conditions.extend(
                self.tag_arguments().map(|(key, value)| (format!("acs:RequestTag/{key}"), value.to_owned())),
            );
        }
        // SPEC: evaluation, service notes, granularity.
        let arn = if self.service.level == Level::Resource { arn } else { "*".to_owned() };
        let action = format!("{}:{}", self.service.ram_code, self.operation.action);
        Permission { action, arn, group, conditions, gate }
    }

    /// The gate of the call's own service, if that is closed.
    fn gate(&self) -> Option<String> {
        self.service.gate().map(str::to_owned)
    }

    /// The gate of a type's service, which may be another than the call's, if it is closed for the type.
    fn gate_of(&self, resource: &ResourceType) -> Option<String> {
        let service = self.catalog.service_of(&resource.name).unwrap_or(self.service);
        resource.gate(service).map(str::to_owned)
    }

    /// The fixed table that it lists, if it lists one.
    fn served(&self) -> Option<&FixedTable> {
        match &self.operation.does {
            Does::Serve(table, _) => self.catalog.table(&table.value),
            _ => None,
        }
    }
}

fn tag_conditions(resource: &ResourceType, record: &Record) -> Vec<(String, String)> {
    let keys = resource.tag_keys.iter();
    keys.flat_map(|prefix| {
        record.tags.iter().map(move |(key, value)| (format!("{prefix}/{key}"), value.clone()))
    })
    .collect()
}
