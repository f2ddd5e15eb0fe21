//! What buttons need: those that the viewer may not use are disabled, and say what permission they lack.
//!
//! A button says what it needs where it is made, as the call that it leads to. A page is written as if everything were
//! open, with marks around such buttons; before it is sent, all that they need is asked at once, and the marks go, with
//! what would be of no use.
// SPEC: console, rules that hold everywhere: buttons the viewer may not use are disabled with the reason.

use argali_core::dispatch::{Outlook, Wish};
use argali_core::operation::DataOperation;
use argali_core::registry::{MESSAGING, OBJECT_STORAGE};
use maud::{Markup, PreEscaped, html};

use crate::answer::Answer;
use crate::api::Product;
use crate::page::closed;
use crate::text::Text;
use crate::text::need::*;
use crate::visit::Visit;

/// What stands before a button that needs something, and after it. Maud writes no `<` that a text has, so that no text
/// can hold either.
const BEGIN: &str = "<!--needs ";
const END: &str = "<!--/needs-->";
/// Where a page says what its buttons lack.
const LACKING: &str = "<!--lacking-->";
/// How many permissions a page names that its buttons lack.
const MOST_NAMED: usize = 6;

/// What something needs: one of several calls to be open.
#[derive(Clone, Debug)]
pub(crate) struct Need(Vec<Wish>);

impl Need {
    /// A call with these parameters, without those that are empty. What the viewer has yet to enter may be left out.
    pub(crate) fn call(product: Product<'_>, action: impl Into<String>, params: &[(&str, &str)]) -> Self {
        let filled = params.iter().copied().filter(|(_, value)| !value.is_empty());
        Self(vec![Wish::call(product.version, action, filled)])
    }

    /// A call of which nothing is known but the operation.
    pub(crate) fn somehow(product: Product<'_>, action: &str) -> Self {
        Self(vec![Wish::somehow(product.version, action)])
    }

    /// An operation of object storage.
    pub(crate) fn storage<O: DataOperation + Send + Sync + 'static>(operation: O) -> Self {
        Self(vec![Wish::data(OBJECT_STORAGE, operation)])
    }

    /// An operation of messaging.
    pub(crate) fn messaging<O: DataOperation + Send + Sync + 'static>(operation: O) -> Self {
        Self(vec![Wish::data(MESSAGING, operation)])
    }

    /// Any one of these.
    pub(crate) fn any(needs: impl IntoIterator<Item = Self>) -> Self {
        Self(needs.into_iter().flat_map(|need| need.0).collect())
    }
}

/// A button or link, or a part of a page with several, that is of use only to whoever has what it needs.
pub(crate) fn needing(visit: &Visit<'_>, need: Need, control: &Markup) -> Markup {
    let number = visit.needs().add(need);
    PreEscaped(format!("{BEGIN}{number}-->{}{END}", control.0))
}

/// The button that sends a form.
pub(crate) fn submit(visit: &Visit<'_>, need: Need, (class, label): (&str, Text)) -> Markup {
    needing(visit, need, &html! { button class=(class) { (visit.say(label)) } })
}

/// A link that looks like a button, to the form that does it.
pub(crate) fn way(visit: &Visit<'_>, need: Need, path: &str, (class, label): (&str, Text)) -> Markup {
    needing(visit, need, &html! { a class=(class) href=(visit.to(path)) { (visit.say(label)) } })
}

/// The place where a page says what its buttons lack.
pub(crate) fn place() -> Markup {
    PreEscaped(LACKING.to_owned())
}

/// The needs of a page.
#[derive(Debug, Default)]
pub(crate) struct Needs(parking_lot::Mutex<Vec<Need>>);

impl Needs {
    fn add(&self, need: Need) -> usize {
        let mut needs = self.0.lock();
        needs.push(need);
        needs.len() - 1
    }

    fn take(&self) -> Vec<Need> {
        std::mem::take(&mut *self.0.lock())
    }
}

/// Which of these the viewer has, as far as that can be said before it is tried: what is asked so is no refusal on
/// record.
pub(crate) fn open(visit: &Visit<'_>, needs: Vec<Need>) -> Vec<bool> {
    let needs: Vec<Vec<Wish>> = needs.into_iter().map(|need| need.0).collect();
    let outlook = visit.console().core.outlook(visit.origin(), &visit.credential(), &needs);
    outlook.unwrap_or_default().iter().map(|outlook| *outlook == Outlook::Open).collect()
}

