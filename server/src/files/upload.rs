//! `POST /files`: the body is the file, the token is in `Authorization`.
//!
//! In this order: the length that is announced, the place, the person; then the body. So whoever
//! is refused has cost nothing. The body is cut at the limit, and given up when nothing comes for
//! [`IDLE`] or all of it takes longer than [`WHOLE`].

use std::time::Duration;

use axum::{
    body::{Body, HttpBody},
    extract::{Request, State},
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{AUTHORIZATION, EXPECT, LOCATION},
        request::Parts,
    },
    response::{IntoResponse, Response},
};
use http_body_util::BodyExt;
use parlour_events::{Code, Refusal, Reply, Token, Uploaded, UserId};
use tokio::time::{Instant, timeout, timeout_at};
use tracing::{debug, warn};

use super::{
    Files, Ledger, Shared, Stored,
    answer::{Refused, json},
    blocking,
    folder::Temporary,
    incoming::Incoming,
};

/// Longest pause of an upload.
pub(super) const IDLE: Duration = Duration::from_secs(30);

/// Longest time of an upload; what comes in drops keeps its place from others.
pub(super) const WHOLE: Duration = Duration::from_secs(30 * 60);

/// When a place may be free again.
const BUSY: Duration = Duration::from_secs(5);

/// How much of a refused upload is taken in and thrown away, and for how long.
const DRAINED: u64 = 64 * 1024 * 1024;
const DRAINING: Duration = Duration::from_secs(10);

pub(super) async fn upload<L: Ledger>(
    State(shared): State<Shared<L>>,
    request: Request,
) -> Response {
    let (parts, mut body) = request.into_parts();
    match shared.files.receive(&shared.ledger, &parts, &mut body).await {
        Ok(stored) => created(stored),
        Err(refused) => {
            drain(&parts.headers, body);
            refused.into_response()
        }
    }
}

fn created(stored: Stored) -> Response {
    let location = HeaderValue::try_from(format!("/files/{}", stored.file));
    let mut response = json(StatusCode::CREATED, &Reply::Ok(Uploaded::from(stored)));
    response.headers_mut().insert(LOCATION, location.expect("hexadecimal digits"));
    response
}

impl Files {
    async fn receive<L: Ledger>(
        &self,
        ledger: &L,
        parts: &Parts,
        body: &mut Body,
    ) -> Result<Stored, Refused> {
        if self.0.max_bytes == 0 {
            return Err(Refusal::new(Code::Forbidden, "This server takes no files.").into());
        }
        // What Content-Length says, if it is there.
        if body.size_hint().lower() > self.0.max_bytes {
            return Err(self.too_large());
        }
        let token = bearer(&parts.headers)?;
        let _place = self.0.places.take().ok_or_else(|| busy("Many files are being uploaded."))?;
        let by = ledger.uploader(&token, &parts.extensions).await?;
        let _own_place = self
            .0
            .places
            .take_own(by)
            .ok_or_else(|| busy("Several files of yours are being uploaded."))?;

        let disk = |error| Refused::disk("storing an upload", &error);
        let mut incoming = Incoming::create(&self.0.folder).await.map_err(disk)?;
        self.fill(&mut incoming, body).await?;
        let (content, stored) = incoming.finish().await.map_err(disk)?;

        // Not given up halfway if the client goes away: what has a name is to be written down.
        let keeping = self.clone().keep(ledger.clone(), by, content, stored);
        match tokio::spawn(keeping).await {
            Ok(kept) => kept,
            Err(error) => {
                warn!(%error, "writing an upload down failed");
                Err(Refusal::new(Code::Internal, "Something went wrong in the server.").into())
            }
        }
    }

    async fn fill(&self, incoming: &mut Incoming, body: &mut Body) -> Result<(), Refused> {
        let end = Instant::now() + WHOLE;
        loop {
            let frame = match timeout_at(end.min(Instant::now() + IDLE), body.frame()).await {
                Ok(Some(Ok(frame))) => frame,
                Ok(None) => break,
                Ok(Some(Err(error))) => {
                    debug!(%error, "an upload broke off");
                    return Err(Refusal::new(Code::Invalid, "The upload broke off.").into());
                }
                Err(_) => {
                    return Err(Refused::new(
                        StatusCode::REQUEST_TIMEOUT,
                        Code::Busy,
                        "The upload was too slow. Try again.",
                    ));
                }
            };
            // Trailers say nothing here.
            let Ok(bytes) = frame.into_data() else { continue };
            if bytes.len() as u64 > self.0.max_bytes.saturating_sub(incoming.size()) {
                return Err(self.too_large());
            }
            let written = incoming.write(&bytes).await;
            written.map_err(|error| Refused::disk("storing an upload", &error))?;
        }
        if incoming.size() == 0 {
            return Err(Refusal::new(Code::Invalid, "The file is empty.").into());
        }
        Ok(())
    }

    /// Gives the content its name and writes it down, or removes it.
    async fn keep<L: Ledger>(
        self,
        ledger: L,
        by: UserId,
        content: Temporary,
        stored: Stored,
    ) -> Result<Stored, Refused> {
        let recorded = {
            let _naming = self.0.naming.read().await;
            let (folder, file) = (self.0.folder.clone(), stored.file.clone());
            match blocking(move || folder.keep(content, &file)).await {
                Ok(()) => ledger.record(by, &stored).await.map_err(Refused::from),
                Err(error) => Err(Refused::disk("storing an upload", &error)),
            }
        };
        if recorded.is_err()
            && let Err(error) = self.remove_unrecorded(&ledger, &stored.file).await
        {
            warn!(%error, file = %stored.file, "a refused upload stays until it is swept");
        }
        recorded.map(|()| stored)
    }

    fn too_large(&self) -> Refused {
        let limit = self.0.max_bytes;
        Refusal::new(
            Code::TooLong,
            match limit / (1024 * 1024) {
                0 => format!("The file is too large: this server takes up to {limit} bytes."),
                megabytes => {
                    format!("The file is too large: this server takes up to {megabytes} MiB.")
                }
            },
        )
        .into()
    }
}

fn busy(why: &str) -> Refused {
    Refusal::new(Code::Busy, format!("{why} Try again in a moment.")).retry_after(BUSY).into()
}

/// The token of `Authorization: Bearer <token>`.
fn bearer(headers: &HeaderMap) -> Result<Token, Refused> {
    let refused = |message| Refused::from(Refusal::new(Code::TokenInvalid, message));
    let value = headers.get(AUTHORIZATION).ok_or_else(|| refused("The upload has no token."))?;
    value
        .to_str()
        .ok()
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .and_then(|(_, token)| token.trim_start().parse().ok())
        .ok_or_else(|| refused("The upload's token cannot be read."))
}

/// Takes in some of what a refused client still sends, and throws it away. A connection that is
/// closed while bytes come is reset, and the client may lose the answer that says why.
fn drain(headers: &HeaderMap, mut body: Body) {
    // Such a client sends nothing without being told to, and reading would tell it to.
    if body.is_end_stream() || headers.contains_key(EXPECT) {
        return;
    }
    tokio::spawn(timeout(DRAINING, async move {
        let mut left = DRAINED;
        while let Some(Ok(frame)) = body.frame().await {
            let length = frame.data_ref().map_or(0, |bytes| bytes.len() as u64);
            match left.checked_sub(length) {
                Some(less) => left = less,
                None => break,
            }
        }
    }));
}
