//! Refusals as HTTP: a status for programs that know nothing else, and the same JSON as over the
//! socket.

use std::io;

use axum::{
    body::Body,
    http::{
        HeaderValue, StatusCode,
        header::{
            CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
        },
    },
    response::{IntoResponse, Response},
};
use parlour_events::{Code, Refusal, Reply};
use serde::Serialize;
use tracing::error;

/// A refusal with the status it is answered with.
#[derive(Debug)]
pub(super) struct Refused {
    status: StatusCode,
    refusal: Refusal,
}

impl Refused {
    pub(super) fn new(status: StatusCode, code: Code, message: impl Into<String>) -> Self {
        Self { status, refusal: Refusal::new(code, message) }
    }

    /// What came of writing to the disk, or reading from it. The log has more.
    pub(super) fn disk(doing: &'static str, cause: &io::Error) -> Self {
        error!(error = %cause, "{doing} failed");
        let full = matches!(
            cause.kind(),
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
        );
        Refusal::new(
            Code::Storage,
            if full {
                "The server's disk is full. Nothing was stored; try again later."
            } else {
                "The server could not use its disk. Nothing was stored; try again later."
            },
        )
        .into()
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        let status = match refusal.code {
            Code::Invalid | Code::NicknameInvalid => StatusCode::BAD_REQUEST,
            Code::TokenInvalid | Code::SessionEnded | Code::Kicked => StatusCode::UNAUTHORIZED,
            Code::Banned | Code::Muted | Code::Forbidden | Code::NotJoined => StatusCode::FORBIDDEN,
            Code::RoomUnknown | Code::MessageUnknown | Code::UserUnknown | Code::FileUnknown => {
                StatusCode::NOT_FOUND
            }
            Code::RoomTaken | Code::NicknameTaken | Code::IdTaken => StatusCode::CONFLICT,
            Code::TooLong => StatusCode::PAYLOAD_TOO_LARGE,
            Code::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            Code::Busy | Code::Full => StatusCode::SERVICE_UNAVAILABLE,
            // The only limit that files meet is that of space.
            Code::Limit | Code::Storage => StatusCode::INSUFFICIENT_STORAGE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self { status, refusal }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let wait = self.refusal.retry_after.map(|millis| millis.div_ceil(1_000));
        let mut response = json(self.status, &Reply::<()>::Error(self.refusal));
        let headers = response.headers_mut();
        if let Some(seconds) = wait {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// An answer that no cache keeps.
pub(super) fn json<T: Serialize>(status: StatusCode, reply: &Reply<T>) -> Response {
    let text = serde_json::to_vec(reply).expect("strings and numbers");
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
