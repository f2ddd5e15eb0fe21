//! Answers of services that speak XML, and how a request of theirs is sent.

use std::net::SocketAddr;

/// What came back.
#[derive(Clone, Debug)]
pub struct XmlAnswer {
    /// The HTTP status.
    pub status: u16,
    /// Names in lower case, with their values.
    pub headers: Vec<(String, String)>,
    /// The body, as far as it came.
    pub body: Vec<u8>,
    /// Whether the body came to its end.
    pub is_whole: bool,
}

/// Sends a request as it is.
///
/// # Panics
///
/// Panics if there is no answer.
pub(crate) fn exchange(
    (agent, address): (&ureq::Agent, SocketAddr),
    (method, target): (&str, &str),
    headers: &[(String, String)],
    body: &[u8],
) -> XmlAnswer {
    let uri = format!("http://{}{target}", address);
    let mut request = ureq::http::Request::builder().method(method).uri(uri);
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let request = request.body(body).unwrap_or_else(|error| panic!("no request: {error}"));
    let answer = if body.is_empty() && !matches!(method, "PUT" | "POST") {
        agent.run(request.map(|_| ()))
    } else {
        agent.run(request)
    };
    let mut answer = answer.unwrap_or_else(|error| panic!("the server did not answer: {error}"));
    let text = |value: &ureq::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = answer.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect();
    let mut body = Vec::new();
    let read = std::io::Read::read_to_end(&mut answer.body_mut().as_reader(), &mut body);
    XmlAnswer { status: answer.status().as_u16(), headers, body, is_whole: read.is_ok() }
}

impl XmlAnswer {
    /// A header's value; empty if it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The texts of all elements of a name, in order.
    pub fn elements(&self, name: &str) -> Vec<String> {
        let (open, close) = (format!("<{name}>"), format!("</{name}>"));
        let text = self.text();
        let parts = text.split(&open).skip(1);
        parts.filter_map(|part| part.split(&close).next()).map(str::to_owned).collect()
    }

    /// The text of the first element of a name; empty if there is none.
    pub fn element(&self, name: &str) -> String {
        self.elements(name).into_iter().next().unwrap_or_default()
    }

    /// The status, and the code of a failure: `200` or `404 NoSuchKey`.
    pub fn outcome(&self) -> String {
        match self.element("Code").as_str() {
            "" => self.status.to_string(),
            code => format!("{} {code}", self.status),
        }
    }

    /// The answer, which must be a success.
    ///
    /// # Panics
    ///
    /// Panics if it is none.
    #[track_caller]
    pub fn must(self) -> Self {
        assert!((200..300).contains(&self.status), "{}: {}", self.status, self.text());
        self
    }
}
