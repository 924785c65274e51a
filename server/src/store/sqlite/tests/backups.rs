//! Backup, restore, export, check.

use parlour_events::{ChangeId, DeleteMessage, ResetReason, Role};

use super::{
    super::offline::{OfflineError, backup, check, export, grant, restore},
    *,
};

#[tokio::test]
async fn a_backup_made_while_writing_is_restored_as_another_history() {
    let mut place = Place::new();
    let ann = place.joined("Ann").await;
    place.say(ann, "before").await.unwrap();
    let (epoch, file) = (place.store().epoch(), place.folder.path().join("backup"));
    assert_eq!(backup(place.folder.path(), &file).unwrap(), (0, vec![]));
    assert!(matches!(backup(place.folder.path(), &file), Err(OfflineError::Exists(_))));
    place.say(ann, "after").await.unwrap();

    let busy = restore(place.folder.path(), &file);
    assert!(matches!(busy, Err(OfflineError::Open(OpenError::InUse))), "{busy:?}");
    place.store = None;
    let old = restore(place.folder.path(), &file).unwrap().unwrap();
    assert!(old.is_file());
    place.reopen();
    assert_ne!(place.store().epoch(), epoch);
    let cursor = Some(Cursor { epoch, seq: Seq(2) });
    let answer = place.store().catch_up(ann, RoomName::default(), cursor, None, false).await;
    let CatchUp { head, page, .. } = answer.unwrap();
    let CatchUpPage::Reset { why, messages, .. } = page else { panic!("no reset") };
    assert_eq!((why, head, messages.len()), (ResetReason::Epoch, Seq(1), 1));
    assert_eq!(check(place.folder.path()).unwrap().problems, Vec::<String>::new());
}

#[test]
fn what_is_no_backup_is_not_restored() {
    let mut place = Place::new();
    let database = place.folder.path().join(FILE);
    let text = place.folder.path().join("text");
    std::fs::write(&text, "hello").unwrap();
    place.store = None;
    let elsewhere = TempDir::new().unwrap();
    for file in [&database, &text] {
        let error = restore(elsewhere.path(), file).unwrap_err();
        let told = matches!(error, OfflineError::NoBackup(_));
        assert!(told, "{error}");
        assert!(!elsewhere.path().join(FILE).exists());
    }
    assert!(restore(elsewhere.path(), &text.join("x")).is_err());
}

#[tokio::test]
async fn an_export_has_a_line_for_each_change() {
    let place = Place::new();
    let ann = place.joined("Ann").await;
    for number in 0..1_200 {
        place.say(ann, &format!("line {number}")).await.unwrap();
    }
    let mut out = Vec::new();
    let room = RoomName::default();
    assert_eq!(export(place.folder.path(), &room, &mut out).unwrap(), 1_200);
    let lines = String::from_utf8(out).unwrap();
    for (number, line) in (1..).zip(lines.lines()) {
        let change: Change = serde_json::from_str(line).unwrap();
        assert_eq!(change.seq, Seq(number));
    }
    let nowhere = "nowhere".parse().unwrap();
    let error = export(place.folder.path(), &nowhere, &mut Vec::new()).unwrap_err();
    assert!(matches!(error, OfflineError::RoomUnknown(_)));
}

#[tokio::test]
async fn a_check_finds_what_does_not_fit() {
    let mut place = Place::new();
    let ann = place.joined("Ann").await;
    for _ in 0..5 {
        place.say(ann, "x").await.unwrap();
    }
    place.store = None;
    let db = Connection::open(place.folder.path().join(FILE)).unwrap();
    for (damage, word) in [
        ("DELETE FROM messages WHERE seq = 3", "change 3 was expected"),
        ("UPDATE rooms SET head = 9", "9 was given"),
        ("INSERT INTO files VALUES (printf('%064d', 1), 'x', 1, NULL, NULL, 1, 1)", "file"),
        ("UPDATE messages SET deleted = 1 WHERE seq = 1", "deleted"),
        ("UPDATE members SET room = 77", "points to nothing"),
    ] {
        db.execute_batch(&format!("PRAGMA foreign_keys = OFF; {damage}")).unwrap();
        let problems = check(place.folder.path()).unwrap().problems;
        assert!(problems.iter().any(|problem| problem.contains(word)), "{damage}: {problems:?}");
    }
    let empty = TempDir::new().unwrap();
    assert!(matches!(check(empty.path()), Err(OfflineError::Open(OpenError::Missing))));
}

