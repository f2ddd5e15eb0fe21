//! The map of delegations: who may use which role, drawn on the server. Its facts stand in the table beside it.
// SPEC: console, delegations, a map.

use std::fmt::Write as _;

use maud::{Markup, html};

use crate::icon::{self, drawing};
use crate::text::Text;
use crate::text::delegation::*;
use crate::visit::Visit;

/// How many delegations are drawn.
const MOST: usize = 12;
const HEIGHT: usize = 66;
const GAP: usize = 14;
const TOP: usize = 34;

/// A drawing.
#[derive(Debug)]
pub(super) struct Map<'m> {
    pub(super) title: Text,
    /// What stands on either side.
    pub(super) sides: [Text; 2],
    pub(super) links: &'m [Link],
}

/// Somebody who may use a role.
#[derive(Clone, Debug)]
pub(super) struct Link {
    pub(super) left: Node,
    pub(super) right: Node,
    /// How many sessions are under way.
    pub(super) live: i64,
    /// Whether there has ever been one.
    pub(super) used: bool,
}

/// A box. Those with the same first two lines are the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) is_role: bool,
    pub(super) name: String,
    pub(super) detail: String,
    pub(super) more: String,
}

/// How wide a drawing is: one for wide windows, one for narrow ones. The style sheet shows the one that fits.
#[derive(Clone, Copy, Debug)]
struct Shape {
    class: &'static str,
    width: usize,
    node: usize,
    /// How many letters of a name, and of what is smaller, fit into a box.
    letters: [usize; 2],
    has_icons: bool,
}

const SHAPES: [Shape; 2] = [
    Shape { class: "wide", width: 880, node: 300, letters: [28, 38], has_icons: true },
    Shape { class: "tight", width: 360, node: 150, letters: [15, 20], has_icons: false },
];

impl Map<'_> {
    /// The drawing, with its legend.
    pub(super) fn show(&self, visit: &Visit<'_>) -> Markup {
        let drawn = self.links.get(..MOST).unwrap_or(self.links);
        let left_out = self.links.len() - drawn.len();
        let legend = [("live", MAP_LIVE), ("idle", MAP_IDLE), ("unused", MAP_UNUSED)];
        html! {
            figure.card.map {
                @for shape in SHAPES { (self.draw(visit, drawn, shape)) }
                figcaption.legend {
                    @for (class, label) in legend {
                        span {
                            svg.key viewBox="0 0 28 8" aria-hidden="true" { path class=(format!("link {class}")) d="M0 4H28" {} }
                            (visit.say(label))
                        }
                    }
                    @if left_out > 0 { span.muted { (visit.fill(MAP_MORE, &[&left_out.to_string()])) } }
                }
            }
        }
    }

    fn draw(&self, visit: &Visit<'_>, links: &[Link], shape: Shape) -> Markup {
        let (left, right) =
            (distinct(links.iter().map(|link| &link.left)), distinct(links.iter().map(|link| &link.right)));
        let rows = left.len().max(right.len());
        let height = TOP + rows * (HEIGHT + GAP);
        let (left, right) =
            (Column::new(left, rows, 1), Column::new(right, rows, shape.width - shape.node - 1));
        let (title, desc) = (format!("map-title-{}", shape.class), format!("map-desc-{}", shape.class));
        let [left_side, right_side] = self.sides;
        html! {
            svg.(shape.class) viewBox=(format!("0 0 {} {height}", shape.width)) role="img" aria-labelledby=(format!("{title} {desc}")) {
                title id=(title) { (visit.say(self.title)) }
                desc id=(desc) { (describe(visit, links)) }
                text.column x="1" y="16" { (visit.say(left_side)) }
                text.column x=(shape.width - shape.node - 1) y="16" { (visit.say(right_side)) }
                @for link in links { (link_between(link, &left, &right, shape)) }
                @for column in [&left, &right] {
                    @for (node, top) in &column.nodes { (node_at(node, column.x, *top, shape)) }
                }
                @for link in links.iter().filter(|link| link.live > 0) { (count(link, &left, &right, shape)) }
            }
        }
    }
}

/// The boxes of one side, with where each begins.
#[derive(Debug)]
struct Column<'n> {
    x: usize,
    nodes: Vec<(&'n Node, usize)>,
}

impl<'n> Column<'n> {
    /// A column in the middle of so many rows.
    fn new(nodes: Vec<&'n Node>, rows: usize, x: usize) -> Self {
        let free = (rows - nodes.len()) * (HEIGHT + GAP) / 2;
        let top = |at: usize| TOP + free + at * (HEIGHT + GAP);
        Self { x, nodes: nodes.into_iter().enumerate().map(|(at, node)| (node, top(at))).collect() }
    }

