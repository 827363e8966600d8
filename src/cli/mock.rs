//! `waybill mock`: the generic ERP, OA and finance systems on loopback ports, to try flows and connectors against.

use anyhow::Context;
use clap::Args;
use mock_systems::{Options, SeedOrders, Switches, System};
use serde_json::json;
use std::io::Write;
use std::process::ExitCode;

/// Starts generic ERP, OA and finance systems with an audit ledger and fault switches.
///
/// They listen on 127.0.0.1 only and keep everything in memory. The first line on standard output is JSON with the three
/// addresses; steer them over HTTP: `GET/PUT /__mock/switches`, `POST /__mock/orders`, `POST /__mock/approvals/{id}/decide`,
/// `GET /__mock/audit`. That line is the same with `--output json`.
///
/// Examples:
///   waybill mock
///   waybill mock --erp-port 0 --oa-port 0 --finance-port 0 --orders awkward
///   waybill mock --vendor dingtalk=7111
///   waybill mock --vendor kingdee=7201
///   waybill mock --oa-switches '{"decide":"approve","decide_after_ms":500}'
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct MockArgs {
    /// Port of the ERP; 0 takes a free one.
    #[arg(long, default_value_t = 7101)]
    erp_port: u16,
    /// Port of the OA; 0 takes a free one.
    #[arg(long, default_value_t = 7102)]
    oa_port: u16,
    /// Port of finance; 0 takes a free one.
    #[arg(long, default_value_t = 7103)]
    finance_port: u16,
    /// Seed of the faults' dice.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Orders the ERP holds from the start: `none` or `awkward` (twelve with the difficult cases).
    #[arg(long, default_value = "none", value_parser = ["none", "awkward"])]
    orders: String,
    /// Switches of the ERP, JSON.
    #[arg(long)]
    erp_switches: Option<String>,
    /// Switches of the OA, JSON.
    #[arg(long)]
    oa_switches: Option<String>,
    /// Switches of finance, JSON.
    #[arg(long)]
    finance_switches: Option<String>,
    /// A vendor's system beside them, `NAME` or `NAME=PORT`; may be repeated.
    #[arg(long = "vendor", value_name = "NAME[=PORT]")]
    vendors: Vec<String>,
}

/// The mock of a vendor's approvals or ERP.
enum Vendor {
    Approvals(mock_systems::vendors::Running),
    Erp(mock_systems::erps::Running),
}

impl Vendor {
    async fn start(name: &str, port: u16) -> std::io::Result<Vendor> {
        match mock_systems::erps::names().any(|known| known == name) {
            true => mock_systems::erps::start(name, port).await.map(Vendor::Erp),
            false => mock_systems::vendors::start(name, port, mock_systems::ClockKind::Real).await.map(Vendor::Approvals),
        }
    }

    fn url(&self) -> String {
        match self {
            Vendor::Approvals(running) => running.url(),
            Vendor::Erp(running) => running.url(),
        }
    }

    async fn stop(self) {
        match self {
            Vendor::Approvals(running) => running.stop().await,
            Vendor::Erp(running) => running.stop().await,
        }
    }
}

/// `NAME` or `NAME=PORT`.
fn vendor(text: &str) -> anyhow::Result<(&str, u16)> {
    let (name, port) = text.split_once('=').unwrap_or((text, "0"));
    let known: Vec<&str> = mock_systems::vendors::names().chain(mock_systems::erps::names()).collect();
    anyhow::ensure!(known.contains(&name), "there is no mock of `{name}`; there are {}", known.join(", "));
    Ok((name, port.parse().with_context(|| format!("`{port}` is not a port"))?))
}

/// Runs until Ctrl-C or SIGTERM.
pub async fn run(args: MockArgs) -> anyhow::Result<ExitCode> {
    let switches = |text: &Option<String>, whose: &str| -> anyhow::Result<Switches> {
        let Some(text) = text else { return Ok(Switches::default()) };
        let changes = serde_json::from_str(text).with_context(|| format!("--{whose}-switches is not JSON"))?;
        Switches::from_json(&changes).map_err(|problem| anyhow::anyhow!("--{whose}-switches: {problem}"))
    };
    let options = Options {
        erp_port: args.erp_port,
        oa_port: args.oa_port,
        finance_port: args.finance_port,
        seed: args.seed,
        erp_switches: switches(&args.erp_switches, "erp")?,
        oa_switches: switches(&args.oa_switches, "oa")?,
        finance_switches: switches(&args.finance_switches, "finance")?,
        orders: if args.orders == "awkward" { SeedOrders::Awkward } else { SeedOrders::None },
        ..Options::default()
    };
    let running = mock_systems::start(options).await?;
    let mut addresses = json!({
        "erp": running.url(System::Erp),
        "oa": running.url(System::Oa),
        "finance": running.url(System::Finance),
    });
    let mut vendors = Vec::with_capacity(args.vendors.len());
    for wanted in &args.vendors {
        let (name, port) = vendor(wanted)?;
        let running = Vendor::start(name, port).await;
        let running = running.with_context(|| format!("the mock of `{name}` cannot start"))?;
        addresses[name] = json!(running.url());
        vendors.push(running);
    }
    let mut out = std::io::stdout();
    writeln!(out, "{addresses}")?;
    out.flush()?;
    crate::runtime::lifecycle::signal().await?;
    running.stop().await;
    for vendor in vendors {
        vendor.stop().await;
    }
    Ok(ExitCode::SUCCESS)
}
