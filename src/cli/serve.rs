//! `waybill serve`: the hub.

use crate::app::load;
use crate::app::notice::{Security, SmtpOptions};
use crate::app::publishing::{Differs, Source};
use crate::cli::assembly::{Hub, HubOptions, Unsound};
use crate::cli::broker;
use crate::cli::config_option::ConfigOption;
use crate::cli::door;
use crate::cli::exit::Exit;
use crate::cli::output::{self, Colour, OutputFormat};
use crate::domain::connector::egress::EgressPolicy;
use crate::domain::text::files::Files;
use crate::runtime::log::Format;
use crate::runtime::{IdMaker, SystemClock, trace};
use crate::store::kill_points::KillPoint;
use anyhow::Context;
use clap::Args;
use secrecy::ExposeSecret;
use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

/// Runs the hub: webhooks, streams, flows, deliveries and the API.
///
/// Takes the definitions from the project folder, which it publishes when its content is new, or from the release that is
/// live in the store (`project.source`); follows every later release without a restart. Running instances keep their
/// versions. SIGTERM or Ctrl-C stops it within 20 seconds; a second one at once. Nothing is lost either way. The form of its log is
/// `telemetry.log_format`; `--output json` is refused.
///
/// Examples:
///   waybill serve --config config/waybill.yaml
///   WAYBILL_STORE_URL=postgres://waybill@localhost/waybill waybill serve --config config/waybill.yaml
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct ServeArgs {
    #[command(flatten)]
    config: ConfigOption,
}

/// Runs until it is told to stop.
pub async fn run(args: ServeArgs, output: OutputFormat) -> anyhow::Result<ExitCode> {
    if output == OutputFormat::Json {
        let refused = Exit::usage("`--output json` is of no use to `waybill serve`: it answers nothing, it writes a log");
        return Err(refused.hint("set `telemetry.log_format: json` or `WAYBILL_TELEMETRY_LOG_FORMAT=json` for a log in JSON").into());
    }
    let config = args.config.load()?;
    crate::runtime::log::start(&config.telemetry.log).context("the log cannot be started")?;
    start_traces(config.telemetry.traces.as_ref())?;
    let folder = config.project.folder.clone();
    let (source, texts) = source(&config.project)?;
    let egress = EgressPolicy { allow_loopback: config.gateway.allow_loopback, ..EgressPolicy::default() };
    let defaults = HubOptions::new(Files::default());
    let options = HubOptions {
        definitions: source,
        follow: Duration::from_secs(config.project.follow_seconds.into()),
        store_url: config.store.url.expose_secret().to_owned(),
        store: crate::store::Options {
            connections: config.store.connections_max,
            people_url: config.store.people_url.as_ref().map(|url| url.expose_secret().to_owned()),
            people_role: config.store.people_role.clone(),
            ..crate::store::Options::default()
        },
        sealing_key: config.store.sealing_key.clone(),
        master_keys: config.store.master_keys.clone(),
        public_url: config.server.public_url.clone(),
        listen: config.server.listen,
        listener: door::options(&config.server),
        limits: door::limits(&config.server),
        files: door::files(&config.server),
        tokens: door::tokens(&config.server.tokens),
        roles: config.server.roles.clone(),
        four_eyes: config.server.four_eyes.clone(),
        quotas: crate::app::quotas::QuotaOptions { all: config.quotas.all, tenants: config.quotas.tenants.clone() },
        providers: door::providers(&config.server.identity_providers, &egress),
        apps: door::apps(&config.server.apps, &egress),
        gateway: crate::gateway::Options {
            base: folder.clone(),
            egress,
            folders: crate::gateway::Folders::new(config.gateway.folders.clone()),
            timeout_millis_max: u64::from(config.gateway.timeout_seconds) * 1_000,
            concurrency_max: config.gateway.concurrency_max,
            response_bytes_max: config.gateway.response_bytes_max.into(),
            redirects_max: config.gateway.redirects_max,
        },
        batch_size_max: config.engine.batch_size_max as usize,
        effects_in_flight_max: config.engine.effects_in_flight_max,
        lease: Duration::from_secs(config.engine.lease_seconds.into()),
        poll: Duration::from_millis(config.engine.poll_millis.into()),
        stream_parallel_max: config.engine.stream_parallel_max as usize,
        clean_every: Duration::from_secs(u64::from(config.retention.clean_every_minutes) * 60),
        mail: mail(&config.mail),
        broker: broker::of(&config.transport)?,
        kill_point: kill_point()?,
        attempts_kept: Duration::from_secs(u64::from(config.retention.attempts_days) * 86_400),
        ..defaults
    };
    let hub = match Hub::start(options).await {
        Ok(hub) => hub,
        Err(error) => return refuse(error, &texts),
    };
    tracing::info!(address = %hub.address(), "the hub is ready on http://{}", hub.address());
    match crate::cli::door::without_console() {
        None => tracing::info!("the console is on http://{}/", hub.address()),
        Some(why) => tracing::info!("browsers get no console: {why}"),
    }
    // What collectors read holds nothing but log lines, and no link that makes an owner.
    if config.telemetry.log.format == Format::Json {
        tracing::info!("while nobody owns this hub, `waybill users setup-link` makes the link of its first owner");
    } else if let Some(link) = hub.set_up_link().await.context("the link for the first owner cannot be made")? {
        // Not a log line: logs are kept and read by many, this is for whoever starts the hub.
        writeln!(std::io::stderr().lock(), "Nobody owns this hub yet. Become its first owner, once and within 24 hours:\n\n  {link}\n")?;
    }
    crate::runtime::lifecycle::signal().await.context("signals cannot be awaited")?;
    tracing::info!("stopping: finishing what is under way");
    let stopped = tokio::select! {
        stopped = hub.stop(door::stop_timeout(&config.server)) => stopped,
        _ = crate::runtime::lifecycle::signal() => crate::runtime::lifecycle::Stopped::CutOff,
    };
    // On a thread that may block: the last spans leave before the process does, within a bound.
    let _ = tokio::task::spawn_blocking(trace::close).await;
    tracing::info!(?stopped, "stopped");
    Ok(ExitCode::SUCCESS)
}