#[tokio::test]
async fn a_check_looks_at_the_search_index() {
    let place = Place::new();
    let ann = place.joined("Ann").await;
    let problems = || check(place.folder.path()).unwrap().problems;
    assert_eq!(problems(), Vec::<String>::new(), "nothing is indexed");
    for number in 0..1_100 {
        place.say(ann, &format!("Crème brûlée, crème; {number}")).await.unwrap();
    }
    place.store().index().await.unwrap();
    assert_eq!(problems(), Vec::<String>::new(), "some of it is indexed");
    let unsaid = message("unsaid");
    let deleted = unsaid.id;
    place.send(ann, unsaid).await.unwrap();
    while place.store().index().await.unwrap() {}
    assert_eq!(problems(), Vec::<String>::new(), "all of it is indexed");
    let event =
        DeleteMessage { room: RoomName::default(), id: ChangeId(Uuid::now_v7()), message: deleted };
    place.ask(Write::Delete, By { user: ann, event }).await.unwrap();
    assert_eq!(problems(), Vec::<String>::new(), "a message has no text");

    let db = Connection::open(place.folder.path().join(FILE)).unwrap();
    let wrong =
        |count| format!("{count} messages whose words the search index does not have right");
    // Behind the index's back: a word more, a word less, and a text that is gone.
    db.execute_batch("UPDATE messages SET body = body || ' encore' WHERE seq = 3").unwrap();
    assert_eq!(problems(), [wrong(1)]);
    db.execute_batch("UPDATE messages SET body = 'brûlée' WHERE seq = 4").unwrap();
    db.execute_batch("UPDATE messages SET body = NULL WHERE seq = 5").unwrap();
    assert_eq!(problems(), [wrong(3)]);
    db.execute_batch("INSERT INTO words (words) VALUES ('rebuild')").unwrap();
    assert_eq!(problems(), Vec::<String>::new());

    db.execute_batch("DELETE FROM words_data WHERE id > 10").unwrap();
    let problems = problems();
    assert!(problems.iter().any(|problem| problem.contains("index")), "{problems:?}");
}

#[tokio::test]
async fn a_check_neither_waits_for_the_writer_nor_stops_it() {
    let place = Place::new();
    let ann = place.joined("Ann").await;
    place.say(ann, "hello").await.unwrap();
    while place.store().index().await.unwrap() {}
    let other = Connection::open(place.folder.path().join(FILE)).unwrap();
    other.execute_batch("BEGIN IMMEDIATE; UPDATE rooms SET head = 99").unwrap();
    assert_eq!(check(place.folder.path()).unwrap().problems, Vec::<String>::new());
}

#[test]
fn data_of_another_version_is_left_as_it_is() {
    let mut place = Place::new();
    place.store = None;
    let folder = place.folder.path();
    let version = |number: i64| {
        let db = Connection::open(folder.join(FILE)).unwrap();
        db.pragma_update(None, "user_version", number).unwrap();
    };
    let commands = || -> [OfflineError; 4] {
        let room = RoomName::default();
        [
            backup(folder, &folder.join("backup")).unwrap_err(),
            check(folder).unwrap_err(),
            export(folder, &room, &mut Vec::new()).unwrap_err(),
            grant(folder, &"Ann".parse().unwrap(), Role::Admin).unwrap_err(),
        ]
    };
    version(0);
    for error in commands() {
        let older = matches!(error, OfflineError::Open(OpenError::Older { found: 0, known: 1 }));
        assert!(older, "{error}");
    }
    version(99);
    for error in commands() {
        let newer = matches!(error, OfflineError::Open(OpenError::Newer { found: 99, known: 1 }));
        assert!(newer, "{error}");
    }
    let db = Connection::open(folder.join(FILE)).unwrap();
    let found: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(found, 99);
    assert!(!folder.join("backup").exists() && !folder.join("backup.part").exists());
}

#[cfg(unix)]
#[test]
fn a_backup_is_for_its_owner_alone() {
    use std::os::unix::fs::MetadataExt;

    let mut place = Place::new();
    let file = place.folder.path().join("backup");
    backup(place.folder.path(), &file).unwrap();
    assert_eq!(file.metadata().unwrap().mode() & 0o777, 0o600);
    place.store = None;
    restore(place.folder.path(), &file).unwrap();
    assert_eq!(place.folder.path().join(FILE).metadata().unwrap().mode() & 0o777, 0o600);
}

#[tokio::test]
async fn an_old_log_is_never_beside_a_restored_database() {
    let mut place = Place::new();
    let ann = place.joined("Ann").await;
    place.say(ann, "before").await.unwrap();
    let file = place.folder.path().join("backup");
    backup(place.folder.path(), &file).unwrap();
    place.say(ann, "only in the log").await.unwrap();
    // As after a crash: the folder with all that SQLite had in it.
    let crashed = TempDir::new().unwrap();
    for end in ["", "-wal", "-shm"] {
        let name = format!("{FILE}{end}");
        std::fs::copy(place.folder.path().join(&name), crashed.path().join(&name)).unwrap();
    }
    place.store = None;

    let old = restore(crashed.path(), &file).unwrap().unwrap();
    let names: std::collections::BTreeSet<_> = std::fs::read_dir(crashed.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let aside = old.file_name().unwrap().to_str().unwrap();
    assert_eq!(names, [FILE, aside, LOCK].map(str::to_owned).into());
    let messages = |path: &Path| -> i64 {
        let db = Connection::open(path).unwrap();
        db.query_row("SELECT count(*) FROM messages", [], |row| row.get(0)).unwrap()
    };
    assert_eq!((messages(&crashed.path().join(FILE)), messages(&old)), (1, 2));
}
