//! Just enough of HTML to look at pages of our own, whose attributes are all in double quotes.

/// A tag that opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// Its name, in lower case.
    pub name: String,
    attributes: Vec<(String, String)>,
    /// The text up to the next tag, with references read.
    pub text: String,
}

impl Tag {
    /// The value of an attribute; empty for one that has none.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

/// Every tag that opens, in their order.
pub fn tags(html: &str) -> Vec<Tag> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some((_, after)) = rest.split_once('<') {
        rest = after;
        if after.starts_with(['/', '!']) {
            continue;
        }
        let end = end_of_tag(after);
        let (inside, behind) = after.split_at(end);
        let behind = behind.strip_prefix('>').unwrap_or(behind);
        let text = behind.split('<').next().unwrap_or_default();
        let (name, attributes) = inside.split_once(char::is_whitespace).unwrap_or((inside, ""));
        found.push(Tag {
            name: name.trim_end_matches('/').to_ascii_lowercase(),
            attributes: read_attributes(attributes),
            text: unescape(text),
        });
        rest = behind;
    }
    found
}

/// Where a tag ends: at the first `>` that is in no quotes.
fn end_of_tag(text: &str) -> usize {
    let mut quoted = false;
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '>' if !quoted => return at,
            _ => {}
        }
    }
    text.len()
}

fn read_attributes(mut text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    loop {
        text = text.trim_start();
        let end = text.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(text.len());
        let (name, after) = text.split_at(end);
        if name.is_empty() || name == "/" {
            return found;
        }
        let (value, after) = match after.strip_prefix("=\"") {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => ("", after),
        };
        found.push((name.to_owned(), unescape(value)));
        text = after;
    }
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_with_their_attributes_and_text() {
        let found = tags(r#"<p class="a b">x &lt;y<input name="n" value="1 &quot;>&amp;" required><br></p>"#);
        let names: Vec<_> = found.iter().map(|tag| tag.name.as_str()).collect();
        assert_eq!(names, ["p", "input", "br"]);
        assert_eq!((found[0].attribute("class"), found[0].text.as_str()), (Some("a b"), "x <y"));
        assert_eq!((found[1].attribute("value"), found[1].attribute("required")), (Some("1 \">&"), Some("")));
    }
}
