//! The browser's database: texts under keys, in a few stores.
//!
//! Storage may be forbidden, full or emptied at any time. Whoever writes is told when it went
//! wrong; what was written before a page is closed is there at the next visit.

use crate::live::spawn;
use futures_channel::oneshot;
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{IdbDatabase, IdbOpenDbRequest, IdbRequest, IdbTransaction, IdbTransactionMode};

use super::js;

/// What is on its way to the server.
pub const OUTBOX: &str = "outbox";
/// What was written and not sent, by room.
pub const DRAFTS: &str = "drafts";

const NAME: &str = "parlour";
const VERSION: u32 = 1;
const STORES: [&str; 2] = [OUTBOX, DRAFTS];

/// The database, open.
#[derive(Debug, Clone)]
pub struct Database(IdbDatabase);

impl Database {
    /// Opens it; none where there is no storage.
    pub async fn open() -> Option<Self> {
        let factory = leptos::prelude::window().indexed_db().ok()??;
        let request = factory.open_with_u32(NAME, VERSION).ok()?;
        let upgrade = {
            let request = request.clone();
            Closure::once(move || make_stores(&request))
        };
        request.set_onupgradeneeded(Some(upgrade.as_ref().unchecked_ref()));
        let database: IdbDatabase = result(&request).await?.dyn_into().ok()?;
        // Another page with a newer version wants to change it: it may.
        let closing = database.clone();
        let close = Closure::once_into_js(move || closing.close());
        database.set_onversionchange(Some(close.unchecked_ref()));
        Some(Self(database))
    }

    /// All that a store has, as pairs of key and text, ordered by key.
    pub async fn all(&self, store: &str) -> Option<Vec<(String, String)>> {
        let transaction = self.0.transaction_with_str(store).ok()?;
        let store = transaction.object_store(store).ok()?;
        let (keys, values) = (store.get_all_keys().ok()?, store.get_all().ok()?);
        let (keys, values) = (result(&keys).await?, result(&values).await?);
        let (keys, values): (Array, Array) = (keys.dyn_into().ok()?, values.dyn_into().ok()?);
        let pair = |(key, value): (JsValue, JsValue)| Some((key.as_string()?, value.as_string()?));
        Some(keys.iter().zip(values.iter()).filter_map(pair).collect())
    }

    /// Puts a text under a key, or takes the key away; `kept` is told how it went.
    pub fn write(
        &self,
        store: &str,
        changes: &[(String, Option<String>)],
        kept: impl FnOnce(bool) + 'static,
    ) {
        match self.try_write(store, changes) {
            Some(transaction) => {
                let (sender, receiver) = oneshot::channel();
                let done = settle(&transaction, sender);
                spawn(async move {
                    kept(receiver.await == Ok(true));
                    drop(done);
                });
            }
            None => kept(false),
        }
    }

    fn try_write(
        &self,
        store: &str,
        changes: &[(String, Option<String>)],
    ) -> Option<IdbTransaction> {
        let mode = IdbTransactionMode::Readwrite;
        let transaction = self.0.transaction_with_str_and_mode(store, mode).ok()?;
        let store = transaction.object_store(store).ok()?;
        for (key, value) in changes {
            let key = JsValue::from(key);
            match value {
                Some(value) => store.put_with_key(&value.into(), &key).ok()?,
                None => store.delete(&key).ok()?,
            };
        }
        // Not waited for: the page may go now, and what goes unsaid with it counts as given up.
        js::call(&transaction, "commit", &[]);
        Some(transaction)
    }
}

fn make_stores(request: &IdbOpenDbRequest) {
    let Ok(Ok(database)) = request.result().map(JsCast::dyn_into::<IdbDatabase>) else { return };
    for store in STORES {
        // Fails where it is there already.
        let _ = database.create_object_store(store);
    }
}

/// Listens for the end of a transaction; the listeners are to live until then.
fn settle(
    transaction: &IdbTransaction,
    sender: oneshot::Sender<bool>,
) -> [Closure<dyn FnMut()>; 2] {
    let sender = std::rc::Rc::new(std::cell::Cell::new(Some(sender)));
    let tell = |went: bool| {
        let sender = std::rc::Rc::clone(&sender);
        Closure::<dyn FnMut()>::new(move || {
            if let Some(sender) = sender.take() {
                let _ = sender.send(went);
            }
        })
    };
    let (complete, abort) = (tell(true), tell(false));
    transaction.set_oncomplete(Some(complete.as_ref().unchecked_ref()));
    transaction.set_onabort(Some(abort.as_ref().unchecked_ref()));
    [complete, abort]
}

/// The result of a request; none if it failed.
async fn result(request: &IdbRequest) -> Option<JsValue> {
    let (sender, receiver) = oneshot::channel();
    let sender = std::rc::Rc::new(std::cell::Cell::new(Some(sender)));
    let done = Closure::<dyn FnMut()>::new(move || {
        if let Some(sender) = sender.take() {
            let _ = sender.send(());
        }
    });
    request.set_onsuccess(Some(done.as_ref().unchecked_ref()));
    request.set_onerror(Some(done.as_ref().unchecked_ref()));
    receiver.await.ok()?;
    let error = js::get(request, "error");
    error.is_none().then(|| request.result().ok()).flatten()
}
