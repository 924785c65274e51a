//! JSON, as the page reads and writes it: each type through as little code as it goes.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;

/// A text that is not what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed;

/// Reads a value.
///
/// # Errors
/// If the text is none of this type.
pub fn decode<T: DeserializeOwned>(json: &str) -> Result<T, Malformed> {
    serde_json::from_str(json).map_err(|_| Malformed)
}

/// Writes a value; `null` for one that has no JSON form, which none of the page's is.
pub fn encode<T: Serialize + ?Sized>(value: &T) -> Box<RawValue> {
    serde_json::value::to_raw_value(value).unwrap_or_else(|_| RawValue::NULL.to_owned())
}
