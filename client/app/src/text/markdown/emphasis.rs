//! Which marks of emphasis belong together.
//!
//! These are CommonMark's rules, worked off from left to right: a closing mark takes the nearest
//! opening one that fits, and what stands between them becomes its content. That content is always
//! the end of what there is, so that nothing is moved twice on one level.

use super::{DEEPEST_EMPHASIS, Inline};
use crate::text::steps::step;

/// A part of a paragraph before emphasis is made out.
pub(super) enum Piece {
    /// What it is for good.
    Node(Inline),
    /// A `[` that may begin a link; if it is still there it does not.
    Bracket,
    /// A run of marks.
    Marks(Marks),
}

/// A run of `*`, `_` or `~`.
#[derive(Clone, Copy)]
pub(super) struct Marks {
    pub(super) mark: u8,
    pub(super) count: u8,
    pub(super) opens: bool,
    pub(super) closes: bool,
}

/// A run that may still get its other half.
struct Open {
    marks: Marks,
    /// How many of its marks are left.
    left: u8,
    /// Its place among the nodes, where these marks stand as text.
    at: usize,
}

/// Kinds of closing runs: by mark, by whether they open too, by their length modulo 3.
const KINDS: usize = 3 * 2 * 3;

#[derive(Default)]
struct Tree {
    nodes: Vec<Inline>,
    /// How deep emphasis is nested in each node, that of a link's text apart.
    depths: Vec<u8>,
    open: Vec<Open>,
    /// For each kind of closing runs, how many of the open ones are known not to fit. This keeps
    /// the search for the other half from going through the same ones again.
    bottoms: [usize; KINDS],
}

/// Makes out the emphasis.
pub(super) fn resolve(pieces: Vec<Piece>) -> Vec<Inline> {
    let mut tree = Tree::default();
    for piece in pieces {
        match piece {
            Piece::Node(node) => tree.push(node, 0),
            Piece::Bracket => tree.push(Inline::Text("[".to_owned()), 0),
            Piece::Marks(marks) => tree.marks(marks),
        }
    }
    joined(tree.nodes)
}

impl Tree {
    fn push(&mut self, node: Inline, depth: u8) {
        self.nodes.push(node);
        self.depths.push(depth);
    }

    fn marks(&mut self, marks: Marks) {
        let mut left = marks.count;
        while marks.closes && left > 0 {
            let Some(found) = self.other_half(marks) else { break };
            // What was opened since then stays text.
            self.forget(found + 1);
            let Some(open) = self.open.last_mut() else { break };
            let from = open.at + 1;
            let depth = deepest(&self.depths[from..]);
            if depth >= DEEPEST_EMPHASIS {
                // Whatever is open is around that too.
                self.forget(0);
                break;
            }
            let used = if left >= 2 && open.left >= 2 { 2 } else { 1 };
            open.left -= used;
            left -= used;
            let remains = open.left;
            let inner = joined(self.nodes.split_off(from));
            self.depths.truncate(from);
            if remains == 0 {
                self.forget(found);
                self.nodes.truncate(from - 1);
                self.depths.truncate(from - 1);
            } else if let Some(node) = self.nodes.last_mut() {
                *node = text(marks.mark, remains);
            }
            let node = match (marks.mark, used) {
                (b'~', _) => Inline::Strike(inner),
                (_, 2) => Inline::Strong(inner),
                _ => Inline::Emphasis(inner),
            };
            self.push(node, depth + 1);
        }
        if left > 0 {
            if marks.opens {
                self.open.push(Open { marks, left, at: self.nodes.len() });
            }
            self.push(text(marks.mark, left), 0);
        }
    }

    /// The nearest open run that this one may close.
    fn other_half(&mut self, close: Marks) -> Option<usize> {
        let mark = match close.mark {
            b'*' => 0,
            b'_' => 1,
            _ => 2,
        };
        let kind = (mark * 2 + usize::from(close.opens)) * 3 + usize::from(close.count % 3);
        for at in (self.bottoms[kind]..self.open.len()).rev() {
            step();
            let open = self.open[at].marks;
            // "If one of the delimiters can both open and close emphasis, then the sum of the
            // lengths of the delimiter runs […] must not be a multiple of 3 unless both lengths are
            // multiples of 3."
            let odd = (open.closes || close.opens)
                && (open.count + close.count).is_multiple_of(3)
                && !close.count.is_multiple_of(3);
            if open.mark == close.mark && !odd {
                return Some(at);
            }
        }
        self.bottoms[kind] = self.open.len();
        None
    }

    /// Keeps only so many of the open runs.
    fn forget(&mut self, kept: usize) {
        self.open.truncate(kept);
        for bottom in &mut self.bottoms {
            *bottom = kept.min(*bottom);
        }
    }
}

fn deepest(depths: &[u8]) -> u8 {
    let mut deepest = 0;
    for depth in depths {
        step();
        deepest = deepest.max(*depth);
    }
    deepest
}

fn text(mark: u8, count: u8) -> Inline {
    let mut text = String::new();
    for _ in 0..count {
        text.push(char::from(mark));
    }
    Inline::Text(text)
}

/// With texts that stand side by side made one.
fn joined(nodes: Vec<Inline>) -> Vec<Inline> {
    let mut joined = Vec::with_capacity(nodes.len());
    for node in nodes {
        step();
        match (joined.last_mut(), &node) {
            (Some(Inline::Text(before)), Inline::Text(text)) => before.push_str(text),
            _ => joined.push(node),
        }
    }
    joined
}
