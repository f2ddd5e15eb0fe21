//! Checks what files say of operations.

use std::collections::BTreeSet;

use super::check::Checker;
use super::check_names::Scope;
use super::file::{IdForm, ResourceType, TypeName};
use super::file_operation::{Check, Does, ListFilter, Listing, Operation};
use super::template::Name;

impl<'c> Checker<'c> {
    pub(super) fn operation(&mut self, operation: &'c Operation) {
        let resource = operation.resource.as_ref().and_then(|name| self.known_resource(name));
        let scope = Scope::Call { service: self.service, operation, resource };
        self.situations(&operation.situations);
        self.rules(&operation.rules, scope, resource);
        self.template(&operation.answer, scope);
        self.checks(operation, scope);
        self.finds(operation, resource);
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
            (Does::Modify { set, from, makes }, Some(resource)) => {
                if *makes && !matches!(resource.id, IdForm::Within { .. }) {
                    self.report(operation.at, "`makes` needs a type whose `id` is `within` another");
                }
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

    fn filter(&mut self, resource: &'c ResourceType, filter: &ListFilter) {
        let path = filter.field.split('.').map(str::to_owned).collect();
        self.name(&Name { path, filters: Vec::new(), at: filter.parameter.at }, Scope::Record(resource));
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
            if resource.words.is_empty() {
                let text = format!("`{}` has no `word` for the parameter `ResourceType`", name.value);
                self.report(name.at, text);
            }
            for word in &resource.words {
                if !words.insert(word.to_lowercase()) {
                    self.report(name.at, format!("two of these types have the word `{word}`"));
                }
            }
        }
    }

    /// What is found by values is found through a reference, so that a few are looked through.
    fn finds(&mut self, operation: &'c Operation, resource: Option<&'c ResourceType>) {
        let Some(first) = operation.finds.first() else { return };
        let lists = matches!(operation.does, Does::Create { .. } | Does::List(_));
        match resource {
            Some(resource) if !lists => {
                self.shared_reference(resource, first, operation.at);
                for name in &operation.finds {
                    self.known_field(resource, name, operation.at);
                }
            }
            _ => self.report(operation.at, "`finds` needs an operation on what exists, of one resource type"),
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
                Check::Field(name) => {
                    match operation.resource.as_ref().and_then(|r| self.known_resource(r)) {
                        Some(resource) => self.shared_reference(resource, &name.value, name.at),
                        None => self.report(name.at, "this check needs an operation on one resource type"),
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
