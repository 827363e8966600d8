//! Groups, selections and batches as text.

use super::table::{fields, table, time};
use crate::app::desk::{Preview, PreviewCall};
use crate::app::reading::{Batch, ExceptionGroup, ExceptionGroups, Selection};

/// Groups, the largest first.
pub fn groups(groups: &ExceptionGroups) -> String {
    let row = |one: &ExceptionGroup| {
        vec![
            one.count.to_string(),
            one.cause.clone(),
            one.connection.clone().unwrap_or_else(|| "-".to_owned()),
            one.step.clone().or_else(|| one.operation.clone()).unwrap_or_else(|| "-".to_owned()),
            time(one.oldest_at),
            one.sample.message.clone(),
            one.group.to_string(),
        ]
    };
    let rows: Vec<_> = groups.items.iter().map(row).collect();
    table(&["COUNT", "CAUSE", "SYSTEM", "STEP", "OLDEST", "SAMPLE", "GROUP"], &rows, "No exception is open: nothing wants a person.")
}

/// A frozen selection and what to do with it.
pub fn selection(selection: &Selection) -> String {
    fields(&[
        ("selection", Some(selection.selection.to_string())),
        ("holds", Some(format!("{} {}", selection.count, selection.resource))),
        ("until", Some(time(selection.expires_at))),
    ]) + &format!("\nSee what a retry would do with `waybill exceptions batch {} retry --dry-run`.\n", selection.selection)
}

/// How a batch stands.
pub fn batch(batch: &Batch) -> String {
    let counts: Vec<String> = batch.items.iter().map(|(state, count)| format!("{count} {state}")).collect();
    fields(&[
        ("batch", Some(batch.id.to_string())),
        ("action", Some(if batch.dry_run { format!("{} (dry run)", batch.action) } else { batch.action.clone() })),
        ("state", Some(batch.state.clone())),
        ("items", Some(format!("{} of {}", counts.join(", "), batch.total))),
        ("by", Some(batch.actor.clone())),
        ("reason", batch.reason.clone()),
        ("started", Some(time(batch.created_at))),
        ("finished", batch.finished_at.map(time)),
    ]) + &format!("\nSee how it stands with `waybill exceptions batch {}`.\n", batch.id)
}

/// What an action would lead to.
pub fn preview(preview: &Preview) -> String {
    if let Some(why) = &preview.refused {
        return format!("It would be refused: {why}.\n");
    }
    let row = |call: &PreviewCall| {
        vec![
            call.connection.clone(),
            call.operation.clone().unwrap_or_else(|| "notice".to_owned()),
            call.purpose.clone(),
            if call.may_duplicate { "may duplicate".to_owned() } else { call.guarantee.clone() },
            call.held.clone(),
            call.reference.clone().unwrap_or_else(|| "-".to_owned()),
            call.key.to_string(),
        ]
    };
    let rows: Vec<_> = preview.calls.iter().map(row).collect();
    let fields = fields(&[
        ("instance", Some(preview.status.clone())),
        ("step", preview.at_step.clone()),
        ("document", preview.document_status.clone()),
        ("fields changed", (!preview.changes.is_empty()).then(|| preview.changes.len().to_string())),
    ]);
    format!(
        "{fields}\n{}",
        table(&["SYSTEM", "OPERATION", "PURPOSE", "REPEAT", "HELD", "REFERENCE", "KEY"], &rows, "It would call nobody at once.")
    )
}
