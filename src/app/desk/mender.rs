//! Acts on exceptions: prepares what an action needs, refuses what is not safe, and tells the engine.

use super::amend::{Mended, mended};
use super::preview::{Look, Previewer};
use super::{Action, Mending, Order, Preview, Then};
use crate::app::commands::{Accepted, CommandError, CommandRequest, Commands};
use crate::app::engine::definitions::Live;
use crate::app::engine::input::{CommandInput, Input, MendInput, Verdict};
use crate::app::group::Group;
use crate::domain::approval::Refusal;
use crate::domain::delivery::{Delivery, Phase};
use crate::domain::flow::event::Command;
use crate::domain::ids::{EffectId, InstanceId};
use crate::gateway::Gateway;
use crate::runtime::Clock;
use crate::store::{ExceptionFilter, ExceptionRow, Onward, Page, Store};
use futures::FutureExt;
use futures::future::BoxFuture;
use std::collections::HashSet;
use std::sync::Arc;

/// Acts on exceptions.
pub struct Mender {
    /// Takes plain commands.
    pub commands: Arc<dyn Commands>,
    /// The engine.
    pub engine: Group<Input, Verdict>,
    /// The durable side.
    pub store: Arc<dyn Store>,
    /// Definitions.
    pub live: Arc<Live>,
    /// Look-ups for dry runs.
    pub gateway: Arc<Gateway>,
    /// Time.
    pub clock: Arc<dyn Clock>,
}

impl Mending for Mender {
    fn act(&self, order: Order) -> BoxFuture<'_, Result<Accepted, CommandError>> {
        async move {
            let exception = self.open_exception(&order).await?;
            let Some(instance) = exception.instance else {
                // About a message: only plain commands mean something.
                let command = plain(&order.action).ok_or_else(of_message)?;
                return self.commands.command(request(&order, InstanceId(uuid::Uuid::nil()), command)).await;
            };
            if let Some(command) = plain(&order.action) {
                return self.commands.command(request(&order, instance, command)).await;
            }
            let mend = self.prepare(&order, instance).await?.0;
            self.tell(Input::Mend(Arc::new(mend))).await?;
            let row = self.store.instance(order.tenant, instance).await.map_err(CommandError::Unavailable)?;
            Ok(Accepted { instance, status: row.map_or_else(|| "running".to_owned(), |row| row.status) })
        }
        .boxed()
    }

    fn preview(&self, order: Order, look: Look) -> BoxFuture<'_, Result<Preview, CommandError>> {
        async move {
            let exception = self.open_exception(&order).await?;
            let Some(instance) = exception.instance else {
                plain(&order.action).ok_or_else(of_message)?;
                return Ok(Preview { status: "running".to_owned(), ..Preview::default() });
            };
            let (mend, changes) = match self.prepare(&order, instance).await {
                Ok(prepared) => prepared,
                // What cannot be prepared is what the dry run is asked for.
                Err(CommandError::Conflict(why) | CommandError::Invalid(why)) => {
                    return Ok(Preview { refused: Some(why), status: "exception".to_owned(), ..Preview::default() });
                }
                Err(error) => return Err(error),
            };
            let previewer = Previewer { store: self.store.as_ref(), live: &self.live, gateway: &self.gateway, now: self.clock.now() };
            let preview = previewer.preview(order.tenant, instance, mend, look).await?;
            Ok(Preview { changes, ..preview })
        }
        .boxed()
    }
}

impl Mender {
    async fn open_exception(&self, order: &Order) -> Result<ExceptionRow, CommandError> {
        let found = self.store.desk().exceptions_by_id(order.tenant, &[order.exception.0]).await.map_err(CommandError::Unavailable)?;
        let row = found.into_iter().next().ok_or(CommandError::NotFound)?;
        if row.state == "open" {
            return Ok(row);
        }
        let how = row.resolution.unwrap_or_else(|| "settled".to_owned());
        let who = row.resolved_by.map(|who| format!(" by {who}")).unwrap_or_default();
        Err(CommandError::Conflict(format!("the exception is closed already: {how}{who}")))
    }

    /// What the engine is told, with the fields a mend changes.
    async fn prepare(
        &self,
        order: &Order,
        instance: InstanceId,
    ) -> Result<(MendInput, Vec<crate::domain::document::FieldChange>), CommandError> {
        let command = |command| CommandInput {
            tenant: order.tenant,
            instance,
            exception: Some(order.exception),
            command,
            actor: order.actor.clone(),
            reason: order.reason.clone(),
        };
        if let Some(plain) = plain(&order.action) {
            return Ok((MendInput { command: command(plain), document: None, version: None }, Vec::new()));
        }
        self.refuse_unsettled(order, instance).await?;
        match &order.action {
            Action::Amend { patch, base, then } => {
                let Mended { amended, changes } = self.mended(order, instance, patch, *base).await?;
                let then = match then {
                    Then::GoOn => Command::Redo,
                    Then::From(step) => Command::From { step: step.clone() },
                };
                Ok((MendInput { command: command(then), document: Some(amended), version: None }, changes))
            }
            Action::From { step } => {
                Ok((MendInput { command: command(Command::From { step: step.clone() }), document: None, version: None }, Vec::new()))
            }
            Action::Newer { version } => {
                let version = self.newer(order, instance, version.as_deref()).await?;
                Ok((MendInput { command: command(Command::Redo), document: None, version: Some(version) }, Vec::new()))
            }
            _ => Err(CommandError::Invalid("the action is not known".to_owned())),
        }
    }

