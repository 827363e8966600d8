//! Lanes that a commit leaves ready, and claiming them by name.

use crate::fixtures::*;
use crate::world::World;
use std::collections::HashSet;
use std::sync::Arc;
use waybill::domain::ids::LaneId;
use waybill::store::*;

async fn ready(store: &Arc<dyn Store>, numbers: std::ops::Range<u64>, connection: &str) -> Vec<ReadyLane> {
    let mut effects = Vec::new();
    for number in numbers {
        let (_, started) = stored_instance(store, number).await;
        effects.push(queued(effect(number, &started, connection)));
    }
    write(store, Writes { effects, ..Writes::default() }).await.ready
}

fn ids(lanes: &[ReadyLane]) -> Vec<LaneId> {
    lanes.iter().map(|lane| lane.lane).collect()
}

pub async fn a_commit_names_the_lanes_it_leaves_ready(world: World) {
    let store = &world.store;
    let lanes = ready(store, 1..3, "oa").await;
    let (_, started) = stored_instance(store, 9).await;
    let two = vec![queued(effect(9, &started, "erp")), queued(effect(10, &started, "erp"))];
    let more = write(store, Writes { effects: two, ..Writes::default() }).await.ready;
    assert_eq!((lanes.len(), more.len()), (2, 1), "a second effect of a lane waits behind the first");
    assert_eq!((more[0].connection.as_str(), more[0].tenant), ("erp", TENANT));
    let sample = effect(9, &started, "erp");
    assert_eq!(more[0].lane, LaneId::of(TENANT, &sample.lane));
    assert_eq!((more[0].priority, more[0].due_at), (sample.priority, sample.due_at));
    let claimed = claim(store, "a", 0, 30, "erp").await.remove(0);
    let keys = Keys { instances: vec![started.id], effects: vec![hold(&claimed)], ..Keys::default() };
    let done = report(&claimed, "done", 0);
    let committed = decide(store, keys, move |_| Writes { progress: vec![done], ..Writes::default() }).await.unwrap();
    assert_eq!(ids(&committed.ready), [more[0].lane], "the lane goes on with its second effect");
    let claimed = claim(store, "a", 0, 30, "erp").await.remove(0);
    let keys = Keys { instances: vec![started.id], effects: vec![hold(&claimed)], ..Keys::default() };
    let done = report(&claimed, "done", 0);
    let committed = decide(store, keys, move |_| Writes { progress: vec![done], ..Writes::default() }).await.unwrap();
    assert!(committed.ready.is_empty(), "it is empty");
}

pub async fn named_lanes_are_claimed_once(world: World) {
    let store = &world.store;
    let lanes = ids(&ready(store, 1..4, "oa").await);
    let named = [&lanes[..2], &lanes[..1]].concat();
    let claimed = store.claim_named_lanes(&lease("a", 30), at(0), &named).await.unwrap();
    let found: HashSet<LaneId> = claimed.iter().map(|claimed| LaneId::of(TENANT, &claimed.effect.lane)).collect();
    assert_eq!((claimed.len(), found), (2, lanes[..2].iter().copied().collect()), "a lane named twice is claimed once");
    assert!(claimed.iter().all(|claimed| !claimed.orphaned && claimed.effect.attempt == 1 && claimed.effect.state == "started"));
    assert!(world.other.claim_named_lanes(&lease("b", 40), at(1), &named).await.unwrap().is_empty(), "they are leased");
    assert_eq!(world.other.claim_named_lanes(&lease("b", 40), at(1), &lanes).await.unwrap().len(), 1);
    assert!(store.claim_named_lanes(&lease("b", 40), at(1), &[]).await.unwrap().is_empty());
}

pub async fn a_stale_name_claims_nothing(world: World) {
    let store = &world.store;
    let lanes = ids(&ready(store, 1..3, "oa").await);
    let claimed = store.claim_named_lanes(&lease("a", 30), at(0), &lanes).await.unwrap();
    let waiting = report(&claimed[0], "waiting", 100);
    let done = report(&claimed[1], "done", 0);
    assert_eq!(store.record_progress(&[waiting, done]).await.unwrap(), [Fenced::Held, Fenced::Held]);
    assert!(store.claim_named_lanes(&lease("a", 80), at(50), &lanes).await.unwrap().is_empty(), "one waits, one is gone");
    let again = store.claim_named_lanes(&lease("a", 130), at(100), &lanes).await.unwrap();
    assert_eq!((again.len(), again[0].effect.attempt), (1, 2));
}

pub async fn a_dead_owner_s_lane_is_claimed_by_name(world: World) {
    let store = &world.store;
    let lanes = ids(&ready(store, 1..2, "oa").await);
    let zombie = store.claim_named_lanes(&lease("a", 30), at(0), &lanes).await.unwrap().remove(0);
    assert!(world.other.claim_named_lanes(&lease("b", 60), at(29), &lanes).await.unwrap().is_empty());
    let heir = world.other.claim_named_lanes(&lease("b", 60), at(30), &lanes).await.unwrap().remove(0);
    assert!(heir.orphaned && heir.token > zombie.token);
    assert_eq!(store.record_progress(&[report(&zombie, "done", 0)]).await.unwrap(), [Fenced::Lost]);
}

pub async fn concurrent_takers_of_one_ticket_share_it(world: World) {
    let lanes = ids(&ready(&world.store, 0..40, "oa").await);
    let takers = (0..6).map(|turn| {
        let store = if turn % 2 == 0 { world.store.clone() } else { world.other.clone() };
        let lanes = lanes.clone();
        tokio::spawn(async move { store.claim_named_lanes(&lease(&format!("taker{turn}"), 30), at(0), &lanes).await.unwrap() })
    });
    let mut seen = HashSet::new();
    for taken in futures::future::join_all(takers).await {
        for claimed in taken.unwrap() {
            assert!(seen.insert(claimed.effect.id), "an effect has one owner");
        }
    }
    // Whoever skipped a locked row left it to the one who held the lock.
    assert_eq!(seen.len(), 40);
}
