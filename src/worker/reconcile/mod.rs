//! Reads systems back: fires schedules, claims runs and works on them page by page.
//!
//! A run belongs to one process at a time (a leased row with a token); every page is stored together with how far the run
//! got, so that any process goes on after a crash. Reading waits its turn: a run makes one request at a time and never takes
//! more than its share of the connection's rate.

mod list;
mod pace;
mod read;
mod reconciler;
mod repairing;
mod schedules;
mod single;

use crate::app::reconcile::compare;
use read::{Trouble, TroubleKind};
pub use reconciler::Reconciler;
use reconciler::{Halted, Work};
