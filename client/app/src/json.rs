//! Between the types of the contract and the JSON that the client library sends and receives.

use serde::Serialize;
use serde_json::value::RawValue;

pub use slim_json::{Malformed, decode};

/// Writes a value down, for the client to send; `null` if it has no JSON form.
pub fn encode<T: Serialize + ?Sized>(value: &T) -> Box<RawValue> {
    serde_json::value::to_raw_value(value).unwrap_or_else(|_| RawValue::NULL.to_owned())
}
