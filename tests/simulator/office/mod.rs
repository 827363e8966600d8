//! An office: people ask one another, decide, send back, hand on, go on leave and go for good, tap twice and too late, while the
//! replicas that serve them die, stand still and lose what was said. Judged by what people know they did.

mod book;
mod company;
mod door;
mod fates;
mod items;
mod judge;
mod rungs;
mod staff;
mod timers;

use crate::executor::WORLD;
use crate::faults::Weather;
use crate::run::Outcome;
use crate::world::{Plan, World};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use waybill::domain::catalog::{Catalog, has_errors};

pub use book::Book;
pub use company::Company;

/// What an office does beside the rest of a plan.
#[derive(Clone, Debug)]
pub struct Office {
    /// Approvals begun, spread over the plan's time.
    pub approvals: u32,
    /// People who leave for good while the storm lasts.
    pub leavers: u32,
    /// Mean time between a replica's clock being set wrong, and set right again.
    pub clocks_every: Duration,
}

const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;

/// The office's definitions with everybody still there.
pub fn catalog() -> Arc<Catalog> {
    static CATALOG: OnceLock<Arc<Catalog>> = OnceLock::new();
    let compile = || {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("benches/office-content");
        let (files, findings) = waybill::app::load::load(&root).expect("the content is readable");
        assert!(findings.is_empty(), "{findings:?}");
        let (catalog, diagnostics) = Catalog::compile(files);
        assert!(!has_errors(&diagnostics), "{diagnostics:#?}");
        Arc::new(company::with(&catalog, &Company::default().directory(&BTreeMap::new())))
    };
    CATALOG.get_or_init(compile).clone()
}

/// A storm over an office.
pub fn storm(seed: u64, approvals: u32) -> Plan {
    Plan {
        seed,
        weather: Weather { wire: 0, crash_at_wire: 0, outage_every: None, ..Weather::storm() },
        tickets: seed.is_multiple_of(2),
        reconciles: false,
        schedules: &[],
        tamper_every: None,
        orders: 0,
        over: Duration::from_secs(3 * DAY),
        storm_after: Duration::from_secs(2 * DAY),
        calm: Duration::from_secs(40 * DAY),
        decide_within: Duration::from_secs(4 * HOUR),
        forget_after: None,
        office: Some(Office { approvals, leavers: 6, clocks_every: Duration::from_secs(8 * HOUR) }),
    }
}

/// Runs a plan from the first request until everything is decided.
pub fn run(plan: &Plan, told: bool) -> Outcome {
    let office = plan.office.clone().expect("a plan of an office");
    let world = World::new(plan.clone(), catalog(), told);
    company::leave(&world, &office);
    company::set_clocks(&world, &office);
    fates::begin(&world, &office);
    staff::attend(&world);
    fates::keep_desk(&world);
    crate::run::brew(&world);
    let storm = plan.over + plan.storm_after;
    crate::run::go(&world, storm, || false);
    world.calm_down();
    let at_rest = world.clone();
    crate::run::go(&world, storm + plan.calm, move || judge::is_at_rest(&at_rest));
    judge::judge(&world);
    let (hash, steps) = world.executor.trace();
    let coverage = world.coverage().clone();
    let outcome = Outcome { hash, steps, lasted: world.executor.now(), problems: world.problems(), coverage, log: world.log() };
    world.end();
    outcome
}

/// Whether the faults are over: people are diligent from then on.
fn is_calm(world: &World) -> bool {
    world.executor.now() >= world.plan.over + world.plan.storm_after
}

/// A task of the world's.
fn spawn(world: &Arc<World>, work: impl Future<Output = ()> + Send + 'static) {
    world.executor.spawn(WORLD, work);
}

/// Whether the storm met what it is there for: every verb was used and refused, every rung came, people left.
pub fn met(coverage: &crate::coverage::Coverage) {
    let verbs = waybill::domain::flow::people::verbs::WORDS.iter().filter(|word| !NEVER_SENT.contains(word));
    let verbs = verbs.map(|word| format!("Sent {word}"));
    let rest = ["Tapped twice", "Request lost", "Answer lost", "Left the company", "Clock set", "Delegated", "Second person"];
    let refused = ["already_handled", "not_yours", "verb_not_allowed", "act_incomplete", "bad_people", "suspended", "too_soon"];
    let rungs = ["escalated 1", "handed_over 1", "reminded"].map(|what| [format!("Rung {what}"), format!("Working rung {what}")]);
    let rungs = rungs.into_iter().flatten().chain(["Whole escalated 1", "Items noted"].map(str::to_owned));
    let all = verbs.chain(rest.map(str::to_owned)).chain(refused.map(|code| format!("Refused {code}"))).chain(rungs);
    let missed: Vec<String> = all.filter(|what| coverage.counts.get(what).is_none_or(|count| *count == 0)).collect();
    assert!(missed.is_empty(), "the storm did not meet {missed:?}");
}

/// Verbs that nobody here uses.
const NEVER_SENT: [&str; 0] = [];
