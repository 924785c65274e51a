//! Who was away while messages were edited and deleted has the same state afterwards, by one answer.

use std::time::Duration;

use parlour_events::{MessageId, ResetReason, RoomName};
use parlour_tests::{
    chaos::{
        arena::Arena,
        bot::{Bot, Status},
        record::{Place, Seen, Story},
        request::Request,
        swarm::Crowd,
    },
    interop::proxy::{Cut, Order, Proxy, Refuse, Resume},
    server::Launch,
    waiting::BOUND,
};

const TADA: &str = ":tada:";

/// Ten messages; all but two are touched again.
async fn posts(bot: &Bot, room: &RoomName) -> Vec<MessageId> {
    let mut ids = Vec::new();
    for number in 0..10 {
        ids.push(bot.says(room, &format!("message {number}")).await.0);
    }
    ids
}

/// Edits, deletes and reacts: some to what is there, some to what comes meanwhile.
async fn changes(bot: &Bot, room: &RoomName, ids: &[MessageId]) {
    let ask = async |request| bot.asks(request).await.expect("it is allowed");
    ask(Request::edit(room, ids[0], "edited once")).await;
    ask(Request::edit(room, ids[1], "edited once")).await;
    ask(Request::edit(room, ids[1], "edited twice")).await;
    ask(Request::delete(room, ids[2])).await;
    ask(Request::edit(room, ids[3], "edited, then deleted")).await;
    ask(Request::delete(room, ids[3])).await;
    ask(Request::react(room, ids[4], TADA, true)).await;
    ask(Request::react(room, ids[5], TADA, true)).await;
    ask(Request::react(room, ids[5], TADA, false)).await;
    ask(Request::react(room, ids[6], TADA, true)).await;
    ask(Request::delete(room, ids[6])).await;
    let (new, _) = bot.says(room, "posted meanwhile").await;
    ask(Request::edit(room, new, "posted and edited meanwhile")).await;
    let (gone, _) = bot.says(room, "posted to be deleted").await;
    ask(Request::delete(room, gone)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_away_converges_by_one_answer() {
    let mut arena = Arena::open("offline", Launch::default().unlimited().quiet(), 1).await;
    let network = Proxy::start(arena.server.address().parse().unwrap()).await.unwrap();
    // The first is behind the network, the second is not.
    let urls = [format!("http://{}", network.address()), arena.server.url().to_owned()];
    let swarm = arena.swarm(Crowd::new(2, &urls)).await;
    let (room, away, here) = (arena.rooms[0].clone(), &swarm.bots[0], &swarm.bots[1]);
    let ids = posts(here, &room).await;
    let first_ten = |status: &Status| status.cursors[&room].seq.0 == 10;
    away.is("the first ten", BOUND, first_ten).await;

    network.obey(&Order::Refuse(Refuse {}));
    network.obey(&Order::Cut(Cut::default()));
    away.is("to be away", BOUND, |status| !status.live).await;
    changes(here, &room, &ids).await;
    // What it does meanwhile waits, and comes behind all that.
    away.ask(Request::send(&room, "written while away"));
    let (_, last) = here.says(&room, "the last word").await;
    network.obey(&Order::Resume(Resume {}));
    away.is_done(Duration::from_secs(30)).await;
    let seq = last.seq.next();
    away.is("all of it", BOUND, |status| status.cursors[&room].seq >= seq).await;

    let mut story: Story = Story::default();
    let ends = away.end(&mut story).await;
    let [end] = &ends[..] else { panic!("one room: {ends:?}") };
    let known = |id: MessageId| end.fold.get(id).expect("a message").clone();
    let tada = TADA.parse().unwrap();
    assert!(known(ids[0]).says("edited once"));
    assert!(known(ids[1]).says("edited twice"));
    assert!([2, 3, 6].iter().all(|at| known(ids[*at]).deleted));
    assert_eq!([4, 5, 6].map(|at| known(ids[at]).reacted(&tada)), [1, 0, 0]);
    assert!([7, 8, 9].iter().all(|at| known(ids[*at]).says(&format!("message {at}"))));

    // By changes alone, which continued its cursor: it never began anew.
    let figures = swarm.record.with(|story| {
        let place = Place(0);
        let mine = story.read.iter().filter(|read| read.bot == 0 && read.room == place);
        let resets: Vec<_> = mine
            .filter_map(|read| match read.what {
                Seen::Reset(why) => Some(why),
                Seen::Applied { .. } => None,
            })
            .collect();
        resets
    });
    assert_eq!(figures, [ResetReason::New]);
    arena.conclude(swarm, &[]).await;
}
