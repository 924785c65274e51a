//! Files for the message that is being written: sent to the server while it is written.

use crate::live::soon;
use std::rc::Rc;

use leptos::prelude::*;
use parlour_events::{Attachment, FileName, Refusal, Reply, Uploaded, limits::ATTACHMENTS};
use web_sys::File;

use super::Session;
use crate::{
    browser::{
        place,
        transfer::{Progress, Transfer},
    },
    json,
    words::{self, Key, Pattern, Plural},
};

/// A file for the message that is being written.
#[derive(Debug, Clone, PartialEq)]
pub struct Upload {
    /// Names it among the others.
    pub number: u32,
    /// What it will be called.
    pub name: FileName,
    /// Its length in bytes.
    pub size: f64,
    /// How far it is.
    pub state: UploadState,
}

/// How far an upload is.
#[derive(Debug, Clone, PartialEq)]
pub enum UploadState {
    /// So much of it was sent, in hundredths.
    Sending(u8),
    /// The server has it.
    Done(Attachment),
    /// It was not taken; the sentence says why.
    Failed(String),
}

thread_local! {
    /// The number of the next upload. None is given twice: what is drawn of a file is kept under it.
    static NUMBER: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };

    /// Transfers by the number of their upload: they hold what belongs to the browser.
    static TRANSFERS: std::cell::RefCell<Vec<(u32, Rc<Transfer>)>> = const {
        std::cell::RefCell::new(Vec::new())
    };
}

impl Session {
    /// Takes a file for the message that is being written.
    pub fn attach(&self, file: &File) {
        let Some(me) = self.me.get_untracked() else {
            // Nobody is there yet to take it.
            return self.ui.say(words::alone(words::text(Key::UPLOAD_LOST)), true);
        };
        let most = me.limits.upload_bytes;
        if most == 0 {
            return self.ui.say(words::alone(words::text(Key::UPLOAD_CLOSED)), true);
        }
        if self.ui.uploads.with_untracked(Vec::len) >= ATTACHMENTS {
            return self
                .ui
                .say(words::count(Plural::UPLOAD_TOO_MANY, ATTACHMENTS as u64, []), true);
        }
        let number = NUMBER.replace(NUMBER.get() + 1);
        let too_large = file.size() > most as f64;
        let name = file_name(&file.name());
        let state = match too_large {
            true => failed(&name, &words::fill(Pattern::UPLOAD_TOO_LARGE, [&words::size(most)])),
            false => UploadState::Sending(0),
        };
        let upload = Upload { number, name, size: file.size(), state };
        self.ui.uploads.update(|uploads| uploads.push(upload));
        if too_large {
            return;
        }
        let session = *self;
        let token =
            self.core.with_value(|core| Some(core.entry.credentials()?.token?.as_str().to_owned()));
        let address = place::server() + "/files";
        let transfer = token.and_then(|token| {
            Transfer::begin(&address, &token, file, move |progress| {
                session.transferred(number, progress);
            })
        });
        match transfer {
            Some(transfer) => {
                TRANSFERS.with_borrow_mut(|all| all.push((number, Rc::new(transfer))))
            }
            None => self.transferred(number, Progress::Lost),
        }
    }

    /// Leaves a file out.
    pub fn detach(&self, number: u32) {
        self.ui.uploads.update(|uploads| uploads.retain(|upload| upload.number != number));
        TRANSFERS.with_borrow_mut(|all| all.retain(|(known, _)| *known != number));
    }

    /// The files for the message, once all of them are with the server.
    pub(super) fn uploaded(&self) -> Result<Vec<Attachment>, Option<String>> {
        self.ui.uploads.with_untracked(|uploads| {
            let done = |upload: &Upload| match &upload.state {
                UploadState::Done(file) => Ok(file.clone()),
                UploadState::Sending(_) => Err(Some(words::text(Key::UPLOAD_RUNNING).to_owned())),
                UploadState::Failed(why) => Err(Some(why.clone())),
            };
            uploads.iter().map(done).collect()
        })
    }

    fn transferred(&self, number: u32, progress: Progress) {
        let ended = !matches!(progress, Progress::Sent(_));
        let advance = |upload: &mut Upload| {
            upload.state = match &progress {
                // A float out of range becomes the nearest that fits.
                Progress::Sent(part) => UploadState::Sending((part * 100.0) as u8),
                Progress::Answered(body) => answered(body, &upload.name),
                Progress::Lost => failed(&upload.name, words::text(Key::UPLOAD_LOST)),
            };
        };
        self.ui.uploads.update(|uploads| {
            uploads.iter_mut().filter(|it| it.number == number).for_each(advance);
        });
        // Its room may not be looked at any more.
        self.core.update_value(|core| {
            let uploads = core.begun.iter_mut().flat_map(|(_, begun)| &mut begun.uploads);
            uploads.filter(|it| it.number == number).for_each(advance);
        });
        if ended {
            // Not from within its own callback.
            let remove = move || {
                TRANSFERS.with_borrow_mut(|all| all.retain(|(known, _)| *known != number));
            };
            soon(remove);
        }
    }
}

/// What is on its way is not wanted any more.
pub(super) fn give_up_all() {
    TRANSFERS.with_borrow_mut(Vec::clear);
}

fn answered(body: &str, name: &FileName) -> UploadState {
    match json::decode::<Reply<Uploaded>>(body) {
        Ok(Reply::Ok(Uploaded { file, mime, size, pixels })) => {
            UploadState::Done(Attachment { file, name: name.clone(), mime, size, pixels })
        }
        Ok(Reply::Error(refusal)) => failed(name, &words::reason(&refusal)),
        // Refused on the way, without the reply's form.
        Err(_) => match json::decode::<Refusal>(body) {
            Ok(refusal) => failed(name, &words::reason(&refusal)),
            Err(_) => failed(name, words::text(Key::UPLOAD_LOST)),
        },
    }
}

fn failed(name: &FileName, reason: &str) -> UploadState {
    UploadState::Failed(words::fill(Pattern::UPLOAD_FAILED, [name.as_str(), reason]))
}

/// A name that the server takes, as near as possible to the file's own.
fn file_name(name: &str) -> FileName {
    let clean = |name: &str| -> String {
        name.chars().map(|c| if matches!(c, '/' | '\\') { '_' } else { c }).take(120).collect()
    };
    let fallback = || "file".parse().expect("a valid name");
    clean(name).parse().unwrap_or_else(|_| fallback())
}
