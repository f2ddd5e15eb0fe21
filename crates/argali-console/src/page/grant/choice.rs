//! Which policies: those that are chosen, and those of one kind that can be, a tab for each kind. Every button sends the
//! whole form, so that nothing which was chosen is lost.
// SPEC: console, grant permission, policy.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::form::{DOCUMENT, FIND, MORE, MOST_SHOWN, shown};
use super::marks::Marks;
use super::{Risks, type_label};
use crate::api::{RAM, list, text};
use crate::icon::{self, icon};
use crate::page::policy::{description, in_full};
use crate::pairs::Pairs;
use crate::text::grant::*;
use crate::text::shell::{NOTHING_MATCHES, SEARCH};
use crate::text::{Text, policy::DOCUMENT as DOCUMENT_LABEL};
use crate::visit::Visit;

/// The kinds of policies, a tab for each.
pub(super) const TABS: [(&str, Text, Text); 2] =
    [("System", SYSTEM, SYSTEM_HINT), ("Custom", CUSTOM, CUSTOM_HINT)];
/// How many calls each kind is read with at most, at a thousand policies each.
const MOST_CALLS: usize = 5;
/// How many bytes of a description a row has; the rest is told with the document.
const LONGEST_DESCRIPTION: usize = 120;
/// How many bytes all rows have: a page has 60 KB, and there are others on this one.
const MOST_BYTES: usize = 30 << 10;

/// The policies that a form shows.
#[derive(Debug)]
pub(super) struct Offer {
    /// Those that are chosen.
    ticked: Vec<Value>,
    /// Of each kind those others that are looked for.
    others: [Vec<Value>; 2],
}

impl Offer {
    /// Reads what there is, and tells apart what is chosen.
    pub(super) async fn of(visit: &Visit<'_>, from: &Pairs) -> Result<Self, ApiFailure> {
        let wanted = from.get("q").trim().to_lowercase();
        let chosen: Vec<&str> = from.all("policy").collect();
        let matches = |policy: &Value| {
            let texts = [text(policy, "PolicyName"), description(visit, policy)];
            texts.iter().any(|text| text.to_lowercase().contains(&wanted))
        };
        let (mut ticked, mut others) = (Vec::new(), [Vec::new(), Vec::new()]);
        for ((policy_type, ..), others) in TABS.iter().zip(&mut others) {
            for policy in all(visit, policy_type).await? {
                if chosen.contains(&key_of(&policy).as_str()) {
                    ticked.push(policy);
                } else if matches(&policy) {
                    others.push(policy);
                }
            }
        }
        Ok(Self { ticked, others })
    }

    /// The names of the custom policies that are seen, on this tab and chosen.
    pub(super) fn custom(&self, from: &Pairs) -> impl Iterator<Item = &str> {
        let seen = self.ticked.iter().chain(self.on_tab(from).iter().take(shown(from)));
        seen.filter(|policy| text(policy, "PolicyType") == "Custom").map(|policy| text(policy, "PolicyName"))
    }

    fn on_tab(&self, from: &Pairs) -> &[Value] {
        let [system, custom] = &self.others;
        if tab(from) == "Custom" { custom } else { system }
    }
}

/// All policies of a kind.
async fn all(visit: &Visit<'_>, policy_type: &str) -> Result<Vec<Value>, ApiFailure> {
    let (mut policies, mut marker) = (Vec::new(), String::new());
    for _ in 0..MOST_CALLS {
        let params = [("PolicyType", policy_type), ("MaxItems", "1000"), ("Marker", &marker)];
        let answer = visit.call(RAM, "ListPolicies", &params).await?;
        policies.extend(list(&answer, "Policies", "Policy").cloned());
        text(&answer, "Marker").clone_into(&mut marker);
        if marker.is_empty() {
            break;
        }
    }
    Ok(policies)
}

/// What the box of a policy says.
fn key_of(policy: &Value) -> String {
    format!("{}/{}", text(policy, "PolicyType"), text(policy, "PolicyName"))
}

/// The tab that is open.
pub(super) fn tab(from: &Pairs) -> &'static str {
    TABS.iter().find(|(tab, ..)| *tab == from.get("tab")).map_or("System", |(tab, ..)| tab)
}

/// What is known of policies that are shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known<'k> {
    pub(super) risks: &'k Risks,
    pub(super) marks: &'k Marks,
}

