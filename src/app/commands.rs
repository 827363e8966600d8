//! What a person may tell a stopped instance, and what comes of it.

use futures::future::BoxFuture;

use crate::domain::flow::event::Command;
use crate::domain::ids::{ExceptionId, InstanceId, TenantId};

/// A person's command.
#[derive(Clone, Debug, PartialEq)]
pub struct CommandRequest {
    /// Tenant.
    pub tenant: TenantId,
    /// The instance it is for.
    pub instance: InstanceId,
    /// The exception it settles, when it was given there.
    pub exception: Option<ExceptionId>,
    /// What to do.
    pub command: Command,
    /// Who.
    pub actor: String,
    /// Why.
    pub reason: Option<String>,
    /// The caller's key: the same key is the same command.
    pub key: String,
}

/// The command is committed; what it leads to shows in the instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The instance.
    pub instance: InstanceId,
    /// Its status after the command: `running`, `exception` or `ended`.
    pub status: String,
}

/// Why a command is not taken.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// There is no such instance or exception.
    #[error("there is no such instance or exception")]
    NotFound,
    /// The instance has moved on: the exception is settled, or the instance has ended.
    #[error("{0}")]
    Conflict(String),
    /// The command makes no sense here, or its output does not fit the step.
    #[error("{0}")]
    Invalid(String),
    /// The database cannot be used now; nothing was done.
    #[error("the command cannot be stored now")]
    Unavailable(#[source] crate::store::Error),
}

/// Takes commands: commits the decision before it answers.
pub trait Commands: Send + Sync + 'static {
    /// Applies one command.
    fn command(&self, request: CommandRequest) -> BoxFuture<'_, Result<Accepted, CommandError>>;
}
