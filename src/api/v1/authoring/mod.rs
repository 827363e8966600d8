//! What authors ask about texts before they are published. Nothing here changes what is live.

pub mod compare;
pub(super) mod given;
pub mod preview;
pub mod simulate;
pub mod try_operation;
pub mod validate;
