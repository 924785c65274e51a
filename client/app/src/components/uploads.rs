//! The files for the message that is being written.
//!
//! A file keeps its row however far it is: the button in it can be pressed while it is sent, and
//! why it was not taken is told once.

use crate::live::{Live, derived, now_and_then};

use crate::{
    browser::language::tf,
    dom::{Html, hole, html},
    session::{Session, Upload, uploads::UploadState},
    words::{self, Pattern},
};

/// The files, and how far they are.
pub fn uploads(session: Session) -> Html {
    let all = move || session.ui.uploads.get();
    html(
        r#"<ul _ class="uploads"></ul>"#,
        vec![hole().rows(all, |upload| upload.number, move |upload| one(session, upload))],
    )
}

fn one(session: Session, upload: Upload) -> Html {
    let number = upload.number;
    let name = upload.name.to_string();
    let upload = Live::new(upload);
    now_and_then(move || {
        session.ui.uploads.with(|all| {
            if let Some(now) = all.iter().find(|it| it.number == number) {
                upload.put(now.clone());
            }
        });
    });
    let sending =
        derived(move || upload.with(|upload| matches!(upload.state, UploadState::Sending(_))));
    let called = name.clone();
    let label = move || {
        let pattern = match sending.get() {
            true => Pattern::UPLOAD_CANCEL,
            false => Pattern::UPLOAD_REMOVE,
        };
        tf(pattern, [&called])
    };
    html(
        r#"<li><bdi _></bdi><i _></i><button _ type="button" class="icon-button small"><svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M6 6l12 12M18 6L6 18"/></svg></button></li>"#,
        vec![
            // The sentence that tells of a failure names it.
            hole().put(name.as_str()).hidden(move || {
                upload.with(|upload| matches!(upload.state, UploadState::Failed(_)))
            }),
            hole().here(move || match sending.get() {
                true => progress(upload),
                false => upload.with_untracked(outcome),
            }),
            hole().attr("aria-label", label).click(move || {
                session.detach(number);
                session.ui.settle_focus();
            }),
        ],
    )
}

/// How much of it was sent.
fn progress(upload: Live<Upload>) -> Html {
    let percent = move || {
        upload.with(|upload| match upload.state {
            UploadState::Sending(percent) => percent.to_string(),
            _ => "100".to_owned(),
        })
    };
    let name = upload.with_untracked(|upload| upload.name.to_string());
    let label = move || tf(Pattern::UPLOAD_PROGRESS, [&name, &percent()]);
    html(
        r#"<progress _ max="100"></progress>"#,
        vec![hole().attr("value", percent).attr("aria-label", label)],
    )
}

/// What became of it.
fn outcome(upload: &Upload) -> Html {
    match &upload.state {
        UploadState::Failed(why) => {
            html(r#"<span _ class="error" role="alert"></span>"#, vec![hole().put(why.as_str())])
        }
        _ => {
            let size = words::size(upload.size as u64);
            html(r#"<span _ class="file-size"></span>"#, vec![hole().put(size)])
        }
    }
}
