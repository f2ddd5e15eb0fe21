//! Checks what files say of resource types.

use std::collections::BTreeSet;

use super::check::Checker;
use super::check_names::Scope;
use super::file::{IdForm, Part, ResourceType};
use super::file_value::{Deleted, Field, Generate, Kind, Shape, Without};
use super::template::Template;

/// How many fields a type has at most.
const MOST_FIELDS: usize = 300;

impl<'c> Checker<'c> {
    pub(super) fn resource(&mut self, resource: &'c ResourceType) {
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
        self.identity(resource);
        for part in &resource.parts {
            self.part(resource, part);
        }
        self.cycles(resource);
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
        if field.shape.secret {
            self.report(field.at, "a `secret` cannot be kept: make it a parameter");
        }
        self.shape(&field.shape);
        self.without(resource, field);
    }

    fn without(&mut self, resource: &'c ResourceType, field: &'c Field) {
        let Without { deleted, released } = &field.without;
        if (*deleted != Deleted::Never || released.is_some()) && !refers_anywhere(&field.shape) {
            self.report(field.at, "`deleted_with` and `released` need `refers`");
        }
        if let Deleted::If(flag) = deleted {
            match resource.fields.get(flag).map(|flag| &flag.shape.kind) {
                Some(Kind::Boolean) => {}
                _ => self.report(field.at, format!("`{flag}` must be a field of the kind `boolean`")),
            }
        }
        if let Some(release) = released {
            self.path(resource, &release.path, field.at);
            self.set(resource, &release.set, Scope::Record(resource), field.at);
            if field.required {
                self.report(field.at, "a field that is `required` cannot be `released`");
            }
        }
    }

    /// Resources of a type must not be deleted with others of it, however far around: a deletion would take as long as
    /// the chain of them.
    fn cycles(&mut self, resource: &'c ResourceType) {
        if resource.fields.len() > MOST_FIELDS {
            self.report(resource.at, format!("a type has at most {MOST_FIELDS} fields"));
        }
        let mut reached = BTreeSet::new();
        let mut open = vec![resource];
        while let Some(known) = open.pop() {
            let fields = known.fields.values().filter(|field| field.without.deleted != Deleted::Never);
            for whole in fields.filter_map(|field| field.shape.refers.as_ref()) {
                if whole.value == resource.name {
                    let text = "resources of this type would be deleted with one another: see `deleted_with`";
                    return self.report(resource.at, text);
                }
                if reached.insert(whole.value.as_str()) {
                    open.extend(self.catalog.resource(&whole.value));
                }
            }
        }
    }

    /// The fields that make up the identifier, and how many there may be.
    fn identity(&mut self, resource: &'c ResourceType) {
        if let IdForm::Within { whole, name } = &resource.id {
            self.shared_reference(resource, whole, resource.at);
            self.known_field(resource, name, resource.at);
        }
        if let Some(quota) = &resource.quota {
            self.code(&quota.error);
            if let Some(among) = &quota.among {
                self.shared_reference(resource, among, resource.at);
            }
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

    /// The fields in an order in which each can be computed from those before it.
    pub(super) fn order(&mut self, resource: &ResourceType) -> Vec<String> {
        let mut order: Vec<String> = Vec::new();
        let mut left: Vec<&String> = resource.fields.keys().take(MOST_FIELDS).collect();
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

/// Whether values of a shape refer to something, or their members do.
fn refers_anywhere(shape: &Shape) -> bool {
    let members = shape.kind.members().into_iter().flat_map(|members| members.values());
    shape.refers.is_some() || members.into_iter().any(|member| refers_anywhere(&member.shape))
}
