//! The smallest Leptos page. What it weighs is what Leptos weighs.

#[cfg(target_arch = "wasm32")]
fn main() {
    use leptos::prelude::*;

    leptos::mount::mount_to_body(|| view! { <h1>"Hello, world!"</h1> });
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("This is a page: build it with `trunk build`.");
    std::process::exit(2);
}
