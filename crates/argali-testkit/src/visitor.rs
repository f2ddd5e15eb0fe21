//! A browser without a window: it keeps cookies, follows nowhere by itself, and fills in forms.

use std::collections::BTreeMap;

use parking_lot::Mutex;

use crate::client::agent;
use crate::html::{Tag, tags};
use crate::server::TestServer;

/// Somebody who visits the pages of a server.
#[derive(Debug)]
pub struct Visitor {
    agent: ureq::Agent,
    host: String,
    cookies: Mutex<BTreeMap<String, String>>,
    language: &'static str,
}

/// What a server sent.
#[derive(Clone, Debug)]
pub struct Page {
    /// The status.
    pub status: u16,
    /// The headers, names in lower case, in the order sent.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl Visitor {
    /// A new browser, which reads English.
    pub fn new(server: &TestServer) -> Self {
        Self::at(server.endpoint())
    }

    /// A new browser that visits the server at `host`, with its port.
    pub fn at(host: &str) -> Self {
        Self { agent: agent(), host: host.to_owned(), cookies: Mutex::default(), language: "en" }
    }

    /// The same reading another language.
    #[must_use]
    pub fn reading(mut self, language: &'static str) -> Self {
        self.language = language;
        self
    }

    /// Where the pages come from.
    pub fn origin(&self) -> String {
        format!("http://{}", self.host)
    }

    /// The value of a cookie.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().get(name).cloned()
    }

    /// Puts a cookie into the browser, as somebody who got hold of it might.
    pub fn plant(&self, name: &str, value: &str) {
        self.cookies.lock().insert(name.to_owned(), value.to_owned());
    }

    /// Reads a page.
    pub fn get(&self, path: &str) -> Page {
        self.send("GET", path, &[], "")
    }

    /// Reads a page, through whatever redirects lead on from it.
    pub fn open(&self, path: &str) -> Page {
        self.follow(self.get(path))
    }

    /// Follows the redirects of an answer.
    pub fn follow(&self, mut page: Page) -> Page {
        for _ in 0..8 {
            let Some(next) = page.header("location").map(str::to_owned) else { return page };
            page = self.get(&next);
        }
        panic!("the pages lead in a circle");
    }

    /// Sends the form of `page` whose action is `action`, with `values` in its fields, and returns what comes back.
    ///
    /// # Panics
    ///
    /// Panics if the page has no such form, or the form no such field.
    pub fn submit(&self, page: &Page, action: &str, values: &[(&str, &str)]) -> Page {
        let mut fields = page.form(action);
        for (name, _) in values {
            fields.retain(|(own, _)| own != name);
        }
        fields.extend(values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        self.post(action, &fields)
    }

    /// Sends a form as this site's own pages do.
    pub fn post(&self, path: &str, fields: &[(String, String)]) -> Page {
        self.send("POST", path, &[("origin", &self.origin())], &encode(fields))
    }

    /// Sends a request as it is.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Page {
        self.send_bytes(method, path, headers, body.as_bytes())
    }

    /// Sends a request whose body is no text.
    pub fn send_bytes(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Page {
        let cookies: Vec<_> =
            self.cookies.lock().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("http://{}{path}", self.host))
            .header("accept-language", self.language);
        if !cookies.is_empty() {
            request = request.header("cookie", cookies.join("; "));
        }
        if method == "POST" && !headers.iter().any(|(name, _)| *name == "content-type") {
            request = request.header("content-type", "application/x-www-form-urlencoded");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body.to_owned()).unwrap_or_else(|error| panic!("no request: {error}"));
        let answer = self.agent.configure_request(request);
        let answer = self.agent.run(answer.max_redirects(0).build());
        let mut answer = answer.unwrap_or_else(|error| panic!("the server did not answer: {error}"));
        let headers = answer.headers().iter();
        let headers: Vec<_> = headers
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        let body = answer.body_mut().read_to_string().unwrap_or_else(|error| panic!("half a page: {error}"));
        let page = Page { status: answer.status().as_u16(), headers, body };
        self.keep_cookies(&page);
        page
    }

    fn keep_cookies(&self, page: &Page) {
        let mut cookies = self.cookies.lock();
        for (_, line) in page.headers.iter().filter(|(name, _)| name == "set-cookie") {
            let Some((name, value)) = line.split(';').next().and_then(|pair| pair.split_once('=')) else {
                continue;
            };
            if line.contains("Max-Age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

impl Page {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// Every tag of it that opens.
    pub fn tags(&self) -> Vec<Tag> {
        tags(&self.body)
    }

    /// The fields of the form that is sent to this action, as they are.
    ///
    /// # Panics
    ///
    /// Panics if there is none.
    pub fn form(&self, action: &str) -> Vec<(String, String)> {
        let mut inside = false;
        let mut found = false;
        let mut fields = Vec::new();
        let mut choice = String::new();
        for tag in self.tags() {
            match tag.name.as_str() {
                "form" => {
                    let is_sent = tag.attribute("method") == Some("post");
                    inside = !found && is_sent && tag.attribute("action") == Some(action);
                    found |= inside;
                }
                "select" => choice = tag.attribute("name").unwrap_or_default().to_owned(),
                "option" if inside && tag.attribute("selected").is_some() => {
                    fields.push((choice.clone(), tag.attribute("value").unwrap_or_default().to_owned()));
                }
                "textarea" if inside => {
                    fields.push((tag.attribute("name").unwrap_or_default().to_owned(), tag.text.clone()));
                }
                "input" if inside => {
                    let kind = tag.attribute("type").unwrap_or("text");
                    let is_box = kind == "checkbox" || kind == "radio";
                    if let Some(name) =
                        tag.attribute("name").filter(|_| !is_box || tag.attribute("checked").is_some())
                    {
                        fields.push((name.to_owned(), tag.attribute("value").unwrap_or("on").to_owned()));
                    }
                }
                _ => {}
            }
        }
        assert!(found, "no form goes to `{action}`:\n{}", self.body);
        fields
    }
}

fn encode(fields: &[(String, String)]) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    let text = |text: &str| text.bytes().map(byte).collect::<String>();
    let pairs: Vec<_> =
        fields.iter().map(|(name, value)| format!("{}={}", text(name), text(value))).collect();
    pairs.join("&")
}
