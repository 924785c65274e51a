//! Where in a message its code stands.
//!
//! While blocks are made out, lines are parts of the message, and an address in memory says which.
//! Paragraphs are copies of their lines without what stands in front of them, so for each line it is
//! kept where it came from.

use std::ops::Range;

/// Collects the places of code.
pub(super) struct Places {
    /// The code, so far.
    pub(super) found: Vec<Range<usize>>,
    /// Where the message begins, in memory.
    origin: usize,
    /// For each line of the paragraph, where it begins there and in the message.
    lines: Vec<(usize, usize)>,
    /// The line of the last place that was looked up.
    line: usize,
}

impl Places {
    /// For this message.
    pub(super) fn of(message: &str) -> Self {
        let origin = message.as_ptr() as usize;
        Self { found: Vec::new(), origin, lines: Vec::new(), line: 0 }
    }

    /// A line of the message goes into the paragraph there.
    pub(super) fn begin_line(&mut self, at: usize, line: &str) {
        self.lines.push((at, self.place(line)));
    }

    /// The paragraph is made out.
    pub(super) fn end_paragraph(&mut self) {
        self.lines.clear();
        self.line = 0;
    }

    /// These bytes of the paragraph are code. Those of one paragraph are told in their order.
    pub(super) fn code(&mut self, from: usize, to: usize) {
        let (from, to) = (self.in_message(from), self.in_message(to));
        self.found.push(from..to);
    }

    /// This part of the message is code.
    pub(super) fn code_line(&mut self, line: &str) {
        // Nothing has no address.
        if !line.is_empty() {
            let from = self.place(line);
            self.found.push(from..from + line.len());
        }
    }

    fn in_message(&mut self, at: usize) -> usize {
        while self.lines.get(self.line + 1).is_some_and(|next| next.0 <= at) {
            self.line += 1;
        }
        self.lines.get(self.line).map_or(0, |line| at - line.0 + line.1)
    }

    fn place(&self, line: &str) -> usize {
        (line.as_ptr() as usize).wrapping_sub(self.origin)
    }
}
