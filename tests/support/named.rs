//! Whether everything that is not finished stands in an exception, by name.

use super::hub::text;
use mock_systems::Verdict;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The documents that open exceptions are about, by cause; an exception about none of them counts as its message.
pub fn by_cause(open: &[Value]) -> BTreeMap<String, BTreeSet<String>> {
    let mut causes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for exception in open {
        let about = exception["document_key"].as_str().map_or_else(|| text(&exception["message"]), str::to_owned);
        causes.entry(text(&exception["cause"])).or_default().insert(about);
    }
    causes
}

/// Orders that are not finished and that no open exception names, with why they are not finished.
pub fn unnamed(verdict: &Verdict, open: &[Value]) -> Vec<String> {
    let named: BTreeSet<&str> = open.iter().filter_map(|exception| exception["document_key"].as_str()).collect();
    let missing = verdict.details.iter().filter(|detail| !named.contains(detail.order.as_str()));
    missing.map(|detail| format!("{}: {:?}", detail.order, detail.reason)).collect()
}
