//! Coming in with the token of another system, which the page around this one gives.
//!
//! ```text
//!   page around                    this page                      server
//!        │◀──────────────── ready ─────│                             │
//!        │ token ─────────────────────▶│ connects with it ──────────▶│
//!        │                             │◀──── refused, or expired ───│
//!        │◀─────── token-needed, code ─│ connects no more            │
//!        │ token ─────────────────────▶│ connects with it ──────────▶│
//! ```

use std::time::Duration;

use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use parlour_events::{Code, Credentials, Token};

use super::Session;
use crate::{
    browser::place::{self, Auth},
    entry::Given,
    live::after,
    words::{self, Key},
};

impl Session {
    /// Tells the page around this one that it is heard from now on.
    pub(super) fn listen_around(&self) {
        let (session, site) = (*self, self.site.get_value());
        if !place::is_framed() {
            return;
        }
        if site.auth == Auth::Jwt {
            self.awaiting.set(true);
            place::on_token(site.embed.clone(), move |text| session.token_given(text));
        }
        place::tell_around(&site.embed, None);
    }

    /// Whether people come in by tokens of another system.
    pub(super) fn is_by_token(&self) -> bool {
        self.site.with_value(|site| site.auth == Auth::Jwt)
    }

    /// Comes in with the newest token, if there is one.
    pub fn come_in_by_token(&self) {
        if let Some(token) = self.core.with_value(|core| core.tokens.newest()) {
            self.awaiting.set(false);
            self.come_in(with(token));
        }
    }

    /// The token that was used is worth nothing any more. Nothing is asked of the server before
    /// there is another one.
    pub(super) fn token_refused(&self, code: Code) {
        let mut used = None;
        self.core.update_value(|core| used = core.entry.take_token());
        let used = used.map_or_else(String::new, |token| token.as_str().to_owned());
        let mut pause = 0.0;
        self.core.update_value(|core| pause = core.tokens.refused(&used));
        self.awaiting.set(true);
        self.disconnect_own();
        if self.core.with_value(|core| core.tokens.newest()).is_some() {
            // It came while the server had the other one before it.
            return self.come_in_by_token();
        }
        self.entering.set(false);
        self.change_line(|line| line.refused(words::text(Key::STRIP_SIGNING_IN).to_owned()));
        self.ask_for_token(code, pause);
    }

    fn token_given(&self, text: &str) {
        let mut given = Given::Known;
        self.core.update_value(|core| given = core.tokens.given(text));
        match given {
            Given::Known => {}
            Given::Bad => {
                let mut pause = 0.0;
                self.core.update_value(|core| pause = core.tokens.refused(text));
                self.ask_for_token(Code::Invalid, pause);
            }
            Given::Good if self.awaiting.get_untracked() => {
                self.ask_later(None);
                self.come_in_by_token();
            }
            // While the server has one before it, this one counts when that is decided.
            Given::Good if !self.entering.get_untracked() => {
                let mut next = None;
                self.core.update_value(|core| {
                    next = core.tokens.newest().filter(|_| core.entry.is_wanted()).map(with);
                    if let Some(next) = next.clone() {
                        core.entry.wanted(next);
                    }
                });
                if let Some(next) = next {
                    self.come_back_with(&next);
                }
            }
            Given::Good => {}
        }
    }

    fn ask_for_token(&self, code: Code, pause: f64) {
        let session = *self;
        let ask =
            move || session.site.with_value(|site| place::tell_around(&site.embed, Some(code)));
        if pause == 0.0 {
            self.ask_later(None);
            ask();
        } else {
            self.ask_later(after(Duration::from_secs_f64(pause / 1_000.0), ask));
        }
    }

    /// One question at a time.
    fn ask_later(&self, timer: Option<TimeoutHandle>) {
        let mut before = None;
        self.core.update_value(|core| before = std::mem::replace(&mut core.ask_token, timer));
        if let Some(before) = before {
            before.clear();
        }
    }
}

fn with(token: Token) -> Credentials {
    Credentials { nickname: None, token: Some(token) }
}
