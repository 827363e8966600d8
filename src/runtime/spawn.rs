//! Where work runs beside its caller: on the process's runtime, or wherever a simulation wants it.

use std::future::Future;
use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;

type Run = dyn Fn(BoxFuture<'static, ()>) + Send + Sync;

/// Starts work that nobody awaits. Cheap to clone; the default is the runtime of the caller.
#[derive(Clone, Default)]
pub struct Spawner(Option<Arc<Run>>);

impl Spawner {
    /// A spawner that hands the work to `run` instead.
    pub fn new(run: impl Fn(BoxFuture<'static, ()>) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(run)))
    }

    /// Whether work runs elsewhere than on the caller's runtime.
    pub fn is_elsewhere(&self) -> bool {
        self.0.is_some()
    }

    /// Starts the work.
    pub fn run(&self, work: impl Future<Output = ()> + Send + 'static) {
        match &self.0 {
            None => drop(tokio::spawn(work)),
            Some(run) => run(work.boxed()),
        }
    }
}

impl std::fmt::Debug for Spawner {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(if self.0.is_some() { "Spawner(other)" } else { "Spawner(runtime)" })
    }
}
