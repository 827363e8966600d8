//! The engine's thin side: inputs into batches, one transaction each, around the pure `decide`.

pub mod batch;
pub mod definitions;
pub mod delegated;
pub mod display;
mod events;
pub mod hub;
pub mod input;
pub mod parked;
mod readings;
pub mod runner;
mod working_set;