    /// The middle of a box.
    fn middle(&self, node: &Node) -> usize {
        let found = self.nodes.iter().find(|(own, _)| is_same(own, node));
        found.map_or(TOP, |(_, top)| top + HEIGHT / 2)
    }
}

fn is_same(one: &Node, other: &Node) -> bool {
    (&one.name, &one.detail) == (&other.name, &other.detail)
}

fn distinct<'n>(nodes: impl Iterator<Item = &'n Node>) -> Vec<&'n Node> {
    let mut found: Vec<&Node> = Vec::new();
    for node in nodes {
        if !found.iter().any(|own| is_same(own, node)) {
            found.push(node);
        }
    }
    found
}

/// The drawing in words.
fn describe(visit: &Visit<'_>, links: &[Link]) -> String {
    let mut words = String::new();
    for link in links {
        let live = link.live.to_string();
        _ = write!(words, "{} ", visit.fill(MAP_EDGE, &[&link.left.name, &link.right.name, &live]));
    }
    words
}

fn link_between(link: &Link, left: &Column<'_>, right: &Column<'_>, shape: Shape) -> Markup {
    let (from, to) = (left.x + shape.node, right.x);
    let (start, end) = (left.middle(&link.left), right.middle(&link.right));
    let bend = (from + to) / 2;
    let state = if link.live > 0 {
        "live"
    } else if link.used {
        "idle"
    } else {
        "unused"
    };
    html! {
        path class=(format!("link {state}")) d=(format!("M{from} {start}C{bend} {start} {bend} {end} {to} {end}")) {}
    }
}

fn count(link: &Link, left: &Column<'_>, right: &Column<'_>, shape: Shape) -> Markup {
    let x = (left.x + shape.node + right.x) / 2;
    let y = (left.middle(&link.left) + right.middle(&link.right)) / 2;
    html! {
        g.count {
            circle cx=(x) cy=(y) r="12" {}
            text x=(x) y=(y + 4) { (link.live) }
        }
    }
}

fn node_at(node: &Node, x: usize, y: usize, shape: Shape) -> Markup {
    let [name, small] = shape.letters;
    let text = x + if shape.has_icons { 48 } else { 12 };
    let lines: Vec<&String> =
        [&node.detail, &node.more].into_iter().filter(|line| !line.is_empty()).collect();
    // The lines stand in the middle of the box, however many there are.
    let first = y + 38 - lines.len() * 8;
    let picture = if node.is_role { icon::LuVenetianMask } else { icon::LuBuilding2 };
    html! {
        g.node.role[node.is_role] {
            rect x=(x) y=(y) width=(shape.node) height=(HEIGHT) rx="10" {}
            @if shape.has_icons {
                svg.sign x=(x + 16) y=(y + (HEIGHT - 20) / 2) width="20" height="20" viewBox="0 0 24 24" { (drawing(picture)) }
            }
            text x=(text) y=(first) { (cut(&node.name, name)) }
            @for (at, line) in lines.iter().enumerate() {
                text.minor x=(text) y=(first + 17 + at * 16) { (cut(line, small)) }
            }
        }
    }
}

/// A text that fits: the whole of it stands in the table.
fn cut(text: &str, letters: usize) -> String {
    let width = |c: char| if c.is_ascii() { 1 } else { 2 };
    if text.chars().map(width).sum::<usize>() <= letters {
        return text.to_owned();
    }
    let mut taken = 0;
    let fits = |c: &char| {
        taken += width(*c);
        taken < letters
    };
    text.chars().take_while(fits).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_where_they_do_not_fit() {
        assert_eq!(cut("short", 5), "short");
        assert_eq!(cut("AliyunECSFullAccess", 8), "AliyunE…");
        assert_eq!(cut("当前账号的角色", 9), "当前账号…");
    }

    #[test]
    fn a_shorter_side_stands_in_the_middle_and_boxes_are_drawn_once() {
        let node = |name: &str| Node {
            is_role: false,
            name: name.to_owned(),
            detail: String::new(),
            more: String::new(),
        };
        let (a, b, c) = (node("a"), node("b"), node("c"));
        let nodes = [&a, &b, &a, &c];
        assert_eq!(distinct(nodes.into_iter()).len(), 3);
        let column = Column::new(vec![&a], 3, 0);
        assert_eq!(column.middle(&a), TOP + HEIGHT + GAP + HEIGHT / 2);
    }
}
