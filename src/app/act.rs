//! Takes people's commands: to an instance through the engine, to a stopped message by taking it up again or dropping it.

use crate::app::commands::{Accepted, CommandError, CommandRequest, Commands};
use crate::app::engine::input::{CommandInput, Input, MessageCommand, Verdict};
use crate::app::group::Group;
use crate::app::keeping::SAMPLE_FLOW;
use crate::domain::approval::Refusal;
use crate::domain::flow::event::Command;
use crate::domain::ids::InboxId;
use crate::store::{ExceptionFilter, ExceptionRow, Page, Store};
use futures::FutureExt;
use futures::future::BoxFuture;
use std::sync::Arc;

/// Takes commands.
pub struct Act {
    /// The engine.
    pub engine: Group<Input, Verdict>,
    /// The durable side.
    pub store: Arc<dyn Store>,
}

impl Commands for Act {
    fn command(&self, request: CommandRequest) -> BoxFuture<'_, Result<Accepted, CommandError>> {
        self.take(request).boxed()
    }
}

impl Act {
    async fn take(&self, request: CommandRequest) -> Result<Accepted, CommandError> {
        let message = match request.exception {
            Some(_) => self.message_of(&request).await?,
            None => None,
        };
        let instance = request.instance;
        let tenant = request.tenant;
        let input = match message {
            Some((exception, message)) => self.message_command(request, &exception, message)?,
            None => Input::Command(Arc::new(CommandInput {
                tenant,
                instance,
                exception: request.exception,
                command: request.command,
                actor: request.actor,
                reason: request.reason,
            })),
        };
        match self.engine.submit_patiently(input).await {
            Ok(Verdict::Done | Verdict::Parked) => {}
            Ok(Verdict::Refused(why) | Verdict::Declined(Refusal { message: why, .. })) => return Err(CommandError::Conflict(why)),
            Ok(Verdict::Gone) => return Err(CommandError::Conflict("somebody else settled it at the same time".to_owned())),
            Ok(Verdict::Failed(why) | Verdict::Unloadable(why) | Verdict::Stop { problem: why, .. }) => {
                return Err(CommandError::Invalid(why));
            }
            Ok(Verdict::Version { flow, .. }) if flow == SAMPLE_FLOW => {
                return Err(CommandError::Conflict("this is sample data: nothing carries it out".to_owned()));
            }
            Ok(Verdict::Version { hash, .. }) => return Err(CommandError::Invalid(format!("the flow version `{hash}` cannot be loaded"))),
            Err(_) => return Err(CommandError::Conflict("the hub is stopping; try again on another replica".to_owned())),
        }
        let row = self.store.instance(tenant, instance).await.map_err(CommandError::Unavailable)?;
        Ok(Accepted { instance, status: row.map_or_else(|| "running".to_owned(), |row| row.status) })
    }

    /// The exception and its message, when the exception is about one.
    async fn message_of(&self, request: &CommandRequest) -> Result<Option<(ExceptionRow, InboxId)>, CommandError> {
        let filter = ExceptionFilter { tenant: request.tenant, state: None, cause: None, instance: None, id: request.exception };
        let found = self.store.exceptions(&filter, &Page { limit: 1, after: None }).await.map_err(CommandError::Unavailable)?;
        let row = found.into_iter().next().ok_or(CommandError::NotFound)?;
        let message = row.step.as_deref().and_then(|step| step.strip_prefix("message:")).and_then(|id| id.parse().ok());
        Ok(message.map(|message| (row, message)))
    }

    fn message_command(&self, request: CommandRequest, exception: &ExceptionRow, message: InboxId) -> Result<Input, CommandError> {
        let again = match request.command {
            Command::Retry => true,
            Command::Skip | Command::Cancel | Command::Repair(_) => false,
            Command::MarkDone { .. } | Command::Redo | Command::From { .. } => {
                return Err(CommandError::Invalid("a message is retried, or skipped with a reason".to_owned()));
            }
        };
        Ok(Input::MessageCommand(Arc::new(MessageCommand {
            tenant: request.tenant,
            message,
            exception: exception.id,
            parked: None,
            again,
            actor: request.actor,
            reason: request.reason,
        })))
    }
}
