//! Requests to Message Service: their heads have one reading or none, and documents say the same once they are written
//! anew.
//!
//! An input is a host and a target, a line each, and a document.

use argali_protocol::{Credential, HttpRequest, XmlElement, decode_mns, mns_site};

use super::{Probe, Target, gist, outcome};
use crate::engine::{Shape, Words};

pub(super) static TARGET: Target = Target {
    name: "message",
    shape: Shape::Words,
    words: Words::anywhere(&[
        "<Message>",
        "</Message>",
        "<MessageBody>",
        "</MessageBody>",
        "<a/>",
        "x",
        " ",
        "&amp;",
        "&lt;",
        "&#x8FD0;",
        "&#0;",
        "&x;",
        "<![CDATA[",
        "]]>",
        "<!-- ",
        " -->",
        "<?xml version=\"1.0\"?>",
        "<!DOCTYPE a>",
        "\r\n",
        "\n",
        "\u{1}",
        "\u{FFFE}",
        "11223344.mns.cn-hangzhou.aliyuncs.com",
        "-internal",
        ".mns.",
        ":80",
        "/queues/a/messages",
        "?",
        "&",
        "=",
        "%41",
        "%00",
        "http://",
    ]),
    seeds: || {
        let host = "11223344.mns.cn-hangzhou.aliyuncs.com\n";
        [
            "/queues/a/messages\n<?xml version=\"1.0\"?><Message xmlns=\"http://x\"><MessageBody> a&amp;b&#13;</MessageBody></Message>",
            "/queues/a/messages?numOfMessages=2&waitseconds=1\n<a><b><![CDATA[<x>]]></b><c/></a>",
            "http://11223344.mns.cn-hangzhou.aliyuncs.com/topics\n",
        ]
        .map(|rest| format!("{host}{rest}").into_bytes())
        .into()
    },
    start: || Box::new(Messages),
};

struct Messages;

impl Probe for Messages {
    fn probe(&mut self, input: &[u8]) -> u64 {
        let mut parts = input.splitn(3, |byte| *byte == b'\n');
        let [host, target, document] = [(); 3].map(|()| parts.next().unwrap_or_default());
        outcome((head(host, target), read(document)))
    }
}

/// What comes of a head.
fn head(host: &[u8], target: &[u8]) -> u64 {
    let Ok(target) = std::str::from_utf8(target) else { return 0 };
    let date = b"Thu, 02 Jan 2025 03:04:05 GMT";
    let headers: [(&str, &[u8]); 3] = [("host", host), ("authorization", b"MNS LTAI:c2ln"), ("date", date)];
    match decode_mns(&HttpRequest { method: "GET", target, headers: &headers, body: b"" }) {
        Ok(request) => {
            assert!(matches!(request.credential, Credential::Signed(_)), "it was signed");
            let site = mns_site(request.host);
            if let Some(site) = &site {
                assert!(site.account.bytes().all(|byte| byte.is_ascii_digit()), "{site:?}");
                assert!(!site.region.is_empty() && !site.region.contains([':', '*', '/']), "{site:?}");
            }
            outcome((site.is_some(), request.path.split('/').count(), request.query.len()))
        }
        Err(error) => outcome((error.code(), gist(error.message()))),
    }
}

/// What comes of a document.
fn read(document: &[u8]) -> u64 {
    let Ok(read) = XmlElement::parse(document) else { return 0 };
    let mut again = String::new();
    write(&read, &mut again);
    assert_eq!(XmlElement::parse(again.as_bytes()).as_ref(), Ok(&read), "{again}");
    outcome((read.children.len().min(4), read.text.len().min(4)))
}

/// Writes an element so that it must be read as the same: its text first, because it is kept apart from what is in it.
fn write(element: &XmlElement, out: &mut String) {
    out.push_str(&format!("<{}>", element.name));
    for character in element.text.chars() {
        out.push_str(&format!("&#{};", u32::from(character)));
    }
    element.children.iter().for_each(|child| write(child, out));
    out.push_str(&format!("</{}>", element.name));
}
