//! To whom policies are granted: preset by where one came from, and others of any kind chosen beside it.
// SPEC: console, grant permission, principal; requirements S0-31, S0-32.

use maud::{Markup, html};

use super::Kind;
use crate::icon::{self, icon};
use crate::page::picker::Picker;
use crate::pairs::{Pairs, encode};
use crate::part::{Field, Fields};
use crate::text::grant::*;
use crate::visit::Visit;

/// How many principals one form names.
const MOST_PRINCIPALS: usize = 100;
/// Those who are found by what they are called.
pub(super) const WHO: Picker = Picker {
    field: "who",
    boxes: "principal",
    label: PRINCIPAL,
    kinds: &[Kind::Role, Kind::User, Kind::Group],
    at_first: 5,
};
const OTHERS_FIELD: Field = Field::text("others", OTHERS).longest(1_000).hint(OTHERS_HINT);

/// Somebody to whom policies are granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Principal {
    pub(crate) kind: Kind,
    pub(crate) name: String,
}

impl Principal {
    /// One that is written as `Role/ops`, whatever the case of the kind; with spaces around it.
    fn read(words: &str) -> Option<Self> {
        let (kind, name) = words.trim().split_once('/')?;
        let kind = Kind::ALL.into_iter().find(|known| known.word().eq_ignore_ascii_case(kind))?;
        (!name.is_empty()).then(|| Self { kind, name: name.trim().to_owned() })
    }

    /// Those that are written so, each once.
    pub(crate) fn all_of<'w>(written: impl Iterator<Item = &'w str>) -> Vec<Self> {
        let mut principals = Vec::new();
        for principal in written.filter_map(Self::read) {
            if principals.len() < MOST_PRINCIPALS && !principals.contains(&principal) {
                principals.push(principal);
            }
        }
        principals
    }

    /// How it is written.
    pub(crate) fn write(&self) -> String {
        format!("{}/{}", self.kind.word(), self.name)
    }

    /// The name, and of which kind.
    pub(crate) fn show(&self, visit: &Visit<'_>) -> Markup {
        html! { bdi { (self.name) } " " span.muted { (visit.say(self.kind.label())) } }
    }
}

/// Those that an address or a form names, each once: as `kind` and `name`, ticked, or written into the field.
pub(super) fn chosen(from: &Pairs) -> Vec<Principal> {
    let preset = from.all("name").filter_map(|name| Principal::read(&format!("{}/{name}", from.get("kind"))));
    let ticked = from.all(WHO.boxes).filter_map(Principal::read);
    let written = from.get("others").split([',', '\n']).filter_map(Principal::read);
    let mut principals = Vec::new();
    for principal in preset.chain(ticked).chain(written) {
        if principals.len() < MOST_PRINCIPALS && !principals.contains(&principal) {
            principals.push(principal);
        }
    }
    principals
}

/// What of the field names nobody, because it is not written as it should be.
pub(super) fn unread(from: &Pairs) -> impl Iterator<Item = &str> {
    let words = from.get("others").split([',', '\n']).map(str::trim);
    words.filter(|words| !words.is_empty() && Principal::read(words).is_none())
}

/// The part of the form, with what is wrong with it.
pub(super) async fn part(
    visit: &Visit<'_>,
    from: &Pairs,
    chosen: &[Principal],
    wrong: Option<&str>,
) -> Markup {
    let ticked = chosen.iter().map(Principal::write);
    let typed = [(WHO.field, from.get(WHO.field).to_owned())];
    let entered = ticked.map(|written| (WHO.boxes, written)).chain(typed).collect::<Vec<_>>();
    let entered = encode(entered.iter().map(|(name, value)| (*name, value.as_str())));
    html! {
        (WHO.show(visit, &Fields::of(visit, Pairs::read(&entered))).await)
        details open[wrong.is_some()] {
            summary { (icon(icon::LuChevronRight)) (visit.say(OTHERS)) }
            (Fields::of(visit, from.clone()).wrong("others", wrong).show(OTHERS_FIELD))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn principals_are_read_however_they_are_given_and_each_once() {
        let from = Pairs::read(
            "kind=Role&name=ops&name=dev&principal=User%2Falice&principal=Role%2Fops&others=group/all,+user/bob",
        );
        let written: Vec<_> = chosen(&from).iter().map(Principal::write).collect();
        assert_eq!(written, ["Role/ops", "Role/dev", "User/alice", "Group/all", "User/bob"]);
        assert_eq!(unread(&from).next(), None);
        for wrong in ["alice", "host/a", "role/", "/a"] {
            let from = Pairs::read(&format!("others=user/a,{wrong}"));
            assert_eq!(unread(&from).collect::<Vec<_>>(), [wrong]);
        }
    }
}
