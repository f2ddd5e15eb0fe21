//! What differs between two texts, line by line.

use maud::{Markup, html};

use crate::text::trust::{LINE_ADDED, LINE_GONE};
use crate::visit::Visit;

/// A line of two texts that are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line<'t> {
    Same(&'t str),
    Gone(&'t str),
    Added(&'t str),
}

/// Two texts as one: what is gone and what was added, marked with more than colour.
pub(crate) fn difference(visit: &Visit<'_>, old: &str, new: &str) -> Markup {
    html! {
        pre.difference tabindex="0" {
            @for line in compare(old, new) {
                @match line {
                    Line::Same(text) => span { "  " (text) "\n" },
                    Line::Gone(text) => del { span.hidden { (visit.say(LINE_GONE)) " " } "- " (text) "\n" },
                    Line::Added(text) => ins { span.hidden { (visit.say(LINE_ADDED)) " " } "+ " (text) "\n" },
                }
            }
        }
    }
}

/// The longest lines in common stay; the rest is gone or added.
fn compare<'t>(old: &'t str, new: &'t str) -> Vec<Line<'t>> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let width = new.len() + 1;
    // How many lines the ends of both texts have in common, from each pair of places on.
    let mut common = vec![0_u32; (old.len() + 1) * width];
    let at = |common: &[u32], row: usize, column: usize| {
        common.get(row * width + column).copied().unwrap_or_default()
    };
    for (row, left) in old.iter().enumerate().rev() {
        for (column, right) in new.iter().enumerate().rev() {
            let best = if left == right {
                at(&common, row + 1, column + 1) + 1
            } else {
                at(&common, row + 1, column).max(at(&common, row, column + 1))
            };
            if let Some(place) = common.get_mut(row * width + column) {
                *place = best;
            }
        }
    }
    let (mut row, mut column) = (0, 0);
    let mut lines = Vec::with_capacity(old.len() + new.len());
    loop {
        match (old.get(row), new.get(column)) {
            (Some(left), Some(right)) if left == right => {
                lines.push(Line::Same(left));
                (row, column) = (row + 1, column + 1);
            }
            (Some(left), right)
                if right.is_none() || at(&common, row + 1, column) >= at(&common, row, column + 1) =>
            {
                lines.push(Line::Gone(left));
                row += 1;
            }
            (_, Some(right)) => {
                lines.push(Line::Added(right));
                column += 1;
            }
            _ => return lines,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_the_same_stays() {
        assert_eq!(
            compare("a\nb\nc", "a\nx\nc"),
            [Line::Same("a"), Line::Gone("b"), Line::Added("x"), Line::Same("c")]
        );
        assert_eq!(compare("", "a"), [Line::Added("a")]);
        assert_eq!(compare("a", ""), [Line::Gone("a")]);
        assert_eq!(compare("", ""), []);
        assert_eq!(compare("a\nb", "b\na").iter().filter(|line| matches!(line, Line::Same(_))).count(), 1);
    }
}
