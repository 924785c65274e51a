use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use axum::{
    body::{Body, Bytes},
    http::{HeaderName, Method, Request, Response, StatusCode, header::AUTHORIZATION},
};
use http_body_util::BodyExt;
use hyper::body::{Frame, SizeHint};
use parlour_events::{Code, Reply};
use tempfile::TempDir;
use tokio::sync::{Semaphore, mpsc};
use tower::ServiceExt;

use super::{check::Problem, sweep::Swept, *};

mod check;
mod download;
mod sweep;
mod upload;

const MAX: u64 = 1024 * 1024;

/// All files whose content is in the folder, with a row or without.
fn list(folder: &Path) -> io::Result<BTreeSet<FileId>> {
    let folder = folder::Folder::at(folder);
    let mut files = BTreeSet::new();
    for first in 0..=u8::MAX {
        files.extend(folder.shard(first)?.into_iter().map(|(file, _)| file));
    }
    Ok(files)
}

/// The rows, in memory.
#[derive(Clone, Default)]
struct Memory(Arc<Book>);

#[derive(Default)]
struct Book {
    rows: Mutex<BTreeMap<FileId, Row>>,
    /// How often somebody was asked who they are.
    asked: Mutex<u32>,
    /// What everything is refused with that is to be written down.
    full: Mutex<Option<Refusal>>,
    /// Stops in front of writing down.
    recording: Pause,
    /// Stops behind forgetting.
    forgotten: Pause,
    /// A permit for each time that somebody asked for a file and nothing was known of it.
    unknown: Unknown,
}

#[derive(Clone)]
struct Row {
    stored: Stored,
    uploaded: Timestamp,
    /// A message has it.
    used: bool,
}

/// A place in the ledger where a test can make it wait.
struct Pause {
    set: Mutex<bool>,
    /// A permit for each that waits.
    reached: Semaphore,
    go_on: Semaphore,
}

impl Default for Pause {
    fn default() -> Self {
        Self { set: Mutex::new(false), reached: Semaphore::new(0), go_on: Semaphore::new(0) }
    }
}

struct Unknown(Semaphore);

impl Default for Unknown {
    fn default() -> Self {
        Self(Semaphore::new(0))
    }
}

impl Pause {
    fn set(&self) {
        *self.set.lock().unwrap() = true;
    }

    /// Returns when somebody waits.
    async fn reached(&self) {
        self.reached.acquire().await.unwrap().forget();
    }

    fn go_on(&self) {
        *self.set.lock().unwrap() = false;
        self.go_on.add_permits(1);
    }

    async fn pass(&self) {
        if *self.set.lock().unwrap() {
            self.reached.add_permits(1);
            self.go_on.acquire().await.unwrap().forget();
        }
    }
}

impl Memory {
    fn row(&self, file: &FileId) -> Option<Row> {
        self.0.rows.lock().unwrap().get(file).cloned()
    }

    fn insert(&self, stored: Stored) {
        let row = Row { stored, uploaded: now(), used: false };
        self.0.rows.lock().unwrap().insert(row.stored.file.clone(), row);
    }
}

impl Ledger for Memory {
    async fn uploader(&self, token: &Token, _: &Extensions) -> Result<UserId, Refusal> {
        *self.0.asked.lock().unwrap() += 1;
        match token.as_str() {
            "nobody" => Err(Refusal::new(Code::TokenInvalid, "The session is over.")),
            "muted" => Err(Refusal::new(Code::Muted, "You are muted.")),
            "hasty" => Err(Refusal::new(Code::RateLimited, "Too many uploads.")
                .retry_after(Duration::from_millis(1_500))),
            name => {
                let id = name.bytes().fold(0, |id, byte| id << 8 | u128::from(byte));
                Ok(UserId(uuid::Uuid::from_u128(id)))
            }
        }
    }

    async fn record(&self, _: UserId, file: &Stored) -> Result<(), Refusal> {
        self.0.recording.pass().await;
        if let Some(refusal) = self.0.full.lock().unwrap().clone() {
            return Err(refusal);
        }
        self.insert(file.clone());
        Ok(())
    }

    async fn find(&self, file: &FileId) -> Result<Option<Stored>, Refusal> {
        let found = self.row(file).map(|row| row.stored);
        if found.is_none() {
            self.0.unknown.0.add_permits(1);
        }
        Ok(found)
    }

