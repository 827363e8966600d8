//! The pure core: what documents, mappings, connectors and flows mean and what happens next.
//!
//! No async, no I/O, no clock, no randomness: time and ids are arguments, results are values.

pub mod access;
pub mod approval;
pub mod binding;
pub mod calendar;
pub mod catalog;
pub mod cause;
pub mod connector;
pub mod delivery;
pub mod diagnostic;
pub mod dictionary;
pub mod directory;
pub mod document;
pub mod expression;
pub mod file;
pub mod flow;
pub mod form;
pub mod format;
pub mod ids;
pub mod insight;
pub mod ledger;
pub mod mapping;
pub mod notice;
pub mod permission;
pub mod publishing;
pub mod quota;
pub mod reconcile;
pub mod retry;
pub mod signature;
pub mod table;
pub mod text;
pub mod value;
pub mod vendor_form;
