//! The map of delegations: who may use which role, drawn on the server. Its facts stand in the table beside it.
// SPEC: console, delegations, a map.

use std::fmt::Write as _;

use maud::{Markup, html};

use super::busiest::{Link, Node, Part, Rest, busiest};
use crate::icon::{self, drawing};
use crate::text::Text;
use crate::text::delegation::*;
use crate::visit::Visit;

const HEIGHT: usize = 48;
const GAP: usize = 8;
/// What stands between the roles of one account and those of the next, besides the gap.
const BREAK: usize = 14;
const TOP: usize = 30;

/// A drawing.
#[derive(Debug)]
pub(super) struct Map<'m> {
    pub(super) title: Text,
    /// What stands on either side.
    pub(super) sides: [Text; 2],
    /// What a role says of its account in words, and what the roles say that are left out.
    pub(super) words: [Text; 2],
    pub(super) links: &'m [Link],
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
    Shape { class: "wide", width: 880, node: 310, letters: [29, 39], has_icons: true },
    Shape { class: "tight", width: 360, node: 152, letters: [16, 21], has_icons: false },
];

impl Map<'_> {
    /// The drawing, with its legend.
    pub(super) fn show(&self, visit: &Visit<'_>) -> Markup {
        let layout = Layout::of(visit, self);
        let legend = [(State::Live, MAP_LIVE), (State::Idle, MAP_IDLE), (State::Unused, MAP_UNUSED)];
        html! {
            figure.card.map {
                @for shape in SHAPES { (self.draw(visit, &layout, shape)) }
                figcaption.legend {
                    @for (state, label) in legend {
                        span {
                            svg.key viewBox="0 0 28 8" aria-hidden="true" { path class=(state.class()) d="M0 4H28" {} }
                            (visit.say(label))
                        }
                    }
                }
            }
        }
    }

    fn draw(&self, visit: &Visit<'_>, layout: &Layout, shape: Shape) -> Markup {
        let (title, desc) = (format!("map-title-{}", shape.class), format!("map-desc-{}", shape.class));
        let right = shape.width - shape.node - 1;
        let [left_side, right_side] = self.sides;
        html! {
            svg.(shape.class) viewBox=(format!("0 0 {} {}", shape.width, layout.height)) role="img" aria-labelledby=(format!("{title} {desc}")) {
                title id=(title) { (visit.say(self.title)) }
                desc id=(desc) { (layout.words) }
                text.column x="1" y="14" { (visit.say(left_side)) }
                text.column x=(right) y="14" { (visit.say(right_side)) }
                @for (placed, edge) in &layout.right { (edge_of(layout, edge, placed, shape)) }
                @for placed in &layout.left { (node_at(placed, 1, shape)) }
                @for (placed, edge) in &layout.right {
                    (node_at(placed, right, shape))
                    @if edge.live > 0 { (count(edge.live, right - 10, placed.middle())) }
                }
            }
        }
    }
}

/// What is drawn where, however wide: on the right each box with what leads to it, and on the left where that begins.
#[derive(Debug, Default)]
struct Layout {
    left: Vec<Placed>,
    right: Vec<(Placed, Edge)>,
    height: usize,
    /// The drawing in words.
    words: String,
}

/// A box.
#[derive(Debug)]
struct Placed {
    node: Node,
    kind: Kind,
    top: usize,
}

/// What a box stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Account,
    Role,
    /// What is left out.
    More,
}

/// What leads to a box on the right.
#[derive(Debug)]
struct Edge {
    /// Which box on the left it comes from.
    from: usize,
    live: i64,
    state: State,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Live,
    Idle,
    Unused,
}

impl State {
    const fn of(live: i64, is_used: bool) -> Self {
        match (live > 0, is_used) {
            (true, _) => Self::Live,
            (false, true) => Self::Idle,
            (false, false) => Self::Unused,
        }
    }

    const fn class(self) -> &'static str {
        match self {
            Self::Live => "link live",
            Self::Idle => "link idle",
            Self::Unused => "link unused",
        }
    }
}

impl Placed {
    const fn middle(&self) -> usize {
        self.top + HEIGHT / 2
    }
}

