//! What people do about what stands on their lists: mostly soon, sometimes late, sometimes never; mostly what the flow hopes for.

use super::book::Answer;
use super::company::{BOSS, Company};
use super::door::{About, Who, send};
use super::{DAY, HOUR, is_calm, spawn};
use crate::world::World;
use jiff::SignedDuration;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use waybill::app::people::NewDelegation;
use waybill::domain::approval::{Act, Added, Attachment};
use waybill::domain::ids::{TaskId, TenantId};
use waybill::store::TaskRow;

/// How often somebody looks whether there is anything new on any list.
const LOOK: Duration = Duration::from_secs(420);

/// Everybody looks at their list, for ever.
pub fn attend(world: &Arc<World>) {
    let world = world.clone();
    spawn(&world.clone(), async move {
        let mut calm = false;
        loop {
            world.executor.sleep(LOOK).await;
            if !calm && is_calm(&world) {
                // Nobody lets anything lie any more.
                calm = true;
                world.book().noticed.clear();
            }
            for row in pending(&world) {
                if world.book().noticed.insert((row.id.0, row.since)) {
                    let world = world.clone();
                    spawn(&world.clone(), async move { react(&world, row).await });
                }
            }
        }
    });
}

fn pending(world: &World) -> Vec<TaskRow> {
    let state = world.store.state();
    let open = state.tasks_open.iter().filter_map(|(_, id)| state.tasks.get(id));
    open.filter(|row| row.state == "pending").cloned().collect()
}

fn task(world: &World, id: TaskId) -> Option<TaskRow> {
    world.store.state().tasks.get(&id).cloned()
}

/// Somebody who works here; now and then somebody who does not any more, as a list of yesterday would have them.
pub fn somebody(world: &World) -> String {
    loop {
        let person = format!("p{:02}", world.dice.below(29));
        if world.dice.below(30) == 0 || !world.book().left.contains_key(&person) {
            return person;
        }
    }
}

/// Who acts when it is somebody's turn: they themselves, or whoever they have delegated it to.
fn actor(world: &World, principal: &str) -> String {
    let now = world.executor.timestamp();
    let agent = {
        let book = world.book();
        let mut holds = book.delegations.iter().filter(|(of, _, from, until)| of == principal && *from <= now && now < *until);
        holds.next().map(|(_, agent, _, _)| agent.clone())
    };
    match agent {
        Some(agent) if world.dice.below(2) == 0 => agent,
        _ => principal.to_owned(),
    }
}

async fn react(world: &Arc<World>, row: TaskRow) {
    let calm = is_calm(world);
    let wait = match world.dice.below(100) {
        _ if calm => world.dice.seconds(60, HOUR),
        // Never: the ladder, an urging or somebody who runs it has to settle it.
        0..4 => return,
        4..12 => world.dice.seconds(DAY, 4 * DAY),
        12..40 => world.dice.seconds(4 * HOUR, DAY),
        _ => world.dice.seconds(30, 4 * HOUR),
    };
    world.executor.sleep(wait).await;
    // Who looks at a page of an hour ago does not know what has become of it.
    let late = !calm && world.dice.below(100) < 8;
    let now = task(world, row.id).unwrap_or_else(|| row.clone());
    if now.state == "pending" || late {
        let has_left = world.book().left.contains_key(&now.person);
        if !has_left || (!calm && world.dice.below(3) == 0) {
            let person = if has_left { now.person.clone() } else { actor(world, &now.person) };
            // Somebody else's task, opened by a link that was passed on.
            let stranger = !calm && world.dice.below(60) == 0;
            let person = if stranger { somebody(world) } else { person };
            decide(world, &Who { person, admin: false }, &now).await;
        }
    }
    world.book().noticed.remove(&(row.id.0, row.since));
}

fn act(verb: &str) -> Act {
    Act { verb: verb.to_owned(), comment: Some("because".to_owned()), ..Act::default() }
}

fn proof() -> Vec<Attachment> {
    vec![Attachment { name: "receipt".to_owned(), reference: "file/1".to_owned(), sha256: None }]
}

/// Does one thing about a task.
async fn decide(world: &Arc<World>, who: &Who, row: &TaskRow) {
    let about = About::Task(row.id);
    let calm = is_calm(world);
    match row.kind.as_str() {
        "copy" => {
            send(world, who, about, act("read")).await;
        }
        "consult" => {
            send(world, who, about, act("answer")).await;
        }
        "assist" => {
            send(world, who, about, act("contribute")).await;
        }
        "resubmit" => {
            let mut again = act("resubmit");
            if world.dice.below(3) == 0 {
                again.edits.insert("note".to_owned(), json!(format!("mended {}", world.dice.below(1_000_000))));
            }
            send(world, who, about, again).await;
        }
        _ => {
            let claims = row.step == "act" && !row.claimed;
            if claims && send(world, who, about, act("claim")).await != Answer::Done {
                return;
            }
            if calm || world.dice.below(100) < 55 {
                settle(world, who, row).await;
            } else {
                other(world, who, row).await;
            }
        }
    }
}

