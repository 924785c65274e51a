//! How much goes into one frame.
//!
//! A client's queue holds a bounded number of packets, so what a packet weighs bounds what a
//! client that reads nothing costs. Answers are asked for one at a time and may be larger than
//! what is sent unasked.

use parlour_events::{Change, ChangeKind, Message, Posted};

/// Most bytes of changes in one answer to a join or a sync.
pub(crate) const ANSWER_BYTES: usize = 16 * 1024;

/// Most bytes of changes in one `room:changes`; a single change may be larger.
pub(crate) const LIVE_BYTES: usize = 3 * 1024;

/// Most changes in one `room:changes`.
pub(crate) const LIVE_CHANGES: usize = 100;

/// Names of fields, numbers, ids, kinds.
const AROUND: usize = 250;

/// How many of these changes go into one frame; at least one, if there is one.
pub(crate) fn fitting(changes: &[Change], limit: usize, bytes: usize) -> usize {
    count(changes.iter().map(change_size), limit, bytes)
}

/// How many of these messages go into one answer; at least one, if there is one.
pub(crate) fn fitting_messages(messages: &[Message], limit: usize) -> usize {
    count(messages.iter().map(message_size), limit, ANSWER_BYTES)
}

fn count(sizes: impl Iterator<Item = usize>, limit: usize, most: usize) -> usize {
    let mut bytes = 0;
    sizes
        .take(limit)
        .enumerate()
        .take_while(|(at, size)| {
            bytes += size;
            *at == 0 || bytes <= most
        })
        .count()
}

/// The bytes of a change as JSON, rounded up.
fn change_size(change: &Change) -> usize {
    AROUND
        + match &change.kind {
            ChangeKind::Posted(posted) => posted_size(posted),
            ChangeKind::Edited { body: Some(body), .. } => escaped_size(body.as_str()),
            _ => 0,
        }
}

fn message_size(message: &Message) -> usize {
    let reactions: usize = message.reactions.iter().map(|r| 60 + 40 * r.names.len()).sum();
    AROUND + posted_size(&message.posted) + reactions
}

fn posted_size(posted: &Posted) -> usize {
    let body = posted.body.as_ref().map_or(0, |body| escaped_size(body.as_str()));
    let quote = posted.reply_to.as_ref().map_or(0, |quote| AROUND + escaped_size(&quote.excerpt));
    let files: usize =
        posted.attachments.iter().map(|file| AROUND + escaped_size(file.name.as_str())).sum();
    body + quote + files + 40 * posted.mentions.len() + escaped_size(posted.author.name.as_str())
}

/// A valid text has no other characters that JSON writes longer than they are.
fn escaped_size(text: &str) -> usize {
    text.len() + text.bytes().filter(|byte| matches!(byte, b'"' | b'\\' | b'\n' | b'\t')).count()
}
