//! Resources of declared services: lists, details, forms and buttons, all derived from what the services' files say.
//!
//! No service is known here by name. `outline` in core says which operations there are; each page calls those.
// SPEC: console, resources.

mod act;
mod create;
mod details;
mod fetch;
mod find;
mod form;
mod list;
mod several;
mod tag;
mod value;

use argali_core::hosted::Names;
use argali_core::hosted::outline::{OperationOutline, ServiceOutline, TypeOutline};
use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

pub(super) use find::found;

use super::trail::Above;
use super::{Outcome, Refusal};
use crate::answer::Answer;
use crate::api::{Product, is_denied};
use crate::need::Need;
use crate::pairs::{encode, segment};
use crate::part::list::SEVERAL;
use crate::part::{Weight, denial, notice, on_record};
use crate::text::resource::CLOSED;
use crate::visit::Visit;

/// Answers a visit to an address below that of resources.
pub(super) async fn answer(visit: &Visit<'_>, path: &[&str]) -> Outcome {
    let (service, rest) = match path {
        [service, rest @ ..] => (service_of(visit, service)?, rest),
        [] => return Err(Refusal::NoPage),
    };
    let [kind, rest @ ..] = rest else { return first_of(visit, service) };
    let kind = service.kind(kind).filter(|kind| kind.list.is_some()).ok_or(Refusal::NoPage)?;
    let place = Place::new(visit, service, kind);
    match (visit.is_post(), rest) {
        (false, []) => list::show(visit, &place).await,
        (false, [SEVERAL]) => several::ask(visit, &place).await,
        (true, [SEVERAL]) => several::send(visit, &place).await,
        (_, ["new"]) => create::first(visit, &place),
        (false, ["new", operation]) => create::show(visit, &place, operation).await,
        (true, ["new", operation]) => create::send(visit, &place, operation).await,
        (false, [id]) => details::show(visit, &place, id, None).await,
        (true, [id, "group"]) => details::regroup(visit, &place, id).await,
        (true, [id, "tags"]) => tag::change(visit, &place, id).await,
        (false, [id, "do", operation]) => act::ask(visit, &place, (id, operation)).await,
        (true, [id, "do", operation]) => act::send(visit, &place, (id, operation)).await,
        _ => Err(Refusal::NoPage),
    }
}

/// The pages above one of these: the list of its type, then the resource that something is done with.
pub(super) fn above(visit: &Visit<'_>, path: &[&str]) -> Vec<Above> {
    let [service, kind, rest @ ..] = path else { return Vec::new() };
    let Ok(service) = service_of(visit, service) else { return Vec::new() };
    let (Some(kind), [id, below @ ..]) = (service.kind(kind), rest) else { return Vec::new() };
    let place = Place::new(visit, service, kind);
    let label = format!("{} · {}", name_in(visit, &service.names), place.title(visit));
    let one = (*id != "new" && !below.is_empty()).then(|| (place.one(id), (*id).to_owned()));
    std::iter::once((place.below("", &[]), label)).chain(one).collect()
}

/// Where the pages of a service begin.
pub(crate) fn path_of_service(service: &str) -> String {
    format!("/resources/{}", segment(service))
}

/// Something that accounts own, as Resource Management names it: by its service's code and its type's word.
pub(super) fn known<'v>(
    visit: &Visit<'v>,
    code: &str,
    word: &str,
) -> Option<(&'v ServiceOutline, &'v TypeOutline)> {
    visit.console().services.iter().filter(|service| service.code == code).find_map(|service| {
        let kind = service.types.iter().find(|kind| kind.word == word && kind.list.is_some())?;
        Some((service, kind))
    })
}

/// The page of a resource of this type.
pub(super) fn path_of_known(
    (service, kind): (&ServiceOutline, &TypeOutline),
    (id, region): (&str, &str),
) -> String {
    Place { service, kind, region: region.to_owned(), whole: String::new() }.one(id)
}

/// What people call something, in the language of the visit.
pub(crate) fn name_in<'n>(visit: &Visit<'_>, names: &'n Names) -> &'n str {
    let own = names.get(visit.language().tag());
    own.or_else(|| names.get("en")).map(String::as_str).unwrap_or_default()
}

/// The list of a type.
pub(super) fn path_of_kind(service: &ServiceOutline, kind: &TypeOutline) -> String {
    format!("{}/{}", path_of_service(&service.name), segment(&kind.name))
}

fn service_of<'v>(visit: &Visit<'v>, name: &str) -> Result<&'v ServiceOutline, Refusal> {
    visit.console().services.iter().find(|service| service.name == name).ok_or(Refusal::NoPage)
}

/// The list of what a service has most of all.
fn first_of(visit: &Visit<'_>, service: &ServiceOutline) -> Outcome {
    let kind = service.types.iter().find(|kind| !kind.is_part()).ok_or(Refusal::NoPage)?;
    Ok(Answer::see(visit.to(&path_of_kind(service, kind))))
}

/// A type of resources in a region.
#[derive(Clone, Debug)]
pub(super) struct Place<'v> {
    service: &'v ServiceOutline,
    kind: &'v TypeOutline,
    /// Empty where the service has none.
    region: String,
    /// What they are parts of, where they are listed only so; empty otherwise.
    whole: String,
}

