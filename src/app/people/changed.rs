//! What has changed of a document since somebody read the task they act on, in words: who changed which field.

use super::People;
use crate::domain::approval::{Refusal, RefusalCode};
use crate::domain::flow::people::seen::Seen;
use crate::domain::ids::{TaskId, TenantId};

/// Changes that are named; who was away for longer reads the task.
const NAMED_MAX: usize = 10;

impl People {
    /// The refusal of an act on what is not there any more, with what the person may know of the changes.
    pub(super) async fn told_changed(&self, tenant: TenantId, id: TaskId, person: Option<&str>, seen: &str) -> Refusal {
        let refusal = |more: &str| RefusalCode::ChangedMeanwhile.because(format!("the document was changed since it was read{more}"));
        let Some(seen) = Seen::read(seen) else { return RefusalCode::ChangedMeanwhile.because("no task says this of its document") };
        // As the person is shown it: what is hidden from them is not told here either.
        let Ok(detail) = self.task(tenant, id, person, false).await else { return refusal("") };
        let names = &detail.people.names;
        let new = detail.people.decisions.iter().filter(|decision| decision.number > seen.decision);
        let named = new.flat_map(|decision| {
            let fields = decision.changes.as_array().into_iter().flatten().filter_map(|change| change.get("field")?.as_str());
            fields.map(move |field| format!("`{field}` by {}", names.get(&decision.person).unwrap_or(&decision.person)))
        });
        let named: Vec<String> = named.take(NAMED_MAX).collect();
        refusal(&if named.is_empty() { String::new() } else { format!(": {}", named.join(", ")) })
    }
}
