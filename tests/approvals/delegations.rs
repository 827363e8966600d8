//! Somebody decides for somebody else: for a while, until it is ended, one for the other, and never on a document of their own.

use serde_json::{Value, json};

use crate::support::hub::text;
use crate::world::{World, rewrite, world, world_with};

/// A delegation that holds now.
fn span(agent: &str) -> Value {
    let now = jiff::Timestamp::now();
    json!({"agent": agent, "from": now - jiff::SignedDuration::from_hours(1), "until": now + jiff::SignedDuration::from_hours(1)})
}

async fn delegate(world: &World, principal: &str, agent: &str) -> String {
    let key = format!("{principal}-{agent}");
    let (status, made) = world.hub.post_by(principal, "/api/v1/delegations", &key, &span(agent)).await;
    assert_eq!(status, 201, "{made}");
    text(&made["id"])
}

async fn end(world: &World, principal: &str, delegation: &str) -> u16 {
    world.hub.delete_by(principal, &format!("/api/v1/delegations/{delegation}")).await.0
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_decides_for_somebody_else_for_a_while_and_both_names_are_kept() {
    let world = world(None).await;
    let (_, instance) = world.request("r1").await;
    let task = world.task("e1003").await;
    assert_eq!(world.act("e1004", &task, "approve", "a", &json!({})).await.1["code"], "not_yours");
    let body = json!({"agent": "e1004", "from": "2020-01-01T00:00:00Z", "until": "2020-01-02T00:00:00Z"});
    assert_eq!(world.hub.post_by("e1003", "/api/v1/delegations", "d0", &body).await.0, 422, "it would be over already");
    let (status, made) = world.hub.post_by("e1003", "/api/v1/delegations", "d1", &span("e1004")).await;
    assert_eq!(status, 201, "{made}");
    assert_eq!(world.hub.post_by("e1004", "/api/v1/delegations", "d2", &span("e1007")).await.0, 201);
    assert_eq!(world.list("e1004", "mine").await.len(), 1, "it stands in the agent's list");
    assert!(world.list("e1007", "mine").await.is_empty(), "an agent's own delegation is not followed");
    assert_eq!(world.hub.delete_by("e1004", &format!("/api/v1/delegations/{}", text(&made["id"]))).await.0, 404, "not theirs to end");
    assert_eq!(world.act("e1004", &task, "approve", "b", &json!({})).await.0, 200);
    let people = world.hub.get(&format!("/api/v1/instances/{instance}/people")).await;
    assert_eq!((&people["decisions"][0]["person"], &people["decisions"][0]["on_behalf_of"]), (&json!("e1004"), &json!("e1003")));
    assert_eq!(world.hub.delete_by("e1003", &format!("/api/v1/delegations/{}", text(&made["id"]))).await.0, 204);
    world.request("r2").await;
    assert!(world.list("e1004", "mine").await.is_empty(), "it holds no longer");
    world.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delegation_that_ends_midway_leaves_the_open_task_with_its_holder() {
    for database in [None, Some("approvals_midway")] {
        let world = world(database).await;
        for round in 0..4 {
            let (_, instance) = world.request(&format!("r{round}")).await;
            let task = world.task("e1003").await;
            let delegation = delegate_anew(&world, round).await;
            assert_eq!(world.list("e1004", "mine").await.len(), 1, "the open task is theirs to decide");
            // Ended before the agent decides, and at the same moment.
            let acted = if round % 2 == 0 {
                assert_eq!(end(&world, "e1003", &delegation).await, 204);
                world.act("e1004", &task, "approve", &format!("a{round}"), &json!({})).await
            } else {
                let key = format!("a{round}");
                let body = json!({});
                let (ended, acted) =
                    futures::future::join(end(&world, "e1003", &delegation), world.act("e1004", &task, "approve", &key, &body)).await;
                assert_eq!(ended, 204);
                acted
            };
            assert!(world.list("e1004", "mine").await.is_empty(), "it holds no longer");
            let decided = world.people(&instance).await["decisions"].as_array().cloned().unwrap_or_default();
            if acted.0 == 200 {
                assert!(round % 2 == 1, "the delegation had ended: {}", acted.1);
                assert_eq!((&decided[0]["person"], &decided[0]["on_behalf_of"]), (&json!("e1004"), &json!("e1003")));
            } else {
                assert_eq!((acted.0, acted.1["code"].as_str()), (403, Some("not_yours")), "{}", acted.1);
                assert!(decided.is_empty(), "what was refused left no record: {decided:?}");
                let hidden = world.hub.get_by("e1004", &format!("/api/v1/tasks/{task}")).await;
                assert_eq!(hidden.0, 404, "what is theirs to decide no longer is none of theirs to see: {}", hidden.1);
                assert_eq!(world.act("e1003", &task, "approve", &format!("p{round}"), &json!({})).await.0, 200);
            }
        }
        world.end().await;
    }
}

/// Each time a delegation of its own.
async fn delegate_anew(world: &World, round: usize) -> String {
    let (status, made) = world.hub.post_by("e1003", "/api/v1/delegations", &format!("d{round}"), &span("e1004")).await;
    assert_eq!(status, 201, "{made}");
    text(&made["id"])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_who_decide_for_each_other_each_see_two_tasks_and_go_round_in_no_circle() {
    let world = world(None).await;
    let (document, instance) = world.request("r1").await;
    assert_eq!(world.act("e1003", &world.task("e1003").await, "approve", "lead", &json!({})).await.0, 200);
    let (five, seven) = (world.task("e1005").await, world.task("e1007").await);
    delegate(&world, "e1005", "e1007").await;
    delegate(&world, "e1007", "e1005").await;
    for person in ["e1005", "e1007"] {
        let mut ids: Vec<String> = world.list(person, "mine").await.iter().map(|task| text(&task["id"])).collect();
        ids.sort();
        let mut both = vec![five.clone(), seven.clone()];
        both.sort();
        assert_eq!(ids, both, "{person}: their own and the other's, each once");
    }
    assert_eq!(world.act("e1005", &five, "approve", "a", &json!({})).await.0, 200);
    assert_eq!(world.act("e1005", &seven, "approve", "b", &json!({})).await.0, 200);
    assert_eq!(world.status(&document).await, "approved");
    let people = world.people(&instance).await;
    let decided: Vec<(&str, Option<&str>)> =
        people["decisions"].as_array().unwrap().iter().map(|one| (one["person"].as_str().unwrap(), one["on_behalf_of"].as_str())).collect();
    assert_eq!(decided, [("e1003", None), ("e1005", None), ("e1005", Some("e1007"))], "one's own task is one's own: {people}");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_began_it_decides_for_nobody_else() {
    // Also where they decide on a share of their own.
    let world = world_with(None, |project| rewrite(project, &[("{role: finance_clerk}]", "{role: finance_clerk}, initiator]")])).await;
    world.request("r1").await;
    let lead = world.task("e1003").await;
    delegate(&world, "e1003", "e1001").await;
    for verb in ["approve", "reject"] {
        let (status, refused) = world.act("e1001", &lead, verb, verb, &json!({"comment": "because"})).await;
        assert_eq!((status, refused["code"].as_str()), (403, Some("not_yours")), "{verb}: {refused}");
    }
    assert_eq!(world.act("e1003", &lead, "approve", "a", &json!({})).await.0, 200);
    let own = world.task("e1001").await;
    assert_eq!(world.act("e1001", &own, "approve", "b", &json!({})).await.0, 200);
    world.end().await;
}