impl<'v> Place<'v> {
    /// The place that the address names.
    fn new(visit: &Visit<'_>, service: &'v ServiceOutline, kind: &'v TypeOutline) -> Self {
        let region = service.region.as_ref().map(|region| {
            let asked = visit.query().get("region");
            if region.all.iter().any(|known| known == asked) { asked } else { &region.default }
        });
        let whole = if kind.is_part() { visit.query().get("in") } else { "" };
        Self { service, kind, region: region.unwrap_or_default().to_owned(), whole: whole.to_owned() }
    }

    /// Another type in the same region.
    fn of(&self, service: &'v ServiceOutline, kind: &'v TypeOutline) -> Self {
        Self { service, kind, region: self.region.clone(), whole: String::new() }
    }

    /// The same as parts of something, if that is how they are listed.
    fn within(&self, whole: &str) -> Self {
        let whole = if self.kind.is_part() { whole.to_owned() } else { String::new() };
        Self { whole, ..self.clone() }
    }

    /// The address of the list, without what narrows it.
    fn path(&self) -> String {
        path_of_kind(self.service, self.kind)
    }

    /// An address below that of the list, in this region and this whole.
    fn below(&self, rest: &str, more: &[(&str, &str)]) -> String {
        let place = [("region", self.region.as_str()), ("in", self.whole.as_str())];
        let query = encode(place.iter().chain(more).copied().filter(|(_, value)| !value.is_empty()));
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}{rest}{mark}{query}", self.path())
    }

    /// What doing something here needs, with these parameters.
    fn need(&self, operation: &str, pairs: &[(String, String)]) -> Need {
        Need::call(Product::of_version(&self.service.version), operation, &self.params(pairs))
    }

    /// The page of one.
    fn one(&self, id: &str) -> String {
        self.below(&format!("/{}", segment(id)), &[])
    }

    /// The page of what one can be asked to do.
    fn deed(&self, id: &str, operation: &str) -> String {
        self.below(&format!("/{}/do/{}", segment(id), segment(operation)), &[])
    }

    /// Calls an operation of the service in the region.
    async fn call(
        &self,
        visit: &Visit<'_>,
        operation: &str,
        pairs: &[(String, String)],
    ) -> Result<Value, ApiFailure> {
        let params = self.params(pairs);
        visit.call(Product::of_version(&self.service.version), operation, &params).await
    }

    /// What is sent: the region, and what a form says.
    fn params<'p>(&'p self, pairs: &'p [(String, String)]) -> Vec<(&'p str, &'p str)> {
        let region =
            self.service.region.as_ref().map(|known| (known.parameter.as_str(), self.region.as_str()));
        let pairs = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        region.into_iter().chain(pairs).collect()
    }

    /// What people call a parameter, or a member of an answer.
    fn field(&self, visit: &Visit<'_>, name: &str) -> String {
        self.service.labels.of(name, visit.language().tag())
    }

    /// What people call a state.
    fn state(&self, visit: &Visit<'_>, code: &str) -> String {
        self.service.labels.state(code, visit.language().tag())
    }

    /// What people call one of the type.
    fn one_name(&self, visit: &Visit<'_>) -> String {
        self.kind.one_in(visit.language().tag())
    }

    /// What people call the type.
    fn title<'t>(&'t self, visit: &Visit<'_>) -> &'t str {
        name_in(visit, &self.kind.names)
    }
}

/// What a page shows of a failure. At a gate no policy was asked, so that it is said who can open it.
// SPEC: console, resources, Express Connect; requirements S0-06, S0-08.
async fn refused(visit: &Visit<'_>, place: &Place<'_>, failure: &ApiFailure) -> Markup {
    let comes_from_elsewhere = visit
        .switched()
        .zip(visit.who())
        .is_some_and(|(switched, who)| switched.account_id != who.account_id);
    let is_at_gate = place.kind.is_closed && is_denied(failure) && failure.access_denied_detail.is_none();
    if comes_from_elsewhere && is_at_gate {
        let words = closed(visit, &place.service.name);
        // Whoever asks the operator gives the number.
        return notice(
            Weight::Warning,
            &html! { p { (words) } p.small-text { (on_record(visit, failure)) } },
        );
    }
    denial(visit, failure).await
}

/// That a service is closed to other accounts, and who can open it.
pub(crate) fn closed(visit: &Visit<'_>, service: &str) -> String {
    let found = visit.console().services.iter().find(|known| known.name == service);
    visit.fill(CLOSED, &[found.map_or(service, |known| name_in(visit, &known.names))])
}

/// What an operation does, as its button says it.
fn label(visit: &Visit<'_>, operation: &OperationOutline) -> String {
    match operation.names.get(visit.language().tag()) {
        Some(name) => name.clone(),
        None => crate::text::verb::label(visit.language(), &operation.words),
    }
}

/// What a parameter or member is called by people, beside what calls and answers call it.
fn called(words: &str, name: &str) -> Markup {
    html! { (words) " " code.api { (broken(name)) } }
}

/// A long name, which may be broken between its words.
fn broken(name: &str) -> Markup {
    let mut pieces = vec![String::new()];
    let mut before = ' ';
    for letter in name.chars() {
        if matches!(before, '.' | '_' | '/' | ':') || (before.is_lowercase() && letter.is_uppercase()) {
            pieces.push(String::new());
        }
        if let Some(piece) = pieces.last_mut() {
            piece.push(letter);
        }
        before = letter;
    }
    html! { @for (at, piece) in pieces.iter().enumerate() { @if at > 0 { wbr; } (piece) } }
}
