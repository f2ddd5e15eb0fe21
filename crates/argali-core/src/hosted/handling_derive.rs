//! Finds out from a service file how the resources of its types are handled.

use std::collections::BTreeSet;

use super::catalog::Catalog;
use super::file::{IdForm, ResourceType, Service, TypeName};
use super::file_operation::{Does, Operation};
use super::file_value::{Kind, Parameter};
use super::handling::{
    ChangeCall, Handling, Identity, ListCall, MakeCall, MarkCall, Path, Regions, ShowCall, Shown, TagPath,
};
use super::template::{Name, Template};

impl Catalog {
    /// How the types that can be listed and made are handled; others come and go with these. A type stands after
    /// those that it refers to.
    pub fn handlings(&self) -> Vec<Handling> {
        let types = self.services().flat_map(|service| {
            service
                .resources
                .values()
                .filter_map(|resource| Of { catalog: self, service, resource }.handling())
        });
        let mut waiting: Vec<Handling> = types.collect();
        let mut ordered: Vec<Handling> = Vec::new();
        while !waiting.is_empty() {
            let names: Vec<String> = waiting.iter().map(|handling| handling.resource.clone()).collect();
            let refers_to_none = |handling: &Handling| {
                let mut refers = handling.fields.values().filter_map(|shown| shown.refers.as_ref());
                !refers.any(|name| *name != handling.resource && names.contains(name))
            };
            let (ready, rest): (Vec<_>, Vec<_>) = waiting.into_iter().partition(refers_to_none);
            if ready.is_empty() {
                // Types that refer to each other have no order.
                ordered.extend(rest);
                break;
            }
            ordered.extend(ready);
            waiting = rest;
        }
        ordered
    }
}

/// A type of a catalog.
struct Of<'c> {
    catalog: &'c Catalog,
    service: &'c Service,
    resource: &'c ResourceType,
}

impl<'c> Of<'c> {
    fn handling(&self) -> Option<Handling> {
        if self.service.backend.is_some() {
            return None;
        }
        let makes: Vec<MakeCall> = self.operations().filter_map(|operation| self.make(operation)).collect();
        if makes.is_empty() {
            return None;
        }
        let can_be_given = |field: &str| {
            makes.iter().any(|make| make.parameters.contains_key(field) || make.fixed.contains_key(field))
        };
        let identity = self.identity(&can_be_given)?;
        let fields = self.resource.fields.iter().filter(|(name, _)| can_be_given(name));
        let fields = fields.map(|(name, field)| {
            let refers = field.shape.refers.as_ref().map(|refers| refers.value.clone());
            let refers = refers.filter(|refers| self.catalog.resource(refers).is_some());
            let path = self.shown(|found| found.path == [name.as_str()]);
            let default = field.default.as_ref();
            let of_itself =
                default.is_some_and(|default| default.names().iter().any(|name| name.path == ["id"]));
            let usual = match default {
                Some(Template::Literal(value)) => Some(value.clone()),
                _ => None,
            };
            let made_up = field.generate.is_some() || field.value.is_some() || of_itself;
            (name.clone(), Shown { path, kind: field.shape.kind.clone(), refers, made_up, usual })
        });
        Some(Handling {
            resource: self.resource.name.clone(),
            product: self.service.product.clone(),
            version: self.service.version.clone(),
            fields: fields.collect(),
            id: self.shown(|name| name.path == ["id"]),
            state: self.shown(|name| name.path == ["state"]),
            group: self.shown(|name| name.path == ["group"]).filter(|_| self.resource.groups),
            tags: self.resource.tags.then(|| tags(&self.resource.view)).flatten(),
            regions: self.regions(),
            list: self.operations().find_map(|operation| self.list(operation, &identity))?,
            show: self.show(&makes),
            changes: self.operations().filter_map(|operation| self.change(operation)).collect(),
            delete: self.operations().find_map(|operation| self.delete(operation)),
            regroup: self.mark(|does| match does {
                Does::Regroup(types, group) => Some((types, group.as_str())),
                _ => None,
            }),
            tag: self.mark(|does| match does {
                Does::Tag(types) => Some((types, "Tag")),
                _ => None,
            }),
            untag: self.mark(|does| match does {
                Does::Untag(types) => Some((types, "TagKey")),
                _ => None,
            }),
            identity,
            makes,
        })
    }

