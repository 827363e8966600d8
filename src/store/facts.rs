//! What the writes of an engine batch must respect of what was loaded.

use super::{Deferral, Keys, Loaded};
use crate::domain::ids::{DocumentId, EffectId, InboxId};
use std::collections::HashSet;

/// Taken before the decision uses up what was loaded.
pub(super) struct Facts {
    /// Named documents that did not exist: nobody else can create them while this batch runs.
    pub absent: HashSet<DocumentId>,
    /// Messages to delete unless they are kept.
    pub messages: Vec<InboxId>,
    /// Holds whose progress counts, with their tokens.
    pub held: HashSet<(EffectId, i64)>,
}

impl Facts {
    pub fn of(keys: &Keys, loaded: &Loaded, held: HashSet<(EffectId, i64)>) -> Self {
        let found: HashSet<DocumentId> = loaded.documents.iter().map(|document| document.id).collect();
        let absent = keys.documents.iter().copied().filter(|id| !found.contains(id)).collect();
        Facts { absent, messages: loaded.messages.clone(), held }
    }

    /// The batch's messages: those to delete, and those to keep with what they are kept as.
    pub fn sort_messages<'d>(&self, kept: &'d [Deferral]) -> (Vec<InboxId>, Vec<&'d Deferral>) {
        let ours: HashSet<InboxId> = self.messages.iter().copied().collect();
        let kept: Vec<&Deferral> = kept.iter().filter(|deferral| ours.contains(&deferral.id)).collect();
        let kept_ids: HashSet<InboxId> = kept.iter().map(|deferral| deferral.id).collect();
        (self.messages.iter().copied().filter(|id| !kept_ids.contains(id)).collect(), kept)
    }
}
