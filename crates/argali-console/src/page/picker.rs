//! A part of a form in which users, groups and roles are chosen: those that were, and those whose names hold what is
//! typed. Its button finds them; the script finds them while one types.
// SPEC: console, parts, picker.

use maud::{Markup, html};

use super::grant::{Kind, Principal};
use crate::api::{ARGALI, items, number, text};
use crate::icon::{self, icon};
use crate::pairs::Pairs;
use crate::part::Fields;
use crate::text::Text;
use crate::text::list::PICKED_OF;
use crate::text::shell::{NOTHING_MATCHES, SEARCH, SEARCH_NAMES};
use crate::visit::Visit;

/// What the button is called that finds.
pub(crate) const FIND: &str = "find";
/// How many of a kind are offered at once; further ones are found by more of their names.
pub(crate) const MOST_OFFERED: usize = 20;

/// Whoever can be chosen, and what the form calls them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Picker {
    /// The field in which one types.
    pub(crate) field: &'static str,
    /// The boxes of those that are offered, each as `User/alice`.
    pub(crate) boxes: &'static str,
    /// What all of it is called.
    pub(crate) label: Text,
    /// Of which kinds they are.
    pub(crate) kinds: &'static [Kind],
    /// How many of each kind are offered before anything is typed: few on pages that have little room.
    pub(crate) at_first: usize,
}

impl Picker {
    /// Those that are ticked; whoever is named in the field, where nobody is and only one kind can be meant.
    pub(crate) fn chosen(&self, form: &Pairs) -> Vec<Principal> {
        let mut chosen = Principal::all_of(form.all(self.boxes));
        if chosen.is_empty()
            && let ([kind], Some(name)) = (self.kinds, form.filled(self.field))
        {
            chosen.push(Principal { kind: *kind, name: name.to_owned() });
        }
        chosen
    }

    /// The part, with what the form has chosen so far.
    pub(crate) async fn show(&self, visit: &Visit<'_>, fields: &Fields<'_>) -> Markup {
        let form = fields.entered();
        let ticked = Principal::all_of(form.all(self.boxes));
        let (mut offered, mut total) = (Vec::new(), 0);
        let wanted = form.get(self.field).trim();
        let most = if wanted.is_empty() { self.at_first } else { MOST_OFFERED };
        for kind in self.kinds {
            let (found, of) = find(visit, *kind, wanted, most).await;
            offered.extend(found.into_iter().filter(|principal| !ticked.contains(principal)));
            total += of;
        }
        let found = format!("{}-found", self.field);
        let (error, wrong) = (fields.error(self.field), format!("{}-error", self.field));
        html! {
            fieldset.group {
                legend { (visit.say(self.label)) }
                div.toolbar {
                    div.search {
                        (icon(icon::LuSearch))
                        input id=(self.field) type="search" name=(self.field) value=(form.get(self.field)) maxlength="64"
                            placeholder=(visit.say(SEARCH_NAMES)) aria-label=(visit.say(self.label)) autocomplete="off"
                            autocapitalize="none" spellcheck="false" data-finds=(found)
                            aria-invalid=[error.as_ref().map(|_| "true")] aria-describedby=[error.as_ref().map(|_| &wrong)];
                    }
                    button.button name="do" value=(FIND) formnovalidate data-for=(found) { (visit.say(SEARCH)) }
                }
                @if let Some(error) = &error { p.error id=(wrong) { (error) } }
                div.stack id=(found) {
                    @if ticked.is_empty() && offered.is_empty() {
                        @if !wanted.is_empty() { p.muted role="status" { (visit.say(NOTHING_MATCHES)) } }
                    } @else {
                        div.policies {
                            @for principal in &ticked { (self.choice(visit, principal, true)) }
                            @for principal in &offered { (self.choice(visit, principal, false)) }
                        }
                        p.hint role="status" { (visit.fill(PICKED_OF, &[&offered.len().to_string(), &total.to_string()])) }
                    }
                }
            }
        }
    }

    fn choice(&self, visit: &Visit<'_>, principal: &Principal, is_chosen: bool) -> Markup {
        html! {
            label.tick {
                input type="checkbox" name=(self.boxes) value=(principal.write()) checked[is_chosen];
                span { @if self.kinds.len() > 1 { (principal.show(visit)) } @else { bdi { (principal.name) } } }
            }
        }
    }
}

/// The first of a kind whose names hold `wanted`, and how many there are; nobody where the viewer may not list them, who
/// can name them all the same.
async fn find(visit: &Visit<'_>, kind: Kind, wanted: &str, most: usize) -> (Vec<Principal>, i64) {
    if most == 0 {
        return (Vec::new(), 0);
    }
    let (word, most) = (kind.word(), most.to_string());
    let all = format!("acs:ram:*:{}:{}/*", visit.account_id(), word.to_lowercase());
    if !visit.may(&format!("ram:List{word}s"), &all).await {
        return (Vec::new(), 0);
    }
    let params = [("Text", wanted), ("MaxItems", most.as_str())];
    let answer = visit.call(ARGALI, &format!("Search{word}s"), &params).await.unwrap_or_default();
    let named = |item| Principal { kind, name: text(item, kind.parameter()).to_owned() };
    (items(&answer, &format!("{word}s")).map(named).collect(), number(&answer, "TotalCount"))
}
