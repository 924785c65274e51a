//! Counts what a page holds for a program: listeners, timers and requests that were not ended, and
//! the program's memory.

use gloo_timers::future::TimeoutFuture;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(inline_js = r#"
const counts = { listeners: 0, timers: 0, aborts: 0 };
export function count_from_now_on() {
    const proto = EventTarget.prototype;
    const { addEventListener, removeEventListener } = proto;
    // The browser ignores a listener that is there already, and the removal of one that is not.
    const known = new WeakMap();
    const key = (type, options) =>
        type + (typeof options === "object" ? !!options?.capture : !!options);
    proto.addEventListener = function (type, listener, options) {
        if (listener) {
            const target = this ?? globalThis;
            if (!known.has(target)) known.set(target, new Map());
            const listeners = known.get(target);
            if (!listeners.has(listener)) listeners.set(listener, new Set());
            const keys = listeners.get(listener);
            if (!keys.has(key(type, options))) { keys.add(key(type, options)); counts.listeners += 1; }
        }
        return addEventListener.call(this, type, listener, options);
    };
    proto.removeEventListener = function (type, listener, options) {
        const keys = known.get(this ?? globalThis)?.get(listener);
        if (keys?.delete(key(type, options))) counts.listeners -= 1;
        return removeEventListener.call(this, type, listener, options);
    };
    const { setTimeout, clearTimeout } = globalThis;
    const waiting = new Set();
    globalThis.setTimeout = (callback, ...rest) => {
        const id = setTimeout((...args) => {
            if (waiting.delete(id)) counts.timers -= 1;
            callback(...args);
        }, ...rest);
        waiting.add(id);
        counts.timers += 1;
        return id;
    };
    globalThis.clearTimeout = (id) => {
        if (waiting.delete(id)) counts.timers -= 1;
        clearTimeout(id);
    };
    // Each request has one, which the client aborts when it is done with the request.
    globalThis.AbortController = class extends AbortController {
        constructor() {
            super();
            counts.aborts += 1;
        }
        abort(reason) {
            if (!this.signal.aborted) counts.aborts -= 1;
            super.abort(reason);
        }
    };
}
export function listeners() { return counts.listeners; }
export function timers() { return counts.timers; }
export function aborts() { return counts.aborts; }
"#)]
extern "C" {
    /// Counts from the next one of each on.
    pub(crate) fn count_from_now_on();
    fn listeners() -> i32;
    fn timers() -> i32;
    fn aborts() -> i32;
}

/// The counts once they have not changed for half a second: what was said last is said, and what
/// the browser reports late is reported. Bounded by itself: a timer for that would be counted.
pub(crate) async fn settled() -> (i32, i32, i32) {
    let (mut last, mut same) = (counted(), 0);
    for _ in 0..400 {
        TimeoutFuture::new(50).await;
        let now = counted();
        same = if now == last { same + 1 } else { 0 };
        last = now;
        if same == 10 {
            return last;
        }
    }
    panic!("the counts never settle: {last:?}");
}

/// Listeners, timers and requests.
pub(crate) fn counted() -> (i32, i32, i32) {
    (listeners(), timers(), aborts())
}

/// Of the whole program, in bytes; it never shrinks, so what grows has leaked.
pub(crate) fn memory() -> usize {
    core::arch::wasm32::memory_size(0) * 65_536
}
