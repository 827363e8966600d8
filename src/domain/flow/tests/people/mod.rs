//! Steps that ask people: who is asked, what single decisions make of the step, every verb where it may and may not be used.

mod adding;
mod cells;
mod centre;
mod deciding;
mod forks;
mod going_back;
mod laws;
mod notices;
mod policies;
pub(super) mod support;
mod time;
mod walk;
mod who;
mod whole;
