//! Starting, steering in process, and stopping.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::audit::Audit;
use crate::erp::{self, Edit, NewOrders};
use crate::instant::Micros;
use crate::oa::{self, ApprovalStatus, Change};
use crate::options::Options;
use crate::webhook::{Hook, Registration, Sender};
use crate::world::{Shared, System, World};
use crate::{control, finance, scheduler, serve};

/// Why something was not done.
#[derive(Debug)]
pub enum Error {
    /// A port could not be taken.
    Bind {
        /// For which system.
        system: System,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// What was asked for is not possible; the sentence says why.
    Invalid(String),
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bind { system, .. } => write!(f, "the mock {} cannot listen", system.name()),
            Self::Invalid(sentence) => f.write_str(sentence),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Bind { source, .. } => Some(source),
            Self::Invalid(_) => None,
        }
    }
}

/// The three servers. Dropping it stops them without ceremony; [`Running::stop`] lets requests finish.
pub struct Running {
    world: Shared,
    addresses: [SocketAddr; 3],
    tasks: TaskTracker,
    stop: CancellationToken,
}

/// Requests get this long to finish.
const STOP_WITHIN: Duration = Duration::from_secs(5);

/// Binds the three listeners on 127.0.0.1 and serves until stopped. Needs a Tokio runtime.
///
/// # Errors
/// When a port cannot be taken.
pub async fn start(options: Options) -> Result<Running, Error> {
    let ports = [options.erp_port, options.oa_port, options.finance_port];
    let (sender, receivers) = Sender::new();
    let world = Arc::new(World::new(options, sender));
    let tasks = TaskTracker::new();
    let stop = CancellationToken::new();
    let mut addresses = [SocketAddr::from((Ipv4Addr::LOCALHOST, 0)); 3];
    let mut listeners = Vec::with_capacity(3);
    for ((system, port), address) in System::ALL.into_iter().zip(ports).zip(&mut addresses) {
        let bind = async {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
            let bound = listener.local_addr()?;
            Ok((listener, bound))
        };
        let (listener, bound) = bind.await.map_err(|source| Error::Bind { system, source })?;
        *address = bound;
        listeners.push((system, listener));
    }
    for (system, listener) in listeners {
        let business = match system {
            System::Erp => erp::router(Arc::clone(&world)),
            System::Oa => oa::router(Arc::clone(&world)),
            System::Finance => finance::router(Arc::clone(&world)),
        };
        let router = business.merge(control::router(Arc::clone(&world), system));
        tasks.spawn(serve::run(listener, router, tasks.clone(), stop.clone()));
    }
    Sender::start(&world, receivers, &tasks, &stop);
    tasks.spawn(scheduler::run(Arc::clone(&world), stop.clone()));
    Ok(Running { world, addresses, tasks, stop })
}

impl Running {
    /// Where a system listens.
    #[must_use]
    pub fn address(&self, system: System) -> SocketAddr {
        self.addresses[system as usize]
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end.
    #[must_use]
    pub fn url(&self, system: System) -> String {
        format!("http://{}", self.address(system))
    }

    /// What it was started with.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.world.options
    }

    /// Where the ERP or the OA sends its webhooks from now on.
    ///
    /// # Errors
    /// When the URL is not on the loopback interface, the secret is malformed, or finance is meant: it sends none.
    pub fn register_webhook(&self, system: System, registration: &Registration) -> Result<(), Error> {
        if system == System::Finance {
            return Err(Error::Invalid("finance sends no webhooks".to_owned()));
        }
        let hook = Hook::new(registration).map_err(Error::Invalid)?;
        self.world.front(system).set_hook(Some(hook));
        Ok(())
    }

    /// Sends no more webhooks.
    pub fn unregister_webhook(&self, system: System) {
        self.world.front(system).set_hook(None);
    }

    /// As `GET /__mock/switches` shows them.
    #[must_use]
    pub fn switches(&self, system: System) -> Value {
        self.world.front(system).switches().to_json()
    }

    /// As `PUT /__mock/switches`: names what changes.
    ///
    /// # Errors
    /// When a switch is unknown or has a wrong value; then none is changed.
    pub fn set_switches(&self, system: System, changes: &Value) -> Result<(), Error> {
        let front = self.world.front(system);
        front.change_switches(changes, self.world.clock.now()).map(drop).map_err(Error::Invalid)
    }

