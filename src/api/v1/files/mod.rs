//! Files that people attach: uploaded for a task or an instance, named by a verb, and read by whoever has to do with it.

pub mod name;
pub mod read;
pub mod upload;
