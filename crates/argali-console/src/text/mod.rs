//! Everything that pages say, in both languages: one cannot be written without the other.

use crate::language::Language;

/// A text in each language. `{0}`, `{1}` stand for values, and `{0|user|users}` for the first word where that value is
/// one and for the second where it is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Text {
    english: &'static str,
    chinese: &'static str,
}

impl Text {
    /// What it is in a language.
    pub(crate) const fn in_language(self, language: Language) -> &'static str {
        match language {
            Language::English => self.english,
            Language::Chinese => self.chinese,
        }
    }

    /// Its words, and the places between them.
    pub(crate) fn pieces(self, language: Language) -> impl Iterator<Item = Piece> {
        self.in_language(language).split('{').enumerate().flat_map(|(at, piece)| {
            let place = if at == 0 { None } else { piece.split_once('}') };
            let (place, words) = match place {
                Some((place, words)) => (Piece::of_place(place), words),
                None => (None, piece),
            };
            place.into_iter().chain([Piece::Words(words)])
        })
    }
}

/// A part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Words as they are.
    Words(&'static str),
    /// The value at this place.
    Value(usize),
    /// A word for one, and for another number: the value at this place says which.
    Number(usize, [&'static str; 2]),
}

impl Piece {
    fn of_place(place: &'static str) -> Option<Self> {
        match place.split_once('|') {
            None => place.parse().ok().map(Self::Value),
            Some((place, words)) => Some(Self::Number(place.parse().ok()?, words.split_once('|')?.into())),
        }
    }

    /// The word that goes with a value.
    pub(crate) fn word([one, other]: [&'static str; 2], value: &str) -> &'static str {
        if value == "1" { one } else { other }
    }
}

macro_rules! texts {
    ($($name:ident: $english:literal, $chinese:literal;)*) => {
        $(pub(crate) const $name: crate::text::Text = crate::text::Text { english: $english, chinese: $chinese };)*
        #[cfg(test)]
        pub(crate) const ALL: &[(&str, crate::text::Text)] = &[$((stringify!($name), $name)),*];
    };
}

pub(crate) mod activity;
pub(crate) mod analyzer;
pub(crate) mod api_call;
pub(crate) mod check;
pub(crate) mod conflict;
pub(crate) mod delegation;
pub(crate) mod developer;
pub(crate) mod failure;
pub(crate) mod grant;
pub(crate) mod group;
pub(crate) mod home;
pub(crate) mod list;
pub(crate) mod logon;
pub(crate) mod manual;
pub(crate) mod me;
pub(crate) mod messaging;
pub(crate) mod moment;
pub(crate) mod need;
pub(crate) mod operator;
pub(crate) mod oss;
pub(crate) mod passkey;
pub(crate) mod password;
pub(crate) mod policy;
pub(crate) mod policy_edit;
pub(crate) mod policy_start;
pub(crate) mod resource;
pub(crate) mod resource_group;
pub(crate) mod role;
pub(crate) mod search;
pub(crate) mod session;
pub(crate) mod settings;
pub(crate) mod shell;
pub(crate) mod sso;
pub(crate) mod sso_test;
pub(crate) mod switch_role;
pub(crate) mod tag;
pub(crate) mod test_access;
pub(crate) mod trust;
pub(crate) mod user;
pub(crate) mod verb;
pub(crate) mod verification;
pub(crate) mod webhook;
pub(crate) mod why;

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> impl Iterator<Item = (&'static str, Text)> {
        let lists = [
            activity::ALL,
            analyzer::ALL,
            check::ALL,
            conflict::ALL,
            delegation::ALL,
            api_call::ALL,
            developer::ALL,
            failure::ALL,
            grant::ALL,
            group::ALL,
            home::ALL,
            list::ALL,
            logon::ALL,
            manual::ALL,
            me::ALL,
            messaging::ALL,
            moment::ALL,
            need::ALL,
            oss::ALL,
            operator::ALL,
            passkey::ALL,
            password::ALL,
            policy::ALL,
            policy_edit::ALL,
            policy_start::ALL,
            resource::ALL,
            resource_group::ALL,
            role::ALL,
            search::ALL,
            session::ALL,
            settings::ALL,
            shell::ALL,
            sso::ALL,
            sso_test::ALL,
            switch_role::ALL,
            test_access::ALL,
            trust::ALL,
            tag::ALL,
            user::ALL,
            verb::ALL,
            verification::ALL,
            webhook::ALL,
            why::ALL,
        ];
        lists.into_iter().flatten().copied()
    }

    fn places(text: Text, language: Language) -> Vec<usize> {
        let value = |piece| if let Piece::Value(place) = piece { Some(place) } else { None };
        let mut places: Vec<_> = text.pieces(language).filter_map(value).collect();
        places.sort_unstable();
        places.dedup();
        places
    }

    #[test]
    fn both_languages_have_the_same_places() {
        for (name, text) in all() {
            assert_eq!(places(text, Language::English), places(text, Language::Chinese), "{name}");
        }
    }

    #[test]
    fn a_number_chooses_its_word() {
        const TEXT: Text = Text { english: "{0} {0|user|users} of {1}", chinese: "{1} 的 {0} 个用户" };
        let pieces: Vec<_> = TEXT.pieces(Language::English).collect();
        assert!(pieces.contains(&Piece::Number(0, ["user", "users"])), "{pieces:?}");
        assert_eq!(
            ["0", "1", "11"].map(|value| Piece::word(["user", "users"], value)),
            ["users", "user", "users"]
        );
        assert_eq!(
            TEXT.pieces(Language::Chinese).filter(|piece| matches!(piece, Piece::Value(_))).count(),
            2
        );
    }

    #[test]
    fn chinese_texts_are_chinese_and_english_ones_are_not() {
        let is_han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
        for (name, text) in all() {
            let (english, chinese) =
                (text.in_language(Language::English), text.in_language(Language::Chinese));
            assert!(!english.is_empty() && !english.chars().any(is_han), "{name}: {english}");
            // Names of things are never translated, and what stands between words is none.
            let is_name = english.starts_with("AccessKey") || ["ARN", "SSO"].contains(&english);
            let is_sign = !english.chars().any(char::is_alphanumeric);
            assert!(is_name || is_sign || chinese.chars().any(is_han), "{name}: {chinese}");
        }
    }
}