/// The page as the viewer gets it.
pub(crate) fn settle(visit: &Visit<'_>, answer: Answer) -> Answer {
    if !answer.is_page() {
        return answer;
    }
    let needs: Vec<Vec<Wish>> = visit.needs().take().into_iter().map(|need| need.0).collect();
    let page = String::from_utf8_lossy(&answer.body);
    let core = &visit.console().core;
    // Where it cannot be said, whoever presses the button is told.
    let outlook = if needs.is_empty() {
        Vec::new()
    } else {
        core.outlook(visit.origin(), &visit.credential(), &needs).unwrap_or_default()
    };
    let lacks = |number: usize| match outlook.get(number)? {
        Outlook::Open => None,
        Outlook::NotAllowed => Some(Lack::Permission(needs.get(number)?.first()?.action(core)?)),
        Outlook::Closed(service) => Some(Lack::Gate(closed(visit, service))),
    };
    let (page, lacking) = written(visit, &page, lacks);
    let page = page.replacen(LACKING, &note(visit, &lacking).0, 1);
    Answer { body: page.into_bytes(), ..answer }
}

/// What is in the way of a button.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Lack {
    /// Permission for this action.
    Permission(&'static str),
    /// A service is closed to other accounts, in words.
    Gate(String),
}

impl Lack {
    fn words(&self, visit: &Visit<'_>) -> String {
        match self {
            Self::Permission(action) => visit.fill(LACKS, &[action]),
            Self::Gate(words) => words.clone(),
        }
    }
}

/// A page without the marks, and what its buttons lack that are disabled.
fn written(visit: &Visit<'_>, page: &str, lacks: impl Fn(usize) -> Option<Lack>) -> (String, Vec<Lack>) {
    let (mut whole, mut lacking) = (String::with_capacity(page.len()), Vec::new());
    let mut parts = page.split(BEGIN);
    whole.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let (number, part) = part.split_once("-->").unwrap_or_default();
        let (control, rest) = part.split_once(END).unwrap_or((part, ""));
        match number.parse().ok().and_then(&lacks) {
            Some(lack) => {
                whole.push_str(&disabled(control, &lack.words(visit)));
                if !lacking.contains(&lack) {
                    lacking.push(lack);
                }
            }
            None => whole.push_str(control),
        }
        whole.push_str(rest);
    }
    (whole, lacking)
}

/// Markup of ours whose buttons do nothing and whose links lead nowhere, and say why.
fn disabled(control: &str, reason: &str) -> String {
    let reason = html! { (reason) }.0;
    let mut whole = String::with_capacity(control.len() + 2 * reason.len());
    for (at, part) in control.split('<').enumerate() {
        if at > 0 {
            whole.push('<');
        }
        let end = part.find('>').unwrap_or_default();
        let (tag, rest) = part.split_at(end);
        // What it is called otherwise gives way to the reason.
        let tag = match tag
            .split_once(" title=\"")
            .and_then(|(before, title)| Some((before, title.split_once('"')?.1)))
        {
            Some((before, after)) if at > 0 => format!("{before}{after}"),
            _ => tag.to_owned(),
        };
        if tag.starts_with("button") {
            whole.push_str(&format!("{tag} disabled title=\"{reason}\""));
        } else if let Some(link) = tag.strip_prefix("a ") {
            let (before, after) = link.split_once("href=\"").unwrap_or((link, "\""));
            let after = after.split_once('"').map_or("", |(_, after)| after);
            whole.push_str(&format!(
                "a {before}role=\"link\" aria-disabled=\"true\" title=\"{reason}\"{after}"
            ));
        } else {
            whole.push_str(&tag);
        }
        whole.push_str(rest);
    }
    whole
}

/// What the buttons of a page lack, for those who see no titles.
fn note(visit: &Visit<'_>, lacking: &[Lack]) -> Markup {
    let (mut actions, mut gates) = (Vec::new(), Vec::new());
    for lack in lacking {
        match lack {
            Lack::Permission(action) => actions.push(action),
            Lack::Gate(words) => gates.push(words),
        }
    }
    html! {
        @for words in gates { p.muted.small-text { (visit.fill(SOME_CLOSED, &[words])) } }
        @if !actions.is_empty() {
            p.muted.small-text {
                (visit.say(SOME_DISABLED)) " "
                @for (at, action) in actions.iter().take(MOST_NAMED).enumerate() {
                    @if at > 0 { ", " }
                    code { (action) }
                }
                @if actions.len() > MOST_NAMED { " …" }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buttons_and_links_are_disabled_where_they_stand() {
        let control = html! {
            form method="post" action="/x" { button.danger name="do" { "Delete" } }
            a.button.main href="/ram/users/new" data-new { "New" }
        };
        let reason = "You lack \"x\".";
        let title = "title=\"You lack &quot;x&quot;.\"";
        let expected = format!(
            "<form method=\"post\" action=\"/x\"><button class=\"danger\" name=\"do\" disabled {title}>Delete</button>\
             </form><a class=\"button main\" role=\"link\" aria-disabled=\"true\" {title} data-new>New</a>"
        );
        assert_eq!(disabled(&control.0, reason), expected);
    }

    #[test]
    fn no_text_can_mark_a_button() {
        let hostile = html! { p title="<!--needs 0-->" { "<!--needs 0--><!--/needs--><!--lacking-->" } };
        for mark in [BEGIN, END, LACKING] {
            assert!(!hostile.0.contains(mark), "{}", hostile.0);
        }
    }
}
