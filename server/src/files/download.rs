//! `GET` and `HEAD /files/{id}`: a file for whoever knows its id.
//!
//! The page and the files have one origin, so a file must never become a document with rights
//! there: only what browsers decode and do not run is shown, the type is ours and not to be
//! guessed at, and a policy puts whatever is opened on its own into a sandbox that loads nothing.
//!
//! Content never changes under its id, so it is kept for good by whoever has it, and its id is its
//! `ETag`.

use std::io::{self, SeekFrom};

use axum::{
    body::Body,
    extract::{Path, State, rejection::PathRejection},
    http::{
        HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri,
        header::{
            ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE,
            CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, IF_RANGE, RANGE,
            X_CONTENT_TYPE_OPTIONS,
        },
    },
    response::{IntoResponse, Response},
};
use parlour_events::{Code, FileId, Refusal};
use tokio::{fs::File, io::AsyncSeekExt};
use tracing::error;

use super::{
    Files, Ledger, Shared, Stored,
    answer::Refused,
    kind,
    range::{Wanted, wanted},
    saved_as::disposition,
    stream::Stream,
};

pub(super) async fn download<L: Ledger>(
    State(shared): State<Shared<L>>,
    method: Method,
    id: Result<Path<String>, PathRejection>,
    uri: Uri,
    request: HeaderMap,
) -> Response {
    let found = async {
        let Path(id) = id.map_err(|_| unknown())?;
        let id = FileId::try_from(id).map_err(|_| unknown())?;
        let stored = shared.ledger.find(&id).await?.ok_or_else(unknown)?;
        shared.files.answer(&stored, &method, &uri, &request).await
    };
    found.await.unwrap_or_else(Refused::into_response)
}

impl Files {
    async fn answer(
        &self,
        stored: &Stored,
        method: &Method,
        uri: &Uri,
        request: &HeaderMap,
    ) -> Result<Response, Refused> {
        let mut response = Response::new(Body::empty());
        let headers = response.headers_mut();
        let tag = format!("\"{}\"", stored.file);
        describe(headers, stored, uri.query(), &tag);
        if knows(request, &tag) {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            return Ok(response);
        }

        let size = stored.size;
        let (first, length) = match wanted_of(method, request, &tag, size) {
            Wanted::All => (0, size),
            Wanted::Part { first, last } => {
                let range = format!("bytes {first}-{last}/{size}");
                headers.insert(CONTENT_RANGE, HeaderValue::try_from(range).expect("digits"));
                *response.status_mut() = StatusCode::PARTIAL_CONTENT;
                (first, last - first + 1)
            }
            Wanted::Nothing => {
                let range = HeaderValue::try_from(format!("bytes */{size}")).expect("digits");
                return Ok(
                    (StatusCode::RANGE_NOT_SATISFIABLE, [(CONTENT_RANGE, range)]).into_response()
                );
            }
        };
        let file = self.open_at(stored, first).await?;
        response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
        if method != Method::HEAD {
            *response.body_mut() = Body::new(Stream::new(file, length));
        }
        Ok(response)
    }

    /// The content, from its byte `first` on.
    async fn open_at(&self, stored: &Stored, first: u64) -> Result<File, Refused> {
        let opened = async {
            let mut file = File::open(self.0.folder.path(&stored.file)).await?;
            let found = file.metadata().await?.len();
            if found != stored.size {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    format!("it has {found} bytes, not {}", stored.size),
                ));
            }
            file.seek(SeekFrom::Start(first)).await?;
            Ok(file)
        };
        opened.await.map_err(|cause: io::Error| {
            error!(error = %cause, file = %stored.file, "the content of a file cannot be read");
            match cause.kind() {
                io::ErrorKind::NotFound => unknown(),
                _ => Refusal::new(Code::Internal, "The server cannot read this file.").into(),
            }
        })
    }
}

fn unknown() -> Refused {
    Refusal::new(Code::FileUnknown, "There is no such file, or not any more.").into()
}

/// What holds for every answer that tells of the file.
fn describe(headers: &mut HeaderMap, stored: &Stored, query: Option<&str>, tag: &str) {
    let shown = kind::shown(&stored.mime);
    for (name, value) in [
        (CONTENT_TYPE, shown.unwrap_or(kind::UNKNOWN)),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (CACHE_CONTROL, "private, max-age=31536000, immutable"),
        (ACCEPT_RANGES, "bytes"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(CONTENT_DISPOSITION, disposition(shown.is_some(), query));
    headers.insert(ETAG, HeaderValue::try_from(tag).expect("hexadecimal digits in quotes"));
}

/// Whether `If-None-Match` has this tag. A proxy may have made it a weak one.
fn knows(request: &HeaderMap, tag: &str) -> bool {
    request.get_all(IF_NONE_MATCH).iter().any(|value| {
        value.to_str().unwrap_or_default().split(',').any(|known| {
            let known = known.trim();
            known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag
        })
    })
}

/// What the request wants: only a GET can want a part, and only of the content that it knows.
fn wanted_of(method: &Method, request: &HeaderMap, tag: &str, size: u64) -> Wanted {
    let same = request.get(IF_RANGE).is_none_or(|known| known == tag);
    match request.get(RANGE).and_then(|range| range.to_str().ok()) {
        Some(range) if method == Method::GET && same => wanted(range, size),
        _ => Wanted::All,
    }
}
