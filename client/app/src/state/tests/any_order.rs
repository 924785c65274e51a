//! Whatever happens in whatever order, the state ends as the server's log.
//!
//! A small server and the two directions of a connection stand beside the state. Each step lets
//! something happen: somebody does something, the person does or reads something, a packet
//! arrives, is late, lost or doubled, the connection breaks, the page is loaded anew, the server
//! begins another history. In the end everything settles, and then what is here is what the server
//! has: the newest messages, those of the place that is read, what is unread, who is there; and
//! everything written is among the server's once and in order.

use std::collections::BTreeSet;

use parlour_events::Emoji;
use proptest::prelude::*;

use super::{
    world::{Deed, Step, World},
    *,
};
use crate::state::{Spot, message, stretch::Stretch};

fn deed() -> impl Strategy<Value = Deed> {
    // Mostly something new, or else something anywhere.
    let which = || prop_oneof![2 => 0..8_usize, 1 => 0..10_000_usize];
    prop_oneof![
        6 => (1..4_u64, any::<bool>()).prop_map(|(count, named)| Deed::Post { count, named }),
        2 => (4..30_u64).prop_map(|count| Deed::Post { count, named: false }),
        3 => which().prop_map(|which| Deed::Edit { which }),
        2 => which().prop_map(|which| Deed::Delete { which }),
        4 => (which(), any::<bool>(), prop::bool::weighted(0.7))
            .prop_map(|(which, emoji, on)| Deed::React { which, emoji, on }),
        1 => Just(Deed::Else),
    ]
}

fn spot() -> impl Strategy<Value = Spot> {
    prop_oneof![
        3 => (1..80_u64).prop_map(|seq| Spot::Message(Seq(seq))),
        1 => (1..80_u64).prop_map(|at| Spot::Time(Timestamp(at))),
        1 => Just(Spot::Oldest),
        1 => Just(Spot::Newest),
    ]
}

fn step(restarts: bool) -> impl Strategy<Value = Step> {
    let worst = if restarts { Step::Restart } else { Step::Break };
    // Most of it happens in the first room.
    let room = || prop_oneof![4 => Just(0_usize), 1 => 1..3_usize];
    let passing = prop::sample::select(vec![Code::Busy, Code::RateLimited, Code::Storage]);
    let person = prop_oneof![
        6 => (room(), deed()).prop_map(|(room, deed)| Step::Mine { room, deed }),
        2 => prop::option::weighted(0.9, room()).prop_map(|room| Step::Open { room }),
        4 => spot().prop_map(|spot| Step::ReadAt { spot }),
        8 => any::<bool>().prop_map(|earlier| Step::Scroll { earlier }),
        2 => any::<bool>().prop_map(|at| Step::AtBottom { at }),
        3 => (room(), 0..6_u64).prop_map(|(room, but)| Step::Read { room, but }),
        1 => room().prop_map(|room| Step::Leave { room }),
        1 => room().prop_map(|room| Step::Join { room }),
        1 => Just(Step::Reload),
    ];
    let network = prop_oneof![
        24 => prop::option::weighted(0.1, passing).prop_map(|busy| Step::ToServer { busy }),
        30 => (prop::bool::weighted(0.1), 0..4_usize)
            .prop_map(|(twice, skip)| Step::ToState { twice, skip }),
        2 => Just(Step::LoseAnswer),
        6 => (1..8_usize).prop_map(|by| Step::Late { by }),
        2 => room().prop_map(|room| Step::Head { room }),
        4 => Just(Step::Wake),
        2 => Just(Step::Break),
        8 => Just(Step::Connect),
        1 => Just(worst),
    ];
    let other = prop_oneof![
        9 => (room(), deed(), prop::bool::weighted(0.8))
            .prop_map(|(room, deed, told)| Step::Other { room, deed, told }),
        1 => (room(), 0..4_usize, any::<bool>())
            .prop_map(|(room, who, here)| Step::Comes { room, who, here }),
    ];
    prop_oneof![3 => other, 3 => person, 7 => network]
}

/// Number, name, text, files, edited, deleted, reactions.
type Seen = (Seq, MessageId, Option<Body>, usize, bool, bool, Vec<(Emoji, u64, bool)>);

fn seen(message: &message::Message) -> Seen {
    let said = message.content.said();
    let reactions = said.map_or(&[][..], |said| &said.reactions);
    (
        message.seq,
        message.id,
        message.content.body().cloned(),
        said.map_or(0, |said| said.files.len()),
        said.is_some_and(|said| said.edited),
        message.is_deleted(),
        reactions.iter().map(|it| (it.emoji.clone(), it.count, it.mine)).collect(),
    )
}

