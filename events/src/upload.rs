//! How files come in and go out: over HTTP, beside the socket.
//!
//! `POST /files` has the file itself as its body and the session's token in
//! `Authorization: Bearer <token>`. The answer is a [`Reply`](crate::Reply) with an [`Uploaded`].
//! Sending the same file again is answered the same. [`SendMessage`](crate::SendMessage) then puts
//! it on a message, under a name; a file that no message has is gone after a day.
//!
//! `GET /files/<file>` gives it to whoever knows its id. `?name=` says under which name it is to
//! be saved.

use serde::{Deserialize, Serialize};

use crate::text::FileId;

/// What the server made of an upload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uploaded {
    /// The file.
    pub file: FileId,
    /// Its type by its content, such as `image/png`, whatever its name says.
    pub mime: String,
    /// Its length in bytes.
    pub size: u64,
    /// Width and height in pixels as it is shown, of an image that browsers show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pixels: Option<(u32, u32)>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Reply;

    #[test]
    fn an_upload_is_answered_like_every_request() {
        let file: FileId = "ab".repeat(32).parse().unwrap();
        let mime = "text/plain; charset=utf-8".to_owned();
        let text = serde_json::to_string(&Reply::Ok(Uploaded {
            file: file.clone(),
            mime,
            size: 3,
            pixels: None,
        }));
        let expected =
            format!(r#"{{"ok":{{"file":"{file}","mime":"text/plain; charset=utf-8","size":3}}}}"#);
        assert_eq!(text.unwrap(), expected);
    }
}
