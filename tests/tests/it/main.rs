//! Parlour as a whole, from outside. One behaviour a file; what they share is the library of this
//! crate. Run by `cargo xtask test`, which sets up the programs that take part.

#![allow(
    clippy::unwrap_used,
    reason = "the lint knows tests by their attribute; helpers have none"
)]

mod attachments;
mod bad_connects;
mod bad_frames;
mod bad_requests;
mod bad_texts;
mod browsers;
mod burst;
mod catch_up;
mod classic_and_page;
mod classic_clients;
mod deep_links;
mod embed_example;
mod embed_headers;
mod embed_jwt;
mod embed_page;
mod event_names;
mod feature_table;
mod history;
mod hostile;
mod http_assets;
mod http_policy;
mod identity;
mod identity_jwt;
mod interop_peers;
mod limits;
mod limits_edges;
mod manifest;
mod member_rooms;
mod moderation;
mod moderation_addresses;
mod moderation_arrivals;
mod moderation_stuck;
mod npm_events;
mod npm_namespaces;
mod npm_reconnection;
mod page_attacks;
mod page_burst;
mod page_changes;
mod page_direct;
mod page_drafts;
mod page_files;
mod page_fitness;
mod page_history;
mod page_keyboard;
mod page_long_history;
mod page_markup;
mod page_notifications;
mod page_offline;
mod page_outbox;
mod page_polling;
mod page_reconnection;
mod page_rooms;
mod page_settings;
mod page_sizes;
mod page_trunk;
mod page_windows;
mod page_worker;
mod pages_talk;
mod parser_oracle;
mod presence;
mod protocol_document;
mod protocol_example;
mod resend;
mod retention;
mod rooms;
mod rooms_pages;
mod rooms_private;
mod rooms_read;
mod screenshots;
mod search;
mod service_worker;
mod sessions;
mod start_errors;
mod stop;
mod typing;

/// Where pictures of failed tests' pages go.
const PICTURES: &str = env!("CARGO_TARGET_TMPDIR");
