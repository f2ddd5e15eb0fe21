//! What went wrong with a form, before its fields, each thing as a way to the field that it is about.
//!
//! A failure names a parameter, and a summary stands before the fields, whatever fields the form has. So a summary is
//! written with a mark, and becomes a link once the page is whole, if it has such a field.
// SPEC: console, states: field errors beside the field and in a linked summary that takes focus.

use argali_protocol::ApiFailure;
use maud::{Markup, PreEscaped, html};

use super::{explained, on_record, original};
use crate::icon::{self, icon};
use crate::visit::Visit;

/// What stands before the words of a failure, and after them. Maud writes no `<` that a text has, so that no text can
/// hold either.
const BEGIN: &str = "<!--about ";
const END: &str = "<!--/about-->";

/// What went wrong with a form.
pub(crate) fn summary(visit: &Visit<'_>, failure: &ApiFailure) -> Markup {
    let words = html! { (explained(visit, failure)) }.0;
    let marked = PreEscaped(format!("{BEGIN}{}-->{words}{END}", about(failure).join(" ")));
    alert(&html! {
        p { (marked) }
        (original(visit, failure))
        p.muted.small-text {
            code { (failure.code) }
            @if failure.request_id.is_some() { " · " (on_record(visit, failure)) }
        }
    })
}

/// What a page itself found wrong with a form: the id of the field, if it is one, and the words.
pub(crate) fn summary_of(wrong: &[(Option<&str>, &str)]) -> Markup {
    alert(&html! {
        @for (field, words) in wrong {
            p { @if let Some(field) = field { a href=(format!("#{field}")) { (words) } } @else { (words) } }
        }
    })
}

/// A box that takes focus, where a form waits for something before it can be sent.
pub(crate) fn alert(content: &Markup) -> Markup {
    html! {
        div.notice.danger role="alert" tabindex="-1" autofocus { (icon(icon::LuCircleAlert)) div { (content) } }
    }
}

/// The fields that a failure may be about: the parameter that its code names, and the name of what exists already, or
/// does not.
pub(crate) fn about(failure: &ApiFailure) -> Vec<String> {
    named_by(&failure.code)
}

fn named_by(code: &str) -> Vec<String> {
    let is_name = |c: char| c.is_ascii_alphanumeric();
    // What is mandatory is named in one word with that.
    if let Some(missing) = code.strip_prefix("Missing") {
        return if missing.chars().all(is_name) { vec![missing.to_owned()] } else { Vec::new() };
    }
    let Some(about) = code.split('.').nth(1) else { return Vec::new() };
    if !about.chars().all(is_name) {
        return Vec::new();
    }
    // Attaching twice names both sides, and neither is a name that was entered.
    let is_taken = code.starts_with("EntityAlreadyExist") && code.matches('.').count() == 1;
    let is_gone = code.starts_with("EntityNotExist");
    let name = (is_taken || is_gone).then(|| format!("{about}Name"));
    [Some(about.to_owned()), name].into_iter().flatten().collect()
}

/// The page with its summary linked to the field that it is about, if there is one.
pub(crate) fn linked(page: &Markup) -> Markup {
    let Some((before, rest)) = page.0.split_once(BEGIN) else { return page.clone() };
    let Some((fields, rest)) = rest.split_once("-->") else { return page.clone() };
    let Some((words, after)) = rest.split_once(END) else { return page.clone() };
    let is_here = |field: &&str| after.contains(&format!(" id=\"{field}\""));
    let words = match fields.split(' ').filter(|field| !field.is_empty()).find(is_here) {
        Some(field) => format!("<a href=\"#{field}\">{words}</a>"),
        None => words.to_owned(),
    };
    PreEscaped(format!("{before}{words}{}", linked(&PreEscaped(after.to_owned())).0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_name_the_fields_that_they_are_about() {
        assert_eq!(named_by("InvalidParameter.RoleName.Length"), ["RoleName"]);
        assert_eq!(named_by("EntityAlreadyExists.Role"), ["Role", "RoleName"]);
        assert_eq!(named_by("EntityNotExist.User"), ["User", "UserName"]);
        assert_eq!(named_by("EntityAlreadyExists.User.Group"), ["User"]);
        assert_eq!(named_by("MissingUserName"), ["UserName"]);
        assert!(named_by("Missing<b>").is_empty());
        assert!(named_by("NoPermission").is_empty() && named_by("Odd.<b>").is_empty());
    }

    #[test]
    fn words_lead_to_a_field_that_is_there_and_else_to_nothing() {
        let page = |field: &str| {
            let page = format!("<p>{BEGIN}Role RoleName-->taken{END}</p><input id=\"{field}\">");
            linked(&PreEscaped(page)).0
        };
        assert_eq!(page("RoleName"), "<p><a href=\"#RoleName\">taken</a></p><input id=\"RoleName\">");
        assert_eq!(page("Other"), "<p>taken</p><input id=\"Other\">");
    }
}
