use leptos::prelude::*;
use parlour_app::{browser::clock, components::log::Day};
use parlour_events::Timestamp;
use wasm_bindgen_test::wasm_bindgen_test;

use super::Stage;

#[wasm_bindgen_test]
async fn today_becomes_yesterday_at_midnight() {
    let today = RwSignal::new(clock::today());
    let at = clock::timestamp();
    let stage = Stage::draw(move || view! { <Day at today /> }).await;
    assert_eq!(stage.text("h2"), "Today");
    today.update(|day| *day += 1);
    leptos::task::tick().await;
    assert_eq!(stage.text("h2"), "Yesterday");
    today.update(|day| *day += 1);
    leptos::task::tick().await;
    let text = stage.text("h2");
    assert!(!["", "Today", "Yesterday"].contains(&text.as_str()), "{text}");
}

#[wasm_bindgen_test]
fn tomorrow_begins_after_this_day_and_not_before() {
    let left = clock::until_tomorrow().as_millis() as u64;
    let now = clock::timestamp().0;
    let at = |after: u64| clock::day(Timestamp(now + after));
    // A second for what passes between the two looks at the clock.
    assert_eq!(at(left + 1_000), clock::today() + 1);
    assert_eq!(at(left.saturating_sub(1_000)), clock::today());
}
