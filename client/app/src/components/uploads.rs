//! The files for the message that is being written.

use crate::{
    browser::language::tf,
    dom::{Html, hole, html, together},
    session::{Session, Upload, uploads::UploadState},
    words::{self, Pattern},
};

/// The files, and how far they are.
pub fn uploads(session: Session) -> Html {
    let all = move || {
        session.ui.uploads.with(|all| together(all.iter().map(|upload| one(session, upload))))
    };
    html(r#"<ul _ class="uploads"></ul>"#, vec![hole().part(all)])
}

fn one(session: Session, upload: &Upload) -> Html {
    let name = upload.name.as_str();
    let number = upload.number;
    let (state, label) = match &upload.state {
        UploadState::Sending(percent) => {
            let percent = percent.to_string();
            let label = tf(Pattern::UPLOAD_PROGRESS, [name, &percent]);
            let bar = html(
                r#"<progress _ max="100"></progress>"#,
                vec![hole().set("value", percent).set("aria-label", label)],
            );
            (bar, tf(Pattern::UPLOAD_CANCEL, [name]))
        }
        UploadState::Done(_) => {
            let size = words::size(upload.size as u64);
            let size = html(r#"<span _ class="file-size"></span>"#, vec![hole().put(size)]);
            (size, tf(Pattern::UPLOAD_REMOVE, [name]))
        }
        UploadState::Failed(why) => {
            let why = html(
                r#"<span _ class="error" role="alert"></span>"#,
                vec![hole().put(why.as_str())],
            );
            (why, tf(Pattern::UPLOAD_REMOVE, [name]))
        }
    };
    html(
        r#"<li><bdi _></bdi><i _></i><button _ type="button" class="icon-button small"><svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M6 6l12 12M18 6L6 18"/></svg></button></li>"#,
        vec![
            hole().put(name),
            hole().instead(state),
            hole().set("aria-label", label).click(move || session.detach(number)),
        ],
    )
}
