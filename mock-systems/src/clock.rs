//! The clock of the mocks: real time that can be moved forward, or time that moves only when told.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::sync::Notify;

use crate::instant::Micros;

/// How time passes for the mocks.
#[derive(Clone, Copy, Debug, Default)]
pub enum ClockKind {
    /// Real time; `advance` jumps ahead of it.
    #[default]
    Real,
    /// Stands still at `start` until `advance` is called.
    Driven {
        /// Where it stands at first.
        start: Micros,
    },
}

/// Shared by all three systems; each adds its own skew.
pub(crate) struct Clock {
    origin: Option<(Instant, i64)>,
    offset: AtomicI64,
    moved: Notify,
}

impl Clock {
    pub(crate) fn new(kind: ClockKind) -> Self {
        let (origin, offset) = match kind {
            ClockKind::Real => {
                #[expect(clippy::disallowed_methods, reason = "the mocks are partners: their clock is their own")]
                let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                (Some((Instant::now(), i64::try_from(since_epoch.as_micros()).unwrap_or(i64::MAX))), 0)
            }
            ClockKind::Driven { start } => (None, start.0),
        };
        Self { origin, offset: AtomicI64::new(offset), moved: Notify::new() }
    }

    pub(crate) fn now(&self) -> Micros {
        let offset = self.offset.load(Ordering::Relaxed);
        Micros(match self.origin {
            Some((at, start)) => start + i64::try_from(at.elapsed().as_micros()).unwrap_or(i64::MAX) + offset,
            None => offset,
        })
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.offset.fetch_add(i64::try_from(by.as_micros()).unwrap_or(i64::MAX), Ordering::Relaxed);
        self.moved.notify_waiters();
    }

    /// Returns once `due` is reached, or when someone moved the clock: the caller looks again.
    pub(crate) async fn wait_towards(&self, due: Micros) {
        let moved = self.moved.notified();
        let left = due.0 - self.now().0;
        if left <= 0 {
            return;
        }
        if self.origin.is_some() {
            let real = Duration::from_micros(u64::try_from(left).unwrap_or(0));
            tokio::select! {
                () = tokio::time::sleep(real) => {}
                () = moved => {}
            }
        } else {
            moved.await;
        }
    }
}
