//! What the files need of the chat: who uploads, and what is written down.

use std::sync::Arc;

use axum::http::Extensions;
use parlour_events::{Code, FileId, Refusal, Timestamp, Token, UserId};

use super::{Chat, hub::ask};
use crate::{
    clock,
    files::{Ledger, Stored},
    identity::{Authority, session_key, subject_key},
    peer::ClientAddress,
    store::{Asked, Store, Write, muted, write::By},
};

/// The chat, as the files see it.
pub(crate) struct Books<S>(Arc<Chat<S>>);

impl<S> Clone for Books<S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<S: Store> Books<S> {
    pub(crate) fn new(chat: &Arc<Chat<S>>) -> Self {
        Self(chat.clone())
    }
}

impl<S: Store> Ledger for Books<S> {
    async fn uploader(&self, token: &Token, from: &Extensions) -> Result<UserId, Refusal> {
        let now = clock::now();
        let address = from.get::<ClientAddress>().map(|client| client.key().to_string());
        let address = address.unwrap_or_default();
        let key = match &*self.0.authority {
            Authority::Guests => session_key(token),
            Authority::Jwt(verifier) => subject_key(&verifier.verify(token, now / 1_000)?.subject),
        };
        let kept = self.0.store.session(key, address, now).await?.ok_or_else(|| {
            let sentence = "This token is not known here. Come in to the chat first.";
            Refusal::new(Code::TokenInvalid, sentence)
        })?;
        if kept.muted_until > now {
            return Err(muted(kept.muted_until - now));
        }
        self.0.budgets.upload(kept.person.id)?;
        Ok(kept.person.id)
    }

    async fn record(&self, by: UserId, file: &Stored) -> Result<(), Refusal> {
        let op = By { user: by, event: file.clone() };
        ask(&self.0.hub, |answer| Write::File(Asked { op, answer })).await.map(drop)
    }

    async fn find(&self, file: &FileId) -> Result<Option<Stored>, Refusal> {
        self.0.store.file(file.clone()).await
    }

    async fn forget_unused(&self, older_than: Timestamp) -> Result<Vec<FileId>, Refusal> {
        let mut forgotten = Vec::new();
        loop {
            let some =
                ask(&self.0.hub, |answer| Write::ForgetFiles(Asked { op: older_than, answer }));
            match some.await {
                Ok(files) if files.is_empty() => return Ok(forgotten),
                Ok(files) => forgotten.extend(files),
                // What was forgotten has to be removed all the same.
                Err(_) if !forgotten.is_empty() => return Ok(forgotten),
                Err(refusal) => return Err(refusal),
            }
        }
    }
}
