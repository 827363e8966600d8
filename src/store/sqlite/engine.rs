//! One engine batch: load, decide, write, commit.

use super::session::{Run, Sqlite};
use super::{events, intake, ledger, load, outbox, owners, releases};
use crate::store::ask::Turn;
use crate::store::desk::told;
use crate::store::facts::Facts;
use crate::store::fault::Fault;
use crate::store::{Committed, Decide, Keys, Result, Writes};

pub(super) async fn decide(store: &Sqlite, keys: &Keys, decide: Decide) -> Result<Committed> {
    let (mut run, loaded, held) = load::begin(store, keys).await?;
    let facts = Facts::of(keys, &loaded, held);
    let writes = decide(loaded)?;
    let committed = write(&mut run, &facts, writes).await?;
    let committed = Committed { statements: run.statements, rows: run.rows, ..committed };
    run.commit().await?;
    Ok(committed)
}

async fn write(run: &mut Run, facts: &Facts, writes: Writes) -> std::result::Result<Committed, Fault> {
    ledger::documents(run, facts, &writes).await?;
    ledger::instances(run, &writes).await?;
    releases::moved(run, &writes.instance_versions).await?;
    ledger::links(run, &writes.links).await?;
    ledger::timers(run, &writes).await?;
    ledger::exceptions(run, &writes).await?;
    ledger::messages(run, facts, &writes.messages_kept).await?;
    intake::own(run, &writes.messages_new).await?;
    owners::write(run, &writes.drifts).await?;
    events::queue(run, &writes.events).await?;
    if let Some(told) = told(&writes) {
        run.done(told).await?;
    }
    let ready = outbox::progress(run, &facts.held, &writes.progress).await?;
    let taken = outbox::take_back(run, &writes.effects_withdrawn, &writes.effects_requeued).await?;
    let mut committed = outbox::queue(run, writes.effects).await?;
    committed.ready.extend(ready.into_iter().chain(taken));
    Ok(committed)
}
