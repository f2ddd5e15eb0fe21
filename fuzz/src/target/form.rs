//! Forms with files: read or refused, as a slow reading of the same bytes has it, and the same when written anew.

use argali_protocol::{FormPart, form_parts};

use super::{Probe, Target, outcome};
use crate::engine::{Shape, Words};

pub(super) static TARGET: Target = Target {
    name: "form",
    shape: Shape::Words,
    words: Words::anywhere(&[
        "--mark",
        "--",
        "\r\n",
        "\r\n\r\n",
        "Content-Disposition: form-data; name=\"file\"; filename=\"a.txt\"",
        "content-disposition:form-data;name=\"a\"",
        "Content-Type: text/plain",
        "\"",
        ";",
        "mark",
    ]),
    seeds: || {
        let field = "--mark\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\ntoken\r\n";
        let file = "--mark\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\none\r\n--two\r\n";
        vec![format!("{field}{file}--mark--\r\n").into_bytes(), b"--mark--".to_vec()]
    },
    start: || Box::new(Forms),
};

const TYPE: &str = "multipart/form-data; boundary=mark";
/// What parts one part from the next.
const BETWEEN: &[u8] = b"\r\n--mark";

struct Forms;

impl Probe for Forms {
    fn probe(&mut self, input: &[u8]) -> u64 {
        let Some(parts) = form_parts(TYPE, input) else { return outcome(input.len().min(100)) };
        assert_eq!(parts.len(), parts_of(input), "there are as many parts as a slow reading finds");
        for part in &parts {
            assert!(!part.content.windows(BETWEEN.len()).any(|window| window == BETWEEN));
        }
        let names: Vec<_> = parts.iter().map(|part| (part.name, part.file_name.is_some())).collect();
        let written = written(&parts);
        assert_eq!(form_parts(TYPE, &written).as_ref(), Some(&parts), "{}", written.escape_ascii());
        outcome(names)
    }
}

/// How many parts there are between one mark and the next.
fn parts_of(body: &[u8]) -> usize {
    let whole = [b"\r\n", body].concat();
    whole.windows(BETWEEN.len()).filter(|window| *window == BETWEEN).count() - 1
}

/// The same parts as a browser would send them.
fn written(parts: &[FormPart<'_>]) -> Vec<u8> {
    let mut body = Vec::new();
    for part in parts {
        let mut head = format!("--mark\r\nContent-Disposition: form-data; name=\"{}\"", part.name);
        if let Some(file_name) = part.file_name {
            head += &format!("; filename=\"{file_name}\"");
        }
        if let Some(content_type) = part.content_type {
            head += &format!("\r\nContent-Type: {content_type}");
        }
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(b"\r\n\r\n");
        body.extend_from_slice(part.content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--mark--\r\n");
    body
}
