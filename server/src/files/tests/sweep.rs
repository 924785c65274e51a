use super::*;
use crate::files::sweep::UNUSED;

const UNUSED_HOURS: u64 = UNUSED.as_secs() / 3_600;

impl Server {
    fn used(&self, file: &FileId) {
        self.ledger.0.rows.lock().unwrap().get_mut(file).unwrap().used = true;
    }

    async fn sweep(&self, now: Timestamp) -> Swept {
        self.files.sweep(&self.ledger, now).await.unwrap()
    }
}

#[tokio::test]
async fn files_that_no_message_has_are_gone_after_a_day() {
    let server = Server::new(MAX);
    let used = server.uploaded("used").await.file;
    server.used(&used);
    let unused = server.uploaded("unused").await.file;
    assert_eq!(server.sweep(later(UNUSED_HOURS - 1)).await, Swept::default());
    assert_eq!(server.on_disk(), (2, 0));
    let swept = server.sweep(later(UNUSED_HOURS + 1)).await;
    assert_eq!(swept, Swept { unused: 1, ..Swept::default() });
    assert_eq!(list(&server.folder()).unwrap(), [used].into());
    let response = server.get(&format!("/files/{unused}"), &[]).await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn content_without_a_row_is_gone_after_an_hour() {
    let server = Server::new(MAX);
    let file = server.uploaded("orphan").await.file;
    server.ledger.0.rows.lock().unwrap().clear();
    assert_eq!(server.sweep(now()).await, Swept::default());
    assert_eq!(server.on_disk(), (1, 0));
    // All content is looked at once a day.
    assert_eq!(server.sweep(later(2)).await, Swept::default());
    let swept = server.sweep(later(25)).await;
    assert_eq!(swept, Swept { orphans: 1, ..Swept::default() });
    assert!(!server.files.0.folder.path(&file).exists());
    // A server that has just started looks at once.
    server.uploaded("another").await;
    server.ledger.0.rows.lock().unwrap().clear();
    let started = Files::open(server.folder(), MAX).unwrap();
    assert_eq!(started.sweep(&server.ledger, later(2)).await.unwrap().orphans, 1);
}

#[tokio::test]
async fn uploads_without_an_end_are_gone_after_an_hour() {
    let server = Server::new(MAX);
    fs::write(server.folder().join("incoming/left-behind"), "x").unwrap();
    assert_eq!(server.sweep(now()).await, Swept::default());
    assert_eq!(server.on_disk(), (0, 1));
    assert_eq!(server.sweep(later(2)).await, Swept { abandoned: 1, ..Swept::default() });
    assert_eq!(server.on_disk(), (0, 0));
}

#[tokio::test]
async fn a_clock_that_is_set_does_not_end_uploads() {
    let server = Server::new(MAX);
    let (sender, _, body) = Pieces::body(None);
    let (uploaded, ()) = tokio::join!(server.uploaded(body), async {
        begin(&sender).await;
        assert_eq!(server.sweep(later(1_000)).await, Swept::default());
        drop(sender);
    });
    assert_eq!(uploaded.size, 15);
}

#[tokio::test]
async fn what_is_not_ours_stays() {
    let server = Server::new(MAX);
    let folder = server.folder();
    fs::create_dir_all(folder.join("ab/cd")).unwrap();
    fs::create_dir_all(folder.join("lost+found")).unwrap();
    fs::write(folder.join("ab/README"), "x").unwrap();
    fs::write(folder.join("README"), "x").unwrap();
    assert_eq!(server.sweep(later(48)).await, Swept::default());
    assert!(folder.join("ab/README").exists() && folder.join("README").exists());
    assert!(list(&folder).unwrap().is_empty());
}

/// The row is forgotten, and before its content is removed somebody uploads the same again.
#[tokio::test]
async fn a_file_that_is_uploaded_again_while_it_is_swept_stays() {
    let server = Server::new(MAX);
    let file = server.uploaded("again").await.file;
    server.ledger.0.forgotten.set();
    let (files, ledger) = (server.files.clone(), server.ledger.clone());
    let sweep = tokio::spawn(async move { files.sweep(&ledger, later(48)).await });
    server.ledger.0.forgotten.reached().await;
    assert!(server.ledger.row(&file).is_none());
    assert_eq!(server.uploaded("again").await.file, file);
    server.ledger.0.forgotten.go_on();
    assert_eq!(sweep.await.unwrap().unwrap(), Swept::default());
    let response = server.get(&format!("/files/{file}"), &[]).await;
    assert_eq!(bytes(response).await, b"again");
}

/// The content has its name and is not written down yet when the sweep comes to it.
#[tokio::test]
async fn a_file_that_is_being_written_down_is_not_an_orphan() {
    let server = Server::new(MAX);
    server.ledger.0.recording.set();
    let router = server.router.clone();
    let upload = tokio::spawn(async move { post(&router, "ann", "new".into()).await });
    server.ledger.0.recording.reached().await;
    assert_eq!(server.on_disk(), (1, 0));
    // As if it had been there for long: nothing but the upload protects it.
    let (files, ledger) = (server.files.clone(), server.ledger.clone());
    let sweep = tokio::spawn(async move { files.sweep(&ledger, later(2)).await });
    // It has found no row, and would remove the content now.
    server.ledger.0.unknown.0.acquire().await.unwrap().forget();
    assert!(!sweep.is_finished());
    server.ledger.0.recording.go_on();
    assert_eq!(upload.await.unwrap().status(), StatusCode::CREATED);
    assert_eq!(sweep.await.unwrap().unwrap(), Swept::default());
    assert_eq!(server.on_disk(), (1, 0));
}

/// Uploads and sweeps of the same contents, as they come: a row never lacks its content, and when
/// all is quiet no content lacks its row.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn uploads_and_sweeps_may_meet_anywhere() {
    let server = Server::new(MAX);
    let uploads = (0..4).map(|person| {
        let router = server.router.clone();
        tokio::spawn(async move {
            for round in 0..40 {
                let content = format!("content {}", (round + person) % 3);
                let response = post(&router, &format!("person{person}"), content.into()).await;
                assert_eq!(response.status(), StatusCode::CREATED);
            }
        })
    });
    let uploads: Vec<_> = uploads.collect();
    let mut days = 2;
    while !uploads.iter().all(|upload| upload.is_finished()) {
        // Everything is old, and all content is looked at.
        days += 2;
        server.sweep(later(24 * days)).await;
        let rows = server.ledger.0.rows.lock().unwrap().clone();
        for file in rows.into_keys() {
            // It may have been swept since, together with its row.
            let there = server.files.0.folder.path(&file).exists();
            assert!(there || server.ledger.row(&file).is_none(), "{file}");
        }
        tokio::task::yield_now().await;
    }
    for upload in uploads {
        upload.await.unwrap();
    }
    let rows: Vec<_> = server.ledger.0.rows.lock().unwrap().keys().cloned().collect();
    assert!(list(&server.folder()).unwrap().into_iter().eq(rows));
}
