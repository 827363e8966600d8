//! Messages: once, leased, put back.

use crate::fixtures::*;
use crate::world::World;
use waybill::store::*;

pub async fn messages_are_stored_once(world: World) {
    let store = &world.store;
    let mut doubled = message(1);
    doubled.id.0 = id("message", 100);
    let first = store.receive(&[message(1), message(2), doubled.clone()], &lease("a", 30)).await.unwrap();
    assert_eq!(first, [Received::New, Received::New, Received::Duplicate]);
    let second = store.receive(&[message(3), doubled], &lease("a", 30)).await.unwrap();
    assert_eq!(second, [Received::New, Received::Duplicate]);
    assert_eq!(store.counts(at(0)).await.unwrap().duplicates, 2);
    let claimed = store.claim_messages(&lease("a", 90), at(60), 10).await.unwrap();
    let mut ids: Vec<_> = claimed.iter().map(|message| message.new.message_id.as_str()).collect();
    ids.sort();
    assert_eq!(ids, ["m-1", "m-2", "m-3"]);
    assert!(store.receive(&[], &lease("a", 30)).await.unwrap().is_empty());
}

pub async fn a_repeated_receive_is_still_ours(world: World) {
    // The answer to the first try was lost with its connection.
    world.store.receive(&[message(1)], &lease("a", 30)).await.unwrap();
    let repeated = world.store.receive(&[message(1)], &lease("a", 30)).await.unwrap();
    assert_eq!(repeated, [Received::New]);
    assert_eq!(world.store.claim_messages(&lease("b", 90), at(60), 10).await.unwrap().len(), 1);
}

pub async fn equal_message_ids_of_different_senders_are_different(world: World) {
    let different: [fn(&mut NewMessage); 4] = [
        |message| message.connection = "erp2".into(),
        |message| message.event = "receipts".into(),
        |message| message.source = "stream/orders".into(),
        |message| message.tenant.0 = 2,
    ];
    world.store.receive(&[message(1)], &lease("a", 30)).await.unwrap();
    for (number, change) in different.iter().enumerate() {
        let mut other = message(1);
        other.id.0 = id("message", 50 + number as u64);
        change(&mut other);
        assert_eq!(world.store.receive(&[other], &lease("a", 30)).await.unwrap(), [Received::New], "{number}");
    }
}

pub async fn concurrent_receivers_store_a_message_once(world: World) {
    let receivers = (0..4_u64).map(|receiver| {
        let store = if receiver % 2 == 0 { world.store.clone() } else { world.other.clone() };
        tokio::spawn(async move {
            // Each in another order, so that lock order matters.
            let mut messages: Vec<NewMessage> = (0..200).map(|n| message((n * (receiver * 2 + 1)) % 200)).collect();
            for (place, message) in messages.iter_mut().enumerate() {
                message.id.0 = id("message", 1000 * (receiver + 1) + place as u64);
            }
            store.receive(&messages, &lease("a", 30)).await.unwrap()
        })
    });
    let mut new = 0;
    for receiver in futures::future::join_all(receivers).await {
        new += receiver.unwrap().into_iter().filter(|received| *received == Received::New).count();
    }
    assert_eq!(new, 200);
}

pub async fn leases_keep_messages_until_they_end(world: World) {
    let store = &world.store;
    store.receive(&[message(1)], &lease("a", 30)).await.unwrap();
    store.receive(&[message(2)], &lease("a", 20)).await.unwrap();
    assert!(world.other.claim_messages(&lease("b", 60), at(10), 10).await.unwrap().is_empty());
    let claimed = world.other.claim_messages(&lease("b", 60), at(40), 10).await.unwrap();
    let order: Vec<_> = claimed.iter().map(|message| (message.new.message_id.as_str(), message.attempts)).collect();
    assert_eq!(order, [("m-2", 2), ("m-1", 2)], "oldest due first, a claim counts as a try");
    assert_eq!((claimed[0].state.as_str(), claimed[0].due_at), ("new", at(60)));
    assert!(store.claim_messages(&lease("a", 90), at(50), 10).await.unwrap().is_empty());
    assert_eq!(store.claim_messages(&lease("a", 90), at(60), 1).await.unwrap().len(), 1, "the limit counts");
}

fn deferral(number: u64, state: &str, due: i64) -> Deferral {
    Deferral { id: message(number).id, tenant: TENANT, due_at: at(due), state: state.into(), external_id: None, heard: None, problem: None }
}

pub async fn deferred_messages_keep_what_was_learnt(world: World) {
    let store = &world.store;
    store.receive(&[message(1), message(2)], &lease("a", 30)).await.unwrap();
    let learnt = Deferral {
        external_id: Some("A1".into()),
        heard: Some("{\"s\":1}".into()),
        problem: Some("no link".into()),
        ..deferral(1, "parked", 5)
    };
    store.defer_messages(&[learnt, deferral(2, "stopped", 5)]).await.unwrap();
    let waiting = store.messages(TENANT, &page(10)).await.unwrap();
    let mut states: Vec<_> = waiting.iter().map(|message| message.state.as_str()).collect();
    states.sort();
    assert_eq!(states, ["parked", "stopped"]);
    // Whoever was overtaken does not take up again what another has stopped.
    store.defer_messages(&[deferral(1, "reading", 6), deferral(2, "reading", 6)]).await.unwrap();
    let claimed = store.claim_messages(&lease("b", 60), at(10), 10).await.unwrap();
    assert_eq!(claimed.len(), 1, "a stopped message waits for a person");
    let found = &claimed[0];
    assert_eq!((found.external_id.as_deref(), found.heard.as_deref()), (Some("A1"), Some("{\"s\":1}")));
    assert_eq!((found.state.as_str(), found.problem.as_deref()), ("reading", None));
    assert_eq!(found.new, message(1));
}

pub async fn handled_messages_go_with_the_commit(world: World) {
    let store = &world.store;
    store.receive(&[message(1), message(2), message(3)], &lease("a", 30)).await.unwrap();
    let keys = Keys { messages: vec![message(2).id, message(1).id], ..Keys::default() };
    let kept = Writes { messages_kept: vec![deferral(2, "parked", 7), deferral(3, "parked", 7)], ..Writes::default() };
    decide(store, keys.clone(), |loaded| {
        assert_eq!(loaded.messages.len(), 2);
        kept
    })
    .await
    .unwrap();
    let left = load(store, Keys { messages: vec![message(1).id, message(2).id, message(3).id], ..Keys::default() }).await;
    let mut expected = vec![message(2).id, message(3).id];
    expected.sort();
    let mut found = left.messages;
    found.sort();
    assert_eq!(found, expected);
    assert_eq!(store.receive(&[message(1)], &lease("a", 30)).await.unwrap(), [Received::Duplicate], "handled once is handled");
}
