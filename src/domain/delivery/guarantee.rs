//! What makes a repeat of an operation harmless, as the delivery sees it.

/// The promise of an operation.
#[derive(Clone, Debug, PartialEq)]
pub enum Guarantee {
    /// A read: repeat at will.
    Read,
    /// The partner honours an idempotency key in header or body.
    Key,
    /// Repeating is harmless by nature.
    Nature,
    /// It can be looked up by our reference.
    LookUp {
        /// When to ask, milliseconds after the send; the last is later than execution plus visibility.
        ask_after_millis: Vec<u64>,
        /// What to do when the last look-up finds nothing.
        then: WhenAbsent,
    },
    /// Neither: may duplicate; unknown goes to a person at once.
    None,
}

/// What to do when the last look-up finds nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenAbsent {
    /// Send again with the same reference.
    Repeat,
    /// A person decides.
    Person,
}
