//! Everything that can go wrong, and how often it does in a run.

use std::time::Duration;

/// What can happen to one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    // Nothing is done.
    ConnectRefused,
    ResetBefore,
    LostRequest,
    Unavailable,
    RateLimited,
    Throttled,
    Busy,
    AuthExpired,
    ErrorBefore,
    // It is done, and the answer does not say so.
    ResetAfter,
    LostAnswer,
    ErrorAfter,
    BrokenBody,
    HtmlPage,
    // Time.
    Slow,
    LateExecution,
    HiddenForAWhile,
    // A lie.
    SilentNoop,
    // The process and its store.
    CrashAtSend,
    CrashAtAnswer,
    CrashBeforeCommit,
    CrashAfterCommit,
    CrashAnywhere,
    Stall,
    StoreAway,
    CommitLostBefore,
    CommitLostAfter,
    SlowStore,
    Outage,
}

impl Fault {
    pub const WIRE: [Fault; 18] = [
        Fault::ConnectRefused,
        Fault::ResetBefore,
        Fault::LostRequest,
        Fault::Unavailable,
        Fault::RateLimited,
        Fault::Throttled,
        Fault::Busy,
        Fault::AuthExpired,
        Fault::ErrorBefore,
        Fault::ResetAfter,
        Fault::LostAnswer,
        Fault::ErrorAfter,
        Fault::BrokenBody,
        Fault::HtmlPage,
        Fault::Slow,
        Fault::LateExecution,
        Fault::HiddenForAWhile,
        Fault::SilentNoop,
    ];

    pub const PROCESS: [Fault; 11] = [
        Fault::CrashAtSend,
        Fault::CrashAtAnswer,
        Fault::CrashBeforeCommit,
        Fault::CrashAfterCommit,
        Fault::CrashAnywhere,
        Fault::Stall,
        Fault::StoreAway,
        Fault::CommitLostBefore,
        Fault::CommitLostAfter,
        Fault::SlowStore,
        Fault::Outage,
    ];

    pub fn word(self) -> String {
        format!("{self:?}")
    }
}

/// How often things go wrong, in a million, and how long things last.
#[derive(Clone, Debug)]
pub struct Weather {
    /// One of the wire's faults, per request.
    pub wire: u32,
    /// A crash at a send, and at an answer.
    pub crash_at_wire: u32,
    /// Each of the four things that can happen at a commit.
    pub commit: u32,
    /// The store does not answer one call.
    pub store_away: u32,
    /// A store call takes seconds.
    pub store_slow: u32,
    /// A replica dies, or stands still, before any one of its steps; each.
    pub anywhere: u32,
    /// Mean time between outages, over all partners.
    pub outage_every: Option<Duration>,
    /// The longest outage.
    pub outage_max: Duration,
    /// Mean time between times without a store.
    pub store_outage_every: Option<Duration>,
    /// A callback is lost, doubled, late; each.
    pub callback: u32,
    /// A ticket is refused, lost, left unanswered, doubled, late, and its acknowledgement forgotten; each.
    pub ticket: u32,
    /// A replica stands still between learning of a due schedule and firing it, until others have fired later ones.
    pub fire_stall: u32,
    /// Mean time between times at which all machines are suspended, so that clocks jump over several fires.
    pub suspend_every: Option<Duration>,
    /// Mean time between outages that begin just as partners are read back.
    pub fire_outage_every: Option<Duration>,
    /// Partners' clocks are off by at most this.
    pub skew: Duration,
}

impl Weather {
    /// Nothing goes wrong.
    pub fn calm() -> Self {
        Self {
            wire: 0,
            crash_at_wire: 0,
            commit: 0,
            store_away: 0,
            store_slow: 0,
            anywhere: 0,
            outage_every: None,
            outage_max: Duration::ZERO,
            store_outage_every: None,
            callback: 0,
            ticket: 0,
            fire_stall: 0,
            suspend_every: None,
            fire_outage_every: None,
            skew: Duration::ZERO,
        }
    }

    /// Everything goes wrong, all the time: short runs that meet much.
    pub fn storm() -> Self {
        Self {
            wire: 150_000,
            crash_at_wire: 3_000,
            commit: 2_000,
            store_away: 2_000,
            store_slow: 2_000,
            anywhere: 300,
            outage_every: Some(Duration::from_secs(12 * 3_600)),
            outage_max: Duration::from_secs(2 * 3_600),
            store_outage_every: Some(Duration::from_secs(12 * 3_600)),
            callback: 100_000,
            ticket: 50_000,
            fire_stall: 100_000,
            suspend_every: Some(Duration::from_secs(8 * 3_600)),
            fire_outage_every: Some(Duration::from_secs(4 * 3_600)),
            skew: Duration::from_secs(600),
        }
    }

    /// A bad year of a real installation: each kind of fault between 0.1 and 10 %, outages of minutes to days.
    pub fn year() -> Self {
        Self {
            // A dozen kinds share this. With more, a partner that answers one question in half a minute cannot be asked what
            // became of a day of orders, and what is simulated is that partner alone.
            wire: 60_000,
            // A process that dies with every hundredth request finishes nothing that takes hundreds: it is a process that runs no more.
            crash_at_wire: 1_500,
            commit: 5_000,
            store_away: 5_000,
            store_slow: 5_000,
            anywhere: 400,
            outage_every: Some(Duration::from_secs(2 * 86_400)),
            outage_max: Duration::from_secs(2 * 86_400),
            store_outage_every: Some(Duration::from_secs(2 * 86_400)),
            callback: 50_000,
            ticket: 10_000,
            fire_stall: 10_000,
            suspend_every: Some(Duration::from_secs(30 * 86_400)),
            fire_outage_every: Some(Duration::from_secs(10 * 86_400)),
            skew: Duration::from_secs(600),
        }
    }
}
