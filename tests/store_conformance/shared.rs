//! What replicas share: duties, events, slots of rates, credentials.

use crate::fixtures::*;
use crate::world::World;
use uuid::Uuid;
use waybill::domain::ids::{DocumentId, TenantId};
use waybill::store::*;

pub async fn a_duty_is_one_process_s_at_a_time(world: World) {
    let (one, two) = (&world.store, &world.other);
    let first = one.claim_duty("publish", &lease("a", 30), at(0)).await.unwrap().expect("nobody has it");
    assert_eq!(two.claim_duty("publish", &lease("b", 40), at(10)).await.unwrap(), None);
    assert!(two.claim_duty("other", &lease("b", 40), at(10)).await.unwrap().is_some(), "duties are apart");
    let prolonged = one.claim_duty("publish", &lease("a", 50), at(20)).await.unwrap().expect("its owner prolongs it");
    assert_eq!(two.claim_duty("publish", &lease("b", 70), at(49)).await.unwrap(), None);
    let taken = two.claim_duty("publish", &lease("b", 80), at(50)).await.unwrap().expect("the lease is over");
    assert!(first < prolonged && prolonged < taken, "tokens grow");
    assert_eq!(one.claim_duty("publish", &lease("a", 90), at(60)).await.unwrap(), None, "the former owner is one of the others");
}

fn event(number: u128, document: Option<DocumentId>) -> NewEvent {
    NewEvent {
        id: Uuid::from_u128(number),
        tenant: TENANT,
        what: "document.created".to_owned(),
        document,
        instance: None,
        at: at(7),
        data: format!("{{\"number\":{number}}}"),
    }
}

pub async fn events_wait_in_order_until_they_are_published(world: World) {
    let store = &world.store;
    let (document, _) = stored_instance(store, 1).await;
    assert!(store.events_waiting(10).await.unwrap().is_empty(), "nothing is written that was not asked for");
    let sent = [event(1, Some(document.id)), event(2, None), event(3, Some(document.id))];
    write(store, Writes { events: sent[..2].to_vec(), ..Writes::default() }).await;
    write(store, Writes { events: sent[2..].to_vec(), ..Writes::default() }).await;
    let waiting = world.other.events_waiting(10).await.unwrap();
    assert_eq!(waiting.iter().map(|waiting| waiting.event.clone()).collect::<Vec<_>>(), sent);
    assert!(waiting.windows(2).all(|pair| pair[0].seq < pair[1].seq));
    assert_eq!((waiting[0].kind.as_deref(), waiting[0].key.as_deref()), (Some(document.kind.as_str()), Some(document.key.as_str())));
    assert_eq!((waiting[1].kind.as_deref(), waiting[1].key.as_deref()), (None, None));
    assert_eq!(store.events_waiting(2).await.unwrap().len(), 2);
    store.events_published(&[waiting[0].seq, waiting[2].seq]).await.unwrap();
    store.events_published(&[waiting[0].seq]).await.unwrap();
    store.events_published(&[]).await.unwrap();
    let left = store.events_waiting(10).await.unwrap();
    assert_eq!(left, [waiting[1].clone()]);
    store.events_published(&[left[0].seq]).await.unwrap();
    write(store, Writes { events: vec![event(4, None)], ..Writes::default() }).await;
    assert!(store.events_waiting(10).await.unwrap()[0].seq > waiting[2].seq, "no number is given twice");
}

pub async fn a_refused_batch_leaves_no_event(world: World) {
    let store = &world.store;
    let (_, started) = stored_instance(store, 1).await;
    let stale = InstanceRow { lock: 9, ..started };
    let writes = Writes { instances_changed: vec![stale], events: vec![event(1, None)], ..Writes::default() };
    assert!(matches!(decide(store, Keys::default(), move |_| writes).await, Err(Error::Refused(_))));
    assert!(store.events_waiting(10).await.unwrap().is_empty());
}

fn slots(name: &str, count: u32, within_millis: i64) -> SlotRequest {
    SlotRequest { tenant: TENANT, name: name.to_owned(), every_micros: 100_000, burst: 3, count, within_micros: within_millis * 1_000 }
}

pub async fn slots_are_given_to_one_caller_each(world: World) {
    let (one, two) = (&world.store, &world.other);
    let first = one.take_slots(&slots("oa", 2, 10_000), at(0)).await.unwrap();
    assert_eq!((first.granted, near(first.first_micros, -200_000)), (2, true), "a burst may be used at once: {first:?}");
    let second = two.take_slots(&slots("oa", 2, 10_000), at(0)).await.unwrap();
    assert_eq!((second.granted, near(second.first_micros, 0)), (2, true), "{second:?}");
    let third = one.take_slots(&slots("oa", 50, 1_000), at(0)).await.unwrap();
    assert_eq!((third.granted, near(third.first_micros, 200_000)), (9, true), "no more than come in time: {third:?}");
    let none = two.take_slots(&slots("oa", 1, 1_000), at(0)).await.unwrap();
    assert_eq!((none.granted, near(none.first_micros, 1_100_000)), (0, true), "it says when: {none:?}");
    let later = two.take_slots(&slots("oa", 1, 1_000), at(1)).await.unwrap();
    assert_eq!((later.granted, near(later.first_micros, 100_000)), (1, true), "{later:?}");
    let silence = one.take_slots(&slots("oa", 5, 0), at(60)).await.unwrap();
    assert_eq!((silence.granted, near(silence.first_micros, -200_000)), (3, true), "silence saves up a burst and no more: {silence:?}");
    let other = SlotRequest { tenant: TenantId(2), ..slots("oa", 1, 0) };
    assert_eq!(one.take_slots(&other, at(60)).await.unwrap().granted, 1, "tenants have rates of their own");
}

