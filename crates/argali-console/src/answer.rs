//! What is sent back, with the headers that every page has.
// SPEC: security, console; console, rules that hold everywhere, safety.

use maud::Markup;

use crate::browser::Cookie;

/// What every page may load: our own script, style sheet and pictures, and nothing inline.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What to send for one request.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Names in lower case, and values.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// A page.
    pub(crate) fn page(status: u16, markup: Markup) -> Self {
        let headers = vec![
            ("content-type", "text/html;charset=utf-8".to_owned()),
            ("cache-control", "no-store".to_owned()),
        ];
        Self { status, headers, body: markup.into_string().into_bytes() }
    }

    /// Whether it is a page.
    pub(crate) fn is_page(&self) -> bool {
        self.headers.iter().any(|(name, value)| *name == "content-type" && value.starts_with("text/html"))
    }

    /// The same with another status.
    #[must_use]
    pub(crate) fn of_status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    /// Sends the browser on, to be read with GET.
    pub(crate) fn see(path: impl Into<String>) -> Self {
        let headers = vec![("location", path.into()), ("cache-control", "no-store".to_owned())];
        Self { status: 303, headers, body: Vec::new() }
    }

    /// A file that the browser keeps under this name.
    pub(crate) fn export(content_type: &'static str, name: &str, body: String) -> Self {
        let headers = vec![
            ("content-type", content_type.to_owned()),
            ("content-disposition", format!("attachment; filename=\"{name}\"")),
            ("cache-control", "no-store".to_owned()),
        ];
        Self { status: 200, headers, body: body.into_bytes() }
    }

    /// A file that never changes under its address.
    pub(crate) fn asset(content_type: &'static str, body: &'static str) -> Self {
        let kept = "public, max-age=31536000, immutable".to_owned();
        let headers = vec![("content-type", content_type.to_owned()), ("cache-control", kept)];
        Self { status: 200, headers, body: body.as_bytes().to_vec() }
    }

    /// A file to be kept, of which the browser is to show nothing. Its name is percent-encoded.
    // SPEC: security, console: what tenants store never shares an origin with the console.
    pub(crate) fn file(encoded_name: &str, body: Vec<u8>) -> Self {
        let headers = vec![
            ("content-type", "application/octet-stream".to_owned()),
            ("content-disposition", format!("attachment; filename*=UTF-8''{encoded_name}")),
            ("cache-control", "no-store".to_owned()),
        ];
        Self { status: 200, headers, body }
    }

    /// The same, leaving a cookie with the browser.
    pub(crate) fn setting(mut self, cookie: Cookie) -> Self {
        self.headers.push(("set-cookie", cookie.to_string()));
        self
    }

    /// The same with the headers that keep a page to itself.
    pub(crate) fn with_policy(mut self) -> Self {
        self.headers.extend([
            ("content-security-policy", CONTENT_POLICY.to_owned()),
            ("x-content-type-options", "nosniff".to_owned()),
            ("x-frame-options", "DENY".to_owned()),
            ("referrer-policy", "same-origin".to_owned()),
            ("cross-origin-opener-policy", "same-origin".to_owned()),
            ("cross-origin-resource-policy", "same-origin".to_owned()),
            ("permissions-policy", "camera=(), geolocation=(), microphone=()".to_owned()),
        ]);
        self
    }
}
