//! Time: now, and how a time, or a number, reads in the person's own zone and country.

use std::{cell::RefCell, time::Duration};

use js_sys::{
    Array, Date, Function,
    Intl::{DateTimeFormat, NumberFormat},
    Object, Reflect,
};
use parlour_events::Timestamp;
use wasm_bindgen::JsValue;

use super::language;
use crate::words::{self, Key};

const MINUTE: f64 = 60_000.0;
const DAY: f64 = 24.0 * 60.0 * MINUTE;

thread_local! {
    // Making them costs far more than using them, and every row uses one.
    static FORMATS: RefCell<Option<Formats>> = const { RefCell::new(None) };
}

/// How things are written in one country.
struct Formats {
    time: Function,
    date: Function,
    dated: Function,
    full: Function,
    number: Function,
}

impl Formats {
    /// By a tag such as `de-CH`; without one, as the browser has it.
    fn new(tag: Option<&str>) -> Self {
        let tags = tag.into_iter().map(JsValue::from).collect::<Array>();
        let date = |options: &[_]| DateTimeFormat::new(&tags, &object(options)).format();
        let day = [
            ("weekday", "long".into()),
            ("day", "numeric".into()),
            ("month", "long".into()),
            ("year", "numeric".into()),
        ];
        let digits = object(&[("maximumFractionDigits", JsValue::from(1))]);
        Self {
            time: date(&[("hour", "numeric".into()), ("minute", "2-digit".into())]),
            date: date(&day[..3]),
            dated: date(&day),
            full: date(&[("dateStyle", "full".into()), ("timeStyle", "medium".into())]),
            number: NumberFormat::new(&tags, &digits).format(),
        }
    }
}

/// From now on times and numbers are written as this tag has them. It is to be one that browsers
/// understand: see [`words::resolve`].
pub fn write_as(tag: &str) {
    FORMATS.replace(Some(Formats::new(Some(tag))));
}

/// A number with at most one digit behind the point.
pub fn number(value: f64) -> String {
    formatted(|formats| &formats.number, &JsValue::from_f64(value))
}

/// Milliseconds since 1970 UTC, by this device.
pub fn now() -> f64 {
    Date::now()
}

/// [`now`] as it stands on a message that was written here.
pub fn timestamp() -> Timestamp {
    Timestamp(now() as u64)
}

/// The local day, in days since 1970.
pub fn day(at: Timestamp) -> i64 {
    let millis = at.0 as f64;
    let offset = date(at).get_timezone_offset() * MINUTE;
    ((millis - offset) / DAY).floor() as i64
}

/// The time of day, as it is written here: `14:05`.
pub fn time_of_day(at: Timestamp) -> String {
    formatted(|formats| &formats.time, &date(at))
}

/// The local day that it is now, in days since 1970.
pub fn today() -> i64 {
    day(timestamp())
}

/// How long it is until the next local day begins.
pub fn until_tomorrow() -> Duration {
    let now = Date::new_0();
    // As the calendar has it: a day on which clocks are changed is no 24 hours long. A day of the
    // month beyond the last one is one of the next month.
    let tomorrow = Date::new_with_year_month_day(
        now.get_full_year(),
        now.get_month() as i32,
        now.get_date() as i32 + 1,
    );
    let millis = tomorrow.get_time() - now.get_time();
    // A float that is negative or no number becomes 0.
    Duration::from_millis(millis as u64)
}

/// The day in words: today, yesterday, or its name and date. `today` as [`today`] tells it.
pub fn day_in_words(at: Timestamp, today: i64) -> String {
    match today - day(at) {
        0 => words::text(Key::DAY_TODAY).to_owned(),
        1 => words::text(Key::DAY_YESTERDAY).to_owned(),
        // Of this year, or of another one.
        _ if date(at).get_full_year() == Date::new_0().get_full_year() => {
            formatted(|formats| &formats.date, &date(at))
        }
        _ => formatted(|formats| &formats.dated, &date(at)),
    }
}

/// All of it, for whoever wants to know.
pub fn in_full(at: Timestamp) -> String {
    formatted(|formats| &formats.full, &date(at))
}

/// As a machine reads it, for `<time datetime>`.
pub fn machine_readable(at: Timestamp) -> String {
    // A date that no calendar has throws; there is nothing to tell a machine then.
    let date = date(at);
    if date.get_time().is_nan() { String::new() } else { date.to_iso_string().into() }
}

fn date(at: Timestamp) -> Date {
    Date::new(&JsValue::from_f64(at.0 as f64))
}

fn object(options: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in options {
        // Setting a property of a plain object of our own cannot fail.
        let _ = Reflect::set(&object, &JsValue::from(*name), value);
    }
    object
}

fn formatted(format: fn(&Formats) -> &Function, value: &JsValue) -> String {
    language::track();
    let text = FORMATS.with_borrow_mut(|formats| {
        let formats = formats.get_or_insert_with(|| Formats::new(None));
        format(formats).call1(&JsValue::UNDEFINED, value)
    });
    text.ok().and_then(|text| text.as_string()).unwrap_or_default()
}

/// Milliseconds since the page was loaded, for measuring.
pub fn elapsed() -> f64 {
    leptos::prelude::window().performance().map_or(0.0, |performance| performance.now())
}

/// When a day begins here, of which a form says `2026-11-22`; none if it says no day.
pub fn start_of(date: &str) -> Option<u64> {
    let mut parts = date.split('-').map(str::parse::<u32>);
    let (year, month, day) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    let start = Date::new_with_year_month_day(year, month.checked_sub(1)? as i32, day as i32);
    let millis = start.get_time();
    (millis >= 0.0).then_some(millis as u64)
}

/// The local day of a time, as forms want it: `2026-11-22`.
pub fn date_of(at: Timestamp) -> String {
    let date = date(at);
    let two = |number: u32| format!("{number:02}");
    let (month, day) = (two(date.get_month() + 1), two(date.get_date()));
    format!("{}-{month}-{day}", date.get_full_year())
}

/// Whether there is a pointer that can hover: a mouse, not a finger.
pub fn has_mouse() -> bool {
    let query = leptos::prelude::window().match_media("(hover: hover)");
    query.ok().flatten().is_some_and(|query| query.matches())
}
