//! Sending a file, with its progress: `fetch` tells nothing of how much was sent.

use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Blob, ProgressEvent, XmlHttpRequest};

/// How far it is.
#[derive(Debug, Clone, PartialEq)]
pub enum Progress {
    /// So much of it was sent, from 0 to 1.
    Sent(f64),
    /// The server answered with this body.
    Answered(String),
    /// No answer came.
    Lost,
}

/// A file on its way; ends it when dropped.
pub struct Transfer {
    request: XmlHttpRequest,
    _sent: Closure<dyn Fn(ProgressEvent)>,
    _ended: Closure<dyn Fn()>,
}

impl Transfer {
    /// Sends a file to an address, with a token that says who sends it.
    pub fn begin(
        address: &str,
        token: &str,
        content: &Blob,
        told: impl Fn(Progress) + Clone + 'static,
    ) -> Option<Self> {
        let request = XmlHttpRequest::new().ok()?;
        request.open("POST", address).ok()?;
        request.set_request_header("Authorization", &format!("Bearer {token}")).ok()?;
        let sent = {
            let told = told.clone();
            Closure::<dyn Fn(ProgressEvent)>::new(move |event: ProgressEvent| {
                if event.length_computable() && event.total() > 0.0 {
                    told(Progress::Sent(event.loaded() / event.total()));
                }
            })
        };
        let ended = {
            let request = request.clone();
            Closure::<dyn Fn()>::new(move || {
                let body = request.response_text().ok().flatten().unwrap_or_default();
                let answered = request.status().is_ok_and(|status| status > 0);
                told(if answered { Progress::Answered(body) } else { Progress::Lost });
            })
        };
        request.upload().ok()?.set_onprogress(Some(sent.as_ref().unchecked_ref()));
        request.set_onloadend(Some(ended.as_ref().unchecked_ref()));
        request.send_with_opt_blob(Some(content)).ok()?;
        Some(Self { request, _sent: sent, _ended: ended })
    }
}

impl Drop for Transfer {
    fn drop(&mut self) {
        self.request.set_onloadend(None);
        if let Ok(upload) = self.request.upload() {
            upload.set_onprogress(None);
        }
        let _ = self.request.abort();
    }
}
