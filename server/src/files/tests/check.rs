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

#[tokio::test]
async fn a_copy_has_the_files_that_are_named() {
    let (server, rows) = three().await;
    let target = server.dir.path().join("backup/files");
    let gone: FileId = "0".repeat(64).parse().unwrap();
    let wanted = [rows[0].file.clone(), gone.clone(), rows[1].file.clone()];
    let copied = copy_into(&server.folder(), wanted.clone(), &target).unwrap();
    assert_eq!(copied, Copied { files: 2, missing: vec![gone] });
    assert_eq!(list(&target).unwrap(), [rows[0].file.clone(), rows[1].file.clone()].into());
    assert_eq!(check(&target, rows[..2].to_vec()), []);
    assert_eq!(names(&target.join("incoming")), 0);
    // It can be used as it is.
    assert!(Files::open(&target, MAX).is_ok());
}

#[tokio::test]
async fn a_copy_over_an_older_one_brings_it_up_to_date() {
    let (server, rows) = three().await;
    let target = server.dir.path().join("backup");
    let files = || rows.iter().map(|row| row.file.clone());
    copy_into(&server.folder(), files().take(2), &target).unwrap();
    let broken = folder::Folder::at(&target).path(&rows[0].file);
    fs::remove_file(&broken).unwrap();
    fs::write(&broken, "o").unwrap();
    let copied = copy_into(&server.folder(), files(), &target).unwrap();
    assert_eq!(copied, Copied { files: 3, missing: Vec::new() });
    assert_eq!(check(&target, rows), []);
}

#[tokio::test]
async fn a_copy_outlives_what_it_was_made_of() {
    let (server, rows) = three().await;
    let target = server.dir.path().join("backup");
    copy_into(&server.folder(), rows.iter().map(|row| row.file.clone()), &target).unwrap();
    server.files.sweep(&server.ledger, later(48)).await.unwrap();
    assert_eq!(server.on_disk(), (0, 0));
    assert_eq!(check(&target, rows), []);
}

#[tokio::test]
async fn a_copy_that_cannot_be_made_says_so() {
    let (server, rows) = three().await;
    let target = server.dir.path().join("a-file");
    fs::write(&target, "").unwrap();
    assert!(copy_into(&server.folder(), [rows[0].file.clone()], &target).is_err());
    assert!(Files::open(&target, MAX).is_err());
}
