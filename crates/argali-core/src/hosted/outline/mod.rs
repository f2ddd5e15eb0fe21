//! What pages show of declared services, derived from their files: which lists, forms and buttons there are.
//!
//! An outline names operations and parameters; whoever shows pages calls those as any other client. It holds nothing of
//! any account.

mod labels;
mod list;
mod operation;
mod parameter;
mod words;

pub use labels::Labels;
pub use list::{ListOutline, Member, Paging, Shows};
pub use operation::{Act, OperationOutline, Target};
pub use parameter::{Choice, Form, ParameterOutline};

use super::catalog::Catalog;
use super::file::{IdForm, Level, Names, ResourceType, Service};
use super::file_operation::{Comparison, Does};
use super::template::{Piece, Template};

/// A service.
#[derive(Clone, Debug)]
pub struct ServiceOutline {
    /// What files and gates call it: `ecs`.
    pub name: String,
    /// What people call it.
    pub names: Names,
    /// Where it stands among the others; those without a place come last.
    pub place: u32,
    /// The version of its API.
    pub version: String,
    /// What actions and ARNs call it.
    pub code: String,
    /// How finely policies can tell its resources apart.
    pub level: Level,
    /// Its regions, unless it has none.
    pub region: Option<RegionOutline>,
    /// What people call its parameters, the members of its answers, and states.
    pub labels: Labels,
    /// What accounts own of it.
    pub types: Vec<TypeOutline>,
}

/// The regions of a service.
#[derive(Clone, Debug)]
pub struct RegionOutline {
    /// The parameter that names one.
    pub parameter: String,
    /// The one of a call that names none.
    pub default: String,
    /// All there are.
    pub all: Vec<String>,
}

/// Something that accounts own.
#[derive(Clone, Debug)]
pub struct TypeOutline {
    /// Its name in its service: `instance`.
    pub name: String,
    /// What people call several of it.
    pub names: Names,
    /// What Resource Management calls it.
    pub word: String,
    /// How one is named in calls.
    pub target: Target,
    /// What each identifier begins with, and how long it is, where that is always the same.
    pub id_form: Option<(String, usize)>,
    /// Whether each is in a resource group.
    pub groups: bool,
    /// Every state there is.
    pub states: Vec<String>,
    /// Whether identities of other accounts are kept out unless the operator opens the service.
    pub is_closed: bool,
    /// How they are listed, if they can be.
    pub list: Option<ListOutline>,
    /// The operation that shows one.
    pub show: Option<String>,
    /// How they are made.
    pub creations: Vec<OperationOutline>,
    /// What can be done with one.
    pub acts: Vec<OperationOutline>,
    /// How they are labelled, if they can be.
    pub tags: Option<TagOutline>,
    /// What may refer to one.
    pub related: Vec<Related>,
}

/// How tags are set and removed.
#[derive(Clone, Debug)]
pub struct TagOutline {
    /// The operation that sets them.
    pub set: String,
    /// The operation that removes them.
    pub remove: String,
    /// What the parameter `ResourceType` calls the type.
    pub word: String,
}

/// A type whose list can be narrowed to what refers to another type's resource.
#[derive(Clone, Debug)]
pub struct Related {
    /// Its service.
    pub service: String,
    /// Its name there.
    pub resource: String,
    /// The parameter that narrows its list.
    pub parameter: String,
    /// How that is sent.
    pub form: Form,
}

impl Catalog {
    /// Every service that has something to show, in the order in which pages name them.
    pub fn outlines(&self) -> Vec<ServiceOutline> {
        let labels = Labels::of_all(self.services());
        let mut outlines: Vec<_> =
            self.services().map(|service| self.outline(service, Labels::new(service, &labels))).collect();
        outlines.retain(|outline| outline.types.iter().any(|kind| kind.list.is_some()));
        outlines.sort_by_key(|outline| outline.place);
        outlines
    }

