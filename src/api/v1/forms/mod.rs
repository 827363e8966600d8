//! Forms: what people fill in, whom that would ask, and taking what they filled.

pub mod forecast;
pub mod list;
pub mod show;
pub mod submit;
