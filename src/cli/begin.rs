//! What a hub begins with, and what it has to say about it in the log.

use super::assembly::Unsound;
use crate::app::publishing::{Error, Found, Source, Told, at_start};
use crate::runtime::Clock;
use crate::store::Store;
use anyhow::Context;

/// Finds the definitions to begin with.
pub async fn definitions(store: &dyn Store, source: Source, clock: &dyn Clock) -> anyhow::Result<Found> {
    let found = match at_start(store, source, clock.now()).await {
        Ok(found) => found,
        Err(Error::Unsound(findings)) => return Err(Unsound(findings).into()),
        Err(Error::Moved(Some(live))) => anyhow::bail!(
            "the project folder differs from release {} that is live; `waybill diff` shows how, `waybill apply` publishes the folder",
            live.number
        ),
        Err(error) => return Err(error).context("the definitions cannot be brought into force"),
    };
    tell(&found);
    Ok(found)
}

fn tell(found: &Found) {
    let number = found.release;
    match &found.told {
        Told::Same if number == 0 => {
            tracing::warn!("nothing was published yet and no folder is read: the hub waits for a release; `waybill apply DIR` makes one");
        }
        Told::Same => tracing::info!(release.number = number, "release {number} is in force"),
        Told::Published(view) => {
            let changed = view.diff.definitions.len();
            tracing::info!(
                release.number = number,
                "the project folder was published as release {number}: {changed} definitions and files differ"
            );
            let failed = view.cases.iter().filter(|case| !case.passes).count();
            if failed > 0 {
                tracing::warn!("{failed} cases of the project folder fail; `waybill test` shows them");
            }
        }
        Told::Kept { equals: Some(earlier) } => tracing::warn!(
            release.number = number,
            "the project folder equals release {earlier}, which is not live any more: release {number} stays in force; \
             `waybill releases rollback {earlier}` brings the folder's content back, `waybill export` brings the folder up to date"
        ),
        Told::Kept { equals: None } => tracing::warn!(
            release.number = number,
            "the project folder differs from release {number}, which stays in force; `waybill diff` shows how, `waybill apply` publishes the folder"
        ),
    }
}
