//! What chapters of the manual are written in: a small piece of Markdown.
//!
//! A title behind `#`, headings behind `##`, paragraphs, lists with `-` or `1.`, code between lines of three backticks;
//! and within a line `**label**`, code between backticks, and `[words](target)`.

/// A part of a chapter.
#[derive(Debug)]
pub(super) enum Block {
    /// A heading.
    Heading(String),
    /// A paragraph.
    Paragraph(String),
    /// Items, numbered if they are to be done in this order.
    List {
        /// Whether they are numbered.
        is_ordered: bool,
        /// What each says.
        items: Vec<String>,
    },
    /// Lines as they are.
    Code(String),
}

/// A part of a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'t> {
    /// Words.
    Text(&'t str),
    /// What something is called on pages.
    Label(&'t str),
    /// What somebody types or reads in programs.
    Code(&'t str),
    /// A link.
    Link {
        /// What it says.
        words: &'t str,
        /// A chapter's name, or the address of a page, which begins with `/`.
        target: &'t str,
    },
}

/// The title of a chapter.
pub(super) fn title(text: &str) -> &str {
    text.lines().next().unwrap_or_default().trim_start_matches("# ")
}

/// What follows the title.
pub(super) fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut is_open = false;
    let mut lines = text.lines().skip(1);
    while let Some(line) = lines.next() {
        if line == "```" {
            let code: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
            blocks.push(Block::Code(code.join("\n")));
        } else if let Some(words) = line.strip_prefix("## ") {
            blocks.push(Block::Heading(words.to_owned()));
        } else if let Some((is_ordered, item)) = item(line) {
            match blocks.last_mut() {
                Some(Block::List { is_ordered: same, items }) if *same == is_ordered => {
                    items.push(item.to_owned())
                }
                _ => blocks.push(Block::List { is_ordered, items: vec![item.to_owned()] }),
            }
        } else if let (true, Some(Block::Paragraph(words))) = (is_open, blocks.last_mut()) {
            if !line.is_empty() {
                words.push(' ');
                words.push_str(line);
            }
        } else if !line.is_empty() {
            blocks.push(Block::Paragraph(line.to_owned()));
        }
        is_open = !line.is_empty();
    }
    blocks
}

/// What an item of a list says, and whether it is numbered.
fn item(line: &str) -> Option<(bool, &str)> {
    if let Some(words) = line.strip_prefix("- ") {
        return Some((false, words));
    }
    let (number, words) = line.split_once(". ")?;
    (!number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())).then_some((true, words))
}

/// The parts of a line.
pub(super) fn pieces(line: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    for (at, part) in line.split('`').enumerate() {
        if at % 2 == 1 {
            pieces.push(Piece::Code(part));
            continue;
        }
        for (at, part) in part.split("**").enumerate() {
            if at % 2 == 1 { pieces.push(Piece::Label(part)) } else { with_links(part, &mut pieces) }
        }
    }
    pieces.retain(|piece| *piece != Piece::Text(""));
    pieces
}

fn with_links<'t>(mut rest: &'t str, pieces: &mut Vec<Piece<'t>>) {
    while let Some((before, words, target, after)) = first_link(rest) {
        pieces.extend([Piece::Text(before), Piece::Link { words, target }]);
        rest = after;
    }
    pieces.push(Piece::Text(rest));
}

fn first_link(text: &str) -> Option<(&str, &str, &str, &str)> {
    let (before, rest) = text.split_once('[')?;
    let (words, rest) = rest.split_once("](")?;
    let (target, after) = rest.split_once(')')?;
    Some((before, words, target, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_its_parts() {
        let line = "Press **OK** for `a[*]`, or [see](users).";
        let link = Piece::Link { words: "see", target: "users" };
        let parts = [
            Piece::Text("Press "),
            Piece::Label("OK"),
            Piece::Text(" for "),
            Piece::Code("a[*]"),
            Piece::Text(", or "),
            link,
            Piece::Text("."),
        ];
        assert_eq!(pieces(line), parts);
    }

    #[test]
    fn a_text_has_its_blocks() {
        let text = "# T\n\none\ntwo\n\nthree\n\n## H\n\n1. a\n2. b\n\n- c\n\n```\n# code\n```\n";
        let found: Vec<_> = blocks(text).iter().map(|block| format!("{block:?}")).collect();
        let wanted = [
            "Paragraph(\"one two\")",
            "Paragraph(\"three\")",
            "Heading(\"H\")",
            "List { is_ordered: true, items: [\"a\", \"b\"] }",
            "List { is_ordered: false, items: [\"c\"] }",
            "Code(\"# code\")",
        ];
        assert_eq!((title(text), found), ("T", wanted.map(str::to_owned).to_vec()));
    }
}
