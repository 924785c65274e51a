//! What web-sys has no stable names for, called by name.

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// A property; none if there is no such, or asking for it throws.
pub fn get(object: &JsValue, name: &str) -> Option<JsValue> {
    let value = Reflect::get(object, &JsValue::from(name)).ok()?;
    (!value.is_undefined() && !value.is_null()).then_some(value)
}

/// Sets a property of a plain object of our own, which cannot fail.
pub fn set(object: &JsValue, name: &str, value: &JsValue) {
    let _ = Reflect::set(object, &JsValue::from(name), value);
}

/// Calls a method; none if there is no such, or it throws.
pub fn call(object: &JsValue, name: &str, arguments: &[JsValue]) -> Option<JsValue> {
    let method: Function = get(object, name)?.dyn_into().ok()?;
    method.apply(object, &Array::from_iter(arguments)).ok()
}

/// Calls a method that gives a promise.
pub fn call_promise(object: &JsValue, name: &str, arguments: &[JsValue]) -> Option<Promise> {
    call(object, name, arguments)?.dyn_into().ok()
}
