//! What people who use the console have to say about its pages.

pub mod give;
pub mod list;
pub mod settle;
