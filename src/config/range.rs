//! Whole numbers within bounds: every number in the configuration has both, because a zero or a billion is a mistake.

use std::ops::RangeInclusive;

use super::Source;
use crate::domain::diagnostic::Report;

/// Reads a whole number and reports one outside `range`; what comes back then is the nearer bound and is not used.
pub fn number(source: &Source<'_>, name: &str, range: RangeInclusive<u32>, report: &mut Report) -> u32 {
    let node = source.get(name);
    let value = node.and_then(super::Node::int).unwrap_or_default();
    match u32::try_from(value) {
        Ok(value) if range.contains(&value) => value,
        _ => {
            let message = format!("`{name}` is {value}, which is not from {} to {}", range.start(), range.end());
            report.error("out_of_range", node.map(|node| node.span).unwrap_or_default(), message).at(format!("{}.{name}", source.section));
            *range.start()
        }
    }
}