    fn operations(&self) -> impl Iterator<Item = &'c Operation> + use<'c> {
        self.service.operations.values()
    }

    /// Where a list shows what is `wanted`, the shortest way.
    fn shown(&self, wanted: impl Fn(&Name) -> bool) -> Option<Path> {
        place(&self.resource.view, &|name| name.filters.is_empty() && wanted(name))
    }

    /// The field that is called like the identifier: `VpcName` beside `VpcId`; else `Name`, or a description.
    fn identity(&self, can_be_given: &dyn Fn(&str) -> bool) -> Option<Identity> {
        match &self.resource.id {
            IdForm::Within { whole, name } => {
                Some(Identity::Within { whole: whole.clone(), name: name.clone() })
            }
            IdForm::Random { parameter, .. } => {
                let stem = parameter.strip_suffix("Id").unwrap_or(parameter);
                let fields = [
                    format!("{stem}Name"),
                    "Name".to_owned(),
                    format!("{stem}Description"),
                    "Description".to_owned(),
                ];
                let usable = |field: &String| {
                    self.resource.fields.contains_key(field)
                        && can_be_given(field)
                        && self.shown(|name| name.path == [field.as_str()]).is_some()
                };
                fields.into_iter().find(usable).map(Identity::Field)
            }
        }
    }

    fn regions(&self) -> Option<Regions> {
        let region = self.service.region.as_ref()?;
        Some(Regions {
            parameter: region.parameter.clone(),
            all: self.catalog.table(&region.table.value)?.order.clone(),
            default: region.default.clone(),
        })
    }

    fn is_of_type(&self, operation: &Operation) -> bool {
        operation.resource.as_ref().is_some_and(|name| name.value == self.resource.name)
    }

