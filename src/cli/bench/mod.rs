//! `waybill bench`: lean flows through the whole hub, with the mocks as load and as audit.
//!
//! One flow = signed order webhook, create approval, signed decision webhook (payload trusted), create payable, status
//! write: two requests in, three out, attempts and starts recorded, durable commits. Everything shares this machine.

mod probe;
mod report;

use crate::cli::assembly::{Broker, Hub, HubOptions, one_token};
use crate::cli::exit::Exit;
use crate::cli::output::OutputFormat;
use crate::cli::shipped;
use crate::domain::connector::egress::EgressPolicy;
use crate::store::measure::{Measure, ScratchDatabase};
use anyhow::{Context, bail};
use base64::Engine as _;
use clap::Args;
use mock_systems::load::{LoadOptions, Pace};
use mock_systems::{Mode, NewOrders, Options, Registration, Running, System};
use serde_json::json;
use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

/// Measures flows a second, latencies, and what a flow costs in CPU, statements, rows and WAL.
///
/// Load generator, mock ERP, OA and finance run in this process; all traffic stays on the loopback interface. On PostgreSQL a
/// scratch database is made beside the one named and dropped at the end. It fails when a flow is lost, doubled, or not finished.
///
/// The hub of a benchmark takes more at a time than `waybill serve` does unless it is told to (`engine.effects_in_flight_max`,
/// `engine.batch_size_max`): see the two options below.
///
/// Examples:
///   waybill bench --flows 20000 --store postgres://postgres@127.0.0.1:5432/postgres
///   waybill bench --flows 5000 --store sqlite --open 200
///   waybill bench --store postgres://postgres@127.0.0.1:5432/postgres --transport amqp://guest:guest@127.0.0.1:5672/%2f
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct BenchArgs {
    /// How many flows, at most 1,000,000.
    #[arg(long, default_value_t = 20_000)]
    flows: u64,
    /// `sqlite`, or the URL of a PostgreSQL database whose role may create databases.
    #[arg(long, default_value = "sqlite")]
    store: String,
    /// `in_process`, or the URL of a RabbitMQ: effects then travel as tickets. Its queues are made for the run.
    #[arg(long, default_value = "in_process")]
    transport: String,
    /// Publish committed changes to the broker too.
    #[arg(long)]
    events: bool,
    /// Flows sent and not finished at any time.
    #[arg(long, default_value_t = 1_000)]
    open: usize,
    /// Connections of the load generator.
    #[arg(long, default_value_t = 32)]
    connections: usize,
    /// Give up after this many seconds.
    #[arg(long, default_value_t = 300)]
    seconds: u64,
    /// Effects performed at the same time; `waybill serve` begins with 256.
    #[arg(long, default_value_t = 1_024, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    effects_in_flight: u32,
    /// Events decided in one transaction at most; `waybill serve` begins with 128.
    #[arg(long, default_value_t = 256, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    batch_size: u16,
}

