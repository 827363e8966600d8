//! Use cases: what the doors ask for and the loops drive. Each file is one case over store, gateway and domain.
//!
//! Nothing here knows HTTP routes, command lines or configuration files.

pub mod access;
pub mod act;
pub mod answers;
pub mod cases;
pub mod commands;
pub mod connections;
pub mod consent;
pub mod desk;
pub mod diagnosis;
pub mod engine;
pub mod feed;
mod foresee;
pub mod group;
pub mod health;
pub mod intake;
pub mod keeping;
pub mod load;
pub mod marked;
pub mod notice;
pub mod ops;
pub mod people;
pub mod publishing;
pub mod quotas;
pub mod reading;
pub mod receipts;
pub mod receive;
pub mod reconcile;
pub mod secrets;
pub mod shared;
pub mod start;
pub mod starts;
pub mod story;
pub mod trace;

/// Why the store could not do what a use case asked; doors say it in their own words.
pub use crate::store::Error as StoreError;
