//! Two people change what was said: they edit, take back, react and answer, and both see it.

use parlour_tests::{browser::Browsers, in_every_browser, server::Server};

in_every_browser!(edits_and_deletions_are_seen_by_both, reactions_and_answers_are_seen_by_both);

async fn edits_and_deletions_are_seen_by_both(browsers: &Browsers) {
    let server = Server::start().await;
    let [ann, ben] = browsers.open_for(["Ann", "Ben"], server.url()).await;
    ann.enter("Ann").await;
    ben.enter("Ben").await;
    ann.say("At seven").await;
    let row = ann.shows("Ann", "At seven").await;
    ben.shows("Ann", "At seven").await;
    ann.changes(&row, "At eight").await;
    for page in [&ann, &ben] {
        let seen = page.sees("the other text", &row.id, |row| row.body == "At eight").await;
        assert_eq!((seen.seq, seen.author), (row.seq.clone(), row.author.clone()));
        page.sees("that it is another", &row.id, |row| row.edited && row.state == "sent").await;
        assert_eq!(page.axe().await, []);
    }
    // It stays so when the page is loaded again.
    ben.reload().await;
    ben.line_is("connected").await;
    ben.sees("the other text", &row.id, |row| row.body == "At eight" && row.edited).await;

    ann.takes_back(&row).await;
    for page in [&ann, &ben] {
        page.sees("that it is gone", &row.id, |row| row.gone && row.body.is_empty()).await;
        assert_eq!(page.axe().await, []);
    }
    ben.reload().await;
    ben.sees("that it is gone", &row.id, |row| row.gone && row.body.is_empty()).await;
    for page in [&ann, &ben] {
        assert_eq!(page.rows().await.len(), 1);
        assert_eq!(page.complaints().await, [""; 0]);
    }
}

async fn reactions_and_answers_are_seen_by_both(browsers: &Browsers) {
    let server = Server::start().await;
    let [ann, ben] = browsers.open_for(["Ann", "Ben"], server.url()).await;
    ann.enter("Ann").await;
    ben.enter("Ben").await;
    ann.say("Shall we?").await;
    let row = ben.shows("Ann", "Shall we?").await;
    ann.shows("Ann", "Shall we?").await;

    ben.reacts(&row, "party popper").await;
    for page in [&ann, &ben] {
        page.sees("a reaction", &row.id, |row| row.reactions == ["🎉 1"]).await;
    }
    ann.presses_reaction(&row).await;
    for page in [&ann, &ben] {
        page.sees("two", &row.id, |row| row.reactions == ["🎉 2"]).await;
        assert_eq!(page.axe().await, []);
    }
    ben.presses_reaction(&row).await;
    for page in [&ann, &ben] {
        page.sees("one less", &row.id, |row| row.reactions == ["🎉 1"]).await;
    }

    ben.answers(&row, "Of course").await;
    for page in [&ann, &ben] {
        let answer = page.shows("Ben", "Of course").await;
        assert!(answer.quote.contains("Ann") && answer.quote.contains("Shall we?"), "{answer:?}");
        assert_eq!(page.axe().await, []);
    }
    // What is said of a message that is taken back afterwards stays.
    ann.takes_back(&row).await;
    for page in [&ann, &ben] {
        page.sees("that it is gone", &row.id, |row| row.gone && row.reactions.is_empty()).await;
        let answer = page.shows("Ben", "Of course").await;
        assert!(answer.quote.contains("Ann"), "{answer:?}");
        assert_eq!(page.complaints().await, [""; 0]);
    }
}
