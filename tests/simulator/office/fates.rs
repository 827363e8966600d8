//! What befalls whole approvals: they are begun, withdrawn, urged, suspended, meddled with, ended and revoked; and somebody keeps
//! the desk of what stands because nobody could be asked.

use super::book::Answer;
use super::company::BOSS;
use super::door::{About, Who, send};
use super::staff::{somebody, still_here};
use super::{DAY, HOUR, Office, spawn};
use crate::world::World;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use waybill::app::engine::input::{CommandInput, Input};
use waybill::app::starts::{Asker, StartRequest, Starts, Subject};
use waybill::domain::approval::Act;
use waybill::domain::flow::event::Command;
use waybill::domain::ids::{InstanceId, TenantId};
use waybill::store::{ExceptionRow, InstanceRow};

const FLOWS: [&str; 5] = ["ladder", "chain", "fork", "within", "items"];

/// Approvals are begun over the plan's time.
pub fn begin(world: &Arc<World>, office: &Office) {
    let approvals = office.approvals;
    for number in 0..approvals {
        let (world, wait) = (world.clone(), world.dice.between(Duration::ZERO, world.plan.over));
        let flow = FLOWS[number as usize % FLOWS.len()];
        spawn(&world.clone(), async move {
            world.executor.sleep(wait).await;
            approval(&world, format!("C{number}"), flow).await;
        });
    }
}

async fn approval(world: &Arc<World>, number: String, flow: &'static str) {
    // Anybody, the boss and board members too: some are among those who are asked.
    let initiator = still_here(world);
    world.tell(|| format!("{initiator} begins {flow} {number}"));
    if !start(world, &number, flow, &initiator).await {
        return;
    }
    world.book().begun.insert(number.clone(), (flow, initiator.clone()));
    world.count("Begun");
    let fate = world.dice.below(100);
    world.executor.sleep(world.dice.seconds(60, 2 * DAY)).await;
    let Some(instance) = instance(world, &number) else {
        return world.wrong(format!("{number} was begun, the hub said so, and there is no instance"));
    };
    let about = About::Instance(instance.id);
    let (who, boss) = (Who { person: initiator, admin: false }, Who { person: BOSS.to_owned(), admin: true });
    match fate {
        0..7 => {
            send(world, &who, about, act("withdraw")).await;
        }
        7..16 => {
            for _ in 0..3 {
                send(world, &who, about, act("urge")).await;
                world.executor.sleep(world.dice.seconds(60, 3 * HOUR)).await;
            }
        }
        16..22 => suspend(world, &boss, about).await,
        22..26 => {
            let mut meddles = act("intervene");
            match world.dice.below(3) {
                0 => meddles.outcome = Some(world.dice.pick(&["approved", "rejected"]).to_owned()),
                1 => meddles.step = Some(world.dice.pick(&["lead", "up", "first", "legal", "every", "ask"]).to_owned()),
                _ => meddles.to = vec![somebody(world)],
            }
            send(world, &boss, about, meddles).await;
        }
        26..28 => {
            send(world, &boss, about, act("terminate")).await;
        }
        28..40 => {
            // Once it is approved, and now and then before.
            for _ in 0..40 {
                let over = self::instance(world, &number).is_some_and(|row| row.status == "ended");
                if over || world.dice.below(40) == 0 {
                    break;
                }
                world.executor.sleep(Duration::from_secs(HOUR * 3)).await;
            }
            send(world, &boss, about, act("revoke")).await;
        }
        _ => {}
    }
}

/// Suspended, and resumed for certain.
async fn suspend(world: &Arc<World>, boss: &Who, about: About) {
    if matches!(send(world, boss, about, act("suspend")).await, Answer::Refused(_)) {
        return;
    }
    world.executor.sleep(world.dice.seconds(HOUR, 30 * HOUR)).await;
    while send(world, boss, about, act("resume")).await == Answer::Unknown {}
}

fn act(verb: &str) -> Act {
    Act { verb: verb.to_owned(), comment: Some("because".to_owned()), ..Act::default() }
}