/// The part of the form, with what is wrong with it.
pub(super) async fn part(
    visit: &Visit<'_>,
    from: &Pairs,
    (offer, known): (&Offer, Known<'_>),
    wrong: Option<&str>,
) -> Markup {
    let document = match from.get("document").split_once('/') {
        Some(named) => Some((from.get("document"), in_full(visit, named).await)),
        None => None,
    };
    let rows = Rows { visit, known, document };
    let (_, label, hint) = TABS.iter().find(|(own, ..)| *own == tab(from)).copied().unwrap_or(TABS[0]);
    let others = offer.on_tab(from);
    let ticked: Vec<Markup> = offer.ticked.iter().map(|policy| rows.row(policy, true)).collect();
    let mut bytes: usize = ticked.iter().map(|row| row.0.len()).sum();
    let mut offered: Vec<Markup> = Vec::new();
    for policy in others.iter().take(shown(from)) {
        let row = rows.row(policy, false);
        bytes += row.0.len();
        if bytes > MOST_BYTES && !offered.is_empty() {
            break;
        }
        offered.push(row);
    }
    let (all, seen) = (others.len(), offered.len());
    let nothing = if from.get("q").trim().is_empty() { CUSTOM_EMPTY } else { NOTHING_MATCHES };
    html! {
        (finder(visit, from))
        input type="hidden" name="tab" value=(tab(from));
        div.segments.wrap #policies role="group" aria-label=(visit.say(KINDS)) {
            @for ((own, label, _), others) in TABS.iter().zip(&offer.others) {
                button name="do" value=(own) formnovalidate aria-pressed=(*own == tab(from)) {
                    (visit.say(*label)) span.muted { (others.len()) }
                }
            }
        }
        @if !offer.ticked.is_empty() {
            fieldset.group {
                legend { (visit.fill(CHOSEN, &[&offer.ticked.len().to_string()])) }
                div.policies { @for row in ticked { (row) } }
            }
        }
        fieldset.group #policy tabindex="-1" aria-describedby=[wrong.map(|_| "policy-error")] {
            legend { (visit.say(label)) }
            @if let Some(words) = wrong { p.error #policy-error { (words) } }
            p.hint { (visit.say(hint)) }
            @if seen == 0 { p.muted { (visit.say(nothing)) } } @else {
                div.policies { @for row in offered { (row) } }
            }
            @if seen < all {
                div.actions {
                    span.hint { (visit.fill(SOME_SHOWN, &[&seen.to_string(), &all.to_string()])) }
                    @if seen == shown(from) && seen < MOST_SHOWN { button.button.small name="do" value=(MORE) formnovalidate { (visit.say(SHOW_MORE)) } }
                }
            }
        }
    }
}

/// The field that policies are found with. Its button is the first of the form, which is what Enter presses.
fn finder(visit: &Visit<'_>, from: &Pairs) -> Markup {
    html! {
        div.toolbar {
            div.search role="search" {
                (icon(icon::LuSearch))
                input type="search" name="q" value=(from.get("q")) maxlength="64"
                    placeholder=(visit.say(FIND_POLICY)) aria-label=(visit.say(FIND_POLICY)) data-finds="policy";
            }
            button.button name="do" value=(FIND) formnovalidate data-for="policy" { (visit.say(SEARCH)) }
        }
    }
}

/// How rows are written.
struct Rows<'a> {
    visit: &'a Visit<'a>,
    known: Known<'a>,
    /// The policy whose document is asked for, and the document.
    document: Option<(&'a str, Markup)>,
}

impl Rows<'_> {
    fn row(&self, policy: &Value, is_ticked: bool) -> Markup {
        let visit = self.visit;
        let (key, name) = (key_of(policy), text(policy, "PolicyName"));
        let document = self.document.as_ref().filter(|(open, _)| *open == key);
        html! {
            div.statement-head {
                label.tick {
                    input type="checkbox" name="policy" value=(key) checked[is_ticked];
                    span { span { (in_words(name)) (self.marks(policy, is_ticked)) } span.hint { bdi { (short(description(visit, policy))) } } }
                }
                @if document.is_none() {
                    button.quiet name="do" value=(format!("{DOCUMENT}{key}")) formnovalidate aria-label=(visit.fill(DOCUMENT_OF, &[name])) {
                        (visit.say(DOCUMENT_LABEL))
                    }
                }
            }
            @if let Some((_, document)) = document {
                details #document open {
                    summary { (icon(icon::LuChevronRight)) (visit.fill(DOCUMENT_OF, &[name])) }
                    div.stack { (document) }
                }
            }
        }
    }

    /// What is to be known of a policy, after its name.
    fn marks(&self, policy: &Value, is_ticked: bool) -> Markup {
        let (policy_type, name) = (text(policy, "PolicyType"), text(policy, "PolicyName"));
        html! {
            @if is_ticked { " " span.badge { (self.visit.say(type_label(policy_type))) } }
            (self.known.risks.mark(self.visit, policy_type, name))
            @if is_ticked { (self.known.marks.badge(self.visit, (policy_type, name))) }
        }
    }
}

/// The beginning of a description.
fn short(description: &str) -> String {
    if description.len() <= LONGEST_DESCRIPTION {
        return description.to_owned();
    }
    let ends = description.char_indices().map(|(at, _)| at);
    let end = ends.take_while(|at| *at <= LONGEST_DESCRIPTION).last().unwrap_or_default();
    format!("{}…", description.get(..end).unwrap_or_default())
}

/// A name that breaks between its words where a line is too short for it: `AliyunActionTrail|FullAccess`.
fn in_words(name: &str) -> Markup {
    let is_start = |at: usize, letter: char| {
        let before = name.get(..at).unwrap_or_default();
        letter.is_ascii_uppercase() && before.ends_with(|letter: char| letter.is_ascii_lowercase())
    };
    html! {
        @for (at, letter) in name.char_indices() {
            @if is_start(at, letter) { wbr; }
            (letter)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_are_cut_between_characters() {
        assert_eq!(short("All of ECS"), "All of ECS");
        let long = format!("a{}", "管".repeat(LONGEST_DESCRIPTION));
        assert_eq!(short(&long), format!("a{}…", "管".repeat(39)));
    }

    #[test]
    fn a_form_has_the_tab_it_says_and_else_the_first() {
        assert_eq!(tab(&Pairs::read("tab=Custom")), "Custom");
        assert_eq!([tab(&Pairs::read("tab=Own")), tab(&Pairs::default())], ["System", "System"]);
    }
}
