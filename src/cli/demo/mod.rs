//! `waybill demo`: the whole hub and three mock systems in one process, one order told in words, then traffic with faults.

mod ending;
mod interrupts;
mod narrate;
mod screen;
mod traffic;

use self::ending::Ending;
use self::interrupts::Interrupts;
use self::screen::Screen;
use crate::cli::assembly::{Hub, HubOptions, one_token};
use crate::cli::exit::Exit;
use crate::cli::output::OutputFormat;
use crate::cli::shipped;
use crate::domain::connector::egress::EgressPolicy;
use anyhow::{Context, bail};
use base64::Engine as _;
use clap::Args;
use mock_systems::{ApprovalStatus, Mode, NewOrders, Options, Registration, Running, System};
use serde_json::json;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// Shows one purchase order travel from ERP to OA to finance and back, then keeps traffic with faults flowing.
///
/// Everything runs in this process: an embedded store, an in-process bus, a mock ERP, OA and finance. Nothing leaves this
/// machine. Ctrl-C ends it with a summary of what the mocks' own audit found, after waiting for what is under way; a second one
/// does not wait. It fails when an order is lost or doubled, or is neither finished nor in an exception. With `--output json` the
/// summary is one JSON object on standard output, and the story goes to standard error.
///
/// Examples:
///   waybill demo
///   waybill demo --for 30s --no-pace
///   waybill demo --data ./demo-data --listen 127.0.0.1:8080
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct DemoArgs {
    /// End by itself after this long, such as `30s` or `2m`; without it, Ctrl-C ends it.
    #[arg(long = "for", value_parser = duration)]
    run_for: Option<Duration>,
    /// Where to listen for the API and webhooks.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: String,
    /// Keep the embedded store here instead of in a folder that is removed at the end.
    #[arg(long)]
    data: Option<PathBuf>,
    /// New orders a second in the traffic part.
    #[arg(long, default_value_t = 4.0)]
    rate: f64,
    /// Share of requests that meet a fault, 0 to 0.3.
    #[arg(long, default_value_t = 0.05)]
    faults: f64,
    /// Do not pause between the sentences.
    #[arg(long)]
    no_pace: bool,
}

fn duration(text: &str) -> Result<Duration, String> {
    let span = crate::domain::text::units::duration(text).and_then(crate::domain::text::units::Span::millis);
    span.map(Duration::from_millis).ok_or_else(|| format!("`{text}` is not a duration such as `30s` or `2m`"))
}

/// Time for what is under way to finish at the end: look-ups of the demo's connectors take up to four seconds, retries more.
const DRAIN_WITHIN: Duration = Duration::from_secs(60);

/// Runs the demonstration.
pub async fn run(args: DemoArgs, output: OutputFormat) -> anyhow::Result<ExitCode> {
    if !(0.0..=0.3).contains(&args.faults) || !(0.1..=200.0).contains(&args.rate) {
        bail!("--faults is between 0 and 0.3, --rate between 0.1 and 200");
    }
    let folder = match &args.data {
        Some(folder) => Folder::Kept(folder.clone()),
        None => Folder::Temporary(temporary_folder()?),
    };
    std::fs::create_dir_all(folder.path()).with_context(|| format!("cannot create `{}`", folder.path().display()))?;
    let result = demonstrate(&args, &folder, &mut Screen::of(output)).await;
    if let Folder::Temporary(path) = &folder {
        // Only what this run created; a failure to tidy up is no reason to fail.
        let _ = std::fs::remove_dir_all(path);
    }
    let ending = result?;
    if output == OutputFormat::Json {
        writeln!(std::io::stdout(), "{}", serde_json::to_string_pretty(&ending)?)?;
    }
    match ending.failure() {
        None => Ok(ExitCode::SUCCESS),
        Some(why) => Err(Exit::failed(why).into()),
    }
}

async fn demonstrate(args: &DemoArgs, folder: &Folder, out: &mut Screen) -> anyhow::Result<Ending> {
    let interrupts = Interrupts::listen();
    let mocks = mock_systems::start(Options::default()).await?;
    let (hub, token) = start_hub(args, folder, &mocks).await?;
    register(&hub, &mocks)?;
    writeln!(out, "Waybill demonstration")?;
    writeln!(out, "  console    {}", console(&hub, &token))?;
    writeln!(out, "  API        http://{}/api/v1/documents   (Authorization: Bearer {token})", hub.address())?;
    writeln!(
        out,
        "  mock ERP   {}\n  mock OA    {}\n  finance    {}\n",
        mocks.url(System::Erp),
        mocks.url(System::Oa),
        mocks.url(System::Finance)
    )?;

    let traffic = tokio::select! {
        told = narrate::tell(&hub, &mocks, !args.no_pace, out) => { told?; None }
        () = interrupts.end.cancelled() => Some(traffic::Summary::default()),
    };
    let traffic = match traffic {
        Some(none) => none,
        None => traffic::run(&hub, &mocks, args, &interrupts, out).await?,
    };

    writeln!(out, "\nstopping: no new orders; waiting for what is under way …")?;
    mocks.clear_switches();
    mocks.set_switches(System::Oa, &json!({"decide": "approve", "decide_after_ms": 10})).map_err(anyhow::Error::msg)?;
    narrate::let_go(&mocks);
    tokio::select! {
        () = traffic::drain(&hub, &mocks, DRAIN_WITHIN) => {}
        () = interrupts.at_once.cancelled() => writeln!(out, "not waiting any longer")?,
    }
    let ending = Ending::look(&hub, &mocks, traffic, interrupts.end.is_cancelled()).await?;
    ending.print(out)?;
    hub.stop(crate::cli::assembly::STOP_WITHIN).await;
    mocks.stop().await;
    Ok(ending)
}

