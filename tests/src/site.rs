//! Another site: pages of somebody else, under another host name than the servers have.

use std::collections::HashMap;

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::{Html, IntoResponse, Response},
    routing::any,
};
use tokio::{net::TcpListener, task::JoinHandle};

/// What the site has, by path without the slash in front, whoever asks for it and how.
type Pages = HashMap<String, String>;

/// A site. It goes with its value.
#[derive(Debug)]
pub struct Site {
    url: String,
    task: JoinHandle<()>,
}

impl Site {
    /// A site on a free port, with these pages: what stands behind its address, and their text.
    ///
    /// # Panics
    /// If there is no free port.
    pub async fn start(pages: &[(&str, &str)]) -> Self {
        let pages = pages.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
        let pages: Pages = pages.collect();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        // A name that browsers take for another site than 127.0.0.1, where the servers are.
        let url = format!("http://localhost:{port}");
        let router = Router::new().route("/{*path}", any(page)).with_state(pages);
        let task = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("serving does not end");
        });
        Self { url, task }
    }

    /// Where it is: `http://localhost:PORT`, which is its origin as well.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where one of its pages is.
    pub fn page(&self, path: &str) -> String {
        format!("{}/{path}", self.url)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn page(State(pages): State<Pages>, Path(path): Path<String>) -> Response {
    match pages.get(&path) {
        Some(text) => Html(text.clone()).into_response(),
        // Browsers ask for it by themselves, and complain if it is not there.
        None if path == "favicon.ico" => StatusCode::NO_CONTENT.into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
