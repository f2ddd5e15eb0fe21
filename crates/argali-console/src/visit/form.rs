//! The form that was sent, and one that waits until its sender has shown that it is still the same.

use argali_protocol::{form_parts, is_form_data};

use super::{Acting, Visit, console_path};
use crate::pairs::Pairs;

/// A file that came with a form.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Upload<'a> {
    /// What the browser calls it.
    pub(crate) name: &'a str,
    /// What the browser takes it for.
    pub(crate) content_type: Option<&'a str>,
    /// What it holds.
    pub(crate) content: &'a [u8],
}

/// What a form holds besides what is to be seen again: tokens, and secrets.
const NEVER_SHOWN: &[&str] = &[
    "csrf",
    "form",
    "sender",
    "Password",
    "OldPassword",
    "NewPassword",
    "OwnerPassword",
    "Again",
    "AuthenticationCode1",
    "AuthenticationCode2",
];

/// A form that waits until its sender has shown that it is still the same.
#[derive(Clone, Debug)]
pub(crate) struct KeptForm {
    path: Vec<String>,
    acting: Option<Acting>,
    form: Pairs,
}

impl KeptForm {
    /// Who filled it in, as [`crate::guard::person`] says it.
    pub(crate) fn sender(&self) -> &str {
        self.form.get("sender")
    }

    /// Where it is shown again, waiting under `key`, and not sent.
    pub(crate) fn shown_at(&self, key: &str) -> String {
        console_path(self.acting.as_ref(), &format!("/kept/{key}"))
    }
}

impl Visit<'_> {
    /// The form as it is kept while its sender shows that it is still the same.
    pub(crate) fn to_keep(&self) -> KeptForm {
        KeptForm { path: self.path.clone(), acting: self.acting.clone(), form: self.form.clone() }
    }

    /// Goes on with a form that was kept, under the logon's new session.
    pub(crate) fn resume(&mut self, kept: KeptForm, session: String) {
        (self.path, self.acting, self.form) = (kept.path, kept.acting, kept.form);
        self.session = session;
    }

    /// Shows a form again that was kept, on the page that it is of, and sends nothing.
    pub(crate) fn show_again(&mut self, kept: KeptForm) {
        let entered = kept.form.without(NEVER_SHOWN);
        (self.path, self.acting, self.is_kept) = (kept.path, kept.acting, true);
        (self.query, self.form) = (entered.clone(), entered);
    }

    /// Goes to the page above, while a form is looked for that was kept; there is none above the first.
    pub(crate) fn goes_up(&mut self) -> bool {
        let has_more = self.path.len() > 2;
        self.path.pop();
        has_more
    }
}

/// The fields of a form, and its file if it has one.
pub(super) fn read<'b>(content_type: &str, body: &'b [u8]) -> (Pairs, Option<Upload<'b>>) {
    if !is_form_data(content_type) {
        return (Pairs::read(&String::from_utf8_lossy(body)), None);
    }
    let parts = form_parts(content_type, body).unwrap_or_default();
    let (files, fields): (Vec<_>, Vec<_>) = parts.into_iter().partition(|part| part.file_name.is_some());
    let fields = fields
        .into_iter()
        .map(|part| (part.name.to_owned(), String::from_utf8_lossy(part.content).into_owned()));
    let file = files.into_iter().find(|part| part.file_name.is_some_and(|name| !name.is_empty()));
    let upload = file.and_then(|part| {
        Some(Upload { name: part.file_name?, content_type: part.content_type, content: part.content })
    });
    (Pairs::of(fields), upload)
}
