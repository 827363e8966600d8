//! What is done when the rules lead to nobody, to the initiator, or to somebody who has agreed already.

use crate::domain::directory::Who;

/// What follows when nobody is to be asked. There is no default: a step must say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Empty {
    /// The step counts as agreed, and the record says why.
    Pass,
    /// The step counts as refused.
    Reject,
    /// An exception: somebody has to name people.
    Block,
    /// Somebody else is asked.
    To(Who),
}

/// What follows when the initiator is to decide on their own document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OwnApproval {
    /// They are asked like anybody.
    #[default]
    Ask,
    /// Their share counts as agreed.
    Pass,
    /// Their manager is asked instead.
    Superior,
    /// The head of their department is asked instead.
    Head,
}

/// Whether somebody who has agreed already is asked again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Repeated {
    /// Yes.
    #[default]
    Ask,
    /// Not when they agreed in the step just before.
    PassAdjacent,
    /// Not when they agreed anywhere before in this round.
    PassEarlier,
}

/// What a no means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RejectMeans {
    /// The step's outcome is `rejected`.
    #[default]
    End,
    /// The document goes back to its initiator, who may submit it anew.
    Return,
}
