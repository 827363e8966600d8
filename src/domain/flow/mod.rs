//! Flows: definition, instance, events, effects, and `decide`, which turns an event into the next state and what is asked for.
//!
//! Pure: no clock, no I/O, no randomness, no ids but derived ones. `decide.rs` routes, `machine.rs` holds what all step kinds
//! share, `steps/` has one file per kind; `awaits`, `ladder`, `reversal`, `reactions` and `command` are the verbs across kinds.
//! What a flow needs of connectors, mappings and calendars comes through `environment.rs`.

pub mod again;
mod awaits;
pub mod cases;
mod command;
mod compile;
mod decide;
pub mod decision;
mod definition;
mod delegated;
pub mod effect;
pub mod environment;
pub mod event;
pub mod facts;
#[expect(clippy::module_inception, reason = "the compiled flow is the room's main noun")]
mod flow;
pub mod instance;
mod ladder;
mod machine;
pub mod migrate;
mod notices;
mod outside;
pub mod part;
pub mod people;
mod reactions;
mod reference;
mod reversal;
mod scope;
pub mod shape;
mod shown;
pub mod stage;
mod start;
pub mod steps;
mod tables;
#[cfg(test)]
mod tests;
mod within;

pub use compile::{Compiler, fits, signature};
pub use decide::decide;
pub use definition::Definition;
pub use environment::{Environment, FlowEnvironment, FormInfo};
pub use facts::{Binding, DocumentFacts, Facts};
pub use flow::{Condition, Flow, OnError, Policy, Reaction, Step, Trigger, Who};
pub use instance::{Instance, Parent};
pub use notices::HERE;
pub use scope::set_path as with_field;
pub use start::{HUB, Start, StartOn};
