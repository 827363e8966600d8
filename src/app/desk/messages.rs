//! Messages that wait for a person or for their object: taken up again, or dropped with a reason.

use crate::app::commands::CommandError;
use crate::app::engine::input::{Input, MessageCommand, ParkedMessage, Verdict};
use crate::app::engine::parked::Parked;
use crate::app::group::Group;
use crate::domain::approval::Refusal;
use crate::domain::ids::{ExceptionId, InboxId, TenantId, derived};
use crate::store::desk::ExceptionChoice;
use crate::store::{Page, Store};
use futures::FutureExt;
use futures::future::BoxFuture;
use std::sync::Arc;

/// What a person does about a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageOrder {
    /// Tenant.
    pub tenant: TenantId,
    /// Which.
    pub message: InboxId,
    /// Take it up again, or drop it.
    pub again: bool,
    /// Who.
    pub actor: String,
    /// Why.
    pub reason: Option<String>,
}

/// Acts on messages.
pub trait MessageDesk: Send + Sync + 'static {
    /// Commits the decision before it answers.
    fn settle(&self, order: MessageOrder) -> BoxFuture<'_, Result<(), CommandError>>;
}

/// Acts on messages through the engine.
pub struct Messages {
    /// The engine.
    pub engine: Group<Input, Verdict>,
    /// The durable side.
    pub store: Arc<dyn Store>,
    /// Events that wait for a link in this process.
    pub parked: Arc<Parked>,
}

impl MessageDesk for Messages {
    fn settle(&self, order: MessageOrder) -> BoxFuture<'_, Result<(), CommandError>> {
        async move {
            let found = self.store.desk().message(order.tenant, order.message.0).await.map_err(CommandError::Unavailable)?;
            let message = found.ok_or(CommandError::NotFound)?;
            let (exception, parked) = match message.state.as_str() {
                "stopped" => (self.exception_of(&order).await?, None),
                "parked" => {
                    let problem = message.problem.clone().unwrap_or_else(|| "its object was not known".to_owned());
                    let parked = ParkedMessage { tenant: order.tenant, connection: message.new.connection.clone(), problem };
                    (ExceptionId(derived(&[b"dropped", order.message.0.as_bytes()])), Some(parked))
                }
                _ => return Err(CommandError::Conflict("the message is being worked on".to_owned())),
            };
            let command = MessageCommand {
                tenant: order.tenant,
                message: order.message,
                exception,
                parked,
                again: order.again,
                actor: order.actor,
                reason: order.reason,
            };
            match self.engine.submit_patiently(Input::MessageCommand(Arc::new(command))).await {
                Ok(Verdict::Done | Verdict::Parked) => {
                    self.parked.forget(order.message);
                    Ok(())
                }
                Ok(Verdict::Gone) => Err(CommandError::Conflict("somebody else settled it at the same time".to_owned())),
                Ok(
                    Verdict::Refused(why)
                    | Verdict::Declined(Refusal { message: why, .. })
                    | Verdict::Failed(why)
                    | Verdict::Unloadable(why)
                    | Verdict::Stop { problem: why, .. },
                ) => Err(CommandError::Conflict(why)),
                Ok(Verdict::Version { hash, .. }) => Err(CommandError::Invalid(format!("the flow version `{hash}` cannot be loaded"))),
                Err(_) => Err(CommandError::Conflict("the hub is stopping; try again on another replica".to_owned())),
            }
        }
        .boxed()
    }
}

impl Messages {
    /// The open exception that a stopped message stands in.
    async fn exception_of(&self, order: &MessageOrder) -> Result<ExceptionId, CommandError> {
        let step = Some(format!("message:{}", order.message));
        let choice = ExceptionChoice { state: Some("open".to_owned()), step, ..ExceptionChoice::all(order.tenant) };
        let found = self.store.desk().choose_exceptions(&choice, &Page { limit: 1, after: None }).await;
        let row = found.map_err(CommandError::Unavailable)?.into_iter().next();
        row.map(|row| row.id).ok_or_else(|| CommandError::Conflict("its exception is settled already".to_owned()))
    }
}
