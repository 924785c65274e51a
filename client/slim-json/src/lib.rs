//! Reads JSON into serde's types, with little code: for WebAssembly.
//!
//! serde_json is made to be quick and to tell what is wrong with a text, and where. Code for that
//! is made anew for each type: to read it from an object and from an array, to compare the names
//! of its fields, to build a sentence for each way in which it can be missed. In a browser that is
//! much to load, and nobody reads the sentences. [`decode`] takes the same texts and says
//! [`Malformed`] to all others.
//!
//! ```
//! use serde::Deserialize;
//! use slim_json::{Malformed, decode};
//!
//! #[derive(Debug, PartialEq, Deserialize)]
//! struct Point {
//!     x: u32,
//!     label: Option<String>,
//! }
//!
//! assert_eq!(decode(r#"{"x": 7, "more": []}"#), Ok(Point { x: 7, label: None }));
//! assert_eq!(decode::<Point>(r#"{"x": "7"}"#), Err(Malformed));
//! ```
//!
//! # What is different
//!
//! A field is looked up in the list of names that serde hands over with a type, and the type is
//! told its number in there: the names stand in a table, not in code. Derived types know their
//! numbers. Two kinds of types do not, and are for serde_json:
//!
//! * those with `#[serde(alias = "…")]`: the list has more names than there are fields, so that
//!   the numbers are wrong;
//! * those that read the names of their fields by hand, such as [`std::time::Duration`].
//!
//! An array is not taken for a struct with named fields. A float of more than 15 digits may be off
//! in its last one. Half a surrogate pair, which JavaScript
//! sends where a program cut a string within an emoji, becomes the replacement character.

mod de;
mod float;
mod reader;

use std::fmt;

use serde::de::DeserializeOwned;

pub use reader::Reader;

/// Reads a value. Blanks may stand around it.
///
/// # Errors
///
/// When the text is not JSON, is nested 128 deep, or is not that of a `T`.
pub fn decode<T: DeserializeOwned>(json: &str) -> Result<T, Malformed> {
    let mut reader = Reader::new(json);
    let value = T::deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

/// A text is not JSON, or not that of the type that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed;

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the JSON is not what was asked for")
    }
}

impl std::error::Error for Malformed {}
