//! Everything the three systems share, and the lock order: at most one book is locked at a time, and briefly.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc::UnboundedSender;

use crate::clock::Clock;
use crate::dice::Dice;
use crate::front::Front;
use crate::instant::Micros;
use crate::options::{Options, SeedOrders};
use crate::scheduler::Scheduler;
use crate::webhook::{Sender, Subject};
use crate::{erp, finance, oa};

/// One of the three.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum System {
    /// Orders.
    Erp,
    /// Approvals.
    Oa,
    /// Payables.
    Finance,
}

impl System {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Erp, Self::Oa, Self::Finance];

    /// As the control API writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Erp => "erp",
            Self::Oa => "oa",
            Self::Finance => "finance",
        }
    }
}

pub(crate) struct World {
    pub(crate) options: Options,
    pub(crate) clock: Clock,
    pub(crate) dice: Dice,
    pub(crate) scheduler: Scheduler,
    pub(crate) sender: Sender,
    fronts: [Front; 3],
    pub(crate) erp: Mutex<erp::Book>,
    pub(crate) oa: Mutex<oa::Book>,
    pub(crate) finance: Mutex<finance::Book>,
    /// Who wants to hear of every status that is written to an order: the load generator.
    pub(crate) status_writes: Mutex<Option<UnboundedSender<StatusWrite>>>,
}

/// A status has been written to an order.
pub(crate) struct StatusWrite {
    pub(crate) order_id: String,
    pub(crate) at: std::time::Instant,
}

impl World {
    pub(crate) fn new(options: Options, sender: Sender) -> Self {
        let fronts = [
            Front::new(options.erp.clone(), options.erp_switches.clone()),
            Front::new(options.oa.clone(), options.oa_switches.clone()),
            Front::new(options.finance.clone(), options.finance_switches.clone()),
        ];
        let world = Self {
            clock: Clock::new(options.clock),
            dice: Dice::new(options.seed),
            scheduler: Scheduler::default(),
            sender,
            fronts,
            erp: Mutex::default(),
            oa: Mutex::default(),
            finance: Mutex::default(),
            status_writes: Mutex::default(),
            options,
        };
        world.plant();
        world
    }

    pub(crate) fn front(&self, system: System) -> &Front {
        &self.fronts[system as usize]
    }

    /// The time by that system's own clock.
    pub(crate) fn now(&self, system: System) -> Micros {
        self.clock.now().plus_seconds(self.front(system).skew_seconds())
    }

    /// A receiver has accepted a webhook: from now on the document is its responsibility.
    pub(crate) fn acknowledged(&self, subject: &Subject) {
        if let Subject::Order(id) = subject
            && let Some(order) = lock(&self.erp).get_mut(id)
        {
            order.acknowledged = true;
        }
    }

    /// Back to the start, registrations and sessions included.
    pub(crate) fn reset(&self) {
        self.scheduler.clear();
        *lock(&self.erp) = erp::Book::default();
        *lock(&self.oa) = oa::Book::default();
        *lock(&self.finance) = finance::Book::default();
        let switches = [&self.options.erp_switches, &self.options.oa_switches, &self.options.finance_switches];
        for (front, switches) in self.fronts.iter().zip(switches) {
            front.reset(switches.clone());
        }
        self.plant();
    }

    fn plant(&self) {
        if self.options.orders == SeedOrders::Awkward {
            erp::plant_awkward(self);
        }
    }
}

/// A book stays usable after a panic elsewhere: its changes are made in one go, after all checks.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What handlers are given.
pub(crate) type Shared = Arc<World>;