/// Two stores measure the database's clock a little differently.
fn near(found: i64, expected: i64) -> bool {
    (found - expected).abs() < 50_000
}

pub async fn concurrent_callers_stay_within_the_rate(world: World) {
    let asking = (0..8).map(|turn| {
        let store = if turn % 2 == 0 { world.store.clone() } else { world.other.clone() };
        tokio::spawn(async move {
            let mut granted = 0;
            for _ in 0..25 {
                granted += store.take_slots(&slots("busy", 3, 10_000), at(0)).await.unwrap().granted;
            }
            granted
        })
    });
    let granted: u32 = futures::future::join_all(asking).await.into_iter().map(|granted| granted.unwrap()).sum();
    // Ten seconds of ten a second, the burst, and the slot at the very end; clocks may differ by half a slot.
    assert!((102..=104).contains(&granted), "{granted}");
}

fn key(name: &str) -> CredentialKey {
    CredentialKey { tenant: TENANT, name: name.to_owned() }
}

fn mine(claim: CredentialClaim) -> (i64, i64) {
    match claim {
        CredentialClaim::Mine { token, generation } => (token, generation),
        other => panic!("{other:?}"),
    }
}

pub async fn one_process_logs_in_for_all(world: World) {
    let (one, two, key) = (&world.store, &world.other, key("oa#1"));
    let (token, generation) = mine(one.claim_credential(&key, 0, &lease("a", 30), at(0)).await.unwrap());
    assert_eq!(generation, 1);
    let busy = two.claim_credential(&key, 0, &lease("b", 30), at(1)).await.unwrap();
    assert!(matches!(busy, CredentialClaim::Busy { .. }), "{busy:?}");
    assert_eq!(one.credential(&key).await.unwrap(), None, "a claim keeps nothing");
    assert_eq!(one.save_credential(&key, token, generation, "sealed-1", Some(at(100))).await.unwrap(), Fenced::Held);
    assert_eq!(two.credential(&key).await.unwrap().as_deref(), Some("sealed-1"));
    let there = CredentialClaim::There { generation: 1, sealed: "sealed-1".to_owned(), lapses_at: Some(at(100)) };
    assert_eq!(two.claim_credential(&key, 0, &lease("b", 30), at(2)).await.unwrap(), there);
    // Found lapsed before its time: whoever comes first renews it, whoever comes later gets the new one.
    let (token, generation) = mine(two.claim_credential(&key, 1, &lease("b", 40), at(10)).await.unwrap());
    assert!(matches!(one.claim_credential(&key, 1, &lease("a", 40), at(11)).await.unwrap(), CredentialClaim::Busy { .. }));
    assert_eq!(two.save_credential(&key, token, generation, "sealed-2", None).await.unwrap(), Fenced::Held);
    let there = CredentialClaim::There { generation: 2, sealed: "sealed-2".to_owned(), lapses_at: None };
    assert_eq!(one.claim_credential(&key, 1, &lease("a", 40), at(12)).await.unwrap(), there);
    assert_eq!(two.save_credential(&key, token, generation, "again", None).await.unwrap(), Fenced::Lost, "saved once");
}

pub async fn a_lapsed_credential_is_renewed_in_time(world: World) {
    let (store, key) = (&world.store, key("oa#2"));
    let (token, generation) = mine(store.claim_credential(&key, 0, &lease("a", 30), at(0)).await.unwrap());
    store.save_credential(&key, token, generation, "sealed", Some(at(100))).await.unwrap();
    assert!(matches!(store.claim_credential(&key, 0, &lease("b", 130), at(99)).await.unwrap(), CredentialClaim::There { .. }));
    let (_, generation) = mine(store.claim_credential(&key, 0, &lease("b", 130), at(100)).await.unwrap());
    assert_eq!(generation, 2);
}

pub async fn a_log_in_that_failed_is_given_up(world: World) {
    let (one, two, key) = (&world.store, &world.other, key("oa#3"));
    let (token, _) = mine(one.claim_credential(&key, 0, &lease("a", 30), at(0)).await.unwrap());
    one.release_credential(&key, token, at(15)).await.unwrap();
    let busy = two.claim_credential(&key, 0, &lease("b", 40), at(14)).await.unwrap();
    assert_eq!(busy, CredentialClaim::Busy { until: at(15) }, "partners lock accounts");
    let (second, _) = mine(two.claim_credential(&key, 0, &lease("b", 45), at(15)).await.unwrap());
    // The first one's word comes too late; a process that died over its log-in is followed by the next.
    assert_eq!(one.save_credential(&key, token, 1, "late", None).await.unwrap(), Fenced::Lost);
    one.release_credential(&key, token, at(0)).await.unwrap();
    assert!(matches!(one.claim_credential(&key, 0, &lease("a", 60), at(44)).await.unwrap(), CredentialClaim::Busy { .. }));
    let (third, _) = mine(one.claim_credential(&key, 0, &lease("a", 75), at(45)).await.unwrap());
    assert!(third > second);
}