fn truth(message: &Message) -> Seen {
    let Posted { id, body, attachments, .. } = message.posted.clone();
    // Of a deleted message nobody cares whether it was edited before.
    let edited = message.edited.is_some() && !message.deleted;
    let reactions = message.reactions.iter().map(|it| (it.emoji.clone(), it.count, it.mine));
    let reactions = reactions.collect();
    (message.seq, id, body, attachments.len(), edited, message.deleted, reactions)
}

/// The stretch has all that the server has from its first message to its last, and knows what is
/// beyond.
fn is_true(stretch: &Stretch, there: &[Message]) -> Result<(), TestCaseError> {
    let here: Vec<Seen> = stretch.messages().iter().map(|it| seen(it)).collect();
    let (Some(first), Some(last)) = (stretch.first(), stretch.last()) else {
        prop_assert_eq!(stretch.earlier, !there.is_empty());
        return Ok(());
    };
    let between = there.iter().filter(|it| first <= it.seq && it.seq <= last);
    prop_assert_eq!(here, between.map(truth).collect::<Vec<_>>());
    prop_assert_eq!(stretch.earlier, there.iter().any(|it| it.seq < first));
    prop_assert_eq!(stretch.later, there.iter().any(|it| it.seq > last));
    Ok(())
}

fn is_as_the_server(world: &World) -> Result<(), TestCaseError> {
    for room in world.state.rooms() {
        let hall = world.server.at(room.name());
        let (log, there) = (room.log(), hall.messages());
        is_true(log.live(), &there)?;
        is_true(log.shown(), &there)?;
        prop_assert!(!log.live().later);
        let newest = there.last().map(|message| message.seq);
        prop_assert!(log.live().last().is_none_or(|last| Some(last) == newest));
        let opened = world.state.opened().is_some_and(|it| it.name() == room.name());
        if opened {
            prop_assert!(there.is_empty() || log.shown().first().is_some(), "nothing is shown");
            prop_assert!(room.is_loaded());
            let people = room.people();
            prop_assert!(people.is_listed());
            let here = |name: &&str| people.get(author(name).id).unwrap().here;
            let here: BTreeSet<&str> = server::OTHERS.into_iter().filter(here).collect();
            prop_assert_eq!(here, hall.here.iter().copied().collect::<BTreeSet<_>>());
        }
        prop_assert_eq!(room.outbox().entries().count(), 0);

        let unread = room.unread();
        let (messages, mentions) = hall.unread();
        if log.has_all_behind(unread.read) || world.deleted == 0 {
            prop_assert_eq!((unread.messages, unread.mentions), (messages, mentions));
        } else {
            // Nobody knows whether a message that is not here was counted.
            let may = |counted: u64, now: u64| now <= counted && counted <= now + world.deleted;
            prop_assert!(may(unread.messages, messages), "{:?}, not {}", unread, messages);
            prop_assert!(may(unread.mentions, mentions), "{:?}, not {}", unread, mentions);
        }
        prop_assert_eq!(unread.read, world.server.info(room.name()).read);
    }
    prop_assert_eq!(world.stored(), 0);
    Ok(())
}

fn run(steps: Vec<Step>) -> Result<World, TestCaseError> {
    let mut world = World::new();
    for step in steps {
        world.take(step);
    }
    world.settle();
    is_as_the_server(&world)?;
    // And again after a break, when the server has counted anew.
    world.take(Step::Break);
    world.settle();
    is_as_the_server(&world)?;
    Ok(world)
}

/// What was posted in this room, in order.
fn posted(world: &World, room: &RoomName) -> Vec<MessageId> {
    world.server.at(room).messages().iter().map(|message| message.posted.id).collect()
}

proptest! {
    // More by the environment variable PROPTEST_CASES.
    #![proptest_config(ProptestConfig {
        cases: if std::env::var_os("PROPTEST_CASES").is_some() {
            ProptestConfig::default().cases
        } else {
            1_000
        },
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn ends_as_the_log(steps in prop::collection::vec(step(false), 0..160)) {
        let world = run(steps)?;
        for room in world.server.names() {
            let written = world.written.iter().filter(|(it, _)| *it == room);
            let written: Vec<MessageId> = written.map(|(_, id)| *id).collect();
            let mut mine = posted(&world, &room);
            mine.retain(|id| written.contains(id));
            prop_assert_eq!(&mine, &written, "everything written, once, in order");
        }
    }

    #[test]
    fn ends_as_the_log_of_the_last_history(
        steps in prop::collection::vec(step(true), 0..160),
    ) {
        let world = run(steps)?;
        for room in world.server.names() {
            let posted = posted(&world, &room);
            let distinct: BTreeSet<_> = posted.iter().collect();
            prop_assert_eq!(distinct.len(), posted.len(), "posted twice");
        }
    }
}
