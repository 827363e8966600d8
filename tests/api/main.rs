//! The HTTP door over a real listener and a real SQLite store.

mod acting;
mod audit;
mod command_line;
mod command_line_people;
mod contract;
mod coverage;
mod decision_links;
#[path = "../support/described.rs"]
mod described;
mod desk;
mod events;
mod feedback;
mod files;
mod four_eyes;
mod hostile;
mod in_app;
mod insight;
mod liar;
mod loops;
mod masking;
mod matrix;
mod mending_texts;
mod operations;
mod ownership;
#[path = "../support/postgres.rs"]
mod postgres;
mod providers;
mod proxies;
mod publishing;
mod quotas;
mod reading;
mod row_security;
mod rows;
mod sample;
mod scopes;
mod secrets;
mod settling;
mod sign_in;
mod stopping;
mod support;
mod tokens;
mod trying;
