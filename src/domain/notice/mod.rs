//! Notices to people: their texts, their channels, and when somebody wants them.
//!
//! Owns the definitions, their rendering and the timing; and what an app outside is shown of tasks that people decide there. Whom a notice goes to the flow says.

mod channel;
mod delegation;
mod own;
mod shown;
mod template;
mod timing;
mod value;

pub use channel::{BUILT_IN, CHANNEL, Channel, Opens, Tells};
pub use delegation::{BETWEEN_PEOPLE, DelegationNews};
pub use own::{digest_words, own_words};
pub use shown::{SHOWN_MAX, Shown, ShownTask, shown_type};
pub use template::{Notice, NoticeText, SHAPE};
pub use timing::{Manners, Quiet, digest_times};
pub use value::{EVENTS, Told, Words, value_type};
