//! Files of comma-separated values.

use maud::{Markup, html};

use crate::icon::{self, icon};
use crate::pairs::segment;
use crate::text::list::DOWNLOAD;
use crate::visit::Visit;

/// The button that keeps lines as a file, which is in the page itself: what is shown once is not asked for again.
// SPEC: console, create user: the result is shown here only, with Copy and Download CSV.
pub(crate) fn kept(visit: &Visit<'_>, file: &str, lines: &str) -> Markup {
    let href = format!("data:text/csv;charset=utf-8,{}", segment(lines));
    html! { a.button href=(href) download=(file) { (icon(icon::LuDownload)) (visit.say(DOWNLOAD)) } }
}

/// A line of cells, with its end.
pub(crate) fn line<'c>(cells: impl IntoIterator<Item = &'c str>) -> String {
    let cells: Vec<String> = cells.into_iter().map(cell).collect();
    cells.join(",") + "\r\n"
}

/// A cell. What programs for tables would take for a formula gets an apostrophe before it.
fn cell(text: &str) -> String {
    let text =
        if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_text_and_nothing_else() {
        for (text, written) in [
            ("plain", "plain"),
            ("a,b", "\"a,b\""),
            ("say \"x\"", "\"say \"\"x\"\"\""),
            ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
            ("@x,y", "\"'@x,y\""),
            ("\r=1", "\"'\r=1\""),
        ] {
            assert_eq!(cell(text), written);
        }
        assert_eq!(line(["a", "b,c", ""]), "a,\"b,c\",\r\n");
    }
}
