//! A page that sends what is typed to a Socket.IO server and lists what comes back.
//!
//! A server for it (`npm install socket.io`, `node echo.mjs`):
//!
//! ```js
//! import { Server } from "socket.io";
//!
//! const io = new Server(3000, { cors: { origin: "*" } });
//! io.on("connection", (socket) => socket.on("echo", (text) => socket.emit("echo", text)));
//! ```

#[cfg(target_arch = "wasm32")]
mod page;

#[cfg(target_arch = "wasm32")]
fn main() {
    page::mount();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("This is a page: build it with `trunk build`.");
    std::process::exit(2);
}
