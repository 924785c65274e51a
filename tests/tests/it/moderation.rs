//! What moderators and administrators can do, to whom, and that it is written down.

use parlour_events::{
    Audit, Ban, BanEntry, ChangeId, ChangeKind, Code, DeleteMessage, JoinRoom, Kick, ListAudit,
    ListBans, MessageId, Mute, RemoveMember, Role, RoomHistory, RoomName, SetRole, Unban, UserId,
};
use parlour_tests::{
    person::{Door, Person, Told, text_in},
    server::{Server, run_to_end},
};
use uuid::Uuid;

fn chat() -> RoomName {
    RoomName::default()
}

fn mute(user: UserId, seconds: u64) -> Mute {
    Mute { user, seconds, reason: "noise".parse().unwrap() }
}

fn kick(user: UserId) -> Kick {
    Kick { user, reason: "noise".parse().unwrap() }
}

fn ban(user: UserId) -> Ban {
    Ban { user, addresses: false, seconds: None, reason: "noise".parse().unwrap() }
}

fn delete(message: MessageId) -> DeleteMessage {
    DeleteMessage { room: chat(), id: ChangeId(Uuid::now_v7()), message }
}

/// Gives a role on the command line, beside the running server.
async fn grant(server: &Server, nickname: &str, role: &str) {
    let data = server.data().to_str().unwrap();
    let done = run_to_end(&["grant", nickname, role, "--data", data]).await;
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// Somebody in the room who has this role.
async fn with_role(server: &Server, nickname: &str, role: &str) -> Person {
    let person = Person::chatting(server.url(), nickname).await;
    grant(server, nickname, role).await;
    person
}

async fn bans(person: &Person) -> Vec<BanEntry> {
    person.may(&ListBans { before: None }).await.bans
}

/// What was done by whom to whom, and the words about it; the latest last.
async fn audit(admin: &Person) -> Vec<(Option<String>, String, Option<String>, String)> {
    let Audit { mut entries, more } = admin.may(&ListAudit { before: None }).await;
    assert!(!more);
    entries.reverse();
    let name = |author: Option<parlour_events::Author>| author.map(|it| it.name.to_string());
    entries.into_iter().map(|it| (name(it.by), it.action, name(it.to), it.detail)).collect()
}

#[tokio::test]
async fn a_role_given_on_the_command_line_counts_at_once_and_is_told_at_the_next_connect() {
    let server = Server::start().await;
    let ann = Person::chatting(server.url(), "Ann").await;
    assert_eq!(ann.role(), Role::Member);
    assert_eq!(ann.may_not(&ListBans { before: None }).await.code, Code::Forbidden);
    grant(&server, "aNN", "admin").await;
    assert_eq!(bans(&ann).await, []);
    let device = ann.device().await;
    assert_eq!(device.role(), Role::Admin);
    let entry = (None, "mod:role".to_owned(), Some("Ann".to_owned()), "admin".to_owned());
    assert_eq!(audit(&ann).await, [entry]);

    grant(&server, "Ann", "member").await;
    assert_eq!(ann.may_not(&ListBans { before: None }).await.code, Code::Forbidden);
    let data = server.data().to_str().unwrap();
    let nobody = run_to_end(&["grant", "Nobody", "admin", "--data", data]).await;
    assert!(!nobody.status.success(), "{nobody:?}");
}

#[tokio::test]
async fn whoever_is_muted_reads_and_does_not_write() {
    let server = Server::start().await;
    let mod_ = with_role(&server, "Mod", "moderator").await;
    let mut ann = Person::chatting(server.url(), "Ann").await;
    let (before, sent) = ann.say(&chat(), "before").await;
    mod_.may(&mute(ann.id(), 3_600)).await;

    let refusal = ann.may_not(&text_in(&chat(), "muted")).await;
    assert_eq!(refusal.code, Code::Muted, "{refusal}");
    let left = refusal.retry_after.expect("for how long");
    assert!((3_000_000..=3_600_000).contains(&left), "{refusal:?}");
    let edit = parlour_events::EditMessage {
        room: chat(),
        id: ChangeId(Uuid::now_v7()),
        message: before,
        body: "said differently".parse().unwrap(),
    };
    assert_eq!(ann.may_not(&edit).await.code, Code::Muted);
    let react = parlour_events::React {
        room: chat(),
        id: ChangeId(Uuid::now_v7()),
        message: before,
        emoji: ":+1:".parse().unwrap(),
        on: true,
    };
    assert_eq!(ann.may_not(&react).await.code, Code::Muted);
    // It is the person that is muted, not the connection; and not for reading.
    let device = ann.device().await;
    device.join(&chat()).await;
    assert_eq!(device.may_not(&text_in(&chat(), "muted")).await.code, Code::Muted);
    let history = ann.may(&RoomHistory { room: chat(), from: None, limit: None }).await;
    assert_eq!((history.messages.len(), history.head), (1, sent.seq));
    mod_.say(&chat(), "Be quiet").await;
    ann.hears(&chat(), "Be quiet").await;

    mod_.may(&mute(ann.id(), 0)).await;
    ann.say(&chat(), "again").await;
}

#[tokio::test]
async fn whoever_is_muted_is_told_why_and_until_when() {
    let server = Server::start().await;
    let mod_ = with_role(&server, "Mod", "moderator").await;
    let mut ann = Person::chatting(server.url(), "Ann").await;
    let mut device = ann.device().await;
    for seconds in [3_600, 0] {
        mod_.may(&mute(ann.id(), seconds)).await;
        for connection in [&mut ann, &mut device] {
            let told = |told: &Told| matches!(told, Told::Muted(_));
            let Told::Muted(muted) = connection.news.expect("to be told", told).await else {
                panic!()
            };
            assert_eq!(muted.until.is_some(), seconds > 0, "{muted:?}");
            assert_eq!(muted.reason.as_str(), "noise");
        }
    }
}

#[tokio::test]
async fn whoever_comes_back_muted_is_told_until_when() {
    let server = Server::start().await;
    let mod_ = with_role(&server, "Mod", "moderator").await;
    let ann = Person::chatting(server.url(), "Ann").await;
    mod_.may(&mute(ann.id(), 3_600)).await;
    let mut device = ann.device().await;
    let told = |told: &Told| matches!(told, Told::Muted(_));
    let Told::Muted(muted) = device.news.expect("to be told", told).await else { panic!() };
    assert!(muted.until.is_some(), "{muted:?}");
}

#[tokio::test]
async fn a_mute_ends_by_itself() {
    let server = Server::start().await;
    let mod_ = with_role(&server, "Mod", "moderator").await;
    let ann = Person::chatting(server.url(), "Ann").await;
    mod_.may(&mute(ann.id(), 1)).await;
    // A slow machine may be too late to see it.
    if let Err(refusal) = ann.ask(&text_in(&chat(), "muted")).await {
        assert_eq!(refusal.code, Code::Muted);
        let left = refusal.retry_after.expect("for how long");
        assert!(left <= 1_000, "{refusal:?}");
        tokio::time::sleep(std::time::Duration::from_millis(left)).await;
        ann.say(&chat(), "that long was enough").await;
    }
}

#[tokio::test]
async fn whoever_is_kicked_is_gone_at_once_and_may_come_in_again() {
    let server = Server::start().await;
    let mut mod_ = with_role(&server, "Mod", "moderator").await;
    let mut ann = Person::chatting(server.url(), "Ann").await;
    let mut device = ann.device().await;
    mod_.may(&kick(ann.id())).await;
    for connection in [&mut ann, &mut device] {
        let ended = connection.ended().await;
        assert_eq!(ended.code, Code::Kicked);
        assert!(ended.message.contains("noise"), "{ended:?}");
    }
    // With the old token alone she is told that it is over; with her name she is let in.
    assert_eq!(Door::to(server.url()).token(&ann.token()).refused().await.code, Code::SessionEnded);
    // Nobody has her in the list any more, under her old id.
    let left = |told: &Told| matches!(told, Told::Presence(it) if it.left.contains(&ann.id()));
    mod_.news.expect("that Ann has left", left).await;
    let again = Person::chatting(server.url(), "Ann").await;
    again.say(&chat(), "again").await;
    mod_.say(&chat(), "still here").await;
}

#[tokio::test]
async fn whoever_is_banned_is_not_let_in_until_the_ban_is_lifted() {
    let server = Server::start().await;
    let mod_ = with_role(&server, "Mod", "moderator").await;
    let mut ann = Person::chatting(server.url(), "Ann").await;
    let mut device = ann.device().await;
    mod_.may(&ban(ann.id())).await;
    for connection in [&mut ann, &mut device] {
        let ended = connection.ended().await;
        assert_eq!(ended.code, Code::Banned);
        assert!(ended.message.contains("noise"), "{ended:?}");
    }
    let as_new = Door::to(server.url()).nickname("ann");
    for door in [ann.door(), Door::to(server.url()).token(&ann.token()), as_new] {
        let refusal = door.refused().await;
        assert_eq!(refusal.code, Code::Banned, "{refusal}");
        assert!(refusal.message.contains("noise"), "{refusal}");
    }
    let all = bans(&mod_).await;
    let [entry] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!((entry.person.id, &entry.address, entry.until), (ann.id(), &None, None));
    assert_eq!(entry.reason.as_str(), "noise");

    mod_.may(&Unban { ban: entry.ban }).await;
    assert_eq!(bans(&mod_).await, []);
    // Her session had ended: she comes in anew.
    Person::chatting(server.url(), "Ann").await;
    // Lifting it once more changes nothing.
    mod_.may(&Unban { ban: entry.ban }).await;
}

#[tokio::test]
async fn a_moderator_takes_back_what_a_member_wrote_and_everybody_sees_it() {
    let server = Server::start().await;
    let admin = with_role(&server, "Admin", "admin").await;
    let mod_ = with_role(&server, "Mod", "moderator").await;
    let mut ann = Person::chatting(server.url(), "Ann").await;
    let (message, _) = ann.say(&chat(), "something bad").await;
    let ben = Person::chatting(server.url(), "Ben").await;
    assert_eq!(ben.may_not(&delete(message)).await.code, Code::Forbidden);
    mod_.may(&delete(message)).await;
    let deleted = |told: &Told| match told {
        Told::Changes(news) => news.changes.iter().any(|change| match &change.kind {
            ChangeKind::Deleted { id, by } => *id == message && by.id == mod_.id(),
            _ => false,
        }),
        _ => false,
    };
    ann.news.expect("the deletion", deleted).await;
    let history = ben.may(&RoomHistory { room: chat(), from: None, limit: None }).await;
    let [only] = history.messages.as_slice() else { panic!("{history:?}") };
    assert!(only.deleted && only.posted.body.is_none(), "{only:?}");
    let last = audit(&admin).await.pop().unwrap();
    assert_eq!((last.0.as_deref(), last.1.as_str()), (Some("Mod"), "message:delete"));
    assert_eq!(last.2.as_deref(), Some("Ann"));
    // Taking back one's own is nothing to write down.
    let (own, _) = ann.say(&chat(), "a slip").await;
    ann.may(&delete(own)).await;
    assert_eq!(audit(&admin).await.pop().unwrap(), last);
}

#[tokio::test]
async fn nobody_does_anything_to_somebody_of_the_same_or_a_higher_role() {
    let server = Server::start().await;
    let admin = with_role(&server, "Admin", "admin").await;
    let admin2 = with_role(&server, "Second admin", "admin").await;
    let mod_ = with_role(&server, "Mod", "moderator").await;
    let mod2 = with_role(&server, "Second mod", "moderator").await;
    let ann = Person::chatting(server.url(), "Ann").await;
    let ben = Person::chatting(server.url(), "Ben").await;
    let before = audit(&admin).await.len();

    for (who, whom) in [
        (&ann, &ben),
        (&ann, &ann),
        (&ann, &mod_),
        (&ann, &admin),
        (&mod_, &mod2),
        (&mod_, &mod_),
        (&mod_, &admin),
        (&admin, &admin2),
        (&admin, &admin),
    ] {
        let refusals = [
            who.may_not(&mute(whom.id(), 60)).await,
            who.may_not(&kick(whom.id())).await,
            who.may_not(&ban(whom.id())).await,
            who.may_not(&Ban { addresses: true, ..ban(whom.id()) }).await,
            who.may_not(&RemoveMember { room: chat(), user: whom.id() }).await,
        ];
        for refusal in refusals {
            assert_eq!(refusal.code, Code::Forbidden, "{who:?} to {whom:?}");
        }
    }
    let role = |whom: &Person, role| SetRole { user: whom.id(), role };
    for who in [&ann, &mod_] {
        assert_eq!(who.may_not(&role(who, Role::Admin)).await.code, Code::Forbidden);
        assert_eq!(who.may_not(&role(&ben, Role::Moderator)).await.code, Code::Forbidden);
        assert_eq!(who.may_not(&ListAudit { before: None }).await.code, Code::Forbidden);
    }
    assert_eq!(admin.may_not(&role(&admin2, Role::Member)).await.code, Code::Forbidden);
    assert_eq!(ann.may_not(&Unban { ban: 1 }).await.code, Code::Forbidden);
    assert_eq!(ann.may_not(&ListBans { before: None }).await.code, Code::Forbidden);
    let nobody = UserId(Uuid::now_v7());
    assert_eq!(mod_.may_not(&kick(nobody)).await.code, Code::UserUnknown);

    // Nothing of it was done, and nothing is written down.
    assert_eq!(audit(&admin).await.len(), before);
    assert_eq!(bans(&admin).await, []);
    for person in [&admin, &admin2, &mod_, &mod2, &ann, &ben] {
        person.say(&chat(), "still here, and not muted").await;
    }
}

#[tokio::test]
async fn what_moderators_write_is_deleted_by_somebody_higher_only() {
    let server = Server::start().await;
    let admin = with_role(&server, "Admin", "admin").await;
    let mod_ = with_role(&server, "Mod", "moderator").await;
    let mod2 = with_role(&server, "Second mod", "moderator").await;
    let (by_mod, _) = mod_.say(&chat(), "by a moderator").await;
    let (by_admin, _) = admin.say(&chat(), "by an administrator").await;
    assert_eq!(mod2.may_not(&delete(by_mod)).await.code, Code::Forbidden);
    assert_eq!(mod2.may_not(&delete(by_admin)).await.code, Code::Forbidden);
    admin.may(&delete(by_mod)).await;
    admin.may(&delete(by_admin)).await;
}

#[tokio::test]
async fn roles_are_given_and_taken_while_people_are_connected() {
    let server = Server::start().await;
    let admin = with_role(&server, "Admin", "admin").await;
    let mut ann = Person::chatting(server.url(), "Ann").await;
    let mut device = ann.device().await;
    let ben = Person::chatting(server.url(), "Ben").await;
    for (role, allowed) in [(Role::Moderator, true), (Role::Member, false)] {
        admin.may(&SetRole { user: ann.id(), role }).await;
        for connection in [&mut ann, &mut device] {
            let told = |told: &Told| matches!(told, Told::Session(it) if it.role == role);
            connection.news.expect("the new role", told).await;
        }
        assert_eq!(ann.ask(&mute(ben.id(), 0)).await.is_ok(), allowed);
    }
    // An administrator is one until giving it up.
    admin.may(&SetRole { user: ann.id(), role: Role::Admin }).await;
    let refusal = ann.may_not(&SetRole { user: admin.id(), role: Role::Member }).await;
    assert_eq!(refusal.code, Code::Forbidden);
    admin.may(&SetRole { user: admin.id(), role: Role::Member }).await;
    assert_eq!(admin.may_not(&ListAudit { before: None }).await.code, Code::Forbidden);
}

#[tokio::test]
async fn all_that_was_done_is_written_down_in_its_order() {
    let server = Server::start().await;
    let admin = with_role(&server, "Admin", "admin").await;
    let mod_ = Person::chatting(server.url(), "Mod").await;
    let ann = Person::chatting(server.url(), "Ann").await;
    admin.may(&SetRole { user: mod_.id(), role: Role::Moderator }).await;
    let (message, _) = ann.say(&chat(), "something bad").await;
    mod_.may(&delete(message)).await;
    mod_.may(&mute(ann.id(), 60)).await;
    mod_.may(&mute(ann.id(), 0)).await;
    mod_.may(&RemoveMember { room: chat(), user: ann.id() }).await;
    mod_.may(&kick(ann.id())).await;
    mod_.may(&Ban { seconds: Some(60), ..ban(ann.id()) }).await;
    let entry = bans(&mod_).await[0].ban;
    mod_.may(&Unban { ban: entry }).await;
    let done: Vec<_> = audit(&admin).await.into_iter().map(|it| (it.0, it.1, it.2)).collect();
    let entry = |by: &str, action: &str, to: &str| {
        (Some(by.to_owned()), action.to_owned(), Some(to.to_owned()))
    };
    assert_eq!(
        done,
        [
            (None, "mod:role".to_owned(), Some("Admin".to_owned())),
            entry("Admin", "mod:role", "Mod"),
            entry("Mod", "message:delete", "Ann"),
            entry("Mod", "mod:mute", "Ann"),
            entry("Mod", "mod:mute", "Ann"),
            entry("Mod", "room:remove", "Ann"),
            entry("Mod", "mod:kick", "Ann"),
            entry("Mod", "mod:ban", "Ann"),
            entry("Mod", "mod:unban", "Ann"),
        ]
    );
    let refusal = ann.door().refused().await;
    assert_eq!(refusal.code, Code::SessionEnded);
    let again = Person::enter(server.url(), "Ann").await;
    again.may(&JoinRoom { room: chat(), after: None }).await;
}
