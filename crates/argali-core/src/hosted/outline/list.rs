//! How resources are listed, and what their lists show.

use super::super::catalog::Catalog;
use super::super::file::{IdForm, ResourceType, Service};
use super::super::file_operation::{Comparison, Does, ListFilter, Listing, Operation};
use super::super::template::{Name, Template};
use super::parameter::{Form, form_of, says_name};

/// How resources of a type are listed.
#[derive(Clone, Debug)]
pub struct ListOutline {
    /// The operation.
    pub operation: String,
    /// Where its answer has what it lists.
    pub items: Vec<String>,
    /// Where it says how many there are in all.
    pub total: Vec<String>,
    /// Where it says what the next page begins with.
    pub next: Vec<String>,
    /// The parameter that names identifiers.
    pub ids: Option<(String, Form)>,
    /// The parameter that finds names, and whether it takes `*`.
    pub names: Option<(String, bool)>,
    /// The parameter that narrows the list to a state.
    pub state: Option<(String, Form)>,
    /// The parameter that must name something whose parts they are, and the full name of that type.
    pub within: Option<(String, String)>,
    /// How pages are asked for.
    pub paging: Paging,
    /// How many a page holds at most.
    pub most: usize,
    /// What it shows of each.
    pub members: Vec<Member>,
}

/// How pages of a list are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Paging {
    /// Everything comes at once.
    Whole,
    /// By `PageNumber` and `PageSize`.
    Numbers,
    /// By `NextToken`; the parameter says how many.
    Tokens(String),
}

/// Something that a list shows of each resource.
#[derive(Clone, Debug)]
pub struct Member {
    /// Its name in the answer.
    pub name: String,
    /// What it is.
    pub shows: Shows,
}

/// What a member shows. What people look for first comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shows {
    /// The identifier, or the name within something else.
    Id,
    /// What it is called by people.
    Name,
    /// What the resource is within.
    Whole,
    /// The state.
    State,
    /// A field that each must have.
    Main,
    /// When it was made.
    Created,
    /// Its resource group.
    Group,
    /// Another field.
    Field,
    /// Something else.
    Other,
    /// Its tags.
    Tags,
}

/// The operation that lists most of a type.
pub(super) fn lister<'s>(
    service: &'s Service,
    resource: &ResourceType,
) -> Option<(&'s Operation, &'s Listing)> {
    let lists = service.operations.values().filter_map(|operation| match &operation.does {
        Does::List(listing)
            if operation.resource.as_ref().is_some_and(|known| known.value == resource.name) =>
        {
            Some((operation, listing))
        }
        _ => None,
    });
    lists.min_by_key(|(operation, listing)| {
        (listing.show.is_some(), listing.ids.is_none(), operation.name.len())
    })
}

impl Catalog {
    pub(super) fn list_of(&self, service: &Service, resource: &ResourceType) -> Option<ListOutline> {
        let (operation, listing) = lister(service, resource)?;
        let within = operation.parameters.iter().find_map(|(name, parameter)| {
            let refers = resource.shape(name)?.refers.as_ref().filter(|_| parameter.required)?;
            Some((name.clone(), refers.value.clone()))
        });
        let paging = &listing.paging;
        let asked = match &paging.tokens {
            _ if paging.numbers => Paging::Numbers,
            Some(results) => Paging::Tokens(results.clone()),
            None => Paging::Whole,
        };
        let at = |name: &str| path_to(&operation.answer, name).unwrap_or_default();
        let by_state = |filter: &&ListFilter| filter.field == "state" && filter.by == Comparison::Equal;
        let sent = |name: &String| (name.clone(), form_of(operation, name));
        Some(ListOutline {
            operation: operation.name.clone(),
            items: path_to(&operation.answer, "items")?,
            total: at("total"),
            next: at("next_token"),
            ids: listing.ids.as_ref().map(sent),
            names: names_filter(listing),
            state: listing.filters.iter().find(by_state).map(|filter| sent(&filter.parameter.value)),
            within,
            paging: asked,
            most: paging.most.min(100),
            members: members(resource, listing.show.as_ref().unwrap_or(&resource.view)),
        })
    }
}

/// The parameter that looks for part of a name.
fn names_filter(listing: &Listing) -> Option<(String, bool)> {
    let found = listing.filters.iter().find(|filter| {
        matches!(filter.by, Comparison::Wildcard | Comparison::Contains)
            && !filter.parameter.value.contains('.')
    })?;
    Some((found.parameter.value.clone(), found.by == Comparison::Wildcard))
}

/// Where a template shows the value of a name.
fn path_to(template: &Template, wanted: &str) -> Option<Vec<String>> {
    match template {
        Template::Name(name) => (name.path == [wanted]).then(Vec::new),
        Template::Each(each) => (each.list.path == [wanted]).then(Vec::new),
        Template::Table(entries) => entries.iter().find_map(|(key, template)| {
            let mut path = path_to(template, wanted)?;
            path.insert(0, key.clone());
            Some(path)
        }),
        _ => None,
    }
}

fn members(resource: &ResourceType, view: &Template) -> Vec<Member> {
    let Template::Table(entries) = view else { return Vec::new() };
    let shows = |template: &Template| match template {
        Template::Name(name) => shows(resource, name),
        template => match template.names().first().map(|name| name.path.as_slice()) {
            Some([first, ..]) if first == "tags" => Shows::Tags,
            _ => Shows::Other,
        },
    };
    let mut members: Vec<Member> = entries
        .iter()
        .map(|(name, template)| Member { name: name.clone(), shows: shows(template) })
        .collect();
    let is_field = |member: &&mut Member| matches!(member.shows, Shows::Main | Shows::Field);
    for ending in ["Name", "Description"] {
        let mut fields = members.iter_mut().filter(is_field);
        if let Some(name) = fields.find(|member| says_name(resource, &member.name, ending)) {
            name.shows = Shows::Name;
            break;
        }
    }
    // Something else may have begun when the resource was made.
    let says_created = |member: &Member| member.shows == Shows::Created && member.name.starts_with("Creat");
    members.sort_by_key(|member| (member.shows, !says_created(member)));
    members
}

fn shows(resource: &ResourceType, name: &Name) -> Shows {
    let [first] = name.path.as_slice() else { return Shows::Other };
    if let IdForm::Within { whole, name } = &resource.id {
        if first == name {
            return Shows::Id;
        }
        if first == whole {
            return Shows::Whole;
        }
    }
    match first.as_str() {
        "id" => Shows::Id,
        "state" => Shows::State,
        "created" => Shows::Created,
        "group" => Shows::Group,
        "tags" => Shows::Tags,
        field => match resource.fields.get(field) {
            Some(field) if field.required => Shows::Main,
            Some(_) => Shows::Field,
            None => Shows::Other,
        },
    }
}
