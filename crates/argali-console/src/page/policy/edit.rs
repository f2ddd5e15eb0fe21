//! Writing a policy: in the visual editor or as JSON, over one document, looked at again before it is saved.
//!
//! Every button sends the whole form; what it holds is the document, so that changing tabs loses nothing.
// SPEC: console, policies and trust editor.

use argali_protocol::ApiFailure;
use maud::{Markup, html};

use super::statement::{NotVisual, Statement};
use super::vocabulary::Vocabulary;
use super::{
    DOCUMENT_FIELD, LIST, NAME_FIELD, TEMPLATE, arn, check, current, from_activity, path_of, review, start,
    visual,
};
use crate::answer::Answer;
use crate::api::RAM;
use crate::need::Need;
use crate::page::{Outcome, Refusal, conflict, grant};
use crate::pairs::{Pairs, encode};
use crate::part::{Field, Fields, Weight, formatted, indented, notice, show_api, summary, summary_of};
use crate::shell::{self, token};
use crate::text::Text;
use crate::text::policy::{CREATE, DESCRIPTION};
use crate::text::policy_edit::*;
use crate::text::shell::CANCEL;
use crate::visit::Visit;

/// How a document is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Visual,
    Json,
}

impl Mode {
    fn word(self) -> &'static str {
        match self {
            Self::Visual => "visual",
            Self::Json => "json",
        }
    }
}

/// A policy that is being written.
pub(super) struct Draft<'a> {
    /// The policy that is changed; nothing while one is made.
    pub(super) existing: Option<&'a str>,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) document: String,
    pub(super) mode: Mode,
    /// The services that were chosen for its statements: a statement without actions does not tell.
    pub(super) services: Vec<String>,
    /// What is to be said of what stands there.
    pub(super) note: Option<Text>,
    /// The form that a new policy was wanted in, to be led back to.
    next: Option<String>,
}

impl Draft<'_> {
    pub(super) fn name(&self) -> &str {
        self.existing.unwrap_or(&self.name)
    }

    /// What saving it needs.
    pub(super) fn need(&self) -> Need {
        match self.existing {
            Some(name) => super::edition(name),
            None => Need::somehow(RAM, "CreatePolicy"),
        }
    }

    /// The address of the form.
    pub(super) fn path(&self) -> String {
        match self.existing {
            Some(name) => format!("{}/edit", path_of("Custom", name)),
            None => format!("{LIST}/new"),
        }
    }

    /// Where the browser goes once it is saved.
    fn landing(&self, visit: &Visit<'_>) -> String {
        match &self.next {
            Some(next) => grant::with_policy(next, &self.name),
            None => visit.to(&path_of("Custom", self.name())),
        }
    }

    /// Where it goes if it is not.
    fn cancel(&self, visit: &Visit<'_>) -> String {
        match (&self.next, self.existing) {
            (Some(next), _) => next.clone(),
            (None, Some(name)) => visit.to(&path_of("Custom", name)),
            (None, None) => visit.to(LIST),
        }
    }

    /// What tells where to go, in forms.
    pub(super) fn next_field(&self) -> Markup {
        html! { @if let Some(next) = &self.next { input type="hidden" name="next" value=(next); } }
    }

    /// What the form carries besides the document.
    pub(super) fn hidden(&self) -> Markup {
        html! {
            input type="hidden" name="PolicyName" value=(self.name);
            input type="hidden" name="Description" value=(self.description);
            (self.next_field())
        }
    }
}

/// How many bytes the fields of all statements may have: with what stands around them, and what the check says, a page
/// keeps to 60 KB.
// SPEC: console, budgets.
const MOST_BYTES: usize = 36 << 10;

