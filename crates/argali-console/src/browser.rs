//! What the browser keeps for us: cookies.
// SPEC: security, console.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// A cookie of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    /// Whoever is logged on.
    Session,
    /// How far somebody has come with logging on.
    Attempt,
    /// Which browser it is, before and while somebody is logged on. What forms carry follows from it.
    Browser,
    /// In which language it reads.
    Language,
    /// In which colours it is shown.
    Theme,
    /// Whether single keys do something.
    Keys,
    /// How far its clock is ahead of UTC: the script keeps it, and nothing secret.
    Zone,
    /// By what the browser is known at later logons.
    Device,
}

/// A year, in seconds.
const A_YEAR_S: u32 = 365 * DAY_S;
const DAY_S: u32 = 24 * 60 * 60;

impl Kept {
    fn name(self) -> &'static str {
        match self {
            Self::Session => "argali-session",
            Self::Attempt => "argali-attempt",
            Self::Browser => "argali-browser",
            Self::Language => "argali-language",
            Self::Theme => "argali-theme",
            Self::Keys => "argali-keys",
            Self::Zone => "argali-zone",
            Self::Device => "argali-device",
        }
    }

    /// How long it is kept, in seconds; until the browser is closed unless said.
    fn age_s(self) -> Option<u32> {
        match self {
            Self::Session | Self::Browser => None,
            Self::Attempt => Some(600),
            Self::Language | Self::Theme | Self::Keys | Self::Zone => Some(A_YEAR_S),
            Self::Device => Some(90 * DAY_S),
        }
    }

    /// Leaves `value` with the browser. `secure` is whether the page came over TLS.
    pub(crate) fn set(self, value: impl Into<String>, secure: bool) -> Cookie {
        Cookie { kept: self, value: value.into(), secure, age_s: self.age_s() }
    }

    /// Takes it from the browser.
    pub(crate) fn clear(self, secure: bool) -> Cookie {
        Cookie { kept: self, value: String::new(), secure, age_s: Some(0) }
    }
}

/// A cookie that is set or cleared.
#[derive(Debug)]
pub(crate) struct Cookie {
    kept: Kept,
    value: String,
    secure: bool,
    age_s: Option<u32>,
}

/// As the header `Set-Cookie` has it. Browsers keep `__Host-` and `Secure` to TLS; on loopback in clear, where no
/// other machine reads along, the names are plain.
impl fmt::Display for Cookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (prefix, secure) = if self.secure { ("__Host-", "; Secure") } else { ("", "") };
        write!(f, "{prefix}{}={}; Path=/; HttpOnly; SameSite=Lax{secure}", self.kept.name(), self.value)?;
        match self.age_s {
            Some(age_s) => write!(f, "; Max-Age={age_s}"),
            None => Ok(()),
        }
    }
}

/// The cookies of a request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cookies {
    lines: Vec<String>,
    secure: bool,
}

impl Cookies {
    /// Those of these headers; under TLS only the ones that were set under TLS count.
    pub(crate) fn read(headers: &[(&str, &[u8])], secure: bool) -> Self {
        let lines = headers.iter().filter(|(name, _)| *name == "cookie");
        let lines = lines.map(|(_, value)| String::from_utf8_lossy(value).into_owned()).collect();
        Self { lines, secure }
    }

    /// The value of one; nothing if the browser does not have it, or has two.
    pub(crate) fn get(&self, kept: Kept) -> Option<&str> {
        let prefix = if self.secure { "__Host-" } else { "" };
        let pairs =
            self.lines.iter().flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let mut values =
            pairs.filter(|(name, _)| name.strip_prefix(prefix) == Some(kept.name())).map(|(_, value)| value);
        let value = values.next()?;
        (values.next().is_none() && !value.is_empty()).then_some(value)
    }
}

/// Bytes as the value of a cookie.
pub(crate) fn to_value(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The bytes that a cookie's value stands for.
pub(crate) fn from_value(value: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_tied_to_the_host_under_tls() {
        let set = Kept::Session.set("abc", true).to_string();
        assert_eq!(set, "__Host-argali-session=abc; Path=/; HttpOnly; SameSite=Lax; Secure");
        let set = Kept::Attempt.clear(false).to_string();
        assert_eq!(set, "argali-attempt=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
    }

    #[test]
    fn a_cookie_that_comes_twice_or_without_its_prefix_is_none() {
        let headers: &[(&str, &[u8])] = &[("cookie", b"a=b; argali-session=x; __Host-argali-session=y")];
        assert_eq!(Cookies::read(headers, true).get(Kept::Session), Some("y"));
        assert_eq!(Cookies::read(headers, false).get(Kept::Session), Some("x"));
        let twice: &[(&str, &[u8])] = &[("cookie", b"argali-session=x"), ("cookie", b"argali-session=y")];
        assert_eq!(Cookies::read(twice, false).get(Kept::Session), None);
    }
}
