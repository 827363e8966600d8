//! The hub's own gateway for subcommands, outside any hub; and what they read with it: the template of an approval, to see
//! whether it is still the one that a vendor form describes.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::config;
use crate::domain::binding::Connection;
use crate::domain::connector::egress::EgressPolicy;
use crate::domain::connector::forms::TemplateField;
use crate::domain::connector::{Class, Target};
use crate::domain::ids::TenantId;
use crate::domain::value::Value;
use crate::domain::vendor_form::VendorForm;
use crate::gateway::{Call, CallPurpose, Folders, Gateway, Options};
use crate::runtime::{Clock, IdMaker, SystemClock};

/// For one read altogether, log-in included.
const WITHIN: Duration = Duration::from_secs(30);

/// The hub's gateway without a hub, with the limits and permissions of the configuration; `loopback` also allows this machine
/// where that would not.
pub(super) fn gateway(project: &Path, config: &config::Gateway, clock: Arc<dyn Clock>, loopback: bool) -> Gateway {
    let options = Options {
        base: project.to_owned(),
        egress: EgressPolicy { allow_loopback: config.allow_loopback || loopback, ..EgressPolicy::default() },
        folders: Folders::new(config.folders.clone()),
        concurrency_max: config.concurrency_max,
        response_bytes_max: config.response_bytes_max.into(),
        redirects_max: config.redirects_max,
        ..Options::default()
    };
    Gateway::new(options, clock)
}

/// Reads at partners.
pub struct Partners {
    gateway: Gateway,
    ids: IdMaker,
}

impl Partners {
    /// As `gateway` has it.
    pub fn new(project: &Path, config: &config::Gateway, loopback: bool) -> Partners {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        Partners { gateway: gateway(project, config, clock.clone(), loopback), ids: IdMaker::new(clock) }
    }

    /// The fields of the template that a connection has, in the vendor's order.
    ///
    /// # Errors
    /// In words, when the connector says no way to read it, the partner does not answer as it should, or the answer is not
    /// what the connector takes it for.
    pub async fn template(&self, form: &VendorForm, connection: &Arc<Connection>) -> Result<Vec<TemplateField>, String> {
        let read = form.layout().and_then(|layout| layout.template.as_ref());
        let read = read.ok_or_else(|| format!("`{}` does not say how a template is read", form.connector.id))?;
        let target = Target::new(connection.clone(), form.connector.clone(), &read.operation);
        let target = target.ok_or_else(|| format!("`{}` has no operation `{}`", form.connector.id, read.operation))?;
        let call = Call {
            tenant: TenantId::DEFAULT,
            connection: connection.id.to_string(),
            operation: read.operation.to_string(),
            purpose: CallPurpose::Call,
            input: Value::map::<&str>([]),
            output: Value::Unset,
            reference: String::new(),
            idempotency_key: self.ids.next().to_string(),
            attempt: 1,
            first_sent_at: None,
            due_since: None,
            deadline: self.gateway.deadline(WITHIN),
            secrets: Vec::new(),
        };
        let performed = Box::pin(self.gateway.perform(&target, call)).await;
        if performed.class != Class::Ok {
            let said = performed.message.unwrap_or_else(|| performed.class.word().to_owned());
            return Err(format!("`{}` of `{}` is not answered well: {said}", read.operation, connection.id));
        }
        read.fields(&performed.output).map_err(|error| format!("the answer of `{}` cannot be read as a template: {error}", read.operation))
    }
}
