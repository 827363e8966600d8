//! Notices to people: their texts, their channels, and when somebody wants them.
//!
//! Owns the definitions, their rendering and the timing. Whom a notice goes to the flow says.

mod channel;
mod template;
mod timing;
mod value;

pub use channel::{BUILT_IN, CHANNEL, Channel};
pub use template::{Notice, NoticeText, SHAPE};
pub use timing::{Manners, Quiet, digest_times};
pub use value::{EVENTS, Told, Words, value_type};
