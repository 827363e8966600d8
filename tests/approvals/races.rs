//! Who acts at the same moment, in one process and in two on one PostgreSQL: exactly one wins, the others are told so, and what
//! they tried leaves no trace.

use futures::future::{join, join_all};
use serde_json::{Value, json};

use crate::world::{World, replicas, rewrite, world_with};

/// Rounds of each race.
const ROUNDS: usize = 6;

/// Whoever of finance decides first decides.
const ANY: &[(&str, &str)] = &[("mode: all", "mode: any")];

async fn worlds(name: &str) -> [World; 2] {
    [world_with(None, |project| rewrite(project, ANY)).await, replicas(name, |project| rewrite(project, ANY)).await]
}

/// Says what becomes of those who act at once: one who won, by their place.
fn winner(answers: &[(u16, Value)]) -> usize {
    let late = |answer: &(u16, Value)| answer.0 == 409 && answer.1["code"] == "already_handled";
    assert!(answers.iter().all(|answer| answer.0 == 200 || late(answer)), "{answers:?}");
    let won: Vec<usize> = answers.iter().enumerate().filter(|(_, answer)| answer.0 == 200).map(|(place, _)| place).collect();
    assert_eq!(won.len(), 1, "exactly one: {answers:?}");
    won[0]
}

async fn decisions(world: &World, instance: &str) -> Vec<(String, String)> {
    let people = world.people(instance).await;
    let word = |one: &Value, key: &str| one[key].as_str().unwrap_or_default().to_owned();
    people["decisions"].as_array().into_iter().flatten().map(|one| (word(one, "person"), word(one, "verb"))).collect()
}

fn pair(person: &str, verb: &str) -> (String, String) {
    (person.to_owned(), verb.to_owned())
}

async fn outcome(world: &World, instance: &str) -> Value {
    world.hub.get(&format!("/api/v1/instances/{instance}")).await["outcome"].clone()
}

/// A request that waits for finance.
async fn at_finance(world: &World, key: &str) -> (String, [String; 2]) {
    let (_, instance) = world.request(key).await;
    let lead = world.task("e1003").await;
    assert_eq!(world.act("e1003", &lead, "approve", &format!("lead-{key}"), &json!({})).await.0, 200);
    (instance, [world.task("e1005").await, world.task("e1007").await])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_clicks_on_one_task_one_wins() {
    for world in worlds("approvals_clicks").await {
        for round in 0..ROUNDS {
            let (_, instance) = world.request(&format!("r{round}")).await;
            let task = world.task("e1003").await;
            let body = json!({"comment": "because"});
            let clicks: Vec<(String, String)> = (0..8)
                .map(|number| {
                    let verb = if number % 4 == 0 { "reject" } else { "approve" };
                    (format!("/api/v1/tasks/{task}/{verb}"), format!("k{round}-{number}"))
                })
                .collect();
            let sent = clicks.iter().enumerate().map(|(turn, (path, key))| world.at(turn).post_by("e1003", path, key, &body));
            let won = winner(&join_all(sent).await);
            let verb = if won.is_multiple_of(4) { "reject" } else { "approve" };
            assert_eq!(decisions(&world, &instance).await, [pair("e1003", verb)], "what was refused left no record");
            if verb == "approve" {
                // The next round finds one task.
                let path = format!("/api/v1/instances/{instance}/people/terminate");
                assert_eq!(world.hub.post_as(&path, &format!("t{round}"), &body).await.0, 200);
            }
        }
        world.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_of_whom_one_decides_one_wins_and_the_step_is_what_they_said() {
    for world in worlds("approvals_any").await {
        for round in 0..ROUNDS {
            let (instance, [five, seven]) = at_finance(&world, &format!("r{round}")).await;
            let body = json!({"comment": "because"});
            let (yes, no) = (format!("/api/v1/tasks/{five}/approve"), format!("/api/v1/tasks/{seven}/reject"));
            let (yes_key, no_key) = (format!("y{round}"), format!("n{round}"));
            let (yes, no) =
                join(world.at(round).post_by("e1005", &yes, &yes_key, &body), world.at(round + 1).post_by("e1007", &no, &no_key, &body))
                    .await;
            let (person, verb, came) = [("e1005", "approve", "approved"), ("e1007", "reject", "rejected")][winner(&[yes, no])];
            assert_eq!(decisions(&world, &instance).await, [pair("e1003", "approve"), pair(person, verb)]);
            assert_eq!(outcome(&world, &instance).await, came);
            assert!(world.list("e1005", "mine").await.is_empty() && world.list("e1007", "mine").await.is_empty(), "it waits for nobody");
        }
        world.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_the_last_approval_and_a_withdrawal_one_wins() {
    for world in worlds("approvals_withdraw").await {
        for round in 0..ROUNDS {
            let (instance, [five, _]) = at_finance(&world, &format!("r{round}")).await;
            let body = json!({"comment": "because"});
            let (yes, back) = (format!("/api/v1/tasks/{five}/approve"), format!("/api/v1/instances/{instance}/people/withdraw"));
            let (yes_key, back_key) = (format!("y{round}"), format!("w{round}"));
            let (yes, back) = join(
                world.at(round).post_by("e1005", &yes, &yes_key, &body),
                world.at(round + 1).post_by("e1001", &back, &back_key, &body),
            )
            .await;
            let (person, verb, came) = [("e1005", "approve", "approved"), ("e1001", "withdraw", "withdrawn")][winner(&[yes, back])];
            assert_eq!(decisions(&world, &instance).await, [pair("e1003", "approve"), pair(person, verb)]);
            assert_eq!(outcome(&world, &instance).await, came);
        }
        world.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_act_many_times_at_once_is_done_once() {
    for world in worlds("approvals_same").await {
        for round in 0..ROUNDS {
            let (instance, [five, _]) = at_finance(&world, &format!("r{round}")).await;
            let (path, key, body) = (format!("/api/v1/tasks/{five}/approve"), format!("same-{round}"), json!({"comment": "because"}));
            let answers = join_all((0..8).map(|turn| world.at(turn).post_by("e1005", &path, &key, &body))).await;
            // While one is worked on, the others are told to ask again.
            let busy = |answer: &(u16, Value)| answer.0 == 409 && answer.1["code"] == "conflict";
            assert!(answers.iter().all(|answer| answer.0 == 200 || busy(answer)), "{answers:?}");
            let done: Vec<&Value> = answers.iter().filter(|answer| answer.0 == 200).map(|answer| &answer.1).collect();
            assert!(!done.is_empty(), "{answers:?}");
            let again = world.at(round).post_by("e1005", &path, &key, &body).await;
            assert!(again.0 == 200 && done.iter().all(|answer| **answer == again.1), "the answer is one: {answers:?} {again:?}");
            assert_eq!(decisions(&world, &instance).await, [pair("e1003", "approve"), pair("e1005", "approve")]);
        }
        world.end().await;
    }
}
