//! A document's content mended by a patch: applied, checked against its type, and told apart from what it was.

use crate::app::commands::CommandError;
use crate::app::engine::display;
use crate::app::engine::input::Amended;
use crate::domain::document::{DocumentType, FieldChange, MASKED, changes, patched};
use crate::store::{DocumentRow, RevisionRow};
use serde_json::Value;

/// A mend, ready for the engine.
pub(super) struct Mended {
    /// For the engine.
    pub amended: Amended,
    /// For people.
    pub changes: Vec<FieldChange>,
}

/// Makes a mend.
///
/// # Errors
/// When the revision is another, or the patch or what it makes does not fit.
pub(super) fn mended(
    kind: &DocumentType,
    document: &DocumentRow,
    revision: &RevisionRow,
    patch: &Value,
    base: Option<u32>,
) -> Result<Mended, CommandError> {
    if let Some(base) = base.filter(|base| *base != revision.number) {
        return Err(CommandError::Conflict(format!("revision {base} is not the newest; {} is", revision.number)));
    }
    let before: Value =
        serde_json::from_str(&revision.body).map_err(|error| CommandError::Invalid(format!("the content cannot be read: {error}")))?;
    let after = patched(&before, patch).map_err(CommandError::Invalid)?;
    if kind.sensitive.holds_mask(&after) && !kind.sensitive.holds_mask(&before) {
        return Err(CommandError::Invalid(format!("a field holds `{MASKED}`, which stands for a value that is not shown: leave it out")));
    }
    let validated = kind.validate(&after).map_err(|problems| {
        let words: Vec<String> = problems.iter().take(5).map(|problem| format!("`{}` {}", problem.path, problem.message)).collect();
        let told = kind.sensitive.values(&after).out_of(words.join("; "));
        CommandError::Invalid(format!("the mended document does not fit its type: {told}"))
    })?;
    if *validated.key != *document.key {
        return Err(CommandError::Invalid("the business key cannot be mended: it says which document this is".to_owned()));
    }
    let body = validated.value.to_json();
    let mut changes = changes(&before, &body);
    if changes.is_empty() {
        return Err(CommandError::Invalid("the patch changes nothing".to_owned()));
    }
    let told = serde_json::to_string(&changes).unwrap_or_default();
    kind.sensitive.mask_changes(&mut changes);
    let amended = Amended { base: revision.number, display: display::fields(&body), body: body.to_string(), changes: told };
    Ok(Mended { amended, changes })
}