/// Where a test wants this process to die. Read once, here: without it there is nothing around the store.
fn kill_point() -> anyhow::Result<Option<KillPoint>> {
    let Ok(text) = std::env::var("KILL_POINT") else { return Ok(None) };
    let point = text.parse().context("the variable `KILL_POINT`, which only tests set")?;
    tracing::warn!("this process dies at `{text}`, as the variable `KILL_POINT` says");
    Ok(Some(point))
}

fn start_traces(config: Option<&crate::config::Traces>) -> anyhow::Result<()> {
    let Some(traces) = config else { return Ok(()) };
    let process = IdMaker::new(Arc::new(SystemClock::new())).next().to_string();
    let options = trace::Options {
        endpoint: traces.endpoint.clone(),
        service: traces.service.clone(),
        process,
        ratio: traces.ratio,
        headers: traces.headers.clone(),
    };
    trace::install(&options).context("traces cannot be started")
}

/// Where the definitions come from; the texts are for showing findings.
fn source(project: &crate::config::Project) -> anyhow::Result<(Source, Files)> {
    if project.source == "store" {
        return Ok((Source::Store, Files::default()));
    }
    let (files, unreadable) = load::load(&project.folder)?;
    for finding in &unreadable {
        tracing::warn!("{}: {}", finding.file, finding.message);
    }
    let differs = match project.when_different.as_str() {
        "keep" => Differs::Keep,
        "refuse" => Differs::Refuse,
        _ => Differs::Publish,
    };
    Ok((Source::Folder(files.clone(), differs), files))
}

fn mail(config: &crate::config::Mail) -> Vec<SmtpOptions> {
    let Some(host) = &config.host else { return Vec::new() };
    let security = match config.security.as_str() {
        "none" => Security::None,
        "tls" => Security::Tls,
        _ => Security::StartTls,
    };
    vec![SmtpOptions {
        name: "mail".to_owned(),
        host: host.clone(),
        port: config.port,
        security,
        from: config.from.clone(),
        user: config.user.clone(),
        password: config.password.clone(),
    }]
}

/// Findings in the definitions are shown as `check` shows them; the hub does not start on half a project.
fn refuse(error: anyhow::Error, files: &Files) -> anyhow::Result<ExitCode> {
    let Some(unsound) = error.downcast_ref::<Unsound>() else { return Err(error) };
    let shown = output::findings(&unsound.0, files, Colour::Never);
    std::io::stderr().lock().write_all(shown.as_bytes())?;
    Err(anyhow::anyhow!("the hub does not start on definitions with errors: {}", output::counts(&unsound.0)))
}