/// Runs the benchmark.
pub async fn run(args: BenchArgs, output: OutputFormat) -> anyhow::Result<ExitCode> {
    if args.flows == 0 || args.flows > 1_000_000 {
        bail!("--flows is between 1 and 1,000,000");
    }
    let folder = std::env::temp_dir().join(format!("waybill-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let scratch = if args.store == "sqlite" {
        None
    } else {
        let name = format!("waybill_bench_{}", std::process::id());
        Some(ScratchDatabase::create(&args.store, &name).await.context("cannot create the scratch database")?)
    };
    let url = scratch.as_ref().map_or_else(|| format!("sqlite:{}", folder.join("bench.sqlite").display()), |scratch| scratch.url.clone());
    let result = measure(&args, &url, scratch.is_some(), &folder).await;
    if let Some(scratch) = scratch {
        scratch.drop().await.context("cannot drop the scratch database")?;
    }
    let _ = std::fs::remove_dir_all(&folder);
    let report = result?;
    let mut out = std::io::stdout();
    if output == OutputFormat::Json {
        writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?;
    } else {
        report.print(&mut out)?;
    }
    match report.failure() {
        None => Ok(ExitCode::SUCCESS),
        Some(why) => Err(Exit::failed(why).hint("more `--seconds`, or fewer `--flows`, where it is only slow").into()),
    }
}

async fn measure(args: &BenchArgs, url: &str, postgres: bool, folder: &std::path::Path) -> anyhow::Result<report::Report> {
    let mocks = mock_systems::start(Options::default()).await?;
    mocks.set_switches(System::Oa, &json!({"decide": "approve", "decide_after_ms": 0}))?;
    let broker = broker(args);
    let hub = start_hub(args, url, &mocks, folder, broker.clone()).await?;
    let registration = |connection: &str, webhook: &str, name: &str, mode| -> anyhow::Result<Registration> {
        let url = hub.hook_url(connection, webhook).with_context(|| format!("`{connection}` has no webhook `{webhook}`"))?;
        Ok(Registration { url, secret: secret(name), mode })
    };
    mocks.register_webhook(System::Oa, &registration("oa_main", "approvals", "oa", Mode::Thin)?)?;
    let orders = registration("erp_hq", "orders", "erp", Mode::Full)?;

    let measure = if postgres { Some(Measure::connect(url).await?) } else { None };
    let probes = probe::Probes {
        cpu_hashes_per_second: probe::cpu(),
        disk_syncs_per_second: probe::disk(folder)?,
        commits_per_second: match &measure {
            Some(measure) => Some(measure.commit_probe(200).await?),
            None => None,
        },
    };
    let before = match &measure {
        Some(measure) => Some(measure.counters().await?),
        None => None,
    };
    let cpu_before = probe::machine_cpu_seconds();
    let own_before = probe::process_cpu_seconds();
    let load = mock_systems::load::run(
        &mocks,
        &LoadOptions {
            url: orders.url,
            secret: orders.secret,
            orders: args.flows,
            pace: Pace::Open { documents: args.open },
            connections: args.connections,
            send_within: Duration::from_secs(args.seconds),
            drain_within: Duration::from_secs(60),
            template: NewOrders { lines: 3, ..NewOrders::default() },
        },
    )
    .await?;
    let machine_cpu = probe::machine_cpu_seconds() - cpu_before;
    let own_cpu = probe::process_cpu_seconds() - own_before;
    let after = match &measure {
        Some(measure) => {
            // Sessions hand their counters in within a second.
            tokio::time::sleep(Duration::from_millis(1_500)).await;
            Some(measure.counters().await?)
        }
        None => None,
    };
    let counted = match (&measure, before, after) {
        (Some(measure), Some(before), Some(after)) => {
            let wal = measure.wal_by_table(&before, &after).await;
            Some(report::Counted { before, after, wal })
        }
        _ => None,
    };
    let verdict = mocks.audit().verdict(&load.numbers);
    let statements = hub.statements();
    let travelled = broker.is_some().then(|| report::Travelled::new(hub.transport().counts, lanes_claimed()));
    hub.stop(crate::cli::assembly::STOP_WITHIN).await;
    mocks.stop().await;
    if let Some(broker) = broker {
        crate::transport::rabbitmq::remove(&broker.options, &CONNECTIONS).await.context("the queues of the run cannot be removed")?;
    }
    let report = report::Report::new(args.flows, load, verdict, probes, counted, statements, machine_cpu, own_cpu);
    Ok(report::Report { travelled, ..report })
}

/// The connections of the benchmark's content, and the channels of notices.
const CONNECTIONS: [&str; 5] = ["erp_hq", "oa_main", "finance_main", "log", "mail"];

/// A broker with names of this run's own.
fn broker(args: &BenchArgs) -> Option<Broker> {
    if args.transport == "in_process" {
        return None;
    }
    let options = crate::transport::rabbitmq::Options {
        url: args.transport.clone().into(),
        ca: None,
        prefix: format!("waybill_bench_{}", std::process::id()),
        process: "bench".to_owned(),
        seed: 1,
    };
    Some(Broker { options, events_source: args.events.then(|| "bench".to_owned()) })
}

/// Lanes claimed in this process, by the way they were found.
fn lanes_claimed() -> Vec<(String, u64)> {
    const NAME: &str = "waybill_effects_claimed_total{by=\"";
    let text = crate::runtime::metrics::install().render();
    let line = |line: &str| {
        let (way, count) = line.strip_prefix(NAME)?.split_once("\"} ")?;
        Some((way.to_owned(), count.parse().ok()?))
    };
    text.lines().filter_map(line).collect()
}

async fn start_hub(args: &BenchArgs, url: &str, mocks: &Running, folder: &std::path::Path, broker: Option<Broker>) -> anyhow::Result<Hub> {
    let addresses = [
        ("http://127.0.0.1:7101", mocks.url(System::Erp)),
        ("http://127.0.0.1:7102", mocks.url(System::Oa)),
        ("http://127.0.0.1:7103", mocks.url(System::Finance)),
    ];
    let secrets = [
        ("WAYBILL_BENCH_ERP_SECRET", mocks.options().erp.app_secret.clone()),
        ("WAYBILL_BENCH_OA_SECRET", mocks.options().oa.app_secret.clone()),
        ("WAYBILL_BENCH_FINANCE_SECRET", mocks.options().finance.app_secret.clone()),
        ("WAYBILL_BENCH_ERP_WEBHOOK_SECRET", secret("erp")),
        ("WAYBILL_BENCH_OA_CALLBACK_SECRET", secret("oa")),
    ];
    let files = shipped::point_at(
        &shipped::bench(),
        &addresses.each_ref().map(|(from, to)| (*from, to.as_str())),
        &secrets.each_ref().map(|(name, value)| (*name, value.as_str())),
        folder,
    )?;
    let options = HubOptions {
        store_url: url.to_owned(),
        listen: "127.0.0.1:0".parse()?,
        tokens: one_token("bench-token-for-this-run-only"),
        gateway: crate::gateway::Options {
            base: folder.to_path_buf(),
            egress: EgressPolicy { allow_loopback: true, ..EgressPolicy::default() },
            ..crate::gateway::Options::default()
        },
        broker,
        effects_in_flight_max: args.effects_in_flight,
        batch_size_max: args.batch_size.into(),
        ..HubOptions::new(files)
    };
    Hub::start(options).await
}

fn secret(name: &str) -> String {
    format!("whsec_{}", base64::engine::general_purpose::STANDARD.encode(format!("benchmark secret of system {name}")))
}
