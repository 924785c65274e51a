//! What a process writes, line by line.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};

use crate::{
    news::Teller,
    waiting::{BOUND, wait_for_bound},
};

/// Most lines shown when a test fails.
const SHOWN: usize = 200;

/// All lines that a process has written, of one stream or of several. Clones are the same
/// transcript. When the last of them is dropped by a test that fails, it is shown.
#[derive(Debug, Clone)]
pub struct Transcript(Arc<Lines>);

#[derive(Debug)]
struct Lines {
    name: String,
    lines: Mutex<Vec<String>>,
}

impl Transcript {
    /// An empty transcript of what `name` writes.
    pub fn new(name: impl Into<String>) -> Self {
        Self(Arc::new(Lines { name: name.into(), lines: Mutex::default() }))
    }

    /// Takes down every line of a stream, until it ends.
    pub fn follow(&self, stream: impl AsyncRead + Unpin + Send + 'static) {
        self.take_down(stream, |_| {});
    }

    /// As [`Transcript::follow`], and tells each line.
    pub fn follow_and_tell(
        &self,
        stream: impl AsyncRead + Unpin + Send + 'static,
        teller: Teller<String>,
    ) {
        self.take_down(stream, move |line| teller.tell(line.to_owned()));
    }

    fn take_down(
        &self,
        stream: impl AsyncRead + Unpin + Send + 'static,
        tell: impl Fn(&str) + Send + 'static,
    ) {
        // Weak, or the stream of a process that lives longer would keep it from being shown.
        let lines = Arc::downgrade(&self.0);
        let mut reader = BufReader::new(stream);
        tokio::spawn(async move {
            let mut bytes = Vec::new();
            // A stream that breaks has ended.
            while let Ok(1..) = reader.read_until(b'\n', &mut bytes).await {
                let line = String::from_utf8_lossy(&bytes).trim_end().to_owned();
                bytes.clear();
                tell(&line);
                match lines.upgrade() {
                    Some(lines) => lines.lock().push(line),
                    None => return,
                }
            }
        });
    }

    /// How many lines there are; a place to look from.
    pub fn length(&self) -> usize {
        self.0.lock().len()
    }

    /// The lines from a place on.
    pub fn since(&self, place: usize) -> Vec<String> {
        self.0.lock().get(place..).unwrap_or_default().to_vec()
    }

    /// All lines as one text.
    pub fn text(&self) -> String {
        self.0.lock().join("\n")
    }

    /// Waits for a line that holds all of `parts`, looking from a place on.
    ///
    /// # Panics
    /// If it does not come in time.
    pub async fn line(&self, place: usize, parts: &[&str]) -> String {
        let fits = |line: &str| parts.iter().all(|part| line.contains(part));
        self.find(&format!("a line of {} with {parts:?}", self.0.name), place, BOUND, fits).await
    }

    /// Waits for a line that fits, looking from a place on, with a bound of its own.
    ///
    /// # Panics
    /// If it does not come in time.
    pub async fn find(
        &self,
        what: &str,
        place: usize,
        bound: Duration,
        fits: impl Fn(&str) -> bool,
    ) -> String {
        wait_for_bound(what, bound, async || {
            let lines = self.since(place);
            let found = lines.iter().find(|line| fits(line));
            // The whole of it is shown anyway.
            found.cloned().ok_or_else(|| lines.last().cloned())
        })
        .await
    }
}

impl Lines {
    fn lock(&self) -> MutexGuard<'_, Vec<String>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        if thread::panicking() {
            let lines = self.lock();
            let skipped = lines.len().saturating_sub(SHOWN);
            eprintln!("--- {} wrote ({skipped} lines left out) ---", self.name);
            for line in lines.iter().skip(skipped) {
                eprintln!("{line}");
            }
        }
    }
}
