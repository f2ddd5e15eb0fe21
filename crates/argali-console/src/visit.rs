//! One request for a page: what it asks for, in which language, and as whom.

use std::net::IpAddr;

use argali_core::caller::Origin;
use argali_core::dispatch::LogonCredential;
use argali_core::name::RoleName;
use argali_core::time::Timestamp;
use argali_core::vault::SecretText;
use argali_protocol::{ApiFailure, HttpRequest, form_parts, is_form_data};
use maud::{Markup, html};
use serde_json::Value;

use crate::Console;
use crate::answer::Answer;
use crate::api::{self, ARGALI, From as CalledFrom, Product};
use crate::browser::{Cookies, Kept, to_value};
use crate::language::{Language, Theme};
use crate::pairs::{self, Pairs};
use crate::plan::{Plan, Planned};
use crate::text::Text;

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
}

/// A file that came with a form.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Upload<'a> {
    /// What the browser calls it.
    pub(crate) name: &'a str,
    /// What the browser takes it for.
    pub(crate) content_type: Option<&'a str>,
    /// What it holds.
    pub(crate) content: &'a [u8],
}

/// What a form holds besides what is to be seen again: tokens, and secrets.
const NEVER_SHOWN: &[&str] = &[
    "csrf",
    "form",
    "who",
    "Password",
    "OldPassword",
    "NewPassword",
    "OwnerPassword",
    "Again",
    "AuthenticationCode1",
    "AuthenticationCode2",
];

/// A form that waits until its sender has shown that it is still the same.
#[derive(Clone, Debug)]
pub(crate) struct KeptForm {
    path: Vec<String>,
    acting: Option<Acting>,
    form: Pairs,
}

impl KeptForm {
    /// Who filled it in, as [`crate::guard::person`] says it.
    pub(crate) fn sender(&self) -> &str {
        self.form.get("who")
    }
}

/// The role that the address says to act in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Acting {
    /// The alias or number of its account.
    pub(crate) account: String,
    /// Its name.
    pub(crate) role: RoleName,
}

/// Whoever is logged on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Who {
    /// The number of the account.
    pub(crate) account_id: String,
    /// Its alias.
    pub(crate) alias: Option<String>,
    /// Its default domain.
    pub(crate) domain: String,
    /// Nothing where its owner is logged on.
    pub(crate) user: Option<String>,
    /// Whether a second factor was shown.
    pub(crate) mfa: bool,
    /// Whether there is a device that could show one.
    pub(crate) has_device: bool,
    /// What the operator calls the account.
    pub(crate) account_name: String,
    /// Whether it is the account of the operators of this server.
    pub(crate) is_operator: bool,
    /// When the logon began, and when it ends.
    pub(crate) since: String,
    pub(crate) until: String,
    /// The roles that it can act in, the latest last.
    pub(crate) switched: Vec<Switched>,
}