    fn outline(&self, service: &Service, labels: Labels) -> ServiceOutline {
        let mut names = service.pages.names.clone();
        names.entry("en".to_owned()).or_insert_with(|| service.title.clone());
        let region = service.region.as_ref().map(|region| RegionOutline {
            parameter: region.parameter.clone(),
            default: region.default.clone(),
            all: self.table(&region.table.value).map(|table| table.order.clone()).unwrap_or_default(),
        });
        let mut types: Vec<_> =
            service.resources.iter().map(|(name, kind)| self.kind(service, name, kind)).collect();
        // What people look for first: what holds the most.
        types.sort_by_key(|kind| std::cmp::Reverse(usize::from(!kind.is_part()) * 100 + kind.acts.len()));
        ServiceOutline {
            name: service.name.clone(),
            names,
            place: service.pages.place.unwrap_or(u32::MAX),
            version: service.version.clone(),
            code: service.ram_code.clone(),
            level: service.level,
            labels,
            region,
            types,
        }
    }

    fn kind(&self, service: &Service, name: &str, resource: &ResourceType) -> TypeOutline {
        let mut names = service.pages.types.get(name).cloned().unwrap_or_default();
        names.entry("en".to_owned()).or_insert_with(|| words::plural(name));
        let of_it = || {
            service.operations.values().filter(|operation| {
                operation.resource.as_ref().is_some_and(|known| known.value == resource.name)
            })
        };
        let shows = of_it().filter(|operation| matches!(operation.does, Does::Show));
        TypeOutline {
            name: name.to_owned(),
            names,
            word: super::inventory::GroupedType::new(service, resource).word(),
            target: Target::of(&resource.id),
            id_form: id_form(&resource.id),
            groups: resource.groups,
            states: resource.states.clone(),
            is_closed: resource.gate(service).is_some(),
            list: self.list_of(service, resource),
            show: shows.min_by_key(|operation| operation.name.len()).map(|shown| shown.name.clone()),
            creations: self.creations(service, resource),
            acts: self.acts(service, resource),
            tags: tags_of(service, resource),
            related: self.related(resource),
        }
    }

    /// The types whose lists can be narrowed to what refers to a resource of this type.
    fn related(&self, resource: &ResourceType) -> Vec<Related> {
        let mut related: Vec<Related> = Vec::new();
        for service in self.services() {
            for (name, other) in &service.resources {
                let Some((operation, listing)) = list::lister(service, other) else { continue };
                let found = listing.filters.iter().find(|filter| {
                    let refers =
                        other.shape(&filter.field).is_some_and(|shape| shape.refers_to(&resource.name));
                    refers && filter.by == Comparison::Equal
                });
                related.extend(found.map(|filter| Related {
                    service: service.name.clone(),
                    resource: name.clone(),
                    parameter: filter.parameter.value.clone(),
                    form: parameter::form_of(operation, &filter.parameter.value),
                }));
            }
        }
        related
    }
}

impl ServiceOutline {
    /// The type of this name.
    pub fn kind(&self, name: &str) -> Option<&TypeOutline> {
        self.types.iter().find(|kind| kind.name == name)
    }
}

impl TypeOutline {
    /// What people call one of it. No other language than English tells one from several.
    pub fn one_in(&self, language: &str) -> String {
        let name = |language| self.names.get(language).map(String::as_str);
        match name(language).filter(|_| language != "en") {
            Some(name) => name.to_owned(),
            None => words::singular(name("en").unwrap_or_default()),
        }
    }

    /// Whether they are listed only as parts of something else.
    pub fn is_part(&self) -> bool {
        self.list.as_ref().is_none_or(|list| list.within.is_some())
    }
}

fn id_form(id: &IdForm) -> Option<(String, usize)> {
    let IdForm::Random { prefix, length, .. } = id else { return None };
    let prefix = match prefix {
        Template::Literal(text) => text.as_str()?.to_owned(),
        Template::Text(pieces) => match pieces.as_slice() {
            [Piece::Text(text)] => text.clone(),
            _ => return None,
        },
        _ => return None,
    };
    let whole = prefix.len() + length;
    Some((prefix, whole))
}

fn tags_of(service: &Service, resource: &ResourceType) -> Option<TagOutline> {
    let of = |wanted: fn(&Does) -> Option<&Vec<super::file::TypeName>>| {
        service.operations.values().find(|operation| {
            wanted(&operation.does)
                .is_some_and(|types| types.iter().any(|known| known.value == resource.name))
        })
    };
    let set = of(|does| if let Does::Tag(types) = does { Some(types) } else { None })?;
    let remove = of(|does| if let Does::Untag(types) = does { Some(types) } else { None })?;
    Some(TagOutline {
        set: set.name.clone(),
        remove: remove.name.clone(),
        word: resource.words.first().cloned().unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests;
