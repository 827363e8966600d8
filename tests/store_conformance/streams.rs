//! Streams, re-reads, definitions.

use crate::fixtures::*;
use crate::world::World;
use waybill::store::*;

fn key(stream: &str) -> StreamKey {
    StreamKey { tenant: TENANT, connection: "erp".into(), stream: stream.into() }
}

pub async fn a_stream_runs_in_one_process(world: World) {
    let store = &world.store;
    let both = [key("orders"), key("receipts")];
    let mut claimed = store.claim_streams(&lease("a", 30), at(0), &both, 9).await.unwrap();
    assert_eq!(claimed.len(), 2, "streams nobody ran are due");
    claimed.sort_by(|a, b| a.key.stream.cmp(&b.key.stream));
    let orders = StreamCursor {
        cursor: Some("{\"page\":2}".into()),
        last_success_at: Some(at(1)),
        failures: 2,
        problem: Some("slow".into()),
        ..claimed[0].clone()
    };
    assert_eq!((claimed[0].cursor.as_deref(), claimed[0].failures), (None, 0));
    assert!(world.other.claim_streams(&lease("b", 30), at(10), &both, 9).await.unwrap().is_empty());
    assert_eq!(store.save_cursor(&orders, at(60)).await.unwrap(), Fenced::Held);
    assert_eq!(store.save_cursor(&orders, at(60)).await.unwrap(), Fenced::Held, "each page of a run is saved");
    // The other stream's process dies; its lease ends at 30.
    let heirs = world.other.claim_streams(&lease("b", 90), at(30), &both, 9).await.unwrap();
    assert_eq!(heirs.iter().map(|cursor| cursor.key.stream.as_str()).collect::<Vec<_>>(), ["receipts"]);
    assert_eq!(store.save_cursor(&claimed[1], at(60)).await.unwrap(), Fenced::Lost);
    let next = world.other.claim_streams(&lease("b", 90), at(60), &both[..1], 9).await.unwrap();
    assert_eq!(next, [StreamCursor { token: next[0].token, ..orders.clone() }]);
    assert!(next[0].token > orders.token);
    assert_eq!(store.save_cursor(&orders, at(70)).await.unwrap(), Fenced::Lost);
}

pub async fn no_more_streams_are_claimed_than_there_is_room_for(world: World) {
    let store = &world.store;
    let all = ["a", "b", "c", "d"].map(key);
    let claimed = async |owner: &str, now: i64, limit: u32| {
        let found = store.claim_streams(&lease(owner, now + 30), at(now), &all, limit).await.unwrap();
        found.into_iter().map(|cursor| cursor.key.stream).collect::<Vec<_>>()
    };
    // Nobody ran any of them; afterwards all are due again.
    let mut first = claimed("a", 0, 3).await;
    assert_eq!(first.len(), 3);
    assert_eq!(claimed("a", 1, 0).await, Vec::<String>::new());
    let rest = claimed("b", 1, 3).await;
    assert_eq!(rest.len(), 1, "what was left alone is another's");
    first.extend(rest);
    first.sort();
    assert_eq!(first, ["a", "b", "c", "d"]);
    assert_eq!((claimed("b", 40, 2).await.len(), claimed("a", 41, 9).await.len()), (2, 2));
}

pub async fn rereads_space_out(world: World) {
    let store = &world.store;
    let (document, _) = stored_instance(store, 1).await;
    let open = LinkRow { reread_at: Some(at(60)), ..link(&document, "oa", "A1") };
    let closed = LinkRow { closed: true, reread_at: Some(at(60)), ..link(&document, "oa", "A2") };
    write(store, Writes { links: vec![open, closed, link(&document, "oa", "A3")], ..Writes::default() }).await;
    assert!(store.claim_rereads(at(59), 10).await.unwrap().is_empty());
    let mut due = Vec::new();
    let mut now = 60;
    for count in 1..=10 {
        let found = store.claim_rereads(at(now), 10).await.unwrap();
        assert_eq!(found.len(), 1, "turn {count}");
        assert_eq!((found[0].link.external_id.as_str(), found[0].link.rereads), ("A1", count));
        let next = found[0].link.reread_at.unwrap().as_second() - at(0).as_second();
        due.push(next - now);
        now = next;
        assert!(world.other.claim_rereads(at(now - 1), 10).await.unwrap().is_empty(), "claimed once");
    }
    assert!(due.is_sorted() && due[0] == 60 && due[9] == 7200, "{due:?}");
}

pub async fn definitions_are_stored_once(world: World) {
    let store = &world.store;
    let row = |hash: &str, text: &str| DefinitionRow {
        tenant: TENANT,
        kind: "flow".into(),
        id: "approval".into(),
        hash: hash.into(),
        text: text.into(),
        author: "ana".into(),
        message: "first".into(),
        created_at: at(0),
    };
    store.put_definitions(&[row("h1", "one"), row("h2", "two")]).await.unwrap();
    store.put_definitions(&[row("h1", "changed")]).await.unwrap();
    assert_eq!(store.definition(TENANT, "flow", "approval", "h1").await.unwrap(), Some(row("h1", "one")));
    for (kind, id, hash) in [("flow", "approval", "h3"), ("flow", "other", "h1"), ("mapping", "approval", "h1")] {
        assert_eq!(store.definition(TENANT, kind, id, hash).await.unwrap(), None);
    }
}