/// Agrees, or does not.
async fn settle(world: &Arc<World>, who: &Who, row: &TaskRow) {
    let about = About::Task(row.id);
    let handles = row.kind == "handle";
    let yes = handles || world.dice.below(100) < 88;
    let mut decided = act(if handles {
        "complete"
    } else if yes {
        "approve"
    } else {
        "reject"
    });
    if handles && (is_calm(world) || world.dice.below(10) > 0) {
        decided.attachments = proof();
    }
    if row.step == "lead" && yes && world.dice.below(5) == 0 {
        decided.edits.insert("note".to_owned(), json!(format!("seen by {}", who.person)));
    }
    let answer = send(world, who, about, decided).await;
    if answer == Answer::Done && yes && !is_calm(world) && world.dice.below(100) < 6 {
        world.executor.sleep(world.dice.seconds(5, HOUR)).await;
        send(world, who, about, act("take_back")).await;
    }
}

/// The steps before one that can be returned to.
fn before(step: &str) -> &'static [&'static str] {
    match step {
        "board" => &["lead"],
        "money" => &["up"],
        "over" => &["ask"],
        "vote" | "act" => &["first"],
        "check_it" => &["first", "act"],
        _ => &[],
    }
}

/// Does something else than deciding.
async fn other(world: &Arc<World>, who: &Who, row: &TaskRow) {
    let about = About::Task(row.id);
    let people = |count: u64| (0..=world.dice.below(count)).map(|_| somebody(world)).collect::<Vec<_>>();
    match world.dice.below(100) {
        0..20 => {
            let mut back = act("return");
            let steps = before(&row.step);
            back.step = Some("initiator".to_owned());
            if !steps.is_empty() && world.dice.below(3) > 0 {
                back.step = Some(world.dice.pick(steps).to_owned());
            }
            back.straight = world.dice.below(2) == 0;
            send(world, who, about, back).await;
        }
        20..38 => {
            send(world, who, about, Act { to: people(1), ..act("transfer") }).await;
        }
        38..58 => {
            let how = world.dice.pick(&[Added::Before, Added::After, Added::Beside]);
            let to = people(2);
            let added = Act { to: to.clone(), how: Some(how), in_turn: world.dice.below(2) == 0, ..act("add") };
            if send(world, who, about, added).await == Answer::Done && world.dice.below(4) == 0 {
                world.executor.sleep(world.dice.seconds(5, HOUR)).await;
                take_away(world, who, row, &to[0]).await;
            }
        }
        58..68 => {
            send(world, who, about, Act { to: people(2), ..act("consult") }).await;
        }
        68..76 => {
            send(world, who, about, Act { to: people(1), ..act("assist") }).await;
        }
        76..80 => {
            send(world, who, about, act("comment")).await;
        }
        80..84 => {
            send(world, who, about, Act { to: people(2), ..act("copy") }).await;
        }
        84..88 => {
            send(world, who, about, Act { attachments: proof(), ..act("attach") }).await;
        }
        88..92 => {
            send(world, who, about, act("release")).await;
        }
        _ => delegate(world, &who.person).await,
    }
}

/// Whoever added somebody thinks better of it.
async fn take_away(world: &Arc<World>, who: &Who, row: &TaskRow, added: &str) {
    let found = {
        let state = world.store.state();
        let mut tasks = state.tasks_of(row.tenant, row.instance).into_iter();
        tasks.find(|task| task.person == added && task.visit == row.visit && task.step == row.step && task.ended.is_none())
    };
    if let Some(found) = found {
        send(world, who, About::Task(found.id), act("remove")).await;
    }
}

/// Somebody goes on leave for a while; later they may come back earlier.
async fn delegate(world: &Arc<World>, principal: &str) {
    let Some(replica) = world.some_replica() else { return };
    let agent = somebody(world);
    // Clocks of replicas may be ten minutes off: leaves begin and end well within what is recorded.
    let from = world.executor.timestamp();
    let until = from + SignedDuration::from_hours(1 + i64::try_from(world.dice.below(47)).unwrap_or(0));
    let new = NewDelegation {
        principal: principal.to_owned(),
        agent: agent.clone(),
        from,
        until,
        flows: Vec::new(),
        new_only: world.dice.below(2) == 0,
        by: principal.to_owned(),
        key: format!("{principal}/{from}"),
    };
    // It may hold from now on, whatever is answered.
    world.book().delegations.push((principal.to_owned(), agent.clone(), from, until));
    world.tell(|| format!("{principal} delegates to {agent} until {until}"));
    let (answer, wait) = tokio::sync::oneshot::channel();
    world.executor.spawn(replica.owner, async move {
        let _ = answer.send(replica.people.delegate(TenantId::DEFAULT, new).await.is_ok());
    });
    tokio::select! {
        biased;
        made = wait => world.count(if made.unwrap_or(false) { "Delegated" } else { "Delegation failed" }),
        () = world.executor.sleep(Duration::from_secs(30)) => world.count("Delegation unanswered"),
    }
}

/// Somebody of the company who has not left, for whoever has to name one.
pub fn still_here(world: &World) -> String {
    let people: Vec<String> = Company::default().managers.into_keys().filter(|person| !world.book().left.contains_key(person)).collect();
    let index = usize::try_from(world.dice.below(people.len() as u64)).unwrap_or(0);
    people.get(index).cloned().unwrap_or_else(|| BOSS.to_owned())
}
