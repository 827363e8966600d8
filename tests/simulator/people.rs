//! People: they make, change and cancel orders, decide on approvals, and settle exceptions by looking at the partners' books.

use crate::executor::WORLD;
use crate::hooks;
use crate::oracle;
use crate::partners::{Books, System};
use crate::world::World;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use waybill::app::engine::input::{CommandInput, Input, MessageCommand};
use waybill::domain::flow::effect::Work;
use waybill::domain::flow::event::Command;
use waybill::store::ExceptionRow;

/// Orders that come at once: buyers submit their baskets.
const BATCH: u32 = 5;

/// Makes orders over the plan's time, evenly but for the dice.
pub fn make_orders(world: &Arc<World>) {
    let world = world.clone();
    world.executor.clone().spawn(WORLD, async move {
        let batches = (world.plan.orders / BATCH).max(1);
        let gap = world.plan.over / batches;
        for batch in 0..batches {
            let at = gap * batch + world.dice.between(Duration::ZERO, gap);
            world.executor.sleep(at.saturating_sub(world.executor.now())).await;
            (0..BATCH).for_each(|_| make_order(&world));
        }
    });
}

fn make_order(world: &Arc<World>) {
    let system = if world.dice.below(4) == 0 { System::Plant } else { System::Erp };
    let amount = world.dice.pick(&[900, 12_000, 30_000, 80_000]);
    let id = world.books().new_order(system, amount, world.executor.timestamp());
    world.tell(|| format!("order {id} over {amount} in {system:?}"));
    world.count("Orders");
    hooks::tell(world, system, &id);
    let fate = world.dice.below(100);
    if fate >= 6 {
        return;
    }
    let (world, wait) = (world.clone(), world.dice.between(Duration::from_secs(1), world.plan.decide_within * 2));
    world.executor.clone().spawn(WORLD, async move {
        world.executor.sleep(wait).await;
        change(&world, system, &id, fate < 3);
    });
}

/// The owner cancels the order or changes it, as long as it waits.
fn change(world: &Arc<World>, system: System, id: &str, cancels: bool) {
    let now = world.executor.timestamp();
    let waits =
        world.books().orders.get(&(system, id.to_owned())).is_some_and(|order| order.status == "waiting" && order.tampered.is_none());
    if !waits {
        return;
    }
    world.tell(|| format!("order {id} is {}", if cancels { "cancelled" } else { "changed" }));
    world.count(if cancels { "OrdersCancelled" } else { "OrdersChanged" });
    world.books().touch_order(system, id, now, |order| {
        if cancels {
            order.status = "cancelled";
        } else {
            order.amount += 1_000;
            order.revision += 1;
        }
    });
    hooks::tell(world, system, id);
}

/// Somebody will decide on an approval, mostly soon, sometimes before its creator has heard of it, sometimes never.
pub fn will_decide(world: &Arc<World>, id: String) {
    let wait = match world.dice.below(100) {
        0..5 => Duration::ZERO,
        5..7 => world.plan.decide_within * 30,
        _ => world.dice.between(Duration::from_secs(30), world.plan.decide_within),
    };
    let world = world.clone();
    world.executor.clone().spawn(WORLD, async move {
        world.executor.sleep(wait).await;
        let status = if world.dice.below(100) < 15 { "rejected" } else { "approved" };
        if decide(&world, &id, status) && status == "approved" && world.dice.below(100) < 4 {
            world.executor.sleep(world.dice.between(Duration::from_secs(1), world.plan.decide_within * 4)).await;
            decide(&world, &id, "revoked");
        }
    });
}

fn decide(world: &Arc<World>, id: &str, status: &'static str) -> bool {
    let now = world.executor.timestamp();
    let decided = world.books().move_approval(id, status, now);
    if decided {
        world.tell(|| format!("approval {id} is {status}"));
        world.count(status);
        hooks::tell(world, System::Oa, id);
    }
    decided
}

