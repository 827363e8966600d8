//! Webhooks about orders.

use std::sync::Arc;

use serde_json::json;

use crate::erp::render;
use crate::webhook::{Job, Mode, Subject, send};
use crate::world::{Shared, System, lock};

/// Tells the registered receiver that the order changed, if there is one.
pub(crate) fn announce(world: &Shared, id: &str) {
    let front = world.front(System::Erp);
    let Some(hook) = front.hook() else { return };
    let numeric_ids = front.with_switches(|switches| switches.numeric_ids);
    let body = {
        let book = lock(&world.erp);
        let Some(order) = book.get(id) else { return };
        match hook.mode {
            Mode::Full => render(order, numeric_ids),
            Mode::Thin => json!({"order_id": id, "changed_at": order.changed_at.to_rfc3339()}).to_string().into_bytes(),
        }
    };
    send(world, Job::new(System::Erp, Arc::clone(&hook), Subject::Order(id.to_owned()), body.into()));
}
