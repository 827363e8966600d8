//! Generic ERP, OA and finance systems for tests, the demonstration and the benchmark.
//!
//! [`start`] binds three HTTP servers on the loopback interface and returns a [`Running`] handle. They behave like real
//! partners, misbehave as their [`Switches`] say, and keep every order, approval and payable in a ledger from which
//! [`Audit`] tells what was lost and what was done twice.
//!
//! Beside them stand mocks of named products, which follow their vendors' documents and are judged by their SDKs: `vendors` has
//! approval systems, `erps` has ERPs.
//!
//! The crate knows nothing of the hub: it speaks HTTP to it, as a partner would. It keeps everything in memory, and it
//! never talks to anything but the loopback interface.

mod audit;
mod clock;
mod control;
mod dice;
mod erp;
pub mod erps;
mod finance;
mod front;
mod ids;
mod instant;
pub mod load;
mod money;
mod oa;
mod options;
mod reply;
mod running;
mod scheduler;
mod serve;
mod switches;
mod target;
pub mod vendors;
mod webhook;
mod world;

pub use audit::{Audit, Detail, OrderAudit, Reason, Verdict};
pub use clock::ClockKind;
pub use erp::{Edit, NewOrders, OrderStatus};
pub use instant::Micros;
pub use oa::ApprovalStatus;
pub use options::{Credentials, Options, SeedOrders};
pub use running::{Error, Running, start};
pub use switches::{Fault, Switches};
pub use webhook::{Mode, Registration, sign};
pub use world::System;
