//! What the processes of one installation share about a partner: its rate limits and the credentials from log-ins.
//!
//! The gateway knows no store; whoever builds it may hand it one of these. Without it a process counts and logs in by
//! itself, as it does while the store is away.

use crate::domain::ids::TenantId;
use futures::future::BoxFuture;
use secrecy::SecretString;
use std::time::Duration;

/// Slots wanted for requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Time between two slots.
    pub every: Duration,
    /// Slots that may be used at once after a silence.
    pub burst: u32,
    /// Slots wanted.
    pub count: u32,
    /// Later ones are of no use.
    pub within: Duration,
}

/// Slots that are ours alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Given {
    /// How many; each after the first is `every` later.
    pub count: u32,
    /// Until the first one; zero when it may be used at once.
    pub first_in: Duration,
}

/// What may be done about credentials.
#[derive(Debug)]
pub enum Claim {
    /// They are there.
    There {
        /// Counts renewals.
        generation: u64,
        /// As `save` got them.
        text: SecretString,
        /// How long they can be used; none when they do not lapse.
        usable: Option<Duration>,
    },
    /// The caller logs in, then saves or releases.
    Mine {
        /// Proves it.
        token: i64,
        /// What the new ones will have.
        generation: u64,
    },
    /// Another process is at it, or was refused a moment ago.
    Busy,
}

/// Shared by the processes of one installation. None everywhere means: not to be had now.
pub trait Shared: Send + Sync + 'static {
    /// Slots of the rate with this name.
    fn slots<'a>(&'a self, tenant: TenantId, name: &'a str, ask: Ask) -> BoxFuture<'a, Option<Given>>;

    /// The name under which credentials of a connection with these settings are shared; none when they are not. The settings
    /// hold secrets, the name tells nothing of them.
    fn credential_name(&self, connection: &str, settings: &str) -> Option<String>;

    /// Credentials newer than `stale`, or leave to get them.
    fn claim<'a>(&'a self, tenant: TenantId, name: &'a str, stale: u64) -> BoxFuture<'a, Option<Claim>>;

    /// What is kept under a name, lapsed or not; an inner none when nothing is.
    fn kept<'a>(&'a self, tenant: TenantId, name: &'a str) -> BoxFuture<'a, Option<Option<SecretString>>>;

    /// Shares new credentials; whether they are kept now.
    fn save<'a>(
        &'a self,
        tenant: TenantId,
        name: &'a str,
        mine: (i64, u64),
        text: SecretString,
        usable: Option<Duration>,
    ) -> BoxFuture<'a, bool>;

    /// Gives up; nobody tries for so long.
    fn release<'a>(&'a self, tenant: TenantId, name: &'a str, token: i64, pause: Duration) -> BoxFuture<'a, ()>;
}

#[cfg(test)]
pub(super) mod fake {
    //! What processes share, kept in memory.

    use super::*;
    use crate::runtime::Clock;
    use futures::FutureExt;
    use secrecy::ExposeSecret;
    use std::collections::HashMap;
    use std::sync::{Arc, Mutex};

    /// Shared by the gateways of one test.
    pub struct Fake {
        pub clock: Arc<dyn Clock>,
        /// The next free slot of each rate.
        pub next: Mutex<HashMap<String, Duration>>,
        pub credential: Mutex<Credential>,
    }

    /// The one credential there is.
    #[derive(Default)]
    pub struct Credential {
        pub generation: u64,
        pub text: Option<String>,
        pub busy: bool,
        /// It was kept as lapsed already.
        pub lapsed: bool,
        /// So many saves fail.
        pub refuses: u32,
    }

    impl Fake {
        pub fn new(clock: Arc<dyn Clock>) -> Arc<Self> {
            Arc::new(Self { clock, next: Mutex::default(), credential: Mutex::default() })
        }
    }

    impl Shared for Fake {
        fn slots<'a>(&'a self, _: TenantId, name: &'a str, ask: Ask) -> BoxFuture<'a, Option<Given>> {
            let now = self.clock.monotonic();
            let mut rates = self.next.lock().unwrap();
            let next = rates.entry(name.to_owned()).or_default();
            let first = (*next).max(now.saturating_sub(ask.every * (ask.burst - 1)));
            let room = (0..ask.count).take_while(|number| first + ask.every * *number <= now + ask.within).count();
            let count = u32::try_from(room).unwrap();
            *next = first + ask.every * count;
            futures::future::ready(Some(Given { count, first_in: first.saturating_sub(now) })).boxed()
        }

        fn credential_name(&self, connection: &str, _: &str) -> Option<String> {
            Some(connection.to_owned())
        }

        fn claim<'a>(&'a self, _: TenantId, _: &'a str, stale: u64) -> BoxFuture<'a, Option<Claim>> {
            let mut held = self.credential.lock().unwrap();
            let claim = match &held.text {
                Some(text) if held.generation > stale && !held.lapsed => {
                    Claim::There { generation: held.generation, text: SecretString::from(text.clone()), usable: None }
                }
                _ if held.busy => Claim::Busy,
                _ => {
                    held.busy = true;
                    Claim::Mine { token: 1, generation: held.generation.max(stale) + 1 }
                }
            };
            futures::future::ready(Some(claim)).boxed()
        }

        fn kept<'a>(&'a self, _: TenantId, _: &'a str) -> BoxFuture<'a, Option<Option<SecretString>>> {
            let text = self.credential.lock().unwrap().text.clone();
            futures::future::ready(Some(text.map(SecretString::from))).boxed()
        }

        fn save<'a>(
            &'a self,
            _: TenantId,
            _: &'a str,
            mine: (i64, u64),
            text: SecretString,
            usable: Option<Duration>,
        ) -> BoxFuture<'a, bool> {
            let mut held = self.credential.lock().unwrap();
            if held.refuses > 0 {
                held.refuses -= 1;
                held.busy = false;
                return futures::future::ready(false).boxed();
            }
            let lapsed = usable == Some(Duration::ZERO);
            *held = Credential { generation: mine.1, text: Some(text.expose_secret().to_owned()), lapsed, ..Credential::default() };
            futures::future::ready(true).boxed()
        }

        fn release<'a>(&'a self, _: TenantId, _: &'a str, _: i64, _: Duration) -> BoxFuture<'a, ()> {
            self.credential.lock().unwrap().busy = false;
            futures::future::ready(()).boxed()
        }
    }
}
