//! Checks what the files say together: every name must lead somewhere.

use std::collections::BTreeMap;

use super::catalog::Catalog;
use super::check_names::{Scope, Scopes};
use super::file::{ResourceType, Rule, RuleKind, Service, Situations, Step, TypeName};
use super::file_operation::Operation;
use super::file_value::Shape;
use super::source::{At, Located, Mistake};
use super::template::{Name, Template};
use crate::registry;
use crate::services::SERVICES;

/// Whether another file has the same service name.
pub(super) fn same_name(catalog: &Catalog, service: &Service) -> Option<Mistake> {
    let other = catalog.services.get(&service.name)?;
    let message = format!("`{}` is already the service of {}", service.name, other.file);
    Some(Mistake { file: service.file.clone(), at: At { line: 1, column: 1 }, message })
}

/// Checks the whole catalog, and puts the fields of each type in the order in which they are computed.
pub(super) fn check(catalog: &mut Catalog) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    let mut orders = Vec::new();
    let (mut seen, mut linked) = (BTreeMap::new(), BTreeMap::new());
    for service in catalog.services() {
        let mut checker = Checker { catalog, service, mistakes: Vec::new() };
        checker.service();
        for (key, resource) in &service.resources {
            checker.resource(resource);
            orders.push((service.name.clone(), key.clone(), checker.order(resource)));
        }
        for role in service.linked_roles.values() {
            for name in [role.service.clone(), role.name.folded()] {
                if let Some(other) = linked.insert(name, service.file.as_str()) {
                    let text = format!("{other} declares the role of `{}` or its name too", role.service);
                    checker.report(role.at, text);
                }
            }
        }
        for operation in service.operations.values() {
            checker.operation(operation);
            let other = seen.insert((&service.version, &operation.name), service.file.as_str());
            if let Some(other) = written_in_rust(service, operation).or(other) {
                checker.report(operation.at, taken(service, operation, other));
            }
        }
        mistakes.append(&mut checker.mistakes);
    }
    for (service, key, order) in orders {
        let resource = catalog.services.get_mut(&service).and_then(|service| service.resources.get_mut(&key));
        if let Some(resource) = resource {
            resource.order = order;
        }
    }
    mistakes
}

/// The product of a service in Rust to whose API the operation belongs, whether or not it is offered.
fn written_in_rust(service: &Service, operation: &Operation) -> Option<&'static str> {
    let of_its_api =
        |other: &&registry::Service| other.version == service.version && other.names(&operation.name);
    SERVICES.iter().find(of_its_api).map(|other| other.product)
}

/// That calls of an operation would reach `other`'s.
fn taken(service: &Service, operation: &Operation, other: &str) -> String {
    let (name, version) = (&operation.name, &service.version);
    format!(
        "{other} has `{name}` of version `{version}` too, and calls name nothing else: give a service of your own a \
         version of its own"
    )
}

/// Checks one service.
pub(super) struct Checker<'c> {
    pub(super) catalog: &'c Catalog,
    pub(super) service: &'c Service,
    mistakes: Vec<Mistake>,
}

impl<'c> Checker<'c> {
    pub(super) fn report(&mut self, at: At, message: impl Into<String>) {
        self.mistakes.push(Mistake { file: self.service.file.clone(), at, message: message.into() });
    }

    pub(super) fn service(&mut self) {
        self.backend();
        self.situations(&self.service.situations);
        if let Some(region) = &self.service.region {
            match self.catalog.table(&region.table.value) {
                None => {
                    self.report(region.table.at, format!("there is no fixed table `{}`", region.table.value))
                }
                Some(table) if !table.rows.contains_key(&region.default) => {
                    let text = format!("the default region `{}` is not in `{}`", region.default, table.name);
                    self.report(region.table.at, text);
                }
                Some(_) => {}
            }
        }
        for table in self.service.tables.values() {
            for template in table.view.iter().chain(&table.arn) {
                self.template(template, Scope::Row(table));
            }
        }
        for used_by in self.service.linked_roles.values().flat_map(|role| &role.used_by) {
            self.known_resource(used_by);
        }
    }

