//! The routes of `/api/v1`, one verb a file.

pub mod authoring;
pub mod batches;
pub mod connections;
pub mod definitions;
pub mod delegations;
pub mod documents;
pub mod drafts;
pub mod drift;
mod etag;
pub mod events;
pub mod exceptions;
pub mod flows;
pub mod forms;
pub mod instances;
pub mod me;
pub mod messages;
mod once;
pub mod ops;
mod page;
pub mod reconciliations;
pub mod releases;
pub mod selections;
pub mod streams;
pub mod tasks;
pub mod views;
