//! Readers of what others wrote, under bytes nobody would write: seeds that are right, changed blindly, for as long as is
//! given. Nothing may panic, be slow, or take for genuine what is not.
//!
//! A mutation that leads to an outcome not seen before becomes a seed itself, so that the storm finds its way inwards without
//! an instrumented build. Each target runs two seconds by default; `scripts/test-long mutations` gives each of them minutes.
//! `WAYBILL_MUTATION_SECONDS` says how many, `WAYBILL_MUTATION_SEED` where to begin. What broke a reader is written to a file
//! whose name is in the message; put into `tests/mutations/found/TARGET/` it is tried first by every run after it.

#![expect(clippy::print_stdout, reason = "figures for whoever runs it with --nocapture")]

mod callbacks;
mod content;
mod storm;
mod texts;
