//! Files of comma-separated values.

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
