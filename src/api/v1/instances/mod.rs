//! Instances.

pub mod attempts;
pub mod effects;
pub mod history;
pub mod list;
pub mod migrate;
pub mod path;
pub mod show;

use crate::api::auth::Caller;
use crate::app::reading::Payloads;
use crate::domain::permission::Permission;

/// Whether this caller sees payloads.
fn payloads(caller: &Caller) -> Payloads {
    if caller.may(Permission::Payloads) { Payloads::Shown } else { Payloads::Hidden }
}