    async fn forget_unused(&self, older_than: Timestamp) -> Result<Vec<FileId>, Refusal> {
        let mut forgotten = Vec::new();
        self.0.rows.lock().unwrap().retain(|file, row| {
            let keep = row.used || row.uploaded >= older_than;
            if !keep {
                forgotten.push(file.clone());
            }
            keep
        });
        self.0.forgotten.pass().await;
        Ok(forgotten)
    }
}

struct Server {
    dir: TempDir,
    files: Files,
    ledger: Memory,
    router: Router,
}

impl Server {
    fn new(max_bytes: u64) -> Self {
        let dir = TempDir::new().unwrap();
        let files = Files::open(dir.path().join("files"), max_bytes).unwrap();
        let ledger = Memory::default();
        let router = files.router(ledger.clone());
        Self { dir, files, ledger, router }
    }

    fn folder(&self) -> std::path::PathBuf {
        self.dir.path().join("files")
    }

    async fn post_as(&self, token: &str, body: impl Into<Body>) -> Response<Body> {
        post(&self.router, token, body.into()).await
    }

    /// What Ann's upload is answered.
    async fn uploaded(&self, content: impl Into<Body>) -> Uploaded {
        let response = self.post_as("ann", content).await;
        assert_eq!(response.status(), StatusCode::CREATED);
        reply(response).await.unwrap()
    }

    async fn get(&self, path: &str, headers: &[(HeaderName, &str)]) -> Response<Body> {
        self.ask(Method::GET, path, headers).await
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        headers: &[(HeaderName, &str)],
    ) -> Response<Body> {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(name, *value);
        }
        self.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
    }

    /// What is on disk: contents, and uploads that are coming in.
    fn on_disk(&self) -> (usize, usize) {
        (list(&self.folder()).unwrap().len(), names(&self.folder().join("incoming")))
    }
}

async fn post(router: &Router, token: &str, body: Body) -> Response<Body> {
    let request =
        Request::post("/files").header(AUTHORIZATION, format!("Bearer {token}")).body(body);
    router.clone().oneshot(request.unwrap()).await.unwrap()
}

async fn bytes(response: Response<Body>) -> Vec<u8> {
    response.into_body().collect().await.unwrap().to_bytes().to_vec()
}

async fn reply(response: Response<Body>) -> Result<Uploaded, Refusal> {
    serde_json::from_slice::<Reply<Uploaded>>(&bytes(response).await).unwrap().into()
}

fn header(response: &Response<Body>, name: impl AsRef<str>) -> &str {
    response.headers().get(name.as_ref()).map_or("", |value| value.to_str().unwrap())
}

fn names(folder: &Path) -> usize {
    fs::read_dir(folder).unwrap().count()
}

fn now() -> Timestamp {
    let millis = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
    Timestamp(u64::try_from(millis).unwrap())
}

fn later(hours: u64) -> Timestamp {
    Timestamp(now().0 + hours * 3_600_000)
}

/// A body that a test sends piece by piece, with a length that it claims to have.
struct Pieces {
    pieces: mpsc::Receiver<Result<Bytes, std::io::Error>>,
    length: Option<u64>,
    /// Somebody wanted a piece.
    asked: Arc<Mutex<bool>>,
}

type Sender = mpsc::Sender<Result<Bytes, std::io::Error>>;

impl Pieces {
    fn body(length: Option<u64>) -> (Sender, Arc<Mutex<bool>>, Body) {
        // Room for one: whoever has sent three knows that the first was worked off.
        let (sender, pieces) = mpsc::channel(1);
        let asked = Arc::default();
        (sender, Arc::clone(&asked), Body::new(Self { pieces, length, asked }))
    }
}

impl hyper::body::Body for Pieces {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        *self.asked.lock().unwrap() = true;
        self.pieces.poll_recv(context).map(|piece| piece.map(|piece| piece.map(Frame::data)))
    }

    fn size_hint(&self) -> SizeHint {
        self.length.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

/// Sends until at least the first piece is on its way to the disk.
async fn begin(sender: &Sender) {
    for _ in 0..3 {
        sender.send(Ok(Bytes::from_static(b"piece"))).await.unwrap();
    }
}

/// A PNG with this size, as far as anybody looks here.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    png.extend_from_slice(&width.to_be_bytes());
    png.extend_from_slice(&height.to_be_bytes());
    png.extend_from_slice(&[8, 6, 0, 0, 0, 1, 2, 3, 4]);
    png
}
