//! Forms with files, as browsers send them: `multipart/form-data`.
// SPEC: RFC 7578, as far as browsers use it.

/// How many parts a form has at most.
const MOST_PARTS: usize = 64;
/// The longest boundary, in bytes.
// SPEC: RFC 2046, section 5.1.1.
const LONGEST_BOUNDARY: usize = 70;

/// A part of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FormPart<'b> {
    /// The name of its field.
    pub name: &'b str,
    /// The name of its file, if it is one.
    pub file_name: Option<&'b str>,
    /// What its file is said to be.
    pub content_type: Option<&'b str>,
    /// What was entered, or what the file holds.
    pub content: &'b [u8],
}

/// Whether a body of this content type is such a form.
pub fn is_form_data(content_type: &str) -> bool {
    boundary(content_type).is_some()
}

/// The parts of a form, in their order; nothing if it is not one from its first byte to its last.
pub fn form_parts<'b>(content_type: &str, body: &'b [u8]) -> Option<Vec<FormPart<'b>>> {
    let boundary = boundary(content_type)?;
    let mark = format!("--{boundary}");
    let mut rest = body.strip_prefix(mark.as_bytes())?;
    let between = format!("\r\n{mark}");
    let mut parts = Vec::new();
    loop {
        if let Some(end) = rest.strip_prefix(b"--") {
            return matches!(end, b"" | b"\r\n").then_some(parts);
        }
        if parts.len() == MOST_PARTS {
            return None;
        }
        // Looked for from the end of the line on that the mark stands in: a mark may follow at once.
        let end = find(rest, between.as_bytes())?;
        parts.push(part(rest.get(..end)?.strip_prefix(b"\r\n")?)?);
        rest = rest.get(end + between.len()..)?;
    }
}

fn boundary(content_type: &str) -> Option<&str> {
    let mut pieces = content_type.split(';').map(str::trim);
    if !pieces.next()?.eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let named = pieces.find_map(|piece| {
        let (name, value) = piece.split_once('=')?;
        name.eq_ignore_ascii_case("boundary").then_some(value)
    })?;
    let plain = named.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(named);
    let fits = |c: char| c.is_ascii_alphanumeric() || "'()+_,-./:=?".contains(c);
    ((1..=LONGEST_BOUNDARY).contains(&plain.len()) && plain.chars().all(fits)).then_some(plain)
}

fn part(bytes: &[u8]) -> Option<FormPart<'_>> {
    let end = find(bytes, b"\r\n\r\n")?;
    let (head, content) = (std::str::from_utf8(bytes.get(..end)?).ok()?, bytes.get(end + 4..)?);
    let header = |wanted: &str| {
        head.split("\r\n").find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.trim().eq_ignore_ascii_case(wanted).then_some(value.trim())
        })
    };
    let disposition = header("content-disposition")?;
    if !disposition.split(';').next()?.trim().eq_ignore_ascii_case("form-data") {
        return None;
    }
    let name = quoted(disposition, "name")?;
    Some(FormPart {
        name,
        file_name: quoted(disposition, "filename"),
        content_type: header("content-type"),
        content,
    })
}

/// The value of a parameter between quotes. Browsers write quotes and line breaks within it as `%22`, `%0D` and `%0A`,
/// which are left as they are: nobody can tell them from names that hold them.
fn quoted<'h>(header: &'h str, name: &str) -> Option<&'h str> {
    let mut rest = header;
    while let Some(at) = rest.find(';') {
        rest = rest.get(at + 1..)?.trim_start();
        let (own, value) = rest.split_once('=')?;
        let value = value.strip_prefix('"')?;
        let (value, after) = value.split_once('"')?;
        if own.trim().eq_ignore_ascii_case(name) {
            return Some(value);
        }
        rest = after;
    }
    None
}

/// Where `wanted` begins in `bytes`.
fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    let first = *wanted.first()?;
    let mut from = 0;
    loop {
        let rest = bytes.get(from..)?;
        let at = from + rest.iter().position(|byte| *byte == first)?;
        if bytes.get(at..)?.starts_with(wanted) {
            return Some(at);
        }
        from = at + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPE: &str = "multipart/form-data; boundary=----WebKitFormBoundary7MA4";

    fn body(parts: &[(&str, &str)]) -> Vec<u8> {
        let mut text = String::new();
        for (head, content) in parts {
            text += &format!("------WebKitFormBoundary7MA4\r\n{head}\r\n\r\n{content}\r\n");
        }
        (text + "------WebKitFormBoundary7MA4--\r\n").into_bytes()
    }

    #[test]
    fn a_form_with_a_file_is_read_as_browsers_send_it() {
        let sent = body(&[
            ("Content-Disposition: form-data; name=\"csrf\"", "token"),
            (
                "Content-Disposition: form-data; name=\"file\"; filename=\"报告; a.txt\"\r\nContent-Type: text/plain",
                "one\r\n--two\r\n",
            ),
        ]);
        let parts = form_parts(TYPE, &sent).unwrap();
        assert_eq!((parts[0].name, parts[0].content, parts[0].file_name), ("csrf", &b"token"[..], None));
        let file = parts[1];
        assert_eq!(
            (file.name, file.file_name, file.content_type),
            ("file", Some("报告; a.txt"), Some("text/plain"))
        );
        assert_eq!(file.content, b"one\r\n--two\r\n");
        assert_eq!(form_parts(TYPE, b"------WebKitFormBoundary7MA4--\r\n"), Some(Vec::new()));
    }

    #[test]
    fn what_is_no_such_form_is_nothing() {
        let good = body(&[("Content-Disposition: form-data; name=\"a\"", "b")]);
        assert!(form_parts(TYPE, &good).is_some());
        for cut in 0..good.len() - 2 {
            assert_eq!(form_parts(TYPE, &good[..cut]), None, "cut at {cut}");
        }
        for kind in [
            "",
            "text/plain",
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "multipart/form-data; boundary=\"\"",
            "multipart/mixed; boundary=a",
        ] {
            assert_eq!(form_parts(kind, &good), None, "{kind}");
            assert!(!is_form_data(kind), "{kind}");
        }
        let long = format!("multipart/form-data; boundary={}", "a".repeat(71));
        assert_eq!(form_parts(&long, &good), None);
        for head in [
            "",
            "Content-Type: text/plain",
            "Content-Disposition: attachment; name=\"a\"",
            "Content-Disposition: form-data",
            "Content-Disposition: form-data; name=a",
        ] {
            assert_eq!(form_parts(TYPE, &body(&[(head, "b")])), None, "{head}");
        }
        let empty = body(&[("Content-Disposition: form-data; name=\"a\"", "b")]);
        let empty = [b"------WebKitFormBoundary7MA4\r\n", empty.as_slice()].concat();
        assert_eq!(form_parts(TYPE, &empty), None, "a part without anything in it");
        let many: Vec<_> = (0..65).map(|_| ("Content-Disposition: form-data; name=\"a\"", "b")).collect();
        assert_eq!(form_parts(TYPE, &body(&many)), None);
    }
}
