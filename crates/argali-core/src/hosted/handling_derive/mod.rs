//! Finds out from a service file how the resources of its types are handled.

mod call;
mod place;

use place::{place, tags};

use super::catalog::Catalog;
use super::file::{IdForm, ResourceType, Service};
use super::file_operation::{Does, Operation};
use super::handling::{Handling, Identity, MakeCall, Path, Regions, Shown};
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