/// The form as it is first seen: with the document of the policy, with what chosen calls did, or with a template.
pub(super) async fn begin(visit: &Visit<'_>, existing: Option<&str>) -> Outcome {
    let seen = from_activity::document(visit, visit.query()).await?;
    let document = match existing {
        Some(name) => current(visit, name).await?,
        None => seen.clone().unwrap_or_else(|| TEMPLATE.to_owned()),
    };
    let is_visual = Statement::of_document(&document).is_ok();
    let mode = if is_visual && seen.is_none() && existing.is_none() { Mode::Visual } else { Mode::Json };
    let mut draft = Draft {
        existing,
        name: String::new(),
        description: String::new(),
        document: indented(&document),
        mode,
        services: Vec::new(),
        note: None,
        next: next(visit, visit.query(), existing),
    };
    if existing.is_none()
        && let Some(started) = start::begin(visit, &mut draft).await
    {
        return started;
    }
    editor(visit, &draft, None).await
}

/// The form that a new policy is wanted in.
fn next(visit: &Visit<'_>, said: &Pairs, existing: Option<&str>) -> Option<String> {
    grant::way_back(visit, said.get("next")).filter(|_| existing.is_none()).map(str::to_owned)
}

/// Whatever button was pressed.
pub(super) async fn send(visit: &Visit<'_>, existing: Option<&str>) -> Outcome {
    let form = visit.form();
    let words = Vocabulary::of(visit).await;
    let was_visual = form.get("mode") == Mode::Visual.word();
    let mut services = Vec::new();
    let mut document = if was_visual {
        let mut statements = changed(Statement::of_form(form, &words), form.get("do"));
        arn::add(form, &mut statements, &words);
        services = statements.iter().map(|statement| statement.service.clone()).collect();
        Statement::document(&statements)
    } else {
        form.get("PolicyDocument").to_owned()
    };
    if form.get("do") == "format" {
        document = formatted(&document);
    }
    let mode = match form.get("do") {
        "visual" => Mode::Visual,
        "json" => Mode::Json,
        _ if was_visual => Mode::Visual,
        _ => Mode::Json,
    };
    let text = |name: &str| form.get(name).trim().to_owned();
    let (name, description) = (text("PolicyName"), text("Description"));
    let next = next(visit, form, existing);
    let mut draft = Draft { existing, name, description, document, mode, services, note: None, next };
    if existing.is_none()
        && let Some(started) = start::send(visit, &mut draft).await
    {
        return started;
    }
    match form.get("do") {
        "review" => review::show(visit, &draft).await,
        "" | "save" => save(visit, &draft).await,
        _ => editor(visit, &draft, None).await,
    }
}

/// The statements after a button that adds or removes one.
fn changed(mut statements: Vec<Statement>, button: &str) -> Vec<Statement> {
    if button == "add" {
        statements.push(Statement::default());
    }
    if let Some(at) = button.strip_prefix("drop-").and_then(|at| at.parse::<usize>().ok())
        && at < statements.len()
    {
        statements.remove(at);
    }
    statements
}

/// Makes the policy, or a version of it that is in force at once.
pub(super) async fn save(visit: &Visit<'_>, draft: &Draft<'_>) -> Outcome {
    if let Some(name) = draft.existing {
        let now = current(visit, name).await?;
        if review::is_outdated(visit, &now, draft) {
            return Ok(review::show(visit, draft).await?.of_status(409));
        }
    }
    let document = ("PolicyDocument", draft.document.as_str());
    let saved = match draft.existing {
        None => {
            let params = [("PolicyName", draft.name.as_str()), ("Description", &draft.description), document];
            visit.call(RAM, "CreatePolicy", &params).await
        }
        Some(name) => {
            let rotate = ("RotateStrategy", "DeleteOldestNonDefaultVersionWhenLimitExceeded");
            let params = [("PolicyName", name), ("SetAsDefault", "true"), rotate, document];
            visit.call(RAM, "CreatePolicyVersion", &params).await
        }
    };
    match saved {
        Ok(_) => Ok(Answer::see(draft.landing(visit))),
        Err(failure) => {
            let failure = Refusal::shown(failure)?;
            editor(visit, draft, Some(&failure)).await
        }
    }
}

