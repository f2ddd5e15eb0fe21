//! Where the template of a view or an answer shows something.

use crate::hosted::handling::{Path, TagPath};
use crate::hosted::template::{Name, Template};

/// The shortest way to a name that is `wanted` and stands alone, or alone in a list.
pub(super) fn place(template: &Template, wanted: &dyn Fn(&Name) -> bool) -> Option<Path> {
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
pub(super) fn way_to(template: &Template, field: &str) -> Option<Path> {
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
pub(super) fn tags(view: &Template) -> Option<TagPath> {
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