/// A role that was switched to.
#[derive(Clone, Debug)]
pub(crate) struct Switched {
    pub(crate) account_id: String,
    /// By what its account was asked for.
    pub(crate) account: String,
    pub(crate) role: String,
    pub(crate) display_name: Option<String>,
    pub(crate) colour: Option<String>,
    pub(crate) until: String,
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
        let (form, upload) = read_form(header("content-type").unwrap_or_default(), http.body);
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
        })
    }

    /// The console.
    pub(crate) fn console(&self) -> &'a Console {
        self.console
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
        self.cookies.get(Kept::Keys) != Some("off")
    }

    /// Whether it shows a form again that was kept.
    pub(crate) fn is_kept(&self) -> bool {
        self.is_kept
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
                Ok(words) => filled.push_str(words),
                Err(place) => filled.push_str(values.get(place).copied().unwrap_or_default()),
            }
        }
        filled
    }

    /// The same with values that are marked up.
    pub(crate) fn phrase(&self, text: Text, values: &[Markup]) -> Markup {
        html! {
            @for piece in text.pieces(self.language) {
                @match piece {
                    Ok(words) => (words),
                    Err(place) => @if let Some(value) = values.get(place) { (value) },
                }
            }
        }
    }

    /// The address of a page, for the identity of this visit. `path` begins with a slash or is empty.
    pub(crate) fn to(&self, path: &str) -> String {
        match &self.acting {
            None => format!("/console{path}"),
            Some(Acting { account, role }) => in_role(account, role.as_str(), path),
        }
    }

    /// The role that the address says to act in.
    pub(crate) fn acting(&self) -> Option<&Acting> {
        self.acting.as_ref()
    }

    /// Whoever is logged on. Nobody on pages that need no logon.
    pub(crate) fn who(&self) -> Option<&Who> {
        self.who.as_ref()
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

    /// The form as it is kept while its sender shows that it is still the same.
    pub(crate) fn to_keep(&self) -> KeptForm {
        KeptForm { path: self.path.clone(), acting: self.acting.clone(), form: self.form.clone() }
    }

    /// Goes on with a form that was kept, under the logon's new session.
    pub(crate) fn resume(&mut self, kept: KeptForm, session: String) {
        (self.path, self.acting, self.form) = (kept.path, kept.acting, kept.form);
        self.session = session;
    }

    /// Shows a form again that was kept, on the page that it is of, and sends nothing.
    pub(crate) fn show_again(&mut self, kept: KeptForm) {
        let entered = kept.form.without(NEVER_SHOWN);
        (self.path, self.acting, self.is_kept) = (kept.path, kept.acting, true);
        (self.query, self.form) = (entered.clone(), entered);
    }

    /// Goes to the page above, while a form is looked for that was kept; there is none above the first.
    pub(crate) fn goes_up(&mut self) -> bool {
        let has_more = self.path.len() > 2;
        self.path.pop();
        has_more
    }

    /// Finds out who is logged on.
    pub(crate) async fn identify(&mut self) -> Result<(), ApiFailure> {
        let answer = self.call_as(self.logon(), ARGALI, "GetLogonSession", &[]).await?;
        self.who = Some(Who::of(&answer));
        Ok(())
    }

    /// Calls an operation as whoever the address says.
    pub(crate) async fn call(
        &self,
        product: Product<'_>,
        action: &str,
        params: &[(&str, &str)],
    ) -> Result<Value, ApiFailure> {
        self.call_as(Some(self.credential()), product, action, &filled(params)).await
    }

    /// The same with parameters that are empty, too: what they are about is emptied.
    pub(crate) async fn call_with_empty(
        &self,
        product: Product<'_>,
        action: &str,
        params: &[(&str, &str)],
    ) -> Result<Value, ApiFailure> {
        self.call_as(Some(self.credential()), product, action, params).await
    }

    /// What whoever the address says calls with.
    pub(crate) fn credential(&self) -> LogonCredential {
        let logon = LogonCredential::new(SecretText::new(self.session.clone()));
        match self.acting.clone() {
            Some(Acting { account, role }) => logon.in_role(account, role),
            None => logon,
        }
    }

    /// Calls an operation as whoever is logged on, whatever role the address says.
    pub(crate) async fn call_as_oneself(
        &self,
        product: Product<'_>,
        action: &str,
        params: &[(&str, &str)],
    ) -> Result<Value, ApiFailure> {
        self.call_as(self.logon(), product, action, &filled(params)).await
    }

    /// Calls an operation as nobody.
    pub(crate) async fn call_as_nobody(
        &self,
        product: Product<'_>,
        action: &str,
        params: &[(&str, &str)],
    ) -> Result<Value, ApiFailure> {
        self.call_as(None, product, action, &filled(params)).await
    }

    /// Shows what the form would do: from here on calls that change something are taken down, and not made.
    pub(crate) fn rehearse(&mut self) {
        self.plan = Some(Plan::default());
    }

    /// Whether nothing is to be changed.
    pub(crate) fn is_rehearsed(&self) -> bool {
        self.plan.is_some()
    }

    /// The calls that were taken down.
    pub(crate) fn planned(&self) -> Vec<Planned> {
        self.plan.as_ref().map(Plan::calls).unwrap_or_default()
    }

    fn logon(&self) -> Option<LogonCredential> {
        Some(LogonCredential::new(SecretText::new(self.session.clone())))
    }

    /// Calls an operation by the version of its API, as whoever the address says.
    pub(crate) async fn call_by_version(
        &self,
        operation: (&str, &str),
        params: &[(&str, &str)],
    ) -> Result<Value, ApiFailure> {
        self.call_operation(Some(self.credential()), operation, params).await
    }

    async fn call_as(
        &self,
        logon: Option<LogonCredential>,
        product: Product<'_>,
        action: &str,
        params: &[(&str, &str)],
    ) -> Result<Value, ApiFailure> {
        self.call_operation(logon, (product.version, action), params).await
    }

    async fn call_operation(
        &self,
        logon: Option<LogonCredential>,
        operation: (&str, &str),
        params: &[(&str, &str)],
    ) -> Result<Value, ApiFailure> {
        if let Some(plan) = &self.plan
            && plan.takes(&self.console.core, operation, params)
        {
            return Ok(Value::Null);
        }
        let from = CalledFrom { origin: self.origin, host: &self.host, agent: self.header("user-agent") };
        api::call(&self.console.core, logon.as_ref(), from, operation, params).await
    }
}

