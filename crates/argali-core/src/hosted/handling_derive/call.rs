//! By which calls resources of a type are made, listed, shown, changed and deleted.

use std::collections::BTreeSet;

use super::Of;
use super::place::{place, way_to};
use crate::hosted::file::{IdForm, TypeName};
use crate::hosted::file_operation::{Does, Operation};
use crate::hosted::file_value::{Kind, Parameter};
use crate::hosted::handling::{ChangeCall, Identity, ListCall, MakeCall, MarkCall, ShowCall};
use crate::hosted::template::{Name, Template};

impl<'c> Of<'c> {
    /// What an operation takes and must be given, but for the region.
    fn own<'o>(
        &self,
        operation: &'o Operation,
    ) -> impl Iterator<Item = (&'o String, &'o Parameter)> + use<'o> {
        let region = self.service.region.as_ref().map(|region| region.parameter.clone());
        let is_own = move |name: &str| name != "DryRun" && Some(name) != region.as_deref();
        operation.parameters.iter().filter(move |(name, _)| is_own(name))
    }

    pub(super) fn make(&self, operation: &Operation) -> Option<MakeCall> {
        let Does::Create { set, path, .. } = &operation.does else { return None };
        if !self.is_of_type(operation) {
            return None;
        }
        let fixed = set.iter().filter_map(|(field, template)| match template {
            Template::Literal(value) => Some((field.clone(), value.clone())),
            _ => None,
        });
        let is_id = |name: &Name| name.path == ["self", "id"] || name.path == ["ids"];
        Some(MakeCall {
            action: operation.name.clone(),
            parameters: self
                .own(operation)
                .map(|(name, given)| (name.clone(), given.shape.kind.clone()))
                .collect(),
            required: required(self.own(operation)),
            fixed: fixed.collect(),
            id: place(&operation.answer, &is_id),
            settles: path.last().filter(|_| path.len() > 1).map(|step| step.state.clone()),
        })
    }

    pub(super) fn list(&self, operation: &Operation, identity: &Identity) -> Option<ListCall> {
        let Does::List(listing) = &operation.does else { return None };
        let required = required(self.own(operation));
        let whole = match identity {
            Identity::Within { whole, .. } => Some(whole),
            Identity::Field(_) => None,
        };
        let among = whole.filter(|whole| required.contains(*whole)).cloned();
        let asks_for_more = required.len() > usize::from(among.is_some());
        if !self.is_of_type(operation) || listing.show.is_some() || asks_for_more {
            return None;
        }
        Some(ListCall {
            action: operation.name.clone(),
            items: place(&operation.answer, &|name: &Name| name.path == ["items"])?,
            page: listing.paging.numbers.then_some(listing.paging.most),
            among,
        })
    }

    /// The call that shows most of what lists leave out.
    pub(super) fn show(&self, makes: &[MakeCall]) -> Option<ShowCall> {
        let mut hidden: BTreeSet<&str> = BTreeSet::new();
        for make in makes {
            let is_own =
                |field: &&str| self.resource.fields.contains_key(*field) || make.required.contains(*field);
            hidden.extend(make.parameters.keys().map(String::as_str).filter(is_own));
        }
        hidden.retain(|field| self.shown(|name| name.path == [*field]).is_none());
        let shows = self
            .operations()
            .filter(|operation| matches!(operation.does, Does::Show) && self.is_of_type(operation));
        let calls = shows.filter(|_| matches!(self.resource.id, IdForm::Random { .. })).map(|operation| {
            let found = |field: &&str| Some(((*field).to_owned(), way_to(&operation.answer, field)?));
            ShowCall {
                action: operation.name.clone(),
                target: operation.named_target().to_owned(),
                more: hidden.iter().filter_map(found).collect(),
            }
        });
        calls.filter(|call| !call.more.is_empty()).max_by_key(|call| call.more.len())
    }

    pub(super) fn change(&self, operation: &Operation) -> Option<ChangeCall> {
        let Does::Modify { .. } = &operation.does else { return None };
        self.on_one(operation, None)
    }

    pub(super) fn delete(&self, operation: &Operation) -> Option<ChangeCall> {
        let Does::Delete { unless, .. } = &operation.does else { return None };
        self.on_one(operation, unless.clone())
    }

    /// A call that works on one resource of the type.
    fn on_one(&self, operation: &Operation, force: Option<String>) -> Option<ChangeCall> {
        if !self.is_of_type(operation) {
            return None;
        }
        let targets = match &self.resource.id {
            IdForm::Within { whole, name } => vec![whole.clone(), name.clone()],
            IdForm::Random { .. } => vec![operation.named_target().to_owned()],
        };
        let is_one = |target: &String| {
            let kind = operation.parameters.get(target).map(|given| &given.shape.kind);
            matches!(kind, Some(Kind::Text | Kind::Integer))
        };
        let others = self.own(operation).filter(|(name, _)| !targets.contains(name));
        if !targets.iter().all(is_one) {
            return None;
        }
        let parameters = others.map(|(name, given)| (name.clone(), given.shape.kind.clone())).collect();
        Some(ChangeCall { action: operation.name.clone(), parameters, targets, force })
    }

    pub(super) fn mark<'t>(
        &self,
        of: impl Fn(&'c Does) -> Option<(&'c Vec<TypeName>, &'t str)>,
    ) -> Option<MarkCall>
    where
        'c: 't,
    {
        self.operations().find_map(|operation| {
            let (types, with) = of(&operation.does)?;
            if !types.iter().any(|name| name.value == self.resource.name) {
                return None;
            }
            let target = operation.named_target();
            let is_list = operation.parameters.get(target)?.shape.kind == Kind::TextList;
            let has_word = operation.parameters.contains_key("ResourceType");
            Some(MarkCall {
                action: operation.name.clone(),
                target: if is_list { format!("{target}.1") } else { target.to_owned() },
                word: self.resource.words.first().filter(|_| has_word).cloned(),
                with: with.to_owned(),
            })
        })
    }
}

fn required<'o>(own: impl Iterator<Item = (&'o String, &'o Parameter)>) -> BTreeSet<String> {
    own.filter(|(_, given)| given.required).map(|(name, _)| name.clone()).collect()
}
