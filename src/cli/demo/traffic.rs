//! Traffic with faults, and a live line of counts.

use super::DemoArgs;
use super::interrupts::Interrupts;
use super::screen::Screen;
use crate::cli::assembly::Hub;
use anyhow::Result;
use mock_systems::{NewOrders, Running, System};
use serde_json::json;
use std::io::Write;
use std::time::{Duration, Instant};

/// Orders made at most, so that a forgotten demonstration does not fill the memory.
const ORDERS_MAX: u64 = 20_000;

/// What the traffic part did.
#[derive(Debug, Default)]
pub struct Summary {
    /// Orders made.
    pub orders: u64,
    /// How long it lasted.
    pub seconds: f64,
}

/// Keeps orders coming until the time is over or Ctrl-C.
pub async fn run(hub: &Hub, mocks: &Running, args: &DemoArgs, interrupts: &Interrupts, out: &mut Screen) -> Result<Summary> {
    let DemoArgs { rate, faults, run_for, .. } = *args;
    for system in System::ALL {
        let mut switches = super::fault_switches(faults);
        if system == System::Oa {
            switches["decide"] = json!("share");
            switches["decide_after_ms"] = json!(1500);
            switches["reject_share"] = json!(0.1);
        }
        mocks.set_switches(system, &switches)?;
    }
    writeln!(out, "traffic: {rate} orders a second, {:.0} % of requests meet a fault; Ctrl-C ends it\n", faults * 100.0)?;
    let began = Instant::now();
    let mut summary = Summary::default();
    let mut orders = tokio::time::interval(Duration::from_secs_f64(1.0 / rate));
    let mut line = tokio::time::interval(Duration::from_secs(1));
    let end = async {
        match run_for {
            Some(duration) => tokio::time::sleep(duration).await,
            None => std::future::pending().await,
        }
    };
    tokio::pin!(end);
    loop {
        tokio::select! {
            _ = orders.tick() => {
                if summary.orders >= ORDERS_MAX {
                    break;
                }
                // Every fourth order is small enough to pass without an approval.
                let amount = if summary.orders % 4 == 0 { 900 } else { 12_000 };
                mocks.create_orders(&NewOrders { amount: Some(amount.into()), ..NewOrders::default() })?;
                summary.orders += 1;
            }
            _ = line.tick() => show(hub, mocks, out).await?,
            () = &mut end => break,
            () = interrupts.end.cancelled() => break,
        }
    }
    summary.seconds = began.elapsed().as_secs_f64();
    Ok(summary)
}

/// Waits until nothing is under way any more, or the time is over.
pub async fn drain(hub: &Hub, mocks: &Running, within: Duration) {
    let began = Instant::now();
    let mut ticker = tokio::time::interval(Duration::from_millis(250));
    let mut calm = 0;
    while began.elapsed() < within && calm < 3 {
        ticker.tick().await;
        let running = match hub.counts().await {
            Ok(counts) => counts.instances.iter().filter(|(status, _)| status == "running").map(|(_, count)| count).sum::<u64>(),
            Err(_) => 1,
        };
        let verdict = mocks.audit().verdict_on_all();
        calm = if running == 0 && mocks.webhooks_waiting() == 0 && verdict.unfinished == 0 { calm + 1 } else { 0 };
    }
}

async fn show(hub: &Hub, mocks: &Running, out: &mut Screen) -> Result<()> {
    let counts = hub.counts().await?;
    let of = |list: &[(String, u64)], name: &str| list.iter().find(|(known, _)| known == name).map_or(0, |(_, count)| *count);
    let faults: u64 = mocks.audit().faults.values().sum();
    let exceptions: u64 = counts.exceptions.iter().map(|(_, count)| count).sum();
    let text = format!(
        "{} documents · {} under way · {} finished · {} effects waiting for retry or look-up · {exceptions} exceptions · {} duplicates refused · {faults} faults",
        counts.documents,
        of(&counts.instances, "running"),
        of(&counts.instances, "ended"),
        of(&counts.effects, "waiting"),
        counts.duplicates,
    );
    if out.live {
        write!(out, "\r\x1b[2K{text}")?;
    } else {
        writeln!(out, "{text}")?;
    }
    out.flush()?;
    Ok(())
}
