//! Runs a plan from its first order to rest, and says what came of it.

use crate::coverage::Coverage;
use crate::drift_oracle;
use crate::executor::WORLD;
use crate::faults::Fault;
use crate::fires;
use crate::oracle;
use crate::partners::System;
use crate::people;
use crate::tampering;
use crate::world::{Plan, RECONCILE_POLL, World};
use std::sync::Arc;
use std::time::Duration;
use waybill::domain::catalog::Catalog;

/// What came of a run.
pub struct Outcome {
    pub hash: u64,
    pub steps: u64,
    pub lasted: Duration,
    pub problems: Vec<String>,
    pub coverage: Coverage,
    pub log: Vec<String>,
}

/// Runs a plan. `told`: with everything that happens in words.
pub fn run(plan: &Plan, catalog: &Arc<Catalog>, told: bool) -> Outcome {
    let world = World::new(plan.clone(), catalog.clone(), told);
    people::make_orders(&world);
    people::keep_desk(&world);
    people::file_away(&world);
    tampering::tamper(&world);
    brew(&world);
    let storm = plan.over + plan.storm_after;
    go(&world, storm, || false);
    world.calm_down();
    // What people decide late and revoke is part of it.
    go(&world, storm + plan.decide_within * 8, || false);
    go(&world, storm + plan.calm, rested(&world));
    oracle::judge(&world);
    if plan.reconciles {
        fires::judge(&world);
        drift_oracle::judge(&world);
    }
    let (hash, steps) = world.executor.trace();
    let coverage = world.coverage().clone();
    let outcome = Outcome { hash, steps, lasted: world.executor.now(), problems: world.problems(), coverage, log: world.log() };
    world.end();
    outcome
}

/// Whether everything is settled and, where systems are read back, each has been since, with nothing left on its way.
fn rested(world: &Arc<World>) -> impl FnMut() -> bool + use<> {
    let world = world.clone();
    let mut since = None;
    move || {
        if !oracle::restless(&world).is_empty() {
            since = None;
            return false;
        }
        let since = *since.get_or_insert(world.executor.timestamp());
        !world.plan.reconciles || fires::read_back_since(&world, since + GRACE)
    }
}

/// A change this old is on its way nowhere; the connectors wait for ten minutes and the longest `visible_within`.
const GRACE: jiff::SignedDuration = jiff::SignedDuration::from_mins(20);

const MONTH: Duration = Duration::from_secs(30 * 86_400);

pub fn go(world: &Arc<World>, until: Duration, mut over: impl FnMut() -> bool) {
    let due = |poll| {
        let next = if poll == RECONCILE_POLL { fires::next_due(world)? } else { world.store.state().next_due()? };
        // A replica's clock may be ahead of true time.
        Some(world.executor.since_start(next).saturating_sub(Duration::from_millis(200)))
    };
    let mut asked = Duration::ZERO;
    let every = Duration::from_secs(600);
    world.executor.run(until, due, || {
        let now = world.executor.now();
        if now < asked + every {
            return false;
        }
        // A run of months says where it is.
        if world.plan.over > MONTH && now.as_secs() / MONTH.as_secs() > asked.as_secs() / MONTH.as_secs() {
            println!(
                "{} days: {} orders not filed away, {} steps",
                now.as_secs() / 86_400,
                world.books().orders.len(),
                world.executor.trace().1
            );
        }
        asked = now;
        over()
    });
}

/// The weather: replicas die and stand still, partners and the store go away.
pub fn brew(world: &Arc<World>) {
    let weather = world.plan.weather.clone();
    let fated = Arc::downgrade(world);
    world.executor.set_fate(Some(Arc::new(move |owner| {
        let Some(world) = fated.upgrade() else { return };
        let anywhere = world.weather().anywhere;
        if world.dice.strikes(anywhere) {
            world.crash(owner, Fault::CrashAnywhere);
        } else if world.dice.strikes(anywhere) {
            world.stall(owner);
        }
    })));
    let longest = weather.outage_max;
    again_and_again(world, weather.outage_every, move |world| {
        // Mostly minutes, sometimes as long as it gets.
        let most = if world.dice.below(5) == 0 { longest } else { longest / 20 };
        world.take_partner_away(world.dice.pick(&System::ALL), world.dice.between(Duration::from_secs(60), most));
    });
    again_and_again(world, weather.store_outage_every, |world| world.take_store_away(world.dice.seconds(5, 600)));
    if world.plan.reconciles {
        at_fires(world, weather.suspend_every, |world| world.suspend(world.dice.seconds(3_600, 5 * 3_600)));
        at_fires(world, weather.fire_outage_every, |world| {
            world.take_partner_away(world.dice.pick(&[System::Erp, System::Oa, System::Finance]), world.dice.seconds(60, 1_800));
        });
    }
    if world.plan.tickets {
        again_and_again(world, weather.store_outage_every, |world| world.take_broker_away(world.dice.seconds(5, 1_800)));
    }
}

/// Just as schedules are due: machines are suspended and come back when several of their times have passed; a partner goes away
/// that is about to be read back.
fn at_fires(world: &Arc<World>, mean: Option<Duration>, what: impl Fn(&Arc<World>) + Send + 'static) {
    const HOUR: u64 = 3_600;
    let Some(mean) = mean else { return };
    let world = world.clone();
    world.executor.clone().spawn(WORLD, async move {
        let end = world.plan.over + world.plan.storm_after;
        loop {
            world.executor.sleep(world.dice.between(Duration::ZERO, mean * 2)).await;
            let next = Duration::from_secs((world.executor.now().as_secs() / HOUR + 1) * HOUR);
            world.executor.sleep(next.saturating_sub(world.executor.now()) + world.dice.millis(0, 3_000)).await;
            if world.executor.now() >= end {
                return;
            }
            what(&world);
        }
    });
}

fn again_and_again(world: &Arc<World>, mean: Option<Duration>, what: impl Fn(&Arc<World>) + Send + 'static) {
    let Some(mean) = mean else { return };
    let world = world.clone();
    world.executor.clone().spawn(WORLD, async move {
        let end = world.plan.over + world.plan.storm_after;
        loop {
            world.executor.sleep(world.dice.between(Duration::ZERO, mean * 2)).await;
            if world.executor.now() >= end {
                return;
            }
            what(&world);
        }
    });
}