    pub(super) fn shape(&mut self, shape: &Shape) {
        self.leads_to_backend(shape);
        if let Some(refers) = &shape.refers
            && self.catalog.resource(&refers.value).is_none()
            && self.catalog.table(&refers.value).is_none()
        {
            self.report(refers.at, format!("there is no type or table `{}`", refers.value));
        }
        for code in shape.invalid.iter().chain(&shape.missing) {
            self.code(code);
        }
        for member in shape.kind.members().into_iter().flat_map(|members| members.values()) {
            self.shape(&member.shape);
        }
    }

    pub(super) fn rules(&mut self, rules: &'c [Rule], scope: Scope<'c>, resource: Option<&'c ResourceType>) {
        for rule in rules {
            self.code(&rule.error);
            match (&rule.kind, resource) {
                (RuleKind::Equal(templates) | RuleKind::Different(templates), _) => {
                    for template in templates {
                        self.template(template, scope);
                    }
                }
                (RuleKind::Outside(inner, outer), _) => {
                    for template in std::iter::once(inner).chain(outer) {
                        self.template(template, scope);
                    }
                }
                (RuleKind::Given(names), _) => {
                    for name in names {
                        self.name(name, scope);
                    }
                }
                (RuleKind::Inside(inner, outer), _) => {
                    self.name(inner, scope);
                    self.name(outer, scope);
                }
                (RuleKind::Apart { field, among } | RuleKind::Unique { field, among }, Some(resource)) => {
                    self.known_field(resource, field, rule.at);
                    self.shared_reference(resource, among, rule.at);
                }
                (RuleKind::Apart { .. } | RuleKind::Unique { .. }, None) => {
                    self.report(rule.at, "this rule needs an operation on one resource type");
                }
            }
        }
    }

    pub(super) fn shared_reference(&mut self, resource: &ResourceType, among: &str, at: At) {
        let refers = resource.fields.get(among).and_then(|field| field.shape.refers.as_ref());
        if refers.is_none_or(|refers| self.catalog.resource(&refers.value).is_none()) {
            self.report(at, format!("`{among}` must be a field that refers to a resource type"));
        }
    }

    pub(super) fn set(
        &mut self,
        resource: &ResourceType,
        set: &'c BTreeMap<String, Template>,
        scope: Scope<'c>,
        at: At,
    ) {
        for (field, template) in set {
            self.known_field(resource, field, at);
            self.template(template, scope);
        }
    }

    pub(super) fn known_field(&mut self, resource: &ResourceType, field: &str, at: At) {
        if !resource.fields.contains_key(field) {
            self.report(at, format!("`{}` has no field `{field}`", resource.name));
        }
    }

    pub(super) fn known_parameters<'n>(
        &mut self,
        operation: &Operation,
        names: impl Iterator<Item = &'n String>,
    ) {
        for name in names {
            if !operation.parameters.contains_key(name) {
                self.report(operation.at, format!("`{name}` is not a parameter of `{}`", operation.name));
            }
        }
    }

    pub(super) fn known_resource(&mut self, name: &TypeName) -> Option<&'c ResourceType> {
        let found = self.catalog.resource(&name.value);
        if found.is_none() {
            self.report(name.at, format!("there is no resource type `{}`", name.value));
        }
        found
    }

    pub(super) fn states(&mut self, resource: &ResourceType, states: &[Located<String>]) {
        for state in states {
            if !resource.states.contains(&state.value) {
                self.report(state.at, format!("`{}` has no state `{}`", resource.name, state.value));
            }
        }
    }

    pub(super) fn path(&mut self, resource: &ResourceType, path: &[Step], at: At) {
        for step in path {
            if !resource.states.contains(&step.state) {
                self.report(at, format!("`{}` has no state `{}`", resource.name, step.state));
            }
        }
    }

    pub(super) fn situations(&mut self, situations: &Situations) {
        for code in situations.values() {
            self.code(code);
        }
    }

    pub(super) fn code(&mut self, code: &Located<String>) {
        if !self.service.errors.contains_key(&code.value) {
            self.report(code.at, format!("there is no error `{}`: declare it under `[errors]`", code.value));
        }
    }

    pub(super) fn template(&mut self, template: &Template, scope: Scope<'c>) {
        for name in template.names() {
            self.name(name, scope);
        }
    }

    pub(super) fn name(&mut self, name: &Name, scope: Scope<'c>) {
        if let Err(message) = (Scopes { catalog: self.catalog }).resolve(scope, &name.path) {
            self.report(name.at, message);
        }
    }
}
