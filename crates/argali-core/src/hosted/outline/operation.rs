//! What can be done with resources: buttons and forms.

use super::super::catalog::Catalog;
use super::super::file::{IdForm, Names, ResourceType, Service};
use super::super::file_operation::{Does, Operation};
use super::parameter::{Form, ParameterOutline, form_of};
use super::words::{camel, deed};

/// An operation.
#[derive(Clone, Debug)]
pub struct OperationOutline {
    /// Its name.
    pub name: String,
    /// What it does, without the name of what it does it with: `Stop`; `Modify`, `Attribute`.
    pub words: Vec<String>,
    /// What people call that, where the file says so.
    pub names: Names,
    /// What kind of thing it does.
    pub act: Act,
    /// The states in which it may; any if empty.
    pub from: Vec<String>,
    /// Whether a parameter lifts that.
    pub is_lifted: bool,
    /// How what it works on is named.
    pub target: Target,
    /// What it asks for besides, what must be given first.
    pub parameters: Vec<ParameterOutline>,
}

/// What kind of thing an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Makes something.
    Create,
    /// Moves it to another state.
    Move,
    /// Changes it.
    Modify,
    /// Deletes it.
    Delete,
}

/// How a resource is named in calls.
#[derive(Clone, Debug)]
pub struct Target {
    /// The parameter that names it.
    pub parameter: String,
    /// How that is sent.
    pub form: Form,
    /// The parameter that names what it is within.
    pub whole: Option<String>,
}

impl Target {
    /// How resources with identifiers of this form are named.
    pub(super) fn of(id: &IdForm) -> Self {
        let whole = match id {
            IdForm::Within { whole, .. } => Some(whole.clone()),
            IdForm::Random { .. } => None,
        };
        Self { parameter: id.parameter().to_owned(), form: Form::Text, whole }
    }

    /// The pairs that name the resource with this identifier.
    pub fn pairs(&self, id: &str) -> Vec<(String, String)> {
        match &self.whole {
            None => self.form.pairs(&self.parameter, &[id]),
            Some(whole) => {
                let (outer, name) = id.split_once(IdForm::SEPARATOR).unwrap_or((id, ""));
                let mut pairs = self.form.pairs(&self.parameter, &[name]);
                pairs.push((whole.clone(), outer.to_owned()));
                pairs
            }
        }
    }

    /// The identifier of what is called so, within `whole` if it is within something.
    pub fn id(&self, name: &str, whole: &str) -> String {
        if self.whole.is_some() { IdForm::within(whole, name) } else { name.to_owned() }
    }
}

impl Catalog {
    /// How resources of a type are made.
    pub(super) fn creations(&self, service: &Service, resource: &ResourceType) -> Vec<OperationOutline> {
        let mut made: Vec<_> = operations_on(service, resource)
            .filter(|operation| matches!(operation.does, Does::Create { .. }))
            .map(|operation| self.outline_of(service, resource, operation, Act::Create))
            .collect();
        // What is made ready for use comes first.
        made.sort_by_key(|operation| (operation.name.starts_with("Create"), operation.name.len()));
        made
    }

    /// What can be done with a resource of a type. Of two operations that do the same, one to several at once, the
    /// other remains.
    pub(super) fn acts(&self, service: &Service, resource: &ResourceType) -> Vec<OperationOutline> {
        let mut acts: Vec<OperationOutline> = Vec::new();
        for operation in operations_on(service, resource) {
            let act = match &operation.does {
                Does::Transition { .. } => Act::Move,
                Does::Delete { .. } => Act::Delete,
                Does::Modify { .. } | Does::Attach(_) | Does::Detach(_) => Act::Modify,
                _ => continue,
            };
            let outline = self.outline_of(service, resource, operation, act);
            match acts.iter_mut().find(|known| known.words == outline.words) {
                Some(known) if known.target.form.is_list() => *known = outline,
                Some(known) if outline.target.form.is_list() || known.name == outline.name => {}
                _ => acts.push(outline),
            }
        }
        let rank = |act| match act {
            Act::Create | Act::Move => 0,
            Act::Modify => 1,
            Act::Delete => 2,
        };
        acts.sort_by(|one, other| (rank(one.act), &one.words).cmp(&(rank(other.act), &other.words)));
        acts
    }

    fn outline_of(
        &self,
        service: &Service,
        resource: &ResourceType,
        operation: &Operation,
        act: Act,
    ) -> OperationOutline {
        let mut target = Target::of(&resource.id);
        if act != Act::Create {
            let named = operation.named_target();
            if named != target.parameter {
                target = Target { parameter: named.to_owned(), form: Form::Text, whole: None };
            }
            target.form = match form_of(operation, named) {
                Form::Number => Form::Text,
                form => form,
            };
        }
        let known: Vec<&str> = match act {
            Act::Create => Vec::new(),
            _ => [Some(target.parameter.as_str()), target.whole.as_deref()].into_iter().flatten().collect(),
        };
        let (from, is_lifted) = match &operation.does {
            Does::Transition { from, .. } | Does::Modify { from, .. } => (from.as_slice(), false),
            Does::Delete { from, unless } => (from.as_slice(), unless.is_some()),
            _ => (&[][..], false),
        };
        OperationOutline {
            name: operation.name.clone(),
            words: deed(&operation.name, &nouns(resource)),
            names: service.pages.operations.get(&operation.name).cloned().unwrap_or_default(),
            act,
            from: from.iter().map(|state| state.value.clone()).collect(),
            is_lifted,
            parameters: self.parameters(service, resource, operation, &known),
            target,
        }
    }
}

fn operations_on<'s>(
    service: &'s Service,
    resource: &'s ResourceType,
) -> impl Iterator<Item = &'s Operation> {
    service
        .operations
        .values()
        .filter(|operation| operation.resource.as_ref().is_some_and(|known| known.value == resource.name))
}

/// What names of operations call the type, the longest first.
pub(super) fn nouns(resource: &ResourceType) -> Vec<String> {
    let without_id = |parameter: &str| parameter.strip_suffix("Id").unwrap_or_default().to_owned();
    let key = resource.name.split_once('.').map_or("", |(_, key)| key);
    let mut nouns = vec![camel(key)];
    match &resource.id {
        IdForm::Random { parameter, .. } => nouns.push(without_id(parameter)),
        IdForm::Within { whole, .. } => nouns.push(without_id(whole)),
    }
    nouns.sort_by_key(|noun| std::cmp::Reverse(noun.len()));
    nouns
}
