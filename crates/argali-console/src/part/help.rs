//! What would help against a refusal, where it is shown: the way to the form that grants, filled in already, for viewers
//! who may grant it.
//!
//! Parts show refusals and ask nothing. So the place is written with a mark, and filled in before the page is sent.
// SPEC: console, grant permission: opened from denials.

use argali_protocol::ApiFailure;
use maud::{Markup, PreEscaped, html};

use crate::answer::Answer;
use crate::api::{ARGALI, is_denied};
use crate::page::ways_to_grant;
use crate::visit::Visit;

/// What stands where it belongs, around the number of the request. Maud writes no `<` that a text has, so that no text
/// can hold either.
const BEGIN: &str = "<!--helped ";
const END: &str = "-->";
/// Of how many refusals on one page it is asked.
const MOST: usize = 3;

/// The place for it, after a refusal.
pub(crate) fn help_place(failure: &ApiFailure) -> Markup {
    let id = failure.request_id.as_deref().filter(|_| is_denied(failure)).unwrap_or_default();
    let is_id = !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    html! { @if is_id { (PreEscaped(format!("{BEGIN}{id}{END}"))) } }
}

/// The page with what would help.
pub(crate) async fn helped(visit: &Visit<'_>, answer: Answer) -> Answer {
    let page = String::from_utf8_lossy(&answer.body);
    if !answer.is_page() || !page.contains(BEGIN) {
        return answer;
    }
    let mut whole = String::with_capacity(page.len());
    let (mut parts, mut asked) = (page.split(BEGIN), 0);
    whole.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let (id, rest) = part.split_once(END).unwrap_or_default();
        if asked < MOST
            && visit.who().is_some()
            && let Ok(why) = visit.call(ARGALI, "Why", &[("RequestId", id)]).await
        {
            let ways = ways_to_grant(visit, &why);
            whole.push_str(&html! { @for way in ways { " · " (way) } }.0);
        }
        asked += 1;
        whole.push_str(rest);
    }
    Answer { body: whole.into_bytes(), ..answer }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(code: &str, id: &str) -> ApiFailure {
        ApiFailure {
            code: code.to_owned(),
            message: String::new(),
            request_id: Some(id.to_owned()),
            status: 403,
            recommend: None,
            access_denied_detail: None,
        }
    }

    #[test]
    fn only_refusals_with_a_number_have_a_place() {
        assert_eq!(help_place(&failure("NoPermission", "A-1")).0, "<!--helped A-1-->");
        for (code, id) in [("EntityNotExist.User", "A-1"), ("NoPermission", ""), ("NoPermission", "--><b>")] {
            assert_eq!(help_place(&failure(code, id)).0, "", "{code} {id}");
        }
    }
}
