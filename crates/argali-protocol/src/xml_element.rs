//! Documents that clients send: read strictly, with their texts exactly, and no further than they may go.
// SPEC: security, requests, R11: no DTD, depth ≤ 10.

use quick_xml::Reader;
use quick_xml::events::Event;

use crate::percent::has_forbidden_character;

/// How deep elements lie in each other at most.
const DEEPEST: usize = 10;
/// How many elements a document has at most.
const MOST_ELEMENTS: usize = 10_000;

/// An element with what is in it. Attributes and prefixes of names mean nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct XmlElement {
    /// Its name, without a prefix.
    pub name: String,
    /// Its own text, blanks and all.
    pub text: String,
    /// The elements in it, in order.
    pub children: Vec<XmlElement>,
}

/// A document that is not well-formed, or has what none may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the document is not well-formed XML, or is larger than one may be")]
pub struct MalformedXml;

impl XmlElement {
    /// Reads the root element of a document.
    ///
    /// # Errors
    ///
    /// Fails if it is not well-formed, has a DTD or a processing instruction, or more elements than it may.
    pub fn parse(document: &[u8]) -> Result<Self, MalformedXml> {
        let text = str::from_utf8(document).map_err(|_| MalformedXml)?;
        let mut reader = Reader::from_str(text);
        // What is around the root counts as an element without a name.
        let mut open = vec![Self::default()];
        let mut elements = 0_usize;
        loop {
            let event = reader.read_event().map_err(|_| MalformedXml)?;
            if let Event::Start(tag) | Event::Empty(tag) = &event {
                elements += 1;
                if open.len() > DEEPEST || elements > MOST_ELEMENTS {
                    return Err(MalformedXml);
                }
                let name = tag.local_name().as_ref().to_owned();
                if !is_name(&name) {
                    return Err(MalformedXml);
                }
                open.push(Self { name, ..Self::default() });
            }
            let Some(inner) = open.last_mut() else { return Err(MalformedXml) };
            match &event {
                Event::Empty(_) | Event::End(_) => close(&mut open)?,
                Event::Text(text) => inner.text.push_str(&text.xml10_content()),
                Event::CData(text) => inner.text.push_str(&text.xml10_content()),
                Event::GeneralRef(reference) => {
                    let by_number = reference.resolve_char_ref().map_err(|_| MalformedXml)?;
                    let named = || predefined(reference);
                    inner.text.push(by_number.or_else(named).ok_or(MalformedXml)?);
                }
                Event::Start(_) | Event::Decl(_) | Event::Comment(_) => {}
                Event::PI(_) | Event::DocType(_) => return Err(MalformedXml),
                Event::Eof => break,
            }
        }
        root(open)
    }

    /// The first element in it of a name.
    #[must_use]
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }
}

/// Whether an element can be called so. The reader takes whatever stands before a blank or a bracket for a name.
fn is_name(text: &str) -> bool {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    text.chars().all(fits) && text.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Ends the innermost element.
fn close(open: &mut Vec<XmlElement>) -> Result<(), MalformedXml> {
    let element = open.pop().filter(|element| !has_forbidden_character(&element.text)).ok_or(MalformedXml)?;
    open.last_mut().ok_or(MalformedXml)?.children.push(element);
    Ok(())
}

/// The one element of a document that has been read, around which there is nothing but blanks.
fn root(mut open: Vec<XmlElement>) -> Result<XmlElement, MalformedXml> {
    let around = open.pop().filter(|_| open.is_empty()).ok_or(MalformedXml)?;
    if !around.text.trim().is_empty() {
        return Err(MalformedXml);
    }
    let mut roots = around.children.into_iter();
    match (roots.next(), roots.next()) {
        (Some(root), None) => Ok(root),
        _ => Err(MalformedXml),
    }
}

/// The character of a reference that every document may have.
pub(crate) fn predefined(entity: &str) -> Option<char> {
    match entity {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(name: &str, text: &str) -> XmlElement {
        XmlElement { name: name.to_owned(), text: text.to_owned(), children: Vec::new() }
    }

    #[test]
    fn texts_are_exactly_what_was_sent() {
        let text = "<?xml version=\"1.0\"?>\n<m:Message xmlns:m=\"http://x\"><MessageBody>  a&amp;b &#x8FD0;\n</MessageBody><!-- no --><Empty/><C><![CDATA[<raw>]]></C></m:Message>\n";
        let read = XmlElement::parse(text.as_bytes()).unwrap();
        let children = vec![leaf("MessageBody", "  a&b 运\n"), leaf("Empty", ""), leaf("C", "<raw>")];
        assert_eq!(read, XmlElement { name: "Message".to_owned(), text: String::new(), children });
        assert_eq!(read.child("C").unwrap().text, "<raw>");
        assert_eq!(read.child("D"), None);
    }

    #[test]
    fn hostile_documents_are_refused() {
        let deep = format!("{}{}", "<a>".repeat(11), "</a>".repeat(11));
        let many = format!("<a>{}</a>", "<b/>".repeat(MOST_ELEMENTS));
        for text in [
            "",
            "no",
            "<a>",
            "</a>",
            "<a></b>",
            "<a/><a/>",
            "<a/>b",
            "<!DOCTYPE d [<!ENTITY a \"b\">]><a/>",
            "<a>&b;</a>",
            "<?php x ?><a/>",
            "<a>\u{1}</a>",
            "<a><c//></a>",
            "<1/>",
            "<a>&#x0;</a>",
            &deep,
            &many,
        ] {
            assert_eq!(XmlElement::parse(text.as_bytes()), Err(MalformedXml), "{}", text.len());
        }
        assert!(XmlElement::parse(b"<a>\xFF</a>").is_err());
        assert!(XmlElement::parse(&deep.as_bytes()[3..deep.len() - 4]).is_ok());
    }
}
