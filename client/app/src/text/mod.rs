//! What people write, made out: markup, links, names, emoji, found words.
//!
//! It is our own because of the page's weight. A parser of the whole of Markdown weighs as much as
//! a good part of the page and makes much that a chat does not want (HTML, images, headings); an
//! emoji crate brings its tables along where a file that is loaded when it is needed does. What
//! stands here is small, knows nothing of a browser, and takes any text that anybody may send: it
//! does not panic, is done in time proportional to the length, and nests to a bounded depth. Most
//! of the tests are native only, as there is no proptest on wasm32.

pub mod caret;
pub mod complete;
pub(crate) mod cut;
pub mod emoji;
pub mod fold;
pub mod highlight;
pub mod href;
pub mod markdown;
pub mod mention;
mod steps;
