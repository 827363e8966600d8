//! Judging a table as a whole: what no row covers, what two rows cover, which row never holds.

use super::definition::{Hit, Row, Table};
use super::space::{Set, TooInterlaced, uncovered};
use crate::domain::diagnostic::Report;
use crate::domain::text::tree::Node;

/// Overlaps named; a table with more is wrong in kind, not in a row.
const OVERLAPS_MAX: usize = 10;

/// Checks a table that was read without errors.
pub fn check(table: &Table, node: &Node, report: &mut Report) {
    let span = node.get("rows").map_or(node.span, |rows| crate::domain::diagnostic::Span { length: 1, ..rows.span });
    match table.hit {
        Hit::Unique | Hit::Any => {
            overlaps(table, report);
            gaps(table, span, report);
        }
        Hit::First => {
            unreachable(table, report);
            gaps(table, span, report);
        }
        Hit::Collect => {}
    }
}

fn gaps(table: &Table, span: crate::domain::diagnostic::Span, report: &mut Report) {
    let rows: Vec<&[Set]> = table.rows.iter().map(|row| row.sets.as_slice()).collect();
    let universe: Vec<Set> = table.inputs.iter().map(|input| input.universe.clone()).collect();
    match uncovered(&rows, &universe) {
        Ok(regions) => {
            for region in regions {
                let message = format!("no row holds for {}", words(table, &region));
                let hint = "add a row for it, or narrow the input with `values`, `min` or `max`";
                if table.hit == Hit::First {
                    report.warning("table_gap", span, message).hint("add a last row without conditions").at("rows");
                } else {
                    report.error("table_gap", span, message).hint(hint).at("rows");
                }
            }
        }
        Err(TooInterlaced) => unjudged(span, report),
    }
}

fn overlaps(table: &Table, report: &mut Report) {
    let mut found = 0;
    for (index, row) in table.rows.iter().enumerate() {
        for (earlier, other) in table.rows[..index].iter().enumerate() {
            let Some(region) = common(table, row, other) else { continue };
            if table.hit == Hit::Any && row.out == other.out {
                continue;
            }
            found += 1;
            if found > OVERLAPS_MAX {
                return;
            }
            let message = format!("rows {} and {} both hold for {}", earlier + 1, index + 1, words(table, &region));
            let hint = match table.hit {
                Hit::Any => "let both say the same, or narrow one of the two",
                _ => "narrow one of the two, or write `hit: first`",
            };
            report.error("table_overlap", row.span, message).hint(hint).at(format!("rows[{index}]"));
        }
    }
}

fn common(table: &Table, one: &Row, other: &Row) -> Option<Vec<Set>> {
    let mut region = Vec::new();
    for (input, (one, other)) in table.inputs.iter().zip(one.sets.iter().zip(&other.sets)) {
        let met = one.meet(other).meet(&input.universe);
        if met.is_empty() {
            return None;
        }
        region.push(if *one == Set::Any && *other == Set::Any { Set::Any } else { met });
    }
    Some(region)
}

fn unreachable(table: &Table, report: &mut Report) {
    for (index, row) in table.rows.iter().enumerate() {
        let before: Vec<&[Set]> = table.rows[..index].iter().map(|row| row.sets.as_slice()).collect();
        let space: Vec<Set> = table.inputs.iter().zip(&row.sets).map(|(input, set)| set.meet(&input.universe)).collect();
        match uncovered(&before, &space) {
            Ok(regions) if regions.is_empty() => {
                let message = format!("row {} never holds: the rows before it take everything it could", index + 1);
                report.error("table_unreachable", row.span, message).hint("move it up, or remove it").at(format!("rows[{index}]"));
            }
            Ok(_) => {}
            Err(TooInterlaced) => return unjudged(row.span, report),
        }
    }
}

fn unjudged(span: crate::domain::diagnostic::Span, report: &mut Report) {
    report
        .warning("table_unjudged", span, "the conditions are too interlaced to prove that nothing is left out")
        .hint("split the table, or use fewer inputs in one row");
}

/// A region in words: only what narrows it.
fn words(table: &Table, region: &[Set]) -> String {
    let narrow = table.inputs.iter().zip(region).filter(|(input, set)| **set != Set::Any && **set != input.universe);
    let words: Vec<String> = narrow.map(|(input, set)| input.scale.words(&input.name, set)).collect();
    if words.is_empty() { "any inputs at all".to_owned() } else { words.join(" and ") }
}
