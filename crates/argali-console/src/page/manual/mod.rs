//! The manual: what each section of the console is for and how things are done, for everybody, logged on or not.
// SPEC: console, parts, help link; language.

mod chapter;
mod markup;

use maud::{Markup, html};

use self::chapter::{Chapter, PARTS};
use self::markup::{Block, Piece, blocks, pieces, title};
use super::{Outcome, Refusal};
use crate::answer::Answer;
use crate::icon::{self, icon};
use crate::part::{card, heading};
use crate::shell;
use crate::text::manual::*;
use crate::text::shell::HOME;
use crate::visit::Visit;

/// Where the manual begins.
const INDEX: &str = "/manual";

/// Answers a visit to an address below that of the manual.
pub(super) fn answer(visit: &Visit<'_>, rest: &[&str]) -> Outcome {
    match rest {
        [] => Ok(index(visit)),
        [slug] => Chapter::of_slug(slug).map(|chapter| show(visit, chapter)).ok_or(Refusal::NoPage),
        _ => Err(Refusal::NoPage),
    }
}

/// The address of the chapter about the page that is visited; of the whole manual where none is about it.
pub(crate) fn path_about(visit: &Visit<'_>) -> String {
    Chapter::about(&visit.path()).map_or_else(|| INDEX.to_owned(), path_of)
}

/// A link to the chapter about the page that is visited.
pub(crate) fn learn_more(visit: &Visit<'_>) -> Markup {
    html! { a.learn href=(visit.to(&path_about(visit))) { (icon(icon::LuBookOpen)) (visit.say(LEARN_MORE)) } }
}

/// A link to a chapter, under its title.
pub(crate) fn link(visit: &Visit<'_>, slug: &str) -> Markup {
    let chapter = Chapter::of_slug(slug);
    html! {
        @if let Some(chapter) = chapter {
            a.learn href=(visit.to(&path_of(chapter))) { (icon(icon::LuBookOpen)) (title(chapter.text(visit.language()))) }
        }
    }
}

/// Links to the chapters that speak of `folded`, those first whose titles do.
pub(super) fn found(visit: &Visit<'_>, folded: &str) -> Vec<Markup> {
    let speaks = |text: &str| text.to_lowercase().contains(folded);
    let text = |chapter: &Chapter| chapter.text(visit.language());
    let mut chapters: Vec<_> = Chapter::all().filter(|chapter| speaks(text(chapter))).collect();
    chapters.sort_by_key(|chapter| !speaks(title(text(chapter))));
    chapters.into_iter().map(|chapter| plain_link(visit, chapter)).collect()
}

fn path_of(chapter: &Chapter) -> String {
    format!("{INDEX}/{}", chapter.slug)
}

fn plain_link(visit: &Visit<'_>, chapter: &Chapter) -> Markup {
    html! { a href=(visit.to(&path_of(chapter))) { (title(chapter.text(visit.language()))) } }
}

fn index(visit: &Visit<'_>) -> Answer {
    let content = html! {
        (heading(&html! { (visit.say(TITLE)) }, Some(visit.say(LEDE)), &html! {}))
        div.columns {
            @for (part, chapters) in PARTS {
                @let links = html! { ul.plain { @for chapter in *chapters { li { (plain_link(visit, chapter)) } } } };
                (card(visit.say(*part), &links))
            }
        }
    };
    page(visit, None, visit.say(TITLE), &content)
}

fn show(visit: &Visit<'_>, chapter: &Chapter) -> Answer {
    let text = chapter.text(visit.language());
    let content = html! {
        article.reading {
            h1 { (title(text)) }
            @for block in blocks(text) { (rendered(visit, &block)) }
        }
    };
    page(visit, Some(chapter), title(text), &content)
}

fn rendered(visit: &Visit<'_>, block: &Block) -> Markup {
    let line = |words: &str| in_line(visit, words);
    match block {
        Block::Heading(words) => html! { h2 { (line(words)) } },
        Block::Paragraph(words) => html! { p { (line(words)) } },
        Block::List { is_ordered: true, items } => {
            html! { ol { @for item in items { li { (line(item)) } } } }
        }
        Block::List { is_ordered: false, items } => {
            html! { ul { @for item in items { li { (line(item)) } } } }
        }
        Block::Code(lines) => html! { pre tabindex="0" { code { (lines) } } },
    }
}

fn in_line(visit: &Visit<'_>, words: &str) -> Markup {
    html! {
        @for piece in pieces(words) {
            @match piece {
                Piece::Text(text) => (text),
                Piece::Label(text) => strong { (text) },
                Piece::Code(text) => code { (text) },
                Piece::Link { words, target } => {
                    @let path = if target.starts_with('/') { target.to_owned() } else { format!("{INDEX}/{target}") };
                    a href=(visit.to(&path)) { (words) }
                },
            }
        }
    }
}

/// A page with the chapters beside it.
fn page(visit: &Visit<'_>, here: Option<&Chapter>, title: &str, content: &Markup) -> Answer {
    let is_here = |slug: &str| here.is_some_and(|chapter| chapter.slug == slug);
    let chapters = html! {
        ul {
            @if visit.who().is_some() { li { a href=(visit.to("")) { (icon(icon::LuHouse)) (visit.say(HOME)) } } }
            li { a href=(visit.to(INDEX)) aria-current=[here.is_none().then_some("page")] { (icon(icon::LuBookOpen)) (visit.say(TITLE)) } }
        }
        @for (part, chapters) in PARTS {
            h2 { (visit.say(*part)) }
            ul {
                @for chapter in *chapters {
                    li {
                        a href=(visit.to(&path_of(chapter))) aria-current=[is_here(chapter.slug).then_some("page")] {
                            (markup::title(chapter.text(visit.language())))
                        }
                    }
                }
            }
        }
    };
    Answer::page(200, shell::page_beside(visit, title, &chapters, content))
}