impl Who {
    fn of(answer: &Value) -> Self {
        let text = |name: &str| answer.get(name).and_then(Value::as_str).map(str::to_owned);
        Self {
            account_id: text("AccountId").unwrap_or_default(),
            alias: text("AccountAlias"),
            domain: text("DefaultDomain").unwrap_or_default(),
            user: text("UserName"),
            mfa: api::holds(answer, "MFAPresent"),
            has_device: api::holds(answer, "HasMFADevice"),
            account_name: text("AccountName").unwrap_or_default(),
            is_operator: api::holds(answer, "IsOperator"),
            since: text("BeginDate").unwrap_or_default(),
            until: text("Expiration").unwrap_or_default(),
            switched: api::list(answer, "SwitchedRoles", "SwitchedRole").map(Switched::of).collect(),
        }
    }

    /// How people name it: `alice@company-b`, or the account.
    pub(crate) fn name(&self) -> String {
        let account = self.alias.as_deref().unwrap_or(&self.account_id);
        match &self.user {
            Some(user) => format!("{user}@{account}"),
            None => account.to_owned(),
        }
    }
}

impl Switched {
    /// A role as answers show one that was switched to.
    pub(crate) fn of(answer: &Value) -> Self {
        let text = |name: &str| answer.get(name).and_then(Value::as_str).map(str::to_owned);
        Self {
            account_id: text("AccountId").unwrap_or_default(),
            account: text("Account").unwrap_or_default(),
            role: text("RoleName").unwrap_or_default(),
            display_name: text("DisplayName"),
            colour: text("Colour"),
            until: text("Expiration").or_else(|| text("SwitchDate")).unwrap_or_default(),
        }
    }

    /// What it is called.
    pub(crate) fn name(&self) -> &str {
        self.display_name.as_deref().unwrap_or(&self.role)
    }

    /// The class that shows its colour.
    pub(crate) fn colour_class(&self) -> String {
        format!("colour-{}", self.colour.as_deref().unwrap_or("Blue").to_ascii_lowercase())
    }

    /// The address of one of its pages.
    pub(crate) fn to(&self, path: &str) -> String {
        in_role(&self.account, &self.role, path)
    }
}

/// Those parameters that are not empty.
fn filled<'p>(params: &[(&'p str, &'p str)]) -> Vec<(&'p str, &'p str)> {
    params.iter().copied().filter(|(_, value)| !value.is_empty()).collect()
}

fn in_role(account: &str, role: &str, path: &str) -> String {
    format!("/console/as/{}/{}{path}", pairs::segment(account), pairs::segment(role))
}

/// The fields of a form, and its file if it has one.
fn read_form<'b>(content_type: &str, body: &'b [u8]) -> (Pairs, Option<Upload<'b>>) {
    if !is_form_data(content_type) {
        return (Pairs::read(&String::from_utf8_lossy(body)), None);
    }
    let parts = form_parts(content_type, body).unwrap_or_default();
    let (files, fields): (Vec<_>, Vec<_>) = parts.into_iter().partition(|part| part.file_name.is_some());
    let fields = fields
        .into_iter()
        .map(|part| (part.name.to_owned(), String::from_utf8_lossy(part.content).into_owned()));
    let file = files.into_iter().find(|part| part.file_name.is_some_and(|name| !name.is_empty()));
    let upload = file.and_then(|part| {
        Some(Upload { name: part.file_name?, content_type: part.content_type, content: part.content })
    });
    (Pairs::of(fields), upload)
}

fn header<'h>(http: &HttpRequest<'h>, name: &str) -> Option<&'h str> {
    let (_, value) = http.headers.iter().find(|(own, _)| *own == name)?;
    std::str::from_utf8(value).ok()
}

fn is_loopback(host: &str) -> bool {
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
