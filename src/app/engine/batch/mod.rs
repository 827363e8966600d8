//! Decides one batch in memory, from what the store loaded: pure but for its arguments, runs inside the transaction.
//!
//! Inputs are taken in order; each lands on instances through `decide`, and what that asks for becomes rows. Nothing here
//! waits: a flow version that is not in memory is reported, loaded outside, and the input comes again.

mod applying;
mod between;
mod deciding;
mod drift;
mod mend;
mod messages;
mod migrate;
mod people;
mod sightings;
mod stuck;
#[cfg(test)]
mod tests;

use super::definitions::Definitions;
use super::input::Verdict;
use super::parked::Object;
use crate::app::trace::Touched;
use crate::domain::approval::Delegations;
use crate::store::{Lease, Writes};
#[cfg(test)]
pub(crate) use deciding::PANICS;
pub use deciding::decide_batch;
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::Arc;

/// What a batch is decided with.
pub struct Circumstances {
    /// The definitions of this moment.
    pub definitions: Arc<Definitions>,
    /// Who decides for whom.
    pub delegations: Arc<Delegations>,
    /// Now.
    pub now: Timestamp,
    /// The lease under which new effects may be claimed at once.
    pub lease: Lease,
    /// How many effects each connection may take at once now.
    pub room: HashMap<String, u32>,
    /// Whether what changes is published.
    pub publishes: bool,
    /// Whether it is to be said which instances each input moved.
    pub traced: bool,
}

/// What a batch comes to.
pub struct Batch {
    /// What to write.
    pub writes: Writes,
    /// What became of each input, in order.
    pub verdicts: Vec<Verdict>,
    /// Objects at partners that got a link here: events about them need not wait any longer.
    pub linked: Vec<Object>,
    /// Which instances each input moved, where that was asked for.
    pub touched: Vec<Touched>,
}