/// Asks until the hub says that it is stored; false when it never does.
async fn start(world: &Arc<World>, number: &str, flow: &str, initiator: &str) -> bool {
    let items = if flow == "items" { 1 + world.dice.below(4) } else { 0 };
    let items: Vec<_> = (0..items).map(|item| json!({"name": format!("i{item}"), "owner": somebody(world)})).collect();
    for _ in 0..20 {
        let asker = Asker {
            tenant: TenantId::DEFAULT,
            name: "portal".to_owned(),
            acts_as: "token:portal".to_owned(),
            key: Some(number.to_owned()),
            language: "en".to_owned(),
        };
        let body = json!({"number": number, "requester": {"id": initiator}, "note": "as discussed", "items": items});
        let request = StartRequest { asker, flow: flow.to_owned(), subject: Subject::Given(body) };
        if let Some(replica) = world.some_replica() {
            let (answer, wait) = tokio::sync::oneshot::channel();
            world.executor.spawn(replica.owner, async move {
                let _ = answer.send(replica.starter.start(request).await.map(|_| ()));
            });
            let heard = tokio::select! {
                biased;
                heard = wait => heard.ok(),
                () = world.executor.sleep(Duration::from_secs(30)) => None,
            };
            if let Some(Ok(())) = heard {
                return true;
            }
        }
        world.executor.sleep(world.dice.seconds(5, 300)).await;
    }
    world.count("Never begun");
    false
}

/// The instance of an approval that was begun; of a subflow it is the outer one.
pub fn instance(world: &World, number: &str) -> Option<InstanceRow> {
    let state = world.store.state();
    let document = state.documents.values().find(|row| row.key == number)?.id;
    let of = state.instances_of.get(&document)?.iter().filter_map(|id| state.instances.get(id));
    of.filter(|row| row.flow != "opinion").min_by_key(|row| row.started_at).cloned()
}

/// Whoever runs the flows names people where nobody could be asked, and tries again what is then settled.
pub fn keep_desk(world: &Arc<World>) {
    let world = world.clone();
    spawn(&world.clone(), async move {
        let mut looks: BTreeMap<InstanceId, u32> = BTreeMap::new();
        loop {
            world.executor.sleep(Duration::from_secs(2 * HOUR)).await;
            let open: Vec<ExceptionRow> = {
                let state = world.store.state();
                state.exceptions.values().filter(|row| row.state == "open").cloned().collect()
            };
            for exception in open {
                let Some(instance) = exception.instance else {
                    world.wrong(format!("an exception of no instance: {} {}", exception.cause, exception.code));
                    continue;
                };
                let looks = looks.entry(instance).or_default();
                *looks += 1;
                world.count(&format!("Exception {} {}", exception.cause, exception.code));
                world.tell(|| format!("exception of {instance}: {} ({})", exception.code, exception.message));
                settle(&world, instance, &exception, *looks).await;
            }
        }
    });
}

async fn settle(world: &Arc<World>, instance: InstanceId, exception: &ExceptionRow, looks: u32) {
    let boss = Who { person: BOSS.to_owned(), admin: true };
    let orphaned: Vec<_> = {
        let (state, book) = (world.store.state(), world.book());
        state
            .tasks_of(exception.tenant, instance)
            .into_iter()
            .filter(|row| row.ended.is_none() && book.left.contains_key(&row.person))
            .collect()
    };
    for row in orphaned {
        send(world, &boss, About::Task(row.id), Act { to: vec![still_here(world)], ..act("transfer") }).await;
    }
    let named = Act { to: (0..3).map(|_| still_here(world)).collect(), ..act("intervene") };
    let named = Act { to: distinct(named.to), ..named };
    if exception.code == "nobody_to_ask" || exception.code == "too_few_people" {
        let answer = send(world, &boss, About::Instance(instance), named).await;
        if answer == Answer::Done || looks < 3 {
            command(world, instance, exception, Command::Retry).await;
            return;
        }
    }
    command(world, instance, exception, if looks < 8 { Command::Retry } else { Command::Cancel }).await;
}

fn distinct(people: Vec<String>) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    people.into_iter().for_each(|person| {
        if !seen.contains(&person) {
            seen.push(person);
        }
    });
    seen
}

async fn command(world: &Arc<World>, instance: InstanceId, exception: &ExceptionRow, command: Command) {
    let Some(replica) = world.some_replica() else { return };
    if command == Command::Cancel {
        world.count("Given up");
        world.tell(|| format!("{instance} is given up"));
    }
    let input = CommandInput {
        tenant: exception.tenant,
        instance,
        exception: Some(exception.id).filter(|_| command != Command::Cancel),
        command,
        actor: BOSS.to_owned(),
        reason: Some("people are named".to_owned()),
    };
    let (answer, wait) = tokio::sync::oneshot::channel();
    world.executor.spawn(replica.owner, async move {
        let _ = answer.send(replica.engine.submit_patiently(Input::Command(Arc::new(input))).await);
    });
    tokio::select! {
        biased;
        _ = wait => {}
        () = world.executor.sleep(Duration::from_secs(30)) => {}
    }
}
