//! The chapters of the manual: what each is called, and which pages it is about.

use crate::language::Language;
use crate::text::Text;
use crate::text::manual::*;
use crate::text::shell::{DELEGATION, IDENTITIES, PERMISSIONS, RESOURCES, SECURITY};

/// A chapter, in every language.
#[derive(Debug)]
pub(super) struct Chapter {
    /// What addresses call it.
    pub(super) slug: &'static str,
    /// The pages that it is about, with all below them.
    places: &'static [&'static str],
    english: &'static str,
    chinese: &'static str,
}

/// A chapter from its files: one that lacks a language does not compile.
macro_rules! chapter {
    ($slug:literal: $($place:literal),*) => {
        Chapter {
            slug: $slug,
            places: &[$($place),*],
            english: include_str!(concat!("../../../manual/en/", $slug, ".md")),
            chinese: include_str!(concat!("../../../manual/zh-CN/", $slug, ".md")),
        }
    };
}

/// All chapters, in the order in which somebody would read them.
pub(super) const PARTS: &[(Text, &[Chapter])] = &[
    (
        BEGIN,
        &[
            chapter!("cross-account": ""),
            chapter!("logon": "/logon"),
            chapter!("console": "/search", "/result", "/kept", "/manual"),
        ],
    ),
    (
        IDENTITIES,
        &[
            chapter!("users": "/ram/users"),
            chapter!("groups": "/ram/groups"),
            chapter!("roles": "/ram/roles"),
        ],
    ),
    (
        PERMISSIONS,
        &[
            chapter!("grants": "/ram/grants"),
            chapter!("policies": "/ram/policies"),
            chapter!("policy-language":),
            chapter!("test-access": "/test"),
            chapter!("why": "/why"),
        ],
    ),
    (
        DELEGATION,
        &[
            chapter!("switch-role": "/switch-role", "/switch-back"),
            chapter!("delegations": "/delegations"),
            chapter!("sessions": "/sessions"),
            chapter!("activity": "/activity"),
            chapter!("analyzer": "/analyzer"),
        ],
    ),
    (
        RESOURCES,
        &[
            chapter!("resource-groups": "/resource-groups"),
            chapter!("services": "/resources", "/resource-groups/services"),
            chapter!("object-storage": "/oss"),
            chapter!("messaging": "/messaging"),
        ],
    ),
    (
        SECURITY,
        &[
            chapter!("settings": "/settings"),
            chapter!("my-security": "/me", "/verify"),
            chapter!("sso": "/sso"),
            chapter!("developer": "/developer"),
            chapter!("operator": "/operator"),
        ],
    ),
];

impl Chapter {
    /// All of them.
    pub(super) fn all() -> impl Iterator<Item = &'static Self> {
        PARTS.iter().flat_map(|(_, chapters)| *chapters)
    }

    /// The one of this name.
    pub(super) fn of_slug(slug: &str) -> Option<&'static Self> {
        Self::all().find(|chapter| chapter.slug == slug)
    }

    /// The one about a page: that which names the most of its path.
    pub(super) fn about(path: &[&str]) -> Option<&'static Self> {
        let path = path.strip_prefix(&["console"][..]).unwrap_or(path);
        let length = |chapter: &Self| {
            let fitting =
                chapter.places.iter().map(|place| parts(place)).filter(|place| match place.as_slice() {
                    [] => path.is_empty(),
                    place => path.starts_with(place),
                });
            fitting.map(|place| place.len()).max()
        };
        let fitting = Self::all().filter_map(|chapter| Some((length(chapter)?, chapter)));
        fitting.max_by_key(|(length, _)| *length).map(|(_, chapter)| chapter)
    }

    /// What it says.
    pub(super) fn text(&self, language: Language) -> &'static str {
        match language {
            Language::English => self.english,
            Language::Chinese => self.chinese,
        }
    }
}

fn parts(place: &str) -> Vec<&str> {
    place.split('/').filter(|part| !part.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::markup::{Block, Piece, blocks, pieces, title};
    use super::*;

    #[test]
    fn pages_lead_to_the_chapter_that_names_the_most_of_them() {
        let about = |path: &[&str]| Chapter::about(path).map(|chapter| chapter.slug);
        assert_eq!(about(&["console"]), Some("cross-account"));
        assert_eq!(about(&["console", "ram", "roles", "ops"]), Some("roles"));
        assert_eq!(about(&["console", "resource-groups"]), Some("resource-groups"));
        assert_eq!(about(&["console", "resource-groups", "services"]), Some("services"));
        assert_eq!(about(&["logon", "continue"]), Some("logon"));
        assert_eq!(about(&["console", "nowhere"]), None);
    }

    /// The kind of each block with how many parts it has, and where its links lead.
    fn shape(text: &'static str) -> Vec<String> {
        let targets = |words: &str| {
            let targets = pieces(words).into_iter().filter_map(|piece| match piece {
                Piece::Link { target, .. } => Some(target.to_owned()),
                _ => None,
            });
            targets.collect::<Vec<_>>().join(" ")
        };
        let shape = |block: Block| match block {
            Block::Heading(words) => format!("heading {}", targets(&words)),
            Block::Paragraph(words) => format!("paragraph {}", targets(&words)),
            Block::List { is_ordered, items } => {
                let targets: Vec<_> = items.iter().map(|item| targets(item)).collect();
                format!("list {is_ordered} {targets:?}")
            }
            Block::Code(lines) => lines,
        };
        blocks(text).into_iter().map(shape).collect()
    }

    #[test]
    fn both_languages_have_the_same_parts_and_links() {
        for chapter in Chapter::all() {
            assert_eq!(shape(chapter.english), shape(chapter.chinese), "{}", chapter.slug);
        }
    }

    #[test]
    fn chapters_are_in_their_language_and_wholly_marked_up() {
        let is_han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
        for chapter in Chapter::all() {
            assert!(!chapter.english.chars().any(is_han), "{}", chapter.slug);
            assert!(title(chapter.chinese).chars().any(is_han), "{}", chapter.slug);
            for text in [chapter.english, chapter.chinese] {
                let words = blocks(text).into_iter().flat_map(|block| match block {
                    Block::Heading(words) | Block::Paragraph(words) => vec![words],
                    Block::List { items, .. } => items,
                    Block::Code(_) => Vec::new(),
                });
                for words in words {
                    for piece in pieces(&words) {
                        let Piece::Text(text) = piece else { continue };
                        assert!(!text.contains(['*', '`', '[', ']']), "{}: {text}", chapter.slug);
                    }
                }
            }
        }
    }
}
