//! Flow tests: a script of answers, events and passing time, and what is expected of it. Pure; `test` and `simulate` use it.

mod answer;
mod people;
mod read;
mod run;
mod simulate;
mod wait;
mod words;

pub use read::{CASE, Case};
pub use run::{CaseResult, Setting, run};
pub use simulate::{Answers, simulate};
pub use wait::{Asked, Wait, example_of, wait_json};
pub use words::TraceEntry;