impl Layout {
    fn of(visit: &Visit<'_>, map: &Map<'_>) -> Self {
        let (parts, others) = busiest(map.links);
        let mut layout = Self { height: TOP, ..Self::default() };
        for (at, part) in parts.iter().enumerate() {
            layout.height += if at > 0 { BREAK } else { 0 };
            layout.part(visit, map.words, part);
        }
        if others.roles > 0 {
            layout.height += BREAK;
            layout.others(visit, map.words, others);
        }
        layout
    }

    /// An account's roles, and the account in the middle beside them.
    fn part(&mut self, visit: &Visit<'_>, [one, more]: [Text; 2], part: &Part<'_>) {
        let Some(account) = part.links.first().map(|link| &link.account) else { return };
        let begin = self.height;
        for link in &part.links {
            self.say(visit.fill(one, &[&account.name, &link.role.name, &link.live.to_string()]));
            self.push(link.role.clone(), Kind::Role, link.live, !link.last.is_empty());
        }
        if part.rest.roles > 0 {
            self.rest(visit, more, &account.name, part.rest);
        }
        let top = (begin + self.height - GAP - HEIGHT) / 2;
        self.left.push(Placed { node: account.clone(), kind: Kind::Account, top });
    }

    /// The accounts that are left out.
    fn others(&mut self, visit: &Visit<'_>, [_, more]: [Text; 2], rest: Rest) {
        let (top, name) = (self.height, visit.fill(MORE_ACCOUNTS, &[&rest.accounts.to_string()]));
        self.rest(visit, more, &name, rest);
        self.left.push(Placed { node: Node { name, detail: String::new() }, kind: Kind::More, top });
    }

    /// The roles that are left out, as one.
    fn rest(&mut self, visit: &Visit<'_>, more: Text, account: &str, rest: Rest) {
        let (roles, live) = (rest.roles.to_string(), rest.live.to_string());
        self.say(visit.fill(more, &[account, &roles, &live]));
        let node = Node { name: visit.fill(MORE_ROLES, &[&roles]), detail: visit.say(IN_TABLE).to_owned() };
        self.push(node, Kind::More, rest.live, rest.is_used);
    }

    /// The next box on the right, with what leads to it.
    fn push(&mut self, node: Node, kind: Kind, live: i64, is_used: bool) {
        let edge = Edge { from: self.left.len(), live, state: State::of(live, is_used) };
        self.right.push((Placed { node, kind, top: self.height }, edge));
        self.height += HEIGHT + GAP;
    }

    fn say(&mut self, sentence: String) {
        _ = write!(self.words, "{sentence} ");
    }
}

fn edge_of(layout: &Layout, edge: &Edge, to: &Placed, shape: Shape) -> Markup {
    let (left, right) = (1 + shape.node, shape.width - shape.node - 1);
    let (start, end) = (layout.left.get(edge.from).map_or(TOP, Placed::middle), to.middle());
    let bend = (left + right) / 2;
    html! {
        path class=(edge.state.class()) d=(format!("M{left} {start}C{bend} {start} {bend} {end} {right} {end}")) {}
    }
}

/// How many sessions are under way, on what leads to a box: so far as to `end`.
fn count(live: i64, end: usize, y: usize) -> Markup {
    let number = live.to_string();
    let width = 16 + 8 * number.len();
    html! {
        g.count {
            rect x=(end - width) y=(y - 12) width=(width) height="24" rx="12" {}
            text x=(end - width / 2) y=(y + 4) { (number) }
        }
    }
}

fn node_at(placed: &Placed, x: usize, shape: Shape) -> Markup {
    let Placed { node, kind, top } = placed;
    let [name, small] = shape.letters;
    let text = x + if shape.has_icons { 48 } else { 12 };
    // One line stands in the middle of the box, two share it.
    let first = top + if node.detail.is_empty() { 29 } else { 20 };
    let (class, picture) = match kind {
        Kind::Account => ("node", icon::LuBuilding2),
        Kind::Role => ("node role", icon::LuVenetianMask),
        Kind::More => ("node more", icon::LuEllipsis),
    };
    html! {
        g class=(class) {
            rect x=(x) y=(top) width=(shape.node) height=(HEIGHT) rx="10" {}
            @if shape.has_icons {
                svg.sign x=(x + 16) y=(top + (HEIGHT - 20) / 2) width="20" height="20" viewBox="0 0 24 24" { (drawing(picture)) }
            }
            text x=(text) y=(first) { (cut(&node.name, name)) }
            @if !node.detail.is_empty() { text.minor x=(text) y=(first + 17) { (cut(&node.detail, small)) } }
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
}
