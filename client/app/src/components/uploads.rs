//! The files for the message that is being written.

use leptos::prelude::*;

use super::{
    icons::Close,
    kit::{act, nothing, part},
};
use crate::{
    browser::language::tf,
    session::{Session, Upload, uploads::UploadState},
    words::{self, Pattern},
};

/// The files, and how far they are.
pub fn uploads(session: Session) -> AnyView {
    view! {
        <ul class="uploads">
            {part(move || {
                let one = |upload: &Upload| one(session, upload);
                session.ui.uploads.with(|all| all.iter().map(one).collect_view().into_any())
            })}
        </ul>
    }
    .into_any()
}

fn one(session: Session, upload: &Upload) -> AnyView {
    let name = upload.name.to_string();
    let number = upload.number;
    let size = words::size(upload.size as u64);
    let (state, bar, label) = match &upload.state {
        UploadState::Sending(percent) => {
            let percent = percent.to_string();
            let label = tf(Pattern::UPLOAD_PROGRESS, [&name, &percent]);
            let bar = view! { <progress max="100" value=percent aria-label=label></progress> };
            (nothing(), bar.into_any(), tf(Pattern::UPLOAD_CANCEL, [&name]))
        }
        UploadState::Done(_) => {
            let size = view! { <span class="file-size">{size}</span> }.into_any();
            (size, nothing(), tf(Pattern::UPLOAD_REMOVE, [&name]))
        }
        UploadState::Failed(why) => {
            let why = view! { <span class="error" role="alert">{why.clone()}</span> }.into_any();
            (why, nothing(), tf(Pattern::UPLOAD_REMOVE, [&name]))
        }
    };
    view! {
        <li>
            <bdi>{name}</bdi>
            {state}
            {bar}
            <button
                type="button"
                class="icon-button small"
                aria-label=label
                on:click=act(move || session.detach(number))
            >
                <Close />
            </button>
        </li>
    }
    .into_any()
}