    /// Back to the switches it was started with; everything else stays.
    pub fn clear_switches(&self) {
        let options = &self.world.options;
        for (system, switches) in System::ALL.into_iter().zip([&options.erp_switches, &options.oa_switches, &options.finance_switches]) {
            self.world.front(system).put_switches(switches.clone());
        }
    }

    /// New orders in the ERP: their ids and numbers.
    ///
    /// # Errors
    /// When a bound is exceeded or a number exists already.
    pub fn create_orders(&self, wanted: &NewOrders) -> Result<Vec<(String, String)>, Error> {
        erp::create(&self.world, wanted).map_err(Error::Invalid)
    }

    /// Changes an order as a person in the ERP would.
    ///
    /// # Errors
    /// When there is no such order.
    pub fn edit_order(&self, id: &str, edit: &Edit) -> Result<(), Error> {
        if erp::edit(&self.world, id, edit) { Ok(()) } else { Err(Error::Invalid(format!("no order `{id}`"))) }
    }

    /// Decides an approval as its holders would.
    ///
    /// # Errors
    /// When there is no such approval or its status forbids it.
    pub fn decide(&self, approval: &str, status: ApprovalStatus) -> Result<(), Error> {
        match oa::change(&self.world, approval, status, None) {
            Change::Done | Change::Repeat => Ok(()),
            Change::Unknown => Err(Error::Invalid(format!("no approval `{approval}`"))),
            Change::Forbidden(present) => Err(Error::Invalid(format!("approval `{approval}` is {}", present.name()))),
        }
    }

    /// Where an order stands; none when there is none.
    #[must_use]
    pub fn order_status(&self, id: &str) -> Option<erp::OrderStatus> {
        crate::world::lock(&self.world.erp).get(id).map(|order| order.status)
    }

    /// The amount of a payable as text; none when there is none.
    #[must_use]
    pub fn payable_amount(&self, id: &str) -> Option<String> {
        crate::world::lock(&self.world.finance).get(id).map(|payable| payable.amount.to_string())
    }

    /// As `PATCH /__mock/payables/{id}`: changes a payable behind the hub's back.
    ///
    /// # Errors
    /// When there is no such payable, or the change cannot be read.
    pub fn edit_payable(&self, id: &str, change: &Value) -> Result<(), Error> {
        let wanted = serde_json::from_value(change.clone()).map_err(|problem| Error::Invalid(problem.to_string()))?;
        if finance::edit(&self.world, id, &wanted) { Ok(()) } else { Err(Error::Invalid(format!("no payable `{id}`"))) }
    }

    /// Puts an approval anywhere, behind the hub's back: whatever its state allows, and without a callback.
    ///
    /// # Errors
    /// When there is no such approval or status.
    pub fn force_approval(&self, approval: &str, status: &str) -> Result<(), Error> {
        let status = serde_json::from_value(Value::from(status)).map_err(|problem| Error::Invalid(problem.to_string()))?;
        match oa::force(&self.world, approval, status) {
            Change::Done => Ok(()),
            _ => Err(Error::Invalid(format!("no approval `{approval}`"))),
        }
    }

    /// The time by a system's own clock.
    #[must_use]
    pub fn now(&self, system: System) -> Micros {
        self.world.now(system)
    }

    /// Moves the clock of all three forward.
    pub fn advance(&self, by: Duration) {
        self.world.clock.advance(by);
    }

    /// Every session must sign in again.
    pub fn expire_sessions(&self, system: System) {
        self.world.front(system).expire_sessions();
    }

    /// What really happened so far.
    #[must_use]
    pub fn audit(&self) -> Audit {
        Audit::take(&self.world)
    }

    /// Requests and faults by operation, and what became of webhooks.
    #[must_use]
    pub fn traffic(&self) -> Value {
        System::ALL.into_iter().map(|system| (system.name(), self.world.front(system).traffic())).collect()
    }

    /// Webhooks that are queued or under way.
    #[must_use]
    pub fn webhooks_waiting(&self) -> usize {
        self.world.sender.waiting()
    }

    /// Back to the start: books, sessions, switches, registrations.
    pub fn reset(&self) {
        self.world.reset();
    }

    pub(crate) fn world(&self) -> &Shared {
        &self.world
    }

    /// Takes no more connections, lets requests finish, and ends. Returns what is left undone.
    pub async fn stop(self) -> Value {
        self.stop.cancel();
        self.tasks.close();
        let finished = tokio::time::timeout(STOP_WITHIN, self.tasks.wait()).await.is_ok();
        json!({"finished": finished, "webhooks_waiting": self.world.sender.waiting()})
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
