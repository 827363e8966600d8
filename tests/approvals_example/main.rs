//! `examples/approvals` as a process: what people are told before they submit, and what is new to them when they look again.

mod forecast;
#[path = "../support/hub.rs"]
#[expect(dead_code, reason = "other tests use other parts")]
mod hub;
mod since_last_view;
mod world;