/// The editor.
pub(super) async fn editor(visit: &Visit<'_>, draft: &Draft<'_>, failure: Option<&ApiFailure>) -> Outcome {
    let words = Vocabulary::of(visit).await;
    let statements = Statement::of_document(&draft.document).map(|mut statements| {
        statements.iter_mut().zip(&draft.services).for_each(|(own, service)| own.choose(service));
        statements
    });
    let visual = match &statements {
        Ok(statements) if draft.mode == Mode::Visual => {
            Some(visual::fields(visit, &words, statements)).filter(|fields| fields.0.len() <= MOST_BYTES)
        }
        _ => None,
    };
    let mode = if visual.is_some() { Mode::Visual } else { Mode::Json };
    let wrong = statements.as_ref().ok().and_then(|statements| arn::wrong(visit.form(), statements, &words));
    let why_not = (draft.mode != mode).then(|| statements.as_ref().err().unwrap_or(&NotVisual::TooLarge));
    let title = match draft.existing {
        Some(name) => visit.fill(EDIT_TITLE, &[name]),
        None => visit.say(CREATE).to_owned(),
    };
    let content = html! {
        div.writing {
            h1 { (title) }
            @if let Some(failure) = failure { (summary(visit, failure)) }
            @if let Some(field) = &wrong { (summary_of(&[(Some(field), visit.say(ARN_WRONG))])) }
            @if let Some(note) = draft.note { (notice(Weight::Info, &html! { p { (visit.say(note)) } })) }
            form.stack.code method="post" action=(visit.to(&draft.path())) data-checked {
                (token(visit))
                input type="hidden" name="mode" value=(mode.word());
                (draft.next_field())
                @if draft.existing.is_some() { (conflict::base(visit, &[&formatted(&draft.document)])) }
                // What Enter presses.
                button.hidden name="do" value="review" tabindex="-1" aria-hidden="true" { (visit.say(REVIEW)) }
                @if draft.existing.is_none() {
                    section.card.stack { (about(visit, draft, failure)) }
                    (start::buttons(visit))
                }
                (modes(visit, mode))
                @if let Some(why) = why_not { (notice(Weight::Info, &html! { p { (why.say(visit)) } })) }
                @match &visual {
                    Some(fields) => (fields),
                    None => (json(visit, &draft.document, failure)),
                }
                (check::part(visit, &draft.document).await)
                div.actions {
                    button.button.main name="do" value="review" { (visit.say(REVIEW)) }
                    button.button name="do" value="check" formnovalidate { (visit.say(CHECK)) }
                    a.button href=(draft.cancel(visit)) { (visit.say(CANCEL)) }
                    (show_api(visit))
                }
            }
        }
    };
    let status = failure.map_or(if wrong.is_some() { 400 } else { 200 }, |failure| failure.status);
    Ok(Answer::page(status, shell::page(visit, &title, &content)))
}

fn about(visit: &Visit<'_>, draft: &Draft<'_>, failure: Option<&ApiFailure>) -> Markup {
    let values = encode([("PolicyName", draft.name.as_str()), ("Description", &draft.description)]);
    let fields = Fields::of(visit, Pairs::read(&values)).refused(failure);
    html! {
        (fields.show(NAME_FIELD))
        (fields.show(Field::text("Description", DESCRIPTION).longest(1024)))
    }
}

/// The two ways to show the document, as buttons that take it along.
fn modes(visit: &Visit<'_>, mode: Mode) -> Markup {
    html! {
        div.segments.modes role="group" aria-label=(visit.say(EDIT)) {
            @for (own, label) in [(Mode::Visual, VISUAL), (Mode::Json, JSON)] {
                button name="do" value=(own.word()) formnovalidate aria-pressed=(own == mode) { (visit.say(label)) }
            }
        }
    }
}

fn json(visit: &Visit<'_>, document: &str, failure: Option<&ApiFailure>) -> Markup {
    let fields = Fields::of(visit, Pairs::read(&encode([("PolicyDocument", document)])));
    html! {
        section.card.stack {
            (fields.refused(failure).show(DOCUMENT_FIELD))
            div { button.button.small name="do" value="format" formnovalidate { (visit.say(FORMAT)) } }
        }
    }
}
