//! One request for a page: what it asks for, in which language, and as whom.

mod call;
mod form;
mod who;

use std::net::IpAddr;

use argali_core::caller::Origin;
use argali_core::time::Timestamp;
use argali_protocol::HttpRequest;
use maud::{Markup, html};

pub(crate) use self::form::{KeptForm, Upload};
use self::who::in_role;
pub(crate) use self::who::{Acting, Switched, Who};
use crate::Console;
use crate::answer::Answer;
use crate::browser::{Cookies, Kept, to_value};
use crate::language::{Language, Theme};
use crate::need::Needs;
use crate::pairs::{self, Pairs};
use crate::plan::Plan;
use crate::text::{Piece, Text};
use crate::zone::Zone;

/// One request for a page.
#[derive(Debug)]
pub(crate) struct Visit<'a> {
    console: &'a Console,
    http: &'a HttpRequest<'a>,
    origin: Origin,
    host: String,
    /// The parts of the path, without what says as whom.
    path: Vec<String>,
    acting: Option<Acting>,
    query: Pairs,
    form: Pairs,
    /// The file that came with the form.
    upload: Option<Upload<'a>>,
    cookies: Cookies,
    browser: String,
    is_new_browser: bool,
    language: Language,
    theme: Theme,
    who: Option<Who>,
    /// What the browser holds of its logon.
    session: String,
    /// The calls that its form would make, where they are only to be shown.
    plan: Option<Plan>,
    /// Whether it shows a form again that was kept.
    is_kept: bool,
    /// What the buttons of its page need.
    needs: Needs,
}

impl<'a> Visit<'a> {
    /// Reads a request; fails with the answer where its path cannot be one of ours.
    pub(crate) fn read(
        console: &'a Console,
        http: &'a HttpRequest<'a>,
        origin: Origin,
    ) -> Result<Self, Answer> {
        let (path, query) = http.target.split_once('?').unwrap_or((http.target, ""));
        if let Some(asset) = console.assets.at(path) {
            return Err(asset.with_policy());
        }
        let mut path: Vec<String> =
            path.split('/').filter(|part| !part.is_empty()).map(pairs::from_segment).collect();
        let mut acting = None;
        if let [console, word, account, role, ..] = path.as_slice()
            && (console.as_str(), word.as_str()) == ("console", "as")
            && let Ok(role) = role.parse()
        {
            acting = Some(Acting { account: account.clone(), role });
            path.drain(1..4);
        }
        let header = |name: &str| header(http, name);
        let cookies = Cookies::read(http.headers, origin.secure_transport);
        let kept = cookies.get(Kept::Browser).map(str::to_owned);
        let session = cookies.get(Kept::Session).map(str::to_owned);
        let is_new_browser = kept.is_none();
        let language = cookies.get(Kept::Language).and_then(Language::of_tag);
        let language =
            language.unwrap_or_else(|| Language::accepted(header("accept-language").unwrap_or_default()));
        let (form, upload) = form::read(header("content-type").unwrap_or_default(), http.body);
        let theme = cookies.get(Kept::Theme).and_then(Theme::of_tag).unwrap_or_default();
        Ok(Self {
            console,
            http,
            origin,
            host: header("host").unwrap_or_default().to_owned(),
            path,
            acting,
            query: Pairs::read(query),
            form,
            upload,
            browser: kept.unwrap_or_else(|| to_value(&console.core.env().random::<32>())),
            is_new_browser,
            cookies,
            language,
            theme,
            who: None,
            session: session.unwrap_or_else(|| "none".to_owned()),
            plan: None,
            is_kept: false,
            needs: Needs::default(),
        })
    }

