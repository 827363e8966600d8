//! From configuration to a broker.

use crate::cli::assembly::Broker;
use crate::config;
use crate::runtime::{Clock, IdMaker, SystemClock};
use crate::transport::rabbitmq;
use anyhow::Context;
use std::sync::Arc;

/// The broker of the configuration; none when work stays inside the process.
///
/// # Errors
/// When the file of authorities cannot be read.
pub fn of(transport: &config::Transport) -> anyhow::Result<Option<Broker>> {
    let config::Transport::RabbitMq(broker) = transport else { return Ok(None) };
    let events_source = broker.publish_events.then(|| broker.events_source.clone());
    Ok(Some(Broker { options: options(broker)?, events_source }))
}

/// How the broker of the configuration is reached.
///
/// # Errors
/// When the file of authorities cannot be read.
pub fn options(broker: &config::RabbitMq) -> anyhow::Result<rabbitmq::Options> {
    let read = |path: &std::path::PathBuf| {
        std::fs::read_to_string(path).with_context(|| format!("`transport.ca_file`: `{}` cannot be read", path.display()))
    };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    Ok(rabbitmq::Options {
        url: broker.url.clone(),
        ca: broker.ca_file.as_ref().map(read).transpose()?,
        prefix: broker.prefix.clone(),
        process: format!("{}@{}", std::process::id(), host()),
        seed: IdMaker::new(clock).seed(),
    })
}

/// The machine's name, for people who look at the broker's page.
fn host() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let name = name.trim();
    if name.is_empty() { "host".to_owned() } else { name.to_owned() }
}
