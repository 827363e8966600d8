//! A breaker in a person's hands.

use super::{Keeper, Result};
use crate::domain::ids::TenantId;
use crate::store::desk::{BreakerChange, BreakerHold};

impl Keeper {
    /// Holds a connection's breaker `open` or `closed`; none lets it decide for itself again. Replicas follow within seconds.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn hold_breaker(&self, tenant: TenantId, connection: &str, state: Option<&str>, actor: &str, reason: &str) -> Result<()> {
        let now = self.clock.now();
        let hold = BreakerHold {
            tenant,
            connection: connection.to_owned(),
            state: state.map(str::to_owned),
            actor: actor.to_owned(),
            reason: reason.to_owned(),
            at: now,
        };
        let word = match state {
            Some("open") => "held_open",
            Some(_) => "held_closed",
            None => "released",
        };
        let change = BreakerChange {
            id: self.ids.next(),
            tenant,
            at: now,
            connection: connection.to_owned(),
            state: word.to_owned(),
            actor: Some(actor.to_owned()),
            reason: Some(reason.to_owned()),
            process: None,
        };
        Ok(self.store.desk().hold_breaker(&hold, &change).await?)
    }
}
