//! The HTTP door over a real listener and a real SQLite store.

mod command_line;
mod contract;
mod coverage;
mod desk;
mod events;
mod hostile;
mod operations;
mod publishing;
mod reading;
mod rows;
mod settling;
mod stopping;
mod support;
