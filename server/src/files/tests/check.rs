use super::*;

/// Three files, and their rows.
async fn three() -> (Server, Vec<Stored>) {
    let server = Server::new(MAX);
    let mut rows = Vec::new();
    for content in ["one", "two", "three"] {
        let file = server.uploaded(content).await.file;
        rows.push(server.ledger.row(&file).unwrap().stored);
    }
    (server, rows)
}

#[tokio::test]
async fn files_as_they_should_be_are_no_problem() {
    let (server, rows) = three().await;
    assert_eq!(check(&server.folder(), rows), []);
    assert_eq!(check(Path::new("/nowhere"), []), []);
}

#[tokio::test]
async fn every_kind_of_damage_is_told() {
    let (server, rows) = three().await;
    let path = |row: &Stored| server.files.0.folder.path(&row.file);
    fs::remove_file(path(&rows[0])).unwrap();
    fs::write(path(&rows[1]), "tw0").unwrap();
    fs::write(path(&rows[2]), "thr").unwrap();
    let files: Vec<FileId> = rows.iter().map(|row| row.file.clone()).collect();
    let problems = check(&server.folder(), rows.clone());
    assert_eq!(
        problems,
        [
            Problem::Missing(files[0].clone()),
            Problem::WrongContent(files[1].clone()),
            Problem::WrongSize { file: files[2].clone(), expected: 5, found: 3 },
        ]
    );
    assert_eq!(problems[0].to_string(), format!("file {} is missing", files[0]));

    fs::create_dir(path(&rows[0])).unwrap();
    let problems = check(&server.folder(), rows.into_iter().take(1));
    assert!(matches!(problems[..], [Problem::Unreadable { .. }]), "{problems:?}");
}