    /// New keys are only given where it is settled that the old ones did nothing: a failed look-up leaves the question open, and so
    /// does a repeat that never came through. What a person has settled, by marking it done or skipping it, is asked about no more.
    async fn refuse_unsettled(&self, order: &Order, instance: InstanceId) -> Result<(), CommandError> {
        let away = CommandError::Unavailable;
        let filter =
            ExceptionFilter { tenant: order.tenant, state: Some("open".to_owned()), cause: None, instance: Some(instance), id: None };
        let open = self.store.exceptions(&filter, &Page { limit: 500, after: None }).await.map_err(away)?;
        let stopped: HashSet<EffectId> = open.iter().filter_map(|row| row.effect).collect();
        let effects = self.store.effects(order.tenant, instance, Onward::all()).await.map_err(away)?;
        for effect in effects.iter().filter(|effect| effect.state == "failed" && stopped.contains(&effect.id)) {
            let delivery: Delivery = serde_json::from_str(&effect.delivery).unwrap_or_default();
            if delivery.items.as_ref().is_some_and(|items| !items.done.is_empty()) {
                // A new effect knows nothing of them: they would all be done a second time.
                return Err(CommandError::Conflict(format!(
                    "`{}` is done in part at `{}`: retry sends the rest alone, and anything else would send all of it under new keys",
                    effect.step, effect.connection
                )));
            }
            if delivery.phase != Phase::Send || delivery.unsettled || delivery.in_doubt {
                return Err(CommandError::Conflict(format!(
                    "whether `{}` was done at `{}` is not settled; retry first, which asks the partner under the same reference",
                    effect.step, effect.connection
                )));
            }
        }
        Ok(())
    }

    async fn mended(
        &self,
        order: &Order,
        instance: InstanceId,
        patch: &serde_json::Value,
        base: Option<u32>,
    ) -> Result<Mended, CommandError> {
        let away = CommandError::Unavailable;
        let row = self.store.instance(order.tenant, instance).await.map_err(away)?.ok_or(CommandError::NotFound)?;
        let view = self.store.document(order.tenant, row.document).await.map_err(away)?.ok_or(CommandError::NotFound)?;
        let number = view.document.revision;
        let revision = self.store.revision(order.tenant, row.document, number).await.map_err(away)?.ok_or(CommandError::NotFound)?;
        let definitions = self.live.now();
        let kind = definitions.catalog().documents.get(view.document.kind.as_str());
        let kind = kind.ok_or_else(|| CommandError::Invalid(format!("there is no document type `{}` any more", view.document.kind)))?;
        mended(kind, &view.document, &revision, patch, base)
    }

    async fn newer(&self, order: &Order, instance: InstanceId, version: Option<&str>) -> Result<String, CommandError> {
        let row = self.store.instance(order.tenant, instance).await.map_err(CommandError::Unavailable)?.ok_or(CommandError::NotFound)?;
        let live = || self.live.now().live(&row.flow).map(|version| version.hash().to_owned());
        let wanted = version.map(str::to_owned).or_else(live);
        let wanted = wanted.ok_or_else(|| CommandError::Invalid(format!("there is no flow `{}` any more", row.flow)))?;
        if wanted == row.version {
            return Err(CommandError::Conflict("the instance runs on this version already".to_owned()));
        }
        Ok(wanted)
    }

    async fn tell(&self, input: Input) -> Result<(), CommandError> {
        match self.engine.submit_patiently(input).await {
            Ok(Verdict::Done | Verdict::Parked) => Ok(()),
            Ok(Verdict::Refused(why) | Verdict::Declined(Refusal { message: why, .. })) => Err(CommandError::Conflict(why)),
            Ok(Verdict::Gone) => Err(CommandError::Conflict("somebody else settled it at the same time".to_owned())),
            Ok(Verdict::Failed(why) | Verdict::Unloadable(why) | Verdict::Stop { problem: why, .. }) => Err(CommandError::Invalid(why)),
            Ok(Verdict::Version { hash, .. }) => Err(CommandError::Invalid(format!("the flow version `{hash}` cannot be loaded"))),
            Err(_) => Err(CommandError::Conflict("the hub is stopping; try again on another replica".to_owned())),
        }
    }
}

fn of_message() -> CommandError {
    CommandError::Invalid("this exception is about a message: it is retried, or skipped with a reason".to_owned())
}

/// Actions that are nothing but a command.
fn plain(action: &Action) -> Option<Command> {
    Some(match action {
        Action::Retry => Command::Retry,
        Action::Skip => Command::Skip,
        Action::MarkDone { output, proof } => Command::MarkDone { output: output.clone(), proof: proof.clone() },
        Action::Cancel => Command::Cancel,
        Action::Amend { .. } | Action::From { .. } | Action::Newer { .. } => return None,
    })
}

fn request(order: &Order, instance: InstanceId, command: Command) -> CommandRequest {
    CommandRequest {
        tenant: order.tenant,
        instance,
        exception: Some(order.exception),
        command,
        actor: order.actor.clone(),
        reason: order.reason.clone(),
        key: order.key.clone(),
    }
}
