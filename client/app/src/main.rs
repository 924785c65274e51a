//! Starts the page.

#[cfg(target_arch = "wasm32")]
fn main() {
    parlour_app::components::mount();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("The page runs in a browser: build it with `trunk build`.");
    std::process::exit(2);
}
