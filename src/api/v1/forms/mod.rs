//! Forms: what people fill in, and taking what they filled.

pub mod list;
pub mod show;
pub mod submit;
