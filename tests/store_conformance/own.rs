//! What the hub gives itself: numbers of documents, messages to itself, and drift of fields that a source does not own.

use crate::fixtures::*;
use crate::world::World;
use std::collections::BTreeSet;
use waybill::domain::ids::{DriftId, TenantId};
use waybill::store::*;

pub async fn numbers_are_drawn_once(world: World) {
    let (one, other) = (&world.store, &world.other);
    assert_eq!(one.draw_number(TENANT, "number/a").await.unwrap(), 1);
    assert_eq!(other.draw_number(TENANT, "number/a").await.unwrap(), 2);
    assert_eq!(one.draw_number(TENANT, "number/b").await.unwrap(), 1, "each counter counts by itself");
    assert_eq!(one.draw_number(TenantId(2), "number/a").await.unwrap(), 1, "and each tenant");
    let draws =
        (0..40).map(|index| if index % 2 == 0 { one.draw_number(TENANT, "number/c") } else { other.draw_number(TENANT, "number/c") });
    let drawn: BTreeSet<u64> = futures::future::join_all(draws).await.into_iter().map(|drawn| drawn.expect("draws")).collect();
    assert_eq!(drawn, (1..=40).collect(), "nobody draws a number twice");
}

pub async fn messages_of_the_hub_come_with_the_commit(world: World) {
    let store = &world.store;
    let own = |number: u64| (message(number), lease("a", 30));
    let refused = Writes { messages_new: vec![own(1)], instances_changed: vec![instance(9, &document(9))], ..Writes::default() };
    assert!(decide(store, Keys::default(), |_| refused).await.is_err(), "an instance that is not there");
    assert!(store.claim_messages(&lease("b", 60), at(40), 10).await.unwrap().is_empty(), "it went with its commit");
    write(store, Writes { messages_new: vec![own(1), own(2)], ..Writes::default() }).await;
    write(store, Writes { messages_new: vec![own(1)], ..Writes::default() }).await;
    assert!(store.claim_messages(&lease("b", 60), at(29), 10).await.unwrap().is_empty(), "it is leased to who committed it");
    let claimed = world.other.claim_messages(&lease("b", 60), at(31), 10).await.unwrap();
    assert_eq!(claimed.len(), 2, "a dead owner's messages come back, each once");
    let first = claimed.iter().find(|claimed| claimed.new.id == message(1).id).expect("the first of them");
    assert_eq!((&first.new, first.attempts), (&message(1), 2));
    let loaded = load(store, Keys { messages: vec![message(1).id], ..Keys::default() }).await;
    assert_eq!(loaded.messages, [message(1).id]);
}

pub fn drift(number: u64, document: &DocumentRow, field: &str, seen: i64) -> DriftRow {
    DriftRow {
        id: DriftId(id("drift", number)),
        tenant: document.tenant,
        kind: "not_owned".into(),
        document: Some(document.id),
        connection: "shop".into(),
        external_id: Some("S-1".into()),
        field: Some(field.into()),
        ours: Some("\"5.00\"".into()),
        theirs: Some("\"6.00\"".into()),
        first_seen_at: at(seen),
        last_seen_at: at(seen),
        run: None,
        state: "open".into(),
        repair: None,
        resolution: None,
        reason: None,
        resolved_by: None,
        resolved_at: None,
    }
}

pub async fn drift_is_kept_until_it_is_gone(world: World) {
    let store = &world.store;
    let (document, _) = stored_instance(store, 1).await;
    let (other, _) = stored_instance(store, 2).await;
    let (first, second) = (drift(1, &document, "total", 0), drift(2, &document, "supplier.name", 5));
    write(store, Writes { drifts: vec![first.clone(), second.clone(), drift(3, &other, "total", 0)], ..Writes::default() }).await;
    let open = async || load(store, Keys { documents: vec![document.id], ..Keys::default() }).await.drifts;
    assert_eq!(open().await, [first.clone(), second.clone()], "of the named document, oldest first");
    let again = DriftRow { last_seen_at: at(9), first_seen_at: at(9), theirs: None, ..first.clone() };
    write(store, Writes { drifts: vec![again], ..Writes::default() }).await;
    let seen = DriftRow { last_seen_at: at(9), theirs: None, ..first.clone() };
    assert_eq!(open().await[0], seen, "when it was first seen stays");
    let gone = DriftRow { state: "resolved".into(), resolution: Some("gone".into()), resolved_at: Some(at(12)), ..seen };
    write(store, Writes { drifts: vec![gone.clone()], ..Writes::default() }).await;
    assert_eq!(open().await, std::slice::from_ref(&second));
    let view = store.document(TENANT, document.id).await.unwrap().unwrap();
    assert_eq!(view.drifts, [second, gone], "the page shows what is resolved too, the newest first");
}
