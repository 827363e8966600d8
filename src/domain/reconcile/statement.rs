//! The statement of a run: what was compared, what agrees, what differs, and what it cost.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a run found so far; kept with the run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Statement {
    /// Objects compared with their documents.
    pub compared: u64,
    /// Of these, those without any difference.
    pub agree: u64,
    /// Of these, those that differ.
    pub differ: u64,
    /// Of these, those whose every difference a person has accepted.
    pub accepted: u64,
    /// Not judged, because a change of theirs is still on its way.
    pub in_flight: u64,
    /// Differences by kind.
    pub kinds: BTreeMap<String, u64>,
    /// Differences seen for the first time.
    pub new: u64,
    /// Known differences that are gone.
    pub resolved: u64,
    /// Repairs that were begun.
    pub repairs: u64,
    /// Why no repair was begun where the flow allows one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repairs_held: Option<String>,
    /// Requests made.
    pub calls: u64,
    /// Time spent reading, milliseconds.
    pub reading_millis: u64,
    /// By kind of object and window, in the order they were read.
    pub windows: Vec<Window>,
}

/// One window of one kind of object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// The entry under `reconcile:` of the connector.
    pub objects: String,
    /// Its beginning; none where objects were read one by one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Objects compared.
    pub compared: u64,
    /// Of these, those that agree.
    pub agree: u64,
    /// Requests made.
    pub calls: u64,
    /// Why the list could not be used; its objects are then read one by one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

impl Statement {
    /// The one sentence.
    pub fn sentence(&self) -> String {
        let mut text = format!("{} of {} agree", self.agree, self.compared);
        for (kind, count) in &self.kinds {
            text.push_str(&format!(", {count} {}", kind.replace('_', " ")));
        }
        if self.in_flight > 0 {
            text.push_str(&format!("; {} on their way", self.in_flight));
        }
        text
    }

    /// The window read last, begun when it is another.
    pub fn window(&mut self, objects: &str, span: Option<(Timestamp, Timestamp)>) -> &mut Window {
        let (since, until) = (span.map(|(since, _)| since), span.map(|(_, until)| until));
        let same = self.windows.last().is_some_and(|last| last.objects == objects && last.since == since && last.until == until);
        if !same {
            let fresh = Window { objects: objects.to_owned(), since, until, compared: 0, agree: 0, calls: 0, problem: None };
            self.windows.push(fresh);
        }
        let last = self.windows.len() - 1;
        &mut self.windows[last]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_one_sentence() {
        let agreed = Statement { compared: 412, agree: 412, ..Statement::default() };
        assert_eq!(agreed.sentence(), "412 of 412 agree");
        let kinds = BTreeMap::from([("missing_there".to_owned(), 2), ("amount_differs".to_owned(), 1)]);
        let differs = Statement { compared: 412, agree: 409, kinds, in_flight: 3, ..Statement::default() };
        assert_eq!(differs.sentence(), "409 of 412 agree, 1 amount differs, 2 missing there; 3 on their way");
    }
}