    /// What an operation takes and must be given, but for the region.
    fn own<'o>(
        &self,
        operation: &'o Operation,
    ) -> impl Iterator<Item = (&'o String, &'o Parameter)> + use<'o> {
        let region = self.service.region.as_ref().map(|region| region.parameter.clone());
        let is_own = move |name: &str| name != "DryRun" && Some(name) != region.as_deref();
        operation.parameters.iter().filter(move |(name, _)| is_own(name))
    }

    fn make(&self, operation: &Operation) -> Option<MakeCall> {
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

    fn list(&self, operation: &Operation, identity: &Identity) -> Option<ListCall> {
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
    fn show(&self, makes: &[MakeCall]) -> Option<ShowCall> {
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

    fn change(&self, operation: &Operation) -> Option<ChangeCall> {
        let Does::Modify { .. } = &operation.does else { return None };
        self.on_one(operation, None)
    }

    fn delete(&self, operation: &Operation) -> Option<ChangeCall> {
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

    fn mark<'t>(&self, of: impl Fn(&'c Does) -> Option<(&'c Vec<TypeName>, &'t str)>) -> Option<MarkCall>
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

/// The shortest way to a name that is `wanted` and stands alone, or alone in a list.
fn place(template: &Template, wanted: &dyn Fn(&Name) -> bool) -> Option<Path> {
    match template {
        Template::Name(name) if wanted(name) => Some(Vec::new()),
        Template::List(elements) => match elements.as_slice() {
            [Template::Name(name)] if wanted(name) => Some(Vec::new()),
            _ => None,
        },
        Template::Table(members) => {
            let ways = members.iter().filter_map(|(member, inner)| {
                let rest = place(inner, wanted)?;
                Some(std::iter::once(member.clone()).chain(rest).collect::<Path>())
            });
            ways.min_by_key(Vec::len)
        }
        _ => None,
    }
}

/// The shortest way to a member that is called like a field or holds it, through tables and lists of one element.
fn way_to(template: &Template, field: &str) -> Option<Path> {
    match template {
        Template::Table(members) => {
            let ways = members.iter().filter_map(|(member, inner)| {
                let is_it = match inner {
                    Template::Name(name) => member == field || name.path == ["self", field],
                    _ => false,
                };
                let rest = if is_it { Path::new() } else { way_to(inner, field)? };
                Some(std::iter::once(member.clone()).chain(rest).collect::<Path>())
            });
            ways.min_by_key(Vec::len)
        }
        Template::List(elements) => match elements.as_slice() {
            [only] => way_to(only, field),
            _ => None,
        },
        _ => None,
    }
}

/// Where a view shows tags.
fn tags(view: &Template) -> Option<TagPath> {
    let Template::Table(members) = view else { return None };
    members.iter().find_map(|(member, inner)| match inner {
        Template::Each(each) if each.list.path == ["tags"] => {
            let of = |part: &'static str| {
                let found = place(&each.show, &|name: &Name| name.path == ["item", part])?;
                found.into_iter().next()
            };
            Some(TagPath { list: vec![member.clone()], key: of("key")?, value: of("value")? })
        }
        Template::Table(_) => {
            let mut found = tags(inner)?;
            found.list.insert(0, member.clone());
            Some(found)
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_services_that_come_with_argali_can_be_handled() {
        let catalog = Catalog::load(&[]).unwrap();
        let lines = catalog.handlings().into_iter().map(|handling| {
            let makes: Vec<_> = handling.makes.iter().map(|make| make.action.as_str()).collect();
            let hidden = handling.fields.iter().filter(|(_, shown)| shown.path.is_none());
            let hidden: Vec<_> = hidden.map(|(name, _)| name.as_str()).collect();
            let marks = [&handling.regroup, &handling.tag, &handling.untag];
            let marks: Vec<_> =
                marks.iter().filter_map(|mark| Some(mark.as_ref()?.action.as_str())).collect();
            let known_by = match &handling.identity {
                Identity::Field(field) => field.clone(),
                Identity::Within { whole, name } => format!("{whole}/{name}"),
            };
            format!(
                "{} by {known_by}: {} | {} | {} | {} | hidden: {} | shown by {}",
                handling.resource,
                handling.list.action,
                makes.join(" "),
                handling.delete.map(|delete| delete.action).unwrap_or_default(),
                marks.join(" "),
                hidden.join(" "),
                handling.show.map(|show| format!("{}: {:?}", show.action, show.more)).unwrap_or_default(),
            )
        });
        insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"));
    }

    #[test]
    fn what_a_list_shows_is_found_in_it() {
        let catalog = Catalog::load(&[]).unwrap();
        let handlings = catalog.handlings();
        let of = |name: &str| handlings.iter().find(|handling| handling.resource == name).unwrap();
        let instance = of("ecs.instance");
        let path = |field: &str| instance.fields[field].path.clone().unwrap().join(".");
        assert_eq!(path("SecurityGroupIds"), "SecurityGroupIds.SecurityGroupId");
        assert_eq!(path("VSwitchId"), "VpcAttributes.VSwitchId");
        assert_eq!(instance.list.items.join("."), "Instances.Instance");
        let tags = instance.tags.as_ref().unwrap();
        assert_eq!((tags.list.join("."), tags.key.as_str()), ("Tags.Tag".to_owned(), "TagKey"));
        let place = |name: &str| handlings.iter().position(|handling| handling.resource == name).unwrap();
        assert!(place("vpc.vpc") < place("vpc.vswitch") && place("vpc.vswitch") < place("ecs.instance"));
    }
}