/// Judges what ended long ago, and forgets it: a year does not fit into memory.
pub fn file_away(world: &Arc<World>) {
    let Some(after) = world.plan.forget_after else { return };
    let after = jiff::SignedDuration::try_from(after).unwrap_or_default();
    let world = world.clone();
    world.executor.clone().spawn(WORLD, async move {
        // When it is calm nothing is forgotten any more: the last runs of reconciliation are judged by what they could see.
        let end = world.plan.over + world.plan.storm_after;
        loop {
            world.executor.sleep(Duration::from_secs(86_400)).await;
            if world.executor.now() > end {
                return;
            }
            let before = world.executor.timestamp() - after;
            let old: Vec<_> = world
                .books()
                .orders
                .iter()
                .filter(|(_, order)| order.made_at < before)
                .map(|((system, _), order)| (*system, order.clone()))
                .collect();
            for (system, order) in old {
                oracle::judge_and_forget(&world, system, &order, before);
            }
        }
    });
}

/// Exceptions one instance may have before people give it up.
const SETTLED_MAX: u32 = 12;

/// Looks at the desk every now and then.
pub fn keep_desk(world: &Arc<World>) {
    let world = world.clone();
    world.executor.clone().spawn(WORLD, async move {
        let mut settled: BTreeMap<String, u32> = BTreeMap::new();
        loop {
            world.executor.sleep(world.plan.decide_within / 2).await;
            let open: Vec<ExceptionRow> = {
                let state = world.store.state();
                state.exceptions.values().filter(|row| row.state == "open").cloned().collect()
            };
            for exception in open {
                let key = exception.instance.map_or_else(|| exception.step.clone().unwrap_or_default(), |id| id.to_string());
                let count = settled.entry(key).or_default();
                if *count < SETTLED_MAX {
                    *count += 1;
                    settle(&world, exception).await;
                }
            }
        }
    });
}

async fn settle(world: &Arc<World>, exception: ExceptionRow) {
    let Some(replica) = world.some_replica() else { return };
    let reason = Some("looked at the partner's books".to_owned());
    let (input, word) = match exception.instance {
        Some(instance) => {
            let command = command(world, &exception);
            let word = format!("{command:?}");
            let (tenant, exception) = (exception.tenant, Some(exception.id));
            (Input::Command(Arc::new(CommandInput { tenant, instance, exception, command, actor: "e1004".to_owned(), reason })), word)
        }
        None => {
            let message = exception.step.as_deref().and_then(|step| step.strip_prefix("message:")).and_then(|id| id.parse().ok());
            let Some(message) = message else { return };
            let (tenant, actor) = (exception.tenant, "e1004".to_owned());
            let command = MessageCommand { tenant, message, exception: exception.id, parked: None, again: true, actor, reason };
            (Input::MessageCommand(Arc::new(command)), "Again".to_owned())
        }
    };
    world.tell(|| format!("exception {} ({} {}): {word}", exception.id, exception.cause, exception.code));
    world.count(&format!("Exception {} {}", exception.cause, exception.code));
    let (answer, wait) = tokio::sync::oneshot::channel();
    world.executor.spawn(replica.owner, async move {
        let _ = answer.send(replica.engine.submit_patiently(input).await);
    });
    tokio::select! {
        biased;
        _ = wait => {}
        () = world.executor.sleep(Duration::from_secs(30)) => {}
    }
}

/// What a careful person orders: what was done is marked done, what was not is tried again.
fn command(world: &Arc<World>, exception: &ExceptionRow) -> Command {
    let Some(effect) = exception.effect.and_then(|id| world.store.state().effects.get(&id).cloned()) else { return Command::Retry };
    let Ok(Work::Call { operation, reference, .. }) = serde_json::from_str::<Work>(&effect.work) else { return Command::Retry };
    let books = world.books();
    let found = made(&books, &operation, &reference);
    match found {
        Some(id) if exception.cause == "unknown" => {
            Command::MarkDone { output: serde_json::json!({"external_id": id}), proof: format!("{operation} {id}") }
        }
        _ => Command::Retry,
    }
}

fn made(books: &Books, operation: &str, reference: &str) -> Option<String> {
    let things = match operation {
        "create_approval" => {
            return books.approvals.values().find(|approval| approval.reference == reference).map(|approval| approval.id.clone());
        }
        "create_payable" => &books.payables,
        "hold_stock" => &books.holds,
        "allocate" => &books.allocations,
        "print_note" => &books.notes,
        _ => return None,
    };
    things.values().find(|thing| thing.reference == reference).map(|thing| thing.id.clone())
}
