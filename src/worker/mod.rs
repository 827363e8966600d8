//! The loops: effects, timers, messages, streams, re-reads, reconciliation, house-keeping.
//!
//! Every loop takes a stop token, works in bounded batches and falls back to polling. None of them knows anything that is
//! not in the store: a nudge only makes the next look sooner.

pub mod batches;
pub mod claims;
pub mod deliveries;
pub mod house;
pub mod messages;
pub mod organisation;
mod pending;
pub mod publishing;
pub mod quotas;
pub mod reconcile;
pub mod relay;
pub mod releases;
pub mod report;
pub mod sealing;
pub mod secrets;
pub mod streams;
pub mod timers;
pub mod watch;