    /// The console.
    pub(crate) fn console(&self) -> &'a Console {
        self.console
    }

    /// The zone of time that the viewer is in, as far as it is known.
    pub(crate) fn zone(&self) -> Zone {
        Zone::of(self.cookies.get(Kept::Zone))
    }

    /// The parts of the path.
    pub(crate) fn path(&self) -> Vec<&str> {
        self.path.iter().map(String::as_str).collect()
    }

    /// The path and query as they were sent.
    pub(crate) fn target(&self) -> &str {
        self.http.target
    }

    /// Whether a form was sent.
    pub(crate) fn is_post(&self) -> bool {
        self.http.method == "POST"
    }

    /// Where the browser is.
    pub(crate) fn address(&self) -> IpAddr {
        self.origin.source_ip
    }

    /// A header's value.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        header(self.http, name)
    }

    /// What the address asks.
    pub(crate) fn query(&self) -> &Pairs {
        &self.query
    }

    /// What the form says.
    pub(crate) fn form(&self) -> &Pairs {
        &self.form
    }

    /// The file that came with the form.
    pub(crate) fn upload(&self) -> Option<Upload<'a>> {
        self.upload
    }

    /// Where it comes from.
    pub(crate) fn origin(&self) -> Origin {
        self.origin
    }

    /// The host that it asked.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// The cookies that came with it.
    pub(crate) fn cookies(&self) -> &Cookies {
        &self.cookies
    }

    /// Which browser it is.
    pub(crate) fn browser(&self) -> &str {
        &self.browser
    }

    /// Whether the browser was not known before.
    pub(crate) fn is_new_browser(&self) -> bool {
        self.is_new_browser
    }

    /// Whether it came over TLS.
    pub(crate) fn is_secure(&self) -> bool {
        self.origin.secure_transport
    }

    /// How browsers write where our pages come from.
    pub(crate) fn own_origin(&self) -> String {
        format!("{}://{}", if self.is_secure() { "https" } else { "http" }, self.host)
    }

    /// Whether nobody between could read along: TLS, or a host that is this machine itself.
    // SPEC: security, console: over plain http on loopback hosts only.
    pub(crate) fn is_private(&self) -> bool {
        self.is_secure() || is_loopback(&self.host)
    }

    /// The language.
    pub(crate) fn language(&self) -> Language {
        self.language
    }

    /// The colours.
    pub(crate) fn theme(&self) -> Theme {
        self.theme
    }

    /// Whether single keys do something.
    pub(crate) fn has_keys(&self) -> bool {
        let chosen = self.who.as_ref().and_then(|who| who.chosen.get("Shortcuts")?.as_bool());
        chosen.unwrap_or_else(|| self.cookies.get(Kept::Keys) != Some("off"))
    }

    /// Whether it shows a form again that was kept.
    pub(crate) fn is_kept(&self) -> bool {
        self.is_kept
    }

    /// What the buttons of its page need.
    pub(crate) fn needs(&self) -> &Needs {
        &self.needs
    }

    /// When it is.
    pub(crate) fn now(&self) -> Timestamp {
        self.console.core.env().now()
    }

    /// A random text of letters and digits, for names of things that are shown or sent once.
    pub(crate) fn random(&self) -> String {
        to_value(&self.console.core.env().random::<18>())
    }

    /// A text in the language of the visit.
    pub(crate) fn say(&self, text: Text) -> &'static str {
        text.in_language(self.language)
    }

    /// The same with values in its places.
    pub(crate) fn fill(&self, text: Text, values: &[&str]) -> String {
        let mut filled = String::new();
        for piece in text.pieces(self.language) {
            match piece {
                Piece::Words(words) => filled.push_str(words),
                Piece::Value(place) => filled.push_str(values.get(place).copied().unwrap_or_default()),
                Piece::Number(place, words) => {
                    filled.push_str(Piece::word(words, values.get(place).copied().unwrap_or_default()));
                }
            }
        }
        filled
    }

    /// The same with values that are marked up.
    pub(crate) fn phrase(&self, text: Text, values: &[Markup]) -> Markup {
        html! {
            @for piece in text.pieces(self.language) {
                @match piece {
                    Piece::Words(words) => (words),
                    Piece::Value(place) => @if let Some(value) = values.get(place) { (value) },
                    Piece::Number(place, words) => @if let Some(value) = values.get(place) { (Piece::word(words, &value.0)) },
                }
            }
        }
    }

    /// The address of a page, for the identity of this visit. `path` begins with a slash or is empty.
    pub(crate) fn to(&self, path: &str) -> String {
        console_path(self.acting.as_ref(), path)
    }

    /// The role that the address says to act in.
    pub(crate) fn acting(&self) -> Option<&Acting> {
        self.acting.as_ref()
    }

    /// Whoever is logged on. Nobody on pages that need no logon.
    pub(crate) fn who(&self) -> Option<&Who> {
        self.who.as_ref()
    }

    /// Whether whoever is logged on may be an operator: the operations say what each may do.
    pub(crate) fn is_operator(&self) -> bool {
        self.acting.is_none() && self.who.as_ref().is_some_and(|who| who.is_operator)
    }

    /// The role's session that the visit acts in.
    pub(crate) fn switched(&self) -> Option<&Switched> {
        let acting = self.acting.as_ref()?;
        let mut switched = self.who.as_ref()?.switched.iter();
        switched.find(|switched| {
            let by = [&switched.account, &switched.account_id];
            switched.role.eq_ignore_ascii_case(acting.role.as_str())
                && by.into_iter().any(|name| name.eq_ignore_ascii_case(&acting.account))
        })
    }

    /// The number of the account that the visit acts in.
    pub(crate) fn account_id(&self) -> &str {
        let own = || self.who.as_ref().map(|who| who.account_id.as_str());
        self.switched().map(|switched| switched.account_id.as_str()).or_else(own).unwrap_or_default()
    }

    /// What people call that account: its alias, or its ID.
    pub(crate) fn account_called(&self) -> &str {
        let own = || self.who.as_ref().and_then(|who| who.alias.as_deref());
        let called = self.switched().map(|switched| switched.account.as_str()).or_else(own);
        called.unwrap_or_else(|| self.account_id())
    }
}

/// The address of a page in a role, or of the logon.
fn console_path(acting: Option<&Acting>, path: &str) -> String {
    match acting {
        None => format!("/console{path}"),
        Some(Acting { account, role }) => in_role(account, role.as_str(), path),
    }
}

fn header<'h>(http: &HttpRequest<'h>, name: &str) -> Option<&'h str> {
    let (_, value) = http.headers.iter().find(|(own, _)| *own == name)?;
    std::str::from_utf8(value).ok()
}

pub(crate) fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => return rest.split(']').next() == Some("::1"),
        None => host.split(':').next().unwrap_or_default(),
    };
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_itself_is_loopback() {
        for host in ["localhost", "LOCALHOST:2742", "127.0.0.1:80", "127.9.9.9", "[::1]:2742"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["", "localhost.example", "127.0.0.1.example", "10.0.0.1", "[::2]", "argali.example:2742"]
        {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
