//! One order told in words while it happens, from the hub's own history.

use crate::cli::assembly::Hub;
use crate::domain::flow::decision::HistoryEntry;
use crate::domain::ids::{DocumentId, InstanceId, TenantId};
use crate::store::{DocumentFilter, InstanceFilter, Onward, Page};
use anyhow::bail;
use mock_systems::{Running, System};
use serde_json::json;
use std::io::Write;
use std::time::{Duration, Instant};

/// The story must end within this, or something is wrong.
const WITHIN: Duration = Duration::from_secs(50);
const LOOK_EVERY: Duration = Duration::from_millis(50);
const PAUSE: Duration = Duration::from_millis(600);

/// Creates one order, waits for the OA, approves there, and tells every line of the history until the end.
pub async fn tell(hub: &Hub, mocks: &Running, paced: bool, out: &mut impl Write) -> anyhow::Result<()> {
    let number = number();
    // The first create answer gets lost on purpose: the story then shows a look-up instead of a duplicate.
    mocks.set_switches(System::Oa, &json!({"operations": {"create_approval": {"lost_response_next": 1}}})).ok();
    let (id, number) = super::one_order(mocks, &number)?;
    writeln!(out, "ERP      order {number} (id {id}) is submitted, about 86,200 CNY net; the ERP calls our webhook")?;
    let began = Instant::now();
    let mut told = 0;
    let mut approved = false;
    let mut ticker = tokio::time::interval(LOOK_EVERY);
    loop {
        ticker.tick().await;
        if began.elapsed() > WITHIN {
            bail!("the order has not arrived after {} s; see the log and `waybill documents why {number}`", WITHIN.as_secs());
        }
        let Some(document) = document(hub, &number).await? else { continue };
        let Some((instance, status)) = instance(hub, document).await? else { continue };
        for entry in entries(hub, instance).await?.iter().skip(told) {
            told += 1;
            if let Some(words) = words(entry) {
                if paced {
                    tokio::time::sleep(PAUSE).await;
                }
                writeln!(out, "{words}")?;
            }
        }
        if !approved && let Some(approval) = open_approval(mocks, &number) {
            writeln!(out, "OA       approval {approval} is open; its holder agrees, and the OA calls back")?;
            super::approve(mocks, &approval)?;
            approved = true;
        }
        if status == "ended" {
            break;
        }
    }
    let audit = mocks.audit();
    if let Some(order) = audit.orders.get(&number) {
        let status = serde_json::to_value(order.status)?;
        let payables: Vec<&str> = order.payables.iter().map(|payable| payable.id.as_str()).collect();
        writeln!(
            out,
            "\nthe mock systems' own books: ERP says {}, OA holds {} approval(s), finance holds payable {} of {}; {:.1} s from webhook to write-back\n",
            status.as_str().unwrap_or("?"),
            order.approvals.len(),
            payables.join(", "),
            order.payables.first().map(|payable| payable.amount.to_string()).unwrap_or_default(),
            began.elapsed().as_secs_f64()
        )?;
    }
    Ok(())
}

/// The number of the order that is told of.
fn number() -> String {
    format!("PO-DEMO-{}", std::process::id())
}

/// Agrees to what the story left with its holder when it was broken off: nobody else would.
pub fn let_go(mocks: &Running) {
    if let Some(approval) = open_approval(mocks, &number()) {
        // Decided in this very moment by itself: just as well.
        super::approve(mocks, &approval).ok();
    }
}

/// The order's document in the ledger, when it has arrived there.
pub async fn document(hub: &Hub, number: &str) -> anyhow::Result<Option<DocumentId>> {
    let filter =
        DocumentFilter { tenant: TenantId::DEFAULT, kind: Some("purchase_order".to_owned()), status: None, key: Some(number.to_owned()) };
    let found = hub.store().documents(&filter, &Page { limit: 1, after: None }).await?;
    Ok(found.first().map(|row| row.id))
}

async fn instance(hub: &Hub, document: DocumentId) -> anyhow::Result<Option<(InstanceId, String)>> {
    let filter = InstanceFilter { tenant: TenantId::DEFAULT, flow: None, status: None, document: Some(document) };
    let found = hub.store().instances(&filter, &Page { limit: 1, after: None }).await?;
    Ok(found.first().map(|row| (row.id, row.status.clone())))
}

async fn entries(hub: &Hub, instance: InstanceId) -> anyhow::Result<Vec<HistoryEntry>> {
    let rows = hub.store().history(TenantId::DEFAULT, instance, Onward::all()).await?;
    Ok(rows.iter().flat_map(|row| serde_json::from_str::<Vec<HistoryEntry>>(&row.entries).unwrap_or_default()).collect())
}

fn open_approval(mocks: &Running, number: &str) -> Option<String> {
    let audit = mocks.audit();
    let order = audit.orders.get(number)?;
    let open = order
        .approvals
        .iter()
        .find(|approval| serde_json::to_value(approval.status).is_ok_and(|status| matches!(status.as_str(), Some("new" | "running"))));
    open.map(|approval| approval.id.clone())
}

/// One history entry as a sentence; entries that only matter to machines are left out.
fn words(entry: &HistoryEntry) -> Option<String> {
    let step = entry.step.as_deref().unwrap_or("");
    let detail = |name: &str| entry.detail.get(name).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    let told = match entry.kind.as_str() {
        "started" => "hub      the document is in the ledger; its flow starts".to_owned(),
        "called" => format!(
            "hub      step `{step}` asks {} for {}",
            detail("connection").unwrap_or_default(),
            detail("operation").unwrap_or_default()
        ),
        "done" => format!("hub      step `{step}` is done{}", detail("external_id").map(|id| format!(": {id}")).unwrap_or_default()),
        "heard" => format!("hub      heard for step `{step}`: {}", detail("outcome").unwrap_or_default()),
        "outcome" => format!("hub      step `{step}` comes to {}", detail("outcome").unwrap_or_default()),
        "created" => {
            format!("hub      a linked document is made: {} {}", detail("kind").unwrap_or_default(), detail("key").unwrap_or_default())
        }
        "failed" => format!("hub      step `{step}` failed: {}", detail("message").unwrap_or_default()),
        "exception" => format!("hub      step `{step}` stands in an exception: {}", detail("message").unwrap_or_default()),
        "reversed" => format!("hub      step `{step}` is undone"),
        "ended" => {
            format!("hub      the flow ends: {}, status {}", detail("outcome").unwrap_or_default(), detail("status").unwrap_or_default())
        }
        _ => return None,
    };
    Some(told)
}
