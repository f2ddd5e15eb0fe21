//! Forms that were sent: each counts once, however often it comes.
//!
//! A form is answered by sending the browser on to its result, so that a reload repeats nothing; whoever goes back and
//! sends it again is told that it was sent. What was sent is in the memory of the node.
// SPEC: console, journeys; issue: a reload or Back never repeats an action.

use std::collections::VecDeque;

use parking_lot::Mutex;

/// How many forms are remembered.
const MOST_FORMS: usize = 10_000;

/// The numbers of the forms that were sent lately.
#[derive(Debug, Default)]
pub(crate) struct Once {
    forms: Mutex<VecDeque<String>>,
}

impl Once {
    /// Whether a form with this number is sent for the first time.
    pub(crate) fn is_first(&self, form: &str) -> bool {
        let mut forms = self.forms.lock();
        if forms.iter().any(|sent| sent == form) {
            return false;
        }
        if forms.len() >= MOST_FORMS {
            forms.pop_front();
        }
        forms.push_back(form.to_owned());
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_sent_once() {
        let once = Once::default();
        assert!(once.is_first("a") && !once.is_first("a") && once.is_first("b"));
    }
}
