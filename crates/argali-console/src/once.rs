//! What is shown or done once: results with secrets, and forms that were sent.
//!
//! A form is answered by sending the browser on to its result, so that a reload repeats nothing. What the result shows
//! waits here, for the browser that asked, and is gone once it was shown. It is in the memory of the node.
// SPEC: console, rules that hold everywhere; journeys, a secret is shown once.

use std::collections::VecDeque;

use argali_core::time::Timestamp;
use maud::Markup;
use parking_lot::Mutex;

use crate::visit::KeptForm;

/// How many results wait at most; the oldest go first.
const MOST_RESULTS: usize = 1_000;
/// How many forms are remembered.
const MOST_FORMS: usize = 10_000;
/// How long a result waits, in seconds.
const WAITS_S: i64 = 120;
/// How long a form waits, in seconds.
const FORM_WAITS_S: i64 = 600;

/// Everything that is shown or done once.
#[derive(Default)]
pub(crate) struct Once {
    results: Mutex<VecDeque<Waiting>>,
    sent: Mutex<VecDeque<String>>,
    forms: Mutex<VecDeque<WaitingForm>>,
}

/// A form that waits until its sender has shown that it is still the same.
struct WaitingForm {
    key: String,
    browser: String,
    since: Timestamp,
    form: KeptForm,
}

/// A result that waits to be shown.
struct Waiting {
    key: String,
    browser: String,
    since: Timestamp,
    title: String,
    content: Markup,
}

impl Once {
    /// Keeps what `browser` is to see under `key`.
    pub(crate) fn keep(
        &self,
        (key, browser): (String, String),
        since: Timestamp,
        (title, content): (String, Markup),
    ) {
        let mut results = self.results.lock();
        results.retain(|waiting| since < waiting.since.plus_seconds(WAITS_S));
        if results.len() >= MOST_RESULTS {
            results.pop_front();
        }
        results.push_back(Waiting { key, browser, since, title, content });
    }

    /// What waits for `browser` under `key`: its title and content, this once.
    pub(crate) fn take(&self, key: &str, browser: &str, now: Timestamp) -> Option<(String, Markup)> {
        let mut results = self.results.lock();
        let at = results.iter().position(|waiting| waiting.key == key && waiting.browser == browser)?;
        let found = results.remove(at)?;
        (now < found.since.plus_seconds(WAITS_S)).then_some((found.title, found.content))
    }

    /// Keeps a form of `browser` under `key`.
    pub(crate) fn keep_form(&self, (key, browser): (String, String), since: Timestamp, form: KeptForm) {
        let mut forms = self.forms.lock();
        forms.retain(|waiting| since < waiting.since.plus_seconds(FORM_WAITS_S));
        if forms.len() >= MOST_RESULTS {
            forms.pop_front();
        }
        forms.push_back(WaitingForm { key, browser, since, form });
    }

    /// The form that `browser` has waiting under `key`, which goes on waiting.
    pub(crate) fn form(&self, key: &str, browser: &str, now: Timestamp) -> Option<KeptForm> {
        let forms = self.forms.lock();
        let found = forms.iter().find(|waiting| waiting.key == key && waiting.browser == browser)?;
        (now < found.since.plus_seconds(FORM_WAITS_S)).then(|| found.form.clone())
    }

    /// The form that waits under `key` whichever browser it is of, with that browser: whoever asks has to know by
    /// other means whose it is.
    pub(crate) fn form_of_any(&self, key: &str, now: Timestamp) -> Option<(String, KeptForm)> {
        let forms = self.forms.lock();
        let found = forms.iter().find(|waiting| waiting.key == key)?;
        let is_fresh = now < found.since.plus_seconds(FORM_WAITS_S);
        is_fresh.then(|| (found.browser.clone(), found.form.clone()))
    }

    /// Forgets a form that was carried out.
    pub(crate) fn forget_form(&self, key: &str) {
        self.forms.lock().retain(|waiting| waiting.key != key);
    }

    /// Whether a form with this number is sent for the first time.
    pub(crate) fn is_first(&self, form: &str) -> bool {
        let mut forms = self.sent.lock();
        if forms.iter().any(|sent| sent == form) {
            return false;
        }
        if forms.len() >= MOST_FORMS {
            forms.pop_front();
        }
        forms.push_back(form.to_owned());
        true
    }

    /// Takes back that a form was sent: it was refused, so that whoever goes back to it can mend it and send it again.
    pub(crate) fn was_refused(&self, form: &str) {
        self.sent.lock().retain(|sent| sent != form);
    }
}

impl std::fmt::Debug for Once {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Once").field("results", &self.results.lock().len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use maud::html;

    use super::*;

    #[test]
    fn a_result_is_shown_once_and_to_its_own_browser() {
        let once = Once::default();
        let now = Timestamp::from_seconds(100);
        let keep = |key: &str| {
            once.keep((key.to_owned(), "mine".to_owned()), now, ("Made".to_owned(), html! { "secret" }))
        };
        keep("a");
        assert!(once.take("a", "other", now).is_none());
        assert!(once.take("a", "mine", now).is_some());
        assert!(once.take("a", "mine", now).is_none());
        keep("b");
        assert!(once.take("b", "mine", now.plus_seconds(WAITS_S)).is_none());
    }

    #[test]
    fn a_form_is_sent_once() {
        let once = Once::default();
        assert!(once.is_first("a") && !once.is_first("a") && once.is_first("b"));
        once.was_refused("a");
        assert!(once.is_first("a") && !once.is_first("b"));
    }
}
