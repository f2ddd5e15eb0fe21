//! Checks what the files say together: every name must lead somewhere.

use std::collections::{BTreeMap, BTreeSet};

use super::catalog::Catalog;
use super::check_names::{Scope, Scopes};
use super::file::{
    Field, Generate, Part, ResourceType, Rule, RuleKind, Service, Shape, Situations, Step, TypeName,
};
use super::file_operation::{Check, Does, ListFilter, Listing, Operation};
use super::source::{At, Located, Mistake};
use super::template::{Name, Template};

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
            let name = (&service.product, &service.version, &operation.name);
            if let Some(other) = seen.insert(name, service.file.as_str()) {
                let text = format!("{other} declares `{}` of this product and version too", operation.name);
                checker.report(operation.at, text);
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

struct Checker<'c> {
    catalog: &'c Catalog,
    service: &'c Service,
    mistakes: Vec<Mistake>,
}

impl<'c> Checker<'c> {
    fn report(&mut self, at: At, message: impl Into<String>) {
        self.mistakes.push(Mistake { file: self.service.file.clone(), at, message: message.into() });
    }

    fn service(&mut self) {
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

    fn resource(&mut self, resource: &'c ResourceType) {
        let scope = Scope::Record(resource);
        self.template(&resource.arn, scope);
        self.template(&resource.view, scope);
        self.situations(&resource.situations);
        self.rules(&resource.rules, scope, Some(resource));
        for (user, code) in &resource.in_use_by {
            self.known_resource(user);
            self.code(code);
        }
        for field in resource.fields.values() {
            self.field(resource, field);
        }
        for part in &resource.parts {
            self.part(resource, part);
        }
        if let Template::Literal(_) = resource.arn {
            self.report(resource.at, "the ARN names no `{id}`, so that all resources would have the same");
        }
    }

    fn field(&mut self, resource: &'c ResourceType, field: &'c Field) {
        let scope = Scope::Record(resource);
        for template in field.default.iter().chain(&field.value) {
            self.template(template, scope);
        }
        if let Some(Generate::Address { block, among }) = &field.generate {
            self.name(block, scope);
            self.shared_reference(resource, among, field.at);
        }
        self.shape(&field.shape);
    }

    fn shape(&mut self, shape: &Shape) {
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

    fn part(&mut self, resource: &'c ResourceType, part: &'c Part) {
        let Some(made) = self.known_resource(&part.resource) else { return };
        // The parameters differ between the operations that make the whole, so they are not checked.
        for (field, template) in &part.set {
            self.known_field(made, field, part.resource.at);
            for name in template.names().into_iter().filter(|name| name.root() == "self") {
                self.name(name, Scope::Part(resource));
            }
        }
        self.path(made, &part.path, part.resource.at);
    }

    fn operation(&mut self, operation: &'c Operation) {
        let resource = operation.resource.as_ref().and_then(|name| self.known_resource(name));
        let scope = Scope::Call { service: self.service, operation, resource };
        self.situations(&operation.situations);
        self.rules(&operation.rules, scope, resource);
        self.template(&operation.answer, scope);
        self.checks(operation, scope);
        for parameter in operation.parameters.values() {
            self.shape(&parameter.shape);
        }
        self.does(operation, resource, scope);
    }

    fn does(&mut self, operation: &'c Operation, resource: Option<&'c ResourceType>, scope: Scope<'c>) {
        match (&operation.does, resource) {
            (Does::Create { set, path, count, region_of }, Some(resource)) => {
                self.set(resource, set, scope, operation.at);
                self.path(resource, path, operation.at);
                self.known_parameters(operation, count.iter().chain(region_of));
            }
            (Does::Modify { set, from }, Some(resource)) => {
                self.set(resource, set, scope, operation.at);
                self.states(resource, from);
            }
            (Does::Transition { from, path, set, partial }, Some(resource)) => {
                self.states(resource, from);
                self.path(resource, path, operation.at);
                self.set(resource, set, scope, operation.at);
                self.known_parameters(operation, partial.iter().map(|(parameter, _)| parameter));
            }
            (Does::Delete { from, unless }, Some(resource)) => {
                self.states(resource, from);
                self.known_parameters(operation, unless.iter());
            }
            (Does::Attach(attachment) | Does::Detach(attachment), Some(resource)) => {
                self.known_field(resource, &attachment.field, operation.at);
                self.template(&attachment.entries, scope);
            }
            (Does::List(listing), Some(resource)) => {
                self.listing(listing, Scope::Record(resource));
                for filter in &listing.filters {
                    self.filter(resource, filter);
                }
            }
            (Does::Serve(table, listing), _) => match self.catalog.table(&table.value) {
                Some(fixed) => self.listing(listing, Scope::Row(fixed)),
                None => self.report(table.at, format!("there is no fixed table `{}`", table.value)),
            },
            (Does::Tag(types) | Does::Untag(types) | Does::ListTags(types), _) => {
                self.words(types, |resource| resource.tags)
            }
            (Does::Regroup(types, _), _) => self.words(types, |resource| resource.groups),
            _ => {}
        }
    }

    fn listing(&mut self, listing: &'c Listing, scope: Scope<'c>) {
        if let Some(show) = &listing.show {
            self.template(show, scope);
        }
    }

    fn filter(&mut self, resource: &ResourceType, filter: &ListFilter) {
        if !matches!(filter.field.as_str(), "id" | "state") {
            self.known_field(resource, &filter.field, filter.parameter.at);
        }
    }

    /// The types that tag and group operations work on.
    fn words(&mut self, types: &[TypeName], supported: impl Fn(&ResourceType) -> bool) {
        let mut words = BTreeSet::new();
        for name in types {
            let Some(resource) = self.known_resource(name) else { continue };
            if !supported(resource) {
                self.report(
                    name.at,
                    format!("`{}` does not support this: see its `tags` and `resource_groups`", name.value),
                );
            }
            match &resource.word {
                None => self.report(
                    name.at,
                    format!("`{}` has no `word` for the parameter `ResourceType`", name.value),
                ),
                Some(word) if !words.insert(word.to_lowercase()) => {
                    self.report(name.at, format!("two of these types have the word `{word}`"));
                }
                Some(_) => {}
            }
        }
    }

    fn checks(&mut self, operation: &'c Operation, scope: Scope<'c>) {
        for check in &operation.checks {
            match check {
                Check::Arn(template) => self.template(template, scope),
                Check::Parameter(name) => {
                    if let Err(message) = refers(operation, &name.value) {
                        self.report(name.at, message);
                    }
                }
                Check::New(at) | Check::All(at) | Check::Named(at) => {
                    let listed = matches!(operation.does, Does::Serve(..));
                    if operation.resource.is_none() && !listed {
                        self.report(*at, "this check needs an operation on one resource type");
                    }
                }
                Check::Each(at) => {
                    if matches!(operation.does, Does::Create { .. } | Does::List(_) | Does::Serve(..)) {
                        self.report(*at, "`each` needs an operation on existing resources");
                    }
                }
            }
        }
    }

    fn rules(&mut self, rules: &'c [Rule], scope: Scope<'c>, resource: Option<&'c ResourceType>) {
        for rule in rules {
            self.code(&rule.error);
            match (&rule.kind, resource) {
                (RuleKind::Equal(templates) | RuleKind::Different(templates), _) => {
                    for template in templates {
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

    fn shared_reference(&mut self, resource: &ResourceType, among: &str, at: At) {
        let refers = resource.fields.get(among).and_then(|field| field.shape.refers.as_ref());
        if refers.is_none_or(|refers| self.catalog.resource(&refers.value).is_none()) {
            self.report(at, format!("`{among}` must be a field that refers to a resource type"));
        }
    }

    fn set(
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

    fn known_field(&mut self, resource: &ResourceType, field: &str, at: At) {
        if !resource.fields.contains_key(field) {
            self.report(at, format!("`{}` has no field `{field}`", resource.name));
        }
    }

    fn known_parameters<'n>(&mut self, operation: &Operation, names: impl Iterator<Item = &'n String>) {
        for name in names {
            if !operation.parameters.contains_key(name) {
                self.report(operation.at, format!("`{name}` is not a parameter of `{}`", operation.name));
            }
        }
    }

    fn known_resource(&mut self, name: &TypeName) -> Option<&'c ResourceType> {
        let found = self.catalog.resource(&name.value);
        if found.is_none() {
            self.report(name.at, format!("there is no resource type `{}`", name.value));
        }
        found
    }

    fn states(&mut self, resource: &ResourceType, states: &[Located<String>]) {
        for state in states {
            if !resource.states.contains(&state.value) {
                self.report(state.at, format!("`{}` has no state `{}`", resource.name, state.value));
            }
        }
    }

    fn path(&mut self, resource: &ResourceType, path: &[Step], at: At) {
        for step in path {
            if !resource.states.contains(&step.state) {
                self.report(at, format!("`{}` has no state `{}`", resource.name, step.state));
            }
        }
    }

    fn situations(&mut self, situations: &Situations) {
        for code in situations.values() {
            self.code(code);
        }
    }

    fn code(&mut self, code: &Located<String>) {
        if !self.service.errors.contains_key(&code.value) {
            self.report(code.at, format!("there is no error `{}`: declare it under `[errors]`", code.value));
        }
    }

    fn template(&mut self, template: &Template, scope: Scope<'c>) {
        for name in template.names() {
            self.name(name, scope);
        }
    }

    fn name(&mut self, name: &Name, scope: Scope<'c>) {
        if let Err(message) = (Scopes { catalog: self.catalog }).resolve(scope, &name.path) {
            self.report(name.at, message);
        }
    }

    /// The fields in an order in which each can be computed from those before it.
    fn order(&mut self, resource: &ResourceType) -> Vec<String> {
        let mut order: Vec<String> = Vec::new();
        let mut left: Vec<&String> = resource.fields.keys().collect();
        while !left.is_empty() {
            let ready = |field: &&String| {
                needs(resource, field)
                    .all(|need| order.contains(&need) || !resource.fields.contains_key(&need))
            };
            let (now, later): (Vec<&String>, Vec<&String>) = left.into_iter().partition(ready);
            if now.is_empty() {
                let names: Vec<String> = later.iter().map(|name| format!("`{name}`")).collect();
                self.report(resource.at, format!("the fields {} need each other", names.join(", ")));
                return order;
            }
            order.extend(now.into_iter().cloned());
            left = later;
        }
        order
    }
}

/// The names that the value of a field is computed from.
fn needs<'r>(resource: &'r ResourceType, field: &str) -> impl Iterator<Item = String> + use<'r> {
    let field = resource.fields.get(field);
    let templates = field.into_iter().flat_map(|field| field.default.iter().chain(&field.value));
    let names = templates.flat_map(|template| template.names()).map(|name| name.root().to_owned());
    let generate = field.and_then(|field| field.generate.as_ref());
    let address = generate.and_then(|generate| match generate {
        Generate::Address { block, among } => Some([block.root().to_owned(), among.clone()]),
        _ => None,
    });
    names.chain(address.into_iter().flatten())
}

/// Whether `path`, a parameter or a member of one, refers to something.
fn refers(operation: &Operation, path: &str) -> Result<(), String> {
    let (name, member) = path.split_once('.').map_or((path, None), |(name, member)| (name, Some(member)));
    let parameter = operation.parameters.get(name);
    let parameter = match member {
        Some(member) => parameter.and_then(|parameter| parameter.shape.kind.members()?.get(member)),
        None => parameter,
    };
    match parameter {
        None => Err(format!("`{path}` is not a parameter of this operation")),
        Some(parameter) if parameter.shape.refers.is_none() => {
            Err(format!("`{path}` refers to nothing that could be checked: see `refers`"))
        }
        Some(_) => Ok(()),
    }
}