async fn start_hub(args: &DemoArgs, folder: &Folder, mocks: &Running) -> anyhow::Result<(Hub, String)> {
    let secret = |name: &str| format!("demo-{name}-{}", std::process::id());
    let token = secret("token-for-this-run-only");
    let addresses = [
        ("http://127.0.0.1:7101", mocks.url(System::Erp)),
        ("http://127.0.0.1:7102", mocks.url(System::Oa)),
        ("http://127.0.0.1:7103", mocks.url(System::Finance)),
    ];
    let secrets = [
        ("WAYBILL_DEMO_ERP_SECRET", mocks.options().erp.app_secret.clone()),
        ("WAYBILL_DEMO_OA_SECRET", mocks.options().oa.app_secret.clone()),
        ("WAYBILL_DEMO_FINANCE_SECRET", mocks.options().finance.app_secret.clone()),
        ("WAYBILL_DEMO_ERP_WEBHOOK_SECRET", webhook_secret("erp")),
        ("WAYBILL_DEMO_OA_CALLBACK_SECRET", webhook_secret("oa")),
    ];
    let files = shipped::point_at(
        &shipped::project(),
        &addresses.each_ref().map(|(from, to)| (*from, to.as_str())),
        &secrets.each_ref().map(|(name, value)| (*name, value.as_str())),
        folder.path(),
    )?;
    let options = HubOptions {
        store_url: format!("sqlite:{}", folder.path().join("waybill.sqlite").display()),
        listen: args.listen.parse().with_context(|| format!("`{}` is not an address such as 127.0.0.1:8080", args.listen))?,
        tokens: one_token(&token),
        gateway: crate::gateway::Options {
            base: folder.path().to_path_buf(),
            egress: EgressPolicy { allow_loopback: true, ..EgressPolicy::default() },
            ..crate::gateway::Options::default()
        },
        ..HubOptions::new(files)
    };
    Ok((Hub::start(options).await?, token))
}

/// Where the console is. The token stands behind `#`, which browsers send to nobody, and the page takes it from there.
fn console(hub: &Hub, token: &str) -> String {
    match crate::cli::door::without_console() {
        None => format!("http://{}/#token={token}", hub.address()),
        Some(why) => format!("not in this binary: {why}"),
    }
}

fn webhook_secret(name: &str) -> String {
    format!("whsec_{}", base64::engine::general_purpose::STANDARD.encode(format!("demonstration secret of {name}")))
}

fn register(hub: &Hub, mocks: &Running) -> anyhow::Result<()> {
    for (system, connection, webhook, secret) in [(System::Erp, "erp_hq", "orders", "erp"), (System::Oa, "oa_main", "approvals", "oa")] {
        let url = hub.hook_url(connection, webhook).with_context(|| format!("`{connection}` has no webhook `{webhook}`"))?;
        mocks.register_webhook(system, &Registration { url, secret: webhook_secret(secret), mode: Mode::Thin })?;
    }
    Ok(())
}

/// One order that needs an approval.
fn one_order(mocks: &Running, number: &str) -> anyhow::Result<(String, String)> {
    let wanted = NewOrders { number: Some(number.to_owned()), amount: Some(86_200.into()), ..NewOrders::default() };
    mocks.create_orders(&wanted)?.into_iter().next().context("the mock ERP made no order")
}

fn approve(mocks: &Running, approval: &str) -> anyhow::Result<()> {
    Ok(mocks.decide(approval, ApprovalStatus::Approved)?)
}

fn fault_switches(share: f64) -> serde_json::Value {
    // A handful of kinds, each with its part of the share; those that stay unknown for long are left to the tests.
    let part = share / 5.0;
    json!({
        "lost_response": part, "error_after": part, "reset_before": part, "throttle": part, "html_error_page": part,
        "duplicate_webhook": share, "reorder_webhook": share, "early_webhook": share,
        "executes_within_ms": 500, "visible_within_ms": 500,
    })
}

enum Folder {
    Kept(PathBuf),
    Temporary(PathBuf),
}

impl Folder {
    fn path(&self) -> &std::path::Path {
        match self {
            Folder::Kept(path) | Folder::Temporary(path) => path,
        }
    }
}

fn temporary_folder() -> anyhow::Result<PathBuf> {
    let base = std::env::temp_dir();
    for attempt in 0..100 {
        let path = base.join(format!("waybill-demo-{}-{attempt}", std::process::id()));
        match std::fs::create_dir(&path) {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error).with_context(|| format!("cannot create `{}`", path.display())),
        }
    }
    bail!("no free folder under `{}`", base.display())
}
