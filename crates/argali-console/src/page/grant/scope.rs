//! Where policies are to count: in the whole account, or in a resource group.
// SPEC: console, grant permission, resource scope.

use maud::{Markup, html};

use crate::api::{RESOURCE_MANAGER, list, text};
use crate::pairs::Pairs;
use crate::part::{Field, Fields, select};
use crate::text::Text;
use crate::text::grant::*;
use crate::visit::Visit;

/// The field that names the group where the viewer may not list them.
const GROUP_FIELD: Field = Field::text(GROUP_ID, GROUP).longest(64).hint(GROUP_HINT);
/// The field of the group, and the parameter.
pub(super) const GROUP_ID: &str = "ResourceGroupId";

/// Where they are to count, as a form says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope<'f> {
    Account,
    /// In this resource group, which is empty if none was chosen.
    Group(&'f str),
}

impl<'f> Scope<'f> {
    pub(super) fn of(form: &'f Pairs) -> Self {
        if form.get("scope") == "group" { Self::Group(form.get(GROUP_ID).trim()) } else { Self::Account }
    }

    /// The group, as operations are told it; empty for the account.
    pub(super) fn group(self) -> &'f str {
        match self {
            Self::Account => "",
            Self::Group(id) => id,
        }
    }
}

/// The part of the form, with what is wrong with the group.
pub(super) async fn part(visit: &Visit<'_>, from: &Pairs, wrong: Option<&str>) -> Markup {
    let listed = visit.call(RESOURCE_MANAGER, "ListResourceGroups", &[("PageSize", "100")]).await;
    let in_group = from.get("scope") == "group";
    let groups = listed.as_ref().ok().map(|answer| {
        let groups = list(answer, "ResourceGroups", "ResourceGroup");
        let named = groups.map(|group| {
            (text(group, "Id"), format!("{} ({})", text(group, "DisplayName"), text(group, "Name")))
        });
        named.collect::<Vec<_>>()
    });
    html! {
        h2 { (visit.say(SCOPE)) }
        (choice(visit, ("account", SCOPE_ACCOUNT, SCOPE_ACCOUNT_HINT), !in_group))
        (choice(visit, ("group", SCOPE_GROUP, SCOPE_GROUP_HINT), in_group))
        div.nested {
            @match &groups {
                Some(groups) if wrong.is_none() && !groups.is_empty() => {
                    (select(visit, (GROUP_ID, GROUP), from.get(GROUP_ID), groups))
                },
                _ => (Fields::of(visit, from.clone()).wrong(GROUP_ID, wrong).show(GROUP_FIELD)),
            }
            p.hint { a href=(visit.to("/resource-groups/services")) { (visit.say(WHICH_SERVICES)) } }
        }
    }
}

fn choice(visit: &Visit<'_>, (value, label, hint): (&str, Text, Text), chosen: bool) -> Markup {
    html! {
        label.tick {
            input type="radio" name="scope" value=(value) checked[chosen];
            span { span { (visit.say(label)) } span.hint { (visit.say(hint)) } }
        }
    }
}
